import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as yaml from 'yaml';
import { exitNames } from '../../src/core/errors.js';
import { fences, root, textOf } from './pages.js';

/** Every command in it also runs in commands.test.ts. */
describe('SKILL.md', () => {
  const text = textOf('SKILL.md');
  const [, head = '', body = ''] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text) ?? [];
  const shell = fences('SKILL.md', 'sh').join('\n').replaceAll(/ +#.*/g, '');
  const about = yaml.parse(head) as Readonly<Record<string, string>>;
  const { name, files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; files: readonly string[] };

  it('is in the package, under the name of its folder there', () => {
    expect(files).toContain('SKILL.md');
    expect(Object.keys(about)).toEqual(['name', 'description']);
    expect(about['name']).toBe(name);
    expect(about['name']).toMatch(/^[a-z\d]+(-[a-z\d]+)*$/);
    expect(about['description']?.length).toBeLessThanOrEqual(1_024);
    expect(body.split('\n').length).toBeLessThan(120);
  });

  it('has no command that approves a plan, prints a secret or replaces something', () => {
    expect(shell).not.toMatch(/--yes|\s-y\b|--show-secrets|--replace-|--account-id|undo|keys|accounts/);
    for (const line of shell.split('\n').filter((each) => /bootstrap init/.test(each))) expect(line).toMatch(/--save-plan|--from-plan/);
  });

  it('leaves approval to the user, and never asks for secrets', () => {
    expect(body).toMatch(/Never add `--yes`[^]*unless the user has written/);
    expect(body).toMatch(/Ask the user to run this in their terminal[^]*bootstrap init --from-plan plan\.json/);
    expect(body).toMatch(/Never ask for a secret/);
  });

  it('explains every exit code', () => {
    const codes = [...body.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
    expect(codes).toEqual([...Object.keys(exitNames), '130', '143']);
  });
});
