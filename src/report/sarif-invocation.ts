import type { ErrorInfo } from '../core/error.js';
import type { RunReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { errorLine } from './error-line.js';
import { exitMeaning } from './words.js';

/** How the run went. Findings are not a failure of the run; an error that stopped it, or one of its steps, is. */
export const sarifInvocation = (report: RunReport) => {
  const { exit, error, steps = [], startedAt } = report;
  const errors = [...(error ? [error] : []), ...steps.flatMap((step) => (step.error === null ? [] : [step.error]))];
  return {
    executionSuccessful: errors.length === 0,
    exitCode: exit.code,
    exitCodeDescription: exitMeaning(report),
    startTimeUtc: startedAt,
    ...(errors.length === 0 ? {} : { toolExecutionNotifications: errors.map(notification) }),
  };
};

const notification = (error: ErrorInfo) => ({
  level: 'error',
  descriptor: { id: plain(error.code) },
  message: { text: sarifMessage(`${errorLine(error)} Next: ${plain(error.next)}`) },
  properties: { step: error.step, retryable: error.retryable, changed: error.changed, aws: error.aws },
});

/** In a SARIF message, `[text](1)` is a link and `{0}` a placeholder; a value must not become either. */
export const sarifMessage = (text: string): string =>
  plain(text)
    .replace(/\](?=\()/g, '] ')
    .replace(/\{(?=\d+\})/g, '{ ');
