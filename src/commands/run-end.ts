import type { App } from '../app.js';
import type { RunReport } from '../core/report.js';
import { plainLines } from '../core/text.js';
import { failedReport, type Frame, stoppedError, toldError } from './frame.js';

export const stopCode = ({ host }: App): 130 | 143 => (host.signal.reason === 'SIGTERM' ? 143 : 130);

/** The report of a run that did not come to its end: stopped by a signal, or failed. `--debug` adds where. */
export const endedReport = (
  app: App,
  error: unknown,
  frame: Frame,
  known: Parameters<typeof failedReport>[2],
  changed: boolean,
): RunReport => {
  const report = failedReport(frame, toldError(error, changed), known);
  if (app.host.signal.aborted) return { ...report, error: stoppedError(changed), exit: { code: stopCode(app), name: 'interrupted' } };
  sayWhere(app, error);
  return report;
};

/** Where an error comes from, and those behind it, which say what went wrong first. */
const stackOf = (error: Error, depth = 0): string => {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error && depth < 5 ? `${own}\nCaused by: ${stackOf(error.cause, depth + 1)}` : own;
};

export const sayWhere = ({ globals, terminal }: App, error: unknown): void => {
  if (globals.debug === true && error instanceof Error) terminal.stderr(`debug: ${plainLines(stackOf(error))}\n`);
};
