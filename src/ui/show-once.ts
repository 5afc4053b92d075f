import type { Readable } from 'node:stream';
import type { Clock } from '../core/clock.js';
import { PromptAborted } from '../core/errors.js';
import { plain } from '../core/text.js';
import { type Copy, copied } from './links.js';

/** `secret`: the one that the lines show. */
type ShowOnce = (title: string, lines: readonly string[], secret: string) => Promise<void>;

export interface ShowOnceParts {
  readonly input: Readable;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly copy: Copy;
  /** Pauses progress output meanwhile. */
  readonly hold: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** The alternate screen, which full-screen programs use: its content never reaches the scrollback. */
const enter = '\u001b[?1049h\u001b[2J\u001b[H';
const leave = '\u001b[2J\u001b[H\u001b[?1049l';

/** Shows lines on the alternate screen until Enter is pressed; `c` and Enter copies the secret in them. Throws `PromptAborted` if the input ends or the run is stopped first. */
export const makeShowOnce =
  ({ input, output, signal, clock, hold, copy }: ShowOnceParts): ShowOnce =>
  (title, lines, secret) =>
    hold(async () => {
      if (signal.aborted) throw new PromptAborted('stopped', signal.reason);
      output.write(
        `${enter}${plain(title)}\n\n${lines.map((line) => `  ${plain(line)}\n`).join('')}\nTo copy the secret, type c and press Enter. This is shown only once. Press Enter after you have saved it. `,
      );
      try {
        await forgetTypedAhead(input, clock);
        await enterPressed(input, signal, () => {
          copy(secret);
          output.write(`${copied} Press Enter after you have saved it. `);
        });
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

const enterPressed = (input: Readable, signal: AbortSignal, onCopy: () => void): Promise<void> =>
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
      const typed = chunk.toString();
      if (/^c[\r\n]+$/i.test(typed)) onCopy();
      else if (/[\r\n]/.test(typed)) settle();
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
