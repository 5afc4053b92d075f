import { createPrompt, isBackspaceKey, isEnterKey, isTabKey, useKeypress, useState } from '@inquirer/core';

/** Adds to inquirer's input prompt: validation while typing, and a way to postpone the question. */
export interface TextPrompt {
  readonly message: string;
  readonly default: string | undefined;
  /** Shown below the line until something is typed. */
  readonly help: string | undefined;
  /** Esc answers `undefined`. */
  readonly mayWait: boolean;
  readonly validate: (text: string) => string | undefined;
  readonly theme: TextTheme;
}

export interface TextTheme {
  readonly prefix: { readonly idle: string; readonly done: string };
  readonly style: {
    readonly answer: (text: string) => string;
    readonly message: (text: string) => string;
    readonly error: (text: string) => string;
    readonly help: (text: string) => string;
    readonly defaultAnswer: (text: string) => string;
  };
}

export const textPrompt = createPrompt<string | undefined, TextPrompt>((config, done) => {
  const { prefix: prefixes, style } = config.theme;
  const [status, setStatus] = useState<'idle' | 'done' | 'waits'>('idle');
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
        done(answer);
      } else {
        // readline clears its line at Enter.
        line.write(text);
        setRefused(problem);
      }
    } else if (key.name === 'escape' && config.mayWait) {
      setStatus('waits');
      done(undefined);
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

  const prefix = status === 'idle' ? prefixes.idle : prefixes.done;
  const message = style.message(config.message);
  if (status === 'waits') return `${prefix} ${message} ${style.answer('later')}`;
  if (status === 'done') return `${prefix} ${message} ${style.answer(text)}`;
  const shown = text === '' && suggested !== undefined ? `${style.defaultAnswer(suggested)} ` : '';
  const problem = text === '' ? config.help : config.validate(text);
  const below = refused !== undefined ? style.error(refused) : problem === undefined ? '' : style.help(problem);
  return [`${prefix} ${message} ${shown}${text}`, below];
});
