import type { Guide } from '../core/finding.js';
import type { Look } from '../core/text.js';
import { hang, pageOf, paragraph, type Sheet, sheetOf, widthOf } from './layout.js';

export interface Stop {
  readonly at: number;
  readonly of: number;
  /** Why it is needed. */
  readonly reason: string;
  /** undefined for the practice account: the link would open a real account. */
  readonly url: string | undefined;
  readonly guide: Guide;
}

/** One manual step: the link, then each click. Pure; for stderr. */
export const renderStop = ({ at, of, reason, url, guide }: Stop, look: Look): string => {
  const sheet = sheetOf(look);
  const lead = of === 1 ? 'Manual step: ' : `Manual step ${at} of ${of}: `;
  return pageOf([
    '',
    ...hang(sheet, sheet.strong(lead), widthOf(lead), [{ text: reason, paint: sheet.strong }]),
    ...(url === undefined ? [] : numbered(sheet, 1, `Open ${url}`, url)),
    ...guide.clicks.flatMap((click, index) => numbered(sheet, index + (url === undefined ? 1 : 2), click)),
  ]);
};

const numbered = (sheet: Sheet, number: number, text: string, url?: string): readonly string[] => {
  const [verb = '', ...rest] = text.split(' ');
  const spans = url === undefined ? [{ text }] : [{ text: verb }, { text: rest.join(' '), paint: sheet.link(url) }];
  return hang(sheet, `  ${number}. `, 5, spans);
};

/** The outcome of a stop of the tour. */
export const renderStopEnd = (done: boolean, text: string, look: Look): string => {
  const sheet = sheetOf(look);
  const [symbol, paint] = done ? ([sheet.symbol('good'), sheet.good] as const) : ([sheet.symbol('hand'), sheet.warn] as const);
  return `${paragraph(sheet, 0, { text: `${symbol}${text}`, paint }).join('\n')}\n`;
};
