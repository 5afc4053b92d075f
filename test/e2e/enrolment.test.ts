import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { World } from '../../src/sandbox/world.js';
import { decodedFrom, pictureOn, type Shown } from '../support/qr-screen.js';
import { bundle, newFolder, type Running, startProgram } from './program.js';
import { writeConfig } from './whole-config.js';

const python = inject('pythonBin');

/** What is typed once a pattern is on the screen: a text, or one that is made of what is on it. */
type Answer = readonly [pattern: string, text: string | ((screen: readonly string[]) => string)];

interface Sat {
  readonly code: number | null;
  readonly raw: string;
  readonly lines: readonly string[];
  readonly answered: number;
}

const config = `version: 1
billing-access: false
budget: false
admin-user: { name: alex }
mfa: { root: not-required }
alias: { name: acme-prod }
`;
const wholePlan = ['init', '--secrets-file', 'secrets.json'];
const approval: Answer = [String.raw`Make these \d+ changes\?`, 'y\r'];
const clear = '\u001B[2J\u001B[H';
const leave = '\u001B[?1049l';
/** The question as it is open: not what is left of it. */
const first = String.raw`First code \(`;
const second = String.raw`Second code \(`;

/** The lines of the last page, as they stand on the screen. */
const pageOf = (raw: string): readonly string[] =>
  stripVTControlCharacters(raw.slice(raw.lastIndexOf(clear) + clear.length)).split(/\r?\n/);

const codesOf = (seed: string) => {
  const totp = new TOTP({ secret: Secret.fromBase32(seed) });
  /** This window and the next one, which AWS takes as well: nobody has to wait, whenever the test runs. */
  const at = Date.now();
  return [totp.generate({ timestamp: at }), totp.generate({ timestamp: at + 30_000 })] as const;
};

/** A person with an authenticator: scans once, and types two codes. */
const scanner = (read: (screen: readonly string[]) => string): readonly Answer[] => {
  let codes: readonly [string, string] | undefined;
  const code = (index: 0 | 1) => (screen: readonly string[]) => {
    codes ??= codesOf(read(screen));
    return `${codes[index]}\r`;
  };
  return [
    [first, code(0)],
    [second, code(1)],
  ];
};
const scanned =
  (width: number, shown: Shown) =>
  (screen: readonly string[]): string => {
    const [, seed = ''] = /^otpauth:\/\/totp\/alex@111122223333\?secret=(\w+)/.exec(decodedFrom(pictureOn(screen, width), shown)) ?? [];
    return seed;
  };

describe.skipIf(python === '' || process.platform === 'win32')('MFA enrolment at a terminal', { timeout: 60_000 }, () => {
  let home: string;
  let server: Running;
  beforeEach(async () => {
    home = newFolder();
    writeConfig(home, config);
    server = startProgram(['sandbox', 'serve', '--sandbox-file', 'world.json'], { home, deadlineMs: 60_000 });
    await server.until(/until Ctrl-C/);
    await server.until(/AWS_ENDPOINT_URL=(\S+)\n/);
  });
  afterEach(async () => {
    await server?.stop('SIGTERM');
  });

  const sit = (
    typed: readonly Answer[],
    argv: readonly string[] = wholePlan,
    { columns = 80, rows = 24, ...env }: Readonly<Record<string, string | number>> = {},
  ): Promise<Sat> => {
    const exported = Object.fromEntries([...server.stdout().matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
    const question = {
      argv: [process.execPath, bundle, ...argv],
      env: { PATH: process.env['PATH'], HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...exported, ...env },
      cwd: home,
      columns,
      rows,
      seconds: 30,
      answers: typed.map(([pattern, text]) => [pattern, typeof text === 'string' ? text : null]),
    };
    const driver = spawn(python, ['-B', path.join(import.meta.dirname, 'pty_driver.py'), JSON.stringify(question)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const made = typed.flatMap(([, text]) => (typeof text === 'string' ? [] : [text]));
    return new Promise((resolve, reject) => {
      let ended: Sat | undefined;
      createInterface({ input: driver.stdout }).on('line', (line) => {
        const told = JSON.parse(line) as Partial<Sat> & Pick<Sat, 'raw'>;
        if (told.lines !== undefined) {
          ended = told as Sat;
          return;
        }
        try {
          driver.stdin.write(`${JSON.stringify(made.shift()?.(pageOf(told.raw)) ?? '')}\n`);
        } catch (error) {
          driver.kill();
          reject(error);
        }
      });
      driver.once('error', reject);
      driver.once('close', () => (ended === undefined ? reject(new Error('the driver said nothing')) : resolve(ended)));
    });
  };
  const world = () => Object.values((JSON.parse(readFileSync(path.join(home, 'world.json'), 'utf8')) as World).accounts)[0];
  const devices = () => world()?.mfaDevices.map(({ serial, user }) => [serial.split('/').at(-1), user]);

  it('takes two codes of an authenticator that scanned the screen, at 80 columns and 24 lines', async () => {
    const sat = await sit([approval, ...scanner(scanned(45, 'blocks are dark'))]);
    expect([sat.answered, sat.code]).toEqual([3, 0]);
    expect(devices()).toEqual([['alex', 'alex']]);
    const seed = world()?.mfaDevices[0]?.seed ?? '';
    // The seed was on a screen of its own, and is in no file.
    expect(sat.raw.slice(sat.raw.lastIndexOf(leave))).not.toMatch(/[▀▄█]/);
    expect(sat.raw).not.toContain(seed.slice(0, 8));
    expect(readFileSync(path.join(home, 'secrets.json'), 'utf8')).not.toContain(seed);
    const said = sat.lines.join('\n');
    expect(said).toContain('✓ AWS took both codes: alex has MFA now. Before signing in as alex, wait for a new code');
    expect(said).toMatch(/MFA of alex +in the authenticator that scanned it; wait for a new code/);
    // A second run has nothing to do.
    expect((await sit([], wholePlan)).code).toBe(0);
  });

  it('takes them of a seed that was typed, with --accessible at 60 columns', async () => {
    const typedSeed = (screen: readonly string[]): string =>
      screen
        .filter((line) => /^ *([A-Z2-7]{4} ){3,}/.test(line))
        .join('')
        .replace(/\s/g, '');
    const asked = scanner(typedSeed).map(([pattern, text]): Answer => [pattern.replace(String.raw` \(`, ''), text]);
    const sat = await sit([approval, ...asked], [...wholePlan, '--accessible'], { columns: 60 });
    expect([sat.answered, sat.code]).toEqual([3, 0]);
    expect(devices()).toEqual([['alex', 'alex']]);
    expect(sat.raw).not.toMatch(/[▀▄█✓]/);
    expect(sat.raw).not.toContain(clear);
  });

  it('draws for a light background without colours, and can be put off: no device is left, and it is said how to go on', async () => {
    let read = '';
    const sat = await sit(
      [
        approval,
        [
          first,
          (screen) => {
            read = scanned(45, 'blocks are dark')(screen);
            return 'l\r';
          },
        ],
      ],
      wholePlan,
      { NO_COLOR: '1', COLORFGBG: '0;15' },
    );
    expect(read).toMatch(/^[A-Z2-7]{64}$/);
    expect([sat.answered, sat.code]).toEqual([2, 5]);
    expect(devices()).toEqual([]);
    // The steps behind it went on.
    expect(world()?.alias).toBe('acme-prod');
    const said = sat.lines.join('\n').replace(/\s+/g, ' ');
    expect(said).toContain('alex has no MFA device yet, as you chose to do it later.');
    expect(said).toMatch(/Next: run `bootstrap init --only mfa` when you have an authenticator at hand/);
  });

  it('ends at Ctrl-C with a device of nobody, which the next run replaces', async () => {
    const stopped = await sit([approval, [first, '\u0003']]);
    expect([stopped.answered, stopped.code]).toEqual([2, 130]);
    expect(devices()).toEqual([['alex', null]]);
    expect(stopped.raw.lastIndexOf('\u001B[?25h')).toBeGreaterThan(stopped.raw.lastIndexOf('\u001B[?25l'));
    expect(stopped.raw).toContain(leave);
    expect(stopped.lines.join('\n')).toContain('it continues where this run stopped');
    const sat = await sit([approval, ...scanner(scanned(45, 'blocks are dark'))]);
    expect([sat.answered, sat.code]).toEqual([3, 0]);
    expect(devices()).toEqual([['alex', 'alex']]);
  });
});
