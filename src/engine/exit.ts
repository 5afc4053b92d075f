import { type ExitCode, worstExit } from '../core/error.js';
import { type Severity, severities } from '../core/finding.js';
import type { Result, StepReport } from '../core/report.js';

const atLeast = (severity: Severity, floor: Severity): boolean => severities.indexOf(severity) >= severities.indexOf(floor);

/** `check`: what could not be seen is never green. */
export const checkExit = (results: readonly Result[], options: { readonly failOn: Severity; readonly strict: boolean }): ExitCode => {
  const counted = results.filter((result) => atLeast(result.severity, options.failOn));
  if (counted.some((result) => result.status === 'fail' || (options.strict && result.status === 'manual'))) return 3;
  const unknown = counted.filter((result) => result.status === 'unknown');
  if (unknown.length === 0) return 0;
  return unknown.some((result) => result.cause === 'denied') ? 4 : 6;
};

/** Open things that only a person can do; audit findings never change how `init` ends. */
export const leftForPerson = (results: readonly Result[]): readonly Result[] =>
  results.filter(
    (result) =>
      result.kind === 'wanted' && (result.status === 'manual' || (result.status === 'fail' && result.remediation?.by === 'hand')),
  );

export const initExit = (
  steps: readonly StepReport[],
  results: readonly Result[],
  exitOf: (code: string) => ExitCode,
): ExitCode => {
  const codes: ExitCode[] = [0];
  for (const step of steps) {
    if (step.error !== null) codes.push(exitOf(step.error.code));
    else if (step.status === 'blocked') codes.push(7);
    // Applied or looked at, but something could not be read: it is not known to be as wanted.
    else if (!step.verified && step.status !== 'skipped') codes.push(6);
  }
  if (leftForPerson(results).length > 0) codes.push(5);
  return worstExit(codes);
};
