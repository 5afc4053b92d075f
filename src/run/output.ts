import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BootstrapError } from '../core/errors.js';
import type { RunReport } from '../core/report.js';
import { plain, type TextStyle } from '../core/text.js';
import { renderTable } from '../report/table.js';
import { type CommandContext, quoted, typedCommand, typedReport } from '../report/typed.js';
import type { RenderContext } from '../report/words.js';
import { steps, titles } from '../steps/index.js';
import type { App } from './app.js';

/** Called before anything else happens: a report that cannot be written at the end helps nobody. */
export const reserveOutput = async ({ globals, host }: App): Promise<void> => {
  if (globals.outputFile === undefined) return;
  try {
    await (await open(resolve(host.cwd, globals.outputFile), 'a')).close();
  } catch (cause) {
    throw new BootstrapError({
      code: 'E-OUTPUT-FILE',
      message: `The result cannot be written to ${globals.outputFile} (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      next: 'Name a file in a folder that exists and that you may write to.',
      cause,
    });
  }
};

/**
 * The one way a result leaves: in the chosen format, to stdout or to the file. A run that ended before there was any result to
 * show has only a message for people, and messages go to stderr; the formats for programs have a document for it as well. Returns
 * the exit code: the run's, unless another is given.
 */
export const printReport = async (
  app: App,
  made: RunReport,
  words: Partial<RenderContext> = {},
  code: RunReport['exit']['code'] = made.exit.code,
): Promise<number> => {
  const { globals, terminal } = app;
  app.progress.stop();
  const typing = commandContextOf(app);
  const report = typedReport(made, typing);
  const { program, flags } = typing;
  const allWords: RenderContext = { titles, program, ...(flags.length === 0 ? {} : { flags: flags.join(' ') }), ...words };
  const asTable = (look: TextStyle): string => renderTable(report, look, allWords);
  const document = globals.output === 'table' ? undefined : await documentOf(app, report, allWords);
  const empty = report.error !== undefined && report.results.length === 0;
  // A saved run that failed is what was asked for, and so a result.
  const messageOnly = empty && code === report.exit.code;
  const file = report.error?.code === 'E-OUTPUT-FILE' ? undefined : globals.outputFile;
  // A table of records has no place for what stopped the run, and nobody reads a file while it is being written.
  if ((messageOnly && (document === undefined || file !== undefined)) || (empty && globals.output === 'csv'))
    terminal.stderr(asTable(terminal.messageStyle));
  if (document !== undefined || !messageOnly) {
    if (file === undefined) terminal.stdout(document ?? asTable(terminal.style));
    else if ((await writeResult(app, file, document ?? asTable({ ...terminal.style, color: false }))) !== undefined) {
      // What was done must not get lost with the file.
      if (!messageOnly) terminal.stderr(asTable(terminal.messageStyle));
      await terminal.flush();
      return code === 0 ? 1 : code;
    }
  }
  await terminal.flush();
  const lost = terminal.writeError();
  if (lost === undefined) return code;
  terminal.stderr(`The result could not be written: ${plain(lost.message)}\n`);
  return code === 0 ? 1 : code;
};

const documentOf = async (app: App, report: RunReport, words: RenderContext): Promise<string> => {
  const { rendererOf } = await import('../report/formats.js');
  const render = rendererOf(app.globals.output);
  if (!render) throw new Error(`there is no format ${app.globals.output}`);
  const places = app.globals.output === 'sarif' ? await (await import('./config-places.js')).configPlaces(app) : {};
  return render(report, { words, catalogue: steps.flatMap((step) => step.findings), ...places });
};

/** A disk that is full shows only now. Says so and returns the reason; undefined when the result is in the file. */
export const writeResult = async ({ host, terminal }: App, name: string, text: string): Promise<Error | undefined> => {
  try {
    const file = await open(resolve(host.cwd, name), 'w');
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    const lost = error as Error;
    terminal.stderr(`The result could not be written to ${name}: ${plain(lost.message)}\n`);
    return lost;
  }
  if (!terminal.quiet) terminal.stderr(`Result written to ${name}\n`);
  return undefined;
};

/** How this tool was called, so that the commands it prints can be copied. */
export const programOf = ({ host }: Pick<App, 'host'>): string =>
  host.env['npm_command'] === 'exec' ? 'npx aws-account-bootstrap' : 'bootstrap';

/** A command of the tool as it has to be typed to reach the same account, with the same config. */
export const typedHere = (app: Pick<App, 'host' | 'globals' | 'sandboxed'>, command: string): string =>
  typedCommand(command, commandContextOf(app));

/** What printed commands need to be typed here, for the same account. */
export const commandContextOf = (app: Pick<App, 'host' | 'globals' | 'sandboxed'>): CommandContext => {
  const { globals, sandboxed } = app;
  const given = (flag: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [`${flag} ${quoted(value)}`]);
  const way = sandboxed
    ? globals.sandboxFile === undefined
      ? ['--sandbox']
      : given('--sandbox-file', globals.sandboxFile)
    : [
        ...given('--profile', globals.profile),
        ...given('--region', globals.region),
        ...given('--endpoint-url', globals.endpointUrl),
        ...given('--ca-bundle', globals.caBundle),
      ];
  return { program: programOf(app), sandbox: sandboxed, flags: [...way, ...given('--config', globals.config)] };
};

/** A config file of ours, where there is none yet. `name` is the path as messages call it. */
export const writeNew = async (path: string, name: string, text: string): Promise<void> => {
  try {
    // `wx` refuses what is there, a dangling link included, in the same call that makes the file.
    const file = await open(path, 'wx');
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw code === 'EEXIST'
      ? new BootstrapError({
          code: 'E-CONFIG-EXISTS',
          message: `${name} exists already, and is left as it is.`,
          next: 'Edit it, or name another file.',
          cause,
        })
      : new BootstrapError({
          code: 'E-OUTPUT-FILE',
          message: `${name} cannot be written (${code}).`,
          next: 'Name a file in a folder that exists and that you may write to.',
          cause,
        });
  }
};
