import { resolveConfig, type SelectionFlags, selectionsOf } from '../../config/resolve.js';
import { isPartition, partitionOfRegion } from '../../core/account.js';
import { usage } from '../../core/errors.js';
import { shellWord } from '../../core/text.js';
import { intentsOf } from '../../engine/assess.js';
import { renderPolicy } from '../../report/policy.js';
import type { App } from '../../run/app.js';
import { offline } from '../../run/offline.js';
import { jsonText, printText, programOf } from '../../run/output.js';
import { steps } from '../../steps/index.js';
import { type Allowance, allowancesOf, documentOf } from './document.js';
import { type Facts, grantsOf } from './permissions.js';

export interface PolicyFlags extends SelectionFlags {
  readonly partition?: string;
  readonly org?: boolean;
}

/** `bootstrap policy check|init`: the permissions that an identity needs, and no others. The JSON output is the policy itself, as AWS accepts it. */
export const runPolicy = (command: 'check' | 'init', flags: PolicyFlags, app: App): Promise<number> =>
  offline(app, `policy ${command}`, async () => {
    const { facts, allowances } = await allowed(command, flags, app);
    const policy = documentOf(allowances);
    const { globals, terminal } = app;
    if (facts.accountId === undefined && !terminal.quiet)
      terminal.message('Note: no account is set (--account-id, or account.id in the config), so the policy is for any account.');
    const style = globals.outputFile === undefined ? terminal.style : { ...terminal.style, color: false };
    const text =
      globals.output === 'json'
        ? jsonText(policy)
        : renderPolicy({ command, facts, allowances, size: JSON.stringify(policy).length, again: jsonCommand(command, flags, app) }, style);
    await printText(app, text);
    return 0;
  });

/** The command that writes the same policy to a file. */
const jsonCommand = (command: 'check' | 'init', { partition, only, skip, org }: PolicyFlags, app: App): string => {
  const { accountId, config, region } = app.globals;
  const values = {
    '--account-id': accountId,
    '--config': config,
    '--region': region,
    '--partition': partition,
    '--only': only?.join(','),
    '--skip': skip?.join(','),
  };
  return [
    `${programOf(app)} policy ${command}`,
    ...Object.entries(values).flatMap(([flag, value]) => (value === undefined ? [] : [flag, shellWord(value)])),
    ...(org === true ? ['--org'] : []),
    '--output json --output-file policy.json',
  ].join(' ');
};

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
  for (const warning of resolved.warnings) terminal.message(`Warning: ${warning}`);
  const parts = selectionsOf(steps, resolved);
  // A step that the config leaves out (`false`) names no administrator for the other steps.
  const { admin } = intentsOf(parts, { command, unattended: true, secrets: 'chosen', switches: [] });
  const facts: Facts = {
    command,
    partition: partitionFrom(flags.partition, globals.region ?? host.env['AWS_REGION'] ?? host.env['AWS_DEFAULT_REGION']),
    accountId: resolved.accountId,
    administrator: admin?.name,
    organization: flags.org === true,
  };
  const inRun = parts.filter(({ judged }) => judged);
  return { facts, allowances: allowancesOf(grantsOf(inRun, facts)) };
};

const partitionFrom = (flag: string | undefined, region: string | undefined): string => {
  const ofRegion = region === undefined ? undefined : partitionOfRegion(region);
  if (flag === undefined) return ofRegion ?? 'aws';
  if (!isPartition(flag))
    throw usage(`--partition: there is no partition ${JSON.stringify(flag)}.`, 'Use aws, aws-cn, aws-us-gov or aws-eusc.');
  return flag;
};
