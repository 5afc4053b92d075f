import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { App } from '../app.js';
import { BootstrapError } from '../core/error.js';
import type { RunReport } from '../core/report.js';
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

/** The one way a result leaves: in the chosen format, to stdout or to the file. Returns the exit code. */
export const present = async (app: App, report: RunReport, words: Partial<Words> = {}): Promise<number> => {
  const { globals, terminal, host } = app;
  app.progress.stop();
  const look = globals.outputFile === undefined ? terminal.look : { ...terminal.look, color: false };
  const text =
    globals.output === 'json' ? renderJson(report) : renderTable(report, look, { titles, program: programOf(app), ...words });
  if (globals.outputFile === undefined || (report.error?.code === 'E-OUTPUT-FILE' && report.exit.code === 2)) {
    terminal.stdout(text);
  } else {
    const file = await open(resolve(host.cwd, globals.outputFile), 'w');
    await file.writeFile(text);
    await file.close();
    if (!globals.quiet) terminal.stderr(`Result written to ${globals.outputFile}\n`);
  }
  await terminal.flush();
  return report.exit.code;
};

/** How this tool was called, so that the commands it prints can be copied. */
export const programOf = ({ host }: Pick<App, 'host'>): string =>
  host.env['npm_command'] === 'exec' ? 'npx aws-account-bootstrap' : 'bootstrap';
