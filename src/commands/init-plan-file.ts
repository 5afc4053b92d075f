import { open, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { App } from '../app.js';
import type { DestinationFlags } from '../config/destination.js';
import type { Override } from '../config/override.js';
import type { SelectionFlags } from '../config/selection.js';
import { usage } from '../config/usage.js';
import { BootstrapError } from '../core/error.js';
import type { RunReport } from '../core/report.js';
import { bodyOf, differences } from '../engine/saved-plan.js';
import type { LookedStep } from '../engine/look.js';
import type { Words } from '../report/words.js';
import { steps } from '../steps/index.js';
import { version } from '../version.js';
import { programOf } from './present.js';

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
});
type SavedPlan = Omit<z.infer<typeof schema>, 'inputs'> & { readonly inputs: PlanInputs };

/** Throws E-PLAN-FILE when the plan cannot be written; what was there is replaced, as by `--output-file`. */
export const savePlan = async (
  app: App,
  file: string,
  plan: Pick<SavedPlan, 'target' | 'account' | 'unattended' | 'inputs'>,
  looked: readonly LookedStep[],
): Promise<void> => {
  const { changes, seen } = bodyOf(looked);
  const { secretsFile, ...inputs } = plan.inputs;
  const document: SavedPlan = {
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
      await handle.writeFile(`${JSON.stringify(document, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw planFile(`The plan cannot be written to ${file} (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`, cause);
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
  return plan;
};

/** What a run that saved a plan says last. */
export const savedPlanWords = (app: App, file: string | undefined, { error, plan = [] }: RunReport): Partial<Words> => {
  if (file === undefined || error !== undefined || plan.length === 0) return {};
  const command = [programOf(app), 'init', `--from-plan ${file}`, ...(app.sandboxed ? ['--sandbox'] : [])].join(' ');
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
  const { only, skip, secretsFile, secretCommand, encryptTo, showSecrets, replaceAlias, replaceProfile } = flags;
  const named = {
    '--config': globals.config,
    '--only': only,
    '--skip': skip,
    '--secrets-file': secretsFile,
    '--secret-command': secretCommand,
    '--encrypt-to': encryptTo,
    '--show-secrets': showSecrets,
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
  const { loadConfig } = await import('../config/load.js');
  return {
    saved,
    // A plan for nobody was approved when it was chosen.
    flags: { ...flags, ...inputs, yes: saved.unattended },
    config: source === null ? undefined : loadConfig({ ...source, steps }).config,
    said: `the plan ${file} of ${saved.createdAt}`,
    source,
  };
};

/** Throws E-PLAN-STALE when the account is not as the plan found it. */
export const guardPlan = (file: string, plan: SavedPlan, target: string, looked: readonly LookedStep[]): void => {
  if (plan.target !== target) throw planFile(`${file} was made for ${nameOf(plan.target)}, and this run is for ${nameOf(target)}.`);
  const lines = differences(plan as Parameters<typeof differences>[0], bodyOf(looked));
  if (lines.length === 0) return;
  throw new BootstrapError({
    code: 'E-PLAN-STALE',
    exit: 3,
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

const readJson = async ({ host }: App, file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(resolve(host.cwd, file), 'utf8'));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw planFile(code === undefined ? `${file} is not JSON, and so not a plan.` : `The plan ${file} cannot be read (${code}).`, cause);
  }
};

const nameOf = (target: string): string => (target === 'sandbox' ? 'the practice account' : target === 'aws' ? 'AWS' : target);

const planFile = (message: string, cause?: unknown): BootstrapError =>
  new BootstrapError({
    code: 'E-PLAN-FILE',
    exit: 2,
    message,
    next: 'Make a plan with `bootstrap init --save-plan FILE`, look at it, and name it with --from-plan.',
    ...(cause === undefined ? {} : { cause }),
  });
