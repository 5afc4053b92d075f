import type { App } from '../app.js';
import type { Override } from '../config/override.js';
import { isShown } from '../config/resolve.js';
import { leftForPerson, type PlannedChange, type Result, type RunReport, type StepReport } from '../core/report.js';
import type { SecretEntry } from '../core/secret-sink.js';
import { type Outcome, outcomeOf } from '../engine/apply.js';
import { initExit } from '../engine/exit.js';
import type { LookedStep } from '../engine/look.js';
import { resultsOf } from '../engine/results.js';
import { applyWaivers, type Waived } from '../engine/waive.js';
import { commandOf, resumeOf } from './init-again.js';
import { handOver, recapOf, secretPlaces } from './init-recap.js';
import { recordAnswer, saveAnswers } from './init-record.js';
import type { Setup } from './init-setup.js';
import { endOfQuestions } from './init-stop.js';
import { tour, type Toured } from './init-tour.js';
import { typedHere } from './present.js';

/** How far a run came: every step as it looks now, and what became of it. */
export interface Ended {
  readonly looked: readonly LookedStep[];
  readonly outcomes: readonly Outcome[];
  readonly plan: readonly PlannedChange[];
  readonly changed: boolean;
  readonly stored: readonly SecretEntry[];
}

/** The end of a run with everything that is to be said of it. */
export interface Finished extends Ended {
  readonly recap: NonNullable<RunReport['recap']>;
  /** Ctrl-C after everything was made. */
  readonly interrupted: boolean;
  /** The last line, where this run knows better than its report. */
  readonly next: string | undefined;
}

export const resultsIn = (looked: readonly LookedStep[], setup: Setup): readonly Result[] => waivedIn(looked, setup).results;

export const waivedIn = (looked: readonly LookedStep[], { who, decided: { resolved }, context }: Setup): Waived =>
  applyWaivers(
    looked.flatMap((step) => resultsOf(step, who.accountId, 'init')),
    { waivers: resolved.waivers, now: context.clock.now(), looksAt: (id) => isShown(resolved, id), command: 'init' },
  );

/** A step of which nothing is left for a person but what is waived has nothing left. */
export const quieted = (step: StepReport, results: readonly Result[], made: readonly PlannedChange[]): StepReport => {
  const own = results.filter((result) => result.step === step.id);
  if (step.status !== 'manual' || leftForPerson(own).length > 0 || !own.some(({ status }) => status === 'waived')) return step;
  return { ...step, status: made.some((change) => change.step === step.id) ? 'done' : 'unchanged' };
};

/** What comes after the changes: the tour of what only a person can do, the answers saved, and the way on. */
export const finish = async (ended: Ended, setup: Setup, app: App): Promise<Finished> => {
  const { flags, attended, decided, who, source } = setup;
  const exitNow = (of: Ended): ReturnType<typeof initExit> =>
    initExit(
      of.outcomes.map(({ exit }) => exit),
      resultsIn(of.looked, setup),
    );
  // A run that failed has something else to say first.
  const well = exitNow(ended) === 0 || exitNow(ended) === 5;
  if (flags.dryRun || !well) return { ...ended, recap: recapped(ended, setup), interrupted: false, next: undefined };

  let now = ended;
  let answers: readonly Override[] = [];
  let saved: string | undefined;
  let interrupted = false;
  try {
    if (attended && flags.tour) ({ ended: now, answers, interrupted } = await toured(ended, setup, app));
    if (!interrupted)
      saved = await saveAnswers(app, {
        wanted: flags.saveConfig,
        answered: decided.asked || answers.length > 0,
        file: source?.file,
        attended,
        accountId: who.accountId,
        overrides: [...decided.overrides, ...answers],
        destination: decided.resolved.destination,
      });
  } catch (error) {
    // Everything is made: a question that stays open costs nothing but its answer.
    const end = endOfQuestions(error);
    if (end === undefined) throw error;
    interrupted = end === 'interrupt';
  }
  // The report begins below what was asked.
  if (attended && !app.terminal.quiet) app.terminal.stderr('\n');
  const { rootKey, connection } = setup;
  const over = await handOver(now.looked, who, app, { rootKey, signOut: connection.signOut });
  const left = leftForPerson(resultsIn(now.looked, setup)).length;
  return {
    ...now,
    recap: [...recapped(now, setup), ...againFacts(app, setup, answers, saved), ...(over?.facts ?? [])],
    interrupted,
    next: attended || over !== undefined ? nextOf(app, left, over?.leave, saved ?? app.globals.config) : undefined,
  };
};

/** Facts from the steps and places of secrets. */
const recapped = ({ looked, stored }: Ended, { secrets }: Setup): Finished['recap'] => [
  ...recapOf(looked),
  ...secretPlaces(stored, secrets),
];

const toured = async (
  ended: Ended,
  setup: Setup,
  app: App,
): Promise<Pick<Toured, 'answers' | 'interrupted'> & { readonly ended: Ended }> => {
  const { context, connection, preparedWith, rootKey, source } = setup;
  const { looked, answers, interrupted } = await tour(app, {
    looked: ended.looked,
    preparedWith,
    context,
    forget: connection.boundary.forget,
    record: (answer) => recordAnswer(app, source?.file, answer),
    // The key that signs this run is the last thing to go.
    except: rootKey ? ['access-keys.root'] : [],
  });
  const outcomes = ended.outcomes.map((before, index) => {
    const step = looked[index];
    const wasChanged = before.report.status === 'done' || ended.plan.some((change) => change.step === before.report.id);
    return step === undefined || step === ended.looked[index] ? before : outcomeOf(step, wasChanged, null);
  });
  return { ended: { ...ended, looked, outcomes }, answers, interrupted };
};

/** The same run without a question, and what was put off. */
const againFacts = (app: App, setup: Setup, answers: readonly Override[], saved: string | undefined): Finished['recap'] => {
  const { flags, decided, who, source } = setup;
  const { later, overrides, place, asked } = decided;
  const facts: { label: string; value: string }[] = [];
  if (saved !== undefined) facts.push({ label: 'Your answers', value: saved });
  else if (asked || (answers.length > 0 && source === null)) {
    const unrecorded = source === null ? answers : [];
    const skip = [...(flags.skip ?? []), ...later];
    const ran = { flags, accountId: who.accountId, overrides: [...overrides, ...unrecorded], place, skip };
    facts.push({ label: 'The same without a question', value: `\`${commandOf(app, ran)}\`` });
  }
  if (later.length > 0) facts.push({ label: 'Left for later', value: `\`${typedHere(app, `bootstrap init --only ${later.join(',')}`)}\`` });
  return facts;
};

const nextOf = (app: App, left: number, leave: string | undefined, config: string | undefined): string | undefined => {
  const again = `\`${resumeOf(app, config)}\``;
  const things = left === 1 ? 'the one thing left for you' : `the ${left} things left for you`;
  if (left > 0) return `do ${things}; ${again} goes on from there.${leave === undefined ? '' : ` When you are done as root: ${leave}.`}`;
  return leave === undefined ? undefined : `leave root: ${leave}.`;
};
