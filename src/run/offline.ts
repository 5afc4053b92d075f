import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ErrorInfo } from '../core/errors.js';
import type { RunReport } from '../core/report.js';
import { plainJson } from '../core/text.js';
import { errorFacts, errorMessage, nextLine } from '../report/error-text.js';
import { layoutOf, pageOf } from '../report/layout.js';
import { version } from '../version.js';
import type { App } from './app.js';
import { asBootstrapError, exitName, printStack, signalExitCode, stoppedError } from './end.js';
import { reserveOutput } from './output.js';

/**
 * Commands that call nobody: their result is a text, to stdout or to --output-file, and their errors have the same shape as those of
 * a run. Returns the exit code.
 */
export const offline = async (app: App, command: string, work: () => Promise<number>): Promise<number> => {
  try {
    return await work();
  } catch (error) {
    const stopped = app.host.signal.aborted;
    const told = asBootstrapError(error, false);
    const info = stopped ? stoppedError(false) : told.info();
    const code = stopped ? signalExitCode(app) : told.exit;
    printStack(app, error);
    if (app.globals.output === 'json') app.terminal.stdout(json({ ...documentOf(command, code), error: info }));
    else app.terminal.stderr(errorText(app, info));
    await app.terminal.flush();
    return code;
  }
};

/** Writes the result. A file is reserved first where that takes no work of others. */
export const printText = async (app: App, text: string): Promise<void> => {
  const { globals, host, terminal } = app;
  if (globals.outputFile === undefined || globals.outputFile === '-') {
    terminal.stdout(text);
    await terminal.flush();
    const lost = terminal.writeError();
    if (lost !== undefined) throw lost;
    return;
  }
  await reserveOutput(app);
  const file = await open(resolve(host.cwd, globals.outputFile), 'w');
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  if (!terminal.quiet) terminal.stderr(`Written to ${globals.outputFile}\n`);
};

export const json = (document: unknown): string => `${plainJson(JSON.stringify(document, null, 2))}\n`;

/** What a document about a command without a run starts with. */
export const documentOf = (command: string, exit: RunReport['exit']['code']) => ({
  tool: { name: 'aws-account-bootstrap', version },
  command,
  exit: { code: exit, name: exitName(exit) },
});

const errorText = (app: App, info: ErrorInfo): string => {
  const sheet = layoutOf(app.terminal.messageStyle);
  return pageOf([...errorMessage(sheet, 0, info), ...errorFacts(sheet, 0, info)], nextLine(sheet, info.next));
};
