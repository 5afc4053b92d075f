import type { Override } from '../../config/override.js';
import { isShown } from '../../config/resolve.js';
import { type Caller, partitionOf } from '../../core/account.js';
import { type PlannedChange, remainingSteps, type Result, type RunReport, type StepReport } from '../../core/report.js';
import type { SecretEntry, SecretSink } from '../../core/secret.js';
import { type Outcome, outcomeOf } from '../../engine/apply.js';
import type { AssessedStep } from '../../engine/assess.js';
import { initExit, resultsOf } from '../../engine/results.js';
import { applyWaivers, type Waived } from '../../engine/waive.js';
import type { App } from '../../run/app.js';
import { typedHere } from '../../run/output.js';
import { recordAnswer, repeatCommand, resumeCommand, saveAnswers } from './answers.js';
import type { Setup } from './setup.js';
import { endOfQuestions, tour, type Toured } from './tour.js';
import type { FollowingRun } from './types.js';

/** How far a run came: every step as it looks now, and what became of it. */
export interface Ended {
  readonly assessed: readonly AssessedStep[];
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
  /** The run as the new administrator that can follow; undefined if none can. */
  readonly following?: FollowingRun | undefined;
}

export const resultsIn = (assessed: readonly AssessedStep[], setup: Setup): readonly Result[] => waivedIn(assessed, setup).results;

export const waivedIn = (assessed: readonly AssessedStep[], { who, decided: { resolved }, context }: Setup): Waived =>
  applyWaivers(
    assessed.flatMap((step) => resultsOf(step, who.accountId, 'init')),
    { waivers: resolved.waivers, now: context.clock.now(), looksAt: (id) => isShown(resolved, id), command: 'init' },
  );

/** A step of which nothing is left for a person but what is waived has nothing left. */
export const quieted = (step: StepReport, results: readonly Result[], made: readonly PlannedChange[]): StepReport => {
  const own = results.filter((result) => result.step === step.id);
  if (step.status !== 'manual' || remainingSteps(own).length > 0 || !own.some(({ status }) => status === 'waived')) return step;
  return { ...step, status: made.some((change) => change.step === step.id) ? 'done' : 'unchanged' };
};

/** What comes after the changes: the tour of what only a person can do, the answers saved, and the way on. */
export const finish = async (ended: Ended, setup: Setup, app: App): Promise<Finished> => {
  const { flags, attended, decided, who, source } = setup;
  const exitNow = (of: Ended): ReturnType<typeof initExit> =>
    initExit(
      of.outcomes.map(({ exit }) => exit),
      resultsIn(of.assessed, setup),
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
  const session = { rootKey, signOut: connection.signOut };
  const over = await handOver(now.assessed, who, app, session);
  const left = remainingSteps(resultsIn(now.assessed, setup)).length;
  // The practice account only shows what a real account would offer.
  const offered = app.sandboxed ? await handOver(now.assessed, who, { ...app, sandboxed: false }, session) : over;
  const following = attended && !interrupted && offered !== undefined ? followingRun(setup, offered, answers, saved) : undefined;
  return {
    ...now,
    following,
    recap: [...recapped(now, setup), ...againFacts(app, setup, answers, saved), ...(over?.facts ?? [])],
    interrupted,
    next: attended || over !== undefined ? nextOf(app, left, over?.leave, saved ?? app.globals.config) : undefined,
  };
};

/** Facts from the steps and places of secrets. */
const recapped = ({ assessed, stored }: Ended, { secrets }: Setup): Finished['recap'] => [
  ...recapOf(assessed),
  ...secretPlaces(stored, secrets),
];

const toured = async (
  ended: Ended,
  setup: Setup,
  app: App,
): Promise<Pick<Toured, 'answers' | 'interrupted'> & { readonly ended: Ended }> => {
  const { context, connection, preparedWith, rootKey, source } = setup;
  const { assessed, answers, interrupted } = await tour(app, {
    assessed: ended.assessed,
    preparedWith,
    context,
    forget: connection.boundary.forget,
    record: (answer) => recordAnswer(app, source?.file, answer),
    // The key that signs this run is the last thing to go.
    except: rootKey ? ['access-keys.root'] : [],
  });
  const outcomes = ended.outcomes.map((before, index) => {
    const step = assessed[index];
    const wasChanged = before.report.status === 'done' || ended.plan.some((change) => change.step === before.report.id);
    return step === undefined || step === ended.assessed[index] ? before : outcomeOf(step, wasChanged, null);
  });
  return { ended: { ...ended, assessed, outcomes }, answers, interrupted };
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
    facts.push({ label: 'The same without a question', value: `\`${repeatCommand(app, ran)}\`` });
  }
  if (later.length > 0) facts.push({ label: 'Left for later', value: `\`${typedHere(app, `bootstrap init --only ${later.join(',')}`)}\`` });
  return facts;
};

const nextOf = (app: App, left: number, leave: string | undefined, config: string | undefined): string | undefined => {
  const again = `\`${resumeCommand(app, config)}\``;
  const things = left === 1 ? 'the one thing left for you' : `the ${left} things left for you`;
  if (left > 0) return `do ${things}; ${again} goes on from there.${leave === undefined ? '' : ` When you are done as root: ${leave}.`}`;
  return leave === undefined ? undefined : `leave root: ${leave}.`;
};

const recapOf = (assessed: readonly AssessedStep[]): NonNullable<RunReport['recap']> => {
  const facts = assessed
    .filter((step) => step.judged && step.wanted)
    .flatMap((step) => step.step.recap?.(step.desired, step.observed) ?? []);
  // Later steps know better: the alias replaces the number in the sign-in URL.
  return facts.filter((fact, index) => !facts.slice(index + 1).some((later) => later.label === fact.label));
};

/** Where each secret of this run is. Access keys are named by their step already. */
const secretPlaces = (stored: readonly SecretEntry[], secrets: SecretSink): NonNullable<RunReport['recap']> =>
  stored.flatMap((entry) => {
    const value = secrets.place(entry.kind);
    if (entry.kind === 'console-password') return [{ label: `Password of ${entry.user}`, value }];
    return entry.kind === 'mfa-seed' ? [{ label: `MFA seed of ${entry.user}`, value }] : [];
  });

/** A run as root ends with the way to the administrator: nobody should work on as root. */
export interface HandOver {
  readonly facts: NonNullable<RunReport['recap']>;
  /** The administrator, if they have a password to sign in with, and the profile for their session. */
  readonly user?: FollowingRun['user'];
  /** How root's session ends: the last thing to do. */
  readonly leave: string;
}

export const handOver = async (
  assessed: readonly AssessedStep[],
  who: Caller,
  app: App,
  { rootKey, signOut }: { readonly rootKey: boolean; readonly signOut: string },
): Promise<HandOver | undefined> => {
  if (who.identity.kind !== 'root' || app.sandboxed) return undefined;
  const intents = assessed.filter((step) => step.wanted).map((step) => step.step.intent(step.desired));
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
    ...(admin.console ? { user: { name: admin.name, profile } } : {}),
    leave,
  };
};

/** The run that can follow; undefined if the administrator cannot sign in, or this run was made from a saved plan. */
const followingRun = (
  { flags, decided, who, saved: plan }: Setup,
  { user, leave }: HandOver,
  answers: readonly Override[],
  saved: string | undefined,
): FollowingRun | undefined => {
  if (user === undefined || plan !== undefined || flags.savePlan !== undefined) return undefined;
  const skip = [...(flags.skip ?? []), ...decided.later];
  const { saveConfig: _saved, skip: _skip, ...others } = flags;
  return {
    user,
    accountId: who.accountId,
    flags: {
      ...others,
      ...decided.place,
      ...(skip.length === 0 ? {} : { skip }),
      overrides: [...decided.overrides, ...answers],
      // What only a person can do was just shown, and is in the report.
      tour: false,
    },
    config: saved,
    leave,
  };
};
