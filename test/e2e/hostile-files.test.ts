import { generateIdentity, identityToRecipient } from 'age-encryption';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { canonical } from '../../src/core/text.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { countTests } from '../support/totals.js';
import { bundle, newFolder, type Running, runProgram, startProgram } from './program.js';
import { type Answer, sitAt } from './pty.js';

/**
 * Files of someone else: a `bootstrap.yaml` that came with a repository, and a saved plan that was edited. Each names something with
 * power. The program is the real one, and AWS is a loopback address that counts what it is asked.
 */
const account = '111122223333';
const python = inject('pythonBin');
const section = `version: 1
account: { id: "${account}" }
billing-access: false
budget: false
admin-user: { name: alex }
mfa: false
alias: false
`;

countTests({
  suite: 'S5',
  title: 'hostile configs and plans, through the program',
  floor: python === '' ? 36 : 39,
  sampled: null,
  all: 'npm test',
  detail: '0 programs run, 0 secrets elsewhere, 0 requests to AWS before the refusal',
});

let server: Running;
let exports: Record<string, string> = {};
let aws: RecordingProxy;
let home = '';
let folder = '';
let recipient = '';

beforeAll(async () => {
  recipient = await identityToRecipient(await generateIdentity());
});

/** A new account for each test, since some of them change it. */
beforeEach(async () => {
  home = realpathSync(newFolder());
  folder = path.join(home, 'repository');
  mkdirSync(folder);
  server = startProgram(['sandbox', 'serve', '--sandbox-file', path.join(home, 'world.json')], { home, deadlineMs: 300_000 });
  await server.until(/until Ctrl-C/);
  exports = Object.fromEntries([...server.stdout().matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  aws = await startRecordingProxy({ target: exports['AWS_ENDPOINT_URL'] ?? '' });
  return async () => {
    await aws.close();
    await server.stop('SIGTERM');
  };
});
afterAll(() => server?.stop('SIGTERM'));

const envWith = (more: Record<string, string> = {}): Record<string, string> => ({
  ...exports,
  AWS_ENDPOINT_URL: aws.url,
  GITHUB_TOKEN: 'token-of-the-parent',
  PASSWORD_STORE_TOKEN: 'token-of-the-manager',
  ...more,
});
const run = (argv: readonly string[], more: Record<string, string> = {}) => runProgram(argv, { home, cwd: folder, env: envWith(more) });
const unattended = ['init', '--yes', '--account-id', account, '--output', 'json'] as const;
const errorOf = (stdout: string): NonNullable<RunReport['error']> => {
  const { error } = JSON.parse(stdout) as RunReport;
  if (error === undefined) throw new Error(stdout);
  return error;
};
const config = (secrets: string): void => writeFileSync(path.join(folder, 'bootstrap.yaml'), `${section}secrets: ${secrets}\n`);

/** A program that leaves a mark when it is run, with its environment and its input. */
const program = (): string => {
  const file = path.join(folder, 'keep.sh');
  writeFileSync(file, `#!/bin/sh\nenv > '${home}/ran'\ncat >> '${home}/ran'\n`);
  chmodSync(file, 0o755);
  return './keep.sh';
};
const ran = (): boolean => existsSync(path.join(home, 'ran'));
const filesAround = (): readonly string[] => readdirSync(home, { recursive: true, encoding: 'utf8' }).toSorted();

const hostile: readonly (readonly [what: string, secrets: () => string, shown: () => string])[] = [
  ['a program', () => `{ command: [${program()}, --to, "a b"] }`, () => "the program ./keep.sh --to 'a b'"],
  ['an age recipient', () => `{ age: ${recipient} }`, () => `a file encrypted to ${recipient}`],
  ['a file above the folder', () => '{ file: ../out.json }', () => `the file ${path.join(home, 'out.json')}`],
  ['a file elsewhere', () => `{ file: ${path.join(home, 'out.json')} }`, () => `the file ${path.join(home, 'out.json')}`],
  [
    'a file behind a link',
    () => {
      symlinkSync('..', path.join(folder, 'inside'));
      return '{ file: inside/out.json }';
    },
    () => `the file ${path.join(home, 'out.json')}`,
  ],
];

describe('a bootstrap.yaml that was found in the folder', { timeout: 60_000 }, () => {
  it.each(hostile)('does not choose %s for the secrets of an unattended run', async (_, secrets, shown) => {
    config(secrets());
    const before = filesAround();
    const { code, stdout } = await run(unattended);
    const { code: named, message, next } = errorOf(stdout);
    expect([code, named]).toEqual([2, 'E-SECRETS-UNCONFIRMED']);
    expect(message).toContain(`bootstrap.yaml:8 sends the secrets of this run to ${shown()}.`);
    expect(next).toBe('If you trust it, pass --config ./bootstrap.yaml.');
    expect([aws.requests, ran()]).toEqual([[], false]);
    expect(filesAround()).toEqual(before);
  });

  it.each(hostile)('shows %s in the header and in the plan of a dry run', async (_, secrets, shown) => {
    config(secrets());
    const { code, stdout, stderr } = await run(['init', '--dry-run', '--account-id', account], { COLUMNS: '400' });
    expect(code).toBe(0);
    const flat = (text: string): string => text.replace(/\s+/g, ' ');
    expect(flat(stderr)).toContain(`Secrets ${shown()} (bootstrap.yaml:8)`);
    expect(flat(stdout)).toContain(`secret: goes only to ${shown()} (bootstrap.yaml:8)`);
    expect(ran()).toBe(false);
  });

  it('is trusted if a flag names it; its program gets a small environment and no token', async () => {
    config(`{ command: [${program()}], command-env: [PASSWORD_STORE_TOKEN] }`);
    const { code } = await run([...unattended, '--config', './bootstrap.yaml'], { XDG_RUNTIME_DIR: '/nowhere', LC_ALL: 'C' });
    expect(code).toBe(0);
    const mark = readFileSync(path.join(home, 'ran'), 'utf8');
    expect(mark).toContain('"kind":"console-password"');
    const names = mark.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)).toSorted()).toEqual([
      'HOME',
      'LC_ALL',
      'PASSWORD_STORE_TOKEN',
      'PATH',
      'XDG_RUNTIME_DIR',
    ]);
  });

  it('can name a file in its own folder, which a flag overrides', async () => {
    config('{ file: ./out.json }');
    expect((await run(unattended)).code).toBe(0);
    expect(existsSync(path.join(folder, 'out.json'))).toBe(true);
    config(`{ command: [${program()}] }`);
    expect((await run([...unattended, '--secrets-file', './out.json'])).code).toBe(0);
    expect(ran()).toBe(false);
  });

  it('does not choose the destination of a rotated key', async () => {
    config('{ file: ../out.json }');
    writeFileSync(
      path.join(folder, 'first.yaml'),
      `${section}access-keys: { mode: create, user: ci, profile: false }\nsecrets: { file: first.json }\n`,
    );
    expect((await run([...unattended, '--config', 'first.yaml'])).code).toBe(0);
    const before = aws.requests.length;
    const { code, stdout } = await run(['keys', 'rotate', '--user', 'ci', '--yes', '--account-id', account, '--output', 'json']);
    expect([code, errorOf(stdout).code]).toEqual([2, 'E-SECRETS-UNCONFIRMED']);
    const writes = aws.requests.slice(before).filter(({ operation }) => !/^(Get|List|Describe)/.test(operation));
    expect([writes, existsSync(path.join(home, 'out.json'))]).toEqual([[], false]);
  });

  it('does not block a run if it is a pipe', async () => {
    spawnSync('mkfifo', [path.join(folder, 'bootstrap.yaml')]);
    const { code, stdout } = await run(unattended);
    expect([code, errorOf(stdout).message]).toEqual([2, 'bootstrap.yaml is not a file.']);
  });
});

describe.skipIf(python === '')('at a terminal', { timeout: 60_000 }, () => {
  const place = 'Send the secrets there?';
  const sit = (argv: readonly string[], typed: readonly Answer[]) =>
    sitAt(
      python,
      {
        argv: [process.execPath, bundle, ...argv],
        env: { PATH: process.env['PATH'], HOME: home, TERM: 'xterm', ...envWith() },
        cwd: folder,
        columns: 100,
        rows: 40,
        seconds: 40,
      },
      typed,
    );

  it('asks to confirm a found program separately, before AWS is called, and Enter does not confirm it', async () => {
    config(`{ command: [${program()}, --to, mallory] }`);
    const sat = await sit(['init', '--no-tour'], [[place, '\r']]);
    expect([sat.code, sat.answered]).toEqual([3, 1]);
    expect(sat.raw).toContain('the program ./keep.sh --to mallory');
    expect([aws.requests, ran()]).toEqual([[], false]);
  });

  it('passes the secrets to a program that is confirmed', async () => {
    config(`{ command: [${program()}] }`);
    const sat = await sit(
      ['init', '--no-tour'],
      [
        [place, 'y\r'],
        ['Make these|Last four digits', (screen) => (screen.some((line) => line.includes('Last four')) ? '3333\r' : 'y\r')],
      ],
    );
    expect([sat.answered, ran()]).toEqual([2, true]);
  });

  it('asks to confirm the program of an edited plan too', async () => {
    config('{ file: ./out.json }');
    await run(['init', '--save-plan', 'plan.json', '--no-input']);
    edit(({ inputs }) => void (inputs['secretCommand'] = program()));
    const from = aws.requests.length;
    const sat = await sit(['init', '--from-plan', 'plan.json'], [[place, 'n\r']]);
    expect([sat.code, sat.answered, aws.requests.length - from, ran()]).toEqual([3, 1, 0, false]);
    expect(sat.raw).toContain('the program ./keep.sh');
  });
});

interface PlanFile {
  account: Record<string, unknown>;
  endpoints: Record<string, string>;
  inputs: Record<string, unknown> & { config: { file: string; text: string } | null; overrides: unknown[] };
  [more: string]: unknown;
}
const planFile = (): string => path.join(folder, 'plan.json');
/** `forged`: by someone who knows how plans are made, so that the digest fits. */
const edit = (change: (plan: PlanFile) => void, forged = true): void => {
  const { digest, ...plan } = JSON.parse(readFileSync(planFile(), 'utf8')) as PlanFile;
  change(plan);
  writeFileSync(
    planFile(),
    JSON.stringify({ ...plan, digest: forged ? createHash('sha256').update(canonical(plan)).digest('hex') : digest }),
  );
};

describe('a saved plan that was edited', { timeout: 60_000 }, () => {
  const fromPlan = ['init', '--from-plan', 'plan.json', '--output', 'json'] as const;
  const saved = async (secrets = '{ file: ./out.json }'): Promise<void> => {
    config(secrets);
    const { code } = await run(['init', '--save-plan', 'plan.json', '--no-input', '--config', 'bootstrap.yaml']);
    expect(code).toBe(0);
  };
  const refused = async (argv: readonly string[], more: Record<string, string> = {}) => {
    const from = aws.requests.length;
    const { code, stdout } = await run(argv, more);
    expect(ran()).toBe(false);
    return { exit: code, ...errorOf(stdout), requests: aws.requests.slice(from).map(({ operation }) => operation) };
  };

  const powers: readonly (readonly [what: string, change: (plan: PlanFile) => void, shown: () => string])[] = [
    ['a program', ({ inputs }) => void (inputs['secretCommand'] = program()), () => 'the program ./keep.sh'],
    ['a recipient', ({ inputs }) => void (inputs['encryptTo'] = [recipient]), () => `a file encrypted to ${recipient}`],
    ['a file', ({ inputs }) => void (inputs['secretsFile'] = path.join(home, 'out.json')), () => `the file ${path.join(home, 'out.json')}`],
    [
      'a config with a program',
      ({ inputs }) => void (inputs.config = { file: '/gone/bootstrap.yaml', text: `${section}secrets: { command: [${program()}] }\n` }),
      () => 'the program ./keep.sh',
    ],
  ];
  it.each(powers)('does not choose %s, even with a correct digest', async (_, change, shown) => {
    await saved();
    edit(change, false);
    expect(await refused(fromPlan)).toMatchObject({
      exit: 2,
      code: 'E-PLAN-FILE',
      requests: [],
      message: expect.stringMatching(/changed after it was saved/),
    });
    edit(() => {}, true);
    const refusal = await refused(fromPlan);
    expect(refusal).toMatchObject({ exit: 2, code: 'E-SECRETS-UNCONFIRMED', requests: [] });
    expect(refusal.message).toContain(shown());
  });

  it('is applied if the same destination is given again', async () => {
    await saved(`{ command: [${program()}] }`);
    expect(await refused(fromPlan)).toMatchObject({ exit: 2, code: 'E-SECRETS-UNCONFIRMED', requests: [] });
    expect(await refused([...fromPlan, '--secret-command', 'other'])).toMatchObject({ exit: 2, code: 'E-PLAN-FILE', requests: [] });
    expect((await run([...fromPlan, '--config', 'bootstrap.yaml'])).code).toBe(0);
    expect(ran()).toBe(true);
  });

  it('with a destination from a flag is applied with that flag, as the run that saved it prints', async () => {
    config(`{ file: ./out.json }`);
    const { stdout } = await run(['init', '--save-plan', 'plan.json', '--no-input', '--secret-command', `${program()} "a b"`], {
      COLUMNS: '200',
    });
    expect(stdout).toContain(`init --from-plan plan.json --secret-command './keep.sh "a b"'`);
    expect((await run([...fromPlan, '--secret-command', './keep.sh "a b"'])).code).toBe(0);
    expect(ran()).toBe(true);
  });

  it.each<[string, (plan: PlanFile) => void, Record<string, string>, RegExp]>([
    [
      'another endpoint',
      () => {},
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      /was saved for http.*but this run is for http:\/\/127\.0\.0\.1:9/,
    ],
    [
      'another endpoint of one service',
      () => {},
      { AWS_ENDPOINT_URL_CLOUDTRAIL: 'http://127.0.0.1:9' },
      /was saved with .* for cloudtrail, but this run uses http:\/\/127\.0\.0\.1:9/,
    ],
    [
      'an endpoint of its own',
      (plan) => void (plan.endpoints = { iam: 'https://mallory.example' }),
      {},
      /was saved with https:\/\/mallory/,
    ],
    [
      'a step that does not exist',
      ({ inputs }) => void inputs.overrides.push({ step: '__proto__', path: 'a', value: 'b', flag: 'c' }),
      {},
      /"__proto__", which does not exist/,
    ],
    [
      'keys that no plan has',
      (plan) => void Object.defineProperty(plan, '__proto__', { value: { yes: true }, enumerable: true }),
      {},
      /is not a saved plan/,
    ],
    [
      'values nested without end',
      (plan) => void (plan['changes'] = [{ step: 'a', change: { kind: 'a', summary: 'a', risk: 'a', calls: [], deep: 'DEEP' } }]),
      {},
      /changed after it was saved/,
    ],
  ])('is refused for %s before AWS is called', async (_, change, env, message) => {
    await saved();
    edit(change);
    const text = readFileSync(planFile(), 'utf8');
    if (text.includes('"DEEP"')) writeFileSync(planFile(), text.replace('"DEEP"', `${'['.repeat(50_000)}${']'.repeat(50_000)}`));
    const refusal = await refused(fromPlan, env);
    expect(refusal).toMatchObject({ exit: 2, code: 'E-PLAN-FILE', requests: [] });
    expect(refusal.message).toMatch(message);
  });

  it('is refused for another account before anything is written', async () => {
    await saved();
    edit((plan) => {
      plan.account['id'] = '999988887777';
      if (plan.inputs.config) plan.inputs.config.text = plan.inputs.config.text.replace(account, '999988887777');
      if (plan.inputs.config) plan.inputs.config.file = path.join(folder, 'gone.yaml');
    });
    expect(await refused(fromPlan)).toMatchObject({ exit: 4, code: 'E-WRONG-ACCOUNT', requests: ['GetCallerIdentity'] });
  });

  it('is refused if its config was changed, in the folder or in the plan', async () => {
    await saved();
    config('{ file: ./other.json }');
    const message = expect.stringMatching(/has changed since/);
    expect(await refused(fromPlan)).toMatchObject({ exit: 2, code: 'E-PLAN-FILE', requests: [], message });
    expect(await refused([...fromPlan, '--config', 'bootstrap.yaml'])).toMatchObject({
      exit: 2,
      code: 'E-PLAN-FILE',
      requests: [],
      message,
    });
  });
});

describe('a config that is designed to keep a run busy', { timeout: 60_000 }, () => {
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
  const bombs: readonly (readonly [what: string, text: () => string, says: RegExp])[] = [
    [
      'as many unknown keys as fit',
      () =>
        `version: 1\n${numbers(42_000)
          .map((n) => `k${n.toString(36)}:\n`)
          .join('')}`,
      /42000 problems[^]*and 41950 more/,
    ],
    [
      '80,000 unknown keys',
      () =>
        `version: 1\n${numbers(80_000)
          .map((n) => `key${n}: value\n`)
          .join('')}`,
      /larger than 256 kB/,
    ],
    [
      'aliases of aliases',
      () =>
        `a0: &a0 [x]\n${numbers(60)
          .map((n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]\n`)
          .join('')}`,
      /multiply/,
    ],
    [
      'merges of merges',
      () =>
        `a0: &a0 {x: 1}\n${numbers(60)
          .map((n) => `a${n + 1}: &a${n + 1} {<<: [*a${n}, *a${n}]}\n`)
          .join('')}`,
      /multiply/,
    ],
    ['brackets in brackets', () => `version: 1\nbudget: ${'['.repeat(200_000)}`, /nested too deeply/],
    [
      'names of JavaScript',
      () => 'version: 1\n__proto__: { version: 1 }\nconstructor: {}\nbudget: { __proto__: {} }\n',
      /3 problems[^]*__proto__/,
    ],
  ];

  it.each(bombs)('with %s is refused before AWS is called', async (_, text, says) => {
    writeFileSync(path.join(folder, 'bootstrap.yaml'), text());
    const from = performance.now();
    const { code, stdout } = await run(unattended);
    expect(performance.now() - from).toBeLessThan(15_000);
    expect([code, errorOf(stdout).message]).toEqual([2, expect.stringMatching(says)]);
    expect(aws.requests).toEqual([]);
  });

  it.each([[unattended], [['config', 'validate', '--output', 'json']]])('stops within 2 s of Ctrl-C: %j', async (argv) => {
    const pipe = path.join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const running = startProgram([...argv, '--config', pipe], { home, cwd: folder, env: envWith() });
    // Written when the program has it open, and so listens to signals.
    await writeFile(pipe, `version: 1\nbudget: { subscribers: [${'1,'.repeat(120_000)}] }\n`);
    const { code, afterMs } = await running.stop('SIGINT');
    expect(afterMs).toBeLessThan(2_000);
    expect(code).toBe(130);
  });
});
