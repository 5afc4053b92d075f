import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { FaultRule } from '../../src/sandbox/world.js';
import { testShell } from '../support/host.js';
import { filesOf, lasting, own, type PracticeRun, practiceAccount, signedIn } from './practice-account.js';
import { checkShape, failureShape, initShape } from './report-shape.js';

/** A shell with an account: a practice account, or one that it is signed in to. */
interface Shell {
  readonly home: string;
  readonly world: () => ReturnType<ReturnType<typeof practiceAccount>['world']>;
  readonly run: (argv: readonly string[], more?: { readonly env?: Record<string, string> }) => Promise<PracticeRun>;
}
interface Refusal {
  readonly code: string;
  readonly exit: number;
  /** Texts in the message or in the next step. */
  readonly says: readonly (string | RegExp)[];
  /** The maximum number of requests before the refusal. */
  readonly requests?: number;
}

/** Nothing is changed, and the reason is printed: as text on stderr, and as one JSON document on stdout. */
const refused = async (
  shell: Shell,
  argv: readonly string[],
  expected: Refusal,
  more: { readonly env?: Record<string, string> } = {},
): Promise<void> => {
  const world = shell.world();
  const files = storedFiles(shell.home);
  const forPrograms = await shell.run([...argv, '--output', 'json'], more);
  expect(lasting(shell.world())).toEqual(lasting(world));
  expect(forPrograms.writes).toEqual([]);
  expect(forPrograms.requests.length).toBeLessThanOrEqual(expected.requests ?? 0);
  expect(storedFiles(shell.home)).toEqual(files);
  const report = JSON.parse(forPrograms.stdout) as RunReport;
  expect(failureShape.safeParse(report).error).toBeUndefined();
  expect(report.error).toMatchObject({ code: expected.code, changed: false });
  expect(report.exit.code).toBe(expected.exit);
  for (const words of expected.says) expect(`${report.error?.message}\n${report.error?.next}`).toMatch(words);
  expect(forPrograms.code).toBe(expected.exit);

  const forPeople = await shell.run(argv, more);
  expect(lasting(shell.world())).toEqual(lasting(world));
  expect(storedFiles(shell.home)).toEqual(files);
  expect(forPeople.stdout).toBe('');
  const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
  expect(flat(forPeople.stderr)).toContain(
    flat(report.error?.next ?? '')
      .trim()
      .slice(0, 40),
  );
  for (const { stdout, stderr } of [forPrograms, forPeople]) expect(stdout + stderr).not.toMatch(/\n\s+at .*:\d+/);
  expect(forPeople.code).toBe(expected.exit);
};

/** All files except those of the practice account: its world and the record of its requests. */
const storedFiles = (home: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(filesOf(home)).filter(([name]) => !['world.json', 'requests.jsonl'].includes(name)));

const approved = ['init', '--yes', '--account-id', own];
const values = ['--admin-user', 'alex', '--alias', 'acme-prod', '--budget', '10 USD', '--email', 'ops@example.com'];

describe('an unattended run', () => {
  it('needs --yes or --dry-run', async () => {
    await refused(await signedIn(), ['init', '--account-id', own, ...values], {
      code: 'E-NO-TERMINAL',
      exit: 2,
      says: ['terminal', '--yes', '--dry-run'],
    });
  });

  it('names all missing values and their flags', async () => {
    await refused(await signedIn(), approved, { code: 'E-MISSING-VALUE', exit: 2, says: ['--admin-user', '--alias', '--email', '--skip'] });
  });

  it('as root without a destination creates only what needs no secret', async () => {
    const shell = await signedIn();
    const { code, writes, stdout } = await shell.run([...approved, ...values, '--output', 'json']);
    expect(shell.account().users.map(({ name, password }) => ({ name, password }))).toEqual([{ name: 'alex', password: null }]);
    expect(shell.world().organizations).toEqual([]);
    expect(writes).not.toContain('iam:CreateLoginProfile');
    expect(storedFiles(shell.home)).toEqual({});
    expect(initShape.safeParse(JSON.parse(stdout)).error).toBeUndefined();
    expect(code).toBe(5);
  });
});

describe('a config', () => {
  const wrong: readonly (readonly [name: string, yaml: string, says: readonly (string | RegExp)[]])[] = [
    ['with an unknown key', 'version: 1\nbugdet:\n  limit: 10 USD\n', [/bootstrap.yaml:2:1/, 'bugdet', /did you mean.*budget/i]],
    ['with an unknown key in a section', 'version: 1\nadmin-user:\n  nmae: alex\n', [/bootstrap.yaml:3:3/, 'nmae', /did you mean.*name/i]],
    [
      'with an amount in words',
      'version: 1\nbudget:\n  limit: ten dollars\n',
      [/bootstrap.yaml:3:10/, 'budget.limit', 'ten dollars', '10 USD'],
    ],
    ['with an alias that AWS would refuse', 'version: 1\nalias:\n  name: Foo--Bar\n', [/bootstrap.yaml:3:9/, 'alias.name', 'Foo--Bar']],
    [
      'with an invalid address',
      'version: 1\nbudget:\n  subscribers: [ops.example.com]\n',
      [/bootstrap.yaml:3:17/, 'budget.subscribers', 'ops.example.com'],
    ],
    ['with an account id that is a number', 'version: 1\naccount:\n  id: 111122223333\n', [/bootstrap.yaml:3:7/, 'account.id', /quotes/]],
    [
      'with an account id that YAML reads as octal',
      'version: 1\naccount:\n  id: 012345670123\n',
      [/bootstrap.yaml:3:7/, 'account.id', /quotes/],
    ],
    ['without a version', 'alias:\n  name: acme-prod\n', ['version']],
    ['of a future version', 'version: 2\n', ['version']],
    ['that is not YAML', 'version: 1\nalias: {\n', [/bootstrap.yaml:\d/, 'YAML']],
    ['that is a list', '- version: 1\n', ['bootstrap.yaml']],
    ['with a tab', 'version: 1\nalias:\n\tname: acme\n', ['tab']],
    ['with a key twice', 'version: 1\nalias: { name: acme-a }\nalias: { name: acme-b }\n', ['twice']],
  ];

  it.each(wrong)('%s is refused, with the line and column', async (_name, yaml, says) => {
    for (const argv of [['init', '--yes'], ['check']]) {
      const practiced = practiceAccount();
      writeFileSync(join(practiced.home, 'bootstrap.yaml'), yaml);
      await refused(practiced, argv, { code: 'E-CONFIG', exit: 2, says });
    }
  });

  it('with several problems has them all in one message', async () => {
    const practiced = practiceAccount();
    const yaml = `version: 1\naccount: { id: 111122223333 }\nbugdet: {}\nbudget: { limit: ten dollars, subscribers: [ops] }\nalias: { name: Foo--Bar }\n`;
    writeFileSync(join(practiced.home, 'bootstrap.yaml'), yaml);
    await refused(practiced, ['init', '--yes'], {
      code: 'E-CONFIG',
      exit: 2,
      says: ['5 problems', 'account.id', 'bugdet', 'ten dollars', '"ops"', 'Foo--Bar'],
    });
  });

  it('that is missing is refused', async () => {
    await refused(practiceAccount(), ['check', '--config', 'nowhere.yaml'], {
      code: 'E-CONFIG-UNREADABLE',
      exit: 2,
      says: ['nowhere.yaml', 'does not exist', '`bootstrap config new --output-file nowhere.yaml`'],
    });
  });

  it('that is a folder is refused', async () => {
    const practiced = practiceAccount();
    mkdirSync(join(practiced.home, 'conf'));
    await refused(practiced, ['init', '--yes', '--config', 'conf'], {
      code: 'E-CONFIG-UNREADABLE',
      exit: 2,
      says: ['conf', 'is a folder'],
    });
  });

  it('that is a folder is also refused if no flag names it', async () => {
    const practiced = practiceAccount();
    mkdirSync(join(practiced.home, 'bootstrap.yaml'));
    await refused(practiced, ['check'], { code: 'E-CONFIG-UNREADABLE', exit: 2, says: ['bootstrap.yaml', 'is a folder'] });
  });

  it('that is not text is refused', async () => {
    const practiced = practiceAccount();
    writeFileSync(join(practiced.home, 'bootstrap.yaml'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x80, 0xff, 0x00, 0x01]));
    await refused(practiced, ['check'], { code: 'E-CONFIG-UNREADABLE', exit: 2, says: ['bootstrap.yaml', 'UTF-8'] });
  });

  it('that is too large is refused', async () => {
    const practiced = practiceAccount();
    writeFileSync(join(practiced.home, 'bootstrap.yaml'), `# ${'x'.repeat(1024 * 1024)}\n`);
    await refused(practiced, ['check'], { code: 'E-CONFIG-UNREADABLE', exit: 2, says: ['bootstrap.yaml', '256 kB'] });
  });
});

describe('a config that leaves out steps', () => {
  const all = ['billing-access', 'budget', 'admin-user', 'mfa', 'alias', 'access-keys', 'organization'];
  const checked = async (off: readonly string[], argv: readonly string[]) => {
    const practiced = practiceAccount();
    writeFileSync(join(practiced.home, 'bootstrap.yaml'), ['version: 1', ...off.map((id) => `${id}: false`), ''].join('\n'));
    return practiced.report(['check', ...argv]);
  };

  it.each<[string, readonly string[], readonly string[]]>([
    ['all of them', all, []],
    ['the only one that is to be checked', ['mfa'], ['--only', 'mfa']],
    ['the one that the flags leave', ['mfa'], ['--skip', all.filter((id) => id !== 'mfa').join(',')]],
  ])('%s is refused by check: nothing checked is not a pass', async (_, off, argv) => {
    const { code, report, requests } = await checked(off, argv);
    expect([code, report.error?.code, requests]).toEqual([2, 'E-USAGE', []]);
    expect(report.error?.message).toMatch(/^Nothing is left to check\..*mfa/);
  });

  it('is also refused without a config, if the step needs one', async () => {
    const { code, report, requests } = await practiceAccount().report(['check', '--only', 'organization']);
    expect([code, report.error?.code, requests]).toEqual([2, 'E-USAGE', []]);
    expect(report.error).toMatchObject({
      message: 'Nothing is left to check. Without a section in a config, organization is not checked.',
      next: 'Write `organization: {}` in bootstrap.yaml, or pass other steps with --only or --skip.',
    });
  });

  it('is named in a warning if it was only found in the folder', async () => {
    const { report } = await checked(['mfa', 'alias'], ['--skip', 'alias']);
    expect(report.warnings).toEqual(['The config found in this folder leaves out mfa, so that was not checked.']);
    const named = await checked(['mfa', 'alias'], ['--config', 'bootstrap.yaml']);
    expect(named.report.warnings).toBeUndefined();
  });
});

describe('a destination for secrets', () => {
  /** Prepares the destination and returns its path. */
  const places: readonly (readonly [name: string, prepare: (home: string) => string, says: readonly (string | RegExp)[]])[] = [
    ['in a folder that is missing', (home) => join(home, 'missing', 'secrets.json'), ['missing', /mkdir/]],
    ['that is a folder', (home) => made(home, 'folder', (path) => mkdirSync(path)), ['is a folder']],
    ['that others may read', (home) => made(home, 'open.json', (path) => writeFileSync(path, '', { mode: 0o644 })), [/chmod 600/]],
    ['that is a link', (home) => made(home, 'link.json', (path) => symlinkSync(join(home, 'elsewhere'), path)), ['symbolic link']],
    [
      'below a file',
      (home) =>
        join(
          made(home, 'file', (path) => writeFileSync(path, '')),
          'secrets.json',
        ),
      [/folder/],
    ],
    ['where no file can be created', () => '/proc/secrets.json', ['/proc']],
    [
      'that is not a secrets file',
      (home) => made(home, 'notes.json', (path) => writeFileSync(path, '{"notes":[]}', { mode: 0o600 })),
      ['not a secrets file'],
    ],
    [
      'that holds the secrets of another account',
      (home) =>
        made(home, 'other.json', (path) => writeFileSync(path, '{"version":1,"account":"999988887777","entries":[]}', { mode: 0o600 })),
      ['999988887777'],
    ],
    [
      'in a git repository that does not ignore it',
      (home) => {
        mkdirSync(join(home, '.git'));
        return join(home, 'secrets.json');
      },
      ['git'],
    ],
  ];

  it.each(places)('%s is refused before anything is created', async (_name, prepare, says) => {
    const practiced = practiceAccount();
    const place = prepare(practiced.home);
    await practiced.run(['check']);
    await refused(practiced, ['init', '--yes', '--secrets-file', place], { code: 'E-SECRETS-DESTINATION', exit: 2, says, requests: 30 });
  });

  it('in a git repository is refused before any request, also in a dry run', async () => {
    for (const how of ['--yes', '--dry-run']) {
      const shell = await signedIn();
      mkdirSync(join(shell.home, '.git'));
      await refused(shell, ['init', how, '--account-id', own, ...values, '--secrets-file', 'secrets.json'], {
        code: 'E-SECRETS-DESTINATION',
        exit: 2,
        says: ['git work tree', '.gitignore'],
      });
    }
  });

  it('for profiles that is not a file is refused before anything is created', async () => {
    const shell = await signedIn();
    mkdirSync(join(shell.home, '.aws', 'credentials'), { recursive: true });
    writeFileSync(join(shell.home, 'bootstrap.yaml'), 'version: 1\naccess-keys: { mode: create, user: ci }\n');
    await refused(shell, [...approved, ...values], { code: 'E-SECRETS-DESTINATION', exit: 2, says: ['credentials'], requests: 30 });
  });
});

describe('the connection to AWS', () => {
  it.each([[approved.concat(values)], [['check']]])('that cannot be established is reported as unreachable: %s', async (argv) => {
    const practiced = await signedIn();
    // A port on which nothing listens.
    const shell = testShell({ env: { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' } });
    const alone: Shell = {
      home: shell.home,
      world: practiced.world,
      run: async (...given) => ({ ...(await shell.run(...given)), requests: [], writes: [] }),
    };
    const says = ['could not be reached', 'http://127.0.0.1:1', 'ECONNREFUSED'];
    await refused(alone, [...argv, '--endpoint-url', 'http://127.0.0.1:1'], { code: 'E-UNREACHABLE', exit: 6, says });
  });

  it.each([
    [['--endpoint-url', 'http://example.com'], {}],
    [[], { AWS_ENDPOINT_URL: 'http://192.0.2.1:4566' }],
    [[], { AWS_ENDPOINT_URL_IAM: 'http://example.com' }],
  ])('is refused if it would send credentials unencrypted: %s %o', async (flags, env) => {
    for (const argv of [approved.concat(values), ['check']]) {
      await refused(
        await signedIn(),
        [...argv, ...flags],
        { code: 'E-ENDPOINT', exit: 2, says: ['unencrypted', 'https'] },
        { env: { ...env } },
      );
    }
  });

  it.each(['localhost:4566', 'nonsense', 'ftp://127.0.0.1'])('is refused if the endpoint is not a valid URL: %s', async (url) => {
    await refused(await signedIn(), ['check', '--endpoint-url', url], { code: 'E-ENDPOINT', exit: 2, says: [/http/] });
  });

  it('is refused if the profile does not exist', async () => {
    await refused(await signedIn(), ['check', '--profile', 'missing'], { code: 'E-NO-PROFILE', exit: 4, says: ['missing'] });
  });

  it.each([
    [['check', '--account-id', '12']],
    [['check', '--config', 'bad.yaml']],
    [['check', '--config', 'other.yaml', '--account-id', own]],
  ])('is not used before the flags and the config are known to be right: %j', async (argv) => {
    const shell = await signedIn();
    writeFileSync(join(shell.home, 'bad.yaml'), 'version: 1\nbudgets: {}\n');
    writeFileSync(join(shell.home, 'other.yaml'), 'version: 1\naccount: { id: "444455556666" }\n');
    const { code, requests } = await shell.run(argv);
    expect([code, requests]).toEqual([2, []]);
  });

  it.each([
    [['--region', 'cn-north-1'], 'us-east-1', 'cn-north-1'],
    [[], 'cn-north-1', 'cn-north-1'],
    [['--region', 'us-east-1'], 'cn-north-1', 'us-east-1'],
  ])('is to the region of the flag %j before that of the variable %s: %s', async (flags, AWS_REGION, region) => {
    const hosts: string[] = [];
    const around = (handler: object): object => ({
      ...handler,
      handle: (request: { readonly hostname: string }) => {
        hosts.push(request.hostname);
        throw new Error('no network');
      },
    });
    const shell = await signedIn({ env: { AWS_REGION }, around });
    await shell.run(['check', '--only', 'alias', ...flags]);
    expect(hosts[0]).toContain(region === 'us-east-1' ? 'amazonaws.com' : `${region}.amazonaws.com.cn`);
    expect(hosts[0]?.endsWith('.cn')).toBe(region !== 'us-east-1');
  });

  it('is not refused for the default profile, which need not exist: the SDK searches for other credentials', async () => {
    const empty = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '', AWS_EC2_METADATA_DISABLED: 'true' };
    await refused(await signedIn({ env: empty }), ['check'], { code: 'E-NOT-SIGNED-IN', exit: 4, says: ['aws login'] });
    const named = await (await signedIn({ env: empty })).run(['check', '--profile', 'default', '--output', 'json']);
    expect([named.code, (JSON.parse(named.stdout) as RunReport).error?.code]).toEqual([4, 'E-NOT-SIGNED-IN']);
  });

  const signIns: readonly (readonly [name: string, what: FaultRule['what'], code: string, says: readonly (string | RegExp)[]])[] = [
    ['has expired', { kind: 'error', code: 'ExpiredToken', status: 403 }, 'E-SESSION-EXPIRED', ['expired', /sign in again/i]],
    ['is not known', { kind: 'error', code: 'InvalidClientTokenId', status: 403 }, 'E-CREDENTIALS-REFUSED', ['InvalidClientTokenId']],
    ['does not match its signature', { kind: 'error', code: 'SignatureDoesNotMatch', status: 403 }, 'E-CREDENTIALS-REFUSED', ['clock']],
  ];
  it.each(signIns)('is reported as refused if the sign-in %s', async (_name, what, code, says) => {
    for (const argv of [['init', '--yes'], ['check']]) {
      const practiced = practiceAccount();
      await practiced.run(['check']);
      practiced.turn({ faults: [{ operation: 'sts:GetCallerIdentity', what }] });
      await refused(practiced, argv, { code, exit: 4, says, requests: 30 });
    }
  });
});

describe('reads that are denied', () => {
  const denied = { kind: 'error', code: 'AccessDenied', status: 403 } as const;

  it('of one operation make check report unknown, not ok', async () => {
    const practiced = practiceAccount();
    writeFileSync(join(practiced.home, 'bootstrap.yaml'), 'version: 1\norganization: false\n');
    await practiced.run(['init', '--yes']);
    practiced.edit(({ root }) => void (root.mfa = 'hardware'));
    practiced.turn({ faults: [{ operation: 'iam:GetAccountSummary', what: denied }] });
    const before = practiced.world();
    const { report, writes, code, stdout, stderr } = await practiced.report(['check']);
    expect(lasting(practiced.world()).organizations).toEqual(before.organizations);
    expect(writes).toEqual([]);
    expect(checkShape.safeParse(JSON.parse(stdout)).error).toBeUndefined();
    expect(
      report.results
        .filter(({ cause }) => cause === 'denied')
        .map(({ id, missingPermission, status }) => ({ id, missingPermission, status })),
    ).toEqual(
      ['mfa.root', 'mfa.root-hardware', 'access-keys.root'].map((id) => ({
        id,
        missingPermission: 'iam:GetAccountSummary',
        status: 'unknown',
      })),
    );
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(4);
  });

  it('of all of IAM make check report unknown, not ok', async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    // The switch of a new account fails without any read of IAM.
    practiced.edit((account) => void (account.createdAt = '2026-01-01T00:00:00.000Z'));
    practiced.turn({ faults: [{ operation: 'iam:*', what: denied }] });
    const { report, writes, code } = await practiced.report(['check', '--skip', 'billing-access']);
    expect(writes).toEqual([]);
    const steps = ['admin-user', 'mfa', 'alias', 'access-keys'];
    expect(report.results.filter(({ step, status }) => steps.includes(step) && status !== 'unknown')).toEqual([]);
    expect(new Set(report.results.filter(({ status }) => status === 'unknown').map(({ step }) => step))).toEqual(new Set(steps));
    expect(report.results.filter(({ status, missingPermission }) => status === 'unknown' && missingPermission === null)).toEqual([]);
    expect(code).toBe(4);
  });

  it.each([
    'iam:GetAccountAuthorizationDetails',
    'iam:GetAccountPasswordPolicy',
    'iam:ListAccountAliases',
    'iam:ListVirtualMFADevices',
    'iam:GetAccountSummary',
    'iam:GetLoginProfile',
  ])('make init report the missing permission and not change the step: %s', async (operation) => {
    const practiced = practiceAccount();
    practiced.turn({ faults: [{ operation, what: denied }] });
    const { report, code, stdout, stderr } = await practiced.report(['init', '--yes']);
    const failed = report.steps?.filter(({ status }) => status === 'failed') ?? [];
    expect(failed.length).toBeGreaterThan(0);
    expect(initShape.safeParse(JSON.parse(stdout)).error).toBeUndefined();
    for (const { error } of failed) {
      expect(error?.code).toBe('E-READ-DENIED');
      expect(error?.next).toContain(operation);
    }
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(4);
  });

  it('of all of IAM make init end without a write to IAM', async () => {
    const practiced = practiceAccount();
    practiced.turn({ faults: [{ operation: 'iam:*', what: denied }] });
    const { report, writes, code } = await practiced.report(['init', '--yes']);
    const { alias, users, groups, mfaDevices, passwordPolicy } = practiced.account();
    expect({ alias, users, groups, mfaDevices, passwordPolicy }).toEqual({
      alias: null,
      users: [],
      groups: [],
      mfaDevices: [],
      passwordPolicy: null,
    });
    expect(writes.filter((name) => name.startsWith('iam:'))).toEqual([]);
    expect(report.steps?.filter(({ status }) => status === 'failed').map(({ id }) => id)).toEqual([
      'admin-user',
      'mfa',
      'alias',
      'access-keys',
    ]);
    expect(code).toBe(4);
  });

  it('of everything make init change nothing', async () => {
    const practiced = practiceAccount();
    const before = practiced.world();
    const faults: FaultRule[] = ['iam', 'budgets', 'organizations', 'account', 'cloudtrail', 'freetier'].map((service) => ({
      operation: `${service}:*`,
      what: {
        kind: 'error',
        code: service === 'iam' ? 'AccessDenied' : 'AccessDeniedException',
        status: service === 'iam' || service === 'account' ? 403 : 400,
      },
    }));
    practiced.turn({ faults });
    for (const argv of [['init', '--yes'], ['check']]) {
      const { writes, code } = await practiced.report(argv);
      expect(lasting(practiced.world())).toEqual(lasting(before));
      expect(writes).toEqual([]);
      expect(code).toBe(4);
    }
  });
});

describe('a command line', () => {
  const wrong: readonly (readonly [argv: readonly string[], says: readonly (string | RegExp)[]])[] = [
    [
      ['init', '--yess'],
      ['--yess', /--yes\b/],
    ],
    [['inti'], ['inti', 'init']],
    [
      ['check', '--fail-on', 'everything'],
      ['--fail-on', 'critical'],
    ],
    [['check', 'everything'], [/argument/]],
    [
      ['init', '--detailed-exitcode'],
      ['--detailed-exitcode needs --dry-run', 'Add --dry-run'],
    ],
    [['init', '--org', '--detailed-exitcode'], ['--detailed-exitcode needs --dry-run']],
    [
      ['init', '--yes', '--only', 'alais'],
      ['alais', /alias/],
    ],
    [
      ['init', '--yes', '--only', 'mfa.root'],
      ['mfa.root', '--only mfa'],
    ],
    [
      ['init', '--yes', '--only', 'alias', '--skip', 'alias'],
      ['--only', '--skip'],
    ],
    [
      ['check', '--only', 'mfa.rot'],
      ['mfa.rot', 'mfa.root'],
    ],
    [
      ['init', '--yes', '--profile', ''],
      ['--profile', 'empty'],
    ],
    [
      ['check', '--skip', 'alias', '--skip', ' '],
      ['--skip', 'empty'],
    ],
    [
      ['check', '--timeout', 'soon'],
      ['--timeout', 'seconds'],
    ],
    [['check', '--timeout', '0'], ['--timeout']],
    [
      ['init', '--yes', '--alias', 'Foo--Bar'],
      ['--alias', 'Foo--Bar'],
    ],
    [
      ['init', '--yes', '--budget', 'ten dollars'],
      ['--budget', 'ten dollars'],
    ],
    [
      ['init', '--yes', '--email', 'ops.example.com'],
      ['--email', 'ops.example.com'],
    ],
    [
      ['init', '--yes', '--admin-user', 'al ex'],
      ['--admin-user', 'al ex'],
    ],
  ];
  it.each(wrong)('with an invalid flag, value or combination is refused: %s', async (argv, says) => {
    await refused(practiceAccount(), argv, { code: 'E-USAGE', exit: 2, says });
  });

  it.each([
    [['check', '--json', '--output', 'csv'], "Use either '--json' or '--output csv'."],
    [['check', '--output', 'csv', '--json'], "Use either '--json' or '--output csv'."],
    [['keys', 'list', '--json', '--output', 'table'], "Use either '--json' or '--output table'."],
    [['keys', 'list', '--output-file', ''], "Option '--output-file <file>' is empty."],
  ])('with a contradiction or an empty value is refused: %j', async (argv, message) => {
    const { code, stdout, stderr, requests } = await practiceAccount().run(argv);
    expect([code, requests]).toEqual([2, []]);
    expect(stdout + stderr).toContain(message);
  });

  it.each([
    ['check mfa.root', '--only mfa.root'],
    ['check bootstrap.yaml', '--config bootstrap.yaml'],
    ['check 123456789012', '--account-id 123456789012'],
    ['init sandbox', '--sandbox'],
    ['init budget', '--only budget'],
    ['undo alias', '--only alias'],
    ['config validate acme.yaml', '--config acme.yaml'],
    ['config new acme.yml', '--output-file acme.yml'],
    ['keys delete AKIAIOSFODNN7EXAMPLE', '--key AKIAIOSFODNN7EXAMPLE'],
    ['keys list ci', '--user ci'],
    ['accounts create lab', '--name lab'],
    ['accounts invite 444455556666', '--id 444455556666'],
    ['accounts cancel root@example.com', '--email root@example.com'],
  ])('with a value without its flag names the flag: %s', async (line, flag) => {
    const { code, stderr } = await testShell().run(line.split(' '));
    expect(code).toBe(2);
    expect(stderr).toContain(`Did you mean \`${flag}\`? Run \`bootstrap help `);
  });

  it.each(['accounts close 111122223333 444455556666', 'accounts accept x', 'explain mfa alias', 'check Everything', 'sandbox serve 4566'])(
    'with a value that fits no flag names none: %s',
    async (line) => {
      const { code, stderr } = await testShell().run(line.split(' '));
      expect(code).toBe(2);
      expect(stderr).not.toContain('Did you mean');
    },
  );

  it('prints no document in a format that the command does not have', async () => {
    const { code, stdout, stderr } = await practiceAccount().run(['keys', 'list', '--output', 'csv']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("argument 'csv' is invalid");
  });

  it.each(['list', 'rotate'])('with a user name that IAM does not allow is refused before AWS is asked: keys %s', async (verb) => {
    const { code, stdout, stderr, requests } = await practiceAccount().run(
      ['keys', verb, '--user', 'al ex', '--yes'].slice(0, verb === 'list' ? 4 : 5),
    );
    expect([code, requests]).toEqual([2, []]);
    expect(stdout + stderr).toContain('--user "al ex" has characters that IAM does not allow');
  });

  it('takes the format twice if it is the same', async () => {
    const { code, stdout } = await practiceAccount().run(['check', '--list-checks', '--json', '--output', 'json']);
    expect([code, typeof JSON.parse(stdout)]).toEqual([0, 'object']);
  });

  it.each([
    [['keys', 'list', '--usr', 'ci', '--json'], 'keys list'],
    [['config', 'show', '--json', 'x'], 'config show'],
    [['undo', '--yess', '--json'], 'undo'],
  ])('names its command in the document of an error: %j', async (argv, command) => {
    const { code, stdout } = await practiceAccount().run(argv);
    expect([code, JSON.parse(stdout)]).toMatchObject([2, { command, error: { code: 'E-USAGE' }, exit: { code: 2 } }]);
  });

  it.each([
    [['accounts', 'close', '12']],
    [['accounts', 'secure-root', '444455556666', '12']],
    [['accounts', 'invite', '--id', '12']],
    [['accounts', 'cancel', '--id', '12']],
  ])('with a wrong account id is refused before AWS is asked: %s', async (argv) => {
    const { code, stdout, stderr, requests } = await practiceAccount().run(argv);
    expect([code, requests]).toEqual([2, []]);
    expect(stdout + stderr).toContain('"12" is not an account id');
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
  });

  it('with an unknown format is refused, on stderr', async () => {
    const practiced = practiceAccount();
    const { code, stdout, stderr, requests } = await practiced.run(['check', '--output', 'xml']);
    expect(requests).toEqual([]);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/xml.*table, json/s);
    expect(code).toBe(2);
  });

  it('without a command prints the help', async () => {
    const { code, stdout, stderr } = await testShell().run([]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('bootstrap help COMMAND');
  });

  it('with an invalid practice account file is refused, and the file is not changed', async () => {
    for (const text of ['not JSON', '{"version":2}', '[]', '']) {
      const practiced = practiceAccount();
      const file = join(practiced.home, 'notes.txt');
      writeFileSync(file, text);
      const shell = testShell();
      const { code, stdout } = await shell.run(['check', '--output', 'json', '--sandbox-file', file]);
      const { error } = JSON.parse(stdout) as RunReport;
      expect(filesOf(practiced.home)['notes.txt']).toMatch(new RegExp(`^\\d+ ${text.replaceAll(/[[\]{}]/g, '\\$&')}$`));
      expect(error).toMatchObject({ code: 'E-SANDBOX-FILE', changed: false });
      expect(error?.next).toContain('--sandbox-file');
      expect(code).toBe(2);
    }
  });
});

/** Creates something at the path and returns the path. */
function made(home: string, name: string, make: (path: string) => void): string {
  const path = join(home, name);
  make(path);
  if (name === 'open.json') chmodSync(path, 0o644);
  return path;
}
