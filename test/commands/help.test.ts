import { type Command, Help } from 'commander';
import { describe, expect, it } from 'vitest';
import { makeProgram } from '../../src/cli.js';
import { helpPagesOf } from '../../src/help/layout.js';
import { helpTopic, helpWidth, renderHelp } from '../../src/help/page.js';
import { rootHelp } from '../../src/help/first-page.js';
import type { Host } from '../../src/run/app.js';
import { testShell } from '../support/host.js';

const at80 = { env: { COLUMNS: '80' } };
const help = async (...command: readonly string[]): Promise<readonly string[]> => {
  const { code, stdout } = await testShell().run([...command, '--help'], at80);
  expect(code).toBe(0);
  return stdout.trimEnd().split('\n');
};

const program = makeProgram({ stdout: process.stdout, env: {} } as unknown as Host, () => {});
const below = (command: Command, path: readonly string[] = []): readonly (readonly string[])[] =>
  command.commands.flatMap((sub) => [[...path, sub.name()], ...below(sub, [...path, sub.name()])]);
const paths = below(program);
const at = (path: readonly string[], root = program): Command =>
  path.reduce<Command>((command, name) => command.commands.find((sub) => sub.name() === name) ?? command, root);

describe('help', () => {
  it('of every command fits a screen of 24 rows and 80 columns, below its examples', async () => {
    // With the prompt below it.
    expect((await help()).length).toBeLessThanOrEqual(23);
    const tooLong: string[] = [];
    for (const path of paths) {
      const page = await help(...path);
      // An example with a note is not broken.
      tooLong.push(...page.filter((line) => line.length > 80 && !/^ {2}\$ .* {2}/.test(line)));
      const lines = page.slice(page.findIndex((line) => line.startsWith('Usage: ')));
      const narrow = (await testShell().run([...path, '--help'], { env: { COLUMNS: '60' } })).stdout.split('\n');
      tooLong.push(...narrow.filter((line) => line.length > 60 && !/^ {2}\$ |^Usage: |\|csv$|^ *\S+$/.test(line)));
      if (lines.length > 24) tooLong.push(`${path.join(' ')}: ${lines.length} rows`);
    }
    expect(tooLong).toEqual([]);
  });

  it.each([
    ['the terminal', { stdout: { columns: 72 }, stderr: { columns: 50 } }, { COLUMNS: '60' }, 72],
    ['COLUMNS', { stdout: {}, stderr: { columns: 50 } }, { COLUMNS: '60' }, 60],
    ['the terminal behind a pager', { stdout: {}, stderr: { columns: 50 } }, {}, 50],
    ['100 columns otherwise', { stdout: {}, stderr: {} }, {}, 100],
  ])('is as wide as %s', (_, streams, env, width) => {
    expect(helpWidth(streams, env)).toBe(width);
  });

  it('breaks an example that is too long so that a shell joins it', () => {
    const example = 'bootstrap init --dry-run --alias acme-prod --email ops@example.com';
    const lines = renderHelp(`  $ ${example}`, 40).split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every((line) => line.length <= 40)).toBe(true);
    expect(
      lines
        .join('\n')
        .slice(4)
        .replaceAll(/\\\n +/g, ''),
    ).toBe(example);
    const described = '  $ bootstrap init --sandbox      try it on a practice account';
    expect(renderHelp(described, 40)).toBe(described);
  });

  it('wraps text as the parser does', () => {
    const parser = Object.assign(new Help(), { minWidthToWrap: 24 });
    for (const page of [rootHelp, ...Object.values(helpPagesOf(program))]) {
      const rows = page.split('\n').filter((row) => !row.includes('\v') && !row.startsWith('  $ '));
      for (let width = 10; width <= 200; width += 1) {
        const wrapped = rows.map((row) => {
          const [head = '', text] = row.split('\t');
          return text === undefined
            ? row
            : head + parser.boxWrap(text, width - head.length).replaceAll('\n', `\n${' '.repeat(head.length)}`);
        });
        expect(renderHelp(rows.join('\n'), width)).toBe(wrapped.join('\n'));
      }
    }
  });

  it('fills lines with flags, and breaks none', () => {
    const lists = Object.values(helpPagesOf(program)).flatMap((page) => page.split('\n').filter((row) => row.includes('\v')));
    expect(lists.length).toBeGreaterThan(25);
    for (const list of new Set(lists)) {
      const [head = '', ...flags] = list.split('\v');
      for (let width = 10; width <= 200; width += 1) {
        const room = Math.max(24, width) - head.length;
        const lines = renderHelp(list, width).split('\n');
        expect(lines.map((line, index) => line.startsWith(index === 0 ? head : ' '.repeat(head.length)))).not.toContain(false);
        const texts = lines.map((line) => line.slice(head.length));
        expect(texts.join(' ')).toBe(flags.join(' '));
        let next = 0;
        for (const [index, text] of texts.entries()) {
          const from = next;
          while (next < flags.length && flags.slice(from, next + 1).join(' ').length <= text.length) next += 1;
          expect(flags.slice(from, next).join(' ')).toBe(text);
          if (next - from > 1) expect(text.length).toBeLessThanOrEqual(room);
          if (index < texts.length - 1) expect(`${text} ${flags[next]}`.length).toBeGreaterThan(room);
        }
      }
    }
  });

  it('is stored as the parser prints it, for every width', () => {
    const pages = helpPagesOf(program);
    expect(Object.keys(pages)).toEqual(paths.map((path) => path.join(' ')));
    for (let width = 40; width <= 200; width += 1) {
      let printed = '';
      const stdout = { columns: width, write: (text: string) => (printed += text) };
      const parser = makeProgram({ stdout, env: {} } as unknown as Host, () => {});
      for (const path of paths) {
        printed = '';
        at(path, parser).outputHelp();
        expect(renderHelp(pages[path.join(' ')] ?? '', width)).toBe(printed);
      }
    }
  });

  it.each<[argv: readonly string[], topic: string | undefined]>([
    [['init', '--help'], 'init'],
    [['keys', 'rotate', '-h'], 'keys rotate'],
    [['help', 'keys', 'rotate'], 'keys rotate'],
    [['--help'], undefined],
    [['help'], undefined],
    [['init', '--help', '--help'], undefined],
    [['init', '--sandbox', '--help'], undefined],
    [['--help', 'init'], undefined],
    [['help', 'init', '--help'], undefined],
    [['help', 'keys', '--output'], undefined],
    [['keys', '--help', 'rotate'], undefined],
    [['keys', '', '--help'], undefined],
    [['keys rotate'], undefined],
    [['keys rotate', '--help'], undefined],
  ])('the command line %j asks for that of %j', (argv, topic) => {
    expect(helpTopic(argv)).toBe(topic);
  });

  it('of init lists its flags in groups', async () => {
    const lines = await help('init');
    const inGroup = (name: string): string => {
      const at = lines.findIndex((line) => line.startsWith(`${name}  `));
      const end = lines.findIndex((line, index) => index > at && !line.startsWith('   '));
      return lines.slice(at, end).join(' ');
    };
    expect(lines.flatMap((line) => /^([A-Z][a-z]+(?: files)?) {2,}-/.exec(line)?.[1] ?? [])).toEqual([
      'Run',
      'Answers',
      'Secrets',
      'Plan files',
      'Advanced',
      'Common',
    ]);
    expect(inGroup('Run')).toMatch(/--yes .*--dry-run .*--org .*--only <steps> .*--skip <steps> /);
    expect(inGroup('Answers')).toMatch(/--admin-user <name> .*--email <address>/);
    expect(inGroup('Secrets')).toMatch(/--secrets-file <file> .*--show-secrets/);
    expect(inGroup('Plan files')).toMatch(/--save-plan <file> --from-plan <file> --save-config <file>/);
    expect(inGroup('Advanced')).toMatch(/--detailed-exitcode .*--replace-alias/);
    expect(inGroup('Common')).toMatch(/--profile <name> .*-h, --help/);
  });

  it.each(paths.filter((path) => path[0] !== 'completion').map((path) => [path]))(
    'of %j names every flag, with its value',
    async (path) => {
      const shown = (await help(...path)).join('\n');
      const options = at(path).createHelp().visibleOptions(at(path));
      const missing = options.filter((option) => {
        const value = /<.*>/.exec(option.flags)?.[0];
        const words = option.argChoices === undefined || value === undefined ? [value ?? ''] : [value, option.argChoices.join('|')];
        return !words.some((word) => shown.includes(`${option.long} ${word}`.trim()));
      });
      expect(missing.map(({ flags }) => flags)).toEqual([]);
    },
  );

  it('for every command begins with examples that the parser accepts', async () => {
    expect(paths.length).toBeGreaterThan(25);
    for (const path of paths) {
      const examples = (await help(...path)).filter((line) => line.startsWith('  $ '));
      expect([path, examples.length > 0]).toEqual([path, true]);
      for (const example of examples) {
        const words = example.slice('  $ bootstrap '.length).split(' | ')[0]?.split(' ') ?? [];
        const named = words.filter((word) => word.startsWith('--')).filter((flag) => flag !== '--sandbox');
        const depth = words.findIndex((word) => !/^[a-z-]+$/.test(word) || word.startsWith('-'));
        const known = (await help(...words.slice(0, depth < 0 ? words.length : depth).filter((word) => paths.flat().includes(word)))).join(
          ' ',
        );
        expect([example, named.filter((flag) => !known.includes(flag))]).toEqual([example, []]);
      }
    }
  });

  it('names the formats that the command has', async () => {
    expect((await help('check')).join('\n')).toContain('--output table|json|jsonl|markdown|html|junit|sarif|csv ');
    expect((await help('keys', 'list')).join('\n')).toContain('--output table|json ');
  });

  it('describes the common flags and those of init and undo on a separate page', async () => {
    const short = (await help('check')).slice((await help('check')).findIndex((line) => line.startsWith('Common flags')));
    const own = [...(await help('init')), ...(await help('undo'))].filter((line) => !line.startsWith('  $ '));
    const named = [...[...short, ...own].join(' ').matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
    const { code, stdout } = await testShell().run(['explain', 'flags'], at80);
    expect(code).toBe(0);
    expect(named.length).toBeGreaterThan(50);
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
    [['version', '--json'], 0, 'stdout', /^\d+\.\d+\.\d+\S*\n$/],
    [['help', 'nonsense'], 2, 'stderr', /Unknown command 'nonsense'/],
    [['undoo'], 2, 'stderr', /^Unknown command 'undoo'\. Did you mean undo\?\nRun `bootstrap help`\.$/m],
    [['undoo', '--help'], 2, 'stderr', /^Unknown command 'undoo'\. Did you mean undo\?$/m],
    [['keys', 'rotat', '--help'], 2, 'stderr', /^Unknown command 'rotat'\. Did you mean rotate\?\nRun `bootstrap help keys`\.$/m],
    [['help', 'keys', 'rotat'], 2, 'stderr', /^Unknown command 'rotat'/],
    [
      ['keys', 'rotate', '--usr', 'ci'],
      2,
      'stderr',
      /^Unknown option '--usr'\. Did you mean --user\?\nRun `bootstrap help keys rotate`\.$/m,
    ],
    [['init', '--alias'], 2, 'stderr', /argument missing\.\nRun `bootstrap help init`\.$/m],
    [['explain', 'mfa', '--help'], 0, 'stdout', /^Usage: bootstrap explain /m],
    [['version', '--help'], 0, 'stdout', /^ {2}init .*plan/m],
    [['help', 'version'], 0, 'stdout', /^ {2}init .*plan/m],
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
