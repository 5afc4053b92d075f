import type { Readable, Writable } from 'node:stream';
import { Chalk, type ChalkInstance } from 'chalk';
import { wrapAnsi } from 'fast-wrap-ansi';
import { type Look, plain } from '../core/text.js';

export interface Question {
  readonly question: string;
  /** A line of help, shown above the question. */
  readonly hint?: string;
  /** What Enter alone gives. */
  readonly default?: string;
  /** Shows stars for what is typed, then and afterwards: for one-time codes. There is no default then. */
  readonly sensitive?: boolean;
  /** An error message, or undefined when the text will do. A refused text stays on the line to be mended. */
  readonly validate?: (text: string) => string | undefined;
}

export interface Confirmation {
  readonly question: string;
  readonly hint?: string;
  /** What Enter alone gives. */
  readonly default: boolean;
}

export interface TypedConfirmation {
  readonly question: string;
  readonly hint?: string;
  /** What must be typed, letter by letter. */
  readonly expected: string;
}

/** Asks the person at the terminal. Every method throws `PromptAborted` when there is no answer to be had. */
export interface Prompter {
  /** The answer without the spaces around it. */
  readonly ask: (question: Question) => Promise<string>;
  readonly confirm: (question: Confirmation) => Promise<boolean>;
  /** True when the expected text was typed, false for Enter alone. */
  readonly typeToConfirm: (question: TypedConfirmation) => Promise<boolean>;
}

/** The person pressed Ctrl-C (`interrupt`), the input ended (`end`, Ctrl-D too), or the run was stopped from outside (`stopped`). */
export class PromptAborted extends Error {
  readonly reason: 'interrupt' | 'end' | 'stopped';

  constructor(reason: PromptAborted['reason'], cause?: unknown) {
    super(reason === 'end' ? 'The input ended before the question was answered.' : 'The question was left unanswered.', {
      cause,
    });
    this.name = 'PromptAborted';
    this.reason = reason;
  }
}

export interface PrompterParts {
  readonly input: Readable;
  /** Questions go to stderr: stdout holds the result. */
  readonly output: Writable;
  readonly look: Look;
  /** Ends an open question, for signals from outside. */
  readonly signal?: AbortSignal;
  /** Runs around each question; progress uses it to stand still meanwhile. */
  readonly hold?: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** A prompter on inquirer, which is loaded with the first question. */
export const makePrompter = (parts: PrompterParts): Prompter => {
  const { output, look } = parts;
  const chalk = new Chalk({ level: look.color ? 1 : 0 });
  const theme = themeOf(look, chalk);
  const hold = parts.hold ?? ((ask) => ask());

  const prompt = <T>(hint: string | undefined, question: Record<string, unknown>): Promise<T> =>
    hold(async () => {
      const { createPromptModule } = (await import('inquirer')).default;
      if (hint !== undefined) output.write(`${chalk.dim(wrapped(hint, look.width))}\n`);
      return await endingWithInput(parts, async (signal) => {
        const module = createPromptModule({ input: parts.input, output, signal });
        const { answer } = (await module([{ ...question, name: 'answer', theme } as never])) as { answer: T };
        return answer;
      });
    });

  return {
    ask: async ({ question, hint, default: initial, sensitive, validate }) => {
      const answer = await prompt<string>(hint, {
        ...(sensitive ? { type: 'password', mask: '*', toggleMask: false } : { type: 'input' }),
        message: plain(question),
        ...(initial === undefined ? {} : { default: plain(initial) }),
        validate: (text: string) => message(validate?.(text.trim())),
      });
      return answer.trim();
    },
    confirm: ({ question, hint, default: initial }) =>
      prompt<boolean>(hint, { type: 'confirm', message: plain(question), default: initial }),
    typeToConfirm: async ({ question, hint, expected }) => {
      const matches = (text: string): boolean => text.trim() === expected;
      const answer = await prompt<string>(hint, {
        type: 'input',
        message: plain(question),
        validate: (text: string) =>
          text.trim() === '' || matches(text) ? true : message(`Type ${expected}, or nothing at all to decline.`),
      });
      return matches(answer);
    },
  };
};

/** Lines of the hint stay lines. */
const wrapped = (hint: string, width: number): string => wrapAnsi(hint.split('\n').map(plain).join('\n'), width);

const message = (error: string | undefined): true | string => (error === undefined ? true : plain(error));

const themeOf = (look: Look, chalk: ChalkInstance) => ({
  prefix: look.accessible
    ? { idle: 'Question:', done: 'Answered:' }
    : { idle: chalk.blue('?'), done: chalk.green(look.unicode ? '✓' : '+') },
  style: {
    answer: chalk.cyan,
    message: (text: string) => chalk.bold(text),
    error: (text: string) => chalk.red(look.accessible ? `Error: ${text}` : `> ${text}`),
    defaultAnswer: (text: string) => chalk.dim(`(${text})`),
  },
});

/**
 * inquirer leaves a question open for ever when its input ends, and node then exits with 13 in the middle of a run. So the end of the
 * input, and Ctrl-D, which makes readline close and pause it, end the question here.
 */
const endingWithInput = async <T>(parts: PrompterParts, ask: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const { input, signal } = parts;
  if (signal?.aborted) throw new PromptAborted('stopped', signal.reason);
  const ended = new AbortController();
  let settled = false;
  const end = (): void => ended.abort('end');
  const onKey = (_: unknown, key: { readonly ctrl?: boolean; readonly name?: string } | undefined): void => {
    if (key?.ctrl && key.name === 'd') setImmediate(() => !settled && input.isPaused() && end());
  };
  input.once('end', end);
  input.once('close', end);
  input.on('keypress', onKey);
  if (input.readableEnded || input.destroyed) end();
  try {
    return await ask(signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal]));
  } catch (error) {
    if (ended.signal.aborted) throw new PromptAborted('end', error);
    if (signal?.aborted) throw new PromptAborted('stopped', error);
    if (error instanceof Error && error.name === 'ExitPromptError') throw new PromptAborted('interrupt', error);
    throw error;
  } finally {
    settled = true;
    input.off('end', end);
    input.off('close', end);
    input.off('keypress', onKey);
  }
};
