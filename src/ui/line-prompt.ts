import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PromptAborted } from '../core/prompt-aborted.js';

export interface LinePrompt {
  /** Everything before the cursor. */
  readonly text: string;
  /** What is wrong with an answer, ready to print; undefined if the answer is accepted. */
  readonly refusal: (answer: string) => string | undefined;
}

/**
 * A question on a terminal that cannot redraw lines, or for a screen reader, which would read every redrawn line again: the terminal
 * itself edits the line, and a refused answer is asked for again. Throws `PromptAborted`.
 */
export const linePrompt = (
  { input, output, signal }: { readonly input: Readable; readonly output: Writable; readonly signal: AbortSignal },
  { text, refusal }: LinePrompt,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const lines = createInterface({ input, terminal: false });
    const settle = (error?: PromptAborted, answer = ''): void => {
      signal.removeEventListener('abort', onAbort);
      lines.removeAllListeners();
      lines.close();
      if (error === undefined) resolve(answer);
      else reject(error);
    };
    const onAbort = (): void => settle(new PromptAborted('stopped', signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    lines.on('line', (line) => {
      const answer = line.trim();
      const refused = refusal(answer);
      if (refused === undefined) settle(undefined, answer);
      else output.write(`${refused}\n${text}`);
    });
    lines.on('close', () => settle(new PromptAborted('end')));
    output.write(text);
    if (signal.aborted) onAbort();
  });
