import { AcceptHandshakeCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/core/journal.js';
import type { RunReport } from '../../../src/core/report.js';
import type { AccountWorld, World } from '../../../src/sandbox/world.js';
import { own } from '../../scenarios/practice-account.js';
import { config } from '../../scenarios/starting-states.js';
import { actionsOf, limitedUser, printed, without } from './limited-user.js';

/** All that init can be asked for. */
const yaml = config().replace(
  /organization: .*\n/,
  'organization: { free-tier-loss: accepted, central-root: true, accounts: [{ name: sandbox, email: you+sandbox@example.com, ou: Work, tags: { team: a } }] }\n',
);
const policy = await printed(['init', '--account-id', own], yaml);

const init = ['init', '--yes', '--secrets-file', 'secrets.json', '--output', 'json'] as const;
type User = Awaited<ReturnType<typeof limitedUser>>;
const run = async (user: User) => {
  const { stdout, code } = await user.run(init);
  return { code, report: JSON.parse(stdout) as RunReport };
};
const start = (edit?: (account: AccountWorld, world: World) => void, under = policy): Promise<User> =>
  limitedUser(under, { yaml, ...(edit === undefined ? {} : { edit }) });

/** An account with what earlier runs left behind: an MFA device, and a key whose answer was lost. */
const withLeftovers = (account: AccountWorld, world: World): void => {
  const { createdAt } = account;
  const serial = `arn:aws:iam::${own}:mfa/alex`;
  account.mfaDevices.push({
    serial,
    seed: null,
    kind: 'virtual',
    user: null,
    enabledAt: null,
    createdAt,
    tags: { 'created-by': 'aws-account-bootstrap' },
  });
  world.knobs = { faults: [{ operation: 'iam:CreateAccessKey', times: 1, what: { kind: 'drop-after' } }] };
};

/** As a run leaves it that was killed when AWS had the password: the journal does not say more, and its place has lost it since. */
const forgetPassword = (home: string): void => {
  const journal = join(home, '.local', 'state', 'aws-account-bootstrap', 'journal', `${own}.json`);
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { readonly entries: readonly JournalEntry[] };
  const killed = entries.map((entry) => (entry.kind === 'console-password' ? { ...entry, state: 'stored' } : entry));
  writeFileSync(journal, JSON.stringify({ ...rest, entries: killed }));
  rmSync(join(home, 'secrets.json'));
};

describe('the policy of init', () => {
  it('is sufficient to create everything, and to clean up after earlier runs', async () => {
    const user = await start(withLeftovers);
    const first = await run(user);
    expect(user.denied()).toEqual([]);
    expect(first.report.steps?.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'billing-access manual',
      'budget done',
      'admin-user done',
      'mfa manual',
      'alias done',
      'access-keys done',
      'organization done',
    ]);
    expect(first.code).toBe(5);
    expect((await run(user)).code).toBe(5);
    expect(user.denied()).toEqual([]);
  });

  it('contains exactly the actions that its runs use', async () => {
    const user = await start(withLeftovers);
    await run(user);
    forgetPassword(user.home);
    await run(user);
    // Consolidated billing only, as an organization that was created manually may have.
    for (const organization of user.sandbox.world.organizations) organization.featureSet = 'CONSOLIDATED_BILLING';
    await run(user);
    expect(user.denied()).toEqual([]);
    // What AWS asks for by itself is seen when it is missing: the next test.
    const dependent = ['iam:CreateServiceLinkedRole', 'iam:TagMFADevice', 'iam:TagUser', 'organizations:TagResource'];
    expect([...new Set([...user.used(), ...dependent])].toSorted()).toEqual(actionsOf(policy));
  });

  it.each(['iam:CreateServiceLinkedRole', 'iam:TagMFADevice', 'iam:TagUser', 'organizations:TagResource', 'iam:AttachGroupPolicy'])(
    'lacks nothing: without %s a step fails',
    async (action) => {
      const user = await start(undefined, without(policy, action));
      const { report, code } = await run(user);
      expect(report.steps?.filter(({ status }) => status === 'failed').length).toBeGreaterThan(0);
      expect(code).toBe(7);
    },
  );

  it('allows no other changes: it names the users, groups, devices and the budget of the config', () => {
    const writes = policy.Statement.filter(({ Action }) =>
      Action.some((action) => /:(Create|Delete|Update|Enable|Attach|Add|Modify|Put)/.test(action)),
    );
    const wide = writes.filter(({ Resource }) => [Resource].flat().some((resource) => resource !== '*' && /[:/]\*$/.test(resource)));
    expect(wide).toEqual([]);
    expect(JSON.stringify(writes)).toContain(`"arn:aws:iam::${own}:user/alex"`);
  });

  it('changes members, units and handshakes of its own organization only, and accepts no invitation', () => {
    const limited = policy.Statement.filter(({ Action }) => Action.some((action) => action.startsWith('organizations:'))).flatMap(
      ({ Action, Resource }) => Action.map((action) => [action, Resource]),
    );
    const own_ = (...paths: readonly string[]) => paths.map((path) => `arn:aws:organizations::${own}:${path}`);
    expect(Object.fromEntries(limited.filter(([, resource]) => resource !== '*'))).toEqual({
      'organizations:AcceptHandshake': own_('handshake/o-*/enable_all_features/h-*', 'handshake/o-*/approve_all_features/h-*'),
      'organizations:CreateOrganizationalUnit': own_('root/o-*/r-*', 'ou/o-*/ou-*'),
      'organizations:ListOrganizationalUnitsForParent': own_('root/o-*/r-*', 'ou/o-*/ou-*'),
      'organizations:ListParents': `arn:aws:organizations::${own}:account/o-*/*`,
      'organizations:MoveAccount': own_('account/o-*/*', 'root/o-*/r-*', 'ou/o-*/ou-*'),
      'organizations:TagResource': `arn:aws:organizations::${own}:account/o-*/*`,
    });
  });

  it('does not allow its user to join the organization of a stranger', async () => {
    const stranger = '444455556666';
    const id = 'h-exampleinvite1';
    const user = await start((account, world) => {
      const at = account.createdAt;
      world.accounts[stranger] = { ...structuredClone(account), id: stranger, email: 'stranger@example.com', users: [] };
      world.organizations.push({
        id: 'o-exampleorg1',
        managementAccountId: stranger,
        featureSet: 'ALL',
        createdAt: at,
        trustedServices: [],
        finalizingUntil: null,
        accountLimit: 10,
        units: [],
        rootId: 'r-exam',
        members: [{ accountId: stranger, joinedMethod: 'INVITED', joinedAt: at, parent: 'r-exam', tags: {} }],
        requests: [],
      });
      world.handshakes.push({
        id,
        action: 'INVITE',
        organizationId: 'o-exampleorg1',
        state: 'OPEN',
        target: { id: own, type: 'ACCOUNT' },
        requestedAt: at,
        expiresAt: '2100-01-01T00:00:00.000Z',
      });
    });
    const organizations = new OrganizationsClient({
      region: 'us-east-1',
      credentials: user.credentials,
      requestHandler: user.sandbox.requestHandler,
    });
    const refused = await organizations.send(new AcceptHandshakeCommand({ HandshakeId: id })).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`on resource: arn:aws:organizations::${stranger}:handshake/o-exampleorg1/invite/${id}`),
    });
  });

  it('only attaches the policies of the config', () => {
    const attach = policy.Statement.filter(({ Action }) => Action.includes('iam:AttachGroupPolicy'));
    expect(attach.map(({ Resource, Condition }) => [Resource, Condition])).toEqual([
      [`arn:aws:iam::${own}:group/Administrators`, { ArnEquals: { 'iam:PolicyARN': ['arn:aws:iam::aws:policy/AdministratorAccess'] } }],
      [`arn:aws:iam::${own}:group/ci-readers`, { ArnEquals: { 'iam:PolicyARN': ['arn:aws:iam::aws:policy/ReadOnlyAccess'] } }],
    ]);
  });

  it.each([
    ['ReadOnlyAccess', ['ReadOnlyAccess'], false],
    ['ViewOnlyAccess', ['job-function/ViewOnlyAccess'], false],
    ['AmazonS3ReadOnlyAccess', ['', 'job-function/', 'service-role/'].map((path) => `${path}AmazonS3ReadOnlyAccess`), true],
    ['job-function/Billing', ['job-function/Billing'], true],
  ])('looks up %s only if its path is not certain', async (name, names, looksUp) => {
    const of = await printed(['init', '--account-id', own], yaml.replace('ReadOnlyAccess', name));
    const attach = of.Statement.filter(({ Resource }) => [Resource].flat().some((one) => one.endsWith(':group/ci-readers')));
    expect(attach.flatMap(({ Condition }) => Object.values(Condition ?? {}).flatMap((values) => Object.values(values).flat()))).toEqual(
      names.map((one) => `arn:aws:iam::aws:policy/${one}`),
    );
    expect(actionsOf(of).includes('iam:ListPolicies')).toBe(looksUp);
  });
});
