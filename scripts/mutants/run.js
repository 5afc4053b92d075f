// Seeded bugs: `npm run mutants`, or `npm run mutants -- engine keys` for some pieces, or `npm run mutants -- engine src/engine/waive.ts` for one file. Stryker changes the sources in one place at a time, and
// each change must fail a test. Writes the score of each piece to figures.json, which `npm run docs` shows in docs/proof.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const figuresFile = join(here, 'figures.json');
const work = join(root, '.mutants');

/** @type {(folder: string, ...names: string[]) => string} */
const these = (folder, ...names) => names.map((name) => `${folder}/${name}.ts`).join();

/**
 * What is mutated, the tests that run for it, and the score in percent that it must reach; null if none is asked for. Fewer tests make a faster
 * run and a lower score, never a higher one. `loadedOnce`: the tests are loaded once and not for each bug, which is several times as fast. That
 * is for tests that replace no module and do not rely on having a process of their own.
 * @type {Readonly<Record<string, { mutate: string; tests: string; floor: number | null; loadedOnce?: boolean }>>}
 */
const pieces = {
  engine: { mutate: 'src/engine/*.ts', tests: 'test/engine', floor: 85, loadedOnce: true },
  // The decisions and changes of keys. The other files ask and print; their tests run the whole command, which takes too long for each mutant.
  keys: {
    mutate: these('src/commands/keys', 'change', 'errors', 'reads', 'rotation', 'rotation-plan', 'types', 'writes'),
    tests: 'test/commands/keys',
    floor: 85,
    loadedOnce: true,
  },
  secrets: { mutate: 'src/secrets/*.ts,!src/secrets/lock.ts', tests: 'test/secrets', floor: 85, loadedOnce: true },
  // A test of locks replaces a module of Node.
  locks: { mutate: 'src/secrets/lock.ts', tests: 'test/secrets/lock.test.ts,test/secrets/lock-file-errors.test.ts', floor: 85 },
  core: { mutate: 'src/core/**/*.ts', tests: 'test/core', floor: 85, loadedOnce: true },
  aws: { mutate: 'src/aws/**/*.ts', tests: 'test/aws', floor: 85, loadedOnce: true },
  // What judges an account, and what changes it. The other files read, ask and explain.
  steps: {
    mutate: [
      ...['assess*', 'apply*', 'undo'].map((name) => `src/steps/**/${name}.ts`),
      these('src/steps/access-keys', 'lost-keys', 'retire-key'),
      these('src/steps/admin-user', 'console-password', 'password-policy'),
      these('src/steps/alias', 'index'),
      these('src/steps/billing-access', 'contacts', 'index', 'switch'),
      these('src/steps/budget', 'changes', 'coverage', 'index'),
      these('src/steps/shared', 'administrator-rights', 'created-users'),
    ].join(),
    tests: 'test/steps',
    floor: 85,
    loadedOnce: true,
  },
  config: { mutate: 'src/config/*.ts', tests: 'test/config', floor: 85, loadedOnce: true },
  accounts: {
    mutate: 'src/commands/accounts/*.ts',
    tests: [
      'test/commands/accounts',
      these('test/scenarios', 'accounts.test', 'approval.test', 'close-account.test', 'secure-root.test'),
    ].join(),
    floor: 85,
    loadedOnce: true,
  },
  // The numbers and verdicts of a report, and what is hidden in it. The other files lay out text, which golden files compare.
  report: {
    mutate: these('src/report', 'counts', 'joined', 'redact', 'saved', 'spend', 'verdict'),
    tests: these(
      'test/report',
      ...['formats-command', 'formats', 'joined', 'redact', 'table', 'totals', 'typed', 'verdict'].map((name) => `${name}.test`),
    ),
    floor: 85,
    loadedOnce: true,
  },
};

/** @type {(file: string) => any} */
const json = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** The text that a mutant replaces. @type {(source: string, location: any) => string} */
const original = (source, { start, end }) => {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = (lines.at(-1) ?? '').slice(0, end.column - 1);
  lines[0] = (lines[0] ?? '').slice(start.column - 1);
  return lines.join('\n');
};

/** Survivors that change nothing that anyone can observe, each with its line and the reason. @type {readonly any[]} */
const equivalents = json(join(here, 'equivalents.json'));

/** Whether a file is one of those that were mutated: the results of earlier runs may contain others. @type {(mutate: string, file: string) => boolean} */
const isMutated = (mutate, file) =>
  !mutate.split(',').includes(`!${file}`) &&
  mutate.split(',').some((pattern) => {
    const [folder, rest] = [pattern.split('/**')[0] ?? '', pattern.split('/').at(-1) ?? ''];
    const inFolder = pattern.includes('**') ? file.startsWith(`${folder}/`) : dirname(file) === dirname(pattern);
    return inFolder && new RegExp(`^${rest.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(basename(file));
  });

/**
 * The last result of each seeded bug, also of earlier runs for other files, unless their sources have changed since.
 * @type {(name: string, mutate: string) => { counted: string[]; killed: number; timedOut: number; total: number; equivalent: number; survivors: string[] }}
 */
const results = (name, mutate) => {
  const { files } = json(join(work, `${name}.json`));
  const result = {
    counted: /** @type {string[]} */ ([]),
    killed: 0,
    timedOut: 0,
    total: 0,
    equivalent: 0,
    survivors: /** @type {string[]} */ ([]),
  };
  for (const [file, { source, mutants }] of Object.entries(/** @type {Record<string, any>} */ (files))) {
    if (!isMutated(mutate, file) || !existsSync(join(root, file)) || source !== readFileSync(join(root, file), 'utf8')) continue;
    result.counted.push(file);
    for (const { status, location, replacement } of mutants) {
      if (['Ignored', 'CompileError', 'RuntimeError', 'Pending'].includes(status)) continue;
      const from = original(source, location);
      const line = source.split('\n')[location.start.line - 1] ?? '';
      const killed = status === 'Killed' || status === 'Timeout';
      if (
        !killed &&
        equivalents.some((one) => one.file === file && one.from === from && one.to === replacement && line.includes(one.line))
      ) {
        result.equivalent += 1;
        continue;
      }
      result.total += 1;
      if (status === 'Timeout') result.timedOut += 1;
      if (killed) result.killed += 1;
      else result.survivors.push(`${file}:${location.start.line} ${status}: ${JSON.stringify(from)} -> ${JSON.stringify(replacement)}`);
    }
  }
  return result;
};

const words = process.argv.slice(2);
const again = words.includes('--again');
const files = words.filter((word) => word.includes('/'));
const chosen = words.filter((word) => !word.startsWith('--') && !word.includes('/'));
const unknown = chosen.filter((name) => !(name in pieces));
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: not one of ${Object.keys(pieces).join(', ')}`);
if (!existsSync(join(here, 'node_modules'))) execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
mkdirSync(work, { recursive: true });

let failed = false;
for (const [name, { mutate: all, tests, floor, loadedOnce = false }] of Object.entries(pieces)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const stryker = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const options = [
    '--testRunner',
    loadedOnce ? 'loaded-once' : 'vitest',
    '--mutate',
    files.length > 0 ? files.join() : all,
    '--incremental',
    '--incrementalFile',
    `.mutants/${name}.json`,
  ];
  const env = { ...process.env, MUTANTS_TESTS: tests };
  const argv = [
    '-n',
    '10',
    process.execPath,
    stryker,
    'run',
    'scripts/mutants/stryker.config.json',
    ...options,
    ...(again ? ['--force'] : []),
  ];
  const { status } = spawnSync('nice', argv, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) throw new Error(`Stryker ended with ${status} for ${name}`);
  const { counted, killed, timedOut, total, equivalent, survivors } = results(name, all);
  const score = Math.floor((1000 * killed) / total) / 10;
  const row = {
    date: new Date().toISOString().slice(0, 10),
    mutate: counted.toSorted().join(),
    mutants: total,
    killed,
    timedOut,
    equivalent,
    score,
    floor,
  };
  const figures = { ...(existsSync(figuresFile) ? json(figuresFile) : {}), [name]: row };
  writeFileSync(figuresFile, `${JSON.stringify(figures, null, 2)}\n`);
  if (floor !== null && score < floor) failed = true;
  console.log(
    `${survivors.join('\n')}\n${name}: ${killed} of ${total} killed, ${score} %; ${equivalent} equivalent; floor: ${floor ?? 'none'}`,
  );
}
process.exitCode = failed ? 1 : 0;
