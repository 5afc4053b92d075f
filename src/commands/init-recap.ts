import type { App } from '../app.js';
import { type Caller, partitionOf } from '../core/account.js';
import type { RunReport } from '../core/report.js';
import type { SecretEntry, SecretSink } from '../core/secret-sink.js';
import type { LookedStep } from '../engine/look.js';

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
export const handOver = (looked: readonly LookedStep[], who: Caller, app: App, rootKey: boolean): NonNullable<RunReport['recap']> => {
  if (who.identity.kind !== 'root' || app.sandboxed) return [];
  const admin = looked
    .filter((step) => step.wanted)
    .map((step) => step.step.intent(step.desired).admin)
    .find((one) => one !== undefined);
  const { consoleHost } = partitionOf(who.partition);
  return [
    ...(admin === undefined
      ? []
      : [{ label: 'From now on', value: `sign in as ${admin.name}, change the password, then: aws login --profile ${admin.name}` }]),
    {
      label: 'Leave root',
      value: rootKey ? `delete the access key that signed this run: https://${consoleHost}/iam/home#/security_credentials` : 'aws logout',
    },
  ];
};
