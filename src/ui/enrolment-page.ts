import { Chalk } from 'chalk';
import type { TextStyle } from '../core/text.js';
import { fill, type Paint } from '../core/wrap.js';
import type { CodeVerdict } from './code-verdict.js';
import { fittingQr, type Ink } from './qr.js';

export interface PageContent {
  readonly user: string;
  /** The name of the entry in the authenticator. */
  readonly label: string;
  readonly addresses: readonly string[];
  readonly seedGroups: readonly string[];
  readonly view: 'qr' | 'seed';
  /** Undefined: this terminal cannot show a QR code. */
  readonly ink: Ink | undefined;
  /** Whether the seed can be sent to the clipboard. */
  readonly mayCopy: boolean;
  readonly problem?: string;
  readonly note?: string;
}

export interface Page {
  readonly lines: readonly string[];
  /** What is shown: the seed if a QR code does not fit. */
  readonly shown: PageContent['view'];
}

/** What the user can type instead of a code. */
export const commandsFor = ({ ink, mayCopy }: Pick<PageContent, 'ink' | 'mayCopy'>): readonly Command[] => [
  ...(ink === undefined ? [] : (['q'] as const)),
  's',
  ...(mayCopy ? (['c'] as const) : []),
  ...(ink === undefined || ink === 'colours' ? [] : (['i'] as const)),
  'l',
];

const gap = 3;
/** The minimum width of text beside a QR code. */
const narrowest = 28;
/** Rows for the question below, which may wrap once in a narrow window. */
const questionRows = (columns: number): number => (columns < 70 ? 2 : 1);

/** One screen of an enrolment: the QR code with text beside it, or above it in a narrow window; or the seed. */
export const pageOf = (content: PageContent, style: TextStyle, size: { readonly columns: number; readonly rows: number }): Page => {
  const columns = size.columns - 1;
  const rows = size.rows - questionRows(size.columns);
  const { ink, addresses } = content;
  if (content.view === 'qr' && ink !== undefined) {
    const beside = fittingQr(addresses, ink, { columns: columns - gap - narrowest, rows });
    const words = beside === undefined ? [] : wordsOf(content, 'qr', style, Math.min(56, columns - gap - beside.width));
    if (beside !== undefined && words.length <= rows) return { shown: 'qr', lines: joined(beside.lines, beside.width, words) };
    const above = wordsOf(content, 'qr', style, Math.min(76, columns));
    const below = fittingQr(addresses, ink, { columns, rows: rows - above.length });
    if (below !== undefined) return { shown: 'qr', lines: [...above, ...below.lines] };
  }
  const cramped = content.view === 'qr' && ink !== undefined && content.problem === undefined ? { problem: tooSmall('q') } : {};
  return { shown: 'seed', lines: wordsOf({ ...content, ...cramped }, 'seed', style, Math.min(76, columns)) };
};

const joined = (picture: readonly string[], width: number, words: readonly string[]): readonly string[] =>
  Array.from({ length: Math.max(picture.length, words.length) }, (_, row) => {
    const left = picture[row] ?? ' '.repeat(width);
    const right = words[row] ?? '';
    return right === '' ? left : `${left}${' '.repeat(gap)}${right}`;
  });

const wordsOf = (content: PageContent, shown: PageContent['view'], style: TextStyle, width: number): readonly string[] => {
  const chalk = new Chalk({ level: style.color ? 1 : 0 });
  /** Further lines align with the text after the lead. */
  const led = (lead: string, text: string, paint: Paint = (line) => line): readonly string[] =>
    fill([{ text }], width - lead.length).map((line, at) => paint(`${at === 0 ? lead : ' '.repeat(lead.length)}${line}`));
  const take = shown === 'qr' ? 'Scan the code with an authenticator app or a password manager.' : manual(content.label);
  return [
    ...fill([{ text: `MFA device for ${content.user}`, paint: chalk.bold }], width),
    '',
    ...led('1. ', take),
    ...(shown === 'seed' ? ['', ...seedLines(content.seedGroups, width).map((line) => chalk.bold(line)), ''] : []),
    ...led('2. ', 'Type two codes in a row: the one shown now, and the next one.'),
    '',
    ...fill([{ text: 'Or type a letter instead of a code:' }], width),
    ...commandsFor(content).flatMap((key) => led(`${key}  `, commands[key])),
    ...(content.note === undefined ? [] : ['', ...led(style.unicode ? '✓ ' : '', content.note, chalk.green)]),
    ...(content.problem === undefined ? [] : ['', ...led(style.accessible ? '' : '! ', content.problem, chalk.yellow)]),
  ];
};

const manual = (label: string): string =>
  `Add an entry to an authenticator app or a password manager manually. Name: ${label}. Type: time-based, 6 digits. Key:`;

const seedLines = (groups: readonly string[], width: number): readonly string[] => {
  const inLine = width >= 43 ? 8 : 4;
  return Array.from(
    { length: Math.ceil(groups.length / inLine) },
    (_, line) => `   ${groups.slice(line * inLine, (line + 1) * inLine).join(' ')}`,
  );
};

/** The same for a screen reader, or a screen that cannot be cleared: only what is new, as plain sentences. */
export const spokenLines = (content: PageContent, style: TextStyle, whole: boolean): readonly string[] => {
  const { problem, note } = content;
  if (whole) return wordsOf(content, 'seed', { ...style, color: false }, Math.min(76, style.width));
  return [note, problem].flatMap((text) => (text === undefined ? [] : fill([{ text }], Math.min(76, style.width))));
};

/** All messages of an enrolment. */

export const commands = {
  q: 'show the QR code',
  s: 'show the seed as text',
  c: 'copy the seed',
  i: 'swap light and dark',
  l: 'do it later',
} as const;
export type Command = keyof typeof commands;

/** A span of time as text, in half minutes: windows are no finer. */
const span = (windows: number): string => {
  const minutes = Math.abs(windows) / 2;
  if (minutes < 1) return '30 seconds';
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
};

/** Whose clock appears to be wrong: compared with AWS's clock it must be the authenticator's. */
const clock = (aws: boolean): string => (aws ? 'The clock of your authenticator' : 'The clock of your authenticator (or of this computer)');

export const problemOf = (
  verdict: Exclude<CodeVerdict, { kind: 'good' }>,
  know: { readonly label: string; readonly aws: boolean },
): string => {
  switch (verdict.kind) {
    case 'foreign':
      return `That code is not from this device. Use the entry ${know.label}.`;
    case 'used':
      return 'That code was already sent to AWS, which accepts each code once. Type the next one.';
    case 'same':
      return 'That is the first code again. Wait until it changes, then type the new one.';
    case 'swapped':
      return 'That code is older than the first one. Type the one that comes after it.';
    case 'gap':
      return 'A code in between is missing. This one counts as the first; type the next one.';
    case 'late':
      return 'That code is too old now, and AWS needs two in a row. Start again with the code shown now.';
    case 'old':
      return `That code was shown ${span(verdict.off)} ago. Type the one shown now.`;
    case 'behind':
    case 'ahead': {
      const way = verdict.kind === 'behind' ? 'behind' : 'ahead';
      return `${clock(know.aws)} is about ${span(verdict.off)} ${way}. Set it, preferably automatically, then type the code that it shows.`;
    }
  }
};

export const refused = 'AWS did not accept these two codes. Type two new ones from the same entry.';
export const firstTaken = 'The first code is correct. Now type the next one.';
const tooSmall = (command: string): string =>
  `The window is too small for a QR code. Enlarge it and type ${command}, or enter the seed manually.`;

/** Shown after the question: when the code changes. */
export const countdown = (secondsLeft: number, waiting: boolean): string => {
  const seconds = secondsLeft === 1 ? '1 second' : `${secondsLeft} seconds`;
  return waiting ? `the next code appears in ${seconds}` : `the code changes in ${seconds}`;
};
