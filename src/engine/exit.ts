import { type ErrorInfo, type ExitCode, unreadExit, worstExit } from '../core/error.js';
import { type Severity, severities } from '../core/finding.js';
import { leftForPerson, type Result } from '../core/report.js';

const atLeast = (severity: Severity, floor: Severity): boolean => severities.indexOf(severity) >= severities.indexOf(floor);

/** `check`: what could not be seen is never green. */
export const checkExit = (results: readonly Result[], options: { readonly failOn: Severity; readonly strict: boolean }): ExitCode => {
  const counted = results.filter((result) => atLeast(result.severity, options.failOn));
  if (counted.some((result) => result.status === 'fail' || (options.strict && result.status === 'manual'))) return 3;
  const unknown = counted.filter((result) => result.status === 'unknown');
  if (unknown.length === 0) return 0;
  return worstExit(unknown.map(({ cause }) => unreadExit(cause)));
};

/** After how many seconds the same command is worth running again, for exit code 6. What AWS has yet to enable takes hours. */
export const retryAfterSeconds = (errors: readonly (Pick<ErrorInfo, 'code'> | null)[]): number => {
  const codes = errors.flatMap((error) => (error === null ? [] : [error.code]));
  return codes.length > 0 && codes.every((code) => code === 'E-NOT-ENABLED') ? 3_600 : 60;
};

/** `init`: the worst of its steps, and 5 when a person has something left to do. */
export const initExit = (steps: readonly ExitCode[], results: readonly Result[]): ExitCode =>
  worstExit([...steps, leftForPerson(results).length > 0 ? 5 : 0]);
