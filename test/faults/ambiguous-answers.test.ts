import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { practiceAccount } from '../scenarios/practice-account.js';
import { recordTotal } from '../support/totals.js';
import { disturb, failedSteps, faults, secretsLostOf, undisturbed, writes } from './ambiguous-answers.js';
import { all, sample } from './sample.js';
import { factsOf } from './world-facts.js';

/** How an undisturbed init leaves the account. */
let calm: Awaited<ReturnType<typeof undisturbed>>;
beforeAll(async () => {
  calm = await undisturbed();
});

it('an undisturbed init makes the writes that are disturbed here', () => {
  expect(calm.run.writes.toSorted()).toEqual(writes.map(({ operation }) => operation).toSorted());
  expect(calm.run.code).toBe(5);
});

const settled = new Set<string>();
/** For the figure. */
const ended: number[] = [];
let wrongs = 0;
afterAll(() => {
  const atOnce = ended.filter((code) => code === 5).length;
  recordTotal({
    suite: 'R4',
    title: 'pairs of a write and a broken answer',
    ran: ended.length,
    floor: 91,
    sampled: all ? null : 'all nine faults of calls that yield a secret, four of the other writes',
    all: 'npm run faults',
    detail: `${atOnce} settled within the run, ${ended.length - atOnce} by the next one; ${wrongs} with anything lost or created twice; ${settled.size} states of the disk`,
  });
});

/** Calls that yield a secret meet all fates of an answer, the others a sample of them. */
const yieldsSecret = /CreateLoginProfile|CreateVirtualMFADevice|CreateAccessKey/;
const cases = writes.map((write, at) => {
  const outcomes = Object.entries(faults);
  const turned = [...outcomes.slice(at % outcomes.length), ...outcomes.slice(0, at % outcomes.length)];
  return { ...write, outcomes: yieldsSecret.test(write.operation) ? outcomes : sample(turned, 4) };
});

describe.each(cases)('when $operation ($nth)', ({ outcomes, ...write }) => {
  it.each(outcomes)('%s, there is one of each thing in the end (R4)', async (_name, what) => {
    const { code, wrong } = await disturb(write, what, calm.facts, settled);
    ended.push(code);
    if (wrong.length > 0) wrongs += 1;
    expect(wrong).toEqual([]);
  });
});

describe('when it is lost each time that it is sent', () => {
  it.each([...new Set(writes.map(({ operation }) => operation))])(
    '%s ends the run as not ready, and the next one goes on',
    async (operation) => {
      const practiced = practiceAccount();
      practiced.turn({ faults: [{ operation, what: { kind: 'drop-before' } }] });
      const first = await practiced.report(['init', '--yes']);
      const sent = first.writes.filter((name) => name === operation).length;
      practiced.turn({});
      const second = await practiced.report(['init', '--yes']);
      const third = await practiced.report(['init', '--yes']);
      expect(factsOf(practiced.world())).toEqual(calm.facts);
      expect(secretsLostOf(practiced)).toEqual([]);
      expect(sent).toBeLessThanOrEqual(6);
      expect(failedSteps(first.report)[0]?.error).toMatchObject({ code: 'E-AMBIGUOUS', retryable: true, aws: { operation } });
      expect(first.report.exit.retryAfterSeconds).toBeGreaterThan(0);
      expect(third.writes).toEqual([]);
      expect(first.code).toBe(6);
      expect(second.code).toBe(5);
    },
  );
});

describe('while IAM shows late what was written', () => {
  it.each([0, 1_000, 5_000, 30_000])('by %i ms, init waits and makes nothing twice', async (lagMs) => {
    const practiced = practiceAccount();
    practiced.turn({ lagMs });
    const first = await practiced.report(['init', '--yes']);
    const again = await practiced.report(['init', '--yes']);
    expect(factsOf(practiced.world())).toEqual(calm.facts);
    expect(secretsLostOf(practiced)).toEqual([]);
    expect(failedSteps(first.report)).toEqual([]);
    expect(again.writes).toEqual([]);
    expect(first.code).toBe(5);
    expect(again.code).toBe(5);
  });
});
