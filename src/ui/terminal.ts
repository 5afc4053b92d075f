import { guarded, plain, type TextStyle } from '../core/text.js';
import { fill } from '../core/wrap.js';

/**
 * The terminal as a value: where the result goes (stdout), where messages go (stderr), whether a user can answer, and how output may
 * look. Built from the streams and environment passed in; nothing here reads the process.
 */
export interface Terminal {
  /** The result, and nothing else. */
  readonly stdout: (text: string) => void;
  /** Progress, plans, hints for questions, warnings. */
  readonly stderr: (text: string) => void;
  /** A sentence for stderr: escaped, and on a terminal broken between words. */
  readonly message: (text: string) => void;
  /** The user can be asked: stdin and stderr are terminals, this is not CI, and --no-input was not given. */
  readonly interactive: boolean;
  /** How stdout may look. */
  readonly style: TextStyle;
  /** How stderr may look: the two differ when one of them is redirected. */
  readonly messageStyle: TextStyle;
  readonly quiet: boolean;
  /** The stream behind `stderr`, if a spinner may run on it. */
  readonly spinnerStream: NodeJS.WriteStream | undefined;
  /** Resolves when everything written has left the process, or can no longer leave it. */
  readonly flush: () => Promise<void>;
  /** The first failure of writing the result (a full disk), or undefined. A reader that closed the pipe (`| head`) is not a failure. */
  readonly writeError: () => Error | undefined;
}

export interface TerminalParts {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly flags: {
    /** False after --no-input. */
    readonly input: boolean;
    /** False after --no-color. */
    readonly color: boolean;
    readonly accessible: boolean;
    readonly quiet: boolean;
  };
}

export const makeTerminal = ({ stdin, stdout, stderr, env, platform, flags }: TerminalParts): Terminal => {
  const out = makeWriter(stdout);
  const messages = makeWriter(stderr);
  const inCi = isSet(env['CI']);
  const interactive = stdin.isTTY === true && stderr.isTTY === true && flags.input && !inCi;
  const styleOf = (stream: NodeJS.WriteStream): TextStyle => ({
    width: widthOf(stream, stderr, env),
    color: wantsColor(stream, env, flags.color),
    unicode: showsUnicode(env, platform) && !flags.accessible,
    accessible: flags.accessible,
    // Without colours, no other escape sequences are written either. https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
    ...(stream.isTTY === true && !inCi && wantsColor(stream, env, flags.color) && env['TERM'] !== 'dumb' ? { links: true } : {}),
  });
  // The spinner treats even an empty CI variable as CI.
  const spins = stderr.isTTY === true && env['CI'] === undefined && env['TERM'] !== 'dumb' && !flags.accessible && !flags.quiet;
  const style = styleOf(stdout);
  const messageStyle = styleOf(stderr);
  const toStderr = (text: string): void => messages.write(guarded(text, messageStyle.color));
  return {
    stdout: (text) => out.write(guarded(text, style.color)),
    stderr: toStderr,
    message: (text) => toStderr(`${stderr.isTTY ? fill([{ text }], messageStyle.width).join('\n') : plain(text)}\n`),
    interactive,
    style,
    messageStyle,
    quiet: flags.quiet,
    spinnerStream: spins ? stderr : undefined,
    flush: async () => {
      await Promise.all([out.flush(), messages.flush()]);
    },
    writeError: out.error,
  };
};

/** Writes until the stream fails; later output is dropped. Without a listener an `error` event would end the process. */
const makeWriter = (stream: NodeJS.WriteStream) => {
  let closed = false;
  let failure: Error | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failure ??= error;
  });
  return {
    write: (text: string): void => {
      if (!closed && text !== '') stream.write(text);
    },
    flush: (): Promise<void> =>
      new Promise((resolve) => {
        if (closed || stream.destroyed) resolve();
        else stream.write('', () => resolve());
      }),
    error: (): Error | undefined => failure,
  };
};

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0' && value !== 'false';

/** Columns of the terminal, else COLUMNS, else those of stderr (`| less`), else 100; limited to widths that are readable. */
const widthOf = (stream: NodeJS.WriteStream, stderr: NodeJS.WriteStream, env: TerminalParts['env']): number => {
  const named = Number.parseInt(env['COLUMNS'] ?? '', 10);
  const columns = columnsOf(stream) || (named > 0 ? named : columnsOf(stderr) || 100);
  return Math.min(120, Math.max(40, columns));
};

const columnsOf = ({ isTTY, columns }: NodeJS.WriteStream): number => (isTTY && columns > 0 ? columns : 0);

/** First what the user set (--no-color, https://no-color.org), then what a build set (FORCE_COLOR), then the stream. */
const wantsColor = (stream: NodeJS.WriteStream, env: TerminalParts['env'], flag: boolean): boolean => {
  if (!flag || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
};

/** Without a locale, UTF-8 is assumed, as most terminals use it; a locale with another character set is respected. */
const showsUnicode = (env: TerminalParts['env'], platform: string): boolean => {
  if (platform === 'win32') return isSet(env['WT_SESSION']) || env['TERM_PROGRAM'] === 'vscode' || isSet(env['MSYSTEM']);
  if (env['TERM'] === 'linux' || env['TERM'] === 'dumb') return false;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
};
