import { BootstrapError, type ErrorInfo } from './errors.js';

/** A refusal of AWS that is no missing permission, as far as AWS's own words tell. */
export type Refusal =
  /** A policy denies the action, so that allowing it elsewhere does not help. `policy`: its kind, where AWS names one. */
  | { readonly kind: 'explicit-deny'; readonly policy: string | undefined }
  /** Budgets, in a member account whose payer account has not enabled it. */
  | { readonly kind: 'payer-not-enabled' }
  /** The service is not activated for the account yet, or is outside its plan. */
  | { readonly kind: 'not-activated' };

/** Nothing that the caller may or may not do: it passes with time, once what it waits for is done. */
export const isNotEnabled = (refusal: Refusal | undefined): boolean =>
  refusal?.kind === 'payer-not-enabled' || refusal?.kind === 'not-activated';

/** Why, for the end of a sentence. */
export const refusalWords = (refusal: Refusal, action: string): string => {
  switch (refusal.kind) {
    case 'explicit-deny':
      return `${deniedBy(refusal)} forbids ${action}`;
    case 'payer-not-enabled':
      return 'Budgets is not enabled for this member account; the payer account has to enable it first, and AWS then needs up to 24 hours';
    case 'not-activated':
      return 'the service is not activated for this account yet, which can take up to 24 hours after sign-up, or is outside the plan of the account';
  }
};

/** What to do next, after a refusal. */
export const afterRefusal = (refusal: Refusal, action = 'this'): string => {
  switch (refusal.kind) {
    case 'explicit-deny':
      return `Run as an identity that the policy does not apply to, or have ${refusal.policy === undefined ? 'the policy' : `the ${refusal.policy}`} changed so that it does not deny ${action}.`;
    case 'payer-not-enabled':
      return 'Have someone open Budgets or Cost Explorer once in the console of the payer (management) account, wait up to 24 hours, then run the same command again.';
    case 'not-activated':
      return 'Finish the sign-up of the account (payment method, phone verification, support plan) if AWS still asks for it, wait up to 24 hours, then run the same command again.';
  }
};

/** The error of a run that needs what AWS has not enabled yet. */
export const notEnabledError = (
  refusal: Refusal,
  parts: Pick<ErrorInfo, 'message'> & Partial<Pick<ErrorInfo, 'step' | 'changed' | 'aws'>> & { readonly cause?: unknown },
): BootstrapError => new BootstrapError({ ...parts, code: 'E-NOT-ENABLED', next: afterRefusal(refusal), retryable: true });

/** An endpoint without the operation that was asked of it. `message` names both. Running again does not help. */
export const notOffered = (
  message: string,
  more: Partial<Pick<ErrorInfo, 'step' | 'changed' | 'aws'>> & { readonly cause?: unknown } = {},
): BootstrapError =>
  new BootstrapError({
    ...more,
    code: 'E-NOT-OFFERED',
    message,
    next: 'Run the command against AWS or an endpoint that offers the operation, or leave out with --skip the step that needs it.',
  });

const deniedBy = ({ policy }: Extract<Refusal, { kind: 'explicit-deny' }>): string =>
  policy === undefined ? 'an explicit deny in a policy' : `an explicit deny in ${/^[aeiou]/i.test(policy) ? 'an' : 'a'} ${policy}`;
