import { Chalk, type ChalkInstance } from 'chalk';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../core/clock.js';
import { PromptAborted, WentBack } from '../core/errors.js';
import { plain, type TextStyle } from '../core/text.js';
import { fill, type Paint } from '../core/wrap.js';
import { type Pause, pause, type PauseEnd } from './pause.js';
import { linePrompt } from './prompts.js';

export { PromptAborted };

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
  /** Letters that do something else and then ask again. `run` returns a message. */
  readonly actions?: readonly Action[];
}

export interface Action {
  readonly key: string;
  /** What the key does: `open the link` */
  readonly does: string;
  readonly run: () => Promise<string>;
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
  const prompt = <T>(hint: string | undefined, question: Record<string, unknown>, themed: object = theme): Promise<T> =>
    withHint(hint, async () => {
      const { createPromptModule } = (await import('inquirer')).default;
      return await endingWithInput(parts, async (ending) => {
        const module = createPromptModule({ input: parts.input, output, signal: ending });
        const { answer } = (await module([{ ...question, name: 'answer', theme: themed } as never])) as { answer: T };
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

  const askText = async (question: Question, maySkip: boolean): Promise<string | undefined> => {
    const { hint, default: initial, position, mayGoBack = false, validate = () => undefined } = question;
    const message = plain(question.question);
    const suggested = initial === undefined ? undefined : plain(initial);
    if (byLines) {
      const notes = [
        ...(position === undefined ? [] : [position]),
        ...(suggested === undefined ? [] : [`Enter for ${suggested}`]),
        ...(maySkip ? ['- to skip'] : []),
        ...(mayGoBack ? ['< to go back'] : []),
      ];
      const whole = notes.length === 0 ? `${message}:` : `${message} (${notes.join('; ')}):`;
      const isCommand = (one: string): boolean => (maySkip && one === '-') || (mayGoBack && one === '<');
      const answerOf = (typed: string): string => (typed === '' ? (suggested ?? '') : typed);
      const typed = await withHint(hint, () => line(whole, (one) => (isCommand(one) ? undefined : validate(answerOf(one)))));
      if (!isCommand(typed)) return answerOf(typed);
      if (typed === '<') throw new WentBack();
      return undefined;
    }
    const keys = [...(maySkip ? ['Esc: skip'] : []), ...(mayGoBack ? ['Shift-Tab: back'] : [])].join('; ');
    return withHint(hint, async () => {
      const { textPrompt } = await import('./prompts.js');
      const answer = await endingWithInput(parts, (ending) =>
        textPrompt(
          {
            message,
            default: suggested,
            help: [position, keys].filter((part) => part !== undefined && part !== '').join('. ') || undefined,
            maySkip,
            mayGoBack,
            validate: (typed) => {
              const problem = validate(typed.trim());
              return problem === undefined ? undefined : plain(problem);
            },
            theme,
          },
          { input: parts.input, output: output as NodeJS.WritableStream, signal: ending },
        ),
      );
      if (answer === 'back') throw new WentBack();
      return answer === 'skip' ? undefined : answer.typed.trim();
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

  /** By typed letters, so that other letters than y and n can be typed too. */
  const confirmOrAct = async ({ question, hint, default: initial }: Confirmation, actions: readonly Action[]): Promise<boolean> => {
    const isYes = (typed: string): boolean => (typed === '' ? initial : /^y(es)?$/i.test(typed));
    const actionOf = (typed: string): Action | undefined => actions.find(({ key }) => key === typed.toLowerCase());
    const others = actions.map(({ key, does }) => `${key}: ${does}`);
    const help = [...(initial ? ['y or Enter: yes', 'n: no'] : ['y: yes', 'n or Enter: no']), ...others].join('; ');
    const refusal = (typed: string): string | undefined =>
      /^(?:y(?:es)?|no?|)$/i.test(typed.trim()) || actionOf(typed.trim()) !== undefined ? undefined : 'That is none of the letters.';
    const ask = (first: boolean): Promise<string> =>
      withHint(first ? hint : undefined, async () => {
        if (byLines) return line(`${question} (${help}):`, refusal);
        const { textPrompt } = await import('./prompts.js');
        const shown = (typed: string): string => actionOf(typed.trim())?.does ?? (isYes(typed.trim()) ? 'Yes' : 'No');
        const answer = await endingWithInput(parts, (ending) =>
          textPrompt(
            { message: plain(question), default: undefined, help, maySkip: false, mayGoBack: false, validate: refusal, shown, theme },
            { input: parts.input, output: output as NodeJS.WritableStream, signal: ending },
          ),
        );
        return typeof answer === 'string' ? '' : answer.typed.trim();
      });
    for (let first = true; ; first = false) {
      const typed = await ask(first);
      const action = actionOf(typed);
      if (action === undefined) return isYes(typed);
      output.write(wrapped(await action.run(), look.width, (text) => text));
    }
  };

  const selectByLine = async <Value>({ question, hint, choices, position }: Selection<Value>): Promise<Value> => {
    const listed = choices.map(({ name, reason }, at) => {
      const text = `${at + 1}. ${name}${reason === undefined ? '' : `: ${reason}`}`;
      return `  ${fill([{ text }], look.width - 5).join('\n     ')}\n`;
    });
    const chosen = (typed: string): Value | undefined => choices[typed === '' ? 0 : /^\d+$/.test(typed) ? Number(typed) - 1 : -1]?.value;
    const place = position === undefined ? '' : `${position}; `;
    const typed = await withHint(hint, () => {
      output.write(listed.join(''));
      return line(`${question} (${place}a number, 1 to ${choices.length}; Enter for 1):`, (one) =>
        chosen(one) === undefined ? `Type a number from 1 to ${choices.length}.` : undefined,
      );
    });
    return chosen(typed) as Value;
  };

  const selectByKeys = <Value>({ question, hint, choices, position }: Selection<Value>): Promise<Value> => {
    const tip = `${position === undefined ? '' : `${position}. `}Arrow keys, then Enter`;
    return prompt(
      hint,
      {
        type: 'select',
        message: plain(question),
        loop: false,
        pageSize: 12,
        choices: choices.map(({ value, name, reason, short }) => ({
          value,
          name: plain(name),
          ...(short === undefined ? {} : { short }),
          // Below the list, for the selected choice: beside it, lines would wrap at 60 columns.
          ...(reason === undefined ? {} : { description: plain(reason) }),
        })),
      },
      // inquirer's own tip ignores NO_COLOR.
      { ...theme, style: { ...theme.style, keysHelpTip: () => chalk.dim(tip) } },
    );
  };

  /** With a choice to go back, which works without a key of its own. */
  const select = async <Value>(selection: Selection<Value>): Promise<Value> => {
    const back: unique symbol = Symbol('back');
    const choices = [
      ...selection.choices,
      ...(selection.mayGoBack === true ? [{ value: back, name: 'Back to the previous question', short: 'back' } as const] : []),
    ];
    const chosen = await (byLines
      ? selectByLine<Value | typeof back>({ ...selection, choices })
      : selectByKeys<Value | typeof back>({ ...selection, choices }));
    if (chosen === back) throw new WentBack();
    return chosen;
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
            maySkip: false,
            mayGoBack: false,
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
    return (typeof answer === 'string' ? undefined : answerOf(answer.typed.trim())) ?? 'no';
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
    select,
    confirm: (question) =>
      question.actions !== undefined && question.actions.length > 0
        ? confirmOrAct(question, question.actions)
        : byLines
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
    ? { idle: 'Question:', done: 'Answered:', none: 'Not answered:' }
    : { idle: chalk.blue('?'), done: chalk.green(look.unicode ? '✓' : '+'), none: chalk.dim('-') },
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
