import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { configReference } from '../../src/config/reference.js';
import { loadConfig } from '../../src/config/load.js';
import { steps } from '../../src/steps/index.js';
import { version } from '../../src/version.js';
import { testShell } from '../support/host.js';
import { inOrganization } from '../support/organization-shell.js';

const root = resolve(import.meta.dirname, '../..');
const readme = join(root, 'README.md');
const update = process.env['UPDATE_DOCS'] === '1';

/** Compares a generated block of the README with what it should be; writes it instead when asked to. */
const block = (name: string, wanted: string): void => {
  const text = readFileSync(readme, 'utf8');
  const [begin, end] = [`<!-- begin:${name} -->`, `<!-- end:${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  expect(from, `README.md has no block ${name}`).toBeGreaterThan(-1);
  const whole = `${begin}\n${wanted.trim()}\n${end}`;
  if (update) writeFileSync(readme, text.slice(0, from) + whole + text.slice(to + end.length));
  else expect(text.slice(from, to + end.length), 'run `npm run docs`').toBe(whole);
};
const shown = (command: string, output: string): string => `\`\`\`console\n$ ${command}\n${output.trim()}\n\`\`\``;

describe('the README', () => {
  it('shows pictures that are there', () => {
    const pictures = [...readFileSync(readme, 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);
    expect(pictures.length).toBeGreaterThan(0);
    for (const picture of pictures) expect(readFileSync(join(root, picture), 'utf8')).toMatch(/^<svg /);
  });

  it('shows the config reference that the schema gives', () => {
    block('config', configReference(steps));
  });

  it('shows what init and check really print', async () => {
    const shell = testShell({ seed: 7 });
    const options = { env: { COLUMNS: '88' } };
    const first = await shell.run(['init', '--sandbox', '--yes'], options);
    expect(first.code).toBe(5);
    const homeless = (text: string): string => text.replaceAll(shell.home, '~');
    block(
      'init-plan',
      shown(
        'npx aws-account-bootstrap init --sandbox --yes',
        homeless(/^[^]*?\n\d+ changes: .*\n(?:\S.*\n)*/.exec(first.stderr)?.[0] ?? first.stderr),
      ),
    );
    block('init', shown('npx aws-account-bootstrap init --sandbox --yes', homeless(first.stdout)));
    const check = await shell.run(['check', '--sandbox'], options);
    expect(check.code).toBe(3);
    block('check', shown('npx aws-account-bootstrap check --sandbox', homeless(check.stdout)));
  });

  it('shows what accounts really prints', async () => {
    const shell = await inOrganization({ members: 0 });
    const options = { env: { COLUMNS: '88' } };
    const create = 'accounts create --name lab --email-from aws@example.com --profile-to-write lab --account-id 111122223333 --yes';
    const made = await shell.run(create.split(' '), options);
    const list = await shell.run(['accounts', 'list'], { env: { COLUMNS: '100' } });
    expect([made.code, list.code]).toEqual([0, 0]);
    const homeless = (text: string): string => text.replaceAll(shell.host.home, '~').trim();
    vi.unstubAllEnvs();
    block('accounts', shown(`bootstrap ${create}`, `${homeless(made.stdout)}\n\n$ bootstrap accounts list\n${homeless(list.stdout)}`));
  });

  it('shows what check really prints of an organization', async () => {
    const place = await inOrganization({ members: [['no-alias'], ['root-key'], ['role-missing'], ['suspended']] });
    const check = await place.run(['check', '--org', '--only', 'alias,access-keys'], { env: { COLUMNS: '88' } });
    expect(check.code).toBe(3);
    block('organization', shown('npx aws-account-bootstrap check --org --only alias,access-keys', check.stdout));
    vi.unstubAllEnvs();
  });

  it('shows configs that load', () => {
    const text = readFileSync(readme, 'utf8');
    const examples = [...text.matchAll(/```yaml\n(version: 1\n[^]*?)```/g)].map(([, example]) => example ?? '');
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) expect(() => loadConfig({ text: example, file: 'bootstrap.yaml', steps })).not.toThrow();
  });

  it('speaks of the version that package.json has', () => {
    const { version: packaged } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(version).toBe(packaged);
  });
});
