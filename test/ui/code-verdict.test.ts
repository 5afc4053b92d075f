import { describe, expect, it } from 'vitest';
import { judgeCode, type TypedCode } from '../../src/ui/code-verdict.js';

const now = 59_000_000;
const typed = (over: Partial<TypedCode>): TypedCode => ({
  window: now,
  now,
  shownAt: now,
  used: undefined,
  first: undefined,
  suspected: undefined,
  ...over,
});

describe('a code', () => {
  it.each<[string, Partial<TypedCode>, object]>([
    ['of this window is good', {}, { kind: 'good', window: now }],
    ['of the last window is good: typing takes a moment', { window: now - 1 }, { kind: 'good', window: now - 1 }],
    ['of the next window is good: clocks are never exact', { window: now + 1 }, { kind: 'good', window: now + 1 }],
    ['of another device is foreign', { window: undefined }, { kind: 'foreign' }],
    ['that was sent to AWS is used', { used: now }, { kind: 'used' }],
    ['before one that was sent to AWS is used', { window: now - 1, used: now }, { kind: 'used' }],
    ['after one that was sent to AWS is good', { window: now + 1, used: now }, { kind: 'good', window: now + 1 }],
    ['from a while ago is old', { window: now - 4, shownAt: now - 10 }, { kind: 'old', off: -4 }],
    ['from before the seed was shown means that the clock is behind', { window: now - 4, shownAt: now }, { kind: 'behind', off: -4 }],
    ['from the future means that the clock is ahead', { window: now + 4 }, { kind: 'ahead', off: 4 }],
    ['with the same offset as the previous one is left to AWS', { window: now - 4, suspected: -4 }, { kind: 'good', window: now - 4 }],
    ['with another offset is not', { window: now + 4, suspected: -4 }, { kind: 'ahead', off: 4 }],
  ])('%s', (_, over, verdict) => {
    expect(judgeCode(typed(over))).toEqual(verdict);
  });
});

describe('a second code', () => {
  it.each<[string, Partial<TypedCode>, object]>([
    ['of the window after the first is good', { first: now - 1 }, { kind: 'good', window: now }],
    ['of the same window is the same', { first: now }, { kind: 'same' }],
    ['of the window before is swapped', { window: now - 1, first: now }, { kind: 'swapped' }],
    ['with one missing in between is a new first', { first: now - 2 }, { kind: 'gap', window: now }],
    ['that follows the first but comes late is too late', { window: now - 3, first: now - 4, shownAt: now - 9 }, { kind: 'late' }],
    ['of another device is foreign', { window: undefined, first: now - 1 }, { kind: 'foreign' }],
    ['of a clock with a known offset is good', { window: now - 3, first: now - 4, suspected: -4 }, { kind: 'good', window: now - 3 }],
  ])('%s', (_, over, verdict) => {
    expect(judgeCode(typed(over))).toEqual(verdict);
  });
});
