import { Chalk } from 'chalk';
import stringWidth from 'fast-string-width';
import yoctoSpinner, { type Spinner } from 'yocto-spinner';
import type { StepStatus } from '../core/report.js';
import { plain } from '../core/text.js';
import type { Terminal } from './terminal.js';

/** What goes on, told on stderr: a spinner on a terminal, one line per event elsewhere, nothing under --quiet. */
export interface Progress {
  readonly stepStarted: (title: string) => void;
  /** What is being waited for, and why. The same text again says nothing new and is left out. */
  readonly say: (text: string) => void;
  readonly stepEnded: (title: string, status: ProgressStatus, detail?: string) => void;
  /** Stands still while a question is open: a spinner would write over it. */
  readonly hold: <T>(ask: () => Promise<T>) => Promise<T>;
  /** Clears the spinner and gives the cursor back. Safe to call at any time, also twice. */
  readonly stop: () => void;
}

/** A step's end; `read` is for the reading at the start, which has no outcome of its own. */
export type ProgressStatus = StepStatus | 'read';

export interface ProgressOptions {
  /** Says nothing at all. Default: what the terminal says. */
  readonly quiet?: boolean;
}

const endings: Readonly<
  Record<ProgressStatus, readonly [symbol: string, ascii: string, word: string, color: 'green' | 'red' | 'yellow' | 'dim']>
> = {
  done: ['✓', '+', 'done', 'green'],
  read: ['✓', '+', 'read', 'green'],
  unchanged: ['✓', '+', 'unchanged', 'green'],
  manual: ['!', '!', 'by hand', 'yellow'],
  failed: ['✗', 'x', 'FAILED', 'red'],
  blocked: ['?', '?', 'blocked', 'yellow'],
  skipped: ['-', '-', 'skipped', 'dim'],
};

const silent: Progress = { stepStarted: () => {}, say: () => {}, stepEnded: () => {}, hold: (ask) => ask(), stop: () => {} };

export const makeProgress = (terminal: Terminal, options: ProgressOptions = {}): Progress => {
  if (options.quiet ?? terminal.quiet) return silent;
  const { unicode, accessible, color } = terminal.messageLook;
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
  let said = '';

  return {
    stepStarted: (title) => {
      current = plain(title);
      said = '';
      if (spinner) spinner.show(current);
      else line(accessible ? `${current}: started` : `${current} ${unicode ? '…' : '...'}`);
    },
    say: (text) => {
      const shown = plain(text);
      if (shown === said) return;
      said = shown;
      if (spinner) spinner.show(current === '' ? shown : `${current}${dash} ${shown}`);
      else line(current === '' ? shown : `${accessible ? '' : '  '}${current}: ${shown}`);
    },
    stepEnded: (title, status, detail) => {
      spinner?.stop();
      current = '';
      said = '';
      const [symbol, ascii, word, paint] = endings[status];
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

/** A spinner that can stand still. Its text is kept to one line, or clearing it would leave rests behind. */
const makeSpinner = (terminal: Terminal) => {
  const stream = terminal.spinnerStream;
  if (stream === undefined) return undefined;
  const { unicode, color } = terminal.messageLook;
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
        // Signals are main's business: the spinner's own handler would end the process at once.
        handleSignals: false,
        // It decides on colours by itself, and does not hear of --no-color; `reset` is the one name that stands for none.
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
    /** Turns again, unless the question ended in an error: then the run is about to end too. */
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

/** Even `reset` is a sequence, and who asked for no colours wants none. */
const uncoloured = (stream: NodeJS.WriteStream): NodeJS.WriteStream => {
  // As it is now: the spinner puts a function of its own in its place, which comes back here.
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
  // Nearly all text is ASCII, where measuring is counting.
  if ((/^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text)) <= columns) return text;
  let cut = '';
  for (const { segment } of new Intl.Segmenter('en').segment(text)) {
    if (stringWidth(cut + segment) > columns - 3) break;
    cut += segment;
  }
  return `${cut}...`;
};
