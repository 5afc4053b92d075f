import type { RunReport } from '../core/report.js';
import type { Look } from '../core/text.js';
import { checkTable } from './check-table.js';
import { initTable } from './init-table.js';
import { sheetOf } from './layout.js';
import type { Words } from './words.js';

/**
 * The format for people (`--output table`). Pure. Every line is at most `look.width` columns wide (40 to 120), save one that is a link
 * or a command to copy, and none ends in a space.
 */
export const renderTable = (report: RunReport, look: Look, words: Words): string => {
  const sheet = sheetOf(look);
  return report.command === 'check' ? checkTable(report, sheet, words) : initTable(report, sheet, words);
};
