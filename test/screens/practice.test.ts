import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../support/host.js';
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
  expect(text).not.toMatch(/access key for|Create an organization|manual steps? left/);

  // The answers are not in a config, and `check` has the rules of a real account.
  const checked = sitDown({ argv: ['check', '--sandbox', '--skip', 'mfa,billing-access'], columns: 80, home: sitting.home });
  expect(await checked.ended).toBe(0);
  expect(checked.lines().join('\n')).not.toMatch(/practice-|FAIL/);
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
