import { Chalk, type ChalkInstance } from 'chalk';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../core/clock.js';
import { PromptAborted, WentBack } from '../core/errors.js';
import { plain, type TextStyle } from '../core/text.js';
import { fill, type Paint } from '../core/wrap.js';
import { type Pause, pause, type PauseEnd } from './pause.js';
import { linePrompt, livePrompt, type TextPrompt, textPrompt } from './prompts.js';

/** The place of a question among several. */
export interface InRound {
  /** `2 of 5` */
  readonly position?: string;
  /** The user can go back to the previous question: then `WentBack` is thrown. */
  readonly mayGoBack?: boolean;
}

export interface Question extends InRound {
  readonly question: string;
  /** A line of help, shown above the question. */
  readonly hint?: string;
  /** The answer for Enter alone. */
  readonly default?: string;
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
  /** Letters that do something else and then ask again. `run` returns a message. */
  readonly actions?: readonly Action[];
}

export interface Action {
  readonly key: string;
  /** What the key does: `open the link` */
  readonly does: string;
  readonly run: () => Promise<string>;
}

export interface Approval {
  readonly question: string;
  readonly hint?: string;
  /** What is approved, in one line directly above the question. */
  readonly summary?: string;
  /** The exact text to type instead of `y`. */
  readonly expected?: string;
  /** Whether there are answers to edit. */
  readonly mayEdit?: boolean;
}

export type Approved = 'yes' | 'no' | 'edit';

export interface Selection<Value> extends InRound {
  readonly question: string;
  readonly hint?: string;
  /** The first is the default. `reason` explains in one line why to choose it; `short` is shown once it is chosen, instead of `name`. */
  readonly choices: readonly { readonly value: Value; readonly name: string; readonly reason?: string; readonly short?: string }[];
}

/** Asks the user at the terminal. Every method throws `PromptAborted` if it cannot get an answer. */
export interface Prompter {
  /** The answer without the spaces around it. */
  readonly ask: (question: Question) => Promise<string>;
  /** The same; undefined if the user skips the question. */
  readonly askOrSkip: (question: Question) => Promise<string | undefined>;
  /** Arrow keys, or numbers if nothing can be redrawn. */
  readonly select: <Value>(selection: Selection<Value>) => Promise<Value>;
  readonly confirm: (question: Confirmation) => Promise<boolean>;
  /** Enter alone declines. */
  readonly approve: (approval: Approval) => Promise<Approved>;
  /** Waits until a key is pressed or the time is up. */
  readonly pause: (pause: Pause) => Promise<PauseEnd>;
}

export interface PrompterParts {
  readonly input: Readable;
  /** Questions go to stderr: stdout holds the result. */
  readonly output: Writable;
  readonly style: TextStyle;
  readonly clock: Clock;
  /** Whether the terminal can redraw what it has written. Default: true. */
  readonly redraws?: boolean;
  /** Ends an open question, for signals from outside. */
  readonly signal?: AbortSignal;
  /** Runs around each question, so that progress can pause meanwhile. */
  readonly hold?: <T>(ask: () => Promise<T>) => Promise<T>;
}

interface PromptContext {
  readonly input: Readable;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/** What the user types, and how the question is shown on each kind of terminal. */
interface TextQuestion extends Pick<TextPrompt, 'default' | 'maySkip' | 'mayGoBack' | 'shown'> {
  /** Printed above the question: lines, or nothing. */
  readonly above: string;
  readonly question: string;
  /** By lines: in parentheses after the question. */
  readonly notes: readonly string[];
  /** Otherwise: below the line. */
  readonly help: string | undefined;
  /** What is wrong with an answer; undefined if it is accepted. */
  readonly refusal: (answer: string) => string | undefined;
}

/** A prompter based on inquirer; if nothing can be redrawn, one that reads lines. */
export const makePrompter = (parts: PrompterParts): Prompter => {
  const { output, style } = parts;
  const chalk = new Chalk({ level: style.color ? 1 : 0 });
  const theme = themeOf(style, chalk);
  const hold = parts.hold ?? ((ask) => ask());
  const byLines = style.accessible === true || parts.redraws === false;

  const hinted = (hint: string | undefined): string => (hint === undefined ? '' : wrapped(hint, style.width, chalk.dim));
  const under = <T>(above: string, ask: () => Promise<T>): Promise<T> =>
    hold(() => {
      if (above !== '') output.write(above);
      return ask();
    });
  /** Runs a prompt of inquirer. */
  const byKeys = <T>(ask: (context: PromptContext) => Promise<T>): Promise<T> =>
    endingWithInput(parts, (signal) => ask({ input: parts.input, output: output as NodeJS.WritableStream, signal }));
  /** `refusal` is what is wrong with a line. */
  const line = (question: string, refusal: (text: string) => string | undefined): Promise<string> =>
    linePrompt(
      { input: parts.input, output, signal: parts.signal ?? new AbortController().signal },
      {
        text: `${fill([theme.marker, { text: question, paint: theme.style.message }], style.width).join('\n')} `,
        refusal: (text) => {
          const problem = refusal(text);
          return problem === undefined ? undefined : theme.style.error(plain(problem));
        },
      },
    );

  /** The answer without the spaces around it; undefined if the question is skipped. */
  const readText = ({ above, question, notes, refusal, default: initial, ...prompt }: TextQuestion): Promise<string | undefined> => {
    const message = plain(question);
    const suggested = initial === undefined ? undefined : plain(initial);
    return under(above, async () => {
      if (byLines) {
        const answerOf = (typed: string): string => (typed === '' ? (suggested ?? '') : typed);
        const isCommand = (typed: string): boolean => (prompt.maySkip && typed === '-') || (prompt.mayGoBack && typed === '<');
        const asked = notes.length === 0 ? `${message}:` : `${message.replace(/:$/, '')} (${notes.join('; ')}):`;
        const typed = await line(asked, (one) => (isCommand(one) ? undefined : refusal(answerOf(one))));
        if (!isCommand(typed)) return answerOf(typed);
        if (typed === '<') throw new WentBack();
        return undefined;
      }
      const validate = (typed: string): string | undefined => {
        const problem = refusal(typed.trim());
        return problem === undefined ? undefined : plain(problem);
      };
      const lines = fill([{ text: message }], style.width - 2).join('\n  ');
      const answer = await byKeys((context) => textPrompt({ ...prompt, message: lines, default: suggested, validate, theme }, context));
      if (answer === 'back') throw new WentBack();
      return answer === 'skip' ? undefined : answer.typed.trim();
    });
  };

  const askText = (question: Question, maySkip: boolean): Promise<string | undefined> => {
    const { default: initial, position, mayGoBack = false, validate = () => undefined } = question;
    const keys = [...(maySkip ? ['Esc: skip'] : []), ...(mayGoBack ? ['Shift-Tab: back'] : [])].join('; ');
    return readText({
      above: hinted(question.hint),
      question: question.question,
      default: initial,
      maySkip,
      mayGoBack,
      refusal: validate,
      notes: [
        ...(position === undefined ? [] : [position]),
        ...(initial === undefined ? [] : [`Enter for ${plain(initial)}`]),
        ...(maySkip ? ['- to skip'] : []),
        ...(mayGoBack ? ['< to go back'] : []),
      ],
      help: [position, keys].filter((part) => part !== undefined && part !== '').join('. ') || undefined,
    });
  };

  const besideLive = ({ question, hint, validate }: Question, live: () => string): Promise<string> =>
    under(hinted(hint), () =>
      byKeys((context) =>
        livePrompt(
          { message: plain(question), live: () => plain(live()), validate: (typed) => accepted(validate?.(typed.trim())), theme },
          context,
        ),
      ),
    );

  /** For questions whose answers are a few words: never skipped, and without a default to show. */
  const readWord = async (question: Omit<TextQuestion, 'default' | 'maySkip' | 'mayGoBack'>): Promise<string> =>
    (await readText({ ...question, default: undefined, maySkip: false, mayGoBack: false })) ?? '';

  const confirm = async ({ question, hint, default: initial, actions = [] }: Confirmation): Promise<boolean> => {
    const isYes = (typed: string): boolean => (typed === '' ? initial : /^y(es)?$/i.test(typed));
    const actionOf = (typed: string): Action | undefined => actions.find(({ key }) => key === typed.toLowerCase());
    const others = actions.map(({ key, does }) => `${key}: ${does}`);
    for (let first = true; ; first = false) {
      const typed = await readWord({
        above: first ? hinted(hint) : '',
        question,
        notes: ['yes or no', `Enter for ${initial ? 'yes' : 'no'}`, ...others],
        help: [...(initial ? ['y or Enter: yes', 'n: no'] : ['y: yes', 'n or Enter: no']), ...others].join('; '),
        refusal: (one) =>
          /^(?:y(?:es)?|no?|)$/i.test(one) || actionOf(one) !== undefined
            ? undefined
            : `Type ${['yes', 'no', ...actions.map(({ key }) => key)].join(', ').replace(/, (?!.*, )/, ' or ')}.`,
        shown: (one) => actionOf(one.trim())?.does ?? (isYes(one.trim()) ? 'Yes' : 'No'),
      });
      const action = actionOf(typed);
      if (action === undefined) return isYes(typed);
      output.write(wrapped(await action.run(), style.width, (text) => text));
    }
  };

  const selectByLine = async <Value>({ question, hint, choices, position }: Selection<Value>): Promise<Value> => {
    const listed = choices.map(({ name, reason }, at) => {
      const text = `${at + 1}. ${name}${reason === undefined ? '' : `: ${reason}`}`;
      return `  ${fill([{ text }], style.width - 5).join('\n     ')}\n`;
    });
    const chosen = (typed: string): Value | undefined => choices[typed === '' ? 0 : /^\d+$/.test(typed) ? Number(typed) - 1 : -1]?.value;
    const place = position === undefined ? '' : `${position}; `;
    const typed = await under(hinted(hint), () => {
      output.write(listed.join(''));
      return line(`${question} (${place}a number, 1 to ${choices.length}; Enter for 1):`, (one) =>
        chosen(one) === undefined ? `Type a number from 1 to ${choices.length}.` : undefined,
      );
    });
    return chosen(typed) as Value;
  };

  const selectByKeys = <Value>({ question, hint, choices, position }: Selection<Value>): Promise<Value> => {
    const tip = `${position === undefined ? '' : `${position}. `}Arrow keys, then Enter`;
    const shown = choices.map(({ value, name, reason, short }) => ({
      value,
      name: plain(name),
      ...(short === undefined ? {} : { short }),
      // Below the list, for the selected choice: beside it, lines would wrap at 60 columns.
      ...(reason === undefined ? {} : { description: plain(reason) }),
    }));
    // inquirer's own tip ignores NO_COLOR.
    const themed = { ...theme, style: { ...theme.style, keysHelpTip: () => chalk.dim(tip) } };
    return under(hinted(hint), () =>
      byKeys(async (context) => {
        const { createPromptModule } = (await import('inquirer')).default;
        const list = { type: 'select', name: 'answer', message: plain(question), loop: false, pageSize: 12, choices: shown, theme: themed };
        const { answer } = (await createPromptModule(context)([list as never])) as { answer: Value };
        return answer;
      }),
    );
  };

  const approve = async ({ question, hint, summary, expected, mayEdit = false }: Approval): Promise<Approved> => {
    const answerOf = (typed: string): Approved | undefined => {
      if (typed === '' || (expected === undefined && /^no?$/i.test(typed))) return 'no';
      if (mayEdit && /^e(?:dit)?$/i.test(typed)) return 'edit';
      return (expected === undefined ? /^y(?:es)?$/i.test(typed) : typed === expected) ? 'yes' : undefined;
    };
    const edit = mayEdit ? ['e to edit an answer'] : [];
    const all =
      expected === undefined
        ? `Type ${['y to approve', ...edit, 'n to decline'].join(', ')}.`
        : `Type ${[expected, ...edit].join(', ')}, or press Enter to decline.`;
    const typed = await readWord({
      above: hinted(hint) + (summary === undefined ? '' : wrapped(summary, style.width, chalk.bold)),
      question,
      notes:
        expected === undefined
          ? [mayEdit ? 'yes, no, or e to edit' : 'yes or no', 'Enter for no']
          : [...(mayEdit ? ['e to edit'] : []), 'Enter to decline'],
      help: expected === undefined ? `y: yes${mayEdit ? '; e: edit an answer' : ''}; n or Enter: no` : all,
      refusal: (one) => (answerOf(one) === undefined ? all : undefined),
      shown: (one) => {
        const word = answerOf(one.trim());
        if (word === 'edit') return 'Edit an answer';
        return word === 'no' ? 'No' : expected === undefined ? 'Yes' : one;
      },
    });
    return answerOf(typed) ?? 'no';
  };

  return {
    approve,
    ask: async (question) => {
      const { live } = question;
      if (live !== undefined && !byLines) return (await besideLive(question, live)).trim();
      return (await askText(question, false)) ?? '';
    },
    askOrSkip: (question) => askText(question, true),
    /** With a choice to go back, which works without a key of its own. */
    select: async <Value>(selection: Selection<Value>): Promise<Value> => {
      const back: unique symbol = Symbol('back');
      const choices = [
        ...selection.choices,
        ...(selection.mayGoBack === true ? [{ value: back, name: 'Back to the previous question', short: 'back' } as const] : []),
      ];
      const chosen = await (byLines ? selectByLine : selectByKeys)<Value | typeof back>({ ...selection, choices });
      if (chosen === back) throw new WentBack();
      return chosen;
    },
    confirm,
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

const themeOf = (style: TextStyle, chalk: ChalkInstance) => ({
  /** The same as the idle prefix, before it is painted. */
  marker: style.accessible ? { text: 'Question:' } : { text: '?', paint: chalk.blue },
  prefix: style.accessible
    ? { idle: 'Question:', done: 'Answered:', none: 'Not answered:' }
    : { idle: chalk.blue('?'), done: chalk.green(style.unicode ? '✓' : '+'), none: chalk.dim('-') },
  icon: { cursor: style.unicode ? '❯' : '>' },
  style: {
    answer: chalk.cyan,
    message: (text: string) => chalk.bold(text),
    error: (text: string) => chalk.red(style.accessible ? `Error: ${text}` : `> ${fill([{ text }], style.width - 2).join('\n  ')}`),
    help: (text: string) => chalk.dim(fill([{ text }], style.width).join('\n')),
    defaultAnswer: (text: string) => chalk.dim(`(${text})`),
    highlight: chalk.cyan,
    disabled: chalk.dim,
    description: chalk.dim,
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
