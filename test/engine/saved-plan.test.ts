import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.js';
import type { AssessedStep } from '../../src/engine/assess.js';
import { bodyOf, differences, isApplied, type PlanBody, type SavedFinding } from '../../src/engine/saved-plan.js';
import { Lamps, lampStep, lightLamp, partOf } from './fake-steps.js';

const assessed = (id: string, findings: readonly Finding[], wanted = true): AssessedStep => ({
  ...partOf(lampStep(new Lamps(), id), []),
  wanted,
  desired: undefined,
  observed: undefined,
  findings,
});
const dark = (lamp: string): Finding => ({
  id: 'one.lit',
  resource: lamp,
  status: 'fail',
  reason: 'dark',
  evidence: [],
  remedy: { by: 'init', change: lightLamp(lamp) },
});

describe('what is saved of a plan', () => {
  it('is each change, and each wanted finding without its reason', () => {
    const lit: Finding = { id: 'one.person', status: 'pass', reason: 'since 3 days', observed: 'Ada', evidence: [] };
    const audit: Finding = { id: 'one.audit', status: 'fail', reason: 'open', evidence: [] };
    const wantedHere: Finding = { ...audit, kind: 'wanted', resource: 'c' };
    expect(bodyOf([assessed('one', [dark('a'), lit, audit, wantedHere]), assessed('two', [dark('b')], false)])).toEqual({
      changes: [{ step: 'one', change: lightLamp('a') }],
      seen: [
        { step: 'one', id: 'one.lit', resource: 'a', status: 'fail', observed: null },
        { step: 'one', id: 'one.person', resource: null, status: 'pass', observed: 'Ada' },
        { step: 'one', id: 'one.audit', resource: 'c', status: 'fail', observed: null },
      ],
    });
  });
});

const seen = (more: Partial<SavedFinding> = {}): SavedFinding => ({
  step: 'one',
  id: 'one.lit',
  resource: null,
  status: 'fail',
  observed: null,
  ...more,
});
const body = (findings: readonly SavedFinding[], lamps: readonly string[] = []): PlanBody => ({
  changes: lamps.map((lamp) => ({ step: 'one', change: lightLamp(lamp) })),
  seen: findings,
});

describe('the differences to a saved plan', () => {
  const question = { ...lightLamp('a'), consequence: 'It costs 1 USD.', acceptance: 'Pay?' };
  it.each<[string, PlanBody, PlanBody, readonly string[]]>([
    ['are none if nothing changed', body([seen()], ['a']), body([seen()], ['a']), []],
    [
      'are none if the keys are in another order',
      body([seen()]),
      { changes: [], seen: [Object.fromEntries(Object.entries(seen()).toReversed()) as unknown as SavedFinding] },
      [],
    ],
    ['are none if only the text of a question changed', body([], ['a']), { changes: [{ step: 'one', change: question }], seen: [] }, []],
    ['name a status', body([seen()]), body([seen({ status: 'pass' })]), ['one.lit was fail, now pass']],
    [
      'name what was observed, and the resource once',
      body([seen({ resource: 'a', observed: '5 W' })]),
      body([seen({ resource: 'a', observed: '9 W' })]),
      ['one.lit was fail (5 W) for a, now fail (9 W)'],
    ],
    ['name a finding that is gone', body([seen({ resource: 'a' })]), body([]), ['one.lit was fail for a, and no longer exists']],
    ['name a new finding', body([]), body([seen({ resource: 'a', observed: '5 W' })]), ['one.lit is new: fail (5 W) for a']],
    [
      'distinguish findings by their resource',
      body([seen({ resource: 'a' })]),
      body([seen({ resource: 'b' })]),
      ['one.lit was fail for a, and no longer exists', 'one.lit is new: fail for b'],
    ],
    [
      'distinguish findings by their id',
      body([seen()]),
      body([seen({ id: 'one.person' })]),
      ['one.lit was fail, and no longer exists', 'one.person is new: fail'],
    ],
    [
      'compare with the finding of the same id and resource, wherever it is in the list',
      body([seen({ resource: 'a' }), seen({ resource: 'b' })]),
      body([seen({ id: 'one.person', resource: 'b' }), seen({ resource: 'a' }), seen({ resource: 'b', status: 'pass' })]),
      ['one.lit was fail for b, now pass', 'one.person is new: fail for b'],
    ],
    ['name a change that is no longer planned', body([], ['a', 'b']), body([], ['b']), ['no longer planned: Light a']],
    ['name a change that is not in the plan', body([], ['a']), body([], ['a', 'b']), ['not in the plan: Light b']],
    [
      'name each difference once',
      body([seen(), seen({ step: 'two' })]),
      body([seen({ status: 'pass' }), seen({ step: 'two', status: 'pass' })]),
      ['one.lit was fail, now pass'],
    ],
  ])('%s', (_, saved, now, expected) => expect(differences(saved, now)).toEqual(expected));
});

describe('a saved plan', () => {
  const gap = seen({ resource: 'a' });
  const closed = seen({ resource: 'a', status: 'pass' });
  const other = (status: string): SavedFinding => seen({ resource: 'b', status });
  it.each<[string, PlanBody, PlanBody, boolean]>([
    ['is applied if its gap is closed', body([gap], ['a']), body([closed]), true],
    ['is applied if its gap no longer applies', body([gap], ['a']), body([seen({ resource: 'a', status: 'not-applicable' })]), true],
    ['is applied if what differs is closed too', body([gap, other('fail')], ['a']), body([closed, other('pass')]), true],
    ['is applied if an old failure without a change is as it was', body([gap, other('fail')], ['a']), body([closed, other('fail')]), true],
    ['is not applied if it had no changes', body([gap]), body([closed]), false],
    ['is not applied if a change remains', body([gap], ['a', 'b']), body([closed], ['b']), false],
    ['is not applied if something new fails', body([gap], ['a']), body([closed, other('fail')]), false],
    ['is not applied if one of two differences fails', body([gap], ['a']), body([other('manual'), closed]), false],
    ['is not applied if something cannot be read', body([gap], ['a']), body([closed, other('unknown')]), false],
    [
      'is not applied if something cannot be read, as when it was saved',
      body([gap, other('unknown')], ['a']),
      body([closed, other('unknown')]),
      false,
    ],
  ])('%s', (_, saved, now, expected) => expect(isApplied(saved, now)).toBe(expected));
});
