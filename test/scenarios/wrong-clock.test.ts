import { describe, expect, it } from 'vitest';
import type { UserWorld } from '../../src/sandbox/world.js';
import { own, signedIn } from './practice-account.js';

/** The clock of this computer is wrong by more than five minutes: dates that AWS gets, or that are compared with its own, are by its clock. */

const day = 86_400_000;
const given = ['--yes', '--account-id', own, '--output', 'json'];
const budgetFlags = ['--only', 'budget', '--budget', '10 USD', '--email', 'ops@example.com'];

const userWithKey = (
  name: string,
  createdAt: string,
  tags: Record<string, string>,
  lastUsed: UserWorld['accessKeys'][number]['lastUsed'],
): UserWorld => ({
  id: `AIDA${name.toUpperCase()}`,
  name,
  path: '/',
  createdAt,
  tags,
  groups: [],
  attachedPolicies: [],
  inlinePolicies: {},
  password: null,
  accessKeys: [{ id: 'AKIAEXAMPLE00000000A', secret: 'ASECRETSECRETSECRETSECRETSECRETSECRETSEC', status: 'Active', createdAt, lastUsed }],
});

describe('with a wrong clock', () => {
  it.each([
    [8, '2026-12-01'],
    [-25, '2026-10-01'],
  ])('%i days behind AWS, init creates a budget that starts in the month of AWS', async (days, start) => {
    const shell = await signedIn({ aheadMs: days * day });
    const { code, stderr } = await shell.run(['init', ...given, ...budgetFlags]);
    expect(code, stderr).toBe(0);
    expect(shell.account().budgets.map(({ budget }) => JSON.stringify(budget['TimePeriod']))).toEqual([expect.stringContaining(start)]);
  });

  it.each([
    [-2, 5],
    [2, 0],
  ])('%i hours behind AWS, undo counts the last hour of a key by the clock of AWS', async (hours, code) => {
    const shell = await signedIn({ aheadMs: hours * 3_600_000 });
    // 90 minutes ago by the clock of this computer.
    const at = new Date(shell.clock.now().getTime() - (hours < 0 ? 150 : 30) * 60_000).toISOString();
    const tags = { 'created-by': 'aws-account-bootstrap' };
    shell.sandbox.world.accounts[own]?.users.push(
      userWithKey('alex', '2026-11-01T00:00:00.000Z', tags, { at, service: 's3', region: 'us-east-1' }),
    );
    const undone = await shell.run(['undo', ...given, '--only', 'admin-user']);
    expect([undone.code, shell.account().users.length]).toEqual([code, code === 5 ? 1 : 0]);
  });

  it('keys list shows ages by the clock of AWS', async () => {
    const shell = await signedIn({ aheadMs: 10 * day });
    shell.sandbox.world.accounts[own]?.users.push(userWithKey('ci', '2026-11-23T10:00:00.000Z', {}, null));
    const { stdout } = await shell.run(['keys', 'list', '--output', 'json']);
    expect((JSON.parse(stdout) as { readonly keys: readonly object[] }).keys).toMatchObject([{ ageDays: 10 }]);
  });
});
