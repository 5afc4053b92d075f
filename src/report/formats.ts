import { renderHtml } from './html/index.js';
import { csvParts, jsonlParts, jsonParts } from './json.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';
import { renderSarif } from './sarif.js';
import { type PackedReport, type RunReport, unpacked } from '../core/report.js';
import type { ReportExtras } from './words.js';

/** In parts that are printed one after the other. */
type Render = (report: PackedReport, extras: ReportExtras) => Iterable<string>;

const whole =
  (render: (report: RunReport, extras: ReportExtras) => string): Render =>
  (report, extras) => [render(unpacked(report), extras)];

/** The machine-readable formats. `table` is not among them, because it also depends on the terminal. */
const renderers = {
  json: jsonParts,
  jsonl: jsonlParts,
  markdown: whole(renderMarkdown),
  html: whole(renderHtml),
  junit: whole(renderJunit),
  sarif: whole(renderSarif),
  csv: csvParts,
} as const satisfies Readonly<Record<string, Render>>;

/** The renderer of a format; undefined for `table`. */
export const rendererOf = (format: string): Render | undefined =>
  Object.hasOwn(renderers, format) ? renderers[format as keyof typeof renderers] : undefined;
