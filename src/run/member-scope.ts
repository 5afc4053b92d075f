import type { Config } from '../config/schema.js';
import type { AnyStep } from '../core/step.js';
import { organization } from '../steps/index.js';
import { entryOf } from '../steps/organization/section.js';

/** Whether `init --org` applies this finding of the step: settings that are the same decision for all accounts. Users, keys and MFA belong to each account. */
export const isCarried = ({ member }: AnyStep, check: string): boolean =>
  member !== undefined && (member.carried === 'all' || member.carried.includes(check));

/** The step with only the findings that `init --org` applies to members. */
export const narrowed = (step: AnyStep): AnyStep => ({
  ...step,
  findings: step.findings.filter(({ id }) => isCarried(step, id)),
  questions: [],
  assess: (desired, observed) => step.assess(desired, observed).filter(({ id }) => isCarried(step, id)),
});

/**
 * The config of one member account: its entry in `organization.accounts`, and the parts of other sections that apply to every account
 * of the organization. Members without an entry all have the same config.
 */
export const memberConfig = (steps: readonly AnyStep[], config: Config | undefined, email: string, command: 'init' | 'check'): Config => {
  const { sections = {}, file = 'bootstrap.yaml' } = config ?? {};
  const entry = entryOf(sections[organization.id], email);
  const sectionOf = ({ id, member }: AnyStep): unknown => {
    if (member === undefined) return false;
    const written =
      (member.entry === undefined ? undefined : entry?.[member.entry.key]) ??
      (member.shared === undefined ? undefined : picked(sections[id], member.shared));
    // `check` uses the defaults as well.
    if (written !== undefined || command === 'check') return written;
    return member.byDefault === true ? {} : false;
  };
  const own = steps.map((step) => [step.id, sectionOf(step)] as const);
  // Waivers are applied over all accounts together.
  return { file, warnings: [], waivers: [], sections: Object.fromEntries(own.filter(([, section]) => section !== undefined)) };
};

/** `false` leaves the step out for members too; undefined: the section has none of these keys. */
const picked = (section: unknown, keys: readonly string[]): object | false | undefined => {
  if (section === false) return false;
  const mapping = typeof section === 'object' && section !== null && !Array.isArray(section) ? section : {};
  const found = Object.entries(mapping).filter(([key]) => keys.includes(key));
  return found.length === 0 ? undefined : Object.fromEntries(found);
};
