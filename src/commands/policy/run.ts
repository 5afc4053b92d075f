import { resolveConfig, type Resolved } from '../../config/resolve.js';
import { isPartition, partitionOfRegion } from '../../core/account.js';
import { usage } from '../../core/errors.js';
import { plain } from '../../core/text.js';
import { renderPolicy } from '../../report/policy.js';
import type { App } from '../../run/app.js';
import { offline } from '../../run/offline.js';
import { jsonText, printText } from '../../run/output.js';
import { steps } from '../../steps/index.js';
import { type Allowance, allowancesOf, documentOf } from './document.js';
import { grantsOf } from './permissions.js';
import type { Facts, Sections } from './scopes.js';

export interface PolicyFlags {
  readonly partition?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly org?: boolean;
}

/** `bootstrap policy check|init`: the permissions that an identity needs, and no others. The JSON output is the policy itself, as AWS accepts it. */
export const runPolicy = (command: 'check' | 'init', flags: PolicyFlags, app: App): Promise<number> =>
  offline(app, `policy ${command}`, async () => {
    const { facts, allowances } = await allowed(command, flags, app);
    const policy = documentOf(allowances);
    const { globals, terminal } = app;
    if (facts.accountId === undefined && !terminal.quiet)
      terminal.stderr('Note: no account is set (--account-id, or account.id in the config), so the policy is for any account.\n');
    const style = globals.outputFile === undefined ? terminal.style : { ...terminal.style, color: false };
    const text =
      globals.output === 'json'
        ? jsonText(policy)
        : renderPolicy({ command, facts, allowances, size: JSON.stringify(policy).length }, style);
    await printText(app, text);
    return 0;
  });

/** The facts and permissions from config and flags. */
export const allowed = async (
  command: 'check' | 'init',
  flags: PolicyFlags,
  app: App,
): Promise<{ readonly facts: Facts; readonly allowances: readonly Allowance[] }> => {
  const { globals, host, terminal } = app;
  const { config } = await app.config();
  const resolved = resolveConfig({
    config,
    flags: { accountId: globals.accountId, only: flags.only, skip: flags.skip },
    steps,
    command,
    sandbox: false,
    random: host.random,
  });
  for (const warning of resolved.warnings) terminal.stderr(`Warning: ${plain(warning)}\n`);
  const facts: Facts = {
    command,
    partition: partitionFrom(flags.partition, globals.region ?? host.env['AWS_REGION'] ?? host.env['AWS_DEFAULT_REGION']),
    accountId: resolved.accountId,
    sections: sectionsOf(resolved),
    organization: flags.org === true,
  };
  const { slice, intended = false } = resolved.steps['admin-user'] ?? {};
  const { name, group = '' } = (slice ?? {}) as { readonly name?: string; readonly group?: string };
  // If the config turns the step off, its user is not used by other steps.
  return { facts, allowances: allowancesOf(grantsOf(facts, { name: intended ? name : undefined, group })) };
};

/** The sections of the steps that the run assesses, as their steps parsed them. */
const sectionsOf = ({ steps: resolved }: Resolved): Sections =>
  Object.fromEntries(Object.entries(resolved).flatMap(([id, { judged, slice }]) => (judged ? [[id, slice]] : [])));

const partitionFrom = (flag: string | undefined, region: string | undefined): string => {
  const ofRegion = region === undefined ? undefined : partitionOfRegion(region);
  if (flag === undefined) return ofRegion ?? 'aws';
  if (!isPartition(flag))
    throw usage(`--partition: there is no partition ${JSON.stringify(flag)}.`, 'Use aws, aws-cn, aws-us-gov or aws-eusc.');
  return flag;
};
