import { describe, expect, it } from 'vitest';
import { openFindingIds, practiceAccount } from './practice-account.js';

/** Who is signed in to the practice account. */

const asAdmin = ['--sandbox-as', 'admin'];

describe('the practice account as its administrator', () => {
  it('has no administrator before init, and reports the command that creates one', async () => {
    const account = practiceAccount();
    const { code, stderr, writes } = await account.run(['check', '--org', ...asAdmin]);
    expect([code, writes]).toEqual([4, []]);
    expect(stderr).toContain('The practice account has no administrator yet.');
    expect(stderr).toMatch(/Next: Create one as root:\s+`bootstrap init --sandbox-as root --sandbox-file \S+`/);
  });

  it('checks the organization, which root cannot', async () => {
    const account = practiceAccount();
    await account.run(['init', '--yes']);
    const root = await account.run(['check', '--org']);
    expect([root.code, root.stderr]).toEqual([4, expect.stringContaining('add --sandbox-as admin')]);
    const { report } = await account.report(['check', '--org', ...asAdmin]);
    expect(report.account?.identity.kind).toBe('user');
    expect(report.accounts?.map(({ name, unseen }) => [name, unseen])).toEqual([
      ['Practice', null],
      ['sandbox', null],
    ]);
    expect(report.exit.code).toBe(3);
  });

  it('verifies the role in the member account, which root leaves open, and prints commands for the same user', async () => {
    const account = practiceAccount();
    expect(openFindingIds((await account.report(['init', '--yes'])).report)).toContain('organization.access-role');
    const { report, writes } = await account.report(['init', '--yes', ...asAdmin]);
    expect(writes).toEqual([]);
    expect(openFindingIds(report)).toEqual(['billing-access.switch', 'mfa.root']);
    const { stdout } = await account.run(['init', '--yes', ...asAdmin]);
    expect(stdout).toMatch(/`bootstrap init --sandbox-file \S+ --sandbox-as admin`/);
  });

  it('lists keys and accounts as that user', async () => {
    const account = practiceAccount();
    await account.run(['init', '--yes']);
    const keys = await account.run(['keys', 'list', ...asAdmin]);
    expect([keys.code, keys.stdout]).toEqual([0, expect.stringMatching(/as user admin[^]*ci +AKIA/)]);
    const accounts = await account.run(['accounts', 'list', ...asAdmin]);
    expect([accounts.code, accounts.stdout]).toEqual([0, expect.stringContaining('you+sandbox@example.com')]);
  });

  it('does not remove the user that runs undo', async () => {
    const account = practiceAccount();
    await account.run(['init', '--yes']);
    expect((await account.run(['undo', '--yes', ...asAdmin])).code).toBe(5);
    expect(account.account().users.map(({ name }) => name)).toEqual(['admin']);
    expect((await account.run(['undo', '--yes'])).code).toBe(5);
    expect(account.account().users).toEqual([]);
  });
});

describe('check of the practice account', () => {
  it('has the rules of a real account, not the values of an unattended init', async () => {
    const account = practiceAccount();
    await account.run(['init', '--yes', '--alias', 'acme-prod', '--email', 'ops@example.com', '--admin-user', 'alex']);
    const { report } = await account.report(['check']);
    const open = report.results.filter(({ status }) => status !== 'pass' && status !== 'not-applicable').map(({ id }) => id);
    expect(open).toEqual(['billing-access.switch', 'mfa.root']);
  });
});
