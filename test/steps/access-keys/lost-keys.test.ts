import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/core/journal.js';
import { NotStoredError } from '../../../src/core/secret.js';
import { changesOf } from '../../../src/engine/assess.js';
import { accessKeys } from '../../../src/steps/access-keys/index.js';
import { lostCandidates } from '../../../src/steps/access-keys/lost-keys.js';
import type { AccessKey } from '../../../src/steps/shared/people.js';
import { type RememberingSink, rememberingSink } from '../support/remembering-sink.js';
import { accountId, planned, type StepRun, stepRun, statusesOf } from '../support/step-run.js';
import { keysOf, section, soleKeyIsStored } from './stored-key.js';

const at = '2026-11-24T10:00:00.000Z';
const entry = (over: Partial<JournalEntry> = {}): JournalEntry => ({
  id: 'e1',
  accountId,
  kind: 'access-key',
  user: 'ci',
  at,
  before: [],
  made: null,
  state: 'open',
  place: null,
  replaces: null,
  ...over,
});
const key = (id: string, minutes: number | undefined): AccessKey => ({
  id,
  user: 'ci',
  active: true,
  createdAt: minutes === undefined ? undefined : new Date(Date.parse(at) + minutes * 60_000),
});

describe('a key that is lost according to the journal', () => {
  const one = { id: 'AKIA1', entry: 'e1' };
  it.each<[string, readonly JournalEntry[], readonly AccessKey[], readonly object[]]>([
    ['was created just after its entry', [entry()], [key('AKIA1', 0.1)], [one]],
    ['may seem older than its entry, because dates are rounded', [entry()], [key('AKIA1', -1 / 6)], [one]],
    ['is not much older than its entry', [entry()], [key('AKIA1', -0.2)], []],
    ['is not much younger than its entry', [entry()], [key('AKIA1', 1.1)], []],
    ['has a date', [entry()], [key('AKIA1', undefined)], []],
    ['did not exist before', [entry({ before: ['AKIA1'] })], [key('AKIA1', 0)], []],
    ['belongs to the user of the entry', [entry({ user: 'alex' })], [key('AKIA1', 0)], []],
    ['belongs to the user of the entry, however it is spelled', [entry({ user: 'CI' })], [key('AKIA1', 0)], [one]],
    ['was not stored', [entry({ state: 'stored', made: 'AKIA1', place: 'x' })], [key('AKIA1', 0)], []],
    ['was not stored by another entry', [entry(), entry({ id: 'e2', state: 'closed', made: 'AKIA1', place: 'x' })], [key('AKIA1', 0)], []],
    ['has the id in its entry', [entry({ made: 'AKIA1' })], [key('AKIA1', 60), key('AKIA2', 0)], [one]],
    ['is not another key than the one in its entry', [entry({ made: 'AKIA2' })], [key('AKIA1', 0)], []],
    ['is the only one that matches', [entry()], [key('AKIA1', 0), key('AKIA2', 1)], []],
    [
      'has an entry of its own',
      [entry(), entry({ id: 'e2' })],
      [key('AKIA1', 0), key('AKIA2', 1)],
      [
        { id: 'AKIA1', entry: 'e2' },
        { id: 'AKIA2', entry: 'e2' },
      ],
    ],
    ['is not a password', [entry({ kind: 'console-password' })], [key('AKIA1', 0)], []],
  ])('%s', (_, entries, keys, expected) => {
    expect(lostCandidates(entries, 'ci', keys, [])).toEqual(expected);
  });

  it('is not stored in another destination', () => {
    const held = [{ kind: 'access-key', user: 'profile x', id: 'AKIA1' } as const];
    expect(lostCandidates([entry()], 'ci', [key('AKIA1', 0)], held)).toEqual([]);
  });
});

/** A run that is killed after AWS has created the key and before its secret is stored. */
const withLostKey = async (): Promise<{ readonly run: StepRun; readonly sink: RememberingSink; readonly id: string }> => {
  const sink = rememberingSink();
  const run = await stepRun(sink);
  const assessed = await run.look(accessKeys, section);
  const write: typeof run.port.cloud.write = async (operation, input) => {
    const output = await run.port.cloud.write(operation, input);
    if (operation === 'iam:CreateAccessKey') throw new Error('killed');
    return output;
  };
  await run.apply(assessed, { cloud: { ...run.port.cloud, write } });
  return { run, sink, id: keysOf(run)[0]?.id ?? '' };
};
describe('after a run that was killed before it stored the secret', () => {
  it('the next run deletes the key and creates another, as planned', async () => {
    const { run, sink, id } = await withLostKey();
    const assessed = await run.look(accessKeys, section);
    expect(statusesOf(assessed)).toEqual(['access-keys.root pass', 'access-keys.exists fail ci', `access-keys.stored fail ${id}`]);
    expect(planned(assessed)).toEqual(['iam:UpdateAccessKey', 'iam:DeleteAccessKey', 'iam:CreateAccessKey']);
    expect(changesOf(assessed)[0]?.summary).toBe(
      `Delete the access key ${id} of an interrupted run, whose secret is lost; then create an access key for ci, stored in the profile practice`,
    );
    const before = run.writes().length;
    const notes: string[] = [];
    const applied = await run.apply(assessed, { notify: (text) => void notes.push(text) });
    expect(applied.report).toMatchObject({ status: 'done', error: null });
    expect(run.writes().slice(before)).toEqual(planned(assessed));
    expect(notes).toContain(`deleting the access key ${id}, whose secret an interrupted run lost`);
    soleKeyIsStored(run, sink);
    expect(run.journal.list.map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect(changesOf(await run.look(accessKeys, section))).toEqual([]);
  });

  it('a key that was used is not deleted', async () => {
    const { run, id } = await withLostKey();
    const [created] = keysOf(run);
    if (created) created.lastUsed = { at: '2026-11-24T10:05:00.000Z', service: 's3', region: 'us-east-1' };
    const assessed = await run.look(accessKeys, section);
    expect(statusesOf(assessed)).toContain(`access-keys.stored manual ${id}`);
    expect(changesOf(assessed)).toEqual([]);
  });

  it('a key whose use cannot be read is not deleted', async () => {
    const { run, id } = await withLostKey();
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:GetAccessKeyLastUsed', what: { kind: 'error', code: 'AccessDenied', status: 403 } },
    ];
    expect(statusesOf(await run.look(accessKeys, section))).toContain(`access-keys.stored manual ${id}`);
  });

  it('another computer reports the key and changes nothing', async () => {
    const { run, id } = await withLostKey();
    run.journal.list.length = 0;
    const assessed = await run.look(accessKeys, section);
    expect(statusesOf(assessed)).toContain(`access-keys.stored manual ${id}`);
    expect(planned(assessed)).toEqual([]);
  });

  it('a key that was disabled in between is deleted too', async () => {
    const { run, sink } = await withLostKey();
    const [created] = keysOf(run);
    if (created) created.status = 'Inactive';
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied.report).toMatchObject({ status: 'done' });
    soleKeyIsStored(run, sink);
  });

  it('another usable key is not changed, and none is created', async () => {
    const { run, sink, id } = await withLostKey();
    const user = run.account.users.find(({ name }) => name === 'ci');
    user?.accessKeys.push({ id: 'AKIAUSABLE', secret: 's', status: 'Active', createdAt: '2026-11-20T10:00:00.000Z', lastUsed: null });
    sink.marks = [{ kind: 'access-key', user: 'ci', id: 'AKIAUSABLE' }];
    const assessed = await run.look(accessKeys, section);
    expect(statusesOf(assessed)).toEqual([
      'access-keys.root pass',
      'access-keys.exists pass ci',
      `access-keys.stored fail ${id}`,
      'access-keys.stored pass AKIAUSABLE',
    ]);
    expect(planned(assessed)).toEqual(['iam:UpdateAccessKey', 'iam:DeleteAccessKey']);
    const applied = await run.apply(assessed);
    expect(applied.report).toMatchObject({ status: 'done' });
    expect(keysOf(run).map((one) => one.id)).toEqual(['AKIAUSABLE']);
  });
});

describe('a lost response', () => {
  it.each(['drop-after', 'empty-after', 'truncated-after'] as const)('costs a key, but does not fail the run (%s)', async (kind) => {
    const sink = rememberingSink();
    const run = await stepRun(sink);
    run.sandbox.world.knobs.faults = [{ operation: 'iam:CreateAccessKey', times: 1, what: { kind } }];
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied.report).toMatchObject({ status: 'done', error: null });
    expect(run.writes().slice(-4)).toEqual(['iam:CreateAccessKey', 'iam:UpdateAccessKey', 'iam:DeleteAccessKey', 'iam:CreateAccessKey']);
    soleKeyIsStored(run, sink);
    expect(run.journal.list.every(({ state }) => state === 'closed')).toBe(true);
  });

  it('is resolved when IAM lists the key after a delay', async () => {
    const sink = rememberingSink();
    const run = await stepRun(sink);
    run.sandbox.world.knobs.lagMs = 12_000;
    run.sandbox.world.knobs.faults = [{ operation: 'iam:CreateAccessKey', times: 1, what: { kind: 'drop-after' } }];
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied.report).toMatchObject({ status: 'done', error: null });
    soleKeyIsStored(run, sink);
  });

  it('ends the run after three times, and the next run fixes it', async () => {
    const sink = rememberingSink();
    const run = await stepRun(sink);
    run.sandbox.world.knobs.faults = [{ operation: 'iam:CreateAccessKey', times: 3, what: { kind: 'drop-after' } }];
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied).toMatchObject({ exit: 6, report: { error: { code: 'E-KEY-SECRET-LOST', changed: true, retryable: true } } });
    expect(keysOf(run)).toHaveLength(1);
    const again = await run.apply(await run.look(accessKeys, section));
    expect(again.report).toMatchObject({ status: 'done' });
    soleKeyIsStored(run, sink);
  });
});

describe('a key that could not be stored', () => {
  const notStored = (second?: { place: string; discard: () => Promise<void> }) =>
    new NotStoredError({ message: 'The disk is full.', next: 'Fix it.', ...(second ? { fallback: second } : {}) });

  it('is deleted again, also from the fallback destination', async () => {
    let discarded = 0;
    const second = { place: '/state/rescued.json', discard: async () => void (discarded += 1) };
    const run = await stepRun(rememberingSink({ store: notStored(second) }));
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied).toMatchObject({ exit: 7, report: { error: { code: 'E-SECRETS-STORE', changed: true, next: 'Fix it.' } } });
    expect(applied.report.error?.message).toMatch(/^The disk is full\. The access key \w+ was deleted again/);
    expect(keysOf(run)).toEqual([]);
    expect(discarded).toBe(1);
    expect(run.journal.list).toMatchObject([{ state: 'closed', place: null }]);
  });

  it('is reported with the place of its secret if it cannot be deleted', async () => {
    const run = await stepRun(rememberingSink({ store: notStored({ place: '/state/rescued.json', discard: async () => {} }) }));
    run.sandbox.world.knobs.faults = [{ operation: 'iam:*AccessKey', skip: 1, what: { kind: 'error', code: 'AccessDenied', status: 403 } }];
    const assessed = await run.look(accessKeys, section);
    const applied = await run.apply(assessed);
    expect(applied.report.error?.message).toContain('its secret is in /state/rescued.json');
    expect(keysOf(run)).toHaveLength(1);
  });

  it('is deleted by the next run if it can be neither stored nor deleted', async () => {
    const sink = rememberingSink();
    const run = await stepRun(sink);
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:*AccessKey', skip: 1, times: 1, what: { kind: 'error', code: 'AccessDenied', status: 403 } },
    ];
    const store = async (): Promise<void> => {
      throw notStored();
    };
    const applied = await run.apply(await run.look(accessKeys, section), { secrets: { ...sink, store } });
    expect(applied.report.error?.message).toContain('no one can use it');
    expect(keysOf(run)).toHaveLength(1);
    const again = await run.apply(await run.look(accessKeys, section));
    expect(again.report).toMatchObject({ status: 'done' });
    soleKeyIsStored(run, sink);
  });
});
