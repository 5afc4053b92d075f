import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sitDown } from '../../screens/sitting.js';
import { accessRole } from '../../support/organization-world.js';
import { type Place, placed } from './place.js';

const lab = ['create', '--name', 'lab', '--email', 'aws+lab@example.com'];
const requests = ({ world }: Place) => world.organizations[0]?.requests ?? [];
const configured = (place: Place, ...accounts: readonly string[]): void =>
  writeFileSync(join(place.home, 'bootstrap.yaml'), `version: 1\norganization: { accounts: [${accounts.join(', ')}] }\n`);

describe('accounts create', () => {
  it('sends what the flags say, and reports the account, its unit and how to switch to it', async () => {
    const place = await placed();
    const argv = ['--role', 'Boss', '--ou', 'Workloads/Prod', '--tag', 'team=a', '--billing-access', 'deny'];
    const { code, report } = await place.approved(...lab, ...argv);
    expect([code, report.error]).toEqual([0, undefined]);
    expect(place.sent('CreateAccount').map(({ input }) => input)).toMatchObject([
      {
        AccountName: 'lab',
        Email: 'aws+lab@example.com',
        RoleName: 'Boss',
        IamUserAccessToBilling: 'DENY',
        Tags: [{ Key: 'team', Value: 'a' }],
      },
    ]);
    const [account] = report.accounts;
    const arn = `arn:aws:iam::${account?.accountId}:role/Boss`;
    expect(report).toMatchObject({
      organizationId: 'o-exampleorg1',
      accounts: [
        { name: 'lab', email: 'aws+lab@example.com', role: { name: 'Boss', arn, reachable: 'yes', checkedAt: expect.any(String) } },
      ],
      recap: [
        {
          label: 'Switch role',
          value: `https://signin.aws.amazon.com/switchrole?account=${account?.accountId}&roleName=Boss&displayName=lab`,
        },
      ],
      next: null,
    });
    expect(report.actions.map(({ action, on }) => [action, on])).toEqual([
      ['created', account?.accountId],
      ['placed', account?.accountId],
      ['proven', arn],
    ]);
    const again = await place.approved(...lab, ...argv);
    expect([again.code, again.report.actions, again.report.apiCalls.writes]).toEqual([0, [{ action: 'proven', on: arn }], 0]);
    expect(again.report.notes).toEqual([`The account exists, is active, and is in Workloads/Prod: ${account?.accountId}.`]);
    // `accounts list` as root shows the last result of this computer.
    expect(readFileSync(join(place.home, '.local', 'state', 'aws-account-bootstrap', 'role-checks.json'), 'utf8')).toContain(arn);
  });

  it('records no unit that was not asked for', async () => {
    const { approved } = await placed();
    expect((await approved(...lab)).report.actions.map(({ action }) => action)).toEqual(['created', 'proven']);
  });

  it.each([
    ['the name, with the address of the flag', ['--email', 'Aws+Lab@example.com'], ['Lab', 'Aws+Lab@example.com', 'Boss']],
    ['the address, with the name of the flag', ['--name', 'Lab'], ['Lab', 'aws+lab@example.com', 'Boss']],
    ['neither, with another name', ['--name', 'Other', '--email', 'aws+other@example.com'], ['Other', 'aws+other@example.com', accessRole]],
    ['the role unless a flag names another', ['--name', 'Lab', '--role', 'Chief'], ['Lab', 'aws+lab@example.com', 'Chief']],
    [
      'no address if a mailbox is given',
      ['--name', 'Other', '--email-from', 'me@example.com'],
      ['Other', 'me+other@example.com', accessRole],
    ],
  ])('takes from the config %s', async (_what, argv, expected) => {
    const place = await placed();
    configured(place, '{ name: First, email: aws+first@example.com }', '{ name: Lab, email: aws+lab@example.com, role: Boss }');
    expect((await place.approved('create', ...argv)).code).toBe(0);
    const [sent] = place.sent('CreateAccount').map(({ input }) => input);
    expect([sent?.['AccountName'], sent?.['Email'], sent?.['RoleName']]).toEqual(expected);
  });

  it.each([
    ['there is no name', ['create', '--email', 'a@example.com'], 'Missing the name of the account.', 'Pass --name NAME.'],
    [
      'there is no address',
      ['create', '--name', 'lab'],
      'Missing the email address of the account.',
      'Pass --email ADDRESS, or --email-from YOUR-ADDRESS.',
    ],
    [
      'the mailbox is none',
      ['create', '--name', 'lab', '--email-from', 'me'],
      '--email-from: "me" is not an email address.',
      'Pass an address with --email, or a shorter --name.',
    ],
    ['a tag is wrong', [...lab, '--tag', 'aws:x=y'], expect.stringMatching(/^--tag /), 'Fix the value and run the command again.'],
    ['the role is wrong', [...lab, '--role', 'a b'], expect.stringMatching(/^--role /), 'Fix the value and run the command again.'],
    ['a source has no profile', [...lab, '--source-profile', 'boss'], '--source-profile needs --profile-to-write.', 'Pass both flags.'],
  ])('creates nothing if %s', async (_what, argv, message, next) => {
    const place = await placed();
    const { code, report } = await place.approved(...argv);
    expect([code, report.error?.message, report.error?.next, place.writes()]).toEqual([2, message, next, []]);
  });

  it('waits ten seconds, not minutes, for the role of an account that has been there for long', async () => {
    const waited = async (minutes: number): Promise<number> => {
      const place = await placed({ members: [['denied']] });
      place.clock.advance(minutes * 60_000);
      const from = place.clock.now().getTime();
      const { code, report } = await place.approved('create', '--name', 'member-1', '--email', 'aws+member-1@example.com');
      expect([code, report.error?.code, report.error?.retryable]).toEqual([6, 'E-ROLE-UNPROVEN', true]);
      return (place.clock.now().getTime() - from) / 1_000;
    };
    expect(await waited(31)).toBeLessThan(30);
    expect(await waited(29)).toBeGreaterThan(299);
  });

  it.each([
    ['without a config', undefined, 'Check it: `bootstrap check --profile lab`'],
    [
      'with the account in the config',
      '{ name: lab, email: aws+lab@example.com }',
      'Check it with the organization: `bootstrap check --org`',
    ],
    [
      'with another role in the config',
      '{ name: other, email: aws+lab@example.com, role: Boss }',
      'Add lab with its role to organization.accounts in bootstrap.yaml. Check it with the organization: `bootstrap check --org`',
    ],
  ])('prints how to check the account, %s', async (_what, entry, next) => {
    const place = await placed();
    if (entry !== undefined) configured(place, entry);
    const { report } = await place.approved(...lab, '--role', accessRole, '--profile-to-write', 'lab');
    expect([report.next, report.recap?.[0]]).toEqual([
      next,
      { label: 'Profile', value: expect.stringMatching(/^lab in .*, which assumes .* with the key variables of the shell$/) },
    ]);
  });

  it('writes a profile with the source that a flag names', async () => {
    const place = await placed();
    mkdirSync(join(place.host.home, '.aws'));
    writeFileSync(
      join(place.host.home, '.aws', 'config'),
      '[profile boss]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n',
    );
    const { report } = await place.approved(...lab, '--profile-to-write', 'lab', '--source-profile', 'boss');
    expect(report.error).toBeUndefined();
    expect(readFileSync(join(place.host.home, '.aws', 'config'), 'utf8')).toContain('source_profile = boss');
    expect(report.recap?.[0]?.value).toMatch(/with profile boss$/);
  });

  it('says in a conflict what to do', async () => {
    const { approved, writes } = await placed({ members: [['suspended']] });
    const { code, report } = await approved('create', '--name', 'member-1', '--email', 'aws+member-1@example.com');
    expect([code, report.error?.code, writes()]).toEqual([7, 'E-ACCOUNT-CONFLICT', []]);
    expect(report.error?.next.length).toBeGreaterThan(20);
  });

  it.each([
    ['may not list the accounts', 'organizations:ListAccounts', 4, 'E-READ-DENIED'],
    ['may not read the organization', 'organizations:DescribeOrganization', 4, 'E-READ-DENIED'],
  ])('creates nothing if it %s', async (_what, operation, code, error) => {
    const { approved, failing, writes } = await placed();
    failing({ operation, what: { kind: 'error', code: 'AccessDeniedException', status: 400 } });
    const ended = await approved(...lab);
    expect([ended.code, ended.report.error?.code, writes()]).toEqual([code, error, []]);
  });

  it('prints as root the command for the administrator, with the flags that find the account again', async () => {
    const { approved } = await placed({ as: 'root' });
    const argv = ['create', '--name', 'My lab', '--email', 'aws+lab@example.com', '--role', 'Boss', '--ou', 'Dev'];
    const { code, report } = await approved(...argv);
    expect([code, report.notes]).toEqual([5, ['Root cannot assume roles, so an administrator must verify the role.']]);
    expect(report.next).toBe(
      "Continue as the administrator (with that profile, not as root): bootstrap accounts create --name 'My lab' --email aws+lab@example.com --role Boss --ou Dev --profile-to-write NAME",
    );
    expect(report.accounts[0]?.role).toMatchObject({
      name: 'Boss',
      reachable: 'not-tried',
      reason: 'root cannot assume roles',
      checkedAt: null,
    });
  });
});

describe('accounts create at a terminal', () => {
  it('asks for what is missing, with an address from that of the management account', async () => {
    const place = await placed();
    const { home, host, clock, sandbox } = place;
    const env = host.env as Record<string, string>;
    const sitting = sitDown({ argv: ['accounts', 'create'], columns: 100, home, clock, env, handler: sandbox.requestHandler });
    const typed: readonly (readonly [RegExp, string])[] = [
      [/Name of the account:/, 'lab'],
      [/No other AWS account may use it, [^]*Email address of its root user:.*aws\+lab@example\.com/, ''],
      [/Last four digits of 111122223333:/, '3333'],
    ];
    for (const [question, answer] of typed) {
      await sitting.until(question);
      expect(place.writes()).toEqual([]);
      sitting.type(`${answer}\r`);
    }
    expect(await sitting.ended).toBe(0);
    expect(requests(place)).toMatchObject([{ state: 'SUCCEEDED' }]);
    expect(place.sent('CreateAccount')[0]?.input).toMatchObject({ AccountName: 'lab', Email: 'aws+lab@example.com' });
  });
});
