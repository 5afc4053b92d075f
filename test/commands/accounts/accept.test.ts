import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AccountsReport } from '../../../src/core/accounts.js';
import { newAccount, practiceAccountId as own } from '../../../src/sandbox/new-world.js';
import type { HandshakeWorld, UserWorld, World } from '../../../src/sandbox/world.js';
import { signedIn } from '../../scenarios/practice-account.js';
import { sitDown } from '../../screens/sitting.js';
import { accessRole, organizationWorld } from '../../support/organization-world.js';
import { actingBefore } from './place.js';

const now = new Date('2026-11-23T10:00:00.000Z');
const [boss, former, invitation] = ['444455556666', '777788889999', 'h-exampleinvite1'] as const;
const keyOfBoss = { id: 'AKIAEXAMPLE0000BOSS1', secret: 'B'.repeat(40) };
const trustOf = (accountId: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'sts:AssumeRole' }],
  });
const roleOf = (trust: string, ...policies: readonly string[]) => ({
  id: 'AROAEXAMPLE',
  name: accessRole,
  path: '/',
  createdAt: now.toISOString(),
  trust,
  attachedPolicies: policies.map((name) => `arn:aws:iam::aws:policy/${name}`),
  inlinePolicies: {},
  tags: {},
});

/** The account of the run, which `boss` invites. `member`: it is a member of an organization of `former`. */
const worldOf = ({ member = false, ...over }: Partial<HandshakeWorld> & { readonly member?: boolean } = {}): World => {
  const { world } = organizationWorld({ members: 0, now });
  const [organization] = world.organizations;
  const [first] = organization?.members ?? [];
  const account = world.accounts[own];
  if (organization === undefined || first === undefined || account === undefined) throw new Error('there is no organization');
  const boss1: UserWorld = {
    id: 'AIDABOSS',
    name: 'boss',
    path: '/',
    createdAt: now.toISOString(),
    tags: {},
    groups: [],
    attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    inlinePolicies: {},
    password: null,
    accessKeys: [{ ...keyOfBoss, status: 'Active', createdAt: now.toISOString(), lastUsed: null }],
  };
  world.accounts[boss] = { ...newAccount({ id: boss, name: 'Main', email: 'main@example.com', now }), users: [boss1] };
  world.accounts[former] = newAccount({ id: former, name: 'Former', email: 'former@example.com', now });
  account.createdAt = '2026-01-01T00:00:00.000Z';
  const placeOf = (id: string, managementAccountId: string, ...members: readonly string[]) => ({
    ...organization,
    id,
    managementAccountId,
    members: [managementAccountId, ...members].map((accountId) => ({ ...first, accountId })),
  });
  return {
    ...world,
    organizations: [placeOf('o-exampleorg1', boss), ...(member ? [placeOf('o-formerorg11', former, own)] : [])],
    handshakes: [
      {
        id: invitation,
        action: 'INVITE',
        organizationId: 'o-exampleorg1',
        state: 'OPEN',
        target: { id: own, type: 'ACCOUNT' },
        requestedAt: now.toISOString(),
        expiresAt: '2026-12-08T10:00:00.000Z',
        ...over,
      },
    ],
  };
};

const accept = ['accounts', 'accept'];
const approved = [...accept, '--yes', '--account-id', own, '--management-account-id', boss, '--free-tier-loss', 'accepted'];
const joining = ['iam:CreateRole', 'iam:AttachRolePolicy', 'organizations:AcceptHandshake'];
const invited = async (
  options: Parameters<typeof worldOf>[0] & Pick<NonNullable<Parameters<typeof signedIn>[0]>, 'around' | 'edit'> = {},
) => {
  const { edit, around, ...over } = options;
  const shell = await signedIn({
    world: worldOf(over),
    ...(edit === undefined ? {} : { edit }),
    ...(around === undefined ? {} : { around }),
  });
  mkdirSync(join(shell.home, '.aws'));
  const profile = (name: string, { id, secret }: typeof keyOfBoss): string =>
    `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
  const { accessKeyId, secretAccessKey, sessionToken } = shell.sandbox.credentials;
  writeFileSync(
    join(shell.home, '.aws', 'credentials'),
    `${profile('boss', keyOfBoss)}${profile('own', { id: accessKeyId, secret: secretAccessKey })}aws_session_token = ${sessionToken}\n`,
    { mode: 0o600 },
  );
  const reported = async (argv: readonly string[]) => {
    const ran = await shell.run([...argv, '--output', 'json']);
    return { ...ran, report: JSON.parse(ran.stdout) as AccountsReport };
  };
  return { ...shell, reported, config: join(shell.home, '.aws', 'config') };
};

describe('accounts accept', () => {
  it('reports the organization, the invitation, how to switch, and who verifies the role', async () => {
    const { reported } = await invited();
    const { code, writes, report } = await reported(approved);
    const link = { label: 'Switch role', value: expect.stringContaining(`account=${own}&roleName=${accessRole}`) };
    expect([code, writes, report]).toMatchObject([
      5,
      joining,
      {
        organizationId: 'o-exampleorg1',
        invitations: [{ id: invitation, state: 'ACCEPTED', managementAccountId: boss }],
        recap: [link],
        next: `Verify the role, as an administrator of account ${boss} (not as its root): bootstrap accounts list --account-id ${boss}`,
      },
    ]);
    expect([report.accounts, report.notes]).toEqual([[], []]);
    expect(report.actions.map(({ action }) => action)).toEqual(['role-made', 'policy-attached', 'accepted']);
    const again = await reported(approved);
    expect([again.code, again.writes, again.report.invitations, again.report.recap, again.report.notes]).toEqual([
      5,
      [],
      [],
      report.recap,
      [`Account ${own} is already a member of organization o-exampleorg1.`],
    ]);
  });

  it('shows what it will do before it does it', async () => {
    const { run } = await invited();
    const shown = (await run(approved)).stderr.replaceAll(/\s+/g, ' ');
    for (const work of [
      `Create the role ${accessRole}, which trusts only account ${boss}`,
      'Attach AdministratorAccess to it: administrators of that account can then do everything in this one',
      `Accept the invitation: account ${boss} pays from then on`,
    ])
      expect(shown).toContain(work);
    expect(shown).not.toContain('Leave organization');
    expect((await (await invited()).run([...approved, '--quiet'])).stderr).toBe('');
  });

  it('verifies the role with a profile of the management account, and writes a profile that assumes it', async () => {
    const { reported, config, sandbox } = await invited();
    const { code, report } = await reported([...approved, '--management-profile', 'boss', '--profile-to-write', 'member']);
    const arn = `arn:aws:iam::${own}:role/${accessRole}`;
    expect([code, report.error]).toEqual([0, undefined]);
    expect(report).toMatchObject({
      accounts: [
        { accountId: own, role: { name: accessRole, arn, reachable: 'yes', reason: null, checkedAt: '2026-11-23T10:00:00.000Z' } },
      ],
      recap: [{ label: 'Profile', value: `member in ${config}, which assumes ${arn} with profile boss` }, { label: 'Switch role' }],
      next: null,
    });
    expect(report.recap?.at(-1)?.value).toContain(`displayName=${report.accounts[0]?.name}`);
    expect(report.actions.map(({ action }) => action)).toEqual(['role-made', 'policy-attached', 'accepted', 'proven', 'profile-written']);
    expect(readFileSync(config, 'utf8')).toContain(`[profile member]\nrole_arn = ${arn}\nsource_profile = boss\n`);
    expect(sandbox.calls.filter(({ operation, account }) => operation === 'AssumeRole' && account === boss)).toHaveLength(1);
  });

  it('writes a profile with another source, without verifying the role', async () => {
    const { reported, config } = await invited();
    const { code } = await reported([...approved, '--profile-to-write', 'member', '--source-profile', 'boss']);
    expect([code, readFileSync(config, 'utf8')]).toEqual([5, expect.stringContaining('source_profile = boss\n')]);
  });

  it.each([
    ['the profile signs in to another account', ['--management-profile', 'own'], 4, 'E-WRONG-ACCOUNT', `signs in to account ${own}`],
    ['the profile does not exist', ['--management-profile', 'none'], 4, 'E-NO-PROFILE', 'none'],
    ['no sign-in is named for the profile to write', ['--profile-to-write', 'member'], 2, 'E-USAGE', 'needs a sign-in'],
    ['the profile to write has a key', ['--profile-to-write', 'boss', '--source-profile', 'own'], 2, 'E-SECRETS-DESTINATION', 'boss'],
  ])('changes nothing if %s', async (_what, argv, code, error, message) => {
    const { reported, config } = await invited();
    const ended = await reported([...approved, ...argv]);
    expect([ended.code, ended.report.error?.code, ended.writes, existsSync(config)]).toEqual([code, error, [], false]);
    expect(ended.report.error?.message).toContain(message);
  });

  it('changes nothing if the profile of the management account signs in as its root', async () => {
    const { reported } = await invited({
      edit: (_account, { accounts }) => {
        const account = accounts[boss];
        if (account === undefined) throw new Error('there is no such account');
        account.root.accessKeys = account.users.flatMap(({ accessKeys }) => accessKeys);
        account.users = [];
      },
    });
    const ended = await reported([...approved, '--management-profile', 'boss']);
    expect([ended.code, ended.report.error?.code, ended.writes]).toEqual([2, 'E-USAGE', []]);
    expect(ended.report.error?.message).toContain('signs in as root');
  });

  it.each<readonly [what: string, edit: NonNullable<NonNullable<Parameters<typeof invited>[0]>['edit']>, writes: readonly string[]]>([
    ['creates nothing that exists', (account) => void account.roles.push(roleOf(trustOf(boss), 'AdministratorAccess')), joining.slice(2)],
    ['attaches the policy to a role without one', (account) => void account.roles.push(roleOf(trustOf(boss))), joining.slice(1)],
    [
      'leaves other policies of the role',
      (account) => void account.roles.push(roleOf(trustOf(boss), 'ReadOnlyAccess', 'AdministratorAccess')),
      joining.slice(2),
    ],
  ])('%s', async (_what, edit, writes) => {
    const { reported, account } = await invited({ edit });
    const ended = await reported(approved);
    expect([ended.code, ended.writes]).toEqual([5, writes]);
    expect(account().roles.find(({ name }) => name === accessRole)?.attachedPolicies).toContain(
      'arn:aws:iam::aws:policy/AdministratorAccess',
    );
  });

  it('takes a role that someone else created meanwhile if it trusts only the inviting account', async () => {
    const created = async (trust: string) => {
      const place = await invited({
        around: (handler) => actingBefore(handler, 'Action=CreateRole&', () => void place.account().roles.push(roleOf(trust))),
      });
      return place.reported(approved);
    };
    const taken = await created(trustOf(boss));
    expect([taken.code, taken.writes.at(-1)]).toEqual([5, 'organizations:AcceptHandshake']);
    const strange = await created(trustOf('999999999999'));
    expect([strange.code, strange.report.error?.code]).toEqual([7, 'E-ROLE-CONFLICT']);
    expect(strange.writes).not.toContain('organizations:AcceptHandshake');
  });

  it.each([
    ['a plan that it cannot read', ['--management-account-id', boss], {}, 2],
    ['a Paid plan without credits', ['--management-account-id', boss], { plan: 'PAID', credits: 0 } as const, 5],
  ])('needs no consent to lose a Free plan with %s: %s', async (what, argv, account, code) => {
    const place = await invited({ edit: (of) => void Object.assign(of, account) });
    if (what.includes('cannot')) {
      const denied = { kind: 'error', code: 'AccessDeniedException', status: 400 } as const;
      place.sandbox.world.knobs.faults = [{ operation: 'freetier:*', what: denied }];
    }
    const ended = await place.reported([...accept, '--yes', '--account-id', own, ...argv]);
    expect([ended.code, ended.report.error?.code]).toEqual([code, code === 2 ? 'E-FREE-TIER-LOSS' : undefined]);
  });

  it.each([
    ['HandshakeNotFoundException', 'was cancelled by the organization'],
    ['InvalidHandshakeTransitionException', 'expired on 2026-12-08'],
  ] as const)('explains how the invitation ended if AWS answers %s', async (refusal, words) => {
    const place = await invited({
      around: (handler) =>
        actingBefore(handler, 'AcceptHandshake', () => {
          const { handshakes } = place.sandbox.world;
          if (refusal === 'HandshakeNotFoundException') handshakes.length = 0;
          else Object.assign(handshakes[0] ?? {}, { state: 'EXPIRED', endedAt: now.toISOString() });
        }),
    });
    place.sandbox.world.knobs.faults = [
      { operation: 'organizations:AcceptHandshake', what: { kind: 'error', code: refusal, status: 400 } },
    ];
    const { code, report } = await place.reported(approved);
    expect([code, report.error?.code, report.error?.message]).toEqual([7, 'E-INVITATION-ENDED', expect.stringContaining(words)]);
    expect(report.actions.map(({ action }) => action)).toEqual(['role-made', 'policy-attached']);
  });

  it.each([
    ['is already accepted, and waits for the membership', 'HandshakeAlreadyInStateException', 6, 'E-AMBIGUOUS'],
    ['may not be accepted by this user', 'AccessDeniedException', 7, 'E-WRITE-DENIED'],
  ])('takes the word of AWS that the invitation %s', async (_what, refusal, code, error) => {
    const { reported, sandbox } = await invited();
    sandbox.world.knobs.faults = [{ operation: 'organizations:AcceptHandshake', what: { kind: 'error', code: refusal, status: 400 } }];
    const ended = await reported(approved);
    expect([ended.code, ended.report.error?.code]).toEqual([code, error]);
  });

  it.each(['iam:GetRole', 'organizations:ListHandshakesForAccount', 'organizations:DescribeOrganization'])(
    'changes nothing if it may not send %s',
    async (operation) => {
      const { reported, sandbox } = await invited();
      sandbox.world.knobs.faults = [{ operation, what: { kind: 'error', code: 'AccessDeniedException', status: 403 } }];
      const { code, report, writes } = await reported(approved);
      expect([code, report.error?.code, writes]).toEqual([4, 'E-READ-DENIED', []]);
    },
  );

  it.each([
    ['no role of the former organization', undefined, []],
    ['a role that trusts someone else', trustOf('999999999999'), []],
    ['its role', trustOf(former), [expect.stringContaining(`still trusts account ${former}`)]],
  ])('after a transfer reports, with %s, what the former organization can still use', async (_what, trust, notes) => {
    const { reported } = await invited({
      member: true,
      edit: (account) => void (trust === undefined ? undefined : account.roles.push(roleOf(trust, 'AdministratorAccess'))),
    });
    const { code, report } = await reported([...approved, '--transfer-from', 'o-formerorg11', '--role', 'NewAccess']);
    expect([code, report.error]).toEqual([5, undefined]);
    expect(report.notes.slice(1)).toEqual(notes);
  });

  it('takes the consent to lose a Free plan from the config', async () => {
    const { home, reported } = await invited();
    writeFileSync(join(home, 'bootstrap.yaml'), 'version: 1\norganization: { free-tier-loss: accepted }\n');
    expect((await reported(approved.slice(0, -2))).writes).toEqual(joining);
  });
});

describe('accounts accept at a terminal', () => {
  const digits = /Last four digits of the inviting account:/;
  const loss = /Join the organization\? This ends your AWS Free plan\./;
  const transfer = /Transfer the account from o-formerorg11 to o-exampleorg1\?/;
  type Typed = readonly [RegExp, string];
  it.each<
    readonly [what: string, argv: readonly string[], member: boolean, typed: readonly Typed[], code: number, writes: readonly string[]]
  >([
    [
      'asks about the Free plan, then for the digits',
      [],
      false,
      [
        [loss, 'y'],
        [digits, '6666'],
      ],
      5,
      joining,
    ],
    ['declines at Enter to lose the Free plan', [], false, [[loss, '']], 3, []],
    [
      'declines at Enter instead of the digits',
      [],
      false,
      [
        [loss, 'y'],
        [digits, ''],
      ],
      3,
      [],
    ],
    ['takes a flag for the Free plan', ['--free-tier-loss', 'accepted'], false, [[digits, '6666']], 5, joining],
    [
      'needs no digits if a flag names the account',
      ['--management-account-id', boss],
      false,
      [
        [loss, 'y'],
        [/\? Administrators of account|Compare its id/, 'y'],
      ],
      5,
      joining,
    ],
    [
      'asks about a transfer, then for the digits',
      [],
      true,
      [
        [transfer, 'y'],
        [digits, '6666'],
      ],
      5,
      joining,
    ],
    ['declines a transfer at Enter', [], true, [[transfer, '']], 3, []],
    ['takes a flag for the transfer', ['--transfer-from', 'o-formerorg11'], true, [[digits, '6666']], 5, joining],
  ])('%s', async (_what, argv, member, typed, code, writes) => {
    const { home, clock, sandbox } = await invited({ member });
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN } = sandbox.credentials;
    const env = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION: 'us-east-1' };
    const done = (): readonly string[] =>
      sandbox.calls.filter(({ write }) => write).map(({ service, operation }) => `${service}:${operation}`);
    const sitting = sitDown({ argv: [...accept, ...argv], columns: 100, home, clock, env, handler: sandbox.requestHandler });
    for (const [question, answer] of typed) {
      await sitting.until(question);
      expect(done()).toEqual([]);
      sitting.type(`${answer}\r`);
    }
    expect([await sitting.ended, done()], sitting.lines().join('\n')).toEqual([code, writes]);
    if (member)
      expect(sitting.lines().join(' ').replaceAll(/\s+/g, ' ')).toContain(
        `Leave organization o-formerorg11 (managed by account ${former})`,
      );
  });
});
