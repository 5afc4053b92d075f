import type { ErrorInfo } from '../core/error.js';
import type { RunReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { errorLine } from './error-line.js';
import { exitMeaning } from './words.js';

/** How the run went. Findings are no failure of the run; what stopped it, or a step of it, is. */
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

/** `[text](1)` is a link inside a message and `{0}` a placeholder; a value is neither. */
export const sarifMessage = (text: string): string =>
  plain(text)
    .replace(/\](?=\()/g, '] ')
    .replace(/\{(?=\d+\})/g, '{ ');
