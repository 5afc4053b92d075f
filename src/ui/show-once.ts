import type { Readable } from 'node:stream';
import type { Clock } from '../core/clock.js';
import { plain } from '../core/text.js';
import { PromptAborted } from './prompter.js';

export interface ShowOnceParts {
  readonly input: Readable;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Pauses progress output meanwhile. */
  readonly hold: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** The alternate screen, which full-screen programs use: its content never reaches the scrollback. */
const enter = '\u001b[?1049h\u001b[2J\u001b[H';
const leave = '\u001b[2J\u001b[H\u001b[?1049l';

/** Shows lines on the alternate screen until Enter is pressed. Throws `PromptAborted` if the input ends or the run is stopped first. */
export const makeShowOnce =
  ({ input, output, signal, clock, hold }: ShowOnceParts): ((title: string, lines: readonly string[]) => Promise<void>) =>
  (title, lines) =>
    hold(async () => {
      if (signal.aborted) throw new PromptAborted('stopped', signal.reason);
      output.write(
        `${enter}${plain(title)}\n\n${lines.map((line) => `  ${plain(line)}\n`).join('')}\nThis is shown only once. Press Enter after you have saved it. `,
      );
      try {
        await forgetTypedAhead(input, clock);
        await enterPressed(input, signal);
      } finally {
        output.write(leave);
      }
    });

/** Keys pressed before anything was shown must not clear it. */
const forgetTypedAhead = async (input: Readable, clock: Clock): Promise<void> => {
  const drop = (): void => {};
  input.on('data', drop);
  await clock.sleep(400);
  input.off('data', drop);
  input.pause();
};

const enterPressed = (input: Readable, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (error?: PromptAborted): void => {
      input.off('data', onData);
      input.off('end', onEnd);
      input.off('close', onEnd);
      signal.removeEventListener('abort', onAbort);
      input.pause();
      if (error === undefined) resolve();
      else reject(error);
    };
    const onData = (chunk: Buffer | string): void => {
      if (/[\r\n]/.test(chunk.toString())) settle();
    };
    const onEnd = (): void => settle(new PromptAborted('end'));
    const onAbort = (): void => settle(new PromptAborted('stopped', signal.reason));
    input.on('data', onData);
    input.once('end', onEnd);
    input.once('close', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else if (input.readableEnded || input.destroyed) onEnd();
    else input.resume();
  });
