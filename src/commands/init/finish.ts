import { destinationFlags } from '../../config/destination.js';
import type { Override } from '../../config/override.js';
import { isShown } from '../../config/resolve.js';
import { type Caller, partitionOf } from '../../core/account.js';
import {
  answeredLabel,
  type PlannedChange,
  remainingSteps,
  type Result,
  type RunReport,
  skippedLabel,
  type StepReport,
} from '../../core/report.js';
import type { SecretEntry, SecretSink } from '../../core/secret.js';
import { type Outcome, outcomeOf } from '../../engine/apply.js';
import type { AssessedStep } from '../../engine/assess.js';
import { initExit, resultsOf } from '../../engine/results.js';
import { applyWaivers, type WaiverResult } from '../../engine/waive.js';
import type { App } from '../../run/app.js';
import { typedHere, typedTextHere } from '../../run/output.js';
import { recordAnswer, repeatCommand, resumeCommand, saveAnswers } from './answers.js';
import type { Setup } from './setup.js';
import { endOfQuestions, tour, type TourResult } from './tour.js';
import type { FollowingRun } from './types.js';

/** The state of a run after its changes: every step as assessed now, and its outcome. */
export interface InitResult {
  readonly assessed: readonly AssessedStep[];
  readonly outcomes: readonly Outcome[];
  readonly plan: readonly PlannedChange[];
  readonly changed: boolean;
  readonly stored: readonly SecretEntry[];
}

/** The end of a run, with everything to report. */
export interface FinishedInit extends InitResult {
  readonly recap: NonNullable<RunReport['recap']>;
  /** Ctrl-C after all changes were made. */
  readonly interrupted: boolean;
  /** The next step, if the run knows a better one than the report. */
  readonly next: string | undefined;
  /** The run as the new administrator that can follow; undefined if none can. */
  readonly following?: FollowingRun | undefined;
}

type Ended = Pick<InitResult, 'assessed' | 'outcomes'>;

export const resultsOfRun = (ended: Ended, setup: Setup): readonly Result[] => waivedResults(ended, setup).results;

export const waivedResults = ({ assessed, outcomes }: Ended, { who, decided: { resolved }, context }: Setup): WaiverResult =>
  applyWaivers(
    withPostponed(
      assessed.flatMap((step) => resultsOf(step, who.accountId, 'init')),
      outcomes,
    ),
    { waivers: resolved.waivers, now: context.clock.now(), covers: (id) => isShown(resolved, id), command: 'init' },
  );

/** What the user postponed in this run, such as an MFA device, is a manual step from then on: it needs the user. */
const withPostponed = (results: readonly Result[], outcomes: readonly Pick<Outcome, 'report'>[]): readonly Result[] =>
  results.map((result) => {
    const error = outcomes.find(({ report }) => report.id === result.step && report.status === 'manual')?.report.error ?? null;
    if (error === null || !isPostponed(result)) return result;
    return { ...result, remediation: { by: 'hand', instructions: capitalized(error.next), command: null, url: null } };
  });

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const isPostponed = ({ kind, status, remediation }: Result): boolean =>
  kind === 'wanted' && status === 'fail' && remediation?.by === 'init';

/** A step whose only remaining findings are waived is done. */
export const withWaivers = (step: StepReport, results: readonly Result[], made: readonly PlannedChange[]): StepReport => {
  const own = results.filter((result) => result.step === step.id);
  if (step.status !== 'manual' || remainingSteps(own).length > 0 || !own.some(({ status }) => status === 'waived')) return step;
  return { ...step, status: made.some((change) => change.step === step.id) ? 'done' : 'unchanged' };
};

/** What follows the changes: the tour of the manual steps, saving the answers, and the next step. */
export const finish = async (ended: InitResult, setup: Setup, app: App): Promise<FinishedInit> => {
  const { flags, attended, decided, who, source } = setup;
  const exitOf = (of: InitResult): ReturnType<typeof initExit> =>
    initExit(
      of.outcomes.map(({ exit }) => exit),
      resultsOfRun(of, setup),
      of.changed,
    );
  // After a failure, the error comes first.
  const succeeded = exitOf(ended) === 0 || exitOf(ended) === 5;
  /** Whether the screen has more than the header, which ends with a blank line. */
  let printed = ended.changed || (attended && (decided.asked || ended.plan.length > 0));
  let message = '';
  /** A blank line between the questions or the progress and the report. */
  const separate = (): void => {
    if ((printed || message !== '') && !app.terminal.quiet) app.terminal.stderr(`${message}\n`);
  };
  if (!succeeded) separate();
  const save = async (given: readonly Override[]): Promise<string | undefined> => {
    const name = await saveAnswers(app, {
      wanted: flags.saveConfig,
      answered: decided.asked || given.length > 0,
      file: source?.file,
      attended: attended && !flags.dryRun,
      accountId: who.accountId,
      overrides: [...decided.overrides, ...given],
      destination: decided.resolved.destination,
    });
    // Only the report of a run with changes has account details.
    if (name !== undefined && !ended.changed) message = `Written to ${name}\n`;
    return name;
  };
  if (flags.dryRun && succeeded && flags.saveConfig !== undefined) {
    await save([]);
    separate();
  }
  if (flags.dryRun || !succeeded) return { ...ended, recap: recapWithSecrets(ended, setup, app), interrupted: false, next: undefined };

  let now = ended;
  let answers: readonly Override[] = [];
  let saved: string | undefined;
  let interrupted = false;
  try {
    if (attended && flags.tour) ({ ended: now, answers, interrupted } = await runTour(ended, setup, app, printed));
    printed ||= now.assessed !== ended.assessed;
    if (!interrupted) saved = await save(answers);
  } catch (error) {
    // All changes are made, so only the answer to the open question is lost.
    const end = endOfQuestions(error);
    if (end === undefined) throw error;
    interrupted = end === 'interrupt';
  }
  separate();
  const { rootKey, connection } = setup;
  const session = { rootKey, signOut: connection.signOut };
  const handover = await handOver(now.assessed, who, app, session);
  const left = remainingSteps(resultsOfRun(now, setup));
  const postponed = now.outcomes.flatMap(({ report }) => (report.status === 'manual' && report.error !== null ? [report] : []));
  const onlyPostponed = left.every(({ step }) => postponed.some(({ id }) => id === step)) ? postponed[0]?.error?.next : undefined;
  // The practice account only shows what a real account would offer.
  const offered = app.sandboxed ? await handOver(now.assessed, who, { ...app, sandboxed: false }, session) : handover;
  const following = attended && !interrupted && offered !== undefined ? followingRun(setup, offered, answers, saved) : undefined;
  return {
    ...now,
    following,
    recap: [
      ...recapWithSecrets(now, setup, app),
      ...repeatFacts(app, setup, answers, { saved, left: left.length, postponed: postponed.length > 0 }),
      ...(handover?.facts ?? []),
    ],
    interrupted,
    next:
      attended || handover !== undefined
        ? nextOf(app, { left: left.length, onlyPostponed, endRootSession: handover?.endRootSession, config: saved ?? app.globals.config })
        : undefined,
  };
};

/** Facts from the steps, and where the secrets are. */
const recapWithSecrets = ({ assessed, stored }: InitResult, { secrets }: Setup, app: App): FinishedInit['recap'] => [
  ...recapOf(assessed),
  ...secretPlaces(stored, secrets, app.host.home),
];

const runTour = async (
  ended: InitResult,
  setup: Setup,
  app: App,
  separated: boolean,
): Promise<Pick<TourResult, 'answers' | 'interrupted'> & { readonly ended: InitResult }> => {
  const { context, connection, preparedWith, rootKey, source } = setup;
  const { assessed, answers, interrupted } = await tour(app, {
    assessed: ended.assessed,
    preparedWith,
    context,
    forget: connection.boundary.forget,
    record: (answer) => recordAnswer(app, source?.file, answer),
    // The key that signs this run must be deleted last.
    except: rootKey ? ['access-keys.root'] : [],
    separated,
  });
  const outcomes = ended.outcomes.map((before, index) => {
    const step = assessed[index];
    const wasChanged = before.report.status === 'done' || ended.plan.some((change) => change.step === before.report.id);
    // What the user postponed stays postponed.
    return step === undefined || step === ended.assessed[index] || before.report.error !== null
      ? before
      : outcomeOf(step, wasChanged, null);
  });
  return { ended: { ...ended, assessed, outcomes }, answers, interrupted };
};

interface SavedAnswers {
  /** The file with the answers. */
  readonly saved: string | undefined;
  /** How many manual steps remain. */
  readonly left: number;
  readonly postponed: boolean;
}

/** The command for the same run without questions, and the skipped steps. */
const repeatFacts = (
  app: App,
  setup: Setup,
  answers: readonly Override[],
  { saved, left, postponed }: SavedAnswers,
): FinishedInit['recap'] => {
  const { flags, decided, who, source } = setup;
  const { skipped, overrides, place, asked, placed } = decided;
  // Changes that remain would need an approval, and a password without a place the question for one.
  const silent = !postponed && (!placed || destinationFlags(place).length > 0);
  const facts: { label: string; value: string }[] = [];
  if (saved !== undefined) facts.push({ label: 'Your answers', value: saved });
  else if (silent && (asked || (answers.length > 0 && source === null))) {
    const unrecorded = source === null ? answers : [];
    const skip = [...(flags.skip ?? []), ...skipped];
    // The tour of the manual steps asks too.
    const quiet = left === 0 ? flags : { ...flags, tour: false };
    const ran = { flags: quiet, accountId: who.accountId, overrides: [...overrides, ...unrecorded], place, skip };
    facts.push({ label: answeredLabel, value: `\`${repeatCommand(app, ran)}\`` });
  }
  if (skipped.length > 0) facts.push({ label: skippedLabel, value: `\`${typedHere(app, `bootstrap init --only ${skipped.join(',')}`)}\`` });
  return facts;
};

interface Left {
  /** How many manual steps remain. */
  readonly left: number;
  /** How to continue with what the user postponed, if nothing else remains. */
  readonly onlyPostponed: string | undefined;
  readonly endRootSession: string | undefined;
  readonly config: string | undefined;
}

const nextOf = (app: App, { left, onlyPostponed, endRootSession, config }: Left): string | undefined => {
  if (onlyPostponed !== undefined) {
    const next = typedTextHere(app, onlyPostponed);
    return endRootSession === undefined ? next : `${next} When you are done as root: ${endRootSession}.`;
  }
  const again = `\`${resumeCommand(app, config)}\``;
  const things = left === 1 ? 'the remaining manual step' : `the ${left} remaining manual steps`;
  if (left > 0)
    return `do ${things}; then continue with ${again}.${endRootSession === undefined ? '' : ` When you are done as root: ${endRootSession}.`}`;
  return endRootSession === undefined ? undefined : `end your root session: ${endRootSession}.`;
};

const recapOf = (assessed: readonly AssessedStep[]): NonNullable<RunReport['recap']> => {
  const facts = assessed
    .filter((step) => step.judged && step.wanted)
    .flatMap((step) => step.step.recap?.(step.desired, step.observed) ?? []);
  // A later step overrides an earlier one: the alias replaces the account id in the sign-in URL.
  return facts.filter((fact, index) => !facts.slice(index + 1).some((later) => later.label === fact.label));
};

/** Where the secrets of each user are stored. The step already reports access keys. */
export const secretPlaces = (stored: readonly SecretEntry[], { place }: SecretSink, home: string): NonNullable<RunReport['recap']> => {
  const nouns = { 'console-password': 'Password', 'mfa-seed': 'MFA seed' } as const;
  const entries = stored.flatMap(({ kind, user }) => (kind === 'access-key' ? [] : [{ noun: nouns[kind], user, value: place(kind) }]));
  return entries.flatMap(({ noun, user, value }, at) => {
    const alike = entries.filter((one) => one.user === user && one.value === value);
    if (alike[0] !== entries[at]) return [];
    return [{ label: `${alike.length > 1 ? 'Secrets' : noun} of ${user}`, value: value.replace(`${home}/`, '~/') }];
  });
};

/** A run as root ends with how to sign in as the administrator: no one should continue to work as root. */
export interface HandOver {
  readonly facts: NonNullable<RunReport['recap']>;
  /** The administrator, if they have a password to sign in with, and the profile for their session. */
  readonly user?: FollowingRun['user'];
  /** How to end the session of root: the last thing to do. */
  readonly endRootSession: string;
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
  const endRootSession = rootKey ? `delete the access key of root that signed this run: ${keys}` : signOut;
  if (intents.some(({ identityCenter }) => identityCenter === true)) {
    const value = 'work with IAM Identity Center: `aws configure sso` once, then `aws sso login`';
    return { facts: [{ label: 'From now on', value }], endRootSession };
  }
  if (admin === undefined) return { facts: [], endRootSession };
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
        label: members ? 'Then, to check member accounts (root cannot)' : 'Then check that nothing remains',
        value: `\`${init}\``,
      },
    ],
    ...(admin.console ? { user: { name: admin.name, profile } } : {}),
    endRootSession,
  };
};

/** The run that can follow; undefined if the administrator cannot sign in, or this run was made from a saved plan. */
const followingRun = (
  { flags, decided, who, saved: plan }: Setup,
  { user, endRootSession }: HandOver,
  answers: readonly Override[],
  saved: string | undefined,
): FollowingRun | undefined => {
  if (user === undefined || plan !== undefined || flags.savePlan !== undefined) return undefined;
  const skip = [...(flags.skip ?? []), ...decided.skipped];
  const { saveConfig: _saved, skip: _skip, ...others } = flags;
  return {
    user,
    accountId: who.accountId,
    flags: {
      ...others,
      ...decided.place,
      ...(skip.length === 0 ? {} : { skip }),
      overrides: [...decided.overrides, ...answers],
      // The manual steps were just shown, and are in the report.
      tour: false,
    },
    config: saved,
    endRootSession,
  };
};
