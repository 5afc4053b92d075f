import type { Guide } from '../core/finding.js';
import type { TextStyle } from '../core/text.js';
import { hang, labelColumn, type Layout, layoutOf, pageOf, paragraph, widthOf } from './layout.js';

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
export const renderStop = ({ at, of, reason, url, guide }: Stop, look: TextStyle): string => {
  const sheet = layoutOf(look);
  const lead = of === 1 ? 'Manual step: ' : `Manual step ${at} of ${of}: `;
  return pageOf([
    '',
    ...hang(sheet, sheet.strong(lead), widthOf(lead), [{ text: reason, paint: sheet.strong }]),
    ...(url === undefined ? [] : numbered(sheet, 1, `Open ${url}`, url)),
    ...guide.clicks.flatMap((click, index) => numbered(sheet, index + (url === undefined ? 1 : 2), click)),
  ]);
};

const numbered = (sheet: Layout, number: number, text: string, url?: string): readonly string[] => {
  const [verb = '', ...rest] = text.split(' ');
  const spans = url === undefined ? [{ text }] : [{ text: verb }, { text: rest.join(' '), paint: sheet.link(url) }];
  return hang(sheet, `  ${number}. `, 5, spans);
};

/** Which keys do what while a stop waits. */
export const renderKeys = (keys: readonly string[], look: TextStyle): string => {
  const sheet = layoutOf(look);
  return `${paragraph(sheet, 0, { text: keys.join('; '), paint: sheet.dim }).join('\n')}\n`;
};

/** The outcome of a stop of the tour. */
export const renderStopEnd = (done: boolean, text: string, look: TextStyle): string => {
  const sheet = layoutOf(look);
  const [symbol, paint] = done ? ([sheet.symbol('good'), sheet.good] as const) : ([sheet.symbol('hand'), sheet.warn] as const);
  return `${paragraph(sheet, 0, { text: `${symbol}${text}`, paint }).join('\n')}\n`;
};

export interface AdoptedAnswer {
  readonly step: string;
  readonly value: string;
  /** Printed instead of the value. */
  readonly shown?: string;
}

/** Values found in the account, so that the user was not asked for them. Pure; for stderr. */
export const renderAdopted = (kept: readonly AdoptedAnswer[], titles: Readonly<Record<string, string>>, look: TextStyle): string => {
  const sheet = layoutOf(look);
  const steps = kept.map(({ step }) => step).filter((step, at, all) => all.indexOf(step) === at);
  const label = (step: string): string => titles[step] ?? step;
  const longest = Math.max(...steps.map((step) => widthOf(label(step))));
  return pageOf([
    sheet.strong('Already set up, unchanged'),
    ...steps.flatMap((step) => {
      const text = kept.flatMap((one) => (one.step === step ? [one.shown ?? one.value] : [])).join(', ');
      return sheet.accessible
        ? hang(sheet, `  ${label(step)}: `, 4, [{ text }])
        : hang(sheet, `  ${labelColumn(label(step), longest + 2, sheet.dim)}`, longest + 4, [{ text }]);
    }),
  ]);
};
