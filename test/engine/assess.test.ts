import { describe, expect, it } from 'vitest';
import { makeBoundary } from '../../src/aws/boundary.js';
import type { Finding } from '../../src/core/finding.js';
import type { ObserveContext } from '../../src/core/step.js';
import { assessAll, assessStep, changesOf, prepare } from '../../src/engine/assess.js';
import { testClock } from '../support/host.js';
import { Lamps, lampStep, lightLamp, partOf, portOf } from './fake-steps.js';

const context = { command: 'check', unattended: true, secrets: 'none', switches: [] } as const;

describe('looking', () => {
  it('sends a read that several steps need once in a round', async () => {
    const sent: string[] = [];
    const { cloud } = makeBoundary({
      mode: 'read',
      clock: testClock(),
      signal: new AbortController().signal,
      send: async (operation, input) => {
        sent.push(`${operation} ${JSON.stringify(input)}`);
        return {};
      },
    });
    const world = new Lamps();
    const steps = [
      lampStep(world, 'one', {
        observe: ({ cloud: { readAll } }) => readAll('budgets:DescribeBudgets', { AccountId: '1', MaxResults: 100 }),
      }),
      lampStep(world, 'two', {
        observe: ({ cloud: { findAll } }) => findAll('budgets:DescribeBudgets', { MaxResults: 100, AccountId: '1' }, ['NotFound']),
      }),
      lampStep(world, 'three', {
        observe: ({ cloud: { readAll } }) => readAll('budgets:DescribeBudgets', { AccountId: '1', MaxResults: 100 }),
      }),
    ];
    await assessAll(
      prepare(
        steps.map((step) => partOf(step, [])),
        context,
      ),
      { ...portOf(world).port, cloud },
    );
    expect(sent).toEqual(['budgets:DescribeBudgets {"AccountId":"1","MaxResults":100}']);
  });

  it('gives a step nothing to write with, even from a context for applying', async () => {
    const world = new Lamps();
    let given: ObserveContext | undefined;
    const step = lampStep(world, 'one', { observe: async (seen) => (given = seen) });
    const [prepared] = prepare([partOf(step, [])], context);
    await assessStep(prepared as never, portOf(world).port);
    expect(Object.keys(given?.cloud ?? {}).sort()).toEqual(['assume', 'find', 'findAll', 'read', 'readAll']);
    expect(Object.keys(given?.secrets ?? {})).toEqual(['holds', 'place']);
    expect(Object.keys(given ?? {}).sort()).toEqual(['accountId', 'caller', 'clock', 'cloud', 'journal', 'notify', 'secrets', 'signal']);
    expect(Object.keys(given?.journal ?? {})).toEqual(['entries']);
  });

  it('passes on the stored secrets and the journal, and a way to print only if there is one', async () => {
    const world = new Lamps();
    const read: unknown[] = [];
    const step = lampStep(world, 'one', {
      observe: async ({ secrets, journal, ...rest }) =>
        void read.push(await secrets.holds(), secrets.place('access-key'), await journal.entries('1'), 'notify' in rest),
    });
    const [prepared] = prepare([partOf(step, [])], context);
    const { notify: _, ...port } = portOf(world).port;
    const held = [{ kind: 'access-key', user: 'ci', id: 'AKIA1' }] as const;
    await assessStep(prepared as never, {
      ...port,
      secrets: { holds: async () => held, place: (kind) => `the place of ${kind}` },
      journal: { entries: async (id) => [`the entries of ${id}`] as never },
    });
    expect(read).toEqual([held, 'the place of access-key', ['the entries of 1'], false]);
  });

  it('leaves a step alone that is not judged', async () => {
    const world = new Lamps();
    const [assessed] = await assessAll(prepare([partOf(lampStep(world, 'one'), ['a'], { judged: false })], context), portOf(world).port);
    expect(world.log).toEqual([]);
    expect(assessed?.findings).toEqual([]);
  });

  it('reads all steps at the same time', async () => {
    const world = new Lamps();
    let release = (): void => undefined;
    const both = new Promise<void>((resolve) => (release = resolve));
    const steps = [lampStep(world, 'one', { observe: () => both }), lampStep(world, 'two', { observe: async () => release() })];
    await assessAll(
      prepare(
        steps.map((step) => partOf(step, [])),
        context,
      ),
      portOf(world).port,
    );
    expect(world.log).toEqual(['look one', 'look two']);
  });
});

describe('the changes of a step', () => {
  const gap = (lamp: string, more: Partial<Finding> = {}): Finding => ({
    id: 'one.lit',
    status: 'fail',
    reason: 'dark',
    evidence: [],
    remedy: { by: 'init', change: lightLamp(lamp) },
    ...more,
  });

  it('are those of its gaps, in order, each once', () => {
    const changes = changesOf({ wanted: true, findings: [gap('b'), gap('a'), gap('b', { id: 'one.other' }), gap('c')] });
    expect(changes.map(({ summary }) => summary)).toEqual(['Light b', 'Light a', 'Light c']);
  });

  it('are empty for what is not a gap, is manual, or cannot be read', () => {
    const byHand = gap('a', { remedy: { by: 'hand', instructions: 'do it' } });
    expect(
      changesOf({
        wanted: true,
        findings: [gap('a', { status: 'pass' }), gap('b', { status: 'unknown' }), gap('c', { status: 'manual' }), byHand],
      }),
    ).toEqual([]);
  });

  it('are empty for a step that is not wanted', () => {
    expect(changesOf({ wanted: false, findings: [gap('a')] })).toEqual([]);
  });
});
