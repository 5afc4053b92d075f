import { createPrompt, isEnterKey, useEffect, useKeypress, useState } from '@inquirer/core';
import type { TextTheme } from './text-prompt.js';

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
