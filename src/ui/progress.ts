import { Chalk } from 'chalk';
import yoctoSpinner, { type Spinner } from 'yocto-spinner';
import type { Clock } from '../core/clock.js';
import type { StepStatus } from '../core/report.js';
import { plain } from '../core/text.js';
import { widthOf } from '../core/wrap.js';
import type { Terminal } from './terminal.js';

/**
 * Progress on stderr: a spinner on a terminal; elsewhere one line for each step that ends and for each wait that begins; nothing with
 * --quiet. The plan has listed the changes, so progress does not name them again.
 */
export interface Progress {
  /** Something that has no result of its own, such as reading the account. */
  readonly busy: (text: string) => void;
  readonly stepStarted: (title: string) => void;
  /** The step begins change `at` of `of`. */
  readonly changeStarted: (at: number, of: number) => void;
  /** What the program waits for, and why. A repeated text is printed once. */
  readonly notify: (text: string, wait?: Wait) => void;
  /** `left`: how many manual steps remain of a step whose changes were made. */
  readonly stepEnded: (title: string, status: ProgressStatus, detail?: string, left?: number) => void;
  /** Pauses output while a question is open: a spinner would overwrite it. */
  readonly hold: <T>(ask: () => Promise<T>) => Promise<T>;
  /** Clears the spinner and shows the cursor again. Safe to call at any time, also twice. */
  readonly stop: () => void;
}

/** How long a wait has taken, and when it ends at the latest. */
export interface Wait {
  readonly waitedMs: number;
  readonly limitMs: number;
}

/** How a step ended; `read` is for reading the account at the start, which has no outcome of its own. */
export type ProgressStatus = StepStatus | 'read';

export interface ProgressOptions {
  readonly clock: Pick<Clock, 'now'>;
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

const nothing = (): void => {};
const silent: Progress = {
  busy: nothing,
  stepStarted: nothing,
  changeStarted: nothing,
  notify: nothing,
  stepEnded: nothing,
  hold: (ask) => ask(),
  stop: nothing,
};

/** What the spinner shows. */
interface Activity {
  readonly title: string;
  readonly startedAt: number;
  readonly detail?: string;
  readonly wait?: { readonly since: number; readonly limitMs: number };
}

export const makeProgress = (terminal: Terminal, options: ProgressOptions): Progress => {
  if (options.quiet ?? terminal.quiet) return silent;
  const { unicode, accessible, color } = terminal.messageStyle;
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const dash = accessible ? ':' : unicode ? ' —' : ' -';
  const now = (): number => options.clock.now().getTime();
  let held = 0;
  let waiting: string[] = [];
  const line = (text: string): void => {
    if (held > 0) waiting.push(text);
    else terminal.stderr(`${text}\n`);
  };
  let current: Activity | undefined;
  let last = '';
  const spinner = makeSpinner(terminal, () => (current === undefined ? undefined : activityText(current, now(), dash)));
  const show = (activity: Activity): void => {
    current = activity;
    spinner?.show();
  };

  return {
    busy: (text) => {
      last = '';
      show({ title: plain(text), startedAt: now() });
      if (!spinner) line(`${plain(text)}${accessible ? '.' : unicode ? ' …' : ' ...'}`);
    },
    stepStarted: (title) => {
      last = '';
      show({ title: plain(title), startedAt: now() });
    },
    changeStarted: (at, of) => {
      if (current === undefined) return;
      const { title, startedAt } = current;
      show({ title, startedAt, ...(of > 1 ? { detail: `change ${at} of ${of}` } : {}) });
    },
    notify: (text, wait) => {
      const detail = plain(text);
      const { title, startedAt } = current ?? { title: '', startedAt: now() };
      if (spinner) {
        show({ title, startedAt, detail, ...(wait ? { wait: { since: now() - wait.waitedMs, limitMs: wait.limitMs } } : {}) });
        return;
      }
      if (detail === last) return;
      last = detail;
      const whole = wait === undefined ? detail : `${detail} (at most ${timeWords(wait.limitMs)})`;
      line(title === '' ? whole : `${accessible ? '' : '  '}${title}: ${whole}`);
    },
    stepEnded: (title, status, detail, left = 0) => {
      const took = current === undefined ? 0 : now() - current.startedAt;
      spinner?.stop();
      current = undefined;
      last = '';
      const [symbol, ascii, ending, paint] = endings[status];
      const word = left === 0 ? ending : `done, ${left} manual ${left === 1 ? 'step' : 'steps'} left`;
      const lead = accessible ? '' : `${chalk[paint](unicode ? symbol : ascii)} `;
      line(
        `${lead}${plain(title)}${dash} ${word}${took < 1_000 ? '' : ` (${timeWords(took)})`}${detail === undefined ? '' : `: ${plain(detail)}`}`,
      );
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
    stop: () => {
      current = undefined;
      spinner?.stop();
    },
  };
};

/** `Budget — waiting for AWS to show the change, 12 s of at most 120 s`. */
const activityText = ({ title, startedAt, detail, wait }: Activity, now: number, dash: string): string => {
  const elapsed = now - startedAt;
  const time =
    wait === undefined
      ? elapsed < 1_000
        ? []
        : [timeWords(elapsed)]
      : [`${timeWords(Math.min(wait.limitMs, now - wait.since))} of at most ${timeWords(wait.limitMs)}`];
  const rest = [...(detail === undefined ? [] : [detail]), ...time].join(', ');
  return title === '' ? rest : rest === '' ? title : `${title}${dash} ${rest}`;
};

/** `12 s`, `120 s`, `3 min 20 s`. */
const timeWords = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  if (seconds <= 120) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/**
 * A spinner that can be paused, and shows `text` as it is now, every second. The text stays on one line, because clearing it would leave
 * further lines behind.
 */
const makeSpinner = (terminal: Terminal, text: () => string | undefined) => {
  const stream = terminal.spinnerStream;
  if (stream === undefined) return undefined;
  const { unicode, color } = terminal.messageStyle;
  let spinner: Spinner | undefined;
  let timer: NodeJS.Timeout | undefined;
  let held = 0;
  const clear = (): void => {
    clearInterval(timer);
    timer = undefined;
    spinner?.stop();
    spinner = undefined;
  };
  const show = (): void => {
    const shown = text();
    if (shown === undefined || held > 0) return;
    timer ??= setInterval(show, 1_000).unref();
    const fitted = fit(shown, Math.max(20, (stream.columns || 80) - 4));
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
    show,
    pause: (): void => {
      held += 1;
      clear();
    },
    /** Starts again, unless the question ended in an error: then the run is about to end too. */
    resume: (turn: boolean): void => {
      held -= 1;
      if (turn) show();
    },
    stop: clear,
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
