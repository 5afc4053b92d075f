import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { World } from '../../src/sandbox/world.js';
import { run } from '../support/child-process.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { bundle, newFolder, type Running, startProgram } from './program.js';
import { writeConfig } from './whole-config.js';

const python = inject('pythonBin');

/** What is typed once a pattern is on the screen. */
type Answer = readonly [pattern: string, text: string];

interface Sat {
  readonly code: number | null;
  readonly signal: string | null;
  /** All that was written, control codes included. */
  readonly raw: string;
  /** What is on the screen at the end. */
  readonly lines: readonly string[];
  /** How many of the answers were typed. */
  readonly answered: number;
}

const enter = '\r';
const interrupt = '\u0003';
const backspace = '\u007F';

const questions = {
  email: String.raw`E-mail address for budget alerts`,
  admin: String.raw`User name of the administrator`,
  alias: String.raw`Account alias`,
  secrets: String.raw`File for the new console password`,
  approval: String.raw`Make these \d+ changes\?`,
} as const;
const answers: readonly Answer[] = [
  [questions.email, `ops@example.com${enter}`],
  [questions.admin, `alex${enter}`],
  [questions.alias, `acme-prod${enter}`],
  [questions.secrets, `secrets.json${enter}`],
  [questions.approval, `y${enter}`],
];

/** Two steps: one change that is harmless, and two that are not. */
const organizationToo = `version: 1
billing-access: false
budget: false
admin-user: false
mfa: false
alias: { name: acme-prod }
organization:
  accounts:
    - { name: sandbox, email: aws+sandbox@example.com }
`;

describe.skipIf(python === '' || process.platform === 'win32')('init at a terminal', { timeout: 60_000 }, () => {
  let home: string;
  let server: Running;
  let proxy: RecordingProxy;
  beforeEach(async () => {
    home = newFolder();
    server = startProgram(['sandbox', 'serve', '--sandbox-file', 'world.json'], { home, deadlineMs: 60_000 });
    await server.until(/until Ctrl-C/);
    const [, endpoint] = await server.until(/AWS_ENDPOINT_URL=(\S+)\n/);
    proxy = await startRecordingProxy({ target: endpoint ?? '', file: path.join(inject('recordDir'), 'e2e-terminal.jsonl') });
  });
  afterEach(async () => {
    await proxy?.close();
    await server?.stop('SIGTERM');
  });

  const sit = async (
    typed: readonly Answer[],
    argv: readonly string[] = ['init'],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Sat> => {
    const signedIn = Object.fromEntries([...server.stdout().matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
    const question = {
      argv: [process.execPath, bundle, ...argv],
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        ...signedIn,
        AWS_ENDPOINT_URL: proxy.url,
        ...env,
      },
      cwd: home,
      columns: 100,
      rows: 40,
      seconds: 15,
      answers: typed,
    };
    const ended = await run(python, ['-B', path.join(import.meta.dirname, 'pty_driver.py'), JSON.stringify(question)]);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    return JSON.parse(ended.stdout) as Sat;
  };
  const account = () => Object.values((JSON.parse(readFileSync(path.join(home, 'world.json'), 'utf8')) as World).accounts)[0];
  const writes = (): string[] =>
    proxy.requests.map(({ operation }) => operation).filter((operation) => !/^(Get|List|Describe|Lookup|Generate)/.test(operation));

  it('asks for what is missing, shows its plan, and makes what is approved', async () => {
    const sat = await sit(answers);
    expect([sat.answered, sat.code, sat.signal]).toEqual([5, 5, null]);
    const asked = sat.lines.filter((line) => line.startsWith('✓ ') && !line.includes(' — '));
    expect(asked.slice(0, 5)).toEqual([
      '✓ E-mail address for budget alerts ops@example.com',
      '✓ User name of the administrator alex',
      '✓ Account alias acme-prod',
      '✓ File for the new console password (made readable by you only; empty: make none) secrets.json',
      '✓ Make these 5 changes? Yes',
    ]);
    const lineOf = (start: string): number => sat.lines.findIndex((line) => line.startsWith(start));
    expect(lineOf('Plan: 5 changes in 3 steps')).toBeGreaterThan(lineOf('Account    111122223333'));
    expect(lineOf('✓ Make these 5 changes?')).toBeGreaterThan(lineOf('Plan: 5 changes in 3 steps'));
    expect(lineOf('✓ DONE  5 changes made and read back.')).toBeGreaterThan(lineOf('✓ Make these 5 changes?'));

    const { alias, users, budgets } = account() ?? {};
    expect([alias, users?.map(({ name }) => name), budgets?.length]).toEqual(['acme-prod', ['alex'], 1]);
    const file = path.join(home, 'secrets.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const password = users?.[0]?.password?.value ?? '';
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ entries: [{ kind: 'console-password', user: 'alex', password }] });
    expect(password.length).toBeGreaterThanOrEqual(14);
    expect(sat.raw).not.toContain(password);
    expectRestored(sat);
  });

  it('asks nothing that a flag has answered', async () => {
    const sat = await sit(
      [
        [questions.alias, `acme-prod${enter}`],
        [questions.approval, `y${enter}`],
      ],
      ['init', '--email', 'ops@example.com', '--admin-user', 'alex', '--secrets-file', 'secrets.json'],
    );
    expect([sat.answered, sat.code]).toEqual([2, 5]);
    expect(sat.raw).not.toMatch(/E-mail address|User name of|File for/);
    expect(account()?.alias).toBe('acme-prod');
  });

  it('refuses what will not do, says why, and keeps it on the line to be mended', async () => {
    const sat = await sit([
      [questions.email, `ops${enter}`],
      ['is not an e-mail address', `@example.com${enter}`],
      [questions.admin, `al ex${enter}`],
      ['characters that IAM does not allow', `${backspace.repeat(3)}ex${enter}`],
      [questions.alias, `acme--prod${enter}`],
      ['must not have two hyphens in a row', `${backspace.repeat(5)}prod${enter}`],
      [questions.secrets, enter],
      [questions.approval, `n${enter}`],
    ]);
    expect([sat.answered, sat.code]).toEqual([8, 3]);
    // The answers are whole, so what was refused was still there.
    for (const answer of ['alerts ops@example.com', 'administrator alex', 'alias acme-prod']) {
      expect(sat.lines.filter((line) => line.startsWith('✓ ') && line.endsWith(answer))).toHaveLength(1);
    }
    // Without a place for it, no password is planned.
    expect(sat.lines).toContain('Plan: 4 changes in 3 steps');
  });

  it.each([
    ['n', `n${enter}`],
    ['Enter alone', enter],
  ])('takes %s for no: it ends with 3 and changes nothing', async (_what, text) => {
    const sat = await sit([...answers.slice(0, 4), [questions.approval, text]]);
    expect([sat.answered, sat.code, sat.signal]).toEqual([5, 3, null]);
    expect(sat.lines.join('\n')).toContain('You declined the plan; nothing was changed.');
    expectUntouched();
    expectRestored(sat);
  });

  it.each(answers.map(([pattern], index) => [pattern, index] as const))(
    'ends with 130 on Ctrl-C at "%s", and changes nothing',
    async (pattern, index) => {
      const sat = await sit([...answers.slice(0, index), [pattern, interrupt]]);
      expect([sat.answered, sat.code, sat.signal]).toEqual([index + 1, 130, null]);
      expect(sat.lines.join('\n')).toContain('Nothing was changed.');
      expect(sat.raw).not.toMatch(/^\s+at .+:\d+:\d+\)?\r?$/m);
      expectUntouched();
      expectRestored(sat);
    },
  );

  it('ends with 2 when the input does (Ctrl-D), and changes nothing', async () => {
    const sat = await sit([[questions.email, '\u0004']]);
    expect([sat.answered, sat.code, sat.signal]).toEqual([1, 2, null]);
    expect(sat.lines.join('\n')).toContain('The input ended before the question was answered.');
    expect(sat.lines.join('\n')).not.toContain('fault of the tool');
    expectUntouched();
    expectRestored(sat);
  });

  it('asks by itself for what cannot be taken back, and leaves it out when told so', async () => {
    writeConfig(home, organizationToo);
    const sat = await sit([
      [String.raw`Is the loss of a Free plan accepted\?`, `n${enter}`],
      [String.raw`Make this change\?`, `y${enter}`],
    ]);
    expect([sat.answered, sat.code]).toEqual([2, 0]);
    expect(writes()).toEqual(['CreateAccountAlias']);
    expect(account()?.plan).toBe('FREE');
    expect(sat.lines).toContain('✓ DONE  1 change made and read back.');
  });

  it.each<[what: string, argv: readonly string[], env: Readonly<Record<string, string>>]>([
    ['--no-input', ['init', '--no-input'], {}],
    ['CI', ['init'], { CI: 'true' }],
  ])('asks nothing with %s', async (_what, argv, env) => {
    const sat = await sit([[questions.email, interrupt]], argv, env);
    expect([sat.answered, sat.code]).toEqual([0, 2]);
    expectUntouched();
  });

  it('shows no colours when it is asked not to', async () => {
    const color = /\u001B\[[0-9;]*m/;
    const stop: Answer = [questions.email, interrupt];
    expect((await sit([stop])).raw).toMatch(color);
    expect((await sit([stop], ['init'], { NO_COLOR: '1' })).raw).not.toMatch(color);
    expect((await sit([stop], ['init', '--no-color'])).raw).not.toMatch(color);
  });

  const expectUntouched = (): void => {
    expect(writes()).toEqual([]);
    const { alias, users, groups, budgets, passwordPolicy } = account() ?? {};
    expect({ alias, users, groups, budgets, passwordPolicy }).toEqual({
      alias: null,
      users: [],
      groups: [],
      budgets: [],
      passwordPolicy: null,
    });
  };

  /** The terminal is as it was: a hidden cursor would stay hidden in the shell. */
  const expectRestored = ({ raw }: Sat): void => {
    expect(raw.lastIndexOf('\u001B[?25l')).toBeLessThanOrEqual(raw.lastIndexOf('\u001B[?25h'));
  };
});
