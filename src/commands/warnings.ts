import type { App } from '../app.js';
import { plain } from '../core/text.js';

/** What the report warns of, on stderr as well; not where a person reads the report itself a moment later. */
export const sayWarnings = ({ globals, terminal }: App, warnings: readonly string[]): void => {
  if (globals.output === 'table' && globals.outputFile === undefined) return;
  for (const warning of warnings) terminal.stderr(`Warning: ${plain(warning)}\n`);
};
