import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}
const importLine = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?([^;'"]*?from\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;
const imports: readonly Import[] = files.flatMap((from) =>
  [...readFileSync(join(root, from), 'utf8').matchAll(importLine)].map((match) => ({
    from,
    to: (match[3] ?? match[4]) as string,
    typeOnly: match[1] !== undefined,
  })),
);
const ours = imports
  .filter(({ to }) => to.startsWith('.'))
  .map((one) => ({ ...one, to: relative(root, resolve(root, dirname(one.from), one.to)).replace(/\.js$/, '.ts') }));
const layerOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] as string) : file);

/** Who may import whom. A layer may always import itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  engine: ['core'],
  steps: ['core'],
  aws: ['core'],
  report: ['core'],
  secrets: ['core'],
  ui: ['core'],
  sandbox: ['core'],
  config: ['core', 'steps'],
  run: ['core', 'engine', 'config', 'aws', 'secrets', 'ui', 'sandbox', 'steps', 'report', 'version.ts'],
  commands: ['core', 'engine', 'config', 'run', 'aws', 'secrets', 'sandbox', 'steps', 'report', 'help', 'version.ts'],
  help: [],
  'cli.ts': ['core', 'run', 'commands', 'report', 'steps', 'help', 'version.ts'],
  'main.ts': ['cli.ts', 'run', 'core', 'help', 'code-cache.ts', 'version.ts'],
  'version.ts': [],
};

describe('the direction of imports', () => {
  it('finds the imports at all', () => {
    expect(ours.length).toBeGreaterThan(100);
  });

  it('follows the layers', () => {
    const wrong = ours.filter(({ from, to }) => {
      const [layer, target] = [layerOf(from), layerOf(to)];
      return layer !== target && !(allowed[layer] ?? []).includes(target);
    });
    expect(wrong).toEqual([]);
  });

  it('has no cycles', () => {
    const next = new Map(files.map((file) => [file, ours.filter((one) => one.from === file).map((one) => one.to)]));
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('keeps the SDK out of steps and core, but for its types', () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) => ['core', 'steps'].includes(layerOf(from)) && to.startsWith('@aws-sdk/') && !typeOnly,
    );
    expect(wrong).toEqual([]);
  });

  it('keeps every step to its own folder and to what steps share', () => {
    const folderOf = (file: string): string => file.split('/').slice(0, 2).join('/');
    const wrong = ours.filter(
      ({ from, to }) =>
        layerOf(from) === 'steps' &&
        !['steps/index.ts', 'steps/flags.ts'].includes(from) &&
        layerOf(to) === 'steps' &&
        folderOf(to) !== folderOf(from) &&
        !to.startsWith('steps/shared/'),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps every command to its own folder, to shared flags and help', () => {
    const folderOf = (file: string): string => file.split('/').slice(0, 2).join('/');
    const wrong = ours.filter(
      ({ from, to }) =>
        from.startsWith('commands/') &&
        to.startsWith('commands/') &&
        to !== 'commands/explain/pages.ts' &&
        to.split('/').length > 2 &&
        folderOf(from) !== folderOf(to),
    );
    expect(wrong).toEqual([]);
  });
});

describe('what only few files may touch', () => {
  const sources = files.map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);
  const using = (pattern: RegExp): readonly string[] => sources.filter(([, text]) => pattern.test(text)).map(([file]) => file);

  it('touches the process in main only, but for the practice account, which kills and locks by process id', () => {
    const found = using(/\bprocess\.(?!kill\b|pid\b)[a-z]/).filter((file) => file !== 'main.ts');
    expect(found).toEqual([]);
  });

  it('reveals secrets in secrets/ and where requests are made', () => {
    expect(using(/\.reveal\(\)/).filter((file) => !file.startsWith('secrets/'))).toEqual(['aws/request.ts']);
  });

  it('uses the titles and descriptions of schemas in the JSON Schemas only: the bundle has stored those (scripts/stored-schemas.js)', () => {
    expect(using(/\btoJSONSchema\b|\bglobalRegistry\b|\bz\.registry\b/)).toEqual(['config/json-schema.ts', 'report/result-schema.ts']);
  });

  it('reads no clock and writes to no console', () => {
    expect(using(/\bDate\.now\(\)|\bnew Date\(\)|\bconsole\.(log|error|warn|info|debug)\b/).filter((file) => file !== 'main.ts')).toEqual(
      [],
    );
  });
});
