import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.js';
import type { AssessedStep } from '../../src/engine/assess.js';
import { resultsOf, summaryOf } from '../../src/engine/results.js';
import { Lamps, lampStep, lightLamp, partOf } from './fake-steps.js';

const assessed = (findings: readonly Finding[], wanted = true): AssessedStep => ({
  ...partOf(lampStep(new Lamps(), 'one'), []),
  wanted,
  desired: undefined,
  observed: undefined,
  findings,
});
const gap: Finding = {
  id: 'one.lit',
  resource: 'a',
  status: 'fail',
  reason: 'dark',
  evidence: [],
  remedy: { by: 'init', change: lightLamp('a') },
};
const account = '111122223333';

describe('findings as results', () => {
  it('are joined with the catalogue', () => {
    expect(resultsOf(assessed([gap]), account, 'init')).toEqual([
      expect.objectContaining({
        id: 'one.lit',
        accountId: account,
        step: 'one',
        kind: 'wanted',
        status: 'fail',
        severity: 'high',
        title: 'The lamp is lit',
        resource: 'a',
        missingPermission: null,
        expected: null,
        observed: null,
        waiver: null,
        remediation: { by: 'init', instructions: 'Light a', command: 'bootstrap init --only one', url: null },
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      }),
    ]);
  });

  it('have the same fingerprint in every run; another resource, account or finding has another one', () => {
    const print = (finding: Finding, of = account) => resultsOf(assessed([finding]), of, 'check')[0]?.fingerprint;
    expect(print({ ...gap, status: 'pass', reason: 'lit' })).toBe(print(gap));
    expect(
      new Set([print(gap), print({ ...gap, resource: 'b' }), print({ ...gap, id: 'one.person' }), print(gap, '222233334444')]).size,
    ).toBe(4);
  });

  it('have no remedy when nothing is wrong', () => {
    for (const status of ['pass', 'not-applicable'] as const)
      expect(resultsOf(assessed([{ ...gap, status }]), account, 'check')[0]?.remediation).toBeNull();
  });

  it('of a step that is not wanted are not in `init`, except for a critical gap', () => {
    const grave: Finding = { ...gap, id: 'one.audit' };
    expect(resultsOf(assessed([gap, grave, { ...grave, status: 'pass' }], false), account, 'init').map(({ id }) => id)).toEqual([
      'one.audit',
    ]);
    expect(resultsOf(assessed([gap, grave], false), account, 'check')).toHaveLength(2);
  });

  it('are refused when the catalogue does not know them', () => {
    expect(() => resultsOf(assessed([{ ...gap, id: 'one.unheard' }]), account, 'check')).toThrow('one.unheard');
  });

  it('are counted by status', () => {
    const statuses = ['pass', 'pass', 'fail', 'manual', 'unknown', 'not-applicable'] as const;
    const results = resultsOf(assessed(statuses.map((status) => ({ ...gap, status }))), account, 'check');
    expect(summaryOf(results)).toEqual({ pass: 2, fail: 1, manual: 1, waived: 0, unknown: 1, notApplicable: 1 });
  });
});
