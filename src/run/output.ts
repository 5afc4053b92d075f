import { open, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BootstrapError, type ErrorInfo } from '../core/errors.js';
import { type PackedReport, type RunReport, unpacked } from '../core/report.js';
import { plain, plainJson, shellWord, type TextStyle } from '../core/text.js';
import { renderTable } from '../report/table.js';
import { type CommandContext, typedCommand, typedOutcome, typedReport, typedText } from '../report/typed.js';
import type { RenderContext, ReportExtras } from '../report/words.js';
import { steps, titles } from '../steps/index.js';
import type { App } from './app.js';
import { isProtected } from './protected-files.js';

/** Results go to stdout or to `--output-file`; messages go to stderr. */

/** undefined: stdout. */
const outputFileOf = ({ globals: { outputFile } }: Pick<App, 'globals'>): string | undefined =>
  outputFile === '-' ? undefined : outputFile;

/**
 * Checks at the start of the run that the output file can be written, and may be replaced. `inputs`: files that the run reads. Throws
 * E-OUTPUT-FILE.
 */
export const reserveOutput = async (app: App, inputs: readonly string[] = []): Promise<void> => {
  const file = outputFileOf(app);
  if (file === undefined) return;
  await guardProtected(app, file, inputs);
  await writing(file, async () => (await open(resolve(app.host.cwd, file), 'a')).close());
};

/** Throws E-OUTPUT-FILE. */
const guardProtected = async (app: App, file: string, inputs: readonly string[]): Promise<void> => {
  if (!(await isProtected(app, file, inputs))) return;
  throw new BootstrapError({
    code: 'E-OUTPUT-FILE',
    message: `The result cannot be written to ${file}, which this tool or the AWS CLI reads.`,
    next: 'Name another file with --output-file. This one was not changed.',
  });
};

/** Throws E-OUTPUT-FILE. */
const writing = async (file: string, write: () => Promise<void>): Promise<void> => {
  try {
    await write();
  } catch (cause) {
    throw new BootstrapError({
      code: 'E-OUTPUT-FILE',
      message: `The result cannot be written to ${file} (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      next: 'Name a file in a folder that exists and that you may write to.',
      cause,
    });
  }
};

/**
 * Prints the report of `init` or `check` in the chosen format. Returns the exit code of the run, or `code`. A run that ended without
 * results has only a message in the table format; the other formats have a document for it as well.
 */
export const printReport = async (
  app: App,
  untyped: PackedReport,
  { redact = false, ...words }: Partial<RenderContext> & { readonly redact?: boolean } = {},
  code: RunReport['exit']['code'] = untyped.exit.code,
): Promise<number> => {
  const { globals } = app;
  const given = commandContextOf(app);
  const typing = redact ? { ...given, flags: given.sandbox ? ['--sandbox'] : [] } : given;
  const typed = typedReport(untyped, typing);
  const report = redact ? await withoutIdentities(unpacked(typed)) : typed;
  const { program, flags } = typing;
  const allWords: RenderContext = { titles, program, ...(flags.length === 0 ? {} : { flags: flags.join(' ') }), ...words };
  const empty = report.error !== undefined && [...report.results].length === 0;
  return deliver(app, {
    table: (style) => renderTable(unpacked(report), style, allWords),
    document: globals.output === 'table' ? undefined : await renderDocument(app, report, allWords, redact),
    // For `bootstrap report`, a saved run that failed is the result.
    messageOnly: empty && code === report.exit.code,
    // A CSV file has no row for the error that stopped the run.
    messageToo: empty && globals.output === 'csv',
    error: report.error,
    code,
  });
};

/** What the reports of `keys` and `accounts` have in common. */
export interface ActionsReport {
  readonly notes: readonly string[];
  readonly next: string | null;
  readonly error?: ErrorInfo;
  readonly exit: { readonly code: number };
  readonly actions: readonly unknown[];
}

/** Prints the report of `keys` or `accounts`, as a table or as JSON. Returns the exit code. */
export const printActions = async <Report extends ActionsReport>(
  app: App,
  untyped: Report,
  render: (report: Report, style: TextStyle) => string,
): Promise<number> => {
  const report = typedOutcome(untyped, commandContextOf(app));
  return deliver(app, {
    table: (style) => render(report, style),
    document: app.globals.output === 'json' ? [jsonText(report)] : undefined,
    messageOnly: report.error !== undefined && report.actions.length === 0,
    error: report.error,
    code: report.exit.code,
  });
};

interface Delivery {
  readonly table: (style: TextStyle) => string;
  /** The result in another format than the table, in parts. */
  readonly document: Iterable<string> | undefined;
  /** There is no result, only a message. */
  readonly messageOnly: boolean;
  /** Print the message in addition to the document. */
  readonly messageToo?: boolean;
  readonly error: ErrorInfo | undefined;
  readonly code: number;
}

/** Prints a result or a message. Returns the exit code, which is never 0 when the result could not be written. */
const deliver = async (app: App, delivery: Delivery): Promise<number> => {
  const { table, messageOnly, messageToo, error, code } = delivery;
  const { globals, host, progress, terminal } = app;
  progress.stop();
  const failed = code === 0 ? 1 : code;
  const file = error?.code === 'E-OUTPUT-FILE' ? undefined : outputFileOf(app);
  // No one reads the source of a page on a terminal.
  const page = messageOnly && globals.output === 'html' && file === undefined && host.stdout.isTTY;
  const document = page ? undefined : delivery.document;
  // The user does not see an error that is only in a file.
  if (messageToo === true || (messageOnly && (document === undefined || file !== undefined))) terminal.stderr(table(terminal.messageStyle));
  if (document !== undefined || !messageOnly) {
    if (file === undefined) {
      for (const text of chunksOf(document ?? [table(terminal.style)])) {
        terminal.stdout(text);
        await terminal.flush();
      }
    } else if (!(await writeResult(app, file, document ?? [table({ ...terminal.style, color: false })]))) {
      // The changes of this run must not be lost together with the file.
      if (!messageOnly) terminal.stderr(table(terminal.messageStyle));
      await terminal.flush();
      return failed;
    }
  }
  await terminal.flush();
  const writeError = terminal.writeError();
  if (writeError === undefined) return code;
  terminal.stderr(`The result could not be written: ${plain(writeError.message)}\n`);
  return failed;
};

const withoutIdentities = async (report: RunReport): Promise<RunReport> => {
  const [{ redacted }, { ownTexts }] = await Promise.all([import('../report/redact.js'), import('./own-texts.js')]);
  return redacted(report, await ownTexts());
};

const renderDocument = async (app: App, report: PackedReport, words: RenderContext, redact: boolean): Promise<Iterable<string>> => {
  const { rendererOf } = await import('../report/formats.js');
  const render = rendererOf(app.globals.output);
  if (!render) throw new Error(`there is no format ${app.globals.output}`);
  // The name of the config file is the user's own.
  const places = app.globals.output === 'sarif' && !redact ? await configPlaces(app) : {};
  return render(report, { words, catalogue: steps.flatMap((step) => step.findings), ...places });
};

/**
 * Where the config sets what a check expects, for formats that point into files: `budget.limit` at its key, `budget.exists`, which has no
 * key, at the section. Empty if the config is absent or invalid; the run has reported that already.
 */
const configPlaces = async ({ host, globals }: App): Promise<Pick<ReportExtras, 'configFile' | 'lineOf'>> => {
  const [{ configFileOf }, { readSource }] = await Promise.all([import('../config/file.js'), import('../config/source.js')]);
  try {
    const file = await configFileOf(globals, host);
    if (file === undefined) return {};
    const source = readSource(file.text);
    return { configFile: file.file, lineOf: (check) => source.positionOf(check.split('.'), 'key').line };
  } catch {
    return globals.config === undefined ? {} : { configFile: globals.config };
  }
};

/** Writes the result to the file and reports it. False, after an error message, if that fails, for example because the disk is full. */
const writeResult = async (app: App, name: string, parts: Iterable<string>): Promise<boolean> => {
  const { host, terminal } = app;
  try {
    if (await isProtected(app, name, [])) throw new Error('this run stored something else there');
    await writeAndClose(resolve(host.cwd, name), 'w', chunksOf(parts));
  } catch (error) {
    terminal.stderr(`The result could not be written to ${name}: ${plain((error as Error).message)}\n`);
    return false;
  }
  if (!terminal.quiet) terminal.stderr(`Result written to ${name}\n`);
  return true;
};

/** Prints the text that a command without a report results in. Throws E-OUTPUT-FILE; `main` reports that stdout failed. */
export const printText = async (app: App, text: string): Promise<void> => {
  const { host, terminal } = app;
  const file = outputFileOf(app);
  if (file === undefined) {
    terminal.stdout(text);
    await terminal.flush();
    return;
  }
  await guardProtected(app, file, []);
  await writing(file, () => writeAndClose(resolve(host.cwd, file), 'w', text));
  if (!terminal.quiet) terminal.stderr(`Written to ${file}\n`);
};

export const jsonText = (value: unknown): string => `${plainJson(JSON.stringify(value, null, 2))}\n`;

const chunkLength = 65_536;

/** The same text in chunks of a size that is worth a write. */
function* chunksOf(parts: Iterable<string>): Iterable<string> {
  let chunk: string[] = [];
  let length = 0;
  for (const part of parts) {
    chunk.push(part);
    length += part.length;
    if (length < chunkLength) continue;
    yield chunk.join('');
    chunk = [];
    length = 0;
  }
  if (length > 0) yield chunk.join('');
}

const writeAndClose = async (path: string, mode: 'w' | 'wx', text: string | Iterable<string>): Promise<void> => {
  const file = await open(path, mode);
  try {
    await writeFile(file, text);
  } finally {
    await file.close();
  }
};

/** How this tool was called, so that the commands it prints can be copied. */
export const programOf = ({ host }: Pick<App, 'host'>): string =>
  host.env['npm_command'] === 'exec' ? 'npx aws-account-bootstrap' : 'bootstrap';

/** A command of the tool as it has to be typed to reach the same account, with the same config. */
export const typedHere = (app: Pick<App, 'host' | 'globals' | 'sandboxed'>, command: string): string =>
  typedCommand(command, commandContextOf(app));

/** The same for the administrator of the practice account. */
export const typedAsAdministrator = (app: Pick<App, 'host' | 'globals' | 'sandboxed'>, command: string): string =>
  typedHere({ ...app, globals: { ...app.globals, sandboxAs: 'admin' } }, command);

/** The same for the commands in backticks within a text. */
export const typedTextHere = (app: Pick<App, 'host' | 'globals' | 'sandboxed'>, text: string): string =>
  typedText(text, commandContextOf(app));

/** What printed commands need to be typed here, for the same account. */
const commandContextOf = (app: Pick<App, 'host' | 'globals' | 'sandboxed'>): CommandContext => {
  const { globals, sandboxed } = app;
  const given = (flag: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`${flag} ${shellWord(value)}`];
  const access = sandboxed
    ? [
        ...(globals.sandboxFile === undefined ? ['--sandbox'] : given('--sandbox-file', globals.sandboxFile)),
        ...given('--sandbox-as', globals.sandboxAs),
      ]
    : [
        ...given('--profile', globals.profile),
        ...given('--region', globals.region),
        ...given('--endpoint-url', globals.endpointUrl),
        ...given('--ca-bundle', globals.caBundle),
      ];
  return { program: programOf(app), sandbox: sandboxed, flags: [...access, ...given('--config', globals.config)] };
};

/** Writes a new config file and never replaces one. `name`: the path in messages. Throws E-CONFIG-EXISTS or E-OUTPUT-FILE. */
export const writeNew = async (path: string, name: string, text: string): Promise<void> => {
  try {
    // `wx` refuses an existing file, and a dangling link, in the same call that creates the file.
    await writeAndClose(path, 'wx', text);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    const isFolder = code === 'EEXIST' && (await stat(path).catch(() => undefined))?.isDirectory() === true;
    throw code === 'EEXIST' && !isFolder
      ? new BootstrapError({
          code: 'E-CONFIG-EXISTS',
          message: `${name} exists already, and is left as it is.`,
          next: 'Edit it, or name another file.',
          cause,
        })
      : new BootstrapError({
          code: 'E-OUTPUT-FILE',
          message: isFolder ? `${name} is a folder.` : `${name} cannot be written (${code}).`,
          next: 'Name a file in a folder that exists and that you may write to.',
          cause,
        });
  }
};
