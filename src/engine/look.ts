import type { Change, Finding } from '../core/finding.js';
import type { LookContext } from '../core/step.js';
import type { PreparedStep } from './prepare.js';

/** One step as it was found. */
export interface LookedStep extends PreparedStep {
  readonly observed: unknown;
  readonly findings: readonly Finding[];
}

export const lookAt = async (prepared: PreparedStep, context: LookContext): Promise<LookedStep> => {
  if (!prepared.judged) return { ...prepared, observed: undefined, findings: [] };
  const observed = await prepared.step.observe(readOnly(context), prepared.desired);
  return { ...prepared, observed, findings: prepared.step.assess(prepared.desired, observed) };
};

/** Nothing but what looking takes, at run time too: a context for applying changes is handed in here as well. */
const readOnly = ({
  cloud: { read, find, readAll, findAll, assume },
  caller,
  accountId,
  clock,
  secrets,
  journal,
  signal,
  say,
}: LookContext): LookContext => ({
  cloud: { read, find, readAll, findAll, assume },
  caller,
  accountId,
  clock,
  secrets: { holds: () => secrets.holds(), place: (kind) => secrets.place(kind) },
  journal: { entries: (id) => journal.entries(id) },
  signal,
  ...(say === undefined ? {} : { say }),
});

/** All steps at once: their reads share one round, so that a read needed by two is sent once. */
export const look = (prepared: readonly PreparedStep[], context: LookContext): Promise<readonly LookedStep[]> =>
  Promise.all(prepared.map((step) => lookAt(step, context)));

/** The changes that close a step's gaps, in order; gaps that one change closes together count once. */
export const changesOf = (looked: Pick<LookedStep, 'findings' | 'wanted'>): readonly Change[] => {
  if (!looked.wanted) return [];
  const changes: Change[] = [];
  for (const finding of looked.findings) {
    const remedy = finding.status === 'fail' ? finding.remedy : undefined;
    if (remedy?.by === 'init' && !changes.some((change) => sameChange(change, remedy.change))) changes.push(remedy.change);
  }
  return changes;
};

export const sameChange = (a: Change, b: Change): boolean => JSON.stringify(a) === JSON.stringify(b);
