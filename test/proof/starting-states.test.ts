import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { World } from '../../src/sandbox/world.js';
import { lost } from '../scenarios/lost.js';
import { lasting, openFindingIds, own, type PracticeRun, signedIn } from '../scenarios/practice-account.js';
import { admin, makePieces, openFindings, type Pieces, putFiles, putInState, type State } from '../scenarios/starting-states.js';
import { recordTotal } from '../support/totals.js';
import { coveringStates, describeState, distinct, everyState, singleStates, widerStates } from './starting-states.js';
import { expectPlanned } from '../scenarios/planned-calls.js';

/**
 * From every state: `init` ends, a second `init` writes nothing, `check` agrees, nothing that existed is removed or replaced (R1), and
 * the calls made are the calls of the plan (P6).
 */

const all = process.env['PROOF_ALL'] !== undefined;
let pieces: Pieces;
beforeAll(async () => {
  pieces = await makePieces();
});

it('every starting state is adopted (R1, P3, P6)', { timeout: all ? 7_200_000 : 1_800_000 }, async () => {
  const states = distinct([...singleStates(), ...(all ? everyState() : coveringStates()), ...widerStates()]);
  const wrong: string[] = [];
  let ran = 0;
  for (const state of states) {
    try {
      await expectAdoption(state);
    } catch (error) {
      wrong.push(`${describeState(state)}: ${error instanceof Error ? error.message : String(error)}`);
    }
    ran += 1;
  }
  expect(wrong).toEqual([]);
  const sampled = all ? null : 'every combination of 4 values of the 4,032 states, and of 3 values on four more axes';
  for (const suite of ['R1', 'P3', 'P6'] as const) recordTotal({ suite, ran, floor: all ? 3_600 : 600, sampled, all: 'npm run proof' });
});

/** In this state: init finishes, a second init writes nothing, check agrees, and resources of other owners are unchanged. */
const expectAdoption = async (state: State): Promise<void> => {
  const shell = await signedIn({
    edit: (account, world) => {
      putInState(state, pieces)(account, world);
      world.knobs.createAccountPolls = 0;
    },
  });
  putFiles(state, pieces, { home: shell.home, credentials: join(shell.home, '.aws') });
  const init = () => reportOf(shell.run(['init', '--yes', '--secrets-file', 'secrets.json', '--output', 'json']));
  const before = shell.world();
  const first = await init();
  const after = shell.world();
  expect(lost(before, after)).toEqual(mayChange(state));
  expect(policyOf(after)).toEqual(strictest(policyOf(before)));
  expectPlanned(first.report, first.writes);
  expect(failures(first.report)).toEqual([]);
  expect(openFindingIds(first.report).toSorted()).toEqual(openFindings(state).toSorted());
  expect(first.code).toBe(openFindings(state).length === 0 ? 0 : 5);

  const second = await init();
  expect(second.writes).toEqual([]);
  expect(lasting(shell.world())).toEqual(lasting(after));
  expect(openResources(second.report)).toEqual(openResources(first.report));
  expect(second.code).toBe(first.code);

  const check = await reportOf(shell.run(['check', '--output', 'json']));
  expect(check.writes).toEqual([]);
  expect(openResources(check.report)).toEqual(openResources(second.report));
  expect([0, 3]).toContain(check.code);
};

const reportOf = async (running: Promise<PracticeRun>): Promise<PracticeRun & { readonly report: RunReport }> => {
  const ran = await running;
  return { ...ran, report: JSON.parse(ran.stdout) as RunReport };
};

const failures = ({ steps = [] }: RunReport) => steps.filter(({ status }) => status === 'failed' || status === 'blocked');

const openResources = ({ results }: RunReport): readonly string[] =>
  results
    .filter(({ kind, status }) => kind === 'wanted' && status !== 'pass' && status !== 'not-applicable')
    .map(({ id, resource, status }) => `${id} ${resource} ${status}`)
    .toSorted();

/** What may change, because of the config or a tag of this tool. Everything else stays the same. */
const mayChange = (state: State): readonly string[] => {
  const leftover = { 'leftover of this tool': admin, 'leftover of this tool, numbered': `${admin}-2` }[state.device as string];
  // For a user with a password, it is created again under its name. Otherwise, it is only deleted.
  const again = state.user !== 'none' || state.group !== 'used for something else';
  return [
    ...(leftover === undefined ? [] : [`${own}.mfaDevices[arn:aws:iam::${own}:mfa/${leftover}]${again ? '.seed' : ''}`]),
    ...(state.budget === 'with a different limit' ? [`${own}.budgets[Monthly cost budget].budget.BudgetLimit.Amount`] : []),
    ...(state.organization === 'billing only' ? [`organizations[${pieces.world.organizations[0]?.id}].featureSet`] : []),
  ];
};

const policyOf = ({ accounts }: World): Record<string, boolean | number> => accounts[own]?.passwordPolicy ?? {};

/** The default policy of AWS: 8 characters, several classes; users may change their password. */
const defaultPolicy = {
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  ExpirePasswords: false,
};

/** The existing policy, with a greater length and more remembered passwords if it had less. */
const strictest = (policy: Record<string, boolean | number>): Record<string, boolean | number> => ({
  ...(Object.keys(policy).length === 0 ? defaultPolicy : policy),
  MinimumPasswordLength: Math.max(14, Number(policy['MinimumPasswordLength'] ?? 0)),
  PasswordReusePrevention: 24,
});
