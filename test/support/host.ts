import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { PassThrough } from 'node:stream';
import { run } from '../../src/cli.js';
import type { Clock } from '../../src/core/clock.js';
import type { Host } from '../../src/run/app.js';
import { testFolder } from './test-folder.js';

/** A process as a value: what a run printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A clock that moves only when code sleeps, so that waiting takes no time. */
export const testClock = (start = '2026-11-23T10:00:00.000Z'): Clock & { readonly advance: (ms: number) => void } => {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
    },
    advance: (ms) => {
      now += ms;
    },
  };
};

/** A shell session without a terminal: its own home and working folder, no AWS variables. */
export const testShell = (
  options: {
    readonly env?: Record<string, string>;
    readonly clock?: Clock;
    readonly handler?: object;
    readonly seed?: number;
    /** A folder that is there already, and stays. */
    readonly home?: string;
  } = {},
) => {
  const home = options.home ?? testFolder();
  const clock = options.clock ?? testClock();
  const draw = options.seed === undefined ? (below: number) => randomInt(below) : seeded(options.seed);
  return {
    home,
    clock,
    run: async (
      argv: readonly string[],
      more: { readonly env?: Record<string, string>; readonly signal?: AbortSignal } = {},
    ): Promise<Ran> => {
      const signal = more.signal ?? new AbortController().signal;
      // As main.ts does: every request listens to it.
      setMaxListeners(0, signal);
      const stdout = capture();
      const stderr = capture();
      const host: Host = {
        argv,
        env: { HOME: home, COLUMNS: '100', ...options.env, ...more.env },
        cwd: home,
        home,
        platform: 'linux',
        stdin: new PassThrough(),
        stdout: stdout.stream,
        stderr: stderr.stream,
        clock,
        random: (length, alphabet) => Array.from({ length }, () => alphabet[draw(alphabet.length)]).join(''),
        signal,
        ...(options.handler === undefined ? {} : { requestHandler: options.handler }),
      };
      const code = await run(host);
      return { code, stdout: stdout.text(), stderr: stderr.text() };
    },
  };
};

const capture = (): { readonly stream: NodeJS.WriteStream; readonly text: () => string } => {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
};

/** A small generator of known behaviour (a linear congruence, as in Numerical Recipes), for output that is to be the same every time. */
export const seeded = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};
