import { BootstrapError, type ErrorInfo } from './errors.js';

/** A refusal that AWS's message shows to be something else than a missing permission. */
export type Refusal =
  /** A policy denies the action, so allowing it in another policy does not help. `policy`: its kind, if AWS names one. */
  | { readonly kind: 'explicit-deny'; readonly policy: string | undefined }
  /** Budgets, in a member account whose payer account has not enabled it. */
  | { readonly kind: 'payer-not-enabled' }
  /** The service is not activated for the account yet, or is outside its plan. */
  | { readonly kind: 'not-activated' };

/** Not a question of permissions: it works later, when AWS has enabled the service. */
export const isNotEnabled = (refusal: Refusal | undefined): refusal is Exclude<Refusal, { kind: 'explicit-deny' }> =>
  refusal?.kind === 'payer-not-enabled' || refusal?.kind === 'not-activated';

/** The reason, for the end of a sentence. */
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

/** The next step after a refusal. */
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

/** The error of a run that needs a service that AWS has not enabled yet. */
export const notEnabledError = (
  refusal: Refusal,
  parts: Pick<ErrorInfo, 'message'> & Partial<Pick<ErrorInfo, 'step' | 'changed' | 'aws'>> & { readonly cause?: unknown },
): BootstrapError => new BootstrapError({ ...parts, code: 'E-NOT-ENABLED', next: afterRefusal(refusal), retryable: true });

/** The error of an endpoint that does not offer an operation. `message` names both. Running again does not help. */
export const notOffered = (
  message: string,
  more: Partial<Pick<ErrorInfo, 'step' | 'changed' | 'aws'>> & { readonly cause?: unknown } = {},
): BootstrapError =>
  new BootstrapError({
    ...more,
    code: 'E-NOT-OFFERED',
    message,
    next: 'Run the command against AWS or an endpoint that offers the operation, or skip the step that needs it with --skip.',
  });

const deniedBy = ({ policy }: Extract<Refusal, { kind: 'explicit-deny' }>): string =>
  policy === undefined ? 'an explicit deny in a policy' : `an explicit deny in ${/^[aeiou]/i.test(policy) ? 'an' : 'a'} ${policy}`;
