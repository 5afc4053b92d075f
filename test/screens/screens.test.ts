import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { TOTP } from 'otpauth';
import { afterAll, describe, expect, it } from 'vitest';
import { signedIn } from '../scenarios/practice-account.js';
import { decodedFrom, pictureOn } from '../support/qr-screen.js';
import { type Sitting, sitDown } from './sitting.js';
import { dark, light, svgOf, type Theme } from './svg.js';

/**
 * The first hour as a user sees it, in a terminal emulator: kept as text beside this file for reading, and as pictures for the README.
 * `npm run docs` writes them again; look at them then.
 */
const update = process.env['UPDATE_DOCS'] === '1';
const kept = (file: string, text: string): void => {
  const path = resolve(import.meta.dirname, file);
  if (update) mkdirSync(dirname(path), { recursive: true });
  if (update) writeFileSync(path, text);
  else expect(text, `${file} is out of date: look at it, then run \`npm run docs\``).toBe(readFileSync(path, 'utf8'));
};
/** The same on every machine, since it is on the screen. */
const home = '/tmp/bootstrap-first-hour';
afterAll(() => rmSync(home, { recursive: true, force: true }));
const pictures = '../../.github/screens';

interface Shots {
  /** The page with the QR code, or what replaces it. */
  readonly enrolment: readonly string[];
  readonly whole: readonly string[];
  readonly code: number;
  /** `check` of the same account, on a new screen of 24 rows. */
  readonly check: () => Sitting;
}

/** Everything from the first question to the end, answered as by a user who does root's part later. */
const firstHour = async (
  columns: number,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
  at: (moment: 'questions' | 'enrolment' | 'end', sitting: Sitting) => void = () => {},
): Promise<Shots> => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const account = await signedIn();
  const { accessKeyId, secretAccessKey, sessionToken } = account.sandbox.credentials;
  const { clock } = account;
  const terminalEnv = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: 'us-east-1',
    ...env,
  };
  const sitting = sitDown({
    clock,
    argv: ['init', ...flags],
    columns,
    home,
    handler: account.sandbox.requestHandler,
    env: terminalEnv,
  });
  const { until, type, stopTime } = sitting;
  const answer = async (question: RegExp, text: string): Promise<void> => {
    await until(question);
    type(`${text}\r`);
  };
  await answer(/Monthly budget/, '');
  await answer(/Email address/, 'ops@example.com');
  await answer(/User name of the administrator/, 'alex');
  await answer(/Account alias/, 'acme-prod');
  await until(/Where to store the new console password/);
  at('questions', sitting);
  type(sitting.lines().some((line) => /^ *1[.)] /.test(line)) ? '1\r' : '\r');
  await answer(/Make these \d+ changes\?/, 'y');
  await until(/First code/);
  const enrolment = sitting.lines();
  at('enrolment', sitting);
  const codeNow = authenticatorOf(enrolment, columns, env);
  type(`${codeNow(clock.now())}\r`);
  await until(/Second code/);
  clock.advance(30_000);
  type(`${codeNow(clock.now())}\r`);
  await until(/Does the page say/);
  // From here on, the run waits for the user, not for AWS.
  stopTime();
  type('y\r');
  await until(/l: later/);
  type('l');
  await answer(/Save your answers/, 'y');
  const code = await sitting.ended;
  at('end', sitting);
  const check = (): Sitting =>
    sitDown({ clock, argv: ['check', ...flags], columns, rows: 24, home, handler: account.sandbox.requestHandler, env: terminalEnv });
  return { enrolment, whole: sitting.lines(), code, check };
};

/** An app that scanned the picture, or was given the seed that is shown as text. */
const authenticatorOf = (screen: readonly string[], columns: number, env: Readonly<Record<string, string>>): ((now: Date) => string) => {
  // The words are beside it where there is room.
  const words = Math.max(...screen.map((line) => line.indexOf('MFA device for')));
  const picture = pictureOn(screen, words > 20 ? words : columns);
  const text = screen.join('\n');
  const address =
    picture.length > 0
      ? decodedFrom(picture, 'NO_COLOR' in env && env['COLORFGBG'] === undefined ? 'blocks are light' : 'blocks are dark')
      : undefined;
  const secret =
    address === undefined
      ? (/(?:[A-Z2-7]{4}[ \n]+){4,}/.exec(text)?.[0] ?? '').replaceAll(/\s/g, '')
      : (new URL(address).searchParams.get('secret') ?? '');
  const totp = new TOTP({ secret, digits: 6, period: 30, algorithm: 'SHA1' });
  return (now) => totp.generate({ timestamp: now.getTime() });
};

describe('the first hour on the screen', () => {
  const picture = (name: string, sitting: Sitting, theme: Theme, from: RegExp, to: RegExp): void => {
    const lines = sitting.lines();
    const first = lines.findIndex((line) => from.test(line));
    const last = lines.findIndex((line, row) => row > first && to.test(line));
    kept(join(pictures, name), svgOf(sitting.terminal, { from: first, to: last < 0 ? lines.length : last }, theme));
  };

  it.each([60, 80, 120])('at %i columns', async (columns) => {
    const { enrolment, whole, code, check } = await firstHour(columns, {}, [], (moment, sitting) => {
      if (columns !== 80) return;
      if (moment === 'questions') picture('questions.svg', sitting, dark, /^Account/, /^never$/);
      if (moment === 'enrolment') picture('mfa.svg', sitting, dark, /./, /^never$/);
      if (moment === 'end') {
        picture('plan.svg', sitting, dark, /^Plan:/, /^Manual step/);
        picture('result.svg', sitting, dark, /DONE/, /^never$/);
      }
    });
    expect(code).toBe(5);
    expect([...whole, ...enrolment].filter((line) => line.length > columns)).toEqual([]);
    kept(`golden/first-hour.${columns}.txt`, `${whole.join('\n')}\n`);
    kept(`golden/mfa.${columns}.txt`, `${enrolment.join('\n')}\n`);
    const checked = check();
    expect(await checked.ended).toBe(3);
    kept(`golden/check.${columns}.txt`, `${checked.lines().join('\n')}\n`);
    if (columns !== 80) return;
    const report = checked.lines().slice(checked.lines().findIndex((line) => line.includes('FAIL')));
    expect(report.length).toBeLessThanOrEqual(24);
    picture('check.svg', checked, dark, /FAIL/, /^never$/);
  });

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['without-colour', { NO_COLOR: '1' }, []],
    ['light', { COLORFGBG: '0;15' }, []],
    ['light-without-colour', { COLORFGBG: '0;15', NO_COLOR: '1' }, []],
    ['dumb', { TERM: 'dumb' }, []],
    ['accessible', {}, ['--accessible']],
  ])('%s, at 80 columns', async (name, env, flags) => {
    const { enrolment, whole, code, check } = await firstHour(80, env, flags, (moment, sitting) => {
      if (name === 'light' && moment === 'enrolment') picture('mfa-light.svg', sitting, light, /./, /^never$/);
    });
    expect(code).toBe(5);
    kept(`golden/first-hour.80.${name}.txt`, `${whole.join('\n')}\n`);
    if (name !== 'dumb' && name !== 'accessible') kept(`golden/mfa.80.${name}.txt`, `${enrolment.join('\n')}\n`);
    const checked = check();
    expect(await checked.ended).toBe(3);
    if (name === 'without-colour' || name === 'accessible') kept(`golden/check.80.${name}.txt`, `${checked.lines().join('\n')}\n`);
  });
});
