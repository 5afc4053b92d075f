import { Chalk } from 'chalk';
import yoctoSpinner, { type Spinner } from 'yocto-spinner';
import type { Clock } from '../core/clock.js';
import type { StepStatus } from '../core/report.js';
import { plain } from '../core/text.js';
import { cutToWidth, fill, widthOf } from '../core/wrap.js';
import type { Terminal } from './terminal.js';

/**
 * Progress on stderr: a spinner on a terminal; elsewhere one line for each step that ends and for each wait that begins; nothing with
 * --quiet. The plan has listed the changes, so progress does not name them again.
 */
export interface Progress {
  /** Something that has no result of its own, such as reading the account. */
  readonly busy: (text: string) => void;
  /** A step begins. Several may be under way at the same time. */
  readonly step: (title: string) => StepProgress;
  /** What the program waits for, and why. A repeated text is printed once. */
  readonly notify: (text: string, wait?: Wait) => void;
  /** Pauses output while a question is open: a spinner would overwrite it. */
  readonly hold: <T>(ask: () => Promise<T>) => Promise<T>;
  /** Clears the spinner and shows the cursor again. Safe to call at any time, also twice. */
  readonly stop: () => void;
}

export interface StepProgress extends Pick<Progress, 'notify'> {
  /** Change `at` of `of` begins. */
  readonly changeStarted: (at: number, of: number) => void;
  /** `left`: how many manual steps remain of a step whose changes were made. */
  readonly ended: (status: StepStatus, detail?: string, left?: number) => void;
}

/** How long a wait has taken, and when it ends at the latest. */
export interface Wait {
  readonly waitedMs: number;
  readonly limitMs: number;
}

const endings: Readonly<
  Record<StepStatus, readonly [symbol: string, ascii: string, word: string, color: 'green' | 'red' | 'yellow' | 'dim']>
> = {
  done: ['✓', '+', 'done', 'green'],
  unchanged: ['✓', '+', 'unchanged', 'green'],
  manual: ['!', '!', 'manual', 'yellow'],
  failed: ['✗', 'x', 'FAILED', 'red'],
  blocked: ['?', '?', 'blocked', 'yellow'],
  skipped: ['-', '-', 'skipped', 'dim'],
};

const nothing = (): void => {};
const silent: Progress = {
  busy: nothing,
  step: () => ({ changeStarted: nothing, notify: nothing, ended: nothing }),
  notify: nothing,
  hold: (ask) => ask(),
  stop: nothing,
};

/** What the spinner shows of one step, or of reading the account. */
interface Activity {
  readonly title: string;
  readonly startedAt: number;
  detail?: string | undefined;
  wait?: { readonly since: number; readonly limitMs: number } | undefined;
  /** What was last printed on a line of its own: there is no spinner, or it is too long for one. */
  printed?: string;
  /** The line of a step that has ended. */
  ending?: string;
}

export const makeProgress = (terminal: Terminal, clock: Pick<Clock, 'now'>): Progress => {
  if (terminal.quiet) return silent;
  const { unicode, accessible, color, width } = terminal.messageStyle;
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const dash = accessible ? ':' : unicode ? ' —' : ' -';
  const now = (): number => clock.now().getTime();
  let held = 0;
  let waiting: string[] = [];
  const line = (text: string): void => {
    if (held > 0) waiting.push(text);
    else terminal.stderr(`${text}\n`);
  };
  let general: Activity | undefined;
  /** Steps in the order in which they began. Those that have ended wait for the line of the one before them. */
  let begun: Activity[] = [];
  const underWay = (): readonly Activity[] => begun.filter(({ ending }) => ending === undefined);
  const spinner = makeSpinner(terminal, () => {
    const [first = general, ...others] = underWay();
    return first === undefined ? [] : activityTexts(first, others.length, now(), dash);
  });
  /** A spinner has one line, and what does not fit on it is printed once. */
  const fits = (one: Activity): boolean =>
    spinner !== undefined && widthOf(`${titled(one.title, dash, one.detail ?? '')}, 120 s`) <= spinner.columns();
  const notifyOf =
    (activity: () => Activity): Progress['notify'] =>
    (text, wait) => {
      const one = activity();
      one.detail = plain(text);
      one.wait = wait && { since: now() - wait.waitedMs, limitMs: wait.limitMs };
      if (!fits(one) && one.detail !== one.printed) {
        one.printed = one.detail;
        const whole = wait === undefined ? one.detail : `${one.detail} (at most ${timeWords(wait.limitMs)})`;
        const own = one.title === '' ? whole : `${accessible ? '' : '  '}${one.title}: ${whole}`;
        spinner?.stop();
        line(spinner === undefined ? own : fill([{ text: own }], width).join('\n'));
      }
      spinner?.show();
    };

  return {
    busy: (text) => {
      general = { title: plain(text), startedAt: now() };
      if (spinner) spinner.show();
      else line(`${general.title}${accessible ? '.' : unicode ? ' …' : ' ...'}`);
    },
    step: (title) => {
      general = undefined;
      const activity: Activity = { title: plain(title), startedAt: now() };
      begun.push(activity);
      spinner?.show();
      return {
        changeStarted: (at, of) => {
          activity.detail = of > 1 ? `change ${at} of ${of}` : undefined;
          activity.wait = undefined;
          spinner?.show();
        },
        notify: notifyOf(() => activity),
        ended: (status, detail, left = 0) => {
          const took = now() - activity.startedAt;
          spinner?.stop();
          const [symbol, ascii, ending, paint] = endings[status];
          const word = left === 0 ? ending : `done, ${left} manual ${left === 1 ? 'step' : 'steps'} left`;
          const time = took < 1_000 ? '' : ` (${timeWords(took)})`;
          const text = `${activity.title}${dash} ${word}${time}${detail === undefined ? '' : `: ${plain(detail)}`}`;
          const lead = accessible ? '' : `${chalk[paint](unicode ? symbol : ascii)} `;
          activity.ending = `${lead}${spinner === undefined ? text : fill([{ text }], width - 2).join('\n  ')}`;
          while (begun[0]?.ending !== undefined) line(begun.shift()?.ending ?? '');
          spinner?.show();
        },
      };
    },
    // The only step under way is what the program waits for.
    notify: notifyOf(() => {
      const [only, other] = underWay();
      if (only !== undefined && other === undefined) return only;
      general ??= { title: '', startedAt: now() };
      return general;
    }),
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
      general = undefined;
      spinner?.stop();
      // Of a run that was stopped: their turn does not come any more.
      for (const { ending } of begun) if (ending !== undefined) line(ending);
      begun = [];
    },
  };
};

/**
 * `Budget — waiting for AWS to show the change, 12 s of at most 120 s`; `Budget and 2 more — change 1 of 2`. Then shorter texts, without
 * the limit and without the detail. `others`: how many steps are under way besides.
 */
const activityTexts = (
  { title: first, startedAt, detail, wait }: Activity,
  others: number,
  now: number,
  dash: string,
): readonly [string, ...string[]] => {
  const title = others > 0 ? `${first} and ${others} more` : first;
  const elapsed = wait === undefined ? now - startedAt : Math.min(wait.limitMs, now - wait.since);
  const time = wait === undefined && elapsed < 1_000 ? [] : [timeWords(elapsed)];
  const limited = wait === undefined ? time : [`${timeWords(elapsed)} of at most ${timeWords(wait.limitMs)}`];
  const details = detail === undefined ? [] : [detail];
  const text = (parts: readonly string[]): string => titled(title, dash, parts.join(', '));
  return [text([...details, ...limited]), text([...details, ...time]), text(limited)];
};

const titled = (title: string, dash: string, rest: string): string =>
  title === '' ? rest : rest === '' ? title : `${title}${dash} ${rest}`;

/** `12 s`, `120 s`, `3 min 20 s`. */
const timeWords = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  if (seconds <= 120) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/**
 * A spinner that can be paused, and shows the first of `texts` that fits, as they are now, every second. The text stays on one line,
 * because clearing it would leave further lines behind.
 */
const makeSpinner = (terminal: Terminal, texts: () => readonly string[]) => {
  const stream = terminal.spinnerStream;
  if (stream === undefined) return undefined;
  const { unicode, color } = terminal.messageStyle;
  const columns = (): number => Math.max(20, (stream.columns || 80) - 4);
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
    const all = texts();
    const shown = all.find((text) => widthOf(text) <= columns()) ?? all.at(-1);
    if (shown === undefined || held > 0) return;
    timer ??= setInterval(show, 1_000).unref();
    const fitted = cutToWidth(shown, columns());
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
    columns,
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
