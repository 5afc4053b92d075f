import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

/** The bundle that is published. */
export const repository = path.resolve(import.meta.dirname, '../..');
export const bundle = path.join(repository, 'dist/main.cjs');

const folders: string[] = [];
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder, deleted after the suite. */
export const newFolder = (place = tmpdir()): string => {
  const folder = mkdtempSync(path.join(place, 'bootstrap-e2e-'));
  folders.push(folder);
  return folder;
};

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The match, as soon as stdout or stderr contains it; rejects if the process ends or the deadline passes before. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Sends the signal; resolves to how the process ended and after how many milliseconds. */
  readonly stop: (signal: NodeJS.Signals) => Promise<Exit & { readonly afterMs: number }>;
  readonly ended: Promise<Exit>;
}

export interface Surroundings {
  /** HOME and working folder. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdio?: StdioOptions;
  /** A process that is still running then is killed, and its test fails. */
  readonly deadlineMs?: number;
}

/** How long `until` waits. */
const patienceMs = 20_000;

/** Starts a program with only PATH, HOME and the given variables in its environment. */
export const start = (
  program: string,
  argv: readonly string[],
  { home, env = {}, cwd = home, stdio = ['ignore', 'pipe', 'pipe'], deadlineMs = 40_000 }: Surroundings,
): Running => {
  const child = spawn(program, argv, { cwd, env: { PATH: process.env['PATH'], HOME: home, COLUMNS: '100', ...env }, stdio });
  running.add(child);
  let [stdout, stderr] = ['', ''];
  const watchers = new Set<() => void>();
  const notify = (): void => {
    for (const watch of watchers) watch();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    notify();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    notify();
  });
  const output = (): string => `${[path.basename(program), ...argv].join(' ')}\nstdout: ${stdout}\nstderr: ${stderr}`;
  const ended = new Promise<Exit>((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`still running after ${deadlineMs} ms: ${output()}`));
    }, deadlineMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(deadline);
      running.delete(child);
      resolve({ code, signal, stdout, stderr });
      notify();
    });
  });
  ended.catch(() => {});
  return {
    pid: child.pid ?? 0,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const fail = (what: string) => (): void => {
          watchers.delete(look);
          reject(new Error(`${what} before it printed ${String(pattern)}: ${output()}`));
        };
        const deadline = setTimeout(fail(`${patienceMs} ms passed`), patienceMs);
        const look = (): void => {
          const found = pattern.exec(stdout + stderr);
          if (found === null) return;
          watchers.delete(look);
          clearTimeout(deadline);
          resolve(found);
        };
        watchers.add(look);
        const over = fail('it ended');
        ended.then(over, over).finally(() => clearTimeout(deadline));
        look();
      }),
    stop: async (signal) => {
      const from = performance.now();
      child.kill(signal);
      const exit = await ended;
      return { ...exit, afterMs: performance.now() - from };
    },
    ended,
  };
};

/** The program in its own process, without a terminal. */
export const startProgram = (argv: readonly string[], surroundings: Surroundings): Running =>
  start(process.execPath, [bundle, ...argv], surroundings);

export const runProgram = (argv: readonly string[], surroundings: Surroundings): Promise<Exit> => startProgram(argv, surroundings).ended;
