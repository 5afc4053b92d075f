import { Chalk } from 'chalk';
import yoctoSpinner, { type Spinner } from 'yocto-spinner';
import type { StepStatus } from '../core/report.js';
import { plain } from '../core/text.js';
import { widthOf } from '../core/wrap.js';
import type { Terminal } from './terminal.js';

/** Progress on stderr: a spinner on a terminal, one line per event elsewhere, nothing with --quiet. */
export interface Progress {
  readonly stepStarted: (title: string) => void;
  /** What the program waits for, and why. A repeated text is printed once. */
  readonly notify: (text: string) => void;
  /** `left`: how many manual steps remain of a step whose changes were made. */
  readonly stepEnded: (title: string, status: ProgressStatus, detail?: string, left?: number) => void;
  /** Pauses output while a question is open: a spinner would overwrite it. */
  readonly hold: <T>(ask: () => Promise<T>) => Promise<T>;
  /** Clears the spinner and shows the cursor again. Safe to call at any time, also twice. */
  readonly stop: () => void;
}

/** How a step ended; `read` is for reading the account at the start, which has no outcome of its own. */
export type ProgressStatus = StepStatus | 'read';

export interface ProgressOptions {
  /** Prints nothing. Default: the setting of the terminal. */
  readonly quiet?: boolean;
}

const endings: Readonly<
  Record<ProgressStatus, readonly [symbol: string, ascii: string, word: string, color: 'green' | 'red' | 'yellow' | 'dim']>
> = {
  done: ['✓', '+', 'done', 'green'],
  read: ['✓', '+', 'read', 'green'],
  unchanged: ['✓', '+', 'unchanged', 'green'],
  manual: ['!', '!', 'manual', 'yellow'],
  failed: ['✗', 'x', 'FAILED', 'red'],
  blocked: ['?', '?', 'blocked', 'yellow'],
  skipped: ['-', '-', 'skipped', 'dim'],
};

const silent: Progress = { stepStarted: () => {}, notify: () => {}, stepEnded: () => {}, hold: (ask) => ask(), stop: () => {} };

export const makeProgress = (terminal: Terminal, options: ProgressOptions = {}): Progress => {
  if (options.quiet ?? terminal.quiet) return silent;
  const { unicode, accessible, color } = terminal.messageStyle;
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const dash = accessible ? ':' : unicode ? ' —' : ' -';
  let held = 0;
  let waiting: string[] = [];
  const line = (text: string): void => {
    if (held > 0) waiting.push(text);
    else terminal.stderr(`${text}\n`);
  };
  const spinner = makeSpinner(terminal);
  let current = '';
  let last = '';

  return {
    stepStarted: (title) => {
      current = plain(title);
      last = '';
      if (spinner) spinner.show(current);
      else line(accessible ? `${current}: started` : `${current} ${unicode ? '…' : '...'}`);
    },
    notify: (text) => {
      const shown = plain(text);
      if (shown === last) return;
      last = shown;
      if (spinner) spinner.show(current === '' ? shown : `${current}${dash} ${shown}`);
      else line(current === '' ? shown : `${accessible ? '' : '  '}${current}: ${shown}`);
    },
    stepEnded: (title, status, detail, left = 0) => {
      spinner?.stop();
      current = '';
      last = '';
      const [symbol, ascii, ending, paint] = endings[status];
      const word = left === 0 ? ending : `done, ${left} manual ${left === 1 ? 'step' : 'steps'} left`;
      const lead = accessible ? '' : `${chalk[paint](unicode ? symbol : ascii)} `;
      line(`${lead}${plain(title)}${dash} ${word}${detail === undefined ? '' : `: ${plain(detail)}`}`);
    },
    hold: async (ask) => {
      held += 1;
      spinner?.pause();
      let answered = false;
      try {
        const answer = await ask();
        answered = true;
        return answer;
      } finally {
        held -= 1;
        if (held === 0) {
          const late = waiting;
          waiting = [];
          for (const text of late) line(text);
        }
        spinner?.resume(answered);
      }
    },
    stop: () => spinner?.stop(),
  };
};

/** A spinner that can be paused. Its text stays on one line, because clearing it would leave further lines behind. */
const makeSpinner = (terminal: Terminal) => {
  const stream = terminal.spinnerStream;
  if (stream === undefined) return undefined;
  const { unicode, color } = terminal.messageStyle;
  let spinner: Spinner | undefined;
  let text: string | undefined;
  let held = 0;
  const clear = (): void => {
    spinner?.stop();
    spinner = undefined;
  };
  const show = (): void => {
    if (text === undefined || held > 0) return;
    const fitted = fit(text, Math.max(20, (stream.columns || 80) - 4));
    if (spinner) spinner.text = fitted;
    else
      spinner = yoctoSpinner({
        stream: color ? stream : uncoloured(stream),
        text: fitted,
        // `main` handles signals: the spinner's own handler would end the process at once.
        handleSignals: false,
        // It decides on colours by itself and does not know about --no-color; `reset` is the only name that means none.
        color: (color ? 'cyan' : 'reset') as 'cyan',
        ...(unicode ? {} : { spinner: { frames: ['-', '\\', '|', '/'] } }),
      }).start();
  };
  return {
    show: (next: string): void => {
      text = next;
      show();
    },
    pause: (): void => {
      held += 1;
      clear();
    },
    /** Starts again, unless the question ended in an error: then the run is about to end too. */
    resume: (turn: boolean): void => {
      held -= 1;
      if (turn) show();
    },
    stop: (): void => {
      text = undefined;
      clear();
    },
  };
};

/** Even `reset` is an escape sequence, and without colours there must be none. */
const uncoloured = (stream: NodeJS.WriteStream): NodeJS.WriteStream => {
  // Saved first: the spinner replaces `write` with its own function, which calls this one.
  const write = stream.write.bind(stream) as (text: unknown, ...rest: readonly unknown[]) => boolean;
  const plainly = (text: unknown, ...rest: readonly unknown[]): boolean =>
    write(typeof text === 'string' ? text.replaceAll('\u001b[0m', '') : text, ...rest);
  return new Proxy(stream, {
    get: (of, key) => {
      if (key === 'write') return plainly;
      const value: unknown = Reflect.get(of, key);
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });
};

const fit = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text;
  let cut = '';
  for (const { segment } of new Intl.Segmenter('en').segment(text)) {
    if (widthOf(cut + segment) > columns - 3) break;
    cut += segment;
  }
  return `${cut}...`;
};
