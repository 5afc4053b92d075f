import xterm from '@xterm/headless';
import { setMaxListeners } from 'node:events';
import { clearLine, clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { onTestFailed, TestRunner, vi } from 'vitest';
import { run } from '../../src/cli.js';
import type { Host } from '../../src/run/app.js';
import { seeded, testClock } from '../support/host.js';
import { testFolder } from '../support/test-folder.js';

/** A user at a terminal, as a value: a real terminal emulator shows what the program writes, and keys go in where keys go in. */
export interface Sitting {
  readonly home: string;
  readonly terminal: InstanceType<typeof xterm.Terminal>;
  readonly clock: ReturnType<typeof testClock>;
  /** Resolves when the pattern stands below what was matched before. Throws when the program ends without it. */
  readonly until: (pattern: RegExp) => Promise<void>;
  readonly type: (text: string) => void;
  /** From now on, a sleep lasts until a key ends it: otherwise the time would be up before anyone could type. */
  readonly stopTime: () => void;
  /** What is on the screen that is shown, with what has scrolled away; without blanks at the end. */
  readonly lines: () => readonly string[];
  /** Everything that was written, with what was overwritten or cleared since, without escape sequences. */
  readonly printed: () => string;
  /** The exit code. */
  readonly ended: Promise<number>;
}

export interface SittingOptions {
  readonly argv: readonly string[];
  readonly columns: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly handler?: object;
  readonly clock?: ReturnType<typeof testClock>;
  readonly home?: string;
  readonly seed?: number;
}

export const sitDown = (options: SittingOptions): Sitting => {
  // Node's readline edits no line on a dumb terminal, a spinner turns in no CI, and both ask the process's own environment.
  vi.stubEnv('TERM', 'xterm').stubEnv('CI', undefined);
  const { columns, rows = 50, clock = testClock(), home = testFolder() } = options;
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 5_000, convertEol: true, allowProposedApi: true });
  const draw = seeded(options.seed ?? 1);
  let changed: () => void = () => {};
  let written = '';
  const screen = (): NodeJS.WriteStream => {
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written += chunk.toString();
        terminal.write(chunk, () => {
          done();
          changed();
        });
      },
    });
    // What node gives a stream that is a terminal.
    return Object.assign(stream, {
      isTTY: true,
      // A question ends the stream that it is piped from, and with it any that is not of the process.
      _isStdio: true,
      columns,
      rows,
      cursorTo: (x: number, y?: number) => cursorTo(stream, x, y),
      moveCursor: (dx: number, dy: number) => moveCursor(stream, dx, dy),
      clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
      clearScreenDown: () => clearScreenDown(stream),
    }) as unknown as NodeJS.WriteStream;
  };
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode: (raw: boolean) => {
      stdin.isRaw = raw;
      return stdin;
    },
  });
  // The two share one screen; what is written first is shown first.
  const stderr = screen();
  let stopped = false;
  const { signal } = new AbortController();
  // As main.ts does: every request listens to it.
  setMaxListeners(0, signal);
  const host: Host = {
    argv: options.argv,
    env: { HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...options.env },
    cwd: home,
    home,
    platform: 'linux',
    stdin,
    stdout: screen(),
    stderr,
    clock: { ...clock, sleep: (ms, signal) => (stopped ? aborted(signal) : clock.sleep(ms, signal)) },
    random: (length, alphabet) => Array.from({ length }, () => alphabet[draw(alphabet.length)]).join(''),
    signal,
    ...(options.handler === undefined ? {} : { requestHandler: options.handler }),
  };
  let over = false;
  const ended = run(host).finally(() => {
    over = true;
    changed();
  });
  const lines = (): readonly string[] => {
    const { active } = terminal.buffer;
    const all = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
    return all.slice(0, all.findLastIndex((line) => line !== '') + 1);
  };
  // A full-screen page has a buffer of its own, and what was matched there says nothing of the other.
  let waitsFor: RegExp | undefined;
  // The tests of seeded bugs run without Vitest.
  if (TestRunner.getCurrentTest() !== undefined)
    onTestFailed(() => console.log(`waited for ${String(waitsFor)}, with this on the screen:\n${lines().slice(-60).join('\n')}`));
  let matched = 0;
  return {
    home,
    terminal,
    clock,
    lines,
    printed: () => stripVTControlCharacters(written),
    ended,
    type: (text) => {
      // What a terminal does by itself unless an option turns it off.
      if (!stdin.isRaw) terminal.write(text.replaceAll('\r', '\n'));
      stdin.write(stdin.isRaw ? text : text.replaceAll('\r', '\n'));
    },
    stopTime: () => {
      stopped = true;
    },
    until: (pattern) =>
      new Promise((resolve, reject) => {
        waitsFor = pattern;
        const look = (): void => {
          const { type } = terminal.buffer.active;
          const text = lines().join('\n');
          // A page is drawn again and again: there, anything on it counts.
          const found = pattern.exec(type === 'alternate' ? text : text.slice(matched));
          if (found !== null) {
            matched += type === 'normal' ? found.index + found[0].length : 0;
            changed = () => {};
            // Keys that come with the very drawing of a question are not for it: inquirer listens from the next turn on.
            setImmediate(() => setImmediate(resolve));
          } else if (over) reject(new Error(`the program ended before ${String(pattern)} was on the screen:\n${text.slice(-3_000)}`));
        };
        changed = look;
        look();
      }),
  };
};

const aborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
