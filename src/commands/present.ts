import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { App } from '../app.js';
import { BootstrapError } from '../core/error.js';
import type { RunReport } from '../core/report.js';
import type { Look } from '../core/text.js';
import { renderJson } from '../report/json.js';
import { renderTable } from '../report/table.js';
import type { Words } from '../report/words.js';
import { titles } from '../steps/index.js';

/** Called before anything else happens: a report that cannot be written at the end helps nobody. */
export const reserveOutput = async ({ globals, host }: App): Promise<void> => {
  if (globals.outputFile === undefined) return;
  try {
    await (await open(resolve(host.cwd, globals.outputFile), 'a')).close();
  } catch (cause) {
    throw new BootstrapError({
      code: 'E-OUTPUT-FILE',
      exit: 2,
      message: `The result cannot be written to ${globals.outputFile} (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      next: 'Name a file in a folder that exists and that you may write to.',
      cause,
    });
  }
};

/**
 * The one way a result leaves: in the chosen format, to stdout or to the file. A run that ended before there was any result to
 * show has only a message for people, and messages go to stderr. Returns the exit code.
 */
export const present = async (app: App, report: RunReport, words: Partial<Words> = {}): Promise<number> => {
  const { globals, terminal } = app;
  app.progress.stop();
  const asTable = (look: Look): string => renderTable(report, look, { titles, program: programOf(app), ...words });
  const messageOnly = globals.output === 'table' && report.error !== undefined && report.results.length === 0;
  if (messageOnly) {
    terminal.stderr(asTable(terminal.messageLook));
  } else if (globals.outputFile === undefined || report.error?.code === 'E-OUTPUT-FILE') {
    terminal.stdout(globals.output === 'json' ? renderJson(report) : asTable(terminal.look));
  } else {
    await writeResult(app, globals.outputFile, globals.output === 'json' ? renderJson(report) : asTable({ ...terminal.look, color: false }));
  }
  await terminal.flush();
  const lost = terminal.writeError();
  if (lost === undefined) return report.exit.code;
  terminal.stderr(`The result could not be written: ${lost.message}\n`);
  return report.exit.code === 0 ? 1 : report.exit.code;
};

const writeResult = async ({ host, terminal }: App, name: string, text: string): Promise<void> => {
  const file = await open(resolve(host.cwd, name), 'w');
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  if (!terminal.quiet) terminal.stderr(`Result written to ${name}\n`);
};

/** How this tool was called, so that the commands it prints can be copied. */
export const programOf = ({ host }: Pick<App, 'host'>): string =>
  host.env['npm_command'] === 'exec' ? 'npx aws-account-bootstrap' : 'bootstrap';
