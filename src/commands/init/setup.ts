import { type DestinationFlags, destinationFlags } from '../../config/destination.js';
import { defaultConfigFile } from '../../config/file.js';
import type { Override } from '../../config/override.js';
import { type Resolved, selectionsOf, type StepAsk } from '../../config/resolve.js';
import type { Config } from '../../config/schema.js';
import type { Caller } from '../../core/account.js';
import { BootstrapError } from '../../core/errors.js';
import type { AccountReport, RunReport } from '../../core/report.js';
import type { SecretSink } from '../../core/secret.js';
import type { ApplyContext, ObserveContext } from '../../core/step.js';
import { shellWord } from '../../core/text.js';
import { assessAll, prepare, type PreparedStep } from '../../engine/assess.js';
import type { App, Connection } from '../../run/app.js';
import { declinedError, guardUnattended, isAttended } from '../../run/approval.js';
import { printHeader, resolverOf, type Run } from '../../run/run.js';
import {
  type ChosenDestination,
  destinationWords,
  guardTrust,
  hasPower,
  type SecretPlaceOf,
  secretPlaceOf,
  typedDestination,
} from '../../run/secrets-trust.js';
import { connectSignedIn } from '../../run/sign-in.js';
import { steps } from '../../steps/index.js';
import { guardSaving, repeatCommand } from './answers.js';
import { guardDestination, secretsOfRun } from './destination.js';
import { guardPartition, guardTarget, startOfPlan } from './plan-file.js';
import { editable, editAnswer } from './edit.js';
import { type Decided as Interviewed, type DecidedSoFar, interview, type InterviewInput } from './questions.js';
import type { FollowingRun, InitFlags } from './types.js';

/** What the messages at the end of a run need, however it ends. */
export interface RunState {
  /** The command line with the answers so far; undefined until a question is answered. */
  repeat: string | undefined;
  /** Flags that are needed to apply the saved plan of this run. */
  planFlags: readonly string[];
  /** The run that can follow this one. */
  following: FollowingRun | undefined;
  /** Where the secrets that the run created so far are stored, for the report of a run that is stopped. */
  stored: NonNullable<RunReport['recap']>;
}

/** A run before it observes the account: the caller, the account, and the desired state. */
export interface Setup {
  /** With --from-plan: the flags that the plan was saved with. */
  readonly flags: InitFlags;
  readonly attended: boolean;
  readonly connection: Connection;
  readonly who: Caller;
  readonly account: AccountReport;
  /** The caller is root and signs with an access key. */
  readonly rootKey: boolean;
  /** The config file of the run; null without one. */
  readonly source: { readonly file: string; readonly text: string } | null;
  readonly saved: Awaited<ReturnType<typeof startOfPlan>>['saved'] | undefined;
  readonly decided: Decided;
  /** Lets the user change an answer; undefined without an answer to change. */
  readonly edited: (() => Promise<Setup>) | undefined;
  readonly prepared: readonly PreparedStep[];
  /** The same steps, prepared with more answers. */
  readonly preparedWith: (answers: readonly Override[]) => readonly PreparedStep[];
  readonly secrets: SecretSink;
  readonly secretPlace: SecretPlaceOf;
  readonly context: ObserveContext & Pick<ApplyContext, 'journal'>;
}

/** Flags and answers together. */
interface Decided extends Interviewed {
  readonly resolved: Resolved;
}

const rootKeyLine = {
  label: 'Warning',
  value: 'this run uses an access key of root. Delete the key when you are done: the end of this run shows how.',
};

/** Reads the config, runs the checks that need no AWS, identifies the caller, prints the header, and asks the questions. */
export const setUp = async (run: Run, given: InitFlags, state: RunState): Promise<Setup> => {
  const choices = await choicesOf(run, given);
  const identified = await identify(run, given, choices);
  const { attended, place, overrides } = choices;
  const answers = attended
    ? await interview(run.app, identified.undecided, (soFar) => {
        state.repeat = soFar && repeatOf(run.app, choices, identified, soFar);
      })
    : { overrides, place, skipped: [], asked: false, placed: false, round: undefined };
  return setupWith(run.app, choices, identified, state, answers);
};

/** What flags and config say, checked without AWS. */
interface Choices extends Start, Pick<InterviewInput, 'resolved' | 'resolveWith' | 'prepareWith' | 'place' | 'overrides'> {
  readonly attended: boolean;
  /** Where secrets go; undefined if neither flags nor config say so. */
  readonly chosen: ChosenDestination | undefined;
}

const choicesOf = async ({ app }: Run, given: InitFlags): Promise<Choices> => {
  const { host, globals, terminal } = app;
  const start = await startOf(app, given);
  const { saved, flags, config, by, origin } = start;
  await guardSaving(app, flags.saveConfig);
  const attended = isAttended(app, flags);
  const resolver = await resolverOf(app, config, 'init', { presets: !attended });
  const resolveWith: Choices['resolveWith'] = (overrides, place, skipped = []) =>
    resolver({
      accountId: globals.accountId ?? saved?.account.id,
      only: flags.only,
      skip: [...(flags.skip ?? []), ...skipped],
      overrides,
      ...place,
    });
  const { secretsFile, secretCommand, encryptTo, showSecrets, overrides } = flags;
  const place: DestinationFlags = { secretsFile, secretCommand, encryptTo, showSecrets };
  const resolved = resolveWith(overrides, place);
  const prepareWith: Choices['prepareWith'] = (now, assumed) =>
    prepare(selectionsOf(steps, now), {
      command: 'init',
      unattended: !attended,
      secrets: assumed ?? (now.destination !== undefined || app.sandboxed ? 'chosen' : 'none'),
      switches: flags.switches,
    });
  if (!attended) guardComplete(flags, app, resolved, (now) => prepareWith(now, 'chosen'));
  const chosen = await chosenOf(resolved, host.cwd, { by, origin, confirmBy: confirmByOf(by, resolved) });
  if (!flags.dryRun) await guardTrust(app, chosen, isAttended(app, given));
  await app.tryDestination(resolved.destination);
  for (const warning of resolved.warnings) terminal.message(`Warning: ${warning}`);
  return { ...start, attended, resolved, resolveWith, prepareWith, place, overrides, chosen };
};

/** The account of the run, and what the user is asked with. */
interface Identified extends Pick<Setup, 'connection' | 'account' | 'rootKey'> {
  readonly undecided: InterviewInput;
  readonly secretsOf: (resolved: Resolved) => Promise<SecretSink>;
  readonly contextWith: (secrets: SecretSink) => Setup['context'];
}

/** Connects, makes sure that this is the account of the config and the plan, and prints the header. */
const identify = async (run: Run, given: InitFlags, choices: Choices): Promise<Identified> => {
  const { app } = run;
  const { saved, flags, attended, resolved, prepareWith, note, chosen } = choices;
  // Nothing may be written before the plan is approved, and nothing at all in a dry run.
  const mode = flags.dryRun ? 'read' : 'write';
  const connection = await connectSignedIn(run, { mode, attended, asks: attended, identify: saved === undefined ? 'now' : 'later' });
  if (saved !== undefined) guardTarget(given.fromPlan ?? '', saved, connection);
  const secretsOf = (now: Resolved): Promise<SecretSink> => {
    // A problem with a profile that this run does not need must not prevent storing a password.
    const created = secretsOfRun(prepareWith(now, 'chosen'));
    const makesKey = created.some(({ kind }) => kind === 'access-key');
    const replaceProfile = created.some((secret) => secret.storedIn === 'profile' && secret.mayReplace);
    return app.secrets({ destination: now.destination, profiles: makesKey, replaceProfile, caller: connection.identify });
  };
  const journal = await app.journal();
  const contextWith = (secrets: SecretSink): Setup['context'] => ({
    cloud: connection.boundary.cloud,
    caller: connection.identify,
    accountId: async () => (await connection.identify()).accountId,
    clock: connection.clock,
    secrets,
    journal,
    signal: app.host.signal,
  });
  const context = contextWith(await secretsOf(resolved));

  const accountIdFrom = saved === undefined || app.globals.accountId !== undefined ? resolved.accountIdFrom : flags.fromPlan;
  const { caller, account } = await run.identify(connection, { ...resolved, accountIdFrom }, (who) => {
    if (saved !== undefined) guardPartition(given.fromPlan ?? '', saved, who);
    // The steps share their reads with the header, and with the plan, which follows at once.
    if (!attended) assessAll(prepareWith(resolved), context).catch(() => {});
  });
  const rootKey = caller.identity.kind === 'root' && (await connection.usesLongTermKey());
  const secretsLine = chosen === undefined ? [] : [{ label: 'Secrets', value: `${chosen.words} (${chosen.from})` }];
  printHeader(app, account, connection, note, [...(rootKey ? [rootKeyLine] : []), ...secretsLine], attended && !flags.dryRun);
  return { connection, account, rootKey, undecided: { ...choices, context, caller }, secretsOf, contextWith };
};

const repeatOf = (
  app: App,
  { flags }: Choices,
  { undecided: { caller } }: Identified,
  { overrides, place, skipped }: DecidedSoFar,
): string => repeatCommand(app, { flags, accountId: caller.accountId, overrides, place, skip: [...(flags.skip ?? []), ...skipped] });

/** Completes the setup with the answers, and again with each answer that the user changes. */
const setupWith = async (app: App, choices: Choices, identified: Identified, state: RunState, interviewed: Interviewed): Promise<Setup> => {
  const { flags, config, source, saved, attended, resolveWith, prepareWith, place, chosen } = choices;
  const { connection, account, rootKey, undecided, secretsOf, contextWith } = identified;
  const { caller: who } = undecided;
  const { cwd } = app.host;

  // The account may have changed while the user answered.
  if (interviewed.asked) connection.boundary.forget();
  const decided = { ...interviewed, resolved: resolveWith(interviewed.overrides, interviewed.place, interviewed.skipped) };
  if (decided.asked) state.repeat = repeatOf(app, choices, identified, decided);
  const secrets = await secretsOf(decided.resolved);
  const answered =
    decided.place === place ? chosen : await chosenOf(decided.resolved, cwd, { by: 'user', origin: () => 'your answer', confirmBy: '' });
  if (flags.savePlan !== undefined && answered !== undefined && (await hasPower(answered.destination, cwd)))
    state.planFlags =
      config?.secrets !== undefined && destinationFlags(decided.place).length === 0
        ? [`--config ${shellWord(app.globals.config ?? defaultConfigFile)}`]
        : typedDestination(answered.destination);
  const edited = async (): Promise<Setup> => {
    const now = { ...(await editAnswer(app, undecided, interviewed)), asked: true };
    if (selectionsOf(steps, resolveWith(now.overrides, now.place, now.skipped)).every(({ wanted }) => !wanted)) throw declinedError();
    return setupWith(app, choices, identified, state, now);
  };
  return {
    flags,
    attended,
    connection,
    who,
    account,
    rootKey,
    source,
    saved,
    decided,
    edited: attended && editable(interviewed).length > 0 ? edited : undefined,
    prepared: prepareWith(decided.resolved),
    preparedWith: (answers) => prepareWith(resolveWith([...decided.overrides, ...answers], decided.place, decided.skipped)),
    secrets,
    secretPlace: secretPlaceOf(answered, secrets.place),
    context: contextWith(secrets),
  };
};

/** What the user passes to make a file's choice their own. */
const confirmByOf = (by: ChosenDestination['by'], { destination, destinationFrom = '' }: Resolved): string => {
  if (by === 'folder') return `--config ./${defaultConfigFile}`;
  if (destination === undefined) return '';
  return destinationFrom.startsWith('--') ? typedDestination(destination).join(' ') : '--config and the file that the plan was saved with';
};

const chosenOf = async (
  { destination, destinationFrom = '' }: Resolved,
  cwd: string,
  { by, origin, confirmBy }: Pick<ChosenDestination, 'by' | 'confirmBy'> & Pick<Start, 'origin'>,
): Promise<ChosenDestination | undefined> =>
  destination === undefined
    ? undefined
    : {
        destination,
        words: await destinationWords(destination, cwd),
        from: origin(destinationFrom),
        by: destinationFrom.startsWith('--') && by === 'folder' ? 'user' : by,
        confirmBy,
      };

interface Start {
  readonly saved: Setup['saved'];
  readonly flags: InitFlags;
  readonly config: Config | undefined;
  readonly note: string | undefined;
  readonly source: Setup['source'];
  /** Who chose the destination for secrets that no flag of this run names. */
  readonly by: ChosenDestination['by'];
  /** Describes where that choice was made: the flag, or the line of the file. */
  readonly origin: (from: string) => string;
}

/** The flags and the config of the run, or those that the plan was saved with. */
const startOf = async (app: App, flags: InitFlags): Promise<Start> => {
  const { fromPlan } = flags;
  if (fromPlan !== undefined) {
    const start = await startOfPlan(app, flags, fromPlan);
    const origin = (from: string): string => `the plan ${fromPlan} (${from})`;
    return { ...start, by: start.confirmed ? 'user' : 'plan', origin: start.confirmed ? (from) => from : origin };
  }
  const { config, note, found, source } = await app.config();
  return { saved: undefined, flags, config, note, source, by: found ? 'folder' : 'user', origin: (from) => from };
};

/** What an unattended run needs, checked first. The account comes before missing values. */
const guardComplete = (
  flags: Pick<InitFlags, 'yes' | 'dryRun' | 'savePlan'>,
  app: App,
  resolved: Resolved,
  prepareWith: (resolved: Resolved) => readonly PreparedStep[],
): void => {
  guardApproval(flags, app, resolved);
  if (resolved.missing.length > 0) {
    throw new BootstrapError({
      code: 'E-MISSING-VALUE',
      message: `Values are missing:\n${resolved.missing.map((ask) => `  ${ask.flag} or ${ask.stepId}.${ask.path}: ${ask.question}`).join('\n')}`,
      next: `Pass ${resolved.missing.map(flagOf).join(', ')}, set the values in bootstrap.yaml, or leave the steps out with --skip.`,
    });
  }
  // A saved plan must contain what the run will need.
  if ((!flags.dryRun || flags.savePlan !== undefined) && !app.sandboxed && resolved.destination === undefined)
    guardDestination(prepareWith(resolved));
};

const flagOf = ({ flag, stepId, unless }: StepAsk): string =>
  unless === undefined ? flag : `${flag} (not needed with ${stepId}.${unless.path}: ${unless.is})`;

/** An unattended run must be approved in advance, and must name its account; a dry run needs neither. */
export const guardApproval = (
  { yes, dryRun }: Pick<InitFlags, 'yes' | 'dryRun'>,
  app: App,
  { accountId }: Pick<Resolved, 'accountId'>,
): void => {
  if (!dryRun) guardUnattended(app, { yes, accountId, approves: 'plan', preview: 'print only the plan with --dry-run' });
};
