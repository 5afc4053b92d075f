import { createPrompt, isBackspaceKey, isEnterKey, isTabKey, useEffect, useKeypress, useState } from '@inquirer/core';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PromptAborted } from '../core/errors.js';

/** Adds to inquirer's input prompt: validation while typing, and a way to postpone the question. */
export interface TextPrompt {
  readonly message: string;
  readonly default: string | undefined;
  /** Which keys do what, shown below the line. */
  readonly help: string | undefined;
  /** Esc skips the question. */
  readonly maySkip: boolean;
  /** Shift-Tab goes back to the previous question. */
  readonly mayGoBack: boolean;
  readonly validate: (text: string) => string | undefined;
  /** How the answer is shown once it is given. Default: as typed. */
  readonly shown?: (answer: string) => string;
  readonly theme: TextTheme;
}

export interface TextTheme {
  readonly prefix: { readonly idle: string; readonly done: string; readonly none: string };
  readonly style: {
    readonly answer: (text: string) => string;
    readonly message: (text: string) => string;
    readonly error: (text: string) => string;
    readonly help: (text: string) => string;
    readonly defaultAnswer: (text: string) => string;
  };
}

/** What was typed, or where else the user goes. */
export type TextAnswer = { readonly typed: string } | 'skip' | 'back';

export const textPrompt = createPrompt<TextAnswer, TextPrompt>((config, done) => {
  const { prefix: prefixes, style } = config.theme;
  const [status, setStatus] = useState<'idle' | 'done' | 'skip' | 'back'>('idle');
  const [suggested, setSuggested] = useState(config.default);
  const [text, setText] = useState('');
  const [refused, setRefused] = useState<string | undefined>();

  useKeypress((key, line) => {
    if (status !== 'idle') return;
    if (isEnterKey(key)) {
      const answer = text === '' ? (suggested ?? '') : text;
      const problem = config.validate(answer);
      if (problem === undefined) {
        setText(answer);
        setStatus('done');
        done({ typed: answer });
      } else {
        // readline clears its line at Enter.
        line.write(text);
        setRefused(problem);
      }
    } else if (key.name === 'escape' && config.maySkip) {
      setStatus('skip');
      done('skip');
    } else if (isTabKey(key) && key.shift && config.mayGoBack) {
      setStatus('back');
      done('back');
    } else if (isBackspaceKey(key) && text === '') {
      setSuggested(undefined);
    } else if (isTabKey(key)) {
      const whole = text === '' ? (suggested ?? '') : text;
      line.clearLine(0);
      line.write(whole);
      setText(whole);
      setRefused(undefined);
    } else {
      setText(line.line);
      setRefused(undefined);
    }
  });

  const prefix = status === 'idle' ? prefixes.idle : status === 'done' ? prefixes.done : prefixes.none;
  const message = style.message(config.message);
  if (status === 'skip') return `${prefix} ${message} ${style.help('skipped')}`;
  if (status === 'back') return `${prefix} ${message} ${style.help('back')}`;
  if (status === 'done') return `${prefix} ${message} ${style.answer(config.shown?.(text) ?? text)}`;
  const shown = text === '' && suggested !== undefined ? `${style.defaultAnswer(suggested)} ` : '';
  const problem = refused ?? (text === '' ? undefined : config.validate(text));
  const notes = [
    ...(problem === undefined ? [] : [refused === undefined ? style.help(problem) : style.error(problem)]),
    ...(config.help === undefined || config.help === problem ? [] : [style.help(config.help)]),
  ];
  return [`${prefix} ${message} ${shown}${text}`, notes.join('\n')];
});

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
      // The cursor is still behind the question.
      if (error !== undefined) output.write('\n');
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

interface LiveConfig {
  readonly message: string;
  /** Shown after the question, updated every second. */
  readonly live: () => string;
  readonly validate: (text: string) => true | string;
  readonly theme: TextTheme;
}

/** A line of input beside text that changes by itself. Digits are shown as stars; refused input is cleared, because codes are not corrected. */
export const livePrompt = createPrompt<string, LiveConfig>((config, done) => {
  const { prefix: prefixes, style } = config.theme;
  const [status, setStatus] = useState<'idle' | 'done'>('idle');
  const [problem, setProblem] = useState<string>();
  const [text, setText] = useState('');
  const [shownLive, setShownLive] = useState(config.live());
  const prefix = prefixes[status];

  useEffect(() => {
    const timer = setInterval(() => setShownLive(config.live()), 1000);
    return () => clearInterval(timer);
  }, []);

  useKeypress((key, readline) => {
    if (status === 'done') return;
    if (!isEnterKey(key)) {
      setText(readline.line);
      setProblem(undefined);
      return;
    }
    const refused = config.validate(text);
    if (refused === true) {
      setStatus('done');
      done(text);
      return;
    }
    setText('');
    setProblem(refused);
  });

  const message = style.message(config.message);
  const shown = text.replace(/\d/g, '*');
  if (status === 'done') return [prefix, message, style.answer(shown)].join(' ');
  const line = [prefix, message, style.defaultAnswer(shownLive), shown].join(' ');
  return [line, problem === undefined ? '' : style.error(problem)];
});
