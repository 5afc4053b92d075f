import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../core/clock.js';
import { PromptAborted } from '../core/errors.js';
import { plain, type TextStyle } from '../core/text.js';

export interface Pause {
  /** What the program waits for, and which keys do what. */
  readonly text: string;
  readonly seconds: number;
  /** True for a repeated pause: if nothing can be redrawn, the text is printed only once. */
  readonly again: boolean;
}

/** Enter was pressed, or `l`, `o` or `c`, or the time is up. */
export type PauseEnd = 'now' | 'later' | 'open' | 'copy' | 'time';

export interface PauseParts {
  readonly input: Readable & { readonly isTTY?: boolean; readonly setRawMode?: (raw: boolean) => unknown };
  readonly output: Writable & { readonly columns?: number };
  readonly style: TextStyle;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Keys arrive one by one, and a line can be redrawn. False on a dumb terminal and for a screen reader, which work by lines. */
  readonly redraws: boolean;
}

/** Waits, counting down, until a key is pressed or the time is up. Throws `PromptAborted` at Ctrl-C and when the input ends. */
export const pause = async (parts: PauseParts, { text, seconds, again }: Pause): Promise<PauseEnd> => {
  const { output, clock, redraws, signal } = parts;
  if (signal?.aborted) throw new PromptAborted('stopped', signal.reason);
  const over = new AbortController();
  const key = keyPressed(parts, over.signal);
  // Only the first result of the race counts.
  key.catch(() => {});
  const stopped = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const time = async (): Promise<PauseEnd> => {
    if (!redraws && !again) output.write(`${plain(text)}\n`);
    for (let left = seconds; left > 0; left -= 1) {
      if (redraws) output.write(`\r\u001b[K${fitted(`${plain(text)} (${left} s)`, output.columns ?? parts.style.width)}`);
      await clock.sleep(1_000, stopped);
    }
    return 'time';
  };
  try {
    return await Promise.race([key, time()]);
  } catch (error) {
    if (signal?.aborted) throw new PromptAborted('stopped', error);
    throw error;
  } finally {
    over.abort();
    if (redraws) output.write('\r\u001b[K');
  }
};

const fitted = (text: string, columns: number): string => (text.length < columns ? text : `${text.slice(0, Math.max(1, columns - 4))}...`);

const keyPressed = ({ input, redraws }: PauseParts, over: AbortSignal): Promise<PauseEnd> =>
  new Promise((resolve, reject) => {
    const raw = redraws && input.isTTY === true && input.setRawMode !== undefined;
    const settle = (): void => {
      input.off('data', onData);
      input.off('end', onEnd);
      input.off('close', onEnd);
      if (raw) input.setRawMode?.(false);
      input.pause();
    };
    const onData = (chunk: Buffer | string): void => {
      const typed = chunk.toString();
      if (typed.includes('\u0003')) reject(new PromptAborted('interrupt'));
      else if (typed.includes('\u0004')) reject(new PromptAborted('end'));
      else if (/^\s*l/i.test(typed)) resolve('later');
      else if (/^\s*o/i.test(typed)) resolve('open');
      else if (/^\s*c/i.test(typed)) resolve('copy');
      else if (/[\r\n]/.test(typed)) resolve('now');
    };
    const onEnd = (): void => reject(new PromptAborted('end'));
    over.addEventListener('abort', settle, { once: true });
    if (raw) input.setRawMode?.(true);
    input.on('data', onData);
    input.once('end', onEnd);
    input.once('close', onEnd);
    if (input.readableEnded || input.destroyed) onEnd();
    else input.resume();
  });
