import { renderHtml } from './html/index.js';
import { renderCsv, renderJson, renderJsonl } from './json.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';
import { renderSarif } from './sarif.js';
import type { Render } from './words.js';

/** The machine-readable formats. `table` is not among them, because it also depends on the terminal. */
const renderers = {
  json: renderJson,
  jsonl: renderJsonl,
  markdown: renderMarkdown,
  html: renderHtml,
  junit: renderJunit,
  sarif: renderSarif,
  csv: renderCsv,
} as const satisfies Readonly<Record<string, Render>>;

/** The renderer of a format; undefined for `table`. */
export const rendererOf = (format: string): Render | undefined =>
  Object.hasOwn(renderers, format) ? renderers[format as keyof typeof renderers] : undefined;
