import type { App } from '../app.js';
import { type Caller, partitionOf } from '../core/account.js';
import type { RunReport } from '../core/report.js';
import type { SecretEntry, SecretSink } from '../core/secret-sink.js';
import type { LookedStep } from '../engine/look.js';
import { typedHere } from './present.js';

export const recapOf = (looked: readonly LookedStep[]): NonNullable<RunReport['recap']> => {
  const facts = looked.filter((step) => step.judged && step.wanted).flatMap((step) => step.step.recap?.(step.desired, step.observed) ?? []);
  // Later steps know better: the alias replaces the number in the sign-in URL.
  return facts.filter((fact, index) => !facts.slice(index + 1).some((later) => later.label === fact.label));
};

/** Where each secret of this run is. Access keys are named by their step already. */
export const secretPlaces = (stored: readonly SecretEntry[], secrets: SecretSink): NonNullable<RunReport['recap']> =>
  stored.flatMap((entry) => {
    const value = secrets.place(entry.kind);
    if (entry.kind === 'console-password') return [{ label: `Password of ${entry.user}`, value }];
    return entry.kind === 'mfa-seed' ? [{ label: `MFA seed of ${entry.user}`, value }] : [];
  });

/** A run as root ends with the way to the administrator: nobody should work on as root. */
export interface HandOver {
  readonly facts: NonNullable<RunReport['recap']>;
  /** How root's session ends: the last thing to do. */
  readonly leave: string;
}

export const handOver = async (
  looked: readonly LookedStep[],
  who: Caller,
  app: App,
  { rootKey, signOut }: { readonly rootKey: boolean; readonly signOut: string },
): Promise<HandOver | undefined> => {
  if (who.identity.kind !== 'root' || app.sandboxed) return undefined;
  const intents = looked.filter((step) => step.wanted).map((step) => step.step.intent(step.desired));
  const admin = intents.find((one) => one.admin !== undefined)?.admin;
  const members = intents.some((one) => (one.organization?.accounts.length ?? 0) > 0);
  const { consoleHost } = partitionOf(who.partition);
  const keys = `https://${consoleHost}/iam/home#/security_credentials`;
  const leave = rootKey ? `delete the access key of root that signed this run: ${keys}` : signOut;
  if (intents.some(({ identityCenter }) => identityCenter === true)) {
    const value = 'work through IAM Identity Center: `aws configure sso` once, then `aws sso login`';
    return { facts: [{ label: 'From now on', value }], leave };
  }
  if (admin === undefined) return { facts: [], leave };
  const profile = await app.loginProfile(admin.name, who.accountId);
  const init = typedHere(app, `bootstrap init --profile ${profile}`);
  return {
    facts: [
      {
        label: 'From now on',
        value: `work as ${admin.name}: ${admin.console ? 'sign in at the URL above, choose a new password when AWS asks, and then in a terminal' : 'in a terminal'}`,
      },
      { label: `Sign in as ${admin.name}`, value: `\`aws login --profile ${profile}\`` },
      {
        label: members ? 'Then, since root may not look into member accounts' : 'Then see that nothing is left',
        value: `\`${init}\``,
      },
    ],
    leave,
  };
};
