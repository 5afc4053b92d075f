import type { RunReport } from '../core/report.js';
import type { Look } from '../core/text.js';
import { checkTable } from './check-table.js';
import { initTable } from './init-table.js';
import { sheetOf } from './layout.js';
import type { Words } from './words.js';

/**
 * The table format (`--output table`). Pure. Lines are at most `look.width` columns wide (40 to 120), except for links and commands to
 * copy, and no line ends in a space.
 */
export const renderTable = (report: RunReport, look: Look, words: Words): string => {
  const sheet = sheetOf(look);
  return report.command === 'check' ? checkTable(report, sheet, words) : initTable(report, sheet, words);
};
