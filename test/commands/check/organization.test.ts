import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Result, type RunReport, summaryOf } from '../../../src/core/report.js';
import { savedReport } from '../../../src/report/saved.js';
import { inOrganization } from '../../support/organization-shell.js';
import type { MemberFault } from '../../support/organization-world.js';

type Place = Awaited<ReturnType<typeof inOrganization>>;
const check = async (place: Place, ...argv: readonly string[]) => {
  const ran = await place.run(['check', '--org', '--output', 'json', ...argv]);
  return { ...ran, report: savedReport.parse(JSON.parse(ran.stdout)) };
};
const open = (report: RunReport, accountId: string | undefined): readonly string[] =>
  report.results
    .filter((one) => one.accountId === accountId && ['fail', 'unknown', 'manual'].includes(one.status))
    .map(({ id, status }) => `${id} ${status}`);
const only = (report: RunReport, accountId: string | undefined): Result => {
  const [first, ...others] = report.results.filter((one) => one.accountId === accountId);
  if (first === undefined || others.length > 0) throw new Error(`not one result of ${accountId}`);
  return first;
};
/** Only a user can see the billing switch of a member. */
const quiet = ['billing-access.switch manual'];

describe('check --org', () => {
  it('checks only the accounts of --accounts, which may be the management account or not', async () => {
    const place = await inOrganization({ members: 3 });
    const [first, second, third] = place.members;
    const some = await check(place, '--only', 'alias', '--accounts', `${third}, ${first}`);
    expect(some.report.accounts?.map(({ id }) => id)).toEqual([first, third]);
    expect(new Set(some.report.results.map(({ accountId }) => accountId))).toEqual(new Set([first, third]));
    const others = await check(place, '--only', 'alias', '--accounts', '111122223333', '--accounts', second ?? '');
    expect(others.report.accounts?.map(({ id }) => id)).toEqual(['111122223333', second]);
  });

  it.each([
    [['check', '--accounts', '444455556666'], 'Add --org', 0],
    [['check', '--org', '--accounts', '4444'], '"4444" is not an account id', 0],
    [['check', '--org', '--accounts', '999999999999'], 'not in this organization: 999999999999', 5],
  ])('refuses %j', async (argv, message, most) => {
    const place = await inOrganization({ members: 1 });
    const { code, stderr } = await place.run(argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(place.calls().length).toBeLessThanOrEqual(most);
  });

  it('judges the primary contact of a member inside the member', async () => {
    const place = await inOrganization({ members: 2 });
    const [first = '', second = ''] = place.members;
    Object.assign(place.sandbox.world.accounts[second] as object, { contact: {} });
    const { report } = await check(place, '--only', 'billing-access.primary-contact');
    expect(report.results.map(({ accountId, status }) => [accountId, status])).toEqual([
      ['111122223333', 'pass'],
      [first, 'pass'],
      [second, 'fail'],
    ]);
    expect(place.sandbox.calls.filter(({ operation }) => operation === 'GetContactInformation')).toHaveLength(3);
  });

  it('names no account with --redact', async () => {
    const place = await inOrganization({ members: [['no-alias'], ['no-budget', 'no-contact'], ['root-key']] });
    for (const format of ['table', 'json', 'jsonl', 'markdown', 'html', 'junit', 'sarif', 'csv']) {
      const { stdout, stderr } = await place.run(['check', '--org', '--redact', '--verbose', '--output', format]);
      expect(stdout).toContain('account-4');
      for (const name of ['111122223333', ...place.members, 'member-1', 'acme', 'alex']) expect(stdout + stderr).not.toContain(name);
    }
  });

  it('reports the management account and every member, each with its own findings', async () => {
    const faults: readonly (readonly MemberFault[])[] = [
      [],
      ['no-alias'],
      ['no-budget', 'no-contact'],
      ['no-password-policy'],
      ['root-key'],
    ];
    const place = await inOrganization({ members: faults });
    // A credential report takes AWS a while.
    const { code, report, stderr } = await check(place, '--skip', 'admin-user.root-at-rest');
    const [fine, alias, budget, policy, key] = place.members;
    expect(report.accounts?.map(({ id, name, role, unseen }) => [id, name, role, unseen])).toEqual([
      ['111122223333', 'Management', 'management', null],
      ...place.members.map((id, index) => [id, `member-${index + 1}`, 'member', null]),
    ]);
    expect(report.accounts?.[1]).toMatchObject({
      alias: 'acme-member-1',
      identity: { kind: 'role', arn: `arn:aws:sts::${fine}:assumed-role/OrganizationAccountAccessRole/aws-account-bootstrap` },
    });
    expect(open(report, fine)).toEqual(quiet);
    expect(open(report, alias)).toEqual([...quiet, 'alias.set fail']);
    expect(open(report, budget)).toEqual([
      ...quiet,
      'billing-access.contact fail',
      'billing-access.security-contact fail',
      'budget.exists fail',
    ]);
    expect(open(report, policy)).toEqual([...quiet, 'admin-user.password-policy fail']);
    expect(open(report, key)).toEqual(expect.arrayContaining(['access-keys.root fail']));
    expect(report.account?.id).toBe('111122223333');
    expect(report.summary).toEqual(summaryOf(report.results));
    expect(report.accounts?.map(({ summary }) => summary.fail)).toEqual([2, 0, 1, 3, 1, 2]);
    expect([code, report.exit.code]).toEqual([3, 3]);
    expect(report.apiCalls.total).toBe(place.sandbox.calls.length);
    expect(stderr).toContain('6 of 6 accounts');
  });

  it('changes nothing anywhere, and assumes roles in members alone', async () => {
    const place = await inOrganization({ members: [[], ['no-budget'], ['denied']] });
    const before = structuredClone(place.sandbox.world.accounts);
    const { report } = await check(place);
    expect(report.apiCalls.writes).toBe(0);
    expect(place.sandbox.calls.filter(({ write }) => write)).toEqual([]);
    const assumed = place.sandbox.calls.filter(({ operation }) => operation === 'AssumeRole').map(({ input }) => input['RoleArn']);
    expect(assumed).toEqual(place.members.map((id) => `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`));
    for (const [id, account] of Object.entries(place.sandbox.world.accounts))
      expect({ ...account, credentialReport: null, users: [] }).toEqual({ ...before[id], credentialReport: null, users: [] });
  });

  it.each<readonly [string, MemberFault, string, number]>([
    ['without the role', 'role-missing', 'denied', 4],
    ['whose role trusts someone else', 'denied', 'denied', 4],
  ])('calls an account %s unknown, as severe as what cannot be checked there', async (_what, fault, cause, code) => {
    const place = await inOrganization({ members: [[], [fault]] });
    const { report, code: ended } = await check(place);
    const result = only(report, place.members[1]);
    expect(result).toMatchObject({ id: 'organization.access-role', status: 'unknown', cause, severity: 'critical' });
    expect(result.reason).toContain(
      'the role OrganizationAccountAccessRole does not exist or does not trust you, or you may not assume it',
    );
    expect(report.accounts?.[2]).toMatchObject({ identity: null, unseen: result.reason, summary: { unknown: 1, fail: 0 } });
    expect(open(report, place.members[0])).not.toContain('organization.access-role unknown');
    expect(ended).toBe(code);
  });

  it.each<readonly [MemberFault, string]>([
    ['suspended', 'The account is suspended'],
    ['closed', 'The account is closed'],
  ])('has nothing to check in an account that is %s', async (fault, reason) => {
    const place = await inOrganization({ members: [[fault]] });
    const { report, code } = await check(place);
    expect(only(report, place.members[0])).toMatchObject({ status: 'not-applicable', reason });
    expect(place.calls()).not.toContain('sts:AssumeRole');
    expect(code).toBe(0);
  });

  it('has nothing to check in an account that AWS is closing', async () => {
    const place = await inOrganization({ members: 1 });
    Object.assign(place.sandbox.world.accounts[place.members[0] ?? ''] ?? {}, { state: 'PENDING_CLOSURE' });
    const { report } = await check(place, '--only', 'alias');
    expect(only(report, place.members[0])).toMatchObject({ status: 'not-applicable', reason: 'The account is being closed' });
    expect(place.calls()).not.toContain('sts:AssumeRole');
  });

  it('is not held up by an account whose answers take long, nor by one that only errs', async () => {
    const faults: MemberFault[][] = [['slow'], ['broken'], ...Array.from({ length: 6 }, () => [])];
    const place = await inOrganization({ members: faults, slowMs: 150 });
    const { report, stderr } = await check(place, '--only', 'alias,mfa');
    const [slow, broken, ...others] = place.members;
    // The slow one is looked at all the same, and last.
    expect(open(report, slow)).toEqual([]);
    expect(report.results.filter(({ accountId }) => accountId === slow).length).toBeGreaterThan(2);
    const last = place.sandbox.calls.findLastIndex(({ account }) => others.includes(account ?? ''));
    expect(place.sandbox.calls.findLastIndex(({ account }) => account === slow)).toBeGreaterThan(last);
    expect(new Set(open(report, broken).map((line) => line.split(' ')[1]))).toEqual(new Set(['unknown']));
    for (const id of others) expect(open(report, id)).toEqual([]);
    expect(stderr).toContain('9 of 9 accounts');
  });

  it('stops on a signal, half-way through the accounts', async () => {
    const stop = new AbortController();
    const place = await inOrganization({
      members: 8,
      around: (handler) => ({
        ...handler,
        handle: (request: unknown, options: unknown) => {
          if (place.calls().filter((call) => call === 'sts:AssumeRole').length >= 3) stop.abort('SIGINT');
          return (handler as { readonly handle: (...given: unknown[]) => unknown }).handle(request, options);
        },
      }),
    });
    const { code, stdout } = await place.run(['check', '--org', '--output', 'json'], { signal: stop.signal });
    expect([code, JSON.parse(stdout).exit.name]).toEqual([130, 'interrupted']);
  });

  it('goes by what the config says of a member, and of all of them', async () => {
    const place = await inOrganization({ members: [[], [], ['no-alias']] });
    const contact = '{ name: Other, title: Ops, email: other@example.com, phone: "+1 555 0100" }';
    const config = [
      'version: 1',
      `billing-access: { security-contact: ${contact} }`,
      'admin-user: { name: alex, password-policy: { minimum-length: 20 } }',
      'organization:',
      '  accounts:',
      '    - { name: member-1, email: AWS+member-1@example.com, alias: { name: other-name }, budget: { name: Other, limit: 5 USD } }',
      '    - { name: member-3, email: aws+member-3@example.com, alias: { name: acme-three } }',
      '',
    ].join('\n');
    writeFileSync(join(place.home, 'bootstrap.yaml'), config);
    const { report } = await check(place, '--only', 'alias,budget,admin-user.password-policy,billing-access.security-contact');
    const [one, two, three] = place.members;
    expect(open(report, one)).toEqual([
      'billing-access.security-contact fail',
      'budget.exists fail',
      'admin-user.password-policy fail',
      'alias.name fail',
    ]);
    expect(open(report, two)).toEqual(['billing-access.security-contact fail', 'admin-user.password-policy fail']);
    const alias = report.results.find(({ id, accountId }) => id === 'alias.set' && accountId === three);
    expect(alias).toMatchObject({ expected: 'acme-three', remediation: { by: 'init', command: 'bootstrap init --org --only alias' } });
    // Of the administrator, who is the management account's, nothing is asked there.
    expect(report.results.filter(({ id, accountId }) => id === 'admin-user.exists' && accountId === two)).toEqual([]);
  });

  it('waives findings in all accounts together, and warns of a waiver that no account needs', async () => {
    const place = await inOrganization({ members: [['no-alias'], ['no-budget']] });
    const waiver = (check: string, more = ''): string => `  - { check: ${check}, reason: later, owner: alex, expires: 2027-01-15${more} }`;
    const waivers = [waiver('alias.set'), waiver('budget.exists', `, resource: "${place.members[0]}"`)];
    writeFileSync(
      join(place.home, 'bootstrap.yaml'),
      ['version: 1', 'alias: { name: acme-management }', 'waivers:', ...waivers, ''].join('\n'),
    );
    const { code, report, stderr } = await check(place, '--only', 'alias,budget', '--fail-on', 'low');
    const [one, two] = place.members;
    const of = (id: string | undefined) =>
      report.results.filter(({ accountId }) => accountId === id).map((one) => `${one.id} ${one.status}`);
    expect(of(one)).toContain('alias.set waived');
    expect(of(two)).toContain('budget.exists fail');
    expect([report.summary.waived, report.accounts?.map(({ summary }) => summary.waived), code]).toEqual([1, [0, 1, 0], 3]);
    expect(report.warnings?.length).toBe(1);
    expect(stderr).toContain(`Warning: ${report.warnings?.[0]}`);
  });

  it('assumes the role that the config names', async () => {
    const place = await inOrganization({ members: [[]] });
    for (const role of place.sandbox.world.accounts[place.members[0] ?? '']?.roles ?? []) role.name = 'Deploy';
    const entry = '{ name: member-1, email: aws+member-1@example.com, role: Deploy }';
    writeFileSync(join(place.home, 'bootstrap.yaml'), `version: 1\norganization: { accounts: [${entry}] }\n`);
    const { report } = await check(place, '--only', 'alias,organization');
    expect(open(report, place.members[0])).toEqual([]);
    const role = report.results.find(({ id }) => id === 'organization.access-role');
    expect(role).toMatchObject({ accountId: '111122223333', status: 'pass', resource: `arn:aws:iam::${place.members[0]}:role/Deploy` });
  });

  it('sends the user to the account itself for what init cannot do from here', async () => {
    const place = await inOrganization({ members: [['no-alias']] });
    const { report } = await check(place, '--only', 'alias');
    const [result] = report.results.filter(({ accountId }) => accountId === place.members[0]);
    expect(result?.remediation?.command).toBe(`bootstrap init --only alias --alias NAME --account-id ${place.members[0]} --profile MEMBER`);
  });

  it("names the account in the command that deletes a member's root keys", async () => {
    const place = await inOrganization({ members: [['root-key']] });
    const { report } = await check(place, '--only', 'access-keys.root');
    const [result] = report.results.filter(({ accountId }) => accountId === place.members[0]);
    expect(result?.remediation?.command).toBe(`bootstrap keys delete --root --all --account-id ${place.members[0]} --profile MEMBER`);
  });
});

describe('check --org is refused', () => {
  it('to root, who cannot assume roles, with the way out', async () => {
    const place = await inOrganization({ members: 2, as: 'root' });
    const { code, report } = await check(place);
    expect(report.error).toMatchObject({ code: 'E-ORGANIZATION-ROOT', next: expect.stringContaining('aws login --profile NAME') });
    expect(code).toBe(4);
    expect(place.calls()).toEqual(['sts:GetCallerIdentity']);
  });

  it('in another account than the expected one, before anything else is read', async () => {
    for (const as of ['root', 'alex'] as const) {
      const place = await inOrganization({ members: 1, as });
      const { code, report } = await check(place, '--account-id', '444455556666');
      expect([code, report.error?.code, place.calls()]).toEqual([4, 'E-WRONG-ACCOUNT', ['sts:GetCallerIdentity']]);
    }
  });

  it('in an account without an organization', async () => {
    const place = await inOrganization({ members: 0 });
    place.sandbox.world.organizations = [];
    const { code, report } = await check(place);
    expect(report.error).toMatchObject({ code: 'E-ORGANIZATION-NONE', message: 'Account 111122223333 is not in an organization.' });
    expect(code).toBe(4);
  });

  it('in a member, naming the account that manages it', async () => {
    const place = await inOrganization({ members: 1 });
    const [organization] = place.sandbox.world.organizations;
    if (organization !== undefined) organization.managementAccountId = place.members[0] ?? '';
    const { code, report } = await check(place);
    expect(report.error?.message).toContain(`account ${place.members[0]} manages it`);
    expect(code).toBe(4);
  });

  it('to a caller who may not list the accounts', async () => {
    const place = await inOrganization({ members: 1, policies: ['IAMReadOnlyAccess'] });
    const { code, report } = await check(place);
    expect(report.error).toMatchObject({ code: 'E-READ-DENIED', next: expect.stringContaining('organizations:') });
    expect(code).toBe(4);
  });
});

describe('the report of check --org', () => {
  const formats = async (format: string): Promise<{ readonly text: string; readonly place: Place }> => {
    const place = await inOrganization({ members: [['no-alias'], ['role-missing'], ['suspended']] });
    return { text: (await place.run(['check', '--org', '--only', 'alias', '--output', format])).stdout, place };
  };

  it('has a suite an account in JUnit', async () => {
    const { text, place } = await formats('junit');
    expect([...text.matchAll(/<testsuite name="([^"]+)"/g)].map(([, name]) => name)).toEqual(['111122223333', ...place.members]);
    expect(text).toContain(`classname="${place.members[0]}.alias"`);
  });

  it.each(['sarif', 'csv', 'markdown', 'jsonl'])('names the account of each result in %s', async (format) => {
    const { text, place } = await formats(format);
    for (const id of place.members.slice(0, 2)) expect(text).toContain(id);
  });

  it('keeps alerts of the organization apart from those of the account in SARIF', async () => {
    const { text } = await formats('sarif');
    expect(JSON.parse(text).runs[0].automationDetails.id).toBe('aws-account-bootstrap/111122223333/organization/');
  });

  it('is rendered again from its JSON', async () => {
    const place = await inOrganization({ members: [['no-alias'], []] });
    await place.run(['check', '--org', '--output', 'json', '--output-file', 'result.json']);
    const again = await place.run(['report', 'result.json']);
    expect(again.stdout).toContain('3 accounts: 3 checked');
  });
});
