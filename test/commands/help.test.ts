import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { makeProgram } from '../../src/cli.js';
import type { Host } from '../../src/run/app.js';
import { testShell } from '../support/host.js';

const at80 = { env: { COLUMNS: '80' } };
const help = async (...command: readonly string[]): Promise<readonly string[]> => {
  const { code, stdout } = await testShell().run([...command, '--help'], at80);
  expect(code).toBe(0);
  return stdout.trimEnd().split('\n');
};

describe('help', () => {
  it.each<[readonly string[], number]>([
    [[], 24],
    [['check'], 30],
    [['init'], 45],
    [['keys', 'rotate'], 30],
    [['accounts', 'create'], 35],
  ])('for %j begins with examples and fits a screen', async (command, rows) => {
    const lines = await help(...command);
    expect(lines[0]).toMatch(/^ {2}\$ bootstrap |^Usage: /);
    expect(lines.length).toBeLessThanOrEqual(rows);
  });

  it('for every command begins with examples that the parser accepts', async () => {
    const program = makeProgram({ stdout: process.stdout, env: {} } as unknown as Host, () => {});
    const paths = (command: Command, path: readonly string[] = []): readonly (readonly string[])[] =>
      command.commands.flatMap((sub) => [[...path, sub.name()], ...paths(sub, [...path, sub.name()])]);
    const all = paths(program);
    expect(all.length).toBeGreaterThan(25);
    for (const path of all) {
      const examples = (await help(...path)).filter((line) => line.startsWith('  $ '));
      expect([path, examples.length > 0]).toEqual([path, true]);
      for (const example of examples) {
        const words = example.slice('  $ bootstrap '.length).split(' | ')[0]?.split(' ') ?? [];
        const named = words.filter((word) => word.startsWith('--')).filter((flag) => flag !== '--sandbox');
        const depth = words.findIndex((word) => !/^[a-z-]+$/.test(word) || word.startsWith('-'));
        const known = (await help(...words.slice(0, depth < 0 ? words.length : depth).filter((word) => all.flat().includes(word)))).join(
          ' ',
        );
        expect([example, named.filter((flag) => !known.includes(flag))]).toEqual([example, []]);
      }
    }
  });

  it('names the formats that the command has', async () => {
    expect((await help('check')).join('\n')).toContain('--output table|json|jsonl|markdown|junit|sarif|csv ');
    expect((await help('keys', 'list')).join('\n')).toContain('--output table|json ');
  });

  it('describes the common flags on a separate page', async () => {
    const short = (await help('check')).slice((await help('check')).findIndex((line) => line.startsWith('Common flags')));
    const named = [...short.join(' ').matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
    const { code, stdout } = await testShell().run(['explain', 'flags'], at80);
    expect(code).toBe(0);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((flag) => !new RegExp(`^  (-\\w, )?${flag} .*[a-z]`, 'm').test(stdout))).toEqual([]);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each<[words: readonly string[], code: number, stream: 'stdout' | 'stderr', shows: RegExp]>([
    [[], 0, 'stdout', /^ {2}init .*plan/m],
    [['help'], 0, 'stdout', /^ {2}init .*plan/m],
    [['help', 'keys', 'rotate'], 0, 'stdout', /--delete-inactive/],
    [['version'], 0, 'stdout', /^\d+\.\d+\.\d+$/m],
    [['keys'], 2, 'stderr', /^ {2}rotate /m],
    [['accounts'], 2, 'stderr', /^ {2}create /m],
    [['config'], 2, 'stderr', /^ {2}validate /m],
    [['policy'], 2, 'stderr', /^ {2}trust /m],
    [['sandbox'], 2, 'stderr', /^ {2}serve /m],
    [['help', 'nonsense'], 2, 'stderr', /Unknown command 'nonsense'/],
  ])('is what `bootstrap %j` prints, with exit code %i on %s', async (words, code, stream, shows) => {
    const run = await testShell().run([...words], at80);
    expect(run.code).toBe(code);
    expect(run[stream]).toMatch(shows);
    expect(run[stream === 'stdout' ? 'stderr' : 'stdout']).toBe('');
  });

  it.each([[['check', '-o', 'json']], [['check', '--json']], [['check', '-qo', 'json']]])(
    'short flags: `bootstrap %j` prints one document',
    async (words) => {
      const run = await testShell().run([...words, '--nope'], at80);
      expect(run.code).toBe(2);
      const fine = await testShell().run([...words, '--no-input'], at80);
      expect(JSON.parse(fine.stdout)).toMatchObject({ command: 'check' });
    },
  );
});
