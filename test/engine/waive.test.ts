import { describe, expect, it } from 'vitest';
import type { Waiver } from '../../src/core/finding.js';
import type { Result } from '../../src/core/report.js';
import { applyWaivers, makeWaivers, type WaiverContext } from '../../src/engine/waive.js';
import { result } from '../report/fixtures.js';

const now = new Date('2026-11-23T23:30:00Z');
const byHand = { by: 'hand', instructions: 'Do it.', command: null, url: null } as const;
const byInit = { ...byHand, by: 'init' } as const;
const open = (status: Result['status'], more: Partial<Result> = {}): Result => ({
  ...result('mfa.root-hardware', status, 'It is virtual'),
  resource: '111122223333',
  remediation: byHand,
  ...more,
});
const waiver = (more: Partial<Waiver> = {}): Waiver => ({
  check: 'mfa.root-hardware',
  reason: 'keys arrive in December',
  owner: 'alex',
  expires: '2027-01-15',
  ...more,
});
const apply = (results: readonly Result[], waivers: readonly Waiver[], more: Partial<WaiverContext> = {}) =>
  applyWaivers(results, { waivers, now, covers: () => true, command: 'check', ...more });
const statuses = (...args: Parameters<typeof apply>): readonly string[] => apply(...args).results.map(({ status }) => status);

describe('a waiver', () => {
  it('makes a failing finding waived, with reason, owner and end', () => {
    const { results, warnings } = apply([open('fail')], [waiver()]);
    expect(results).toEqual([
      expect.objectContaining({
        status: 'waived',
        reason: 'It is virtual',
        waiver: { reason: 'keys arrive in December', owner: 'alex', expires: '2027-01-15', state: 'active' },
      }),
    ]);
    expect(warnings).toEqual([]);
  });

  it('accepts in check what init would fix', () =>
    expect(statuses([open('fail', { remediation: byInit })], [waiver()])).toEqual(['waived']));

  it('accepts manual findings as well', () => expect(statuses([open('manual')], [waiver()])).toEqual(['waived']));

  it.each(['pass', 'unknown', 'not-applicable'] as const)('leaves %s as it is', (status) => {
    const { results } = apply([open(status)], [waiver()]);
    expect(results).toEqual([open(status)]);
  });

  it('is of one check, exactly', () => {
    for (const check of ['mfa.root', 'mfa', 'MFA.root-hardware', 'mfa.*'])
      expect(statuses([open('fail')], [waiver({ check })])).toEqual(['fail']);
  });

  it('is of one resource, exactly, where it names one', () => {
    expect(statuses([open('fail')], [waiver({ resource: '111122223333' })])).toEqual(['waived']);
    for (const resource of ['1111222233334', '11112222333', '*', ''])
      expect(statuses([open('fail')], [waiver({ resource })])).toEqual(['fail']);
  });

  it('without a resource is of all of them', () =>
    expect(statuses([open('fail'), open('fail', { resource: 'other' })], [waiver()])).toEqual(['waived', 'waived']));

  it('that holds counts before one that has expired', () =>
    expect(statuses([open('fail')], [waiver({ expires: '2026-01-01' }), waiver()])).toEqual(['waived']));
});

describe('the end of a waiver', () => {
  const at = (expires: string) => {
    const { results, warnings } = apply([open('fail')], [waiver({ expires })]);
    return [results[0]?.status, results[0]?.waiver?.state, warnings.join()];
  };
  const named = 'The waiver of mfa.root-hardware (owner: alex)';

  it('is not mentioned when it ends in more than 14 days', () => expect(at('2026-12-08')).toEqual(['waived', 'active', '']));
  it('is announced 14 days ahead', () =>
    expect(at('2026-12-07')).toEqual(['waived', 'ending', `${named} ends in 14 days, on 2026-12-07.`]));
  it('is announced on the day before', () =>
    expect(at('2026-11-24')).toEqual(['waived', 'ending', `${named} ends tomorrow, on 2026-11-24.`]));
  it('is not reached on its last day', () => expect(at('2026-11-23')).toEqual(['waived', 'ending', `${named} ends today, on 2026-11-23.`]));
  it('lets the finding count again, with a note in its reason', () => {
    expect(at('2026-11-22')).toEqual(['fail', 'expired', `${named} expired on 2026-11-22; the finding counts again.`]);
    expect(apply([open('fail')], [waiver({ expires: '2026-11-22' })]).results[0]?.reason).toBe(
      'It is virtual; its waiver expired on 2026-11-22',
    );
  });
});

describe('a waiver that is of no use', () => {
  it('because nothing has its check and resource, is named', () =>
    expect(apply([open('fail')], [waiver({ resource: 'other' })]).warnings).toEqual([
      'The waiver of mfa.root-hardware for other (owner: alex) matches nothing; correct it or remove it.',
    ]));

  it('because nothing fails any more, is named', () =>
    expect(apply([open('pass')], [waiver()]).warnings).toEqual([
      'The waiver of mfa.root-hardware (owner: alex) is no longer needed: no matching finding fails.',
    ]));

  it('is not mentioned when nothing could be read', () => expect(apply([open('unknown')], [waiver()]).warnings).toEqual([]));
  it('is not mentioned when one of several resources could not be read', () =>
    expect(apply([open('unknown'), open('pass', { resource: 'other' })], [waiver()]).warnings).toEqual([]));
  it('is of use when one of several resources fails', () =>
    expect(apply([open('pass'), open('fail', { resource: 'other' })], [waiver()]).warnings).toEqual([]));
  it('is not mentioned when its check was left out of the run', () =>
    expect(apply([], [waiver()], { covers: () => false }).warnings).toEqual([]));
});

it('is applied to one account after the other, and the warnings are about all of them', () => {
  const waivers = [waiver({ resource: 'first', expires: '2026-11-24' }), waiver({ resource: 'third' })];
  const applied = makeWaivers({ waivers, now, covers: () => true, command: 'check' });
  const statusesOf = (resource: string) => applied.apply([open('fail', { resource })]).map(({ status }) => status);
  expect([statusesOf('first'), statusesOf('second')]).toEqual([['waived'], ['fail']]);
  expect(applied.warnings()).toEqual([
    'The waiver of mfa.root-hardware for first (owner: alex) ends tomorrow, on 2026-11-24.',
    'The waiver of mfa.root-hardware for third (owner: alex) matches nothing; correct it or remove it.',
  ]);
});

describe('in init, a waiver', () => {
  it('accepts findings with a manual fix', () => expect(statuses([open('fail')], [waiver()], { command: 'init' })).toEqual(['waived']));
  it('accepts findings without a fix', () =>
    expect(statuses([open('manual', { remediation: null })], [waiver()], { command: 'init' })).toEqual(['waived']));
  it('holds back nothing that init brings about', () =>
    expect(statuses([open('fail', { remediation: byInit })], [waiver()], { command: 'init' })).toEqual(['fail']));
  it('is not reported as not needed, because init reads less than check', () => {
    expect(apply([], [waiver()], { command: 'init' }).warnings).toEqual([]);
    expect(apply([open('pass')], [waiver()], { command: 'init' }).warnings).toEqual([]);
  });
});
