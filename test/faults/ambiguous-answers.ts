import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '../../src/core/report.js';
import type { FaultRule } from '../../src/sandbox/world.js';
import { type PracticeAccount, type PracticeRun, practiceAccount } from '../scenarios/practice-account.js';
import { diskState } from './disk-state.js';
import { type Facts, factsOf, filesIn, secretsLost } from './world-facts.js';

/** What can become of one request, and of its answer. */
export const faults = {
  'is lost on its way': { kind: 'drop-before' },
  'happens, and its answer is lost': { kind: 'drop-after' },
  'ends in a page of 500': { kind: 'status-before', status: 500 },
  'happens, and ends in a page of 500': { kind: 'status-after', status: 500 },
  'happens, and its answer is empty': { kind: 'empty-after' },
  'happens, and its answer breaks off': { kind: 'truncated-after' },
  'happens, and its answer never comes': { kind: 'hang-after' },
  'is throttled': { kind: 'error', code: 'Throttling', status: 400 },
  'finds the service unavailable': { kind: 'error', code: 'ServiceUnavailable', status: 503 },
} as const satisfies Record<string, FaultRule['what']>;

/** The writes of a full init. `nth`: which of several of one name. */
export const writes = [
  'account:PutAlternateContact',
  'account:PutAlternateContact',
  'budgets:CreateBudget',
  'iam:UpdateAccountPasswordPolicy',
  'iam:CreateGroup',
  'iam:AttachGroupPolicy',
  'iam:CreateUser',
  'iam:AddUserToGroup',
  'iam:CreateLoginProfile',
  'iam:CreateVirtualMFADevice',
  'iam:EnableMFADevice',
  'iam:CreateAccountAlias',
  'iam:CreateGroup',
  'iam:AttachGroupPolicy',
  'iam:CreateUser',
  'iam:AddUserToGroup',
  'iam:CreateAccessKey',
  'organizations:CreateOrganization',
  'organizations:CreateAccount',
].map((operation, index, all) => ({ operation, nth: all.slice(0, index).filter((one) => one === operation).length }));

/** How an undisturbed init leaves the account, and what it sent. */
export const undisturbed = async (): Promise<{ readonly run: PracticeRun; readonly facts: Facts }> => {
  const practiced = practiceAccount();
  const run = await practiced.run(['init', '--yes']);
  return { run, facts: factsOf(practiced.world()) };
};

export interface Disturbed {
  /** How the disturbed run ended. */
  readonly code: number;
  /** What is not as promised, after that run and two more. */
  readonly wrong: readonly string[];
}

/**
 * An init of which one write meets one fault, and one or two more that meet none. `settled`: states of the disk after a first run
 * from which the others were found to end well already; they are not run again from there.
 */
export const disturb = async (
  { operation, nth }: (typeof writes)[number],
  what: FaultRule['what'],
  wanted: Facts,
  settled = new Set<string>(),
): Promise<Disturbed> => {
  const practiced = practiceAccount();
  practiced.turn({ faults: [{ operation, skip: nth, times: 1, what }] });
  const began = practiced.clock.now().getTime();
  // Time in which no answer of this process's own practice account fails to come.
  const patience = what.kind === 'hang-after' ? ['--timeout', '0.2'] : [];
  const first = await practiced.report(['init', '--yes', ...patience]);
  const took = practiced.clock.now().getTime() - began;
  const met = practiced.world().knobs.faults?.every(({ times }) => times === 0) === true;
  practiced.turn({});
  rmSync(join(practiced.home, 'requests.jsonl'), { force: true });
  const state = diskState(practiced.home, 'world.json');
  const wrong = [
    ...(met ? [] : ['the fault was never met']),
    ...(took < 5 * 60_000 ? [] : [`it took ${took} ms`]),
    ...(first.code === 5 || first.code === 6 ? [] : [`the first run ends with ${first.code}`]),
    ...(failedSteps(first.report).length > 0 === (first.code === 6) ? [] : [`exit ${first.code} does not go with its steps`]),
  ];
  if (settled.has(state)) return { code: first.code, wrong };
  const second = await practiced.report(['init', '--yes']);
  // A run that settled it leaves the next one nothing to write; else the one after that has nothing.
  const last = first.code === 5 ? second : await practiced.report(['init', '--yes']);
  const facts = factsOf(practiced.world());
  const later = [
    ...(JSON.stringify(facts) === JSON.stringify(wanted) ? [] : [`the account differs: ${JSON.stringify(facts)}`]),
    // A key whose secret was lost with its answer is deleted and made again within the run.
    ...secretsLostOf(practiced),
    ...(last.writes.length === 0 ? [] : [`the last run still writes: ${last.writes.join(', ')}`]),
    ...(second.code === 5 && last.code === 5 ? [] : [`the second run ends with ${second.code}, the last with ${last.code}`]),
  ];
  if (later.length === 0) settled.add(state);
  return { code: first.code, wrong: [...wrong, ...later] };
};

export const failedSteps = ({ steps = [] }: RunReport) => steps.filter(({ status }) => status === 'failed' || status === 'blocked');

/** Secrets that the account took and that the secrets file and the profile do not hold. */
export const secretsLostOf = ({ secrets, world }: PracticeAccount): readonly string[] =>
  secretsLost(
    world(),
    filesIn(secrets)
      .map((name) => readFileSync(join(secrets, name), 'utf8'))
      .join('\n'),
  ).map((what) => `lost: ${what}`);
