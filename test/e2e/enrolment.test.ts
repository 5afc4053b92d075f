import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { World } from '../../src/sandbox/world.js';
import { bundle, newFolder, type Running, startProgram } from './program.js';
import { type Answer, authenticator, clear, firstCode, type Sat, scanned, sitAt } from './pty.js';
import { writeConfig } from './whole-config.js';

const python = inject('pythonBin');

const config = `version: 1
billing-access: false
budget: false
admin-user: { name: alex }
mfa: { root: not-required }
alias: { name: acme-prod }
`;
const wholePlan = ['init', '--secrets-file', 'secrets.json'];
/** In an account with only users of this tool, and in one that has others. */
const approval: Answer = [String.raw`Make (?:this change|these \d+ changes)\?`, 'y\r'];
const digits: Answer = ['Last four digits of 111122223333:', '3333\r'];
const leave = '\u001B[?1049l';

describe.skipIf(python === '' || process.platform === 'win32')('MFA enrolment at a terminal', { timeout: 60_000 }, () => {
  let home: string;
  let server: Running;
  const serve = async (): Promise<Running> => {
    const served = startProgram(['sandbox', 'serve', '--sandbox-file', 'world.json'], { home, deadlineMs: 60_000 });
    await served.until(/until Ctrl-C/);
    await served.until(/AWS_ENDPOINT_URL=(\S+)\n/);
    return served;
  };
  beforeEach(async () => {
    home = newFolder();
    writeConfig(home, config);
    server = await serve();
  });
  afterEach(async () => {
    await server?.stop('SIGTERM');
  });

  const sit = (
    typed: readonly Answer[],
    argv: readonly string[] = wholePlan,
    env: Readonly<Record<string, string>> = {},
    { columns = 80, rows = 24 } = {},
  ): Promise<Sat> => {
    const exported = Object.fromEntries([...server.stdout().matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
    const question = {
      argv: [process.execPath, bundle, ...argv],
      env: { PATH: home, HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...exported, ...env },
      cwd: home,
      columns,
      rows,
      seconds: 30,
    };
    return sitAt(python, question, typed);
  };
  const world = () => Object.values((JSON.parse(readFileSync(path.join(home, 'world.json'), 'utf8')) as World).accounts)[0];
  const devices = () => world()?.mfaDevices.map(({ serial, user }) => [serial.split('/').at(-1), user]);

  /** Other users with a password, added to the world while it is not served. */
  const withUser = async (...names: readonly string[]): Promise<Running> => {
    await server.stop('SIGTERM');
    const file = path.join(home, 'world.json');
    const now = JSON.parse(readFileSync(file, 'utf8')) as World;
    const users = Object.values(now.accounts)[0]?.users ?? [];
    for (const name of names) {
      const password = { value: 'x', createdAt: new Date().toISOString(), resetRequired: false, lastUsed: null };
      users.push({
        ...structuredClone(users[0] as (typeof users)[number]),
        id: `AIDA${name.toUpperCase()}`,
        name,
        groups: [],
        tags: {},
        password,
      });
    }
    writeFileSync(file, JSON.stringify(now));
    return serve();
  };

  it('accepts two codes of an authenticator that scanned the screen, at 80 columns and 24 lines', async () => {
    const sat = await sit([approval, ...authenticator(scanned('blocks are dark'))]);
    expect([sat.answered, sat.code]).toEqual([3, 0]);
    expect(devices()).toEqual([['alex', 'alex']]);
    const seed = world()?.mfaDevices[0]?.seed ?? '';
    // The seed was on a screen of its own, and is in no file.
    expect(sat.raw.slice(sat.raw.lastIndexOf(leave))).not.toMatch(/[▀▄█]/);
    expect(sat.raw).not.toContain(seed.slice(0, 8));
    expect(readFileSync(path.join(home, 'secrets.json'), 'utf8')).not.toContain(seed);
    const said = sat.lines.join('\n');
    expect(said).toMatch(/✓ AWS accepted both codes: alex now has MFA\. Before you sign in as alex, wait\nfor a new code/);
    expect(said).toMatch(/MFA of alex +in the authenticator that scanned it/);
    // A second run has nothing to do.
    expect((await sit([], wholePlan)).code).toBe(0);
  });

  it('accepts codes of a seed that was typed, with --accessible at 60 columns', async () => {
    const typedSeed = (screen: readonly string[]): string =>
      screen
        .filter((line) => /^ *([A-Z2-7]{4} ){3,}/.test(line))
        .join('')
        .replace(/\s/g, '');
    const asked = authenticator(typedSeed).map(([pattern, text]): Answer => [pattern.replace(String.raw` \(`, ''), text]);
    const sat = await sit([approval, ...asked], [...wholePlan, '--accessible'], {}, { columns: 60 });
    expect([sat.answered, sat.code]).toEqual([3, 0]);
    expect(devices()).toEqual([['alex', 'alex']]);
    expect(sat.raw).not.toMatch(/[▀▄█✓]/);
    expect(sat.raw).not.toContain(clear);
  });

  it('draws for a light background without colours, and can be deferred: no device is left, and the next command is shown', async () => {
    let read = '';
    const sat = await sit(
      [
        approval,
        [
          firstCode,
          (screen) => {
            read = scanned('blocks are dark')(screen);
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
    expect(said.split('alex has no MFA device: you chose to enrol later.')).toHaveLength(2);
    expect(said).toMatch(/Remaining manual steps 1\. alex has no MFA device \(mfa\.admin\)/);
    expect(said).toMatch(/Multi-factor authentication +1 manual step left/);
    expect(said).toMatch(/Next: when your authenticator is ready, run `bootstrap init --only mfa --mfa-users alex`/);
  });

  it('enrols several users one after the other, each with their own authenticator', async () => {
    await sit([approval], [...wholePlan, '--mfa-assign', 'unattended']);
    expect(devices()).toEqual([['alex', 'alex']]);
    server = await withUser('sam', 'kim');
    const argv = ['init', '--only', 'mfa', '--mfa-assign', 'in-person', '--mfa-users', 'sam,kim'];
    const titled = (name: string) => (screen: readonly string[]) => {
      expect(screen.join('\n')).toContain(`MFA device for ${name}`);
      return scanned('blocks are dark', name)(screen);
    };
    const sat = await sit([digits, ...authenticator(titled('sam')), ...authenticator(titled('kim'))], argv);
    expect([sat.answered, sat.code]).toEqual([5, 0]);
    expect(devices()).toEqual([
      ['alex', 'alex'],
      ['sam', 'sam'],
      ['kim', 'kim'],
    ]);
  });

  it('leaves an unassigned device at Ctrl-C, which the next run replaces', async () => {
    const stopped = await sit([approval, [firstCode, '\u0003']]);
    expect([stopped.answered, stopped.code]).toEqual([2, 130]);
    expect(devices()).toEqual([['alex', null]]);
    expect(stopped.raw.lastIndexOf('\u001B[?25h')).toBeGreaterThan(stopped.raw.lastIndexOf('\u001B[?25l'));
    expect(stopped.raw).toContain(leave);
    const report = stopped.lines.join('\n');
    expect(report).toContain('the next run continues from there');
    // The next run does not create the password again, so only this one can name its place.
    expect(report).toMatch(/Password of alex +\S*secrets\.json/);
    const sat = await sit([approval, ...authenticator(scanned('blocks are dark'))]);
    expect([sat.answered, sat.code]).toEqual([3, 0]);
    expect(devices()).toEqual([['alex', 'alex']]);
  });
});
