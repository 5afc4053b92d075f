import { createHash } from 'node:crypto';
import type { Finding, FindingSpec } from '../core/finding.js';
import type { Result, Summary } from '../core/report.js';
import type { LookedStep } from './look.js';

/** The findings of a step as results: joined with the catalogue, ready for every format. */
export const resultsOf = (looked: LookedStep, accountId: string, command: 'init' | 'check'): readonly Result[] =>
  looked.findings.filter((finding) => keeps(looked, finding, command)).map((finding) => resultOf(looked, finding, accountId));

/**
 * A step that is not wanted yields nothing in `init` - but for what is dangerous: an access key of root is never passed over
 * in silence.
 */
const keeps = (looked: LookedStep, finding: Finding, command: 'init' | 'check'): boolean =>
  command === 'check' || looked.wanted || (finding.status === 'fail' && specOf(looked, finding.id).severity === 'critical');

/** Whether `init` is to bring it about, and ends by it. */
export const isWanted = ({ step }: Pick<LookedStep, 'step'>, { id, kind }: Pick<Finding, 'id' | 'kind'>): boolean =>
  (kind ?? step.findings.find((spec) => spec.id === id)?.kind) === 'wanted';

const specOf = (looked: Pick<LookedStep, 'step'>, id: string): FindingSpec => {
  const spec = looked.step.findings.find((one) => one.id === id);
  if (!spec) throw new Error(`step ${looked.step.id} speaks of ${id}, which is not in its catalogue`);
  return spec;
};

const resultOf = (looked: LookedStep, finding: Finding, accountId: string): Result => {
  const spec = specOf(looked, finding.id);
  const { remedy } = finding;
  const resource = finding.resource ?? accountId;
  return {
    id: finding.id,
    accountId,
    step: looked.step.id,
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
          ? { by: 'init', instructions: remedy.change.summary, command: `bootstrap init --only ${looked.step.id}`, url: null }
          : { by: 'hand', instructions: remedy.instructions, command: remedy.command ?? null, url: remedy.url ?? null },
    references: spec.references,
    evidence: finding.evidence,
    waiver: null,
    fingerprint: createHash('sha256').update(`${accountId}\n${finding.id}\n${resource}`).digest('hex').slice(0, 32),
    ...(finding.cause === undefined ? {} : { cause: finding.cause }),
  };
};

export const summaryOf = (results: readonly Result[]): Summary => {
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length;
  return {
    pass: count('pass'),
    fail: count('fail'),
    manual: count('manual'),
    waived: count('waived'),
    unknown: count('unknown'),
    notApplicable: count('not-applicable'),
  };
};
