import type { App } from '../app.js';
import { isNamed, memberConfig } from '../config/member.js';
import { type Resolved, resolveConfig } from '../config/resolve.js';
import type { Config } from '../config/schema.js';
import type { SelectionFlags } from '../config/selection.js';
import type { AnyStep } from '../core/step.js';
import { prepare, type PreparedStep } from '../engine/prepare.js';
import { steps } from '../steps/index.js';
import type { Member } from '../steps/support/organization/state.js';

/** What `init --org` brings about in members: what is decided for all of them in one place. People, keys and MFA are each account's own. */
export const carriedByInit = (check: string): boolean =>
  ['billing-access.contact', 'billing-access.security-contact', 'admin-user.password-policy'].includes(check) ||
  /^(alias|budget)\./.test(check);

/** What is wanted of each member; of those that the config does not name the same, worked out once. */
export const memberPreparation = (
  command: 'init' | 'check',
  { only, skip }: SelectionFlags,
  app: App,
  config: Config | undefined,
): ((member: Member) => readonly PreparedStep[]) => {
  const taken = command === 'check' ? steps : steps.map(narrowed);
  const of = (email: string): readonly PreparedStep[] =>
    preparedOf(
      command,
      taken,
      resolveConfig({
        config: memberConfig(config, email, command),
        flags: { only, skip },
        steps: taken,
        command,
        // What a practice account wants is not what an organization wants of its members.
        sandbox: false,
        random: app.host.random,
      }),
    );
  let ofUnnamed: readonly PreparedStep[] | undefined;
  return ({ email }) => {
    if (isNamed(config, email)) return of(email);
    ofUnnamed ??= of('');
    return ofUnnamed;
  };
};

export const preparedOf = (command: 'init' | 'check', taken: readonly AnyStep[], resolved: Resolved): readonly PreparedStep[] =>
  prepare(
    taken.map((step) => ({ step, ...(resolved.steps[step.id] ?? { slice: undefined, wanted: false, judged: false, intended: false }) })),
    { command, unattended: true, secrets: command === 'check' ? 'chosen' : 'none', replaceAlias: false, replaceProfile: false },
  );

/** A step that speaks of less, and so changes less. */
const narrowed = (step: AnyStep): AnyStep => {
  const findings = step.findings.filter(({ id }) => carriedByInit(id));
  return {
    ...step,
    findings,
    asks: [],
    assess: (desired, observed) => step.assess(desired, observed).filter(({ id }) => carriedByInit(id)),
  };
};
