import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newAccount } from '../../src/sandbox/new-world.js';
import { sitDown } from '../screens/sitting.js';
import { inOrganization } from '../support/organization-shell.js';

/** The approval at the terminal, of every command that changes an organization: nothing is changed before it, or after another answer. */

const management = '111122223333';
const [first, second] = ['200000000001', '200000000002'] as const;
const invited = '444455556666';
type Place = Awaited<ReturnType<typeof inOrganization>>;
type Typed = readonly [question: RegExp, answer: string];

const placed = async (): Promise<Place> => {
  const place = await inOrganization({
    members: [['root-credentials', 'no-alias'], ['root-credentials']],
    centralRoot: true,
  });
  const { world } = place.sandbox;
  const now = place.clock.now();
  world.accounts[invited] = newAccount({ id: invited, name: 'Other', email: 'other@example.com', now });
  world.handshakes.push({
    id: 'h-exampleinvite1',
    action: 'INVITE',
    organizationId: world.organizations[0]?.id ?? '',
    state: 'OPEN',
    target: { id: '555566667777', type: 'ACCOUNT' },
    requestedAt: now.toISOString(),
    expiresAt: '2026-12-08T10:00:00.000Z',
  });
  const entry = '{ name: member-1, email: aws+member-1@example.com, alias: { name: acme-one } }';
  writeFileSync(
    join(place.home, 'bootstrap.yaml'),
    `version: 1\nalias: { name: acme-management }\norganization: { accounts: [${entry}] }\n`,
  );
  return place;
};
const sit = async ({ home, host, clock, sandbox }: Place, argv: readonly string[], typed: readonly Typed[]) => {
  const before = sandbox.calls.length;
  const writes = (): readonly string[] =>
    sandbox.calls
      .slice(before)
      .filter(({ write }) => write)
      .map(({ account, operation }) => `${account} ${operation}`);
  const sitting = sitDown({ argv, columns: 100, home, clock, handler: sandbox.requestHandler, env: host.env as Record<string, string> });
  for (const [question, answer] of typed) {
    await sitting.until(question);
    expect(writes()).toEqual([]);
    sitting.type(answer);
  }
  return { code: await sitting.ended, writes: writes(), screen: sitting.lines().join('\n') };
};

const digitsOf = (name: string): RegExp => new RegExp(`Last four digits of ${name}:`);
const deletions = ['DeleteAccessKey', 'DeleteSigningCertificate', 'DeleteLoginProfile', 'DeactivateMFADevice'];

describe('the approval at the terminal of', () => {
  it.each<readonly [argv: readonly string[], question: RegExp, answer: string, other: string, writes: readonly string[]]>([
    [['accounts', 'close', first], digitsOf(String.raw`${first} \(member-1\)`), '0001', '3333', [`${management} CloseAccount`]],
    [
      ['accounts', 'create', '--name', 'lab', '--email', 'aws+lab@example.com'],
      digitsOf(management),
      '3333',
      '0001',
      [`${management} CreateAccount`],
    ],
    [
      ['accounts', 'invite', '--id', invited],
      new RegExp(`Invite account ${invited} into organization`),
      'y',
      '4444',
      [`${management} InviteAccountToOrganization`],
    ],
    [['accounts', 'cancel', '--handshake', 'h-exampleinvite1'], /Cancel the invitation/, 'y', '3333', [`${management} CancelHandshake`]],
    [
      ['accounts', 'secure-root', first],
      digitsOf(String.raw`${first} \(member-1\)`),
      '0001',
      '3333',
      deletions.map((name) => `${first} ${name}`),
    ],
    [['init', '--org', '--only', 'alias'], digitsOf(management), '3333', '0001', [`${first} CreateAccountAlias`]],
    [
      ['init', '--only', 'alias', '--alias', 'acme-other', '--replace-alias', '--no-tour'],
      digitsOf(management),
      '3333',
      'yyyy',
      [`${management} CreateAccountAlias`],
    ],
    [['undo', '--only', 'alias'], digitsOf(management), '3333', 'yyyy', [`${management} DeleteAccountAlias`]],
  ])('%j needs the right answer, and Enter declines', async (argv, question, answer, other, writes) => {
    const again = /\n> Type .*(?:decline|no)/;
    const declined = await sit(await placed(), argv, [
      [question, `${other}\r`],
      [again, `${'\u007F'.repeat(other.length)}\r`],
    ]);
    expect([declined.code, declined.writes], declined.screen).toEqual([3, []]);
    const approved = await sit(await placed(), argv, [[question, `${answer}\r`]]);
    expect([approved.code, approved.writes], approved.screen).toEqual([0, writes]);
  });

  it.each<readonly [argv: readonly string[], question: RegExp, planned: string]>([
    [['init', '--org', '--only', 'alias'], digitsOf(management), 'Set the account alias acme-one'],
    [
      ['init', '--only', 'alias', '--alias', 'acme-other', '--replace-alias'],
      digitsOf(management),
      'Replace the account alias acme-management with acme-other',
    ],
    [['undo', '--only', 'alias'], digitsOf(management), 'Delete the account alias acme-management'],
    [['accounts', 'cancel', '--handshake', 'h-exampleinvite1'], /Cancel the invitation/, 'h-exampleinvite1'],
  ])('%j shows the account and the changes with --quiet too', async (argv, question, planned) => {
    const { writes, screen } = await sit(await placed(), [...argv, '--quiet'], [[question, '\u0003']]);
    expect(writes).toEqual([]);
    expect(screen).toMatch(new RegExp(`^Account +${management}`, 'm'));
    expect(screen).toContain(planned);
  });

  it('init is not given by a plan that was saved at a terminal', async () => {
    const place = await placed();
    const saving = await sit(
      place,
      ['init', '--only', 'alias', '--alias', 'acme-other', '--replace-alias', '--save-plan', 'plan.json'],
      [],
    );
    expect([saving.code, saving.writes]).toEqual([0, []]);
    const refused = await sit(place, ['init', '--from-plan', 'plan.json', '--yes'], []);
    expect([refused.code, refused.writes, refused.screen]).toEqual([2, [], expect.stringContaining('saved at a terminal')]);
    const apply = ['init', '--from-plan', 'plan.json', '--no-tour'];
    const applied = await sit(place, apply, [[digitsOf(management), '3333\r']]);
    expect([applied.code, applied.writes], applied.screen).toEqual([0, [`${management} CreateAccountAlias`]]);
  });

  it('accounts secure-root --all is one for each account, and declining one leaves only that one', async () => {
    const place = await placed();
    const sitting = sitDown({
      argv: ['accounts', 'secure-root', '--all'],
      columns: 100,
      home: place.home,
      clock: place.clock,
      handler: place.sandbox.requestHandler,
      env: place.host.env as Record<string, string>,
    });
    await sitting.until(digitsOf(String.raw`${first} \(member-1\)`));
    sitting.type('\r');
    await sitting.until(digitsOf(String.raw`${second} \(member-2\)`));
    sitting.type('0002\r');
    expect(await sitting.ended).toBe(3);
    const rootOf = (id: string) => place.sandbox.world.accounts[id]?.root.passwordPresent;
    expect([rootOf(first), rootOf(second)]).toEqual([true, false]);
    expect(new Set(place.sandbox.calls.filter(({ write }) => write).map(({ account }) => account))).toEqual(new Set([second]));
  });
});
