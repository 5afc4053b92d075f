import type { RunReport } from '../core/report.js';
import { plainJson } from '../core/text.js';

/** The report as one JSON document, indented by two, with a newline at its end. */
export const renderJson = (report: RunReport): string => `${plainJson(JSON.stringify(report, null, 2))}\n`;
