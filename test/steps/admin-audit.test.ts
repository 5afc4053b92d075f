import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.js';
import { adminUser as step } from '../../src/steps/admin-user/index.js';
import { mfa } from '../../src/steps/mfa/index.js';
import { accountId, accountOf, type Answers, desiredOf, now } from './support/account.js';

/** What `check` says of sign-ins, in an account without a config. */
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const columns = ['user', 'user_creation_time', 'password_last_used', 'access_key_1_last_used_date', 'access_key_2_last_used_date'];
const report = (root: Readonly<Record<string, string>>, generatedAt = daysAgo(0)): Answers => ({
  'iam:GetCredentialReport': () => ({
    Content: new TextEncoder().encode(
      `${columns.join(',')}\n${columns.map((column) => root[column] ?? (column === 'user' ? '<root_account>' : 'N/A')).join(',')}\n`,
    ),
    GeneratedTime: generatedAt,
  }),
});
const oldReport = report({ user_creation_time: '2020-01-01T00:00:00+00:00', password_last_used: '2026-01-01T10:00:00+00:00' });

const base: Answers = {
  'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: [], GroupDetailList: [], RoleDetailList: [] }),
  'iam:GetAccountPasswordPolicy': () => 'NoSuchEntity',
  'iam:ListUsers': () => ({ Users: [] }),
  'iam:GetLoginProfile': () => 'NoSuchEntity',
  'organizations:DescribeOrganization': () => 'AWSOrganizationsNotInUseException',
  'account:GetAccountInformation': () => ({ AccountCreatedDate: daysAgo(400) }),
  ...oldReport,
};
const check = async (answers: Answers, as: Parameters<typeof accountOf>[1] = {}): Promise<readonly Finding[]> => {
  const desired = desiredOf(step, {}, 'check');
  return step.assess(desired, await step.observe(accountOf({ ...base, ...answers }, as).context, desired));
};
const found = async (id: string, ...args: Parameters<typeof check>): Promise<readonly string[]> =>
  (await check(...args)).filter((finding) => finding.id === id).map(({ status, reason }) => `${status}: ${reason}`);

describe('a console password', () => {
  const user = (name: string, lastUsed?: Date) => ({
    UserName: name,
    Arn: `arn:aws:iam::${accountId}:user/${name}`,
    PasswordLastUsed: lastUsed,
  });
  const made = (days: number): Answers => ({ 'iam:GetLoginProfile': () => ({ LoginProfile: { CreateDate: daysAgo(days) } }) });
  const unused = (users: readonly object[], more: Answers) =>
    found('admin-user.unused-password', { 'iam:ListUsers': () => ({ Users: users }), ...more });

  it('that was used 45 days ago passes', async () =>
    expect(await unused([user('bo', daysAgo(45))], made(100))).toEqual(['pass: The password of bo was last used 45 days ago']));
  it('that was used 46 days ago fails', async () =>
    expect(await unused([user('bo', daysAgo(46))], made(100))).toEqual(['fail: The password of bo was last used 46 days ago']));
  it('that was never used counts from the day it was made', async () => {
    expect(await unused([user('bo')], made(45))).toEqual(['pass: The password of bo was made 45 days ago and never used']);
    expect(await unused([user('bo')], made(46))).toEqual(['fail: The password of bo was made 46 days ago and never used']);
  });
  it('that was made after the last use of an earlier one counts from the day it was made', async () => {
    const old = [user('bo', daysAgo(1059))];
    expect(await unused(old, made(1))).toEqual(['pass: The password of bo was made 1 day ago and never used']);
    expect(await unused(old, made(46))).toEqual(['fail: The password of bo was made 46 days ago and never used']);
  });
  it('that was changed counts from the day it was changed, by the credential report', async () => {
    const changed = (when: string): Answers => ({
      'iam:GetCredentialReport': () => ({
        Content: new TextEncoder().encode(
          `user,user_creation_time,password_last_changed\n<root_account>,2020-01-01T00:00:00+00:00,not_supported\nbo,2020-01-01T00:00:00+00:00,${when}\n`,
        ),
        GeneratedTime: daysAgo(0),
      }),
    });
    const bo = [user('bo', daysAgo(900))];
    expect(await unused(bo, { ...made(1000), ...changed(daysAgo(2).toISOString()) })).toEqual([
      'pass: The password of bo was changed 2 days ago and never used',
    ]);
    for (const none of ['N/A', 'not_supported', 'no_information', ''])
      expect(await unused(bo, { ...made(1000), ...changed(none) })).toEqual(['fail: The password of bo was last used 900 days ago']);
  });
  it('is looked for with every user, however many pages there are', async () => {
    const many = Array.from({ length: 500 }, (_, at) => user(`user-${at}`, daysAgo(at < 250 ? 1 : 90)));
    const pages: Answers = {
      'iam:ListUsers': ({ Marker }: { Marker?: string }) => {
        const start = Number(Marker ?? 0);
        return { Users: many.slice(start, start + 7), IsTruncated: start + 7 < many.length, Marker: String(start + 7) };
      },
    };
    const said = await found('admin-user.unused-password', { ...pages, ...made(100) });
    expect([said.length, said.filter((line) => line.startsWith('fail')).length]).toEqual([500, 250]);
  });
  it('that cannot be read is unknown, and those of others are judged', async () => {
    const mixed: Answers = {
      'iam:GetLoginProfile': ({ UserName }: { UserName: string }) =>
        UserName === 'bo' ? 'AccessDenied' : { LoginProfile: { CreateDate: daysAgo(100) } },
    };
    expect(await unused([user('bo'), user('cy', daysAgo(1))], mixed)).toEqual([
      'unknown: AWS denied iam:GetLoginProfile; the caller lacks iam:GetLoginProfile',
      'pass: The password of cy was last used 1 day ago',
    ]);
  });
  it('that nobody has is said', async () => expect(await unused([], {})).toEqual(['pass: No user has a console password']));
});

describe('root', () => {
  const atRest = (...args: Parameters<typeof check>) => found('admin-user.root-at-rest', ...args);
  const made = '2020-01-01T00:00:00+00:00';

  it('that was used long ago is at rest, by a report whose age is shown', async () =>
    expect(
      await atRest(report({ user_creation_time: made, password_last_used: '2026-01-01T10:00:00+00:00' }, new Date('2026-11-23T06:30:00Z'))),
    ).toEqual(['pass: Root was last used on 2026-01-01 (credential report of 2026-11-23 06:30 UTC, 3 hours old)']));
  it('that was used during the last day is not', async () =>
    expect(await atRest(report({ user_creation_time: made, password_last_used: '2026-11-22T11:00:00+00:00' }))).toEqual([
      'fail: Root was last used on 2026-11-22 (credential report of 2026-11-23 10:00 UTC, less than an hour old)',
    ]));
  it.each([
    [23, 'fail'],
    [24, 'fail'],
    // Prowler counts whole days, and fails these two.
    [25, 'pass'],
    [47, 'pass'],
  ])('that was used %i hours ago: %s', async (hours, status) => {
    const used = new Date(now.getTime() - hours * 3_600_000).toISOString();
    expect((await atRest(report({ user_creation_time: made, password_last_used: used })))[0]).toMatch(new RegExp(`^${status}: `));
  });
  it('that was used by a key is not, whatever its password', async () =>
    expect(
      (
        await atRest(
          report({
            user_creation_time: made,
            password_last_used: '2020-02-01T00:00:00+00:00',
            access_key_2_last_used_date: '2026-11-23T01:00:00+00:00',
          }),
        )
      )[0],
    ).toMatch(/^fail: Root was last used on 2026-11-23/));
  it('is still needed in an account of six days, which is known without a report', async () =>
    expect(
      await atRest({
        'account:GetAccountInformation': () => ({ AccountCreatedDate: daysAgo(6) }),
        'iam:GetCredentialReport': () => 'ReportNotPresent',
        'iam:GenerateCredentialReport': () => ({ State: 'STARTED' }),
      }),
    ).toEqual(['not-applicable: The account is younger than a week; root is still needed']));
  it('is judged by the report alone where the age cannot be read live', async () =>
    expect(
      await atRest({
        'account:GetAccountInformation': () => 'AccessDeniedException',
        ...report({ user_creation_time: daysAgo(6).toISOString() }),
      }),
    ).toEqual(['not-applicable: The account is younger than a week; root is still needed']));
  describe('when there is no report', () => {
    /** Answers one after the other; the last one stays. */
    const inTurn = <T>(...answers: readonly T[]): (() => T) => {
      let asked = 0;
      return () => answers[Math.min(asked++, answers.length - 1)] as T;
    };
    const ready = oldReport['iam:GetCredentialReport']?.({}) as object;
    const states = (...answers: readonly string[]): Answers => ({
      'iam:GenerateCredentialReport': inTurn(...answers.map((State) => ({ State }))),
    });
    it.each<[string, Answers]>([
      [
        'that is complete at once',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportNotPresent', ready), ...states('COMPLETE') },
      ],
      [
        'that takes a while',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportNotPresent', ready), ...states('STARTED', 'INPROGRESS', 'COMPLETE') },
      ],
      [
        'because the last one expired',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportExpired', ready), ...states('STARTED', 'COMPLETE') },
      ],
      [
        'because another run has just asked for one',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportInProgress', ready), ...states('INPROGRESS', 'COMPLETE') },
      ],
      [
        'and the complete one is not visible yet',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportNotPresent', 'ReportInProgress', ready), ...states('COMPLETE') },
      ],
    ])('is judged by a new one, %s', async (_, answers) => expect((await atRest(answers))[0]).toMatch(/^pass: Root was last used/));

    it('is unknown when AWS needs more than half a minute, and is asked no more', async () => {
      let states = 0;
      const answers: Answers = {
        'iam:GetCredentialReport': () => 'ReportNotPresent',
        'iam:GenerateCredentialReport': () => {
          states += 1;
          return { State: states === 1 ? 'STARTED' : 'INPROGRESS' };
        },
      };
      const slept: number[] = [];
      const told: string[] = [];
      expect(await atRest(answers, { sleep: async (ms) => void slept.push(ms), notify: (text) => told.push(text) })).toEqual([
        'unknown: AWS has not finished the credential report yet; run again in a minute',
      ]);
      expect([...new Set(told)]).toEqual(['waiting for AWS to generate the credential report']);
      expect([slept.reduce((sum, ms) => sum + ms, 0), states]).toEqual([30_000, slept.length + 1]);
    });

    it('is unknown for who may not ask for one', async () =>
      expect(
        await atRest({ 'iam:GetCredentialReport': () => 'ReportExpired', 'iam:GenerateCredentialReport': () => 'AccessDenied' }),
      ).toEqual(['unknown: AWS denied iam:GenerateCredentialReport; the caller lacks iam:GenerateCredentialReport']));

    it('is not waited for in a young account', async () => {
      const waited = {
        sleep: () => Promise.reject(new Error('waited')),
      };
      const answers: Answers = {
        'account:GetAccountInformation': () => ({ AccountCreatedDate: daysAgo(6) }),
        'iam:GetCredentialReport': () => 'ReportNotPresent',
        'iam:GenerateCredentialReport': () => ({ State: 'STARTED' }),
      };
      expect(await atRest(answers, waited)).toEqual(['not-applicable: The account is younger than a week; root is still needed']);
    });

    it('stops waiting when the run is stopped', async () => {
      const stop = new AbortController();
      const sleep = async (_: number, signal?: AbortSignal): Promise<void> => {
        stop.abort(new Error('stopped'));
        signal?.throwIfAborted();
      };
      const answers: Answers = {
        'iam:GetCredentialReport': () => 'ReportNotPresent',
        'iam:GenerateCredentialReport': () => ({ State: 'STARTED' }),
      };
      await expect(atRest(answers, { sleep, signal: stop.signal })).rejects.toThrow('stopped');
    });
  });
  it('is judged in GovCloud without the Account service, which is not there', async () =>
    expect((await atRest({ 'account:GetAccountInformation': () => 'UnexpectedCall' }, { partition: 'aws-us-gov' }))[0]).toMatch(/^pass/));
});

const role = (
  name: string,
  policy = 'AdministratorAccess',
  owner = 'aws',
  path = '/aws-reserved/sso.amazonaws.com/eu-west-1/',
): Answers => ({
  'iam:GetAccountAuthorizationDetails': ({ Filter }: { Filter: readonly string[] }) => {
    if (!Filter.includes('Role')) return { UserDetailList: [], GroupDetailList: [] };
    const attached = { PolicyName: policy, PolicyArn: `arn:aws:iam::${owner}:policy/${policy}` };
    return { RoleDetailList: [{ RoleName: name, Path: path, AttachedManagedPolicies: [attached] }] };
  },
});

describe('an administrator besides root', () => {
  const member: Answers = {
    'organizations:DescribeOrganization': () => ({ Organization: { Id: 'o-1', MasterAccountId: '999988887777' } }),
  };
  const exists = async (...args: Parameters<typeof check>) => (await found('admin-user.exists', ...args))[0]?.split(':')[0];

  it('can be a role of IAM Identity Center', async () => expect(await exists(role('AWSReservedSSO_Admin_0123'))).toBe('pass'));
  it('can be the access role of the organization, in a member', async () =>
    expect(await exists({ ...role('OrganizationAccountAccessRole'), ...member })).toBe('pass'));
  it('is not that role where the account is no member', async () =>
    expect(await exists(role('OrganizationAccountAccessRole'))).toBe('fail'));
  it('is unknown when it hangs on the place of an account that cannot be read', async () =>
    expect(
      await exists({ ...role('OrganizationAccountAccessRole'), 'organizations:DescribeOrganization': () => 'AccessDeniedException' }),
    ).toBe('unknown'));
  it('is no role with a policy that is only called so', async () =>
    expect(await exists(role('AWSReservedSSO_Admin_0123', 'AdministratorAccess', accountId))).toBe('fail'));
  it('is no other role', async () => expect(await exists(role('deployment'))).toBe('fail'));
  it('is no role of that name which somebody else made', async () =>
    expect(await exists(role('AWSReservedSSO_Admin_0123', 'AdministratorAccess', 'aws', '/'))).toBe('fail'));
});

describe('an administrator by a policy of the customer', () => {
  const arn = (name: string) => `arn:aws:iam::${accountId}:policy/${name}`;
  const documentOf = (statement: object) => encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  const policy = (name: string, statement: object) => ({
    PolicyName: name,
    Arn: arn(name),
    PolicyVersionList: [
      { VersionId: 'v1', IsDefaultVersion: false, Document: documentOf({ Effect: 'Allow', Action: 's3:*', Resource: '*' }) },
      { VersionId: 'v2', IsDefaultVersion: true, Document: documentOf(statement) },
    ],
  });
  const everything = { Effect: 'Allow', Action: '*:*', Resource: '*' };
  const underAddress = { ...everything, Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } };
  const account = (user: object, statement: object = everything): Answers => ({
    'iam:GetAccountAuthorizationDetails': ({ Filter }: { Filter: readonly string[] }) =>
      Filter.includes('Role')
        ? { RoleDetailList: [] }
        : {
            UserDetailList: [{ UserName: 'alex', Arn: `arn:aws:iam::${accountId}:user/alex`, ...user }],
            GroupDetailList: [
              { GroupName: 'Admins', AttachedManagedPolicies: [{ PolicyName: 'Everything', PolicyArn: arn('Everything') }] },
            ],
            Policies: Filter.includes('LocalManagedPolicy') ? [policy('Everything', statement)] : [],
          },
  });
  const member = { GroupList: ['Admins'] };

  it.each<[string, Answers, readonly string[]]>([
    ['through a group', account(member), ['pass: Administrators: alex (by the policy Everything)']],
    [
      'attached directly',
      account({ AttachedManagedPolicies: [{ PolicyName: 'Everything', PolicyArn: arn('Everything') }] }),
      ['pass: Administrators: alex (by the policy Everything)'],
    ],
    [
      'inside a permissions boundary that allows less',
      account({ ...member, PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/PowerUserAccess' } }),
      [
        'fail: No user has administrator rights, so the daily work falls to root; alex does not count, since the permissions boundary PowerUserAccess does not allow everything',
      ],
    ],
    [
      'inside a permissions boundary that allows everything',
      account({ ...member, PermissionsBoundary: { PermissionsBoundaryArn: arn('Everything') } }),
      ['pass: Administrators: alex (by the policy Everything)'],
    ],
    [
      'under MFA',
      account(member, { ...everything, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      ['pass: Administrators: alex (by the policy Everything, under a condition on aws:MultiFactorAuthPresent)'],
    ],
    [
      'under another condition',
      account(member, underAddress),
      [
        'fail: No user has administrator rights, so the daily work falls to root; alex does not count, since the policy Everything holds only under a condition on aws:SourceIp',
      ],
    ],
  ])('%s', async (_, answers, expected) => expect(await found('admin-user.exists', answers)).toEqual(expected));

  it.each<[string, object, object, readonly string[]]>([
    [
      'a new user in a group that denies everything',
      { UserName: 'bo' },
      { ...everything, Effect: 'Deny' },
      ['admin-user.exists hand', 'admin-user.console hand'],
    ],
    [
      'a user of a boundary',
      { PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/PowerUserAccess' } },
      everything,
      ['admin-user.exists hand', 'admin-user.console init'],
    ],
    ['a user under a condition', member, underAddress, ['admin-user.exists hand', 'admin-user.console init']],
    ['a new user in a group of administrators', { UserName: 'bo' }, everything, ['admin-user.exists init', 'admin-user.console init']],
  ])('is not made of %s by working around the limit', async (_, user, statement, remedies) => {
    const { context } = accountOf({ ...base, ...account(user, statement) });
    const desired = step.desire(step.schema.parse({ name: 'alex', group: 'Admins', 'password-policy': false }), {
      command: 'init',
      intents: {},
      running: () => true,
      unattended: true,
      secrets: 'chosen',
      switches: [],
    });
    const findings = step.assess(desired, await step.observe(context, desired));
    expect(findings.flatMap(({ id, remedy }) => (remedy === undefined ? [] : [`${id} ${remedy.by}`]))).toEqual(remedies);
    const [change] = findings.flatMap(({ remedy }) => (remedy?.by === 'init' ? [remedy.change] : []));
    // The group gives the rights already, so nothing is attached to it.
    if (remedies[0] === 'admin-user.exists init') expect(change?.calls).toEqual(['iam:CreateUser', 'iam:AddUserToGroup']);
  });

  const mfaOf = async (answers: Answers): Promise<readonly string[]> => {
    const { context } = accountOf({
      ...base,
      'iam:GetAccountSummary': () => ({ SummaryMap: { AccountMFAEnabled: 1 } }),
      'iam:ListVirtualMFADevices': () => ({ VirtualMFADevices: [] }),
      'iam:ListMFADevices': () => ({ MFADevices: [] }),
      'iam:GetLoginProfile': () => ({ LoginProfile: { CreateDate: daysAgo(1) } }),
      ...answers,
    });
    const desired = desiredOf(mfa, {}, 'check');
    const findings = mfa.assess(desired, await mfa.observe(context, desired));
    return findings
      .filter(({ id }) => id === 'mfa.admin' || id === 'mfa.console-users')
      .map(({ id, status, reason }) => `${id} ${status}: ${reason}`);
  };
  it('needs MFA, under a condition too, which is named', async () => {
    const others = 'mfa.console-users pass: No other user has a console password';
    expect(await mfaOf(account(member))).toEqual(['mfa.admin fail: alex has no MFA device', others]);
    expect(await mfaOf(account(member, underAddress))).toEqual([
      'mfa.admin fail: alex, an administrator under a condition on aws:SourceIp, has no MFA device',
      others,
    ]);
  });
  it('needs it beside roles of IAM Identity Center, for which it is not applicable', async () => {
    const sso = role('AWSReservedSSO_Admin_0123')['iam:GetAccountAuthorizationDetails'];
    const users = account(member)['iam:GetAccountAuthorizationDetails'];
    const roles: Answers = {
      'iam:GetAccountAuthorizationDetails': (input: { Filter: readonly string[] }) =>
        (input.Filter.includes('Role') ? sso : users)?.(input) ?? {},
    };
    const elsewhere =
      'mfa.admin not-applicable: Administrators sign in through IAM Identity Center, which asks for MFA itself; the account has no device of theirs';
    expect((await mfaOf(role('AWSReservedSSO_Admin_0123')))[0]).toBe(elsewhere);
    expect((await mfaOf(roles)).slice(0, 2)).toEqual([elsewhere, 'mfa.admin fail: alex has no MFA device']);
  });
});
