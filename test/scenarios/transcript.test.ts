import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { sitDown } from '../screens/sitting.js';
import { practiceAccount, signedIn } from './practice-account.js';

/** What a whole run prints: nothing twice, and little enough to read. */

/** The summaries of all changes that a practice account without a config gets. */
const summaries = async (flags: readonly string[] = []): Promise<readonly string[]> => {
  const { stdout } = await practiceAccount().run(['init', '--yes', '--dry-run', '--output', 'json', ...flags]);
  return ((JSON.parse(stdout) as RunReport).plan ?? []).map(({ summary }) => summary);
};
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
const times = (text: string, part: string): number => oneLine(text).split(oneLine(part)).length - 1;
const rows = (text: string, columns: number): number =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].length / columns)), 0);

describe('a change is named once in a run', () => {
  it.each<readonly [string, readonly string[], Readonly<Record<string, string>>]>([
    ['without a terminal', [], {}],
    ['for a screen reader', ['--accessible'], {}],
    ['on a dumb terminal', [], { TERM: 'dumb' }],
  ])('%s', async (_mode, flags, env) => {
    const { stdout, stderr } = await practiceAccount().run(['init', '--yes', ...flags], { env: { COLUMNS: '120', ...env } });
    const named = await summaries();
    expect(named.length).toBe(11);
    for (const summary of named) expect([summary, times(`${stderr}${stdout}`, summary)]).toEqual([summary, 1]);
  });

  it.each<readonly [string, readonly string[], Readonly<Record<string, string>>]>([
    ['at a terminal', [], {}],
    ['at a terminal for a screen reader', ['--accessible'], {}],
    ['at a dumb terminal', [], { TERM: 'dumb' }],
  ])('%s', async (_mode, flags, env) => {
    const sitting = sitDown({ argv: ['init', '--sandbox', '--yes', ...flags], columns: 120, env });
    expect(await sitting.ended).toBe(5);
    const printed = sitting.printed();
    for (const summary of (await summaries()).filter((text) => !text.includes('practice-')))
      expect([summary, times(printed, summary)]).toEqual([summary, 1]);
  });
});

it('has as many manual steps in the plan as in the verdict and in the list', async () => {
  const { stdout, stderr } = await practiceAccount().run(['init', '--yes'], { env: { COLUMNS: '120' } });
  const listed = stdout.split('\n').filter((line) => /^ {2}\d\. /.test(line)).length;
  expect(listed).toBe(3);
  for (const text of [stderr, stdout]) expect(text.replaceAll(/\s+/g, ' ')).toContain(`${listed} manual steps remain`);
});

describe('the length of a run', () => {
  it('is at most 60 lines of 100 columns for a whole practice run', async () => {
    const { stdout, stderr } = await practiceAccount().run(['init', '--yes'], { env: { COLUMNS: '100' } });
    expect(rows(`${stderr}${stdout}`, 100)).toBeLessThanOrEqual(60);
    expect(stdout).toContain('11 changes made and verified');
  });

  it('is at most 24 rows of 80 columns when there is nothing to do, in the practice account', async () => {
    const account = practiceAccount();
    await account.run(['init', '--yes']);
    const { stdout, stderr, code } = await account.run(['init', '--yes'], { env: { COLUMNS: '80' } });
    expect([code, stdout]).toEqual([5, expect.stringContaining('UNCHANGED')]);
    expect(rows(`${stderr}${stdout}`, 80)).toBeLessThanOrEqual(24);
  });

  it('is at most 24 rows of 80 columns when there is nothing to do, in a new account', async () => {
    const account = await signedIn();
    const argv = [
      'init',
      '--yes',
      '--account-id',
      '111122223333',
      '--email',
      'a@example.com',
      '--admin-user',
      'alex',
      '--alias',
      'acme-prod',
      '--mfa-assign',
      'unattended',
    ];
    const first = await account.run([...argv, '--secrets-file', 'secrets.json']);
    expect(first.code).toBe(5);
    const { stdout, stderr, code } = await account.run([...argv, '--secrets-file', 'secrets.json'], { env: { COLUMNS: '80' } });
    expect([code, stdout]).toEqual([5, expect.stringContaining('UNCHANGED')]);
    expect(rows(`${stderr}${stdout}`, 80), `${stderr}${stdout}`).toBeLessThanOrEqual(24);
  });
});
