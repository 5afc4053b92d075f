import { describe, expect, it } from 'vitest';
import type { AccountsReport } from '../../src/core/accounts.js';
import type { FaultRule } from '../../src/sandbox/world.js';
import { inOrganization } from '../support/organization-shell.js';
import type { MemberFault, OrganizationOptions } from '../support/organization-world.js';
import { practiceAccount } from './practice-account.js';

const management = '111122223333';
/** moto has no AssumeRoot: the practice account answers, and e2e/member-root compares the requests with the service model. */
const placed = async ({
  members = [['root-credentials'], []],
  ...options
}: Partial<OrganizationOptions> & {
  readonly members?: readonly (readonly MemberFault[])[];
  readonly as?: 'root';
  readonly around?: Parameters<typeof inOrganization>[0]['around'];
} = {}) => {
  const { around, ...rest } = options;
  const place = await inOrganization({ members, centralRoot: true, ...rest, ...(around === undefined ? {} : { around }) });
  const secure = async (...argv: readonly string[]) => {
    const ran = await place.run(['accounts', 'secure-root', ...argv, '--output', 'json']);
    return { ...ran, report: JSON.parse(ran.stdout) as AccountsReport };
  };
  const approved = (...argv: readonly string[]) => secure(...argv, '--account-id', management, '--yes');
  const failing = (...faults: readonly FaultRule[]) => {
    place.sandbox.world.knobs.faults = [...faults];
  };
  const rootOf = (at: number) => place.sandbox.world.accounts[place.members[at] ?? '']?.root;
  const sent = (operation: string) => place.sandbox.calls.filter((call) => call.operation === operation);
  const tasks = () => sent('AssumeRoot').map(({ input }) => (input['TaskPolicyArn'] as { arn: string }).arn.split('/').at(-1));
  const [first = '', second = ''] = place.members;
  return { ...place, secure, approved, failing, rootOf, sent, tasks, first, second };
};

const bare = { passwordPresent: false, accessKeys: [], signingCertificates: [], mfa: 'none' };
const audit = 'IAMAuditRootUserCredentials';
const deletion = 'IAMDeleteRootUserCredentials';

describe('bootstrap accounts secure-root', () => {
  it('deletes what root of a member has, and has nothing to do in a second run', async () => {
    const { approved, first, rootOf, tasks, sent } = await placed();
    const ended = await approved(first);
    expect([ended.code, ended.report.error]).toEqual([0, undefined]);
    expect(ended.report).toMatchObject({
      command: 'accounts secure-root',
      roots: [{ accountId: first, name: 'member-1', state: 'deleted', password: true, accessKeys: [{ active: true, lastUsed: null }] }],
      apiCalls: { writes: 4 },
    });
    expect(ended.report.actions.map(({ action }) => action)).toEqual([
      'root-key-deleted',
      'root-certificate-deleted',
      'root-password-deleted',
      'root-mfa-deactivated',
    ]);
    expect(rootOf(0)).toMatchObject(bare);
    expect(ended.report.notes.join(' ')).toContain('root-task/IAMCreateRootUserPassword');
    expect(tasks().filter((task) => task === deletion)).toHaveLength(1);
    const again = await approved(first);
    expect([again.code, again.report.apiCalls.writes, again.report.roots]).toMatchObject([0, 0, [{ state: 'none' }]]);
    expect(sent('AssumeRoot').every(({ input }) => input['DurationSeconds'] === 900)).toBe(true);
    expect(tasks().filter((task) => task === deletion)).toHaveLength(1);
  });

  it('only audits with --dry-run', async () => {
    const { secure, rootOf, tasks, first, run } = await placed();
    const before = structuredClone(rootOf(0));
    const ended = await secure('--all', '--dry-run');
    expect([ended.code, ended.report.apiCalls.writes, ended.report.dryRun]).toEqual([0, 0, true]);
    expect(ended.report.roots).toMatchObject([{ state: 'planned' }, { state: 'none' }]);
    expect(new Set(tasks())).toEqual(new Set([audit]));
    expect(rootOf(0)).toEqual(before);
    const { stdout } = await run(['accounts', 'secure-root', first, '--dry-run']);
    expect(stdout).toMatch(/access key AKIAROOT\w+, active, no known use/);
    expect(stdout).toMatch(/signing certificate TA7\w+/);
  });

  it('does not suggest --all for the accounts that you named', async () => {
    const { secure, members } = await placed({ members: Array.from({ length: 5 }, () => ['root-credentials'] as const) });
    const four = members.slice(0, 4);
    expect((await secure(...four, '--dry-run')).report.next).toContain(`secure-root ${four.join(' ')}\``);
    expect((await secure('--all', '--dry-run')).report.next).toContain('secure-root --all`');
  });

  it('sends you to root for the keys of root of this account', async () => {
    const { error } = (await (await placed()).secure(management, '--dry-run')).report;
    expect(error?.next).toContain('`bootstrap keys delete --root --all --profile ROOT`');
  });

  it.each([
    ['without --yes', ['200000000001'], 2, 'E-NO-TERMINAL'],
    ['without the id of this account', ['200000000001', '--yes'], 4, 'E-NO-ACCOUNT-ID'],
    ['with --all instead of ids', ['--all', '--yes', '--account-id', management], 2, 'E-USAGE'],
    ['without accounts', ['--yes', '--account-id', management], 2, 'E-USAGE'],
    ['for the management account', [management, '--yes', '--account-id', management], 2, 'E-USAGE'],
    ['for an account of someone else', ['999999999999', '--yes', '--account-id', management], 2, 'E-MEMBER-NONE'],
  ] as const)('deletes nothing without a terminal %s', async (_what, argv, code, error) => {
    const { secure, tasks, rootOf } = await placed();
    const ended = await secure(...argv);
    expect([ended.code, ended.report.error?.code, tasks()]).toEqual([code, error, []]);
    expect(rootOf(0)?.passwordPresent).toBe(true);
    if (error === 'E-NO-TERMINAL') expect(ended.report.error?.next).toContain('print only what it would do with --dry-run');
  });

  it('names the way to turn central management on while it is off', async () => {
    const { approved, first, tasks } = await placed({ centralRoot: false });
    const ended = await approved(first);
    expect([ended.code, ended.report.error, tasks()]).toMatchObject([
      2,
      { code: 'E-CENTRAL-ROOT-OFF', next: expect.stringContaining('central-root: true') },
      [],
    ]);
  });

  it('deletes nothing if root has got another credential since the approval', async () => {
    const added = {
      id: 'AKIAROOTADDED0000001',
      secret: 's',
      status: 'Active',
      createdAt: '2026-11-23T10:00:00.000Z',
      lastUsed: null,
    } as const;
    const { approved, first, rootOf } = await placed({
      around: (handler, { world }) =>
        new Proxy(handler, {
          get: (target, name, receiver): unknown =>
            name === 'handle'
              ? (...given: Parameters<typeof handler.handle>) => {
                  if (String(given[0].body).includes(deletion)) world.accounts['200000000001']?.root.accessKeys.push({ ...added });
                  return target.handle(...given);
                }
              : (Reflect.get(target, name, receiver) as unknown),
        }),
    });
    expect(first).toBe('200000000001');
    const ended = await approved(first);
    expect([ended.code, ended.report.apiCalls.writes]).toEqual([6, 0]);
    expect(ended.report.roots).toMatchObject([
      { state: 'failed', error: { code: 'E-PLAN-CHANGED', message: expect.stringContaining('an access key'), changed: false } },
    ]);
    expect(rootOf(0)?.accessKeys.map(({ id }) => id)).toContain(added.id);
    expect(rootOf(0)?.passwordPresent).toBe(true);
  });

  it('is refused to root, which cannot open such sessions', async () => {
    const { approved, first, tasks } = await placed({ as: 'root' });
    const ended = await approved(first);
    expect([ended.code, ended.report.error?.code, tasks()]).toEqual([4, 'E-ORGANIZATION-ROOT', []]);
  });

  it('is unknown, and deletes nothing, without the permission', async () => {
    const { approved, first, rootOf } = await placed({ policies: ['ReadOnlyAccess'] });
    const ended = await approved(first);
    expect([ended.code, ended.report.roots]).toMatchObject([4, [{ state: 'unknown', error: { code: 'E-READ-DENIED' } }]]);
    expect(rootOf(0)?.passwordPresent).toBe(true);
  });

  it('continues with the next account when one fails, and deletes the rest in the next run', async () => {
    const { approved, first, second, failing, rootOf } = await placed({ members: [['root-credentials'], ['root-credentials']] });
    failing({ operation: 'iam:DeleteLoginProfile', account: first, times: 1, what: { kind: 'error', code: 'AccessDenied', status: 403 } });
    const ended = await approved(first, second);
    expect([ended.code, ended.report.roots]).toMatchObject([
      7,
      [{ state: 'failed', error: { code: 'E-WRITE-DENIED' } }, { state: 'deleted' }],
    ]);
    // The password is still protected by MFA.
    expect(rootOf(0)).toMatchObject({ passwordPresent: true, mfa: 'virtual', accessKeys: [] });
    const again = await approved(first, second);
    expect([again.code, rootOf(0), rootOf(1)]).toMatchObject([0, bare, bare]);
  });

  const deletions = ['DeleteAccessKey', 'DeleteSigningCertificate', 'DeleteLoginProfile', 'DeactivateMFADevice'] as const;
  const lost = ['drop-after', 'empty-after', 'truncated-after'] as const;
  it.each(deletions.flatMap((operation) => lost.map((kind) => [operation, kind] as const)))(
    'finds that %s was done when the response is lost (%s), and does not send it again',
    async (operation, kind) => {
      const { approved, first, failing, rootOf, sent } = await placed();
      failing({ operation: `iam:${operation}`, times: 1, what: { kind } });
      const ended = await approved(first);
      expect([ended.code, ended.report.roots?.[0]?.state, sent(operation).length]).toEqual([0, 'deleted', 1]);
      expect(rootOf(0)).toMatchObject(bare);
    },
  );

  it.each(deletions)('leaves a lost %s to the next run when AWS did not act', async (operation) => {
    const { approved, first, failing, rootOf, sent } = await placed();
    failing({ operation: `iam:${operation}`, times: 1, what: { kind: 'drop-before' } });
    const ended = await approved(first);
    expect([ended.code, ended.report.roots?.[0]?.error?.code, sent(operation).length]).toEqual([6, 'E-AMBIGUOUS', 1]);
    const again = await approved(first);
    expect([again.code, rootOf(0)]).toMatchObject([0, bare]);
  });
});

describe('secure-root in the practice account', () => {
  it('says that the command that gives root a password again is one for a real account', async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    practiced.edit((account, world) => {
      account.rootCredentialsManagement = true;
      for (const { trustedServices } of world.organizations) trustedServices.push('iam.amazonaws.com');
      for (const { root } of Object.values(world.accounts)) root.passwordPresent = true;
    });
    const { code, stdout } = await practiced.run([
      'accounts',
      'secure-root',
      '--all',
      '--dry-run',
      '--sandbox-as',
      'admin',
      '--output',
      'json',
    ]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as AccountsReport).notes).toEqual([
      expect.stringMatching(/^To give root of a member a password again, in a real account: `aws sts assume-root /),
    ]);
  });
});
