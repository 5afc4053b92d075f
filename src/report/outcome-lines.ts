import type { ErrorInfo } from '../core/error.js';
import type { AccountReport } from '../core/report.js';
import { errorFacts, errorMessage } from './error-block.js';
import { hang, paragraph, type Sheet, type SymbolName, widthOf } from './layout.js';
import { accountLine } from './words.js';

/** How a command ended: a word, its colour, and a short text. */
export interface Ending {
  readonly symbol: SymbolName;
  readonly paint: 'good' | 'bad' | 'warn';
  readonly word: string;
  readonly text: string;
}

interface Outcome {
  readonly account: AccountReport | null;
  readonly target: string;
  readonly error?: ErrorInfo;
}

/** The first lines of the `keys` and `accounts` tables: the outcome, the account, the error, and what was done. */
export const outcomeLines = (
  sheet: Sheet,
  { account, target, error }: Outcome,
  { symbol, paint, word, text }: Ending,
  done: readonly string[],
): readonly (readonly string[])[] => {
  const lead = `${sheet.symbol(symbol)}${word}`;
  const tick = sheet.symbol('good');
  return [
    [
      ...hang(sheet, `${sheet[paint](lead)}  `, widthOf(lead) + 2, [{ text, paint: sheet.strong }]),
      ...(account === null ? [] : paragraph(sheet, 2, { text: accountLine(account, target), paint: sheet.dim })),
    ],
    error === undefined ? [] : [...errorMessage(sheet, 2, error), ...errorFacts(sheet, 2, error)],
    done.flatMap((what) => hang(sheet, `  ${sheet.good(tick)}`, 2 + widthOf(tick), [{ text: what }])),
  ];
};

/** The ending of a command that failed or was stopped. */
export const unfinished = (command: string, code: number): Ending => ({
  symbol: 'bad',
  paint: 'bad',
  word: code === 130 || code === 143 ? 'STOPPED' : 'FAILED',
  text: command,
});
