import type { Guide } from '../core/finding.js';
import type { TextStyle } from '../core/text.js';
import { hang, labelColumn, type Layout, layoutOf, pageOf, paragraph, widthOf } from './layout.js';

export interface ManualStep {
  readonly at: number;
  readonly of: number;
  /** Why it is needed. */
  readonly reason: string;
  /** undefined for the practice account: the link would open a real account. */
  readonly url: string | undefined;
  readonly guide: Guide;
}

/** One manual step: the link, then each click. Pure; for stderr. */
export const renderManualStep = ({ at, of, reason, url, guide }: ManualStep, style: TextStyle): string => {
  const layout = layoutOf(style);
  const lead = of === 1 ? 'Manual step: ' : `Manual step ${at} of ${of}: `;
  return pageOf([
    ...hang(layout, layout.strong(lead), widthOf(lead), [{ text: reason, paint: layout.strong }]),
    ...(url === undefined
      ? numbered(layout, 1, 'Open the page in the console. For a real account, the link is here.')
      : numbered(layout, 1, `Open ${url}`, url)),
    ...guide.clicks.flatMap((click, index) => numbered(layout, index + 2, click)),
  ]);
};

const numbered = (layout: Layout, number: number, text: string, url?: string): readonly string[] => {
  const [verb = '', ...rest] = text.split(' ');
  const spans = url === undefined ? [{ text }] : [{ text: verb }, { text: rest.join(' '), paint: layout.link(url) }];
  return hang(layout, `  ${number}. `, 5, spans);
};

/** Which keys do what while a manual step waits. */
export const renderKeys = (keys: readonly string[], style: TextStyle): string => {
  const layout = layoutOf(style);
  return `${paragraph(layout, 0, { text: keys.join('; '), paint: layout.dim }).join('\n')}\n`;
};

/** The outcome of a manual step. */
export const renderManualStepEnd = (done: boolean, text: string, style: TextStyle): string => {
  const layout = layoutOf(style);
  const [symbol, paint] = done ? ([layout.symbol('good'), layout.good] as const) : ([layout.symbol('hand'), layout.warn] as const);
  return `${paragraph(layout, 0, { text: `${symbol}${text}`, paint }).join('\n')}\n`;
};

export interface AdoptedAnswer {
  readonly step: string;
  readonly value: string;
  /** Printed instead of the value. */
  readonly shown?: string;
}

/** Values found in the account, so that the user was not asked for them. Pure; for stderr. */
export const renderAdopted = (kept: readonly AdoptedAnswer[], titles: Readonly<Record<string, string>>, style: TextStyle): string => {
  const layout = layoutOf(style);
  const steps = kept.map(({ step }) => step).filter((step, at, all) => all.indexOf(step) === at);
  const label = (step: string): string => titles[step] ?? step;
  const longest = Math.max(...steps.map((step) => widthOf(label(step))));
  return pageOf([
    layout.strong('Already set up, unchanged'),
    ...steps.flatMap((step) => {
      const text = kept.flatMap((one) => (one.step === step ? [one.shown ?? one.value] : [])).join(', ');
      return layout.accessible
        ? hang(layout, `  ${label(step)}: `, 4, [{ text }])
        : hang(layout, `  ${labelColumn(label(step), longest + 2, layout.dim)}`, longest + 4, [{ text }]);
    }),
  ]);
};
