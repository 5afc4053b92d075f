import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { newAccount } from '../../src/sandbox/new-world.js';
import type { World } from '../../src/sandbox/world.js';
import { type FakeAws, fakeAws } from './fake-aws.js';
import { bundle, newFolder, runProgram, type Running, startProgram } from './program.js';
import { type Answer, type Sat, sitAt } from './pty.js';

const python = inject('pythonBin');
const enter = '\r';
const current = 'aws-cli/2.32.5 Python/3.13.9 Linux/6.8.0 exe/x86_64.ubuntu.24';
const root = 'arn:aws:iam::111122223333:root';
const offered = String.raw`Run .aws login. now\?`;

describe.skipIf(python === '' || process.platform === 'win32')('signing in from a terminal', { timeout: 60_000 }, () => {
  let home: string;
  let server: Running;
  let endpoint: string;
  beforeEach(async () => {
    home = newFolder();
    server = startProgram(['sandbox', 'serve', '--sandbox-file', 'world.json'], { home, deadlineMs: 60_000 });
    await server.until(/until Ctrl-C/);
    [, endpoint = ''] = await server.until(/AWS_ENDPOINT_URL=(\S+)\n/);
  });
  afterEach(async () => {
    await server?.stop('SIGTERM');
  });

  const given = (name: string): string => new RegExp(`^export ${name}=(.*)$`, 'm').exec(server.stdout())?.[1] ?? '';
  const rootLogin = () => ({
    session: root,
    accessKeyId: given('AWS_ACCESS_KEY_ID'),
    secretAccessKey: given('AWS_SECRET_ACCESS_KEY'),
    sessionToken: given('AWS_SESSION_TOKEN'),
  });
  const environment = (folder: string): Record<string, string> => ({
    PATH: folder,
    HOME: home,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  const sit = (folder: string, argv: readonly string[], typed: readonly Answer[], env: Record<string, string> = {}): Promise<Sat> =>
    sitAt(
      python,
      {
        argv: [process.execPath, bundle, ...argv],
        env: { ...environment(folder), ...env },
        cwd: home,
        columns: 100,
        rows: 40,
        seconds: 20,
      },
      typed,
    );
  const textOf = ({ lines }: Sat): string => lines.join(' ').replace(/\s+/g, ' ');
  const account = () => Object.values((JSON.parse(readFileSync(path.join(home, 'world.json'), 'utf8')) as World).accounts)[0];

  it('runs `aws login` and continues with check', async () => {
    const aws = fakeAws({ version: current, login: rootLogin() });
    const sat = await sit(aws.folder, ['check', '--only', 'alias', '--fail-on', 'critical'], [[offered, enter]]);
    expect([sat.answered, sat.code, sat.signal]).toEqual([1, 0, null]);
    expect(aws.calls()).toEqual(['login']);
    expect(textOf(sat)).toMatch(/You are not signed in to AWS: .*Updated profile default .*Account 111122223333/);
    expect(sat.raw).not.toContain(given('AWS_SECRET_ACCESS_KEY'));
  });

  it('runs `aws login` for a new profile and continues with init, up to the changes', async () => {
    const aws = fakeAws({ version: current, login: rootLogin() });
    writeFileSync(
      path.join(home, 'bootstrap.yaml'),
      'version: 1\nbilling-access: false\nbudget: false\nadmin-user: false\nmfa: false\nalias: { name: acme-prod }\n',
    );
    const sat = await sit(
      aws.folder,
      ['init', '--profile', 'acme'],
      [
        [String.raw`There is no profile "acme"[\s\S]*Run .aws login --profile acme. now\?`, enter],
        [String.raw`Make this change\?|Make these \d+ changes\?|change\?`, `y${enter}`],
      ],
    );
    expect(aws.calls()).toEqual(['login --profile acme']);
    expect([sat.answered, sat.signal, account()?.alias]).toEqual([2, null, 'acme-prod']);
  });

  it('runs `aws login` and continues with undo', async () => {
    const aws = fakeAws({ version: current, login: rootLogin() });
    const sat = await sit(aws.folder, ['undo', '--dry-run', '--only', 'alias'], [[offered, enter]]);
    expect([sat.answered, sat.code, sat.signal, aws.calls()]).toEqual([1, 0, null, ['login']]);
    expect(textOf(sat)).toMatch(/Updated profile default .*Account 111122223333/);
  });

  it('prints how to sign in when you decline', async () => {
    const aws = fakeAws({ version: current, login: rootLogin() });
    const sat = await sit(aws.folder, ['check'], [[offered, `n${enter}`]]);
    expect([sat.answered, sat.code, aws.calls()]).toEqual([1, 4, []]);
    expect(textOf(sat)).toMatch(/Sign in with `aws login` \(AWS CLI 2\.32 or newer; .*CloudShell/);
  });

  it('uses --remote over SSH, where no browser can be opened', async () => {
    const aws = fakeAws({ version: current, login: rootLogin() });
    const argv = ['check', '--only', 'alias'];
    await sit(aws.folder, argv, [[String.raw`Run .aws login --remote. now\?`, enter]], { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' });
    expect(aws.calls()).toEqual(['login --remote']);
  });

  it.each<readonly [string, string | undefined, RegExp]>([
    [
      'no AWS CLI',
      undefined,
      /Install AWS CLI 2\.32 or newer \(https:\S+\) and run `aws login`, or run in AWS CloudShell.*`bootstrap init --sandbox`/,
    ],
    ['version 1', 'aws-cli/1.44.3 Python/3.12.3 Linux/6.8.0 botocore/1.42.3', /Your AWS CLI is 1\.44\.3, and version 1 has no `aws login`/],
    [
      'an older version 2',
      'aws-cli/2.31.39 Python/3.13.9 Linux/6.8.0 exe/x86_64',
      /Your AWS CLI is 2\.31\.39, which has no `aws login` yet/,
    ],
    ['another program', 'usage: aws', /The program `aws` on your PATH does not report its version/],
  ])('explains what to install with %s, without a question', async (_, version, words) => {
    const folder = version === undefined ? newFolder() : fakeAws({ version }).folder;
    const sat = await sit(folder, ['check'], []);
    expect(sat.code).toBe(4);
    expect(textOf(sat)).toMatch(words);
    expect(textOf(sat)).not.toContain('now?');
  });

  it('does not start an `aws` of the working folder', async () => {
    const aws = fakeAws({ version: current, login: rootLogin() });
    const sat = await sit(aws.folder, ['check'], [], { PATH: `:.:${path.relative(home, aws.folder)}` });
    expect([sat.code, aws.calls()]).toEqual([4, []]);
    expect(textOf(sat)).toContain('Install AWS CLI');
  });

  it.each<readonly [FakeAws['login'], string, RegExp]>([
    ['fails', 'fails', /`aws login` did not sign you in \(exit code 7\)/],
    ['nothing', 'does nothing', /You are not signed in to AWS: .*You are not signed in to AWS/],
  ])('asks only once (%s): `aws login` %s', async (login, _, words) => {
    const aws = fakeAws({ version: current, ...(login === undefined ? {} : { login }) });
    const sat = await sit(aws.folder, ['check'], [[offered, enter]]);
    expect([sat.answered, sat.code, aws.calls()]).toEqual([1, 4, ['login']]);
    expect(textOf(sat)).toMatch(words);
  });

  it('ends cleanly after Ctrl-C in `aws login`', async () => {
    const aws = fakeAws({ version: current, login: 'waits' });
    const sat = await sit(
      aws.folder,
      ['check'],
      [
        [offered, enter],
        ['Attempting to open', '\u0003'],
      ],
    );
    expect([sat.answered, sat.code, sat.signal]).toEqual([2, 130, null]);
    expect(aws.calls()).toEqual(['login', 'interrupted']);
    expect(textOf(sat)).toContain('The run was stopped.');
  });

  it('runs `aws sso login` for a profile of IAM Identity Center', async () => {
    mkdirSync(path.join(home, '.aws'));
    writeFileSync(
      path.join(home, '.aws/config'),
      '[profile corp]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com/start\n',
    );
    const aws = fakeAws({ version: 'aws-cli/2.15.0 Python/3.11.6 Linux/6.8.0 exe/x86_64', login: 'nothing' });
    const sat = await sit(aws.folder, ['check', '--profile', 'corp'], [[String.raw`Run .aws sso login --profile corp. now\?`, enter]]);
    expect([sat.answered, sat.code, aws.calls()]).toEqual([1, 4, ['sso login --profile corp']]);
  });

  it.each<readonly [string, readonly string[], Record<string, string>, number]>([
    ['--no-input', ['check', '--no-input'], {}, 4],
    ['--yes', ['init', '--yes', '--account-id', '111122223333', '--only', 'alias', '--alias', 'acme'], {}, 4],
    ['CI', ['check'], { CI: 'true' }, 4],
    ['the practice account', ['check', '--sandbox', '--only', 'alias', '--fail-on', 'critical'], {}, 0],
    ['key variables that AWS refuses', ['check'], { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' }, 4],
  ])('asks nothing with %s', async (_, argv, env, code) => {
    const aws = fakeAws({ version: current, login: rootLogin() });
    const sat = await sit(aws.folder, argv, [], env);
    expect([sat.code, aws.calls()]).toEqual([code, []]);
    expect(textOf(sat)).not.toContain('now?');
    if (env['AWS_ACCESS_KEY_ID'] !== undefined)
      expect(textOf(sat)).toContain('`unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN`');
  });

  it('asks nothing without a terminal', async () => {
    const aws = fakeAws({ version: current, login: rootLogin() });
    const { code, stderr, stdout } = await runProgram(['check'], { home, env: environment(aws.folder) });
    expect([code, aws.calls()]).toEqual([4, []]);
    expect(`${stdout}${stderr}`.replace(/\s+/g, ' ')).toMatch(/Sign in with `aws login` \(AWS CLI 2\.32 or newer/);
  });

  describe('as the new administrator, after a run as root', () => {
    const handOver = String.raw`Sign in as alex and continue\?`;
    const approve: Answer = [String.raw`Make these \d+ changes\?`, `y${enter}`];
    const asRoot = (): Record<string, string> => ({
      AWS_ACCESS_KEY_ID: given('AWS_ACCESS_KEY_ID'),
      AWS_SECRET_ACCESS_KEY: given('AWS_SECRET_ACCESS_KEY'),
      AWS_SESSION_TOKEN: given('AWS_SESSION_TOKEN'),
      AWS_REGION: 'us-east-1',
    });
    const worldFile = (): string => path.join(home, 'world.json');
    /** A session that the practice account accepts once the user exists. */
    const sessionOf = (accountId: string) => {
      const world = JSON.parse(readFileSync(worldFile(), 'utf8')) as World;
      const known = world.accounts[accountId] !== undefined;
      if (!known) world.accounts[accountId] = newAccount({ id: accountId, name: 'other', email: 'other@example.com', now: new Date() });
      const login = {
        accessKeyId: 'ASIAALEXALEXALEXALEX',
        secretAccessKey: 'practice-secret-of-alex',
        sessionToken: 'practice-token-of-alex',
      };
      world.sessions[login.accessKeyId] = {
        accountId,
        principal: known ? { kind: 'user', name: 'alex' } : { kind: 'root' },
        secret: login.secretAccessKey,
        token: login.sessionToken,
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      };
      writeFileSync(worldFile(), JSON.stringify(world, null, 2));
      return { ...login, session: `arn:aws:iam::${accountId}:user/alex` };
    };
    beforeEach(() => {
      writeFileSync(
        path.join(home, 'own.yaml'),
        'version: 1\nbilling-access: false\nbudget: false\nmfa: false\nadmin-user: { name: alex }\nalias: { name: acme-prod }\nsecrets: { file: secrets.json }\n',
      );
    });
    const init = ['init', '--config', 'own.yaml'];

    it('signs in and runs init again, which has nothing left to do', async () => {
      const aws = fakeAws({ version: current, login: sessionOf('111122223333') });
      const sat = await sit(aws.folder, init, [approve, [handOver, enter]], asRoot());
      expect(aws.calls()).toEqual(['login --profile alex']);
      expect([sat.answered, sat.code, sat.signal]).toEqual([2, 0, null]);
      expect(textOf(sat)).toMatch(
        /DONE .*Sign in as alex and continue\?.*profile alex \(aws login, --profile\).*UNCHANGED .*When you are done as root: unset/,
      );
      expect(sat.raw).not.toMatch(/practice-(secret|token)-of-alex/);
    });

    it.each([
      ['not saved', 'n'],
      ['saved', 'y'],
    ])('does not ask the answered questions again, with the answers %s', async (_, save) => {
      const aws = fakeAws({ version: current, login: sessionOf('111122223333') });
      const typed: readonly Answer[] = [
        ['Monthly budget', enter],
        ['Email address for budget alerts', `ops@example.com${enter}`],
        ['User name of the administrator', `alex${enter}`],
        ['Account alias', `acme-prod${enter}`],
        ['Where to store the new console password', enter],
        approve,
        [String.raw`that IAM access is activated\?`, `n${enter}`],
        [String.raw`Save your answers to bootstrap\.yaml\?`, `${save}${enter}`],
        [handOver, enter],
      ];
      const sat = await sit(aws.folder, ['init', '--skip', 'mfa'], typed, asRoot());
      expect([sat.answered, sat.code, aws.calls()]).toEqual([9, 5, ['login --profile alex']]);
      expect(textOf(sat).split('and continue?').at(-1)).toMatch(
        /user alex, by profile alex.*Nothing to change|user alex, by profile alex.*MANUAL/,
      );
    });

    it('asks for approval of a plan of its own', async () => {
      const aws = fakeAws({ version: current, login: sessionOf('111122223333') });
      const change = { file: 'world.json', from: '"alias": "acme-prod"', to: '"alias": null' };
      const sat = await sit(aws.folder, init, [approve, [handOver, enter, change], [String.raw`Make this change\?`, enter]], asRoot());
      expect([sat.answered, sat.code, account()?.alias]).toEqual([3, 3, null]);
      expect(textOf(sat)).toContain('You declined the plan.');
    });

    it('stops if that is another account', async () => {
      const aws = fakeAws({ version: current, login: sessionOf('444455556666') });
      const sat = await sit(aws.folder, init, [approve, [handOver, enter]], asRoot());
      expect([sat.answered, sat.code]).toEqual([2, 4]);
      expect(textOf(sat)).toMatch(/You are signed in to account 444455556666 .* names 111122223333/);
    });

    it('stops if that is root again', async () => {
      const aws = fakeAws({ version: current, login: rootLogin() });
      const sat = await sit(aws.folder, init, [approve, [handOver, enter]], asRoot());
      expect([sat.answered, sat.code]).toEqual([2, 0]);
      expect(textOf(sat)).toMatch(/You are signed in as root, not as alex\. Run `aws login --profile alex` again/);
      expect(textOf(sat)).not.toContain('UNCHANGED');
    });

    it.each<readonly [string, string, FakeAws['login'], number]>([
      ['you decline', `n${enter}`, undefined, 0],
      ['`aws login` fails', enter, 'fails', 0],
      ['you press Ctrl-C', '\u0003', undefined, 130],
    ])('leaves the command to run later when %s', async (_, typed, login, code) => {
      const aws = fakeAws({ version: current, login: login ?? rootLogin() });
      const sat = await sit(aws.folder, init, [approve, [handOver, typed]], asRoot());
      expect([sat.answered, sat.code]).toEqual([2, code]);
      expect(textOf(sat)).toContain('Sign in as alex: aws login --profile alex');
      expect(account()?.users.map(({ name }) => name)).toEqual(['alex']);
    });

    it('is only described in the practice account', async () => {
      const aws = fakeAws({ version: current });
      const sat = await sit(aws.folder, [...init, '--sandbox', '--only', 'admin-user,alias'], [approve]);
      expect([sat.signal, aws.calls()]).toEqual([null, []]);
      expect(textOf(sat)).toContain('In a real account, `init` now offers to run `aws login --profile alex` and to continue as alex.');
    });

    it.each<readonly [string, readonly string[], FakeAws]>([
      ['a report as a document', ['--output', 'json'], { version: current }],
      ['--quiet', ['--quiet'], { version: current }],
      ['an older AWS CLI', [], { version: 'aws-cli/2.31.0' }],
    ])('is not offered with %s', async (_, flags, behaviour) => {
      const aws = fakeAws(behaviour);
      const sat = await sit(aws.folder, [...init, ...flags], [approve], asRoot());
      expect([sat.answered, sat.code, aws.calls()]).toEqual([1, 0, []]);
      expect(textOf(sat)).not.toContain('and continue?');
    });
  });
});
