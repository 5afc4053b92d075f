import { describe, expect, it } from 'vitest';
import { type ExitCode, exitNames, worstExit } from '../../src/core/errors.js';
import type { Severity, Status } from '../../src/core/finding.js';
import type { Result } from '../../src/core/report.js';
import { checkExit, checkExitOfAll, initExit } from '../../src/engine/results.js';

const result = (status: Status, severity: Severity = 'high', more: Partial<Result> = {}): Result =>
  ({ id: 'x', status, severity, kind: 'wanted', remediation: null, ...more }) as Result;
const unknown = (cause: NonNullable<Result['cause']>, severity: Severity = 'high') => result('unknown', severity, { cause });
const hand = { by: 'hand', instructions: 'do it', command: null, url: null } as const;
const ofInit = { by: 'init', instructions: 'light it', command: null, url: null } as const;

describe('the exit code that wins', () => {
  const order: readonly ExitCode[] = [2, 4, 1, 7, 6, 3, 5, 0];

  it('knows every code', () => {
    expect([...order].sort()).toEqual(Object.keys(exitNames).map(Number).sort());
  });

  it.each(order.flatMap((winner, place) => order.slice(place).map((loser) => [winner, loser] as const)))('is %i of %i', (winner, loser) => {
    expect(worstExit([winner, loser])).toBe(winner);
    expect(worstExit([loser, winner])).toBe(winner);
  });

  it('is 0 of none', () => {
    expect(worstExit([])).toBe(0);
  });
});

describe('how `check` ends', () => {
  const exit = (results: readonly Result[], failOn: Severity = 'high', strict = false) => checkExit(results, { failOn, strict });

  it.each<readonly [ExitCode, string, readonly Result[]]>([
    [0, 'nothing to say', []],
    [0, 'all well', [result('pass'), result('not-applicable'), result('waived', 'critical')]],
    [3, 'a gap at the limit', [result('pass'), result('fail')]],
    [3, 'a gap above the limit', [result('fail', 'critical')]],
    [0, 'a gap below the limit', [result('fail', 'medium'), result('fail', 'low')]],
    [0, 'something for the user', [result('manual')]],
    [4, 'a denied read', [unknown('denied')]],
    [6, 'a lost read', [unknown('unreachable')]],
    [6, 'a failed read', [unknown('failed')]],
    [4, 'a denied read among failed ones', [unknown('failed'), unknown('denied'), unknown('unreachable')]],
    [0, 'a denied read below the limit', [unknown('denied', 'medium')]],
    [6, 'a denied read below the limit and a failed one at it', [unknown('denied', 'low'), unknown('failed')]],
    [3, 'a gap beside what could not be seen', [unknown('denied'), unknown('unreachable'), result('fail')]],
  ])('is %i for %s', (code, _what, results) => {
    expect(exit(results)).toBe(code);
    // Each result in an account of its own, and all accounts together.
    expect(checkExitOfAll(results.map((one) => exit([one])))).toBe(code);
  });

  it('is 3 for a manual finding when strict, at or above the limit', () => {
    expect(exit([result('manual')], 'high', true)).toBe(3);
    expect(exit([result('manual', 'medium')], 'high', true)).toBe(0);
    expect(exit([result('manual'), unknown('denied')], 'high', true)).toBe(3);
  });

  it.each(['low', 'medium', 'high', 'critical'] as const)('uses %s as its limit when the flag sets it', (failOn) => {
    const all = ['low', 'medium', 'high', 'critical'] as const;
    for (const severity of all) expect(exit([result('fail', severity)], failOn)).toBe(all.indexOf(severity) >= all.indexOf(failOn) ? 3 : 0);
  });
});

describe('how `init` ends', () => {
  it.each<readonly [ExitCode, string, readonly ExitCode[], readonly Result[]]>([
    [0, 'all well', [0, 0], [result('pass')]],
    [5, 'something is left for the user', [0, 0], [result('manual')]],
    [5, 'a gap must be closed manually', [0], [result('fail', 'low', { remediation: hand })]],
    [
      0,
      'only an audit finding is open',
      [0],
      [result('fail', 'critical', { kind: 'audit', remediation: hand }), result('manual', 'high', { kind: 'audit' })],
    ],
    [0, 'a gap is one that init closes', [0], [result('fail', 'high', { remediation: ofInit })]],
    [6, 'a step is not ready, and something is left for the user', [0, 6], [result('manual')]],
    [7, 'a step failed and another is not ready', [6, 7], []],
    [4, 'a step was denied and another failed', [7, 4], [result('manual')]],
    [1, 'a step met a fault of ours', [7, 1, 6], []],
    [2, 'a place for secrets is not usable, and something is left for the user', [0, 2], [result('manual')]],
  ])('is %i when %s', (code, _what, steps, results) => {
    expect(initExit(steps, results, false)).toBe(code);
  });

  it.each<readonly [ExitCode, string, readonly ExitCode[], readonly Result[]]>([
    [7, 'a place for secrets was not usable', [0, 2], [result('manual')]],
    [7, 'the same, and a step is not ready', [2, 6], []],
    [4, 'the same, and a step was denied', [2, 4], []],
    [5, 'something is left for the user', [0, 0], [result('manual')]],
  ])('never says that nothing was changed in a run with changes: it is %i when %s', (code, _what, steps, results) => {
    expect(initExit(steps, results, true)).toBe(code);
  });
});
