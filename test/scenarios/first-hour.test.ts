import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ResyncMFADeviceCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { codes, practice, standingClock } from '../sandbox/practice.js';
import { lasting, openFindingIds, own, type PracticeAccount, practiceAccount } from './practice-account.js';
import { checkShape, failureShape, initShape } from './report-shape.js';
import { expectPlanned } from './planned-calls.js';

describe('the first init of a new account', () => {
  it('makes every change that it can, and reports the result of each step', async () => {
    const practiced = practiceAccount();
    const { code, report } = await practiced.report(['init', '--yes']);

    const account = practiced.account();
    expect(account.alias).toMatch(/^practice-[a-z]{4}$/);
    expect(account.users.map(({ name, groups, attachedPolicies }) => ({ name, groups, attachedPolicies }))).toEqual([
      { name: 'admin', groups: ['Administrators'], attachedPolicies: [] },
      { name: 'ci', groups: ['ci-readers'], attachedPolicies: [] },
    ]);
    expect(account.groups.map(({ name, attachedPolicies }) => ({ name, attachedPolicies }))).toEqual([
      { name: 'Administrators', attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
      { name: 'ci-readers', attachedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
    ]);
    expect(account.passwordPolicy).toMatchObject({ MinimumPasswordLength: 14, PasswordReusePrevention: 24 });
    expect(account.mfaDevices.map(({ serial, user, kind }) => ({ serial, user, kind }))).toEqual([
      { serial: `arn:aws:iam::${own}:mfa/admin`, user: 'admin', kind: 'virtual' },
    ]);
    expect(account.budgets.map(({ budget, notifications }) => ({ name: budget['BudgetName'], alerts: notifications.length }))).toEqual([
      { name: 'Monthly cost budget', alerts: 4 },
    ]);
    expect(Object.keys(account.alternateContacts).sort()).toEqual(['BILLING', 'SECURITY']);
    expect(account.root.accessKeys).toEqual([]);
    const [organization, ...others] = practiced.world().organizations;
    expect(others).toEqual([]);
    expect(organization).toMatchObject({ managementAccountId: own, featureSet: 'ALL' });
    expect(organization?.members).toHaveLength(2);

    expect(report.steps?.map(({ id, status, verified, error }) => ({ id, status, verified, error }))).toEqual(
      [
        ['billing-access', 'manual'],
        ['budget', 'done'],
        ['admin-user', 'done'],
        ['mfa', 'manual'],
        ['alias', 'done'],
        ['access-keys', 'done'],
        ['organization', 'manual'],
      ].map(([id, status]) => ({ id, status, verified: true, error: null })),
    );
    expect(openFindingIds(report)).toEqual(['billing-access.switch', 'mfa.root', 'organization.access-role']);
    expect(code).toBe(5);
  });

  it('reports the Free plan before an organization exists, and the Paid plan without credits after it', async () => {
    const practiced = practiceAccount();
    const dry = await practiced.report(['init', '--dry-run']);
    expect(dry.report.account?.plan).toMatchObject({ type: 'free', status: 'active', remainingCredits: { amount: 100, unit: 'USD' } });
    const made = await practiced.report(['init', '--yes']);
    expect(made.report.account?.plan).toEqual({
      type: 'paid',
      status: 'active',
      remainingCredits: { amount: 0, unit: 'USD' },
      expiresOn: null,
    });
  });

  it('makes exactly the calls of its plan, those of each step in the same order', async () => {
    const { report, writes, requests } = await practiceAccount().report(['init', '--yes']);
    expect(writes).toHaveLength(19);
    expectPlanned(report, writes);
    expect(report.apiCalls).toEqual({ total: requests.length, writes: writes.length });
  });

  it('has the same plan as a dry run', async () => {
    const practiced = practiceAccount();
    const dry = await practiced.report(['init', '--dry-run']);
    const real = await practiced.report(['init', '--yes']);
    expect(dry.report.plan).toEqual(real.report.plan);
  });

  it('writes nothing the second time', async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    const before = practiced.world();
    const secrets = readAll(practiced.secrets);
    const again = await practiced.report(['init', '--yes']);
    expect(again.writes).toEqual([]);
    expect(lasting(practiced.world())).toEqual(lasting(before));
    expect(readAll(practiced.secrets)).toEqual(secrets);
    expect(again.report.plan).toEqual([]);
    expect(again.report.steps?.map(({ status }) => status)).toEqual([
      'manual',
      'unchanged',
      'unchanged',
      'manual',
      'unchanged',
      'unchanged',
      'manual',
    ]);
    expect(again.code).toBe(5);
  });

  it('leaves exactly the findings open that check reports', async () => {
    const practiced = practiceAccount();
    const first = await practiced.report(['init', '--yes']);
    const before = practiced.world();
    const { report, writes, code } = await practiced.report(['check']);
    expect(writes).toEqual([]);
    expect(lasting(practiced.world())).toEqual(lasting(before));
    // Without a config, `check` expects no organization, but the practice values of `init` do.
    expect(openFindingIds(report)).toEqual(openFindingIds(first.report).filter((id) => !id.startsWith('organization.')));
    expect(report.results.filter(({ kind, status }) => kind === 'wanted' && status === 'unknown')).toEqual([]);
    expect(code).toBe(3);
  });

  it('reports an access key of root as manual work', async () => {
    const practiced = practiceAccount();
    practiced.edit(
      ({ root }) =>
        void root.accessKeys.push({
          id: 'AKIAROOT',
          secret: 'root',
          status: 'Active',
          createdAt: root.passwordLastUsed ?? '',
          lastUsed: null,
        }),
    );
    const { report, code } = await practiced.report(['init', '--yes', '--only', 'access-keys']);
    expect(practiced.account().root.accessKeys).toHaveLength(1);
    expect(openFindingIds(report)).toEqual(['access-keys.root']);
    expect(code).toBe(5);
  });
});

describe('the secrets of a first init', () => {
  it('are in a file with mode 0600, each once', async () => {
    const practiced = practiceAccount();
    const { code } = await practiced.run(['init', '--yes']);
    const file = join(practiced.secrets, 'secrets.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(practiced.secrets).mode & 0o777).toBe(0o700);
    expect(readdirSync(practiced.secrets).sort()).toEqual(['config', 'credentials', 'secrets.json']);
    expect(secretsOf(practiced)).toMatchObject({
      version: 1,
      account: own,
      entries: [
        { kind: 'console-password', user: 'admin' },
        { kind: 'mfa-seed', user: 'admin', serial: `arn:aws:iam::${own}:mfa/admin` },
      ],
    });
    expect(secretsOf(practiced).entries).toHaveLength(2);
    expect(code).toBe(5);
  });

  it('include the password of the user, which the password policy allows', async () => {
    const practiced = practiceAccount();
    const { code } = await practiced.run(['init', '--yes']);
    const { password } = secretsOf(practiced).entries[0] ?? {};
    const kept = practiced.account().users.find(({ name }) => name === 'admin')?.password;
    expect(kept).toMatchObject({ value: password, resetRequired: true });
    expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[!@#$%^&*()_+\-=[\]{}|']).{32,128}$/);
    expect(code).toBe(5);
  });

  it('include the MFA seed, whose codes the account accepts', async () => {
    const practiced = practiceAccount();
    const { code } = await practiced.run(['init', '--yes']);
    const { seed, serial, otpauth } = secretsOf(practiced).entries[1] ?? {};
    const later = standingClock(new Date(practiced.clock.now().getTime() + 300_000).toISOString());
    const { iam } = await practice({ file: practiced.file }, later);
    const pair = codes(Buffer.from(String(seed)), later.now());
    await iam.send(new ResyncMFADeviceCommand({ UserName: 'admin', SerialNumber: serial, ...pair }));
    const wrong = codes(Buffer.from(String(seed).replace(/./, (first) => (first === 'A' ? 'B' : 'A'))), later.now(), 1);
    await expect(iam.send(new ResyncMFADeviceCommand({ UserName: 'admin', SerialNumber: serial, ...wrong }))).rejects.toThrow(
      /Authentication code/,
    );
    expect(otpauth).toContain(`secret=${seed}`);
    expect(code).toBe(5);
  });

  it('include an access key in a profile with a region, which signs in as its user', async () => {
    const practiced = practiceAccount();
    const { code } = await practiced.run(['init', '--yes']);
    const credentials = readFileSync(join(practiced.secrets, 'credentials'), 'utf8');
    const [, accessKeyId = '', secretAccessKey = ''] =
      /^\[practice\]\naws_access_key_id = (\S+)\naws_secret_access_key = (\S+)\n$/.exec(credentials) ?? [];
    expect(readFileSync(join(practiced.secrets, 'config'), 'utf8')).toBe('[profile practice]\nregion = us-east-1\n');
    expect(statSync(join(practiced.secrets, 'credentials')).mode & 0o777).toBe(0o600);
    const { as } = await practice({ file: practiced.file }, standingClock(practiced.clock.now().toISOString()));
    const { Arn } = await as({ accessKeyId, secretAccessKey }).sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:iam::${own}:user/ci`);
    expect(code).toBe(5);
  });

  it('are never printed', async () => {
    for (const output of ['table', 'json']) {
      const practiced = practiceAccount();
      const { stdout, stderr, code } = await practiced.run(['init', '--yes', '--debug', '--output', output]);
      const account = practiced.account();
      const passwords = account.users.flatMap(({ password }) => password?.value ?? []);
      const keys = account.users.flatMap(({ accessKeys }) => accessKeys.map(({ secret: one }) => one));
      const secret = [...passwords, ...account.mfaDevices.map(({ seed }) => seed), ...keys];
      expect(secret).toHaveLength(3);
      for (const one of secret) {
        expect(one).toMatch(/.{32}/);
        expect(stdout + stderr).not.toContain(one);
      }
      expect(code).toBe(5);
    }
  });

  it('are stored in the file that a flag names', async () => {
    const practiced = practiceAccount();
    const { code } = await practiced.run(['init', '--yes', '--secrets-file', 'mine.json']);
    expect(statSync(join(practiced.home, 'mine.json')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(practiced.secrets, 'secrets.json'))).toBe(false);
    expect(code).toBe(5);
  });

  it('do not change the AWS files of the home folder', async () => {
    const practiced = practiceAccount();
    const folder = join(practiced.home, '.aws');
    const { code } = await practiced.run(['init', '--yes']);
    expect(existsSync(folder)).toBe(false);
    mkdirSync(folder);
    writeFileSync(join(folder, 'credentials'), '[practice]\naws_access_key_id = AKIAMINE\n');
    await practiced.run(['init', '--yes', '--replace-profile']);
    expect(readFileSync(join(folder, 'credentials'), 'utf8')).toBe('[practice]\naws_access_key_id = AKIAMINE\n');
    expect(code).toBe(5);
  });
});

describe('a dry run', () => {
  it('changes nothing, creates no secret and needs no approval', async () => {
    const practiced = practiceAccount();
    const before = practiced.world();
    const { code, writes, stdout } = await practiced.run(['init', '--dry-run']);
    expect(lasting(practiced.world())).toEqual(lasting(before));
    expect(writes).toEqual([]);
    expect(readAll(practiced.secrets)).toEqual({});
    expect(stdout).toContain('Set the account alias practice-');
    expect(code).toBe(0);
  });

  it('exits 3 with --detailed-exitcode if something would change', async () => {
    const practiced = practiceAccount();
    const before = practiced.world();
    const { code } = await practiced.run(['init', '--dry-run', '--detailed-exitcode']);
    expect(lasting(practiced.world())).toEqual(lasting(before));
    expect(code).toBe(3);
  });

  it('exits 5 with --detailed-exitcode if only manual work remains', async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    expect((await practiced.run(['init', '--dry-run', '--detailed-exitcode'])).code).toBe(5);
    expect((await practiced.run(['init', '--dry-run'])).code).toBe(0);
  });

  it('exits 0 with --detailed-exitcode if nothing remains to do', async () => {
    const practiced = practiceAccount();
    writeFileSync(
      join(practiced.home, 'bootstrap.yaml'),
      'version: 1\nbilling-access:\n  confirmed-on: 2026-11-23\nmfa: { assign: unattended }\norganization: false\n',
    );
    await practiced.run(['init', '--yes']);
    practiced.edit(({ root }) => void (root.mfa = 'hardware'));
    expect((await practiced.run(['init', '--dry-run', '--detailed-exitcode'])).code).toBe(0);
    expect((await practiced.run(['init', '--yes'])).code).toBe(0);
    expect((await practiced.run(['check', '--strict'])).code).toBe(0);
  });

  it('works without a terminal, unlike init without --yes', async () => {
    const practiced = practiceAccount();
    const before = practiced.world();
    const { code, report, requests } = await practiced.report(['init']);
    expect(lasting(practiced.world())).toEqual(lasting(before));
    expect(requests).toEqual([]);
    expect(report.error).toMatchObject({ code: 'E-NO-TERMINAL', changed: false });
    expect(report.error?.next).toContain('--yes');
    expect(code).toBe(2);
  });
});

describe('a choice of steps', () => {
  it('runs only the named step with --only', async () => {
    const practiced = practiceAccount();
    const { code, report, writes } = await practiced.report(['init', '--yes', '--only', 'alias']);
    expect(practiced.account()).toMatchObject({ users: [], groups: [], budgets: [], passwordPolicy: null });
    expect(practiced.account().alias).not.toBeNull();
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    expect(report.steps?.filter(({ status }) => status !== 'skipped').map(({ id, status }) => [id, status])).toEqual([['alias', 'done']]);
    expect(report.results.map(({ step }) => step)).not.toContain('budget');
    expect(code).toBe(0);
  });

  it('accepts several steps, repeated or separated by commas, in the usual order', async () => {
    for (const flags of [
      ['--only', 'alias,admin-user'],
      ['--only', 'alias', '--only', 'admin-user'],
    ]) {
      const practiced = practiceAccount();
      const { report, writes, code } = await practiced.report(['init', '--yes', ...flags]);
      expect(practiced.account().budgets).toEqual([]);
      expect([...new Set(report.plan?.map(({ step }) => step))]).toEqual(['admin-user', 'alias']);
      expectPlanned(report, writes);
      expect(code).toBe(0);
    }
  });

  it('leaves out the named steps with --skip', async () => {
    const practiced = practiceAccount();
    const { code, report } = await practiced.report(['init', '--yes', '--skip', 'organization,access-keys']);
    expect(practiced.world().organizations).toEqual([]);
    expect(practiced.account().plan).toBe('FREE');
    expect(practiced.account().users.map(({ name }) => name)).toEqual(['admin']);
    expect(report.steps?.filter(({ status }) => status === 'skipped').map(({ id }) => id)).toEqual(['access-keys', 'organization']);
    expect(code).toBe(5);
  });

  it('has the same result whether the steps run one by one or together', async () => {
    const atOnce = practiceAccount();
    await atOnce.run(['init', '--yes']);
    const byStep = practiceAccount();
    for (const step of ['organization', 'access-keys', 'alias', 'admin-user', 'mfa', 'budget', 'billing-access']) {
      await byStep.run(['init', '--yes', '--only', step]);
    }
    const again = await byStep.report(['init', '--yes']);
    expect(again.writes).toEqual([]);
    expect(again.code).toBe(5);
    const facts = (practiced: PracticeAccount) => {
      const { alias, users, groups, budgets, mfaDevices, passwordPolicy } = practiced.account();
      return {
        alias,
        users: users.map(({ name, groups: memberOf, accessKeys }) => [name, memberOf, accessKeys.length]).sort(),
        groups: groups.map(({ name, attachedPolicies }) => [name, attachedPolicies]).sort(),
        budgets: budgets.map(({ budget, notifications }) => [budget['BudgetName'], budget['BudgetLimit'], notifications]),
        devices: mfaDevices.map(({ serial, user }) => [serial, user]),
        passwordPolicy,
      };
    };
    expect(facts(byStep)).toEqual(facts(atOnce));
  });
});

describe('the output of a run', () => {
  it('is exactly one JSON document of the documented shape, for init', async () => {
    const practiced = practiceAccount();
    for (const argv of [
      ['init', '--dry-run'],
      ['init', '--yes'],
      ['init', '--yes'],
      ['init', '--yes', '--only', 'budget'],
    ]) {
      const { stdout, code, report } = await practiced.report(argv);
      expect(initShape.safeParse(JSON.parse(stdout)).error).toBeUndefined();
      expect(stdout).toMatch(/^\{[^]*\}\n$/);
      expect(report.exit.code).toBe(code);
      expect(sum(report.summary)).toBe(report.results.length);
      expect(report).toMatchObject({
        target: 'sandbox',
        account: { id: own, identity: { kind: 'root', arn: `arn:aws:iam::${own}:root` } },
      });
    }
  });

  it('is exactly one JSON document of the documented shape, for check', async () => {
    const practiced = practiceAccount();
    for (const argv of [['check'], ['check', '--only', 'mfa.root'], ['check', '--fail-on', 'critical', '--strict']]) {
      const { stdout, code, report } = await practiced.report(argv);
      expect(checkShape.safeParse(JSON.parse(stdout)).error).toBeUndefined();
      expect(stdout).toMatch(/^\{[^]*\}\n$/);
      expect(report.exit.code).toBe(code);
      expect(sum(report.summary)).toBe(report.results.length);
    }
  });

  it('is exactly one JSON document of the documented shape, for a failure', async () => {
    const { stdout, code } = await practiceAccount().run(['init', '--output', 'json']);
    expect(failureShape.safeParse(JSON.parse(stdout)).error).toBeUndefined();
    expect(code).toBe(2);
  });

  it('has the result on stdout and the progress on stderr', async () => {
    const { stdout, stderr, code } = await practiceAccount().run(['init', '--yes']);
    expect(stdout).toContain('Remaining manual steps');
    expect(stdout).toContain('Account details');
    expect(stdout).not.toContain('Reading the account');
    expect(stderr).toContain('Reading the account');
    expect(stderr).toContain('Plan: 11 changes in 7 steps');
    expect(stderr).not.toContain('Account details');
    expect(code).toBe(5);
  });

  it('has no colours and no cursor movements without a terminal', async () => {
    const practiced = practiceAccount();
    const runs = [await practiced.run(['init', '--yes']), await practiced.run(['check'])];
    for (const { stdout, stderr } of runs) {
      expect(stdout + stderr).not.toContain('\u001B');
      expect(stdout + stderr).not.toContain('\r');
    }
    expect(runs.map(({ code }) => code)).toEqual([5, 3]);
  });

  it('is only the result with --quiet', async () => {
    for (const argv of [['init', '--dry-run'], ['init', '--yes'], ['check']]) {
      const loud = await practiceAccount().run(argv);
      const quiet = await practiceAccount().run([...argv, '--quiet']);
      expect(loud.stderr).not.toBe('');
      expect(quiet.stderr).toBe('');
      // The two accounts only differ in their folder.
      expect(withoutFolder(quiet.stdout)).toBe(withoutFolder(loud.stdout));
      expect(quiet.code).toBe(loud.code);
    }
  });

  it('is on stdout if the file is called -', async () => {
    const practiced = practiceAccount();
    const check = await practiced.run(['check', '--output', 'json', '--output-file', '-']);
    expect(JSON.parse(check.stdout)).toMatchObject({ command: 'check' });
    const page = await practiced.run(['check', '--list-checks', '--output-file', '-']);
    expect(page.stdout).toContain('mfa.root');
    expect(existsSync(join(practiced.home, '-'))).toBe(false);
  });

  it('is written to the file of --output-file instead', async () => {
    for (const output of ['table', 'json']) {
      const practiced = practiceAccount();
      const { stdout, stderr, code } = await practiced.run(['init', '--yes', '--output', output, '--output-file', 'result']);
      const written = readFileSync(join(practiced.home, 'result'), 'utf8');
      expect(stdout).toBe('');
      expect(stderr).toContain('result');
      expect(written).toContain(output === 'json' ? '"schemaVersion": "1.0"' : 'Remaining manual steps');
      expect(code).toBe(5);
    }
  });

  it('overwrites an older result', async () => {
    const practiced = practiceAccount();
    writeFileSync(join(practiced.home, 'result'), 'x'.repeat(1_000_000));
    const { code } = await practiced.run(['check', '--output', 'json', '--output-file', 'result']);
    expect(checkShape.safeParse(JSON.parse(readFileSync(join(practiced.home, 'result'), 'utf8'))).error).toBeUndefined();
    expect(code).toBe(3);
  });

  it('is checked first: nothing changes if its file cannot be written', async () => {
    const practiced = practiceAccount();
    const before = practiced.world();
    const { report, code, requests } = await practiced.report(['init', '--yes', '--output-file', 'missing/result']);
    expect(lasting(practiced.world())).toEqual(lasting(before));
    expect(requests).toEqual([]);
    expect(report.error).toMatchObject({ code: 'E-OUTPUT-FILE', changed: false });
    expect(code).toBe(2);
  });
});

interface Secrets {
  readonly version: number;
  readonly account: string;
  readonly entries: readonly Readonly<Record<string, string>>[];
}
const secretsOf = ({ secrets }: PracticeAccount): Secrets => JSON.parse(readFileSync(join(secrets, 'secrets.json'), 'utf8')) as Secrets;

/** The content of every file in a folder, by name. */
const readAll = (folder: string): Record<string, string> =>
  existsSync(folder) ? Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])) : {};

const sum = (counts: object): number => Object.values(counts).reduce((total: number, one: number) => total + one, 0);

const withoutFolder = (text: string): string => text.replaceAll(/bootstrap-test-\w+/g, 'folder');
