import { createHash } from 'node:crypto';
import { type ErrorInfo, type ExitCode, exitAfter, unreadExit, worstExit } from '../core/errors.js';
import { type Finding, type FindingSpec, severities, type Severity } from '../core/finding.js';
import { remainingSteps, type Result } from '../core/report.js';
import type { AssessedStep } from './assess.js';

/** The findings of a step as results: with the facts of the catalogue, ready for every format. */
export const resultsOf = (assessed: AssessedStep, accountId: string, command: 'init' | 'check'): readonly Result[] =>
  assessed.findings.filter((finding) => isShown(assessed, finding, command)).map((finding) => resultOf(assessed, finding, accountId));

/** `init` does not report a step that is not wanted, except for critical failures: an access key of root is always reported. */
const isShown = (assessed: AssessedStep, finding: Finding, command: 'init' | 'check'): boolean =>
  command === 'check' || assessed.wanted || (finding.status === 'fail' && specOf(assessed, finding.id).severity === 'critical');

/** Whether `init` fixes it, and whether it affects the exit code of `init`. */
export const isWanted = ({ step }: Pick<AssessedStep, 'step'>, { id, kind }: Pick<Finding, 'id' | 'kind'>): boolean =>
  (kind ?? step.findings.find((spec) => spec.id === id)?.kind) === 'wanted';

const specOf = (assessed: Pick<AssessedStep, 'step'>, id: string): FindingSpec => {
  const spec = assessed.step.findings.find((entry) => entry.id === id);
  if (!spec) throw new Error(`step ${assessed.step.id} reports ${id}, which is not in its catalogue`);
  return spec;
};

const resultOf = (assessed: AssessedStep, finding: Finding, accountId: string): Result => {
  const spec = specOf(assessed, finding.id);
  const { remedy } = finding;
  const resource = finding.resource ?? accountId;
  return {
    id: finding.id,
    accountId,
    step: assessed.step.id,
    kind: finding.kind ?? spec.kind,
    status: finding.status,
    reason: finding.reason,
    missingPermission: finding.missingPermission ?? null,
    severity: finding.severity ?? spec.severity,
    title: spec.title,
    resource,
    expected: finding.expected ?? null,
    observed: finding.observed ?? null,
    remediation:
      remedy === undefined || finding.status === 'pass' || finding.status === 'not-applicable'
        ? null
        : remedy.by === 'init'
          ? { by: 'init', instructions: remedy.change.summary, command: `bootstrap init --only ${assessed.step.id}`, url: null }
          : { by: 'hand', instructions: remedy.instructions, command: remedy.command ?? null, url: remedy.url ?? null },
    references: spec.references,
    evidence: finding.evidence,
    waiver: null,
    fingerprint: createHash('sha256').update(`${accountId}\n${finding.id}\n${resource}`).digest('hex').slice(0, 32),
    ...(finding.cause === undefined ? {} : { cause: finding.cause }),
    ...(finding.spend === undefined ? {} : { spend: finding.spend }),
  };
};

export { sumOf, summaryOf } from '../core/report.js';

const atLeast = (severity: Severity, floor: Severity): boolean => severities.indexOf(severity) >= severities.indexOf(floor);

/** The exit code of `check`: never 0 when something could not be read. */
export const checkExit = (results: readonly Result[], options: { readonly failOn: Severity; readonly strict: boolean }): ExitCode => {
  const counted = results.filter((result) => atLeast(result.severity, options.failOn));
  if (counted.some((result) => result.status === 'fail' || (options.strict && result.status === 'manual'))) return 3;
  return worstExit(counted.filter(({ status }) => status === 'unknown').map(({ cause }) => unreadExit(cause)));
};

/** The exit code of several accounts, by that of each: findings are more important than what could not be read. */
export const checkExitOfAll = (exits: readonly ExitCode[]): ExitCode => (exits.includes(3) ? 3 : worstExit(exits));

/** After how many seconds to run the same command again, for exit code 6. AWS takes hours to enable a service. */
export const retryAfterSeconds = (errors: readonly (Pick<ErrorInfo, 'code'> | null)[]): number => {
  const codes = errors.flatMap((error) => (error === null ? [] : [error.code]));
  return codes.length > 0 && codes.every((code) => code === 'E-NOT-ENABLED') ? 3_600 : 60;
};

/** The exit code of `init`: the worst of its steps, and 5 when there are manual steps to do. `changed`: whether any step changed AWS. */
export const initExit = (steps: readonly ExitCode[], results: readonly Result[], changed: boolean): ExitCode =>
  worstExit([...steps.map((exit) => exitAfter(exit, changed)), remainingSteps(results).length > 0 ? 5 : 0]);
