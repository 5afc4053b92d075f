import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { AccountWorld, UserWorld, World } from '../../src/sandbox/world.js';
import { actingBefore } from '../commands/accounts/place.js';
import { sitDown } from '../screens/sitting.js';
import { testFolder } from '../support/test-folder.js';
import { lasting, own, practiceAccount, signedIn } from './practice-account.js';

/** `bootstrap undo`: removes what init created and nothing else, and lists what stays. */

const withoutOrganization = ['--skip', 'organization'];
const initialized = async (...flags: readonly string[]) => {
  const practice = practiceAccount();
  const before = practice.world();
  const made = await practice.run(['init', '--yes', ...(flags.length === 0 ? withoutOrganization : flags)]);
  expect(made.code, made.stderr).toBe(5);
  return { ...practice, before };
};

/** Without what undo documents as left: the password policy and the contacts. Ids of sessions and the like are no part of the account. */
const comparable = (world: World): unknown => {
  const { accounts, ...rest } = lasting(world);
  return { ...rest, accounts: { ...accounts, [own]: { ...accounts[own], passwordPolicy: null, alternateContacts: {}, events: [] } } };
};

describe('undo after init', () => {
  it('leaves the account as it was, and a second undo makes no write', async () => {
    const practice = await initialized();
    const first = await practice.report(['undo', '--yes']);
    expect(first.code, first.stderr).toBe(0);
    expect(comparable(practice.world())).toEqual(comparable(practice.before));
    expect(first.report).toMatchObject({ command: 'undo', exit: { code: 0 }, results: [] });
    expect(first.report.steps?.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'organization unchanged',
      'access-keys done',
      'alias done',
      'mfa unchanged',
      'admin-user done',
      'budget done',
      'billing-access unchanged',
    ]);
    expect(first.report.kept?.map(({ what }) => what)).toContain('The password policy');
    const second = await practice.run(['undo', '--yes']);
    expect([second.code, second.writes]).toEqual([0, []]);
  });

  it('leaves the account as it was also if the config names no group for the access key', async () => {
    const practice = practiceAccount();
    const before = practice.world();
    const config = join(testFolder(), 'bootstrap.yaml');
    writeFileSync(config, 'version: 1\naccess-keys:\n  mode: create\n  user: ci\n  policies: [ReadOnlyAccess]\n  profile: practice\n');
    const flags = ['--yes', '--account-id', own, '--config', config, '--only', 'access-keys'];
    const made = await practice.run(['init', ...flags]);
    expect(made.code, made.stderr).toBe(0);
    expect(practice.account().groups.map(({ name }) => name)).toEqual(['ci-access']);
    const undone = await practice.run(['undo', ...flags]);
    expect(undone.code, undone.stderr).toBe(0);
    expect(comparable(practice.world())).toEqual(comparable(before));
  });

  it('makes only the calls of its plan', async () => {
    const practice = await initialized();
    const { report, writes } = await practice.report(['undo', '--yes']);
    const planned = new Set(report.plan?.flatMap(({ calls }) => calls));
    expect(writes.length).toBeGreaterThan(10);
    expect(writes.filter((call) => !planned.has(call))).toEqual([]);
    // In the reverse order of init.
    const order = ['iam:DeleteAccessKey', 'iam:DeleteAccountAlias', 'iam:DeleteLoginProfile', 'budgets:DeleteBudget'];
    expect(writes.filter((call) => order.includes(call))).toEqual(order);
  });

  it('leaves what the config leaves out', async () => {
    const practice = await initialized();
    writeFileSync(join(practice.home, 'bootstrap.yaml'), 'version: 1\nbudget: false\n');
    const { code, report } = await practice.report(['undo', '--yes']);
    expect([code, practice.account().budgets.length, practice.account().alias]).toEqual([0, 1, null]);
    expect(report.kept?.filter(({ step }) => step === 'budget')).toEqual([]);
  });

  it.each([
    ['is there again', 'acme-prod', [], 6, 'E-NOT-CONFIRMED'],
    ['can no longer be read', null, ['iam:ListAccountAliases'], 4, 'E-READ-DENIED'],
  ] as const)('does not report as removed what %s at the end', async (_what, alias, unread, code, error) => {
    const shell = await signedIn({
      around: (handler) =>
        actingBefore(handler, 'DeleteBudget', () => {
          shell.account().alias = alias;
          const denied = { kind: 'error', code: 'AccessDenied', status: 403 } as const;
          shell.sandbox.world.knobs.faults = unread.map((operation) => ({ operation, what: denied }));
        }),
    });
    const given = ['--yes', '--account-id', own, '--only', 'alias,budget', '--alias', 'acme-prod', '--email', 'ops@example.com'];
    await shell.run(['init', '--budget', '10 USD', ...given]);
    const { code: ended, stdout } = await shell.run(['undo', '--output', 'json', ...given]);
    const { steps } = JSON.parse(stdout) as RunReport;
    expect(steps?.map(({ id, status, error: why }) => [id, status, why?.code])).toEqual(
      expect.arrayContaining([
        ['alias', 'failed', error],
        ['budget', 'done', undefined],
      ]),
    );
    expect(ended).toBe(code);
  });

  it('changes nothing in a dry run', async () => {
    const practice = await initialized();
    const before = practice.world();
    const { code, writes, report } = await practice.report(['undo', '--dry-run']);
    expect([code, writes]).toEqual([0, []]);
    expect(report.plan?.length).toBe(6);
    expect(lasting(practice.world())).toEqual(lasting(before));
  });

  it('names the steps that it could not read', async () => {
    const practice = await initialized();
    practice.edit((_, world) => {
      world.knobs.faults = [{ operation: 'budgets:*', what: { kind: 'error', code: 'AccessDeniedException', status: 400 } }];
    });
    const { code, stdout } = await practice.run(['undo', '--dry-run', '--only', 'budget']);
    expect(code).toBe(4);
    expect(stdout).toMatch(/Budget: .*budgets:\w+/);
    expect(stdout).not.toMatch(/would be made|nothing to remove|do the steps/);
  });

  it('names the read that failed, in the JSON too', async () => {
    const practice = await initialized();
    practice.edit((_, world) => {
      world.knobs.faults = [{ operation: 'iam:ListSSHPublicKeys', what: { kind: 'error', code: 'ServiceFailure', status: 500 } }];
    });
    const { code, writes, report } = await practice.report(['undo', '--yes', '--only', 'access-keys']);
    expect([code, writes]).toEqual([6, []]);
    expect(report.steps?.find(({ id }) => id === 'access-keys')).toMatchObject({
      status: 'failed',
      error: { code: 'E-UNREACHABLE', message: expect.stringContaining('iam:ListSSHPublicKeys') },
    });
  });

  it('removes only the steps that --only names', async () => {
    const practice = await initialized();
    expect((await practice.run(['undo', '--yes', '--only', 'alias,access-keys'])).code).toBe(0);
    const { alias, users, budgets } = practice.account();
    expect([alias, users.map(({ name }) => name), budgets.length]).toEqual([null, ['admin'], 1]);
  });

  it('deletes an organization without members, and keeps one with members', async () => {
    const practice = await initialized('--skip', 'mfa');
    const kept = await practice.report(['undo', '--yes']);
    expect(kept.code).toBe(5);
    expect(kept.report.kept?.find(({ step }) => step === 'organization')?.why).toMatch(/has a member account/);
    const { stdout } = await practice.run(['undo', '--yes']);
    expect(stdout.match(/Close the member accounts/g)).toHaveLength(1);
    expect(stdout).toMatch(/Next: do the steps under "Left in the account", then run the same command again\./);
    const planned = await practice.run(['undo', '--dry-run', '--only', 'organization']);
    expect(planned.code).toBe(0);
    expect(planned.stdout).toMatch(/There is nothing to remove\./);
    expect(planned.stdout).toMatch(/Next: do the steps/);
    practice.edit((_, world) => {
      const [organization] = world.organizations;
      if (organization !== undefined) organization.members = organization.members.filter(({ accountId }) => accountId === own);
    });
    const deleted = await practice.run(['undo', '--yes']);
    expect([deleted.code, deleted.writes, practice.world().organizations]).toEqual([0, ['organizations:DeleteOrganization'], []]);
  });

  it('keeps the device of a user that it did not create, if the user replaced it by one of the same name', async () => {
    const practice = practiceAccount();
    const alex: UserWorld = {
      id: 'AIDAALEX',
      name: 'alex',
      path: '/',
      createdAt: '2026-11-01T00:00:00.000Z',
      tags: {},
      groups: [],
      attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      inlinePolicies: {},
      password: null,
      accessKeys: [],
    };
    practice.edit((account) => void account.users.push(alex));
    const enrolled = ['--only', 'admin-user,mfa', '--admin-user', 'alex'];
    await practice.run(['init', '--yes', ...enrolled]);
    expect((await practice.report(['undo', '--dry-run', ...enrolled])).report.plan).toMatchObject([{ kind: 'remove-device' }]);
    practice.edit(({ mfaDevices }) => {
      const [device] = mfaDevices;
      if (device !== undefined) Object.assign(device, { seed: 'MFRGGZDFMZTWQ2LK', tags: {} });
    });
    const { writes } = await practice.run(['undo', '--yes', ...enrolled]);
    expect([writes, practice.account().mfaDevices.map(({ user }) => user)]).toEqual([[], ['alex']]);
  });

  it('keeps an organization through which users of IAM Identity Center sign in', async () => {
    const practice = await initialized('--only', 'organization');
    practice.edit((account, world) => {
      const [organization] = world.organizations;
      if (organization !== undefined) organization.members = organization.members.filter(({ accountId }) => accountId === own);
      account.roles.push({
        id: 'AROASSO',
        name: 'AWSReservedSSO_ViewOnly_0123456789abcdef',
        path: '/aws-reserved/sso.amazonaws.com/',
        createdAt: '2026-11-01T00:00:00.000Z',
        trust: '{}',
        attachedPolicies: [],
        inlinePolicies: {},
        tags: {},
      });
    });
    const { code, writes, report } = await practice.report(['undo', '--yes', '--only', 'organization']);
    expect([code, writes, practice.world().organizations.length]).toEqual([5, [], 1]);
    expect(report.kept).toMatchObject([{ step: 'organization', why: expect.stringContaining('AWSReservedSSO_ViewOnly_0123456789abcdef') }]);
  });

  // The profile of the deleted key is a local file, which undo leaves.
  it('lets init set up the same again', async () => {
    const practice = await initialized();
    await practice.run(['undo', '--yes']);
    const again = await practice.run(['init', '--yes', '--replace-profile', ...withoutOrganization]);
    expect(again.code, again.stderr).toBe(5);
    expect(
      practice
        .account()
        .users.map(({ name }) => name)
        .toSorted(),
    ).toEqual(['admin', 'ci']);
  });
});

describe('what undo never removes', () => {
  const now = '2026-11-25T10:00:00.000Z';
  const ci = (account: AccountWorld): UserWorld => account.users.find(({ name }) => name === 'ci') as UserWorld;
  it.each<
    readonly [what: string, edit: (account: AccountWorld) => void, why: RegExp, stays: (account: AccountWorld) => boolean, code: number]
  >([
    [
      'an alias of another name',
      (account) => void (account.alias = 'other-name'),
      /the alias to undo is/,
      ({ alias }) => alias === 'other-name',
      0,
    ],
    [
      'a group with other members',
      (account) =>
        void account.users.push({
          ...structuredClone(ci(account)),
          id: 'AIDAOTHER',
          name: 'other',
          tags: {},
          accessKeys: [],
          password: null,
        }),
      /other members: other/,
      ({ groups, users }) => groups.some(({ name }) => name === 'ci-readers') && users.some(({ name }) => name === 'other'),
      0,
    ],
    [
      'a group with other policies',
      (account) => account.groups.forEach((group) => void (group.inlinePolicies = { more: '{"Version":"2012-10-17","Statement":[]}' })),
      /other policies: more/,
      ({ groups }) => groups.length === 2,
      0,
    ],
    [
      'a user without the tag',
      (account) => void (ci(account).tags = {}),
      /did not create the user/,
      (account) => ci(account).accessKeys.length === 1,
      5,
    ],
    [
      'a user with inline policies',
      (account) => void (ci(account).inlinePolicies = { own: '{"Version":"2012-10-17","Statement":[]}' }),
      /inline policies.*own/,
      (account) => ci(account) !== undefined,
      5,
    ],
    ...(
      [
        ['sshPublicKeys', 'APKAEXAMPLE0000000001', 'SSH public key'],
        ['serviceCredentials', 'ACCAEXAMPLE0000000001', 'service-specific credential'],
        ['signingCertificates', 'TA7SMP42TDN5Z26OBPJE7EXAMPLE', 'signing certificate'],
      ] as const
    ).map(
      ([member, id, words]) =>
        [
          `a user with ${words.startsWith('S') ? 'an' : 'a'} ${words}, nor anything of the user`,
          (account: AccountWorld) => void (ci(account)[member] = [id]),
          new RegExp(`${words} ${id}`),
          (account: AccountWorld) =>
            ci(account)[member]?.[0] === id && ci(account).accessKeys.length === 1 && ci(account).groups.length === 1,
          5,
        ] as const,
    ),
    [
      'a budget whose alerts go to someone else',
      (account) => account.budgets.forEach(swapAddress),
      /alerts also go to boss@example\.com/,
      ({ budgets }) => budgets.length === 1,
      0,
    ],
  ])('%s', async (_, edit, why, stays, code) => {
    const practice = await initialized();
    practice.edit(edit);
    const undone = await practice.report(['undo', '--yes']);
    expect(undone.report.kept?.map((kept) => kept.why).join('\n')).toMatch(why);
    expect(stays(practice.account())).toBe(true);
    expect(undone.code).toBe(code);
  });

  it('an alias and a budget that nothing names, with the flags that remove them', async () => {
    const { run, account } = await signedIn();
    const given = ['--yes', '--account-id', own];
    await run(['init', ...given, '--only', 'alias,budget', '--alias', 'acme-prod', '--budget', '10 USD', '--email', 'ops@example.com']);
    const text = (await run(['undo', ...given])).stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain('to remove it, pass --alias acme-prod.');
    expect(text).toContain('to remove it, pass --email with the address of its alerts.');
    expect([account().alias, account().budgets.length]).toEqual(['acme-prod', 1]);
    expect((await run(['undo', ...given, '--alias', 'acme-prod', '--email', 'ops@example.com'])).code).toBe(0);
    expect([account().alias, account().budgets.length]).toEqual([null, 0]);
  });

  it('an empty group with the default name, without a config', async () => {
    const { run, world } = await signedIn({
      edit: (account) => {
        const policy = 'arn:aws:iam::aws:policy/AdministratorAccess';
        account.groups.push({
          id: 'AGPAEXAMPLE',
          name: 'Administrators',
          path: '/',
          createdAt: now,
          attachedPolicies: [policy],
          inlinePolicies: {},
        });
      },
    });
    const undone = await run(['undo', '--yes', '--account-id', own]);
    expect([undone.code, undone.writes]).toEqual([0, []]);
    expect(world().accounts[own]?.groups.length).toBe(1);
  });

  it('a key that was used within the last hour, unless a flag allows it', async () => {
    const practice = await initialized();
    const at = new Date(practice.clock.now().getTime() - 600_000).toISOString();
    practice.edit((account) => ci(account).accessKeys.forEach((key) => void (key.lastUsed = { at, service: 's3', region: 'us-east-1' })));
    const { code, stdout, stderr } = await practice.run(['undo', '--yes']);
    expect([code, ci(practice.account()).accessKeys.length]).toEqual([5, 1]);
    // Above the approval and in the report, with the flags of this run.
    for (const text of [stderr, stdout]) {
      expect(text).toMatch(/The user ci: its access key \w+ was used\s+within the last hour/);
      expect(text.replaceAll(/\s+/g, ' ')).toContain(`\`bootstrap undo --even-if-used --sandbox-file ${practice.file}\``);
      expect(text).not.toMatch(/`bootstrap undo(?! --even-if-used)(?! --sandbox-file)/);
    }
    expect(stdout).toMatch(/! Access keys +1 manual step left/);
    const forced = await practice.run(['undo', '--yes', '--even-if-used']);
    expect([forced.code, practice.account().users]).toEqual([0, []]);
  });

  it('the identity that runs it, and the last administrator unless root runs it', async () => {
    const practice = await initialized();
    const key = {
      id: 'AKIAEXAMPLE00000000A',
      secret: 'ASECRETSECRETSECRETSECRETSECRETSECRETSEC',
      status: 'Active' as const,
      createdAt: now,
      lastUsed: null,
    };
    for (const [name, reason] of [
      ['admin', /signed in as this user/],
      ['auditor', /no other IAM user is an administrator/],
    ] as const) {
      const shell = await signedIn({
        world: practice.world(),
        env: { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret, AWS_SESSION_TOKEN: '' },
        edit: (account) => {
          const admin = account.users.find((user) => user.name === 'admin') as UserWorld;
          if (name === 'admin') admin.accessKeys.push(key);
          // Allowed everything that undo does, and no administrator.
          else
            account.users.push({
              ...structuredClone(admin),
              id: 'AIDAAUDITOR',
              name,
              tags: {},
              groups: [],
              password: null,
              accessKeys: [key],
              inlinePolicies: {
                own: JSON.stringify({
                  Version: '2012-10-17',
                  Statement: [{ Effect: 'Allow', Action: ['iam:*', 'budgets:*', 'organizations:*', 'account:*'], Resource: '*' }],
                }),
              },
            });
        },
      });
      const { stdout, code } = await shell.run(['undo', '--yes', '--account-id', own, '--only', 'admin-user', '--json']);
      const report = JSON.parse(stdout) as { readonly kept: readonly { readonly what: string; readonly why: string }[] };
      expect(report.kept.find(({ what }) => what === 'The user admin')?.why).toMatch(reason);
      expect([code, shell.world().accounts[own]?.users.some((user) => user.name === 'admin')]).toEqual([5, true]);
    }
  });
});

describe('the approval of undo', () => {
  it('is required, and names the account', async () => {
    const { run } = await signedIn();
    const refused = await run(['undo']);
    expect(refused.code).toBe(2);
    expect(refused.stdout + refused.stderr).toMatch(/STOPPED {2}Nothing was changed\./);
    const { code, stderr, writes } = await run(['undo', '--yes']);
    expect([code, writes]).toEqual([4, []]);
    expect(stderr).toMatch(/must name it/);
  });
});

describe('undo at a terminal, in the practice account', () => {
  it('removes an alias and a budget only if the config or a flag names them, as in a real account', async () => {
    const practice = await initialized();
    const sitting = sitDown({ argv: ['undo', '--sandbox-file', practice.file], columns: 100, home: practice.home });
    await sitting.until(/Last four digits of 111122223333:/);
    sitting.type('\r');
    expect(await sitting.ended).toBe(3);
    expect(sitting.printed().replaceAll(/\s+/g, ' ')).toMatch(/to remove it, pass --alias .*to remove it, pass --email/);
    expect(sitting.printed()).not.toMatch(/Remove the account alias|Delete the budget/);
  });
});

/** Replaces the address of the alerts, wherever the world keeps it. */
const swapAddress = (budget: object): void => {
  const text = JSON.stringify(budget).replaceAll('you@example.com', 'boss@example.com');
  Object.assign(budget, JSON.parse(text));
};
