import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { boto3, type Call, type Door } from '../e2e/boto3.js';
import { newFolder, type Running, startProgram } from '../e2e/program.js';
import { writeConfig } from '../e2e/whole-config.js';
import { startMoto } from '../emulator/moto.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { countTests } from '../support/totals.js';
import { type Emulator, startMinistack } from './ministack.js';

/** R1 to R4 on accounts that other people's programs keep, and judged by boto3. Every write of init meets every fault. */

const account = '123456789012';
/** What both emulators can do. An MFA device on ministack has a seed that is not base32; moto keeps no subscribers. */
const config = `version: 1
billing-access: false
budget: { name: Monthly, limit: 10 USD, subscribers: [ops@example.com] }
admin-user: { name: alex }
mfa: false
alias: { name: acme-prod }
access-keys: { mode: create, user: ci, group: ci-readers, policies: [ReadOnlyAccess], profile: acme-prod }
`;
const writes = [
  'CreateBudget',
  'UpdateAccountPasswordPolicy',
  'CreateGroup',
  'AttachGroupPolicy',
  'CreateUser',
  'AddUserToGroup',
  'CreateLoginProfile',
  'CreateAccountAlias',
  'CreateGroup',
  'AttachGroupPolicy',
  'CreateUser',
  'AddUserToGroup',
  'CreateAccessKey',
];
const isWrite = (operation: string): boolean => !/^(Get|List|Describe|Lookup|GenerateCredentialReport$)/.test(operation);

const emulators: Readonly<Record<string, () => Promise<Emulator>>> = {
  moto: () => startMoto(inject('pythonBin')),
  ministack: startMinistack,
};

const starts: Readonly<Record<string, readonly Call[]>> = {
  'a new account': [],
  'another alias': [['iam', 'create_account_alias', { AccountAlias: 'old-name' }]],
  'a user without rights': [['iam', 'create_user', { UserName: 'alex' }]],
  'a user with a policy of its own': [
    ['iam', 'create_user', { UserName: 'alex' }],
    ['iam', 'attach_user_policy', { UserName: 'alex', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
  ],
  'a group with another member': [
    ['iam', 'create_group', { GroupName: 'Administrators' }],
    ['iam', 'create_user', { UserName: 'bob' }],
    ['iam', 'add_user_to_group', { UserName: 'bob', GroupName: 'Administrators' }],
  ],
  'one unknown key': [
    ['iam', 'create_user', { UserName: 'ci' }],
    ['iam', 'create_access_key', { UserName: 'ci' }],
  ],
  'two unknown keys': [
    ['iam', 'create_user', { UserName: 'ci' }],
    ['iam', 'create_access_key', { UserName: 'ci' }],
    ['iam', 'create_access_key', { UserName: 'ci' }],
  ],
};

interface Fault {
  readonly operation: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
  readonly kill: boolean;
}
const faults: readonly Fault[] = writes.flatMap((operation, index) =>
  ([true, false] as const).flatMap((kill) =>
    (['before', 'after'] as const).map((when) => ({
      operation,
      nth: writes.slice(0, index).filter((one) => one === operation).length,
      when,
      kill,
    })),
  ),
);

describe.each(Object.keys(emulators))('on %s', (name) => {
  let emulator: Emulator;
  let proxy: RecordingProxy;
  let door: Door;
  let home: string;
  let program: Running | undefined;
  let fault: Fault | undefined;
  let met = 0;
  beforeAll(async () => {
    emulator = await (emulators[name] as () => Promise<Emulator>)();
    proxy = await startRecordingProxy({
      target: emulator.url,
      drop: ({ operation }) => {
        if (fault?.operation !== operation) return undefined;
        met += 1;
        return met === fault.nth + 1 ? fault.when : undefined;
      },
      onDrop: () => {
        if (fault?.kill === true) program?.child.kill('SIGKILL');
      },
    });
    // For ministack, the key is the account.
    door = { endpoint: emulator.url, accessKeyId: name === 'moto' ? 'AKIAEXAMPLE' : account, secretAccessKey: 'unused' };
  });
  beforeEach(async () => {
    await emulator.reset();
    home = newFolder();
    writeConfig(home, config);
    [fault, met] = [undefined, 0];
  });
  afterAll(async () => {
    await proxy?.close();
    await emulator?.stop();
  });

  const run = async (command: 'init' | 'check') => {
    const from = proxy.requests.length;
    const argv = [command, '--config', 'bootstrap.yaml', '--account-id', account, '--output', 'json'];
    program = startProgram([...argv, ...(command === 'init' ? ['--yes', '--secrets-file', 'secrets.json'] : [])], {
      home,
      env: { AWS_ENDPOINT_URL: proxy.url, AWS_ACCESS_KEY_ID: door.accessKeyId, AWS_SECRET_ACCESS_KEY: 'unused', AWS_REGION: 'us-east-1' },
      // A write that yields a secret is looked for until IAM must show it, two minutes.
      deadlineMs: 280_000,
    });
    const { code, stdout, signal } = await program.ended;
    const sent = proxy.requests.slice(from).map(({ operation }) => operation);
    return { code, signal, report: signal === null ? (JSON.parse(stdout) as RunReport) : undefined, writes: sent.filter(isWrite) };
  };

  /** What exists, by names; ids and times differ from run to run. */
  const state = async () => {
    const [aliases, details, budgets] = await boto3(door, [
      ['iam', 'list_account_aliases', {}],
      ['iam', 'get_account_authorization_details', { Filter: ['User', 'Group'] }],
      ['budgets', 'describe_budgets', { AccountId: account }],
    ]);
    const names = (list: readonly Record<string, string>[] = []): readonly string[] =>
      list.map(({ PolicyName = '' }) => PolicyName).toSorted();
    const users = (details?.['UserDetailList'] ?? []) as readonly any[];
    const keys = await boto3(
      door,
      users.map(({ UserName }) => ['iam', 'list_access_keys', { UserName }] as const),
    );
    const user = (one: any, index: number) => [
      one.UserName,
      {
        groups: [...one.GroupList].toSorted(),
        policies: names(one.AttachedManagedPolicies),
        keys: keys[index]?.['AccessKeyMetadata'].length,
      },
    ];
    const groups = ((details?.['GroupDetailList'] ?? []) as readonly any[]).map((one) => [
      one.GroupName,
      names(one.AttachedManagedPolicies),
    ]);
    return {
      aliases: aliases?.['AccountAliases'] as readonly string[],
      users: Object.fromEntries(users.map(user)) as Record<string, { groups: string[]; policies: string[]; keys: number }>,
      groups: Object.fromEntries(groups) as Record<string, string[]>,
      budgets: ((budgets?.['Budgets'] ?? []) as readonly any[]).map(({ BudgetName }) => BudgetName as string),
    };
  };

  const open = ({ results }: RunReport): readonly string[] =>
    results
      .filter(({ kind, status }) => kind === 'wanted' && !['pass', 'not-applicable', 'unknown'].includes(status))
      .map(({ id, resource, status }) => `${id} ${resource} ${status}`)
      .toSorted();
  const reportOf = ({ report, code }: { readonly report: RunReport | undefined; readonly code: number | null }): RunReport => {
    if (report === undefined) throw new Error(`no report, exit code ${code}`);
    return report;
  };

  describe('init adopts', () => {
    countTests({ suite: 'R1', title: `starting states on ${name}`, floor: 7, sampled: '7 states', all: null });

    it.each(Object.keys(starts))('%s: nothing is removed, a second init writes nothing, check agrees', async (start) => {
      await boto3(door, starts[start] ?? []);
      const before = await state();
      const first = reportOf(await run('init'));
      expect(first.steps?.filter(({ status }) => status === 'failed' || status === 'blocked')).toEqual([]);
      const after = await state();
      if (before.aliases.length > 0) expect(after.aliases).toEqual(before.aliases);
      for (const [user, { groups, policies, keys }] of Object.entries(before.users)) {
        expect(after.users[user]?.groups).toEqual(expect.arrayContaining(groups));
        expect(after.users[user]?.policies).toEqual(policies);
        expect(after.users[user]?.keys).toBe(keys);
      }
      for (const [group, policies] of Object.entries(before.groups)) expect(after.groups[group]).toEqual(expect.arrayContaining(policies));
      const second = await run('init');
      expect(second.writes).toEqual([]);
      expect(await state()).toEqual(after);
      expect(open(reportOf(second))).toEqual(open(first));
      const check = await run('check');
      expect(check.writes).toEqual([]);
      expect(open(reportOf(check))).toEqual(open(first));
    });
  });

  describe('init meets', () => {
    let calm: Awaited<ReturnType<typeof state>>;
    let undisturbed: readonly string[];
    beforeAll(async () => {
      await emulator.reset();
      home = newFolder();
      writeConfig(home, config);
      undisturbed = (await run('init')).writes;
      calm = await state();
    });

    it('faults at each of its writes', () => expect(undisturbed).toEqual(writes));

    const disturb = async (one: Fault): Promise<void> => {
      fault = one;
      const first = await run('init');
      expect(met).toBeGreaterThan(one.nth);
      if (one.kill) expect(first.signal).toBe('SIGKILL');
      fault = undefined;
      const second = await run('init');
      expect(reportOf(second).steps?.filter(({ status }) => status === 'failed' || status === 'blocked')).toEqual([]);
      expect(await state()).toEqual(calm);
      expect(readFileSync(path.join(home, '.aws/credentials'), 'utf8').match(/^\[acme-prod\]$/gm)).toHaveLength(1);
      expect((await run('init')).writes).toEqual([]);
    };
    const title = ({ operation, nth, when }: Fault): string => `${operation} (${nth}), ${when} it acts`;

    describe('a kill at', () => {
      const all = faults.filter(({ kill }) => kill).map((one) => [title(one), one] as const);
      countTests({ suite: 'R2', title: `kills on ${name}`, floor: all.length, sampled: null, all: 'npm run nightly' });
      it.each(all)('%s', async (_, one) => disturb(one));
    });

    describe('a dropped connection at', () => {
      const all = faults.filter(({ kill }) => !kill).map((one) => [title(one), one] as const);
      countTests({ suite: 'R4', title: `dropped connections on ${name}`, floor: all.length, sampled: null, all: 'npm run nightly' });
      it.each(all)('%s', async (_, one) => disturb(one));
    });
  });
});
