import type { Change, Finding } from '../core/finding.js';
import type { AnyStep, DesireContext, Intents, ObserveContext } from '../core/step.js';

/** One step with what was observed and found. */
export interface AssessedStep extends PreparedStep {
  readonly observed: unknown;
  readonly findings: readonly Finding[];
}

export const assessStep = async (prepared: PreparedStep, context: ObserveContext): Promise<AssessedStep> => {
  if (!prepared.judged) return { ...prepared, observed: undefined, findings: [] };
  const observed = await prepared.step.observe(readOnly(context), prepared.desired);
  return { ...prepared, observed, findings: prepared.step.assess(prepared.desired, observed) };
};

/** Only what reading needs, also at run time: callers pass contexts for applying changes as well. */
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

/** All steps at the same time, so that a read that two steps need is sent once. */
export const assessAll = (prepared: readonly PreparedStep[], context: ObserveContext): Promise<readonly AssessedStep[]> =>
  Promise.all(prepared.map((step) => assessStep(step, context)));

/** The changes that close a step's gaps, in order. A change that closes several gaps appears once. */
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
  /** Applied by `init`. */
  readonly wanted: boolean;
  /** Assessed. A step can be assessed without being wanted: `check` reports access keys that the config does not mention. */
  readonly judged: boolean;
  /** Wanted by the config, even if it does not run now: other steps may rely on its intent. */
  readonly intended: boolean;
}

export interface PreparedStep extends StepSelection {
  readonly desired: unknown;
}

/**
 * Computes the desired state of every step, in two passes: the first collects the intents that steps rely on, regardless of their order
 * (the console password depends on how MFA is assigned, MFA on the administrator's name). Steps that do not run still have an intent:
 * `--only mfa` must know the administrator's name.
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
