import { describe, expect, it } from 'vitest';
import type { AnyStep, UndoContext, UndoPlan } from '../../src/core/step.js';
import { applyAll } from '../../src/engine/apply.js';
import { type AssessedStep, assessStep, changesOf, prepare } from '../../src/engine/assess.js';
import { keptBy, undoing } from '../../src/engine/undo.js';
import { Lamps, lampStep, lightLamp, partOf, portOf, unread } from './fake-steps.js';

const context: UndoContext = {
  caller: { accountId: '111122223333', partition: 'aws', identity: { kind: 'root', arn: 'root', name: 'root' } },
  named: true,
  evenIfUsed: false,
  running: () => true,
};
const nothing: UndoPlan = { changes: [], kept: [] };
const unwind = (lamp: string) => ({ ...lightLamp(lamp), kind: 'unscrew-lamp', summary: `Unscrew ${lamp}` });

/** A step whose undo plans what `plan` returns, and which records what its undo is given. */
const undone = async (world: Lamps, plan: (() => UndoPlan) | undefined) => {
  const log: unknown[] = [];
  const undo: AnyStep['undo'] =
    plan === undefined
      ? undefined
      : {
          observe: async (_, desired) => {
            log.push(['observe', desired]);
            return 'what is there';
          },
          plan: (desired, observed, given) => {
            log.push(['plan', desired, observed, given]);
            return plan();
          },
          apply: async (_, change) => {
            world.effects += 1;
            world.lit.delete((change as ReturnType<typeof lightLamp>).lamp);
          },
        };
  const step: AnyStep = { ...lampStep(world, 'one', { needs: ['zero'] }), ...(undo === undefined ? {} : { undo }) };
  const [prepared] = prepare([partOf(step, ['a'])], { command: 'init', unattended: true, secrets: 'chosen', switches: [] });
  if (prepared === undefined) throw new Error('no step');
  const run = portOf(world);
  const assess = (): Promise<AssessedStep> => assessStep(undoing(prepared, context), run.port);
  return { log, prepared, assess, apply: async () => applyAll([await assess()], run.port) };
};

describe('the undo of a step', () => {
  it('has nothing to do if the step has none', async () => {
    const { assess } = await undone(new Lamps(), undefined);
    const assessed = await assess();
    expect([assessed.findings, keptBy(assessed)]).toEqual([[], []]);
  });

  it('is planned with what is wanted, what is there, and what the run allows', async () => {
    const { assess, log, prepared } = await undone(new Lamps(), () => nothing);
    const assessed = await assess();
    expect(log).toEqual([
      ['observe', prepared.desired],
      ['plan', prepared.desired, 'what is there', context],
    ]);
    // No other step has to run first.
    expect([assessed.step.id, assessed.step.title, assessed.step.needs]).toEqual(['one', 'Lamps of one', []]);
  });

  it('has each change as a gap that the run closes', async () => {
    const { assess } = await undone(new Lamps(), () => ({ ...nothing, changes: [unwind('a'), unwind('b')] }));
    const assessed = await assess();
    expect(assessed.findings).toEqual(
      ['a', 'b'].map((lamp) => ({
        id: 'one.undo',
        kind: 'wanted',
        status: 'fail',
        resource: `Unscrew ${lamp}`,
        reason: `Unscrew ${lamp}`,
        remedy: { by: 'init', change: unwind(lamp) },
        evidence: [],
      })),
    );
    expect(changesOf(assessed)).toEqual([unwind('a'), unwind('b')]);
  });

  it('has manual steps for what it cannot remove, and none for what is not ours', async () => {
    const mine = { what: 'The lamp a', why: 'it is hot', manual: 'Wait, then unscrew it.' };
    const foreign = { what: 'The lamp b', why: 'someone else lit it' };
    const { assess } = await undone(new Lamps(), () => ({ changes: [], kept: [foreign, mine] }));
    const assessed = await assess();
    expect(assessed.findings).toEqual([
      {
        id: 'one.undo',
        kind: 'wanted',
        status: 'manual',
        resource: 'The lamp a',
        reason: 'it is hot',
        remedy: { by: 'hand', instructions: 'Wait, then unscrew it.' },
        evidence: [],
      },
    ]);
    expect(keptBy(assessed)).toEqual([foreign, mine]);
    expect(keptBy({ ...assessed, judged: false })).toEqual([]);
  });

  it('is unknown if something could not be read', async () => {
    const { assess } = await undone(new Lamps(), () => ({ ...nothing, unread: [unread('denied')] }));
    expect((await assess()).findings).toEqual([
      {
        id: 'one.undo',
        kind: 'wanted',
        status: 'unknown',
        reason: 'could not look (denied)',
        evidence: [],
        cause: 'denied',
        missingPermission: 'iam:GetUser',
      },
    ]);
  });

  it('is applied by the undo, not by the step, and read back', async () => {
    const world = new Lamps();
    world.lit.add('a').add('b');
    const { apply } = await undone(world, () => ({ ...nothing, changes: [...world.lit].map(unwind) }));
    const [applied] = await apply();
    expect(applied?.report).toEqual({ id: 'one', status: 'done', verified: true, error: null });
    expect([...world.lit]).toEqual([]);
    expect(world.log.filter((line) => line.startsWith('light'))).toEqual([]);
  });
});
