import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../support/test-folder.js';
import { sitDown } from './sitting.js';

/** The practice account at a terminal. */

it('asks the same questions as a real account, and a confirmation of the tour counts', async () => {
  const sitting = sitDown({ argv: ['init', '--sandbox', '--skip', 'mfa'], columns: 80, rows: 24 });
  const answer = async (question: RegExp, text: string): Promise<void> => {
    await sitting.until(question);
    sitting.type(text);
  };
  await answer(/Monthly budget/, '\r');
  await answer(/Email address/, 'ops@example.com\r');
  await answer(/User name of the administrator/, 'alex\r');
  await answer(/Account alias/, 'acme-prod\r');
  await answer(/5 changes: 1 creates a secret; 1 manual step remains\n\? Make these 5 changes\?/, 'y\r');
  await answer(/Does the page say/, 'y\r');
  expect(await sitting.ended).toBe(0);
  const text = sitting.lines().join('\n');
  expect(text).toMatch(/DONE {2}5 changes made\s+and verified\./);
  expect(text).toMatch(/Billing access +unchanged/);
  expect(text).toMatch(/ 1\. Open the page in the console\. [^]* 2\. Sign in as root/);
  expect(text).not.toMatch(/access key for|Create an organization|manual steps? left/);

  // The answers are not in a config, and `check` has the rules of a real account.
  const checked = sitDown({ argv: ['check', '--sandbox', '--skip', 'mfa,billing-access'], columns: 80, home: sitting.home });
  expect(await checked.ended).toBe(0);
  expect(checked.lines().join('\n')).not.toMatch(/practice-|FAIL/);

  // One blank line, although nothing is asked or changed.
  for (const skip of ['mfa,billing-access', 'mfa']) {
    const again = sitDown({ argv: ['init', '--sandbox', '--skip', skip], columns: 80, home: sitting.home });
    if (skip === 'mfa') {
      await again.until(/Does the page say/);
      again.type('n\r');
    }
    expect(await again.ended).toBe(skip === 'mfa' ? 5 : 0);
    expect(again.lines().join('\n')).toContain('UNCHANGED');
    expect(again.lines().join('\n')).not.toMatch(/\n\n\n/);
  }
});

it('prints the command that does not ask again for what was confirmed in a run without changes', async () => {
  const argv = ['init', '--sandbox', '--only', 'billing-access'];
  // The terminal breaks no command of this width.
  const confirmed = sitDown({ argv, columns: 100 });
  await confirmed.until(/Does the page say/);
  confirmed.type('y\r');
  expect(await confirmed.ended).toBe(0);
  const lines = confirmed.lines();
  expect(lines.join(' ')).toMatch(/The next run asks again, unless you pass --billing-confirmed \d{4}-\d{2}-\d{2}\./);
  const command = lines[lines.findIndex((line) => line.includes('Same run, no questions:')) + 1] ?? '';
  expect(command).toMatch(/^ {4}bootstrap init .*--billing-confirmed/);
  const again = sitDown({ argv: command.trim().split(' ').slice(1), columns: 80, home: confirmed.home });
  expect(await again.ended).toBe(0);
  expect(again.lines().join('\n')).toContain('UNCHANGED');
  expect(again.lines().join('\n')).not.toContain('Does the page say');
});

it('prints the command with the answers so far at Ctrl-C', async () => {
  const stopped = async (...typed: readonly (readonly [RegExp, string])[]): Promise<string | undefined> => {
    const sitting = sitDown({ argv: ['init', '--sandbox', '--skip', 'mfa', '--region', 'us-east-1'], columns: 160 });
    for (const [question, text] of typed) {
      await sitting.until(question);
      sitting.type(text);
    }
    expect(await sitting.ended).toBe(130);
    expect(sitting.printed()).toContain('Nothing was changed.');
    return /With your answers:\n {2}bootstrap init --region us-east-1 (.*)/.exec(sitting.printed())?.[1];
  };
  const limit = [/Monthly budget/, '5 USD\r'] as const;
  const address = [/Email address/, 'ops@example.com\r'] as const;
  const [escape, back, interrupt] = ['\u001B', '\u001B[Z', '\u0003'];
  expect(await stopped(limit, address, [/User name of the admin/, interrupt])).toBe(
    "--skip mfa --budget '5 USD' --email ops@example.com --sandbox",
  );
  expect(await stopped(limit, [/Email address/, escape], [/User name of the admin/, interrupt])).toBe('--skip mfa,budget --sandbox');
  // Without an answer there is no such line.
  for (const typed of [[], [limit, [/Email address/, back] as const]])
    expect(await stopped(...typed, [/Monthly budget/, interrupt])).toBeUndefined();
  // If every step is skipped, the same command would do nothing.
  const skipping = sitDown({ argv: ['init', '--sandbox', '--skip', 'billing-access,mfa'], columns: 160 });
  for (const question of [/Monthly budget/, /User name of the admin/, /Account alias/]) {
    await skipping.until(question);
    skipping.type(escape);
  }
  expect(await skipping.ended).toBe(3);
  expect(skipping.printed()).not.toContain('With your answers');
});

it('prints once how to continue with a postponed device, and what was skipped even if nothing was changed', async () => {
  const sit = async (home: string, typed: readonly (readonly [RegExp, string])[]): Promise<string> => {
    const sitting = sitDown({ argv: ['init', '--sandbox', '--no-tour'], columns: 80, home });
    for (const [question, text] of typed) {
      await sitting.until(question);
      sitting.type(text);
    }
    expect(await sitting.ended).toBe(5);
    return sitting.lines().join('\n').replaceAll(/\s+/g, ' ');
  };
  const escape = '\u001b';
  const skipped = await sit(testFolder(), [
    [/Monthly budget/, escape],
    [/User name of the administrator/, escape],
    [/Account alias/, escape],
  ]);
  expect(skipped).toContain('UNCHANGED');
  expect(skipped).toContain('What you skipped: bootstrap init --only budget,admin-user,alias --sandbox');
  const home = testFolder();
  writeFileSync(
    join(home, 'bootstrap.yaml'),
    'version: 1\nbilling-access: false\nbudget: false\nalias: false\nmfa: { root: not-required }\n',
  );
  const postponed = await sit(home, [
    [/User name of the administrator/, 'alex\r'],
    [/Make these 4 changes\?/, 'y\r'],
    [/First code/, 'l\r'],
  ]);
  expect(postponed).toContain('1. alex has no MFA device (mfa.admin)');
  expect(postponed.match(/when your authenticator is ready, run `bootstrap init/gi)).toHaveLength(1);
});

it('asks its questions again once it is empty, as the README describes', async () => {
  const home = testFolder();
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const commands = [...readme.matchAll(/npx aws-account-bootstrap ([a-z -]*sandbox[a-z -]*)/g)].map(([, words = '']) => words);
  expect(commands).toEqual(['init --sandbox --yes', 'check --sandbox', 'sandbox reset', 'init --sandbox']);
  for (const words of commands.slice(0, -1)) await sitDown({ argv: words.split(' '), columns: 80, home }).ended;
  const asking = sitDown({ argv: ['init', '--sandbox'], columns: 80, home });
  await asking.until(/Monthly budget/);
  asking.type('\u0003');
  expect(await asking.ended).toBe(130);
});

it('saves the answers of a dry run, and of a run without changes', async () => {
  const home = testFolder();
  const answers = ['--budget', '5 USD', '--email', 'ops@example.com', '--admin-user', 'alex', '--alias', 'acme-prod'];
  for (const [name, ...argv] of [['a.yaml', '--save-config', 'a.yaml', '--dry-run'], [], ['b.yaml', '--save-config', 'b.yaml']]) {
    const sitting = sitDown({ argv: ['init', '--sandbox', '--skip', 'mfa', '--yes', ...answers, ...argv], columns: 80, home });
    expect([0, 5]).toContain(await sitting.ended);
    if (name === undefined) continue;
    expect(sitting.lines().join('\n')).toMatch(new RegExp(`Written to ${name}\n\n\\S`));
    expect(readFileSync(join(home, name), 'utf8')).toContain('name: acme-prod');
  }
});

it('follows a config exactly', async () => {
  const home = testFolder();
  writeFileSync(
    join(home, 'bootstrap.yaml'),
    'version: 1\nbudget: { limit: 5 USD, subscribers: [ops@example.com] }\nadmin-user: { name: alex, console-password: none }\nalias: { name: acme-prod }\n',
  );
  const sitting = sitDown({ argv: ['init', '--sandbox', '--yes', '--dry-run'], columns: 80, home });
  expect(await sitting.ended).toBe(0);
  const text = sitting.lines().join('\n');
  expect(text).toContain('Set the account alias acme-prod');
  expect(text).not.toMatch(/access key for|organization with all features|member account|without a terminal/);
});
