import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { configFileOf, interruptible, readAtMost } from '../../config/file.js';
import { type DestinationFlags, destinationFlags, resolveDestination } from '../../config/destination.js';
import type { Override } from '../../config/override.js';
import type { Config } from '../../config/schema.js';
import type { SelectionFlags } from '../../config/resolve.js';
import type { Caller } from '../../core/account.js';
import { BootstrapError, usage } from '../../core/errors.js';
import type { RunReport } from '../../core/report.js';
import type { Destination } from '../../core/secret.js';
import { canonical } from '../../core/text.js';
import type { AssessedStep } from '../../engine/assess.js';
import { bodyOf, differences } from '../../engine/saved-plan.js';
import type { RenderContext } from '../../report/words.js';
import type { App, Connection } from '../../run/app.js';
import { programOf } from '../../run/output.js';
import { destinationWords } from '../../run/secrets-trust.js';
import { steps } from '../../steps/index.js';
import { version } from '../../version.js';

/** All that a run goes by besides the account: with it, the same questions need no second answer. */
export interface PlanInputs extends SelectionFlags, DestinationFlags {
  readonly config: { readonly file: string; readonly text: string } | null;
  readonly overrides: readonly Override[];
  readonly replaceAlias: boolean;
  readonly replaceProfile: boolean;
}

const words = z.array(z.string());
const finding = z.strictObject({
  step: z.string(),
  id: z.string(),
  resource: z.string().nullable(),
  status: z.string(),
  observed: z.string().nullable(),
});
/** What is in the file. It holds no secret: they are made after approval, and their places are named only. */
const schema = z.strictObject({
  planVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('aws-account-bootstrap'), version: z.string() }),
  createdAt: z.string(),
  target: z.string(),
  /** By service; empty for AWS's own. */
  endpoints: z.record(z.string(), z.string()),
  account: z.strictObject({ id: z.string().regex(/^\d{12}$/), partition: z.string() }),
  /** Made for a run without a person: a plan for one may wait for a device in a hand. */
  unattended: z.boolean(),
  inputs: z.strictObject({
    config: z.strictObject({ file: z.string(), text: z.string() }).nullable(),
    overrides: z.array(z.strictObject({ step: z.string(), path: z.string(), value: z.string(), flag: z.string() })),
    replaceAlias: z.boolean(),
    replaceProfile: z.boolean(),
    only: words.optional(),
    skip: words.optional(),
    secretsFile: z.string().optional(),
    secretCommand: z.string().optional(),
    encryptTo: words.optional(),
    showSecrets: z.boolean().optional(),
  }),
  changes: z.array(
    z.strictObject({
      step: z.string(),
      change: z.looseObject({ kind: z.string(), summary: z.string(), risk: z.string(), calls: words }),
    }),
  ),
  seen: z.array(finding),
  /** Of everything else: shows an edit, and proves nothing about who wrote the file. */
  digest: z.string(),
});
type SavedPlan = Omit<z.infer<typeof schema>, 'inputs'> & { readonly inputs: PlanInputs };

/** Throws E-PLAN-FILE when the plan cannot be written; what was there is replaced, as by `--output-file`. */
export const savePlan = async (
  app: App,
  file: string,
  plan: Pick<SavedPlan, 'target' | 'endpoints' | 'account' | 'unattended' | 'inputs'>,
  assessed: readonly AssessedStep[],
): Promise<void> => {
  const { changes, seen } = bodyOf(assessed);
  const { secretsFile, ...inputs } = plan.inputs;
  const document: Omit<SavedPlan, 'digest'> = {
    planVersion: 1,
    tool: { name: 'aws-account-bootstrap', version },
    createdAt: app.host.clock.now().toISOString(),
    ...plan,
    // It may be applied from another folder.
    inputs: { ...inputs, ...(secretsFile === undefined ? {} : { secretsFile: resolve(app.host.cwd, secretsFile) }) },
    changes: changes as SavedPlan['changes'],
    seen: [...seen],
  };
  try {
    const handle = await open(resolve(app.host.cwd, file), 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ ...document, digest: digestOf(document) }, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw planFile(`The plan cannot be written to ${file} (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`, cause);
  }
};

/** As the file holds it: what JSON leaves out is not in it. */
const digestOf = (document: Omit<SavedPlan, 'digest'>): string => createHash('sha256').update(canonical(document)).digest('hex');

/** undefined for values that are nested too deeply to be written as JSON: no plan of ours is. */
const readDigest = (document: Omit<SavedPlan, 'digest'>): string | undefined => {
  try {
    return digestOf(document);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

/** Throws E-PLAN-FILE for what is no plan of this version, E-USAGE for flags that contradict it. */
const readPlan = async (app: App, file: string, contradicting: readonly string[]): Promise<SavedPlan> => {
  if (contradicting.length > 0)
    throw usage(
      `--from-plan carries out what ${file} holds, and ${contradicting.join(' and ')} would change it.`,
      'Leave the flags out, or make another plan with them: --save-plan FILE.',
    );
  const parsed = schema.safeParse(await readJson(app, file));
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.') ?? '';
    throw planFile(`${file} is not a plan of \`bootstrap init --save-plan\`${at === '' ? '' : ` (look at ${at})`}.`, parsed.error);
  }
  const plan = parsed.data as SavedPlan;
  if (plan.tool.version !== version)
    throw planFile(`${file} was made by version ${plan.tool.version}; this is version ${version}, which may plan otherwise.`);
  const here = app.sandboxed ? 'sandbox' : 'aws';
  if ((plan.target === 'sandbox') !== app.sandboxed)
    throw planFile(`${file} was made for ${nameOf(plan.target)}, and this run is for ${nameOf(here)}.`);
  const { digest, ...document } = plan;
  if (digest !== readDigest(document)) throw planFile(`${file} was changed after it was made: its digest does not fit its content.`);
  const stray = plan.inputs.overrides.find(({ step }) => !steps.some(({ id }) => id === step));
  if (stray !== undefined) throw planFile(`${file} has a value for the step ${JSON.stringify(stray.step)}, which does not exist.`);
  return plan;
};

/** What a run that saved a plan says last. */
export const savedPlanWords = (
  app: App,
  file: string | undefined,
  { error, plan = [] }: RunReport,
  flags: readonly string[],
): Partial<RenderContext> => {
  if (file === undefined || error !== undefined || plan.length === 0) return {};
  const command = [programOf(app), 'init', `--from-plan ${file}`, ...flags, ...(app.sandboxed ? ['--sandbox'] : [])].join(' ');
  return { next: `look at ${file}, then carry it out: \`${command}\`.` };
};

interface Flags extends SelectionFlags, DestinationFlags, Pick<PlanInputs, 'overrides' | 'replaceAlias' | 'replaceProfile'> {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly savePlan?: string;
}

/** A run that carries out a plan goes by what the plan was made with. Throws as `readPlan` does. */
export const startOfPlan = async <F extends Flags>(app: App, flags: F, file: string) => {
  const { globals, terminal } = app;
  const { only, skip, replaceAlias, replaceProfile } = flags;
  const named = {
    '--only': only,
    '--skip': skip,
    '--save-plan': flags.savePlan,
    '--replace-alias': replaceAlias ? true : undefined,
    '--replace-profile': replaceProfile ? true : undefined,
    ...Object.fromEntries(flags.overrides.map(({ flag }) => [flag, true])),
  };
  const saved = await readPlan(
    app,
    file,
    Object.keys(named).filter((flag) => named[flag as keyof typeof named] !== undefined),
  );
  if (globals.accountId !== undefined && globals.accountId !== saved.account.id)
    throw usage(`--account-id says ${globals.accountId}, and ${file} is for account ${saved.account.id}.`, 'Leave --account-id out.');
  if (!saved.unattended && (flags.yes || !terminal.interactive) && !flags.dryRun)
    throw planFile(`${file} was made at a terminal, for a person to approve and to enrol a device.`);
  const { config: source, ...inputs } = saved.inputs;
  const { loadConfig } = await import('../../config/load.js');
  const config = source === null ? undefined : (await interruptible(app.host, () => loadConfig({ ...source, steps }))).config;
  await guardConfig(app, file, source);
  return {
    saved,
    /** The user names the same destination for secrets, or the config that names it. */
    confirmed:
      (await guardPlace(app, file, { inputs, config }, flags)) || (globals.config !== undefined && destinationFlags(inputs).length === 0),
    // A plan for nobody was approved when it was chosen.
    flags: { ...flags, ...inputs, yes: saved.unattended },
    config,
    said: `the plan ${file} of ${saved.createdAt}`,
    source,
  };
};

/** A plan holds the text of its config. Where the file is at hand, it must still have that text. Throws E-PLAN-FILE. */
const guardConfig = async (app: App, file: string, source: PlanInputs['config']): Promise<void> => {
  const { globals, host } = app;
  const name = globals.config ?? source?.file;
  if (name === undefined) return;
  const now = await configFileOf({ config: name }, host).catch((error: unknown) => {
    // A plan may be carried out where its config is not.
    if (globals.config === undefined) return undefined;
    throw error;
  });
  if (now === undefined || now.text === source?.text) return;
  throw planFile(
    source === null ? `${file} was made without a config.` : `${file} was made with another text of the config than ${name} has now.`,
  );
};

/** Whether flags of this run name the plan's own destination. Throws E-PLAN-FILE when they name another. */
const guardPlace = async (
  { host: { cwd } }: App,
  file: string,
  plan: { readonly inputs: DestinationFlags; readonly config: Config | undefined },
  flags: DestinationFlags,
): Promise<boolean> => {
  const mine = resolveDestination(flags, undefined);
  if (mine === undefined) return false;
  const planned = resolveDestination(plan.inputs, plan.config);
  const whole = (one: Destination | undefined): Destination | undefined =>
    one?.kind === 'file' ? { ...one, file: resolve(cwd, one.file) } : one;
  if (isDeepStrictEqual(whole(mine), whole(planned))) return true;
  const place = planned === undefined ? 'has no place for secrets' : `sends secrets to ${await destinationWords(planned, cwd)}`;
  throw planFile(`${file} ${place}, and ${destinationFlags(flags).join(', ')} names ${await destinationWords(mine, cwd)}.`);
};

/** Before AWS is asked anything: requests go where those of the plan went. Throws E-PLAN-FILE. */
export const guardTarget = (file: string, plan: SavedPlan, { target, endpoints }: Pick<Connection, 'target' | 'endpoints'>): void => {
  if (plan.target !== target) throw planFile(`${file} was made for ${nameOf(plan.target)}, and this run is for ${nameOf(target)}.`);
  const [service] = [...Object.keys(plan.endpoints), ...Object.keys(endpoints)].filter((name) => plan.endpoints[name] !== endpoints[name]);
  if (service !== undefined)
    throw planFile(
      `${file} was made with ${plan.endpoints[service] ?? "AWS's own address"} for ${service}, and this run has ${endpoints[service] ?? "AWS's own address"}.`,
    );
};

/** Throws E-PLAN-FILE. */
export const guardPartition = (file: string, plan: SavedPlan, { partition }: Pick<Caller, 'partition'>): void => {
  if (plan.account.partition !== partition)
    throw planFile(`${file} was made for the partition ${plan.account.partition}, and this account is in ${partition}.`);
};

/** Throws E-PLAN-STALE when the account is not as the plan found it. */
export const guardPlan = (file: string, plan: SavedPlan, assessed: readonly AssessedStep[]): void => {
  const lines = differences(plan as Parameters<typeof differences>[0], bodyOf(assessed));
  if (lines.length === 0) return;
  throw new BootstrapError({
    code: 'E-PLAN-STALE',
    message: `The account is not as it was when ${file} was made (${plan.createdAt}), so nothing was changed:\n${shown(lines)}`,
    next: 'Make a new plan and look at it: bootstrap init --save-plan FILE.',
  });
};

/** An account that went on without the plan differs in everything; a screen of it says nothing more. */
const mostLines = 10;
const shown = (lines: readonly string[]): string =>
  [...lines.slice(0, mostLines), ...(lines.length > mostLines ? [`and ${lines.length - mostLines} more`] : [])]
    .map((line) => `  ${line}`)
    .join('\n');

/** A plan for an organization of a thousand accounts has a tenth of it. */
const maxPlanBytes = 16 * 1024 * 1024;

const readJson = async ({ host }: App, file: string): Promise<unknown> => {
  const path = resolve(host.cwd, file);
  let bytes: Uint8Array;
  try {
    if (!(await stat(path)).isFile()) throw planFile(`The plan ${file} is not a file.`);
    bytes = await readAtMost(maxPlanBytes)(path);
  } catch (cause) {
    if (cause instanceof BootstrapError) throw cause;
    throw planFile(`The plan ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`, cause);
  }
  if (bytes.byteLength > maxPlanBytes) throw planFile(`${file} is larger than 16 MB, which no plan is.`);
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw planFile(`${file} is not JSON, and so not a plan.`, cause);
  }
};

const nameOf = (target: string): string => (target === 'sandbox' ? 'the practice account' : target === 'aws' ? 'AWS' : target);

const planFile = (message: string, cause?: unknown): BootstrapError =>
  new BootstrapError({
    code: 'E-PLAN-FILE',
    message,
    next: 'Make a plan with `bootstrap init --save-plan FILE`, look at it, and name it with --from-plan.',
    ...(cause === undefined ? {} : { cause }),
  });
