import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { exitPages } from '../../src/commands/explain/exits.js';
import { sectionJsonSchema } from '../../src/config/json-schema.js';
import { configReference } from '../../src/config/reference.js';
import type { JsonSchema } from '../../src/config/schema.js';
import { errorCodes } from '../../src/core/errors.js';
import { steps } from '../../src/steps/index.js';
import { version } from '../../src/version.js';
import { testShell } from '../support/host.js';
import { inOrganization } from '../support/organization-shell.js';
import { block, root, session, table } from './pages.js';

const at88 = { env: { COLUMNS: '88' } };

describe('generated parts of the manual', () => {
  it('the keys of the config', () => {
    // Headings, so that other pages can link to a section.
    block('docs/configuration.md', 'config', configReference(steps).replaceAll(/^\*\*(`[^`]+`)\*\*$/gm, '### $1'));
  });

  it.each([
    ['config', []],
    ['result', ['--result']],
  ])('the JSON Schema of the %s, which is in the package, without white space', async (name, flags) => {
    const { code, stdout } = await testShell().run(['config', 'schema', ...flags]);
    expect(code).toBe(0);
    const text = `${JSON.stringify(JSON.parse(stdout))}\n`;
    const file = join(root, `schemas/${name}.schema.json`);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text);
    expect(existsSync(file) && readFileSync(file, 'utf8') === text, 'run `npm run docs`').toBe(true);
  });

  it('the JSON Schema of a section is the one in the schema of the config: the package has no other', () => {
    const { properties } = JSON.parse(readFileSync(join(root, 'schemas/config.schema.json'), 'utf8')) as JsonSchema;
    for (const step of steps) {
      const { $schema: _, ...own } = sectionJsonSchema(step) as JsonSchema & { readonly $schema?: string };
      expect(properties?.[step.id]?.anyOf?.[0], step.id).toEqual(own);
    }
  });

  it('what init and check print for a practice account', async () => {
    const shell = testShell({ seed: 7 });
    const first = await shell.run(['init', '--sandbox', '--yes'], at88);
    expect(first.code).toBe(5);
    const atHome = (text: string): string => text.replaceAll(shell.home, '~').replaceAll(/AKIA[A-Z0-9]{16}/g, 'AKIAIOSFODNN7EXAMPLE');
    const command = 'npx aws-account-bootstrap init --sandbox --yes';
    // The plan ends with the line of totals.
    const plan = /^[^]*?\n\d+ changes: .*\n(?:\S.*\n)*/.exec(first.stderr)?.[0] ?? first.stderr;
    block('docs/practice-account.md', 'init-plan', session([command, atHome(plan)]));
    block('docs/practice-account.md', 'init', session([command, atHome(first.stdout)]));
    const check = await shell.run(['check', '--sandbox'], at88);
    expect(check.code).toBe(3);
    block('docs/practice-account.md', 'check', session(['npx aws-account-bootstrap check --sandbox', atHome(check.stdout)]));
  });

  it('what accounts prints', async () => {
    const shell = await inOrganization({ members: 0 });
    const create = 'accounts create --name lab --email-from aws@example.com --profile-to-write lab --account-id 111122223333 --yes';
    const created = await shell.run(create.split(' '), at88);
    const list = await shell.run(['accounts', 'list'], { env: { COLUMNS: '100' } });
    expect([created.code, list.code]).toEqual([0, 0]);
    vi.unstubAllEnvs();
    const output = created.stdout.replaceAll(shell.host.home, '~');
    block('docs/organization.md', 'accounts', session([`bootstrap ${create}`, output], ['bootstrap accounts list', list.stdout]));
  });

  it('what check prints for an organization', async () => {
    const shell = await inOrganization({ members: [['no-alias'], ['root-key'], ['role-missing'], ['suspended']] });
    const check = await shell.run(['check', '--org', '--only', 'alias,access-keys'], at88);
    expect(check.code).toBe(3);
    vi.unstubAllEnvs();
    block('docs/organization.md', 'organization', session(['bootstrap check --org --only alias,access-keys', check.stdout]));
  });

  it('the checks', () => {
    const rows = steps.flatMap((step) => step.findings.map(({ id, severity, kind, title }) => [`\`${id}\``, severity, kind, title]));
    block('docs/check.md', 'checks', table(['check', 'severity', 'kind', 'passes if'], rows));
  });

  it('the permissions of check', async () => {
    const policy = await testShell().run(['policy', 'check', '--account-id', '123456789012']);
    expect(policy.code).toBe(0);
    block('docs/iam-permissions.md', 'policy-check', session(['bootstrap policy check --account-id 123456789012', policy.stdout]));
  });

  it('the exit codes', () => {
    const rows = Object.entries(exitPages).map(([code, { title, means }]) => [code, `**${title}.** ${means.join(' ')}`]);
    block('docs/exit-codes.md', 'exit-codes', table(['code', 'meaning'], rows));
  });

  it('the error codes', () => {
    const rows = Object.entries(errorCodes)
      .toSorted(([, one], [, other]) => one.exit - other.exit)
      .map(([code, { exit, title }]) => [`\`${code}\``, exit === 130 ? '130, 143' : String(exit), title]);
    block('docs/exit-codes.md', 'error-codes', table(['error', 'exit code', 'what happened'], rows));
  });

  it('the help of every command', async () => {
    const shell = testShell();
    const help = async (words: readonly string[]): Promise<string> => {
      const { code, stdout } = await shell.run([...words, '--help']);
      expect(code).toBe(0);
      const name = ['bootstrap', ...words].join(' ');
      const own = `${'#'.repeat(words.length + 1)} \`${name}\`\n\n\`\`\`text\n${stdout.replaceAll(/^\n+|\s+$/g, '')}\n\`\`\``;
      const subcommands = stdout.slice(Math.max(stdout.indexOf('\nCommands:\n'), 0)).matchAll(/^ {2}([a-z][a-z-]+) {2,}\S/gm);
      const inner = stdout.includes('\nCommands:\n') ? [...subcommands].map(([, word = '']) => help([...words, word])) : [];
      return [own, ...(await Promise.all(inner))].join('\n\n');
    };
    const { stdout } = await shell.run(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, word = '']) => word);
    expect(commands).toEqual([
      'init',
      'check',
      'keys',
      'accounts',
      'explain',
      'config',
      'policy',
      'undo',
      'report',
      'sandbox',
      'completion',
    ]);
    const sections: string[] = [];
    for (const command of commands) sections.push(await help([command]));
    const flags = await shell.run(['explain', 'flags']);
    expect(flags.code).toBe(0);
    sections.push(`## Flags of \`init\` and common flags\n\n\`\`\`text\n${flags.stdout.trimEnd()}\n\`\`\``);
    block('docs/commands.md', 'commands', sections.join('\n\n'));
  });

  it('the version is that of package.json', () => {
    const { version: packaged } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(version).toBe(packaged);
  });
});
