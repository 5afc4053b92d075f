import type { Change, Finding } from '../core/finding.js';
import type { AnyStep, DesireContext, Intents, ObserveContext } from '../core/step.js';

/** One step as it was found. */
export interface AssessedStep extends PreparedStep {
  readonly observed: unknown;
  readonly findings: readonly Finding[];
}

export const assessStep = async (prepared: PreparedStep, context: ObserveContext): Promise<AssessedStep> => {
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
  notify,
}: ObserveContext): ObserveContext => ({
  cloud: { read, find, readAll, findAll, assume },
  caller,
  accountId,
  clock,
  secrets: { holds: () => secrets.holds(), place: (kind) => secrets.place(kind) },
  journal: { entries: (id) => journal.entries(id) },
  signal,
  ...(notify === undefined ? {} : { notify }),
});

/** All steps at once: their reads share one round, so that a read needed by two is sent once. */
export const assessAll = (prepared: readonly PreparedStep[], context: ObserveContext): Promise<readonly AssessedStep[]> =>
  Promise.all(prepared.map((step) => assessStep(step, context)));

/** The changes that close a step's gaps, in order; gaps that one change closes together count once. */
export const changesOf = (assessed: Pick<AssessedStep, 'findings' | 'wanted'>): readonly Change[] => {
  if (!assessed.wanted) return [];
  const changes: Change[] = [];
  for (const finding of assessed.findings) {
    const remedy = finding.status === 'fail' ? finding.remedy : undefined;
    if (remedy?.by === 'init' && !changes.some((change) => sameChange(change, remedy.change))) changes.push(remedy.change);
  }
  return changes;
};

export const sameChange = (a: Change, b: Change): boolean => JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));

/** Without the texts of questions: they name amounts that pass, such as the credits left, and describe the same change. */
export const comparable = ({ consequence: _consequence, acceptance: _acceptance, ...change }: Change): Change => change;

/** How one step takes part in a run, after config and flags. */
export interface StepSelection {
  readonly step: AnyStep;
  /** The step's parsed section. */
  readonly slice: unknown;
  /** Brought about by `init`. */
  readonly wanted: boolean;
  /** Looked at. A step can be judged without being wanted: `check` speaks of access keys that nobody asked for. */
  readonly judged: boolean;
  /** The config wants it, though it may not run now: other steps may rely on what it intends. */
  readonly intended: boolean;
}

export interface PreparedStep extends StepSelection {
  readonly desired: unknown;
}

/**
 * Works out what every step wants, in two passes: the first collects what steps may rely on of each other, whatever their
 * order (the console password depends on how MFA is assigned, MFA on the administrator's name). Steps that do not run still
 * state their intent: `--only mfa` must know the administrator's name.
 */
export const prepare = (parts: readonly StepSelection[], context: RunChoices): readonly PreparedStep[] => {
  const running = runningIn(parts);
  const intents = intentsOf(parts, context);
  return parts.map((part) => ({ ...part, desired: part.step.desire(part.slice, { ...context, intents, running }) }));
};

/** What a run decides for all its steps. */
type RunChoices = Omit<DesireContext, 'intents' | 'running'>;

/** What steps may rely on of each other. */
export const intentsOf = (parts: readonly StepSelection[], context: RunChoices): Intents => {
  const running = runningIn(parts);
  let intents: Intents = {};
  for (const { step, slice, intended } of parts) {
    if (intended) intents = { ...intents, ...step.intent(step.desire(slice, { ...context, intents, running })) };
  }
  return intents;
};

const runningIn = (parts: readonly StepSelection[]): ((id: string) => boolean) => {
  const runs = new Set(parts.filter((part) => part.wanted && part.judged).map((part) => part.step.id));
  return (id) => runs.has(id);
};
