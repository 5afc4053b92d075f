import type { RunReport } from '../core/report.js';
import type { TextStyle } from '../core/text.js';
import { checkTable } from './check-table.js';
import { initTable } from './init-table.js';
import { layoutOf } from './layout.js';
import { undoTable } from './undo-table.js';
import type { RenderContext } from './words.js';

/**
 * The table format (`--output table`). Pure. Lines are at most `style.width` columns wide (40 to 120), except for links and commands to
 * copy, and no line ends in a space.
 */
export const renderTable = (report: RunReport, style: TextStyle, words: RenderContext): string => {
  const layout = layoutOf(style);
  if (report.command === 'undo') return undoTable(report, layout, words);
  return report.command === 'check' ? checkTable(report, layout, words) : initTable(report, layout, words);
};
