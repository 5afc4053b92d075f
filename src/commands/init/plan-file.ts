import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { configFileOf, interruptible, readAtMost } from '../../config/file.js';
import { type DestinationFlags, destinationFlags, resolveDestination } from '../../config/destination.js';
import type { Override } from '../../config/override.js';
import type { Config } from '../../config/schema.js';
import type { SelectionFlags } from '../../config/resolve.js';
import type { Caller } from '../../core/account.js';
import { optionKey, type StepFlag } from '../../core/flags.js';
import { BootstrapError, usage } from '../../core/errors.js';
import type { RunReport } from '../../core/report.js';
import type { Destination } from '../../core/secret.js';
import { canonical, shellWord } from '../../core/text.js';
import type { AssessedStep } from '../../engine/assess.js';
import { bodyOf, differences, isApplied } from '../../engine/saved-plan.js';
import type { RenderContext } from '../../report/words.js';
import type { App, Connection } from '../../run/app.js';
import { isProtected } from '../../run/protected-files.js';
import { typedHere } from '../../run/output.js';
import { destinationWords } from '../../run/secrets-trust.js';
import { stepFlags } from '../../steps/flags.js';
import { steps } from '../../steps/index.js';
import { version } from '../../version.js';
import type { InitFlags } from './types.js';

/** All inputs of a run apart from the account, so that the questions need not be answered again. */
export interface PlanInputs extends SelectionFlags, DestinationFlags {
  readonly config: { readonly file: string; readonly text: string } | null;
  readonly overrides: readonly Override[];
  readonly switches: readonly string[];
}

/** In the file each switch has a key of its own: `replaceAlias`. */
const switchKeys = stepFlags.flatMap(({ flags }) =>
  flags.flatMap((one: StepFlag) => (one.path === undefined ? [[one.flag, optionKey(one.flag)] as const] : [])),
);

const words = z.array(z.string());
const finding = z.strictObject({
  step: z.string(),
  id: z.string(),
  resource: z.nullable(z.string()),
  status: z.string(),
  observed: z.nullable(z.string()),
});
/** The content of the file. It contains no secrets: they are created after approval. It only names their destination. */
const schema = z.strictObject({
  planVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('aws-account-bootstrap'), version: z.string() }),
  createdAt: z.string(),
  target: z.string(),
  /** By service; empty for the default endpoints of AWS. */
  endpoints: z.record(z.string(), z.string()),
  account: z.strictObject({ id: z.string().check(z.regex(/^\d{12}$/)), partition: z.string() }),
  /** Created for an unattended run. A plan for an attended run may need the user to enrol a device. */
  unattended: z.boolean(),
  inputs: z.strictObject({
    config: z.nullable(z.strictObject({ file: z.string(), text: z.string() })),
    overrides: z.array(z.strictObject({ step: z.string(), path: z.string(), value: z.string(), flag: z.string() })),
    ...Object.fromEntries(switchKeys.map(([, key]) => [key, z.boolean()])),
    only: z.optional(words),
    skip: z.optional(words),
    secretsFile: z.optional(z.string()),
    secretCommand: z.optional(z.string()),
    encryptTo: z.optional(words),
    showSecrets: z.optional(z.boolean()),
  }),
  changes: z.array(
    z.strictObject({
      step: z.string(),
      change: z.looseObject({ kind: z.string(), summary: z.string(), risk: z.string(), calls: words }),
    }),
  ),
  seen: z.array(finding),
  /** Digest of everything else. Detects edits, but does not prove who wrote the file. */
  digest: z.string(),
});
type PlanDocument = z.infer<typeof schema>;
type SavedPlan = Omit<PlanDocument, 'inputs'> & { readonly inputs: PlanInputs };

/** Throws E-PLAN-FILE when the plan cannot be written. Overwrites the files that `--output-file` overwrites. */
export const savePlan = async (
  app: App,
  file: string,
  plan: Pick<SavedPlan, 'target' | 'endpoints' | 'account' | 'unattended' | 'inputs'>,
  assessed: readonly AssessedStep[],
): Promise<void> => {
  if (await isProtected(app, file, [])) throw planFile(`The plan cannot be written to ${file}, which this tool or the AWS CLI reads.`);
  const { changes, seen } = bodyOf(assessed);
  const { secretsFile, switches, ...inputs } = plan.inputs;
  const document = {
    planVersion: 1 as const,
    tool: { name: 'aws-account-bootstrap' as const, version },
    createdAt: app.host.clock.now().toISOString(),
    ...plan,
    // The plan may be applied from another folder.
    inputs: {
      ...inputs,
      ...Object.fromEntries(switchKeys.map(([flag, key]) => [key, switches.includes(flag)])),
      ...(secretsFile === undefined ? {} : { secretsFile: resolve(app.host.cwd, secretsFile) }),
    },
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

/** The digest of the document as it is in the file, without the values that JSON omits. */
const digestOf = (document: object): string => createHash('sha256').update(canonical(document)).digest('hex');

/** undefined for values that are nested too deeply to be written as JSON. This tool does not write such plans. */
const readDigest = (document: object): string | undefined => {
  try {
    return digestOf(document);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

/** Throws E-PLAN-FILE if the file is not a plan of this version, E-USAGE for flags that contradict it. */
const readPlan = async (app: App, file: string, contradicting: readonly string[]): Promise<SavedPlan> => {
  if (contradicting.length > 0)
    throw usage(
      `--from-plan applies ${file} unchanged, so it cannot be used with ${contradicting.join(' and ')}.`,
      'Leave the flags out, or save a new plan with them: --save-plan FILE.',
    );
  const parsed = schema.safeParse(await readJson(app, file));
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.') ?? '';
    throw planFile(`${file} is not a saved plan${at === '' ? '' : ` (see ${at})`}.`, parsed.error);
  }
  const plan = parsed.data;
  if (plan.tool.version !== version)
    throw planFile(`${file} was saved by version ${plan.tool.version}. This is version ${version}, whose plan may be different.`);
  const here = app.sandboxed ? 'sandbox' : 'aws';
  if ((plan.target === 'sandbox') !== app.sandboxed)
    throw planFile(`${file} was saved for ${nameOf(plan.target)}, but this run is for ${nameOf(here)}.`);
  const { digest, ...document } = plan;
  if (digest !== readDigest(document)) throw planFile(`${file} was changed after it was saved: its digest does not match its content.`);
  const stray = plan.inputs.overrides.find(({ step }) => !steps.some(({ id }) => id === step));
  if (stray !== undefined) throw planFile(`${file} has a value for the step ${JSON.stringify(stray.step)}, which does not exist.`);
  const { inputs } = plan;
  const switches = switchKeys.flatMap(([flag, key]) => (Reflect.get(inputs, key) === true ? [flag] : []));
  const others = Object.entries(inputs).filter(([name]) => !switchKeys.some(([, key]) => key === name));
  return { ...plan, inputs: { ...(Object.fromEntries(others) as unknown as Omit<PlanInputs, 'switches'>), switches } };
};

/** The next step of a run that saved a plan. */
export const savedPlanWords = (
  app: App,
  file: string | undefined,
  { error, plan = [] }: RunReport,
  flags: readonly string[],
): Partial<RenderContext> => {
  if (file === undefined || error !== undefined || plan.length === 0) return {};
  const command = typedHere(app, ['bootstrap init', `--from-plan ${shellWord(file)}`, ...flags].join(' '));
  return { next: `review ${file}, then apply it: \`${command}\`.` };
};

/** A run that applies a plan uses the inputs that the plan was saved with. Throws like `readPlan`. */
export const startOfPlan = async (app: App, flags: InitFlags, file: string) => {
  const { globals, terminal } = app;
  const { only, skip } = flags;
  const named = {
    '--only': only,
    '--skip': skip,
    '--save-plan': flags.savePlan,
    ...Object.fromEntries(flags.switches.map((flag) => [flag, true])),
    ...Object.fromEntries(flags.overrides.map(({ flag }) => [flag, true])),
  };
  const saved = await readPlan(
    app,
    file,
    Object.keys(named).filter((flag) => named[flag as keyof typeof named] !== undefined),
  );
  if (globals.accountId !== undefined && globals.accountId !== saved.account.id)
    throw usage(`--account-id is ${globals.accountId}, but ${file} is for account ${saved.account.id}.`, 'Leave --account-id out.');
  if (!saved.unattended && (flags.yes || !terminal.interactive) && !flags.dryRun)
    throw planFile(`${file} was saved at a terminal, so it must be approved at one. It may also need you to enrol a device.`);
  const { config: source, ...inputs } = saved.inputs;
  const { loadConfig } = await import('../../config/load.js');
  const config = source === null ? undefined : (await interruptible(app.host, () => loadConfig({ ...source, steps }))).config;
  await guardConfig(app, file, source);
  return {
    saved,
    /** The user passed the same destination for secrets, or the config that names it. */
    confirmed:
      (await guardDestinationFlags(app, file, { inputs, config }, flags)) ||
      (globals.config !== undefined && destinationFlags(inputs).length === 0),
    // The user approved a plan for an unattended run by choosing it.
    flags: { ...flags, ...inputs, yes: saved.unattended },
    config,
    note: `the plan ${file} of ${saved.createdAt}`,
    source,
  };
};

/** A plan contains the text of its config. If the config file exists, it must still have that text. Throws E-PLAN-FILE. */
const guardConfig = async (app: App, file: string, source: PlanInputs['config']): Promise<void> => {
  const { globals, host } = app;
  const name = globals.config ?? source?.file;
  if (name === undefined) return;
  const now = await configFileOf({ config: name }, host).catch((error: unknown) => {
    // A plan may be applied where its config does not exist.
    if (globals.config === undefined) return undefined;
    throw error;
  });
  if (now === undefined || now.text === source?.text) return;
  throw planFile(source === null ? `${file} was saved without a config.` : `${name} has changed since ${file} was saved.`);
};

/** Whether flags of this run name the destination of the plan. Throws E-PLAN-FILE if they name another. */
const guardDestinationFlags = async (
  { host: { cwd } }: App,
  file: string,
  plan: { readonly inputs: DestinationFlags; readonly config: Config | undefined },
  flags: DestinationFlags,
): Promise<boolean> => {
  const given = resolveDestination(flags, undefined);
  if (given === undefined) return false;
  const planned = resolveDestination(plan.inputs, plan.config);
  const absolute = (one: Destination | undefined): Destination | undefined =>
    one?.kind === 'file' ? { ...one, file: resolve(cwd, one.file) } : one;
  if (isDeepStrictEqual(absolute(given), absolute(planned))) return true;
  const place = planned === undefined ? 'has no destination for secrets' : `sends secrets to ${await destinationWords(planned, cwd)}`;
  throw planFile(`${file} ${place}, but ${destinationFlags(flags).join(', ')} names ${await destinationWords(given, cwd)}.`);
};

/** Runs before the first request: target and endpoints must be those of the plan. Throws E-PLAN-FILE. */
export const guardTarget = (file: string, plan: SavedPlan, { target, endpoints }: Pick<Connection, 'target' | 'endpoints'>): void => {
  if (plan.target !== target) throw planFile(`${file} was saved for ${nameOf(plan.target)}, but this run is for ${nameOf(target)}.`);
  const [service] = [...Object.keys(plan.endpoints), ...Object.keys(endpoints)].filter((name) => plan.endpoints[name] !== endpoints[name]);
  if (service !== undefined)
    throw planFile(
      `${file} was saved with ${plan.endpoints[service] ?? 'the AWS endpoint'} for ${service}, but this run uses ${endpoints[service] ?? 'the AWS endpoint'}.`,
    );
};

/** Throws E-PLAN-FILE. */
export const guardPartition = (file: string, plan: SavedPlan, { partition }: Pick<Caller, 'partition'>): void => {
  if (plan.account.partition !== partition)
    throw planFile(`${file} was saved for the partition ${plan.account.partition}, but this account is in ${partition}.`);
};

/** Throws E-PLAN-STALE if the account has changed since the plan was saved. */
export const guardPlan = (file: string, plan: SavedPlan, assessed: readonly AssessedStep[]): void => {
  const now = bodyOf(assessed);
  const lines = differences(plan as Parameters<typeof differences>[0], now);
  if (lines.length === 0) return;
  if (isApplied(plan as Parameters<typeof isApplied>[0], now))
    throw new BootstrapError({
      code: 'E-PLAN-STALE',
      message: `${file} (${plan.createdAt}) is already applied: none of its changes remains to be made, so nothing was changed.`,
      next: 'Check the account with `bootstrap check`, or save a new plan: `bootstrap init --save-plan FILE`.',
    });
  throw new BootstrapError({
    code: 'E-PLAN-STALE',
    message: `The account has changed since ${file} was saved (${plan.createdAt}), so nothing was changed:\n${firstLines(lines)}`,
    next: 'Save a new plan and review it: `bootstrap init --save-plan FILE`.',
  });
};

/** If an account has changed a lot, more lines would not help. */
const maxLines = 10;
const firstLines = (lines: readonly string[]): string =>
  [...lines.slice(0, maxLines), ...(lines.length > maxLines ? [`and ${lines.length - maxLines} more`] : [])]
    .map((line) => `  ${line}`)
    .join('\n');

/** Ten times the size of a plan for an organization of a thousand accounts. */
const maxPlanBytes = 16 * 1024 * 1024;

const readJson = async ({ host }: App, file: string): Promise<unknown> => {
  const path = resolve(host.cwd, file);
  let bytes: Uint8Array;
  try {
    if (!(await stat(path)).isFile()) throw planFile(`The plan ${file} is not a file.`);
    bytes = await readAtMost(maxPlanBytes)(path);
  } catch (cause) {
    if (cause instanceof BootstrapError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw planFile(`The plan ${file} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}.`, cause);
  }
  if (bytes.byteLength > maxPlanBytes) throw planFile(`${file} is not a plan: it is larger than 16 MB.`);
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw planFile(`${file} is not a plan: it is not JSON.`, cause);
  }
};

const nameOf = (target: string): string => (target === 'sandbox' ? 'the practice account' : target === 'aws' ? 'AWS' : target);

const planFile = (message: string, cause?: unknown): BootstrapError =>
  new BootstrapError({
    code: 'E-PLAN-FILE',
    message,
    next: 'Save a plan with `bootstrap init --save-plan FILE`, review it, and pass it with --from-plan.',
    ...(cause === undefined ? {} : { cause }),
  });
