import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { AccountsReport } from '../../src/core/accounts.js';
import { newAccount, practiceAccountId as own } from '../../src/sandbox/new-world.js';
import type { FaultRule, HandshakeWorld, World } from '../../src/sandbox/world.js';
import { inOrganization } from '../support/organization-shell.js';
import { accessRole, organizationWorld } from '../support/organization-world.js';
import { signedIn } from './practice-account.js';

const yes = ['--yes', '--account-id', own];
const json = async (ran: Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>) => {
  const { code, stdout, stderr } = await ran;
  return { code, stderr, report: JSON.parse(stdout) as AccountsReport };
};
const other = '444455556666';
const now = new Date('2026-11-23T10:00:00.000Z');

/** A world in which `other` manages an organization, and the practice account (signed in as root) is not part of it. */
const outside = (handshakes: readonly Partial<HandshakeWorld>[] = [{}]): World => {
  const { world } = organizationWorld({ members: 0, now });
  const organization = world.organizations[0];
  if (organization === undefined) throw new Error('there is no organization');
  world.accounts[other] = newAccount({ id: other, name: 'Main', email: 'main@example.com', now });
  const [first] = organization.members;
  return {
    ...world,
    organizations: [{ ...organization, managementAccountId: other, members: first === undefined ? [] : [{ ...first, accountId: other }] }],
    handshakes: handshakes.map((over, index) => ({
      id: `h-exampleinvite${index}`,
      action: 'INVITE',
      organizationId: organization.id,
      state: 'OPEN',
      target: { id: own, type: 'ACCOUNT' },
      requestedAt: now.toISOString(),
      expiresAt: '2026-12-08T10:00:00.000Z',
      ...over,
    })),
  };
};
const accept = ['accounts', 'accept', ...yes, '--management-account-id', other, '--free-tier-loss', 'accepted', '--output', 'json'];

describe('accounts list', () => {
  it('reports for every member whether its role can be assumed, and writes nothing', async () => {
    const shell = await inOrganization({ members: [[], ['role-missing'], ['denied'], ['suspended']] });
    const { code, report } = await json(shell.run(['accounts', 'list', '--output', 'json']));
    expect(code).toBe(0);
    expect(report.accounts.map(({ state, management, role }) => [state, management, role?.reachable])).toEqual([
      ['ACTIVE', true, undefined],
      ['ACTIVE', false, 'yes'],
      ['ACTIVE', false, 'no'],
      ['ACTIVE', false, 'no'],
      ['SUSPENDED', false, 'not-tried'],
    ]);
    expect(report.apiCalls.writes).toBe(0);
    expect(shell.sandbox.calls.filter(({ write }) => write)).toEqual([]);
  });

  it('shows root the last known result, because root cannot assume roles', async () => {
    const shell = await inOrganization({ members: 1 });
    await shell.run(['accounts', 'list']);
    const { accessKeyId, secretAccessKey, sessionToken } = shell.sandbox.credentials;
    const root = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
    for (const [name, value] of Object.entries(root)) vi.stubEnv(name, value);
    shell.clock.advance(3_600_000);
    const { code, report } = await json(shell.run(['accounts', 'list', '--output', 'json'], { env: root }));
    expect([code, report.accounts[1]?.role]).toEqual([
      0,
      {
        name: accessRole,
        arn: `arn:aws:iam::${shell.members[0]}:role/${accessRole}`,
        reachable: 'yes',
        reason: null,
        checkedAt: '2026-11-23T10:00:00.000Z',
      },
    ]);
    expect(shell.calls().filter((name) => name === 'sts:AssumeRole')).toHaveLength(1);
  });

  it.each([40, 60, 80, 120])('fits %i columns', async (columns) => {
    const shell = await inOrganization({ members: [[], ['denied']] });
    const { stdout } = await shell.run(['accounts', 'list'], { env: { COLUMNS: String(columns) } });
    // Commands are not wrapped, so that they can be copied.
    expect(stdout.split('\n').filter((line) => line.length > columns && !line.startsWith('  run: '))).toEqual([]);
    expect(stdout).toContain('not usable');
  });

  it('shows a standalone account its own invitations', async () => {
    const shell = await signedIn({ world: outside() });
    const { code, report } = await json(shell.run(['accounts', 'list', '--output', 'json']));
    expect([code, report.organizationId, report.accounts]).toEqual([0, null, []]);
    expect(report.invitations).toMatchObject([{ managementAccountId: other, managementName: 'Main', state: 'OPEN' }]);
    expect(report.next).toContain('accounts accept');
  });
});

describe('accounts create', () => {
  const lab = ['accounts', 'create', '--name', 'lab', '--email', 'you+lab@example.com', '--output', 'json'];
  const requests = (shell: Awaited<ReturnType<typeof inOrganization>>) => shell.sandbox.world.organizations[0]?.requests ?? [];

  it('creates the account only once if the answer is lost, and verifies that its role can be assumed', async () => {
    const shell = await inOrganization({ members: 0 });
    shell.sandbox.world.knobs.faults = [{ operation: 'organizations:CreateAccount', times: 1, what: { kind: 'drop-after' } }];
    const { code, report } = await json(shell.run([...lab, ...yes, '--tag', 'team=a', '--billing-access', 'deny']));
    expect([code, report.error]).toEqual([0, undefined]);
    expect(requests(shell)).toMatchObject([{ state: 'SUCCEEDED', billingAccess: 'DENY', tags: { team: 'a' } }]);
    expect(report.accounts).toMatchObject([{ email: 'you+lab@example.com', role: { reachable: 'yes' } }]);
    const again = await json(shell.run([...lab, ...yes]));
    expect([again.code, again.report.apiCalls.writes]).toEqual([0, 0]);
  });

  it('exits 6 after ten minutes, and the next run continues with the same request', async () => {
    const shell = await inOrganization({ members: 0 });
    shell.sandbox.world.knobs.createAccountPolls = 1_000;
    const first = await json(shell.run([...lab, ...yes]));
    expect([first.code, first.report.error?.code, first.report.exit.retryAfterSeconds]).toEqual([6, 'E-ACCOUNT-PENDING', 60]);
    const [request] = requests(shell);
    if (request !== undefined) request.pollsLeft = 1;
    const second = await json(shell.run([...lab, ...yes]));
    expect([second.code, requests(shell).length]).toEqual([0, 1]);
  });

  it('waits until a new role can be assumed', async () => {
    const shell = await inOrganization({ members: 0 });
    shell.sandbox.world.knobs.faults = [
      { operation: 'sts:AssumeRole', times: 12, what: { kind: 'error', code: 'AccessDenied', status: 403, message: 'not yet' } },
    ];
    const { code, report } = await json(shell.run([...lab, ...yes]));
    expect([code, report.actions.map(({ action }) => action)]).toEqual([0, ['created', 'proven']]);
  });

  it('reports a role that cannot be assumed, and still counts the account as created', async () => {
    const shell = await inOrganization({ members: 0 });
    shell.sandbox.world.knobs.faults = [{ operation: 'sts:AssumeRole', what: { kind: 'error', code: 'AccessDenied', status: 403 } }];
    const { code, report } = await json(shell.run([...lab, ...yes]));
    expect([code, report.error?.code, report.error?.changed]).toEqual([6, 'E-ROLE-UNPROVEN', true]);
    expect(report.actions.map(({ action }) => action)).toEqual(['created']);
  });

  it('writes a profile when signed in with key variables', async () => {
    const shell = await inOrganization({ members: 0 });
    const { code } = await json(shell.run([...lab, ...yes, '--profile-to-write', 'lab']));
    expect(code).toBe(0);
    expect(readFileSync(join(shell.host.home, '.aws', 'config'), 'utf8')).toMatch(
      /^\[profile lab\]\nrole_arn = arn:aws:iam::\d{12}:role\/OrganizationAccountAccessRole\ncredential_source = Environment\nregion = us-east-1\n$/,
    );
  });

  it('writes a profile with a region that new accounts have, even if the shell uses another', async () => {
    const shell = await inOrganization({ members: 0 });
    const argv = [...lab, ...yes, '--profile-to-write', 'lab'];
    const { report } = await json(shell.run(argv, { env: { AWS_REGION: 'eu-south-2' } }));
    expect(readFileSync(join(shell.host.home, '.aws', 'config'), 'utf8')).toContain('\nregion = us-east-1\n');
    expect(report.notes).toEqual([
      expect.stringMatching(/^AWS_REGION=eu-south-2 overrides .* disabled in new accounts.*--region us-east-1/),
    ]);
    const { report: again } = await json(shell.run([...argv, '--region', 'eu-south-2'], { env: { AWS_REGION: 'us-west-2' } }));
    expect(again.notes.filter((note) => note.includes('AWS_REGION'))).toEqual([]);
  });

  it('checks that the profile does not exist before it creates anything', async () => {
    const shell = await inOrganization({ members: 0 });
    mkdirSync(join(shell.host.home, '.aws'));
    writeFileSync(
      join(shell.host.home, '.aws', 'credentials'),
      '[lab]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n',
    );
    const { code, report } = await json(shell.run([...lab, ...yes, '--profile-to-write', 'lab']));
    expect([code, report.error?.code, requests(shell)]).toEqual([2, 'E-SECRETS-DESTINATION', []]);
  });

  it('uses the settings of the account in the config', async () => {
    const shell = await inOrganization({ members: 0 });
    writeFileSync(
      join(shell.home, 'bootstrap.yaml'),
      'version: 1\norganization:\n  accounts:\n    - { name: lab, email: cfg+lab@example.com, role: Boss, billing-access: deny }\n',
    );
    const { code, report } = await json(shell.run(['accounts', 'create', '--name', 'lab', ...yes, '--output', 'json']));
    expect([code, requests(shell)[0]?.roleName, requests(shell)[0]?.billingAccess]).toEqual([0, 'Boss', 'DENY']);
    expect(report.accounts).toMatchObject([{ email: 'cfg+lab@example.com', role: { name: 'Boss' } }]);
  });

  const wrong: readonly (readonly [string, readonly string[], number, string])[] = [
    ['no one approves it', lab, 2, 'E-NO-TERMINAL'],
    ['no one approves it, and the name is missing', [...lab.slice(0, 2), '--output', 'json'], 2, 'E-USAGE'],
    ['no one approves it, and the address is missing', [...lab.slice(0, 4), '--output', 'json'], 2, 'E-USAGE'],
    ['no one approves it, and the address is wrong', [...lab.slice(0, 5), 'you', '--output', 'json'], 2, 'E-USAGE'],
    ['the account is not named', [...lab, '--yes'], 4, 'E-NO-ACCOUNT-ID'],
    ['another account is named', [...lab, '--yes', '--account-id', other], 4, 'E-WRONG-ACCOUNT'],
    ['there is no address', ['accounts', 'create', '--name', 'lab', ...yes, '--output', 'json'], 2, 'E-USAGE'],
    ['there are two addresses', [...lab, ...yes, '--email-from', 'me@example.com'], 2, 'E-USAGE'],
    [
      'the address is too long',
      ['accounts', 'create', '--name', 'lab', '--email', `${'x'.repeat(60)}@example.com`, ...yes, '--output', 'json'],
      2,
      'E-USAGE',
    ],
    ['a tag has no value', [...lab, ...yes, '--tag', 'team'], 2, 'E-USAGE'],
    ['a tag is given twice', [...lab, ...yes, '--tag', 'team=a', '--tag', 'team=b'], 2, 'E-USAGE'],
    [
      "the address is the management account's own",
      ['accounts', 'create', '--name', 'x', '--email', 'aws@example.com', ...yes, '--output', 'json'],
      7,
      'E-ACCOUNT-CONFLICT',
    ],
    [
      'AWS refuses the address',
      ['accounts', 'create', '--name', 'x', '--email', 'fail+invalid_email@example.com', ...yes, '--output', 'json'],
      7,
      'E-ACCOUNT-FAILED',
    ],
  ];
  it.each(wrong)('creates nothing if %s', async (_, argv, exit, code) => {
    const shell = await inOrganization({ members: 0 });
    const { code: ended, report } = await json(shell.run(argv));
    expect([ended, report.error?.code]).toEqual([exit, code]);
    expect(Object.keys(shell.sandbox.world.accounts)).toEqual([own]);
  });

  it('requires the management account of an organization', async () => {
    const shell = await signedIn({ world: outside() });
    const { code, report } = await json(shell.run([...lab, ...yes]));
    expect([code, report.error?.code, report.error?.next]).toEqual([
      4,
      'E-NOT-MANAGEMENT',
      expect.stringContaining('`organization: {}` in bootstrap.yaml'),
    ]);
  });

  it.each([
    ['invite', '--id', own],
    ['close', own],
  ])('does not call an account without an organization its manager: %s', async (...argv) => {
    const shell = await signedIn({ world: outside() });
    const { code, report } = await json(shell.run(['accounts', ...argv, ...yes, '--output', 'json']));
    expect([code, report.error?.code]).toEqual([4, 'E-NOT-MANAGEMENT']);
  });

  it('refuses root, and prints the command for the administrator', async () => {
    const shell = await inOrganization({ members: 0, as: 'root' });
    const { code, report } = await json(shell.run([...lab, ...yes, '--profile-to-write', 'lab']));
    expect([code, report.accounts[0]?.role?.reachable]).toEqual([5, 'not-tried']);
    expect(report.next).toMatch(
      /as the administrator.*: bootstrap accounts create --name lab --email you\+lab@example\.com --profile-to-write lab$/,
    );
    expect(shell.calls()).not.toContain('sts:AssumeRole');
  });
});

describe('accounts invite', () => {
  const invite = ['accounts', 'invite', ...yes, '--output', 'json'];
  const withOther = async () => {
    const shell = await inOrganization({ members: 1 });
    shell.sandbox.world.accounts[other] = newAccount({ id: other, name: 'Other', email: 'other@example.com', now });
    return shell;
  };

  it('sends only one invitation if the answer is lost', async () => {
    const shell = await withOther();
    shell.sandbox.world.knobs.faults = [{ operation: 'organizations:InviteAccountToOrganization', times: 1, what: { kind: 'drop-after' } }];
    const { code, report } = await json(shell.run([...invite, '--email', 'other@example.com', '--notes', 'join us']));
    expect([code, report.invitations[0]?.notes]).toEqual([0, 'join us']);
    expect(shell.sandbox.world.handshakes).toHaveLength(1);
    const again = await json(shell.run([...invite, '--email', 'OTHER@example.com']));
    expect([again.code, again.report.apiCalls.writes, again.report.invitations[0]?.id]).toEqual([0, 0, report.invitations[0]?.id]);
  });

  it('refuses a message that is too long for AWS before it asks', async () => {
    const shell = await withOther();
    const { code, report } = await json(shell.run([...invite, '--id', other, '--notes', 'x'.repeat(1025)]));
    expect([code, report.error?.code, report.apiCalls.writes]).toEqual([2, 'E-USAGE', 0]);
  });

  it('reports by address that the account has already been invited by id', async () => {
    const shell = await withOther();
    await shell.run([...invite, '--id', other]);
    const { code, report } = await json(shell.run([...invite, '--email', 'other@example.com']));
    expect([code, report.error?.code, shell.sandbox.world.handshakes.length]).toEqual([7, 'E-INVITATION-OPEN', 1]);
  });

  it('sends no invitation to a member', async () => {
    const shell = await withOther();
    const { code, report } = await json(shell.run([...invite, '--id', shell.members[0] ?? '']));
    expect([code, report.notes, shell.sandbox.world.handshakes]).toEqual([
      0,
      [expect.stringContaining('is already a member of the organization')],
      [],
    ]);
  });

  const refused: readonly (readonly [string, (world: World) => void, number, string])[] = [
    [
      "the management account's address is not verified",
      (world) => void ((world.accounts[own] as { emailVerified?: false }).emailVerified = false),
      6,
      'E-ORGANIZATION-EMAIL',
    ],
    ['the organization is full', (world) => void Object.assign(world.organizations[0] ?? {}, { accountLimit: 2 }), 7, 'E-ACCOUNT-LIMIT'],
    [
      'the account has another seller',
      (world) => void Object.assign(world.accounts[other] ?? {}, { seller: 'AIPL' }),
      7,
      'E-ORGANIZATION-REFUSED',
    ],
  ];
  it.each(refused)('explains that %s', async (_, change, exit, code) => {
    const shell = await withOther();
    change(shell.sandbox.world);
    const { code: ended, report } = await json(shell.run([...invite, '--id', other]));
    expect([ended, report.error?.code, shell.sandbox.world.handshakes]).toEqual([exit, code, []]);
  });
});

describe('accounts accept', () => {
  const lost = (operation: string): FaultRule => ({ operation, times: 1, what: { kind: 'drop-after' } });

  it('creates the role before it joins, and the role only trusts the management account', async () => {
    const shell = await signedIn({ world: outside() });
    const ran = await shell.run(accept);
    expect([ran.code, ran.writes]).toEqual([5, ['iam:CreateRole', 'iam:AttachRolePolicy', 'organizations:AcceptHandshake']]);
    const made = shell.account().roles.find(({ name }) => name === accessRole);
    expect(JSON.parse(made?.trust ?? '{}')).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${other}:root` }, Action: 'sts:AssumeRole' }],
    });
    expect(shell.account().plan).toBe('PAID');
    expect((JSON.parse(ran.stdout) as AccountsReport).account).toMatchObject({ role: 'member', plan: { type: 'paid' } });
    const again = await shell.run(accept);
    expect([again.code, again.writes]).toEqual([5, []]);
  });

  it.each(['iam:CreateRole', 'iam:AttachRolePolicy', 'organizations:AcceptHandshake'])(
    'continues if the answer to %s is lost',
    async (operation) => {
      const shell = await signedIn({ world: outside() });
      shell.sandbox.world.knobs.faults = [lost(operation)];
      const ran = await shell.run(accept);
      expect([ran.code, ran.writes.filter((name) => name === operation)]).toEqual([5, [operation]]);
      expect(shell.world().handshakes[0]?.state).toBe('ACCEPTED');
      expect(shell.account().roles.find(({ name }) => name === accessRole)?.attachedPolicies).toHaveLength(1);
    },
  );

  const stranger = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '999999999999' }, Action: 'sts:AssumeRole' }],
  });
  const roleOf = (trust: string) => ({
    id: 'AROAEXAMPLE',
    name: accessRole,
    path: '/',
    createdAt: now.toISOString(),
    trust,
    attachedPolicies: [],
    inlinePolicies: {},
    tags: {},
  });
  const table: readonly (readonly [
    string,
    readonly Partial<HandshakeWorld>[],
    (world: World) => void,
    readonly string[],
    number,
    string,
  ])[] = [
    [
      'the inviting account is not confirmed',
      [{}],
      () => {},
      ['accounts', 'accept', ...yes, '--free-tier-loss', 'accepted', '--output', 'json'],
      4,
      'E-MANAGEMENT-UNCONFIRMED',
    ],
    [
      'the invitation is from another account than expected',
      [{}],
      () => {},
      accept.map((word) => (word === other ? '999999999999' : word)),
      4,
      'E-MANAGEMENT-UNCONFIRMED',
    ],
    [
      'the loss of a free plan is not accepted',
      [{}],
      () => {},
      accept.filter((word) => word !== '--free-tier-loss' && word !== 'accepted'),
      2,
      'E-FREE-TIER-LOSS',
    ],
    [
      'a role with that name trusts another account',
      [{}],
      (world) => void world.accounts[own]?.roles.push(roleOf(stranger)),
      accept,
      7,
      'E-ROLE-CONFLICT',
    ],
    ['there is no invitation', [], () => {}, accept, 2, 'E-INVITATION-NONE'],
    ['the invitation was cancelled', [{ state: 'CANCELED', endedAt: now.toISOString() }], () => {}, accept, 7, 'E-INVITATION-ENDED'],
    ['the invitation has expired', [{ expiresAt: '2026-11-22T10:00:00.000Z' }], () => {}, accept, 7, 'E-INVITATION-ENDED'],
  ];
  it.each(table)('changes nothing if %s', async (_, handshakes, change, argv, exit, code) => {
    const shell = await signedIn({ world: outside(handshakes), edit: (_account, world) => change(world) });
    const ran = await shell.run(argv);
    const report = JSON.parse(ran.stdout) as AccountsReport;
    expect([ran.code, report.error?.code, ran.writes]).toEqual([exit, code, []]);
  });

  it.each([
    ['there is no invitation', []],
    ['it was cancelled', [{ state: 'CANCELED' as const, endedAt: now.toISOString() }]],
  ])('prints a command that can be copied if %s', async (_, handshakes) => {
    const shell = await signedIn({ world: outside(handshakes) });
    const { stderr } = await shell.run(['accounts', 'accept', ...yes, '--management-account-id', other]);
    expect(stderr).toContain(`the management account:\n  run: bootstrap accounts invite --id ${own}\n`);
  });

  describe('as a member of another organization', () => {
    const former = '777788889999';
    const formerId = 'o-formerorg11';
    const formerTrust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${former}:root` }, Action: 'sts:AssumeRole' }],
    });
    /** An account that an organization created (and can access by its role), and that the organization of `other` invites. */
    const member = (): World => {
      const world = outside();
      const [organization] = world.organizations;
      const [first] = organization?.members ?? [];
      const account = world.accounts[own];
      if (organization === undefined || first === undefined || account === undefined) throw new Error('there is no organization');
      world.accounts[former] = newAccount({ id: former, name: 'Former', email: 'former@example.com', now });
      account.createdAt = '2026-01-01T00:00:00.000Z';
      account.payment = 'missing';
      account.roles.push({ ...roleOf(formerTrust), attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] });
      const members = [own, former].map((accountId) => ({ ...first, accountId, joinedMethod: 'CREATED' as const }));
      world.organizations.push({ ...organization, id: formerId, managementAccountId: former, members });
      return world;
    };
    const transfer = ['accounts', 'accept', ...yes, '--management-account-id', other, '--role', 'NewAccess', '--output', 'json'];
    const confirmed = [...transfer, '--transfer-from', formerId];
    const organizationsOf = (world: World) =>
      world.organizations.filter(({ members }) => members.some(({ accountId }) => accountId === own)).map(({ id }) => id);

    it('moves to the organization that invites it, and reports the role that the former one can still assume', async () => {
      const shell = await signedIn({ world: member() });
      const ran = await shell.run(confirmed);
      const report = JSON.parse(ran.stdout) as AccountsReport;
      expect([ran.code, ran.writes]).toEqual([5, ['iam:CreateRole', 'iam:AttachRolePolicy', 'organizations:AcceptHandshake']]);
      expect([organizationsOf(shell.world()), report.organizationId]).toEqual([['o-exampleorg1'], 'o-exampleorg1']);
      expect(report.notes).toEqual([
        `Account ${own} left organization ${formerId}, managed by account ${former}.`,
        expect.stringContaining(`The role ${accessRole} still trusts account ${former}`),
      ]);
      const again = await shell.run(confirmed);
      expect([again.code, again.writes]).toEqual([5, []]);
    });

    it('must be confirmed with the id of the organization that it leaves; the error names both organizations', async () => {
      const shell = await signedIn({ world: member() });
      const { code, report } = await json(shell.run(transfer));
      expect([code, report.error?.code]).toEqual([4, 'E-TRANSFER-UNCONFIRMED']);
      for (const text of [formerId, former, 'o-exampleorg1', other]) expect(report.error?.message).toContain(text);
      expect(report.error?.next).toContain(`--transfer-from ${formerId}`);
      expect(organizationsOf(shell.world())).toEqual([formerId]);
    });

    it('continues if the answer to the transfer is lost', async () => {
      const shell = await signedIn({ world: member() });
      shell.sandbox.world.knobs.faults = [lost('organizations:AcceptHandshake')];
      const ran = await shell.run(confirmed);
      expect([ran.code, ran.writes.filter((name) => name === 'organizations:AcceptHandshake')]).toEqual([
        5,
        ['organizations:AcceptHandshake'],
      ]);
      expect(organizationsOf(shell.world())).toEqual(['o-exampleorg1']);
    });

    const refusals: readonly (readonly [string, (world: World) => void, readonly string[], number, string])[] = [
      [
        'the confirmation names another organization',
        () => {},
        [...transfer, '--transfer-from', 'o-exampleorg1'],
        4,
        'E-TRANSFER-UNCONFIRMED',
      ],
      [
        'the inviting account is not confirmed',
        () => {},
        confirmed.filter((word) => word !== '--management-account-id' && word !== other),
        4,
        'E-MANAGEMENT-UNCONFIRMED',
      ],
      [
        'the new role has the name of the old one',
        () => {},
        confirmed.map((word) => (word === 'NewAccess' ? accessRole : word)),
        7,
        'E-ROLE-CONFLICT',
      ],
      [
        'it is the management account of its organization',
        (world) => void Object.assign(world.organizations[1] ?? {}, { managementAccountId: own }),
        confirmed,
        7,
        'E-INVITATION-ELSEWHERE',
      ],
      ['there is no invitation', (world) => void (world.handshakes = []), confirmed, 2, 'E-INVITATION-NONE'],
    ];
    it.each(refusals)('changes nothing if %s', async (_, change, argv, exit, code) => {
      const shell = await signedIn({ world: member(), edit: (_account, world) => change(world) });
      const ran = await shell.run(argv);
      const report = JSON.parse(ran.stdout) as AccountsReport;
      expect([ran.code, report.error?.code, ran.writes]).toEqual([exit, code, []]);
    });

    it('reports that AWS does not transfer an account in its first four days', async () => {
      const shell = await signedIn({ world: member(), edit: (account) => void (account.createdAt = now.toISOString()) });
      const { code, report } = await json(shell.run(confirmed));
      expect([code, report.error?.code, report.error?.message]).toEqual([
        6,
        'E-ORGANIZATION-NOT-READY',
        expect.stringContaining('four days'),
      ]);
    });
  });

  it('explains a late refusal by AWS, and leaves a role that only trusts the named account', async () => {
    const shell = await signedIn({ world: outside(), edit: (account) => void (account.payment = 'missing') });
    const { code, report } = await json(shell.run(accept));
    expect([code, report.error?.code, report.error?.message]).toEqual([7, 'E-ORGANIZATION-REFUSED', 'This account has no payment method.']);
    expect(report.actions.map(({ action }) => action)).toEqual(['role-made', 'policy-attached']);
  });
});
