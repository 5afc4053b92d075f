import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newAccount, newWorld, practiceAccountId } from '../../src/sandbox/new-world.js';
import type { World } from '../../src/sandbox/world.js';
import { seededRandom } from '../sandbox/practice.js';
import { testClock, testShell } from '../support/host.js';
import { newFolder, runProgram } from './program.js';

/**
 * The program is killed (SIGKILL) at each of its writes, before AWS acts and after, and run again once: there is one account, one
 * invitation, one role. The second run is in this process, where waiting takes no time.
 */
const own = practiceAccountId;
const other = '444455556666';
const role = 'OrganizationAccountAccessRole';
const now = new Date();

const organizationOf = (managementAccountId: string): World['organizations'][number] => ({
  id: 'o-exampleorg1',
  managementAccountId,
  featureSet: 'ALL',
  createdAt: now.toISOString(),
  trustedServices: [],
  finalizingUntil: null,
  accountLimit: 10,
  units: [],
  rootId: 'r-exam',
  members: [{ accountId: managementAccountId, joinedMethod: 'INVITED', joinedAt: now.toISOString(), parent: 'r-exam', tags: {} }],
  requests: [],
});

/** The practice account and one more; `manages` has an organization without other members. */
const worldOf = (manages: string, handshakes: World['handshakes'] = []): World => {
  const world = newWorld({ now, random: seededRandom() });
  world.accounts[other] = newAccount({ id: other, name: 'Other', email: 'other@example.com', now });
  return { ...world, organizations: [organizationOf(manages)], handshakes };
};
const invitation: World['handshakes'][number] = {
  id: 'h-exampleinvite1',
  action: 'INVITE',
  organizationId: 'o-exampleorg1',
  state: 'OPEN',
  target: { id: own, type: 'ACCOUNT' },
  requestedAt: now.toISOString(),
  expiresAt: new Date(now.getTime() + 15 * 86_400_000).toISOString(),
};

const home = newFolder();
const file = join(home, 'world.json');
const place = (world: World): void => {
  for (const left of ['', '.journal', '.secrets']) rmSync(`${file}${left}`, { recursive: true, force: true });
  writeFileSync(file, JSON.stringify(world), { mode: 0o600 });
};
const read = (): World => JSON.parse(readFileSync(file, 'utf8')) as World;

/** Killed at the n-th write; what a second run ends with, and the world after it. */
const killed = async (world: World, argv: readonly string[], atWrite: number, when: 'before' | 'after') => {
  place({ ...structuredClone(world), knobs: { crash: { atWrite, when }, createAccountPolls: 0 } });
  const first = await runProgram([...argv, '--yes', '--quiet', '--sandbox-file', file], { home });
  const left = `${file}.left`;
  copyFileSync(file, left);
  const second = await testShell({ clock: testClock(new Date().toISOString()) }).run([...argv, '--yes', '--quiet', '--sandbox-file', file]);
  return { signal: first.signal, second, after: read(), left: JSON.parse(readFileSync(left, 'utf8')) as World };
};
const boundaries = (writes: number) =>
  Array.from({ length: writes }, (_, index) => [index + 1, 'before'] as const).flatMap(([n]) => [
    [n, 'before'] as const,
    [n, 'after'] as const,
  ]);

describe('accounts create, killed', { timeout: 60_000 }, () => {
  const argv = ['accounts', 'create', '--name', 'lab', '--email', 'you+lab@example.com', '--ou', 'Work', '--output', 'json'];
  // CreateAccount, CreateOrganizationalUnit, MoveAccount.
  it.each(boundaries(3))('at write %i, %s it takes effect, is completed by one more run', async (atWrite, when) => {
    const { signal, second, after } = await killed(worldOf(own), argv, atWrite, when);
    // Root cannot verify the role; the administrator has to.
    expect([signal, second.code, second.stderr]).toEqual(['SIGKILL', 5, expect.not.stringContaining('Warning')]);
    const [organization] = after.organizations;
    expect(organization?.requests.map(({ state }) => state)).toEqual(['SUCCEEDED']);
    expect(organization?.units.map(({ name }) => name)).toEqual(['Work']);
    const made = Object.values(after.accounts).filter(({ email }) => email === 'you+lab@example.com');
    expect(made).toHaveLength(1);
    expect(organization?.members.filter(({ accountId }) => accountId === made[0]?.id)).toMatchObject([
      { parent: organization?.units[0]?.id },
    ]);
    const journal = `${file}.journal/${own}.json`;
    const notes = existsSync(journal) ? (JSON.parse(readFileSync(journal, 'utf8')) as { entries: { state: string }[] }).entries : [];
    expect(notes.filter(({ state }) => state !== 'closed')).toEqual([]);
  });
});

describe('accounts invite, killed', { timeout: 60_000 }, () => {
  it.each(boundaries(1))('at write %i, %s it takes effect, is completed by one more run', async (atWrite, when) => {
    const { signal, second, after } = await killed(worldOf(own), ['accounts', 'invite', '--id', other], atWrite, when);
    expect([signal, second.code]).toEqual(['SIGKILL', 0]);
    expect(after.handshakes.map(({ action, state }) => [action, state])).toEqual([['INVITE', 'OPEN']]);
  });
});

describe('accounts accept, killed', { timeout: 60_000 }, () => {
  const argv = ['accounts', 'accept', '--management-account-id', other, '--free-tier-loss', 'accepted'];
  // CreateRole, AttachRolePolicy, AcceptHandshake.
  it.each(boundaries(3))('at write %i, %s it takes effect, is completed by one more run', async (atWrite, when) => {
    const { signal, second, after, left } = await killed(worldOf(other, [invitation]), argv, atWrite, when);
    expect([signal, second.code, second.stderr]).toEqual(['SIGKILL', 5, expect.not.stringContaining('FAILED')]);
    const [organization] = after.organizations;
    expect(organization?.members.filter(({ accountId }) => accountId === own)).toHaveLength(1);
    expect(after.handshakes.map(({ state }) => state)).toEqual(['ACCEPTED']);
    expect(after.accounts[own]?.roles.filter(({ name }) => name === role)).toMatchObject([
      { attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
    ]);
    // Never a member without its role.
    const joined = left.organizations[0]?.members.some(({ accountId }) => accountId === own) ?? false;
    const reachable = left.accounts[own]?.roles.some(({ name, attachedPolicies }) => name === role && attachedPolicies.length === 1);
    expect(joined && reachable !== true).toBe(false);
  });
});
