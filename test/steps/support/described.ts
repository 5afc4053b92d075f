import type { Finding } from '../../../src/core/finding.js';

/**
 * Everything that a user sees of a finding, on one line for the verdict and one for the remedy: the calls and the summary of a change, or the
 * manual steps with their command and page.
 */
export const described = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ id, status, resource, reason, expected, observed, missingPermission, remedy, evidence }) => [
    [
      `${id} ${status}${resource === undefined ? '' : ` ${resource}`}${missingPermission === undefined ? `: ${reason}` : ''}`,
      ...(expected === undefined ? [] : [`wanted: ${expected}`]),
      ...(observed === undefined ? [] : [`observed: ${observed}`]),
      ...(missingPermission === undefined ? [] : [`needs ${missingPermission}`]),
      ...evidence.filter(({ operation }) => typeof operation !== 'string').map((one) => `${String(one)} is no evidence`),
    ].join('; '),
    ...(remedy === undefined ? [] : [remedyWords(remedy)]),
  ]);

const remedyWords = (remedy: NonNullable<Finding['remedy']>): string => {
  if (remedy.by === 'init') {
    const { calls, summary, risk } = remedy.change;
    return `  ${calls.join(', ')}: ${summary}${risk === 'none' ? '' : ` (${risk})`}`;
  }
  const { instructions, command, url } = remedy;
  return ['  manual:', instructions, ...(command === undefined ? [] : [`\`${command}\``]), ...(url === undefined ? [] : [url])].join(' ');
};
