import type { Look } from '../core/text.js';
import { hang, labelColumn, pageOf, sheetOf, widthOf } from './layout.js';

export interface KeptAnswer {
  readonly step: string;
  readonly value: string;
  /** Printed instead of the value. */
  readonly shown?: string;
}

/** Values found in the account, so that the user was not asked for them. Pure; for stderr. */
export const renderKept = (kept: readonly KeptAnswer[], titles: Readonly<Record<string, string>>, look: Look): string => {
  const sheet = sheetOf(look);
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
