import type { Result } from '../core/report.js';
import { command, hang, labelled, type Layout } from './layout.js';

export type RemainingItem = Pick<Result, 'id' | 'reason' | 'remediation'>;

/** A practice account has no console, and a link would open a real one. */
const practiceHeading = 'Remaining manual steps (a practice account has no console)';

/** The manual steps, numbered, each with reason, instructions and link. */
export const remainingLines = (left: readonly RemainingItem[], sheet: Layout, practice = false): readonly string[] => {
  if (left.length === 0) return [];
  const column = 4 + String(left.length).length;
  return [
    sheet.strong(practice ? practiceHeading : 'Remaining manual steps'),
    ...left.flatMap(({ id, reason, remediation }, at) => {
      const number = `${String(at + 1).padStart(column - 3)}. `;
      const { instructions = null, command: run = null, url = null } = (practice ? null : remediation) ?? {};
      return [
        ...hang(sheet, ` ${number}`, column, [{ text: reason }, { text: `(${id})`, paint: sheet.dim }]),
        ...(instructions === null ? [] : labelled(sheet, column, 'do', instructions)),
        ...(run === null ? [] : command(sheet, column, instructions === null ? 'do' : 'run', run)),
        ...(url === null ? [] : labelled(sheet, column, 'see', url, sheet.dim, sheet.link(url))),
      ];
    }),
  ];
};
