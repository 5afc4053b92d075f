import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { App } from '../app.js';
import { type BootstrapError, type ErrorInfo, exitNames } from '../core/error.js';
import { plainJson } from '../core/text.js';
import { errorFacts, errorMessage, nextLine } from '../report/error-block.js';
import { pageOf, sheetOf } from '../report/layout.js';
import { version } from '../version.js';
import { toldError } from './frame.js';
import { reserveOutput } from './present.js';
import { sayWhere } from './run-end.js';

/**
 * Commands that call nobody: their result is a text, to stdout or to --output-file, and their errors have the same shape as those of
 * a run. Returns the exit code.
 */
export const offline = async (app: App, command: string, work: () => Promise<number>): Promise<number> => {
  try {
    return await work();
  } catch (error) {
    const told = toldError(error, false);
    sayWhere(app, error);
    if (app.globals.output === 'json') app.terminal.stdout(json(failure(command, told)));
    else app.terminal.stderr(errorText(app, told));
    await app.terminal.flush();
    return told.exit;
  }
};

/** Writes the result. A file is reserved first where that takes no work of others. */
export const deliver = async (app: App, text: string): Promise<void> => {
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
export const documentOf = (command: string, exit: keyof typeof exitNames) => ({
  tool: { name: 'aws-account-bootstrap', version },
  command,
  exit: { code: exit, name: exitNames[exit] },
});

const failure = (command: string, error: BootstrapError): object & { readonly error: ErrorInfo } => ({
  ...documentOf(command, error.exit),
  error: error.info(),
});

const errorText = (app: App, error: BootstrapError): string => {
  const sheet = sheetOf(app.terminal.messageLook);
  const info = error.info();
  return pageOf([...errorMessage(sheet, 0, info), ...errorFacts(sheet, 0, info)], nextLine(sheet, info.next));
};
