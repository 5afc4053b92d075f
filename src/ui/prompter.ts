import { Chalk, type ChalkInstance } from 'chalk';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../core/clock.js';
import { PromptAborted } from '../core/errors.js';
import { plain, type TextStyle } from '../core/text.js';
import { fill, type Paint } from '../core/wrap.js';
import { type Pause, pause, type PauseEnd } from './pause.js';
import { linePrompt } from './prompts.js';

export { PromptAborted };

export interface Question {
  readonly question: string;
  /** A line of help, shown above the question. */
  readonly hint?: string;
  /** The answer for Enter alone. */
  readonly default?: string;
  /** Shows stars for what is typed, during and after typing: for one-time codes. Excludes a default. */
  readonly sensitive?: boolean;
  /** Shown after the question and updated every second, such as a countdown. Typed digits are shown as stars. */
  readonly live?: () => string;
  /** An error message, or undefined if the text is valid. Shown while typing; refused text stays on the line so that you can correct it. */
  readonly validate?: (text: string) => string | undefined;
}

export interface Confirmation {
  readonly question: string;
  readonly hint?: string;
  /** The answer for Enter alone. */
  readonly default: boolean;
}

export interface TypedConfirmation {
  readonly question: string;
  readonly hint?: string;
  /** The exact text to type. */
  readonly expected: string;
}

export interface Approval {
  readonly question: string;
  readonly hint?: string;
  /** What is approved, in one line directly above the question. */
  readonly summary: string;
  /** The exact text to type instead of `y`. */
  readonly expected?: string;
  /** Whether there are answers to edit. */
  readonly mayEdit: boolean;
}

export type Approved = 'yes' | 'no' | 'edit';

export interface Selection<Value> {
  readonly question: string;
  readonly hint?: string;
  /** The first is the default. `name` names the choice, `reason` explains in one line why to choose it. */
  readonly choices: readonly { readonly value: Value; readonly name: string; readonly reason?: string }[];
}

/** Asks the user at the terminal. Every method throws `PromptAborted` if it cannot get an answer. */
export interface Prompter {
  /** The answer without the spaces around it. */
  readonly ask: (question: Question) => Promise<string>;
  /** The same; undefined if the user postpones the answer. */
  readonly askOrLater: (question: Question) => Promise<string | undefined>;
  /** Arrow keys, or numbers if nothing can be redrawn. */
  readonly select: <Value>(selection: Selection<Value>) => Promise<Value>;
  readonly confirm: (question: Confirmation) => Promise<boolean>;
  /** True when the expected text was typed, false for Enter alone. */
  readonly typeToConfirm: (question: TypedConfirmation) => Promise<boolean>;
  /** Approval of a plan. Enter alone declines. */
  readonly approve: (approval: Approval) => Promise<Approved>;
  /** Waits until a key is pressed or the time is up. */
  readonly pause: (pause: Pause) => Promise<PauseEnd>;
}

export interface PrompterParts {
  readonly input: Readable;
  /** Questions go to stderr: stdout holds the result. */
  readonly output: Writable;
  readonly look: TextStyle;
  readonly clock: Clock;
  /** Whether the terminal can redraw what it has written. Default: true. */
  readonly redraws?: boolean;
  /** Ends an open question, for signals from outside. */
  readonly signal?: AbortSignal;
  /** Runs around each question, so that progress can pause meanwhile. */
  readonly hold?: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** A prompter based on inquirer, which is loaded with the first question; if nothing can be redrawn, one that reads lines. */
export const makePrompter = (parts: PrompterParts): Prompter => {
  const { output, look } = parts;
  const chalk = new Chalk({ level: look.color ? 1 : 0 });
  const theme = themeOf(look, chalk);
  const hold = parts.hold ?? ((ask) => ask());
  const byLines = look.accessible === true || parts.redraws === false;
  const signal = parts.signal ?? new AbortController().signal;

  const withHint = <T>(hint: string | undefined, ask: () => Promise<T>): Promise<T> =>
    hold(() => {
      if (hint !== undefined) output.write(wrapped(hint, look.width, chalk.dim));
      return ask();
    });
  const prompt = <T>(hint: string | undefined, question: Record<string, unknown>): Promise<T> =>
    withHint(hint, async () => {
      const { createPromptModule } = (await import('inquirer')).default;
      return await endingWithInput(parts, async (ending) => {
        const module = createPromptModule({ input: parts.input, output, signal: ending });
        const { answer } = (await module([{ ...question, name: 'answer', theme } as never])) as { answer: T };
        return answer;
      });
    });
  /** `refusal` is what is wrong with a line. */
  const line = (question: string, refusal: (text: string) => string | undefined): Promise<string> =>
    linePrompt(
      { input: parts.input, output, signal },
      {
        text: `${fill([theme.marker, { text: question, paint: theme.style.message }], look.width).join('\n')} `,
        refusal: (text) => {
          const problem = refusal(text);
          return problem === undefined ? undefined : theme.style.error(plain(problem));
        },
      },
    );

  const askText = async (question: Question, mayWait: boolean): Promise<string | undefined> => {
    const { hint, default: initial, validate = () => undefined } = question;
    const message = plain(question.question);
    const suggested = initial === undefined ? undefined : plain(initial);
    if (byLines) {
      const notes = [...(suggested === undefined ? [] : [`Enter for ${suggested}`]), ...(mayWait ? ['- to do it later'] : [])];
      const whole = notes.length === 0 ? `${message}:` : `${message} (${notes.join('; ')}):`;
      const answerOf = (typed: string): string => (typed === '' ? (suggested ?? '') : typed);
      const typed = await withHint(hint, () => line(whole, (one) => (mayWait && one === '-' ? undefined : validate(answerOf(one)))));
      return mayWait && typed === '-' ? undefined : answerOf(typed);
    }
    return withHint(hint, async () => {
      const { textPrompt } = await import('./prompts.js');
      const answer = await endingWithInput(parts, (ending) =>
        textPrompt(
          {
            message,
            default: suggested,
            help: mayWait ? 'Esc to do it later' : undefined,
            mayWait,
            validate: (typed) => {
              const problem = validate(typed.trim());
              return problem === undefined ? undefined : plain(problem);
            },
            theme,
          },
          { input: parts.input, output: output as NodeJS.WritableStream, signal: ending },
        ),
      );
      return answer?.trim();
    });
  };

  const besideLive = ({ question, hint, validate }: Question, live: () => string): Promise<string> =>
    withHint(hint, async () => {
      const { livePrompt } = await import('./prompts.js');
      return endingWithInput(parts, (ending) =>
        livePrompt(
          { message: plain(question), live: () => plain(live()), validate: (typed) => accepted(validate?.(typed.trim())), theme },
          { input: parts.input, output: output as NodeJS.WritableStream, signal: ending },
        ),
      );
    });

  const confirmByLine = async ({ question, hint, default: initial }: Confirmation): Promise<boolean> => {
    const yes = /^y(es)?$/i;
    const typed = await withHint(hint, () =>
      line(`${question} (yes or no; Enter for ${initial ? 'yes' : 'no'}):`, (one) =>
        one === '' || yes.test(one) || /^no?$/i.test(one) ? undefined : 'Type yes or no.',
      ),
    );
    return typed === '' ? initial : yes.test(typed);
  };

  const selectByLine = async <Value>({ question, hint, choices }: Selection<Value>): Promise<Value> => {
    const listed = choices.map(({ name, reason }, at) => {
      const text = `${at + 1}. ${name}${reason === undefined ? '' : `: ${reason}`}`;
      return `  ${fill([{ text }], look.width - 5).join('\n     ')}\n`;
    });
    const chosen = (typed: string): Value | undefined => choices[typed === '' ? 0 : /^\d+$/.test(typed) ? Number(typed) - 1 : -1]?.value;
    const typed = await withHint(hint, () => {
      output.write(listed.join(''));
      return line(`${question} (a number, 1 to ${choices.length}; Enter for 1):`, (one) =>
        chosen(one) === undefined ? `Type a number from 1 to ${choices.length}.` : undefined,
      );
    });
    return chosen(typed) as Value;
  };

  const approve = async ({ question, hint, summary, expected, mayEdit }: Approval): Promise<Approved> => {
    const answerOf = (typed: string): Approved | undefined => {
      if (typed === '' || (expected === undefined && /^no?$/i.test(typed))) return 'no';
      if (mayEdit && /^e(?:dit)?$/i.test(typed)) return 'edit';
      return (expected === undefined ? /^y(?:es)?$/i.test(typed) : typed === expected) ? 'yes' : undefined;
    };
    const edit = mayEdit ? ['e to edit an answer'] : [];
    const help =
      expected === undefined
        ? `Type ${['y to approve', ...edit, 'n to decline'].join(', ')}.`
        : `Type ${[expected, ...edit].join(', ')}, or press Enter to decline.`;
    const refusal = (typed: string): string | undefined => (answerOf(typed.trim()) === undefined ? help : undefined);
    const asking = async <T>(ask: () => Promise<T>): Promise<T> =>
      withHint(hint, () => {
        output.write(wrapped(summary, look.width, chalk.bold));
        return ask();
      });
    if (byLines) {
      const choices =
        expected === undefined
          ? [mayEdit ? 'yes, no, or e to edit' : 'yes or no', 'Enter for no']
          : [...(mayEdit ? ['e to edit'] : []), 'Enter to decline'];
      const asked = `${question.replace(/:$/, '')} (${choices.join('; ')}):`;
      return answerOf((await asking(() => line(asked, refusal))).trim()) ?? 'no';
    }
    const answer = await asking(async () => {
      const { textPrompt } = await import('./prompts.js');
      return endingWithInput(parts, (ending) =>
        textPrompt(
          {
            message: plain(question),
            default: undefined,
            help: expected === undefined ? `y: yes${mayEdit ? '; e: edit an answer' : ''}; n or Enter: no` : help,
            mayWait: false,
            validate: refusal,
            shown: (typed) => {
              const word = answerOf(typed.trim());
              if (word === 'edit') return 'Edit an answer';
              return word === 'no' ? 'No' : expected === undefined ? 'Yes' : typed;
            },
            theme,
          },
          { input: parts.input, output: output as NodeJS.WritableStream, signal: ending },
        ),
      );
    });
    return answerOf((answer ?? '').trim()) ?? 'no';
  };

  return {
    approve,
    ask: async (question) => {
      const { live } = question;
      if (live !== undefined && !byLines) return (await besideLive(question, live)).trim();
      if (question.sensitive !== true) return (await askText(question, false)) ?? '';
      const answer = await prompt<string>(question.hint, {
        type: 'password',
        mask: '*',
        toggleMask: false,
        message: plain(question.question),
        validate: (typed: string) => accepted(question.validate?.(typed.trim())),
      });
      return answer.trim();
    },
    askOrLater: (question) => askText(question, true),
    select: (selection) =>
      byLines
        ? selectByLine(selection)
        : prompt(selection.hint, {
            type: 'select',
            message: plain(selection.question),
            loop: false,
            pageSize: 12,
            choices: selection.choices.map(({ value, name, reason }) => ({
              value,
              name: plain(name),
              // Below the list, for the selected choice: beside it, lines would wrap at 60 columns.
              ...(reason === undefined ? {} : { description: plain(reason) }),
            })),
          }),
    confirm: (question) =>
      byLines
        ? confirmByLine(question)
        : prompt<boolean>(question.hint, { type: 'confirm', message: plain(question.question), default: question.default }),
    typeToConfirm: async ({ question, hint, expected }) => {
      const matches = (typed: string): boolean => typed.trim() === expected;
      const refusal = (typed: string): string | undefined =>
        typed.trim() === '' || matches(typed) ? undefined : `Type ${expected}, or press Enter to decline.`;
      if (byLines) return matches(await withHint(hint, () => line(`${question}:`, refusal)));
      const answer = await prompt<string>(hint, {
        type: 'input',
        message: plain(question),
        validate: (typed: string) => accepted(refusal(typed)),
      });
      return matches(answer);
    },
    pause: (wanted) => hold(() => pause({ ...parts, redraws: !byLines }, wanted)),
  };
};

/** Keeps the line breaks of the text. */
const wrapped = (text: string, width: number, paint: Paint): string =>
  text
    .split('\n')
    .map((line) => `${fill([{ text: line, paint }], width).join('\n')}\n`)
    .join('');

const accepted = (error: string | undefined): true | string => (error === undefined ? true : plain(error));

const themeOf = (look: TextStyle, chalk: ChalkInstance) => ({
  /** The same as the idle prefix, before it is painted. */
  marker: look.accessible ? { text: 'Question:' } : { text: '?', paint: chalk.blue },
  prefix: look.accessible
    ? { idle: 'Question:', done: 'Answered:' }
    : { idle: chalk.blue('?'), done: chalk.green(look.unicode ? '✓' : '+') },
  icon: { cursor: look.unicode ? '❯' : '>' },
  style: {
    answer: chalk.cyan,
    message: (text: string) => chalk.bold(text),
    error: (text: string) => chalk.red(look.accessible ? `Error: ${text}` : `> ${text}`),
    help: (text: string) => chalk.dim(text),
    defaultAnswer: (text: string) => chalk.dim(`(${text})`),
    highlight: chalk.cyan,
    disabled: chalk.dim,
    description: chalk.dim,
    // inquirer's own tip ignores NO_COLOR.
    keysHelpTip: () => chalk.dim('arrow keys, then Enter'),
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
