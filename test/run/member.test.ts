import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../../src/run/app.js';
import { inOrganization } from '../support/organization-shell.js';
import { accessRole, type MemberFault } from '../support/organization-world.js';

const connected = async (
  members: readonly (readonly MemberFault[])[],
  { mode = 'read', ...options }: { readonly mode?: 'read' | 'write'; readonly as?: 'root'; readonly policies?: readonly string[] } = {},
) => {
  const place = await inOrganization({ members, ...options });
  const connection = await makeApp(place.host, { output: 'table', input: false, color: false }).connect(mode, () => {});
  await connection.boundary.cloud.readAll('organizations:ListAccounts', {});
  const access = (index: number, role = accessRole) => connection.member(place.members[index] ?? '', role);
  return { ...place, connection, access };
};

describe('the way into a member account', () => {
  it('is signed by the role there', async () => {
    const { access, members, connection, sandbox } = await connected([[], []]);
    const member = access(1);
    expect(await member.enter()).toMatchObject({
      ok: true,
      value: { accountId: members[1], identity: { kind: 'role', name: accessRole } },
    });
    const aliases = await member.boundary.cloud.readAll('iam:ListAccountAliases', {});
    expect(aliases).toMatchObject({ ok: true, value: [{ AccountAliases: ['acme-member-2'] }] });
    expect(await connection.boundary.cloud.readAll('iam:ListAccountAliases', {})).toMatchObject({
      value: [{ AccountAliases: ['acme-management'] }],
    });
    expect(sandbox.calls.filter(({ operation }) => operation === 'AssumeRole')).toHaveLength(1);
    expect(connection.boundary.counts()).toEqual({ total: sandbox.calls.length, writes: 0 });
  });

  it('enters by itself when it is used before it is entered', async () => {
    const { access } = await connected([[]]);
    expect(await access(0).boundary.cloud.readAll('iam:ListAccountAliases', {})).toMatchObject({ ok: true });
  });

  it('is held to reading in a run that only reads, by the tool and by AWS', async () => {
    const { access, sandbox, members } = await connected([[]]);
    const member = access(0);
    await member.enter();
    await expect(member.boundary.cloud.write('iam:CreateGroup', { GroupName: 'g' })).rejects.toThrow('this command only reads');
    const [session] = Object.values(sandbox.world.sessions).filter(({ accountId }) => accountId === members[0]);
    expect(session?.policies).toHaveLength(1);
    expect(session?.policies?.[0]).not.toMatch(/"[a-z]+:(Create|Put|Update|Delete|Attach|Add|Enable|Modify)|\*:|"\*"\]/);
  });

  it('writes in a run that may write, and leads no further', async () => {
    const { access, sandbox, members } = await connected([[], []], { mode: 'write' });
    const member = access(0);
    await member.boundary.cloud.write('iam:CreateGroup', { GroupName: 'g' });
    expect(sandbox.world.accounts[members[0] ?? '']?.groups.map(({ name }) => name)).toEqual(['g']);
    await expect(member.boundary.cloud.assume(`arn:aws:iam::${members[1]}:role/${accessRole}`)).rejects.toThrow('named no such member');
  });

  it.each([
    ['there is no such role', 'role-missing'],
    ['it trusts another account', 'denied'],
    ['the account is suspended', 'suspended'],
  ] as const)('is closed when %s', async (_why, fault) => {
    const { access } = await connected([[fault]]);
    const member = access(0);
    expect(await member.enter()).toMatchObject({ ok: false, cause: 'denied', missingPermission: 'sts:AssumeRole', code: 'AccessDenied' });
    expect(await member.boundary.cloud.readAll('iam:ListAccountAliases', {})).toMatchObject({ ok: false, cause: 'denied' });
  });

  it('is closed to a caller whose own policies do not allow it', async () => {
    const { access } = await connected([[]], { policies: ['ReadOnlyAccess'] });
    expect(await access(0).enter()).toMatchObject({ ok: false, cause: 'denied' });
  });

  it('is not even tried by root', async () => {
    const { access, calls } = await connected([[]], { as: 'root' });
    expect(await access(0).enter()).toMatchObject({ ok: false, message: 'root cannot assume roles' });
    expect(calls()).not.toContain('sts:AssumeRole');
  });

  it('is tried again after a refusal', async () => {
    const { access, sandbox, members } = await connected([['denied'], []]);
    const member = access(0);
    expect((await member.enter()).ok).toBe(false);
    const [first, second] = members.map((id) => sandbox.world.accounts[id]);
    if (first !== undefined && second !== undefined) first.roles = structuredClone(second.roles);
    expect((await member.enter()).ok).toBe(true);
    expect(await member.boundary.cloud.readAll('iam:ListAccountAliases', {})).toMatchObject({ ok: true });
  });

  it('renews its credentials before they expire', async () => {
    const { access, clock, calls } = await connected([[]]);
    const member = access(0);
    await member.enter();
    const read = async (minutes: number): Promise<number> => {
      clock.advance(minutes * 60_000);
      member.boundary.forget();
      expect(await member.boundary.cloud.readAll('iam:ListAccountAliases', {})).toMatchObject({ ok: true });
      return calls().filter((call) => call === 'sts:AssumeRole').length;
    };
    expect([await read(0), await read(54), await read(2), await read(40), await read(30)]).toEqual([1, 1, 2, 2, 3]);
  });

  it('shows no secret, however it is looked at', async () => {
    const { access, sandbox } = await connected([[]]);
    const member = access(0);
    const entered = await member.enter();
    await member.boundary.cloud.readAll('iam:ListAccountAliases', {});
    const secrets = Object.values(sandbox.world.sessions).flatMap(({ secret, token }) => [secret, token]);
    const seen = `${inspect([member, entered], { depth: 12, showHidden: true })}${JSON.stringify(entered)}`;
    for (const secret of secrets) expect(seen).not.toContain(secret);
  });
});
