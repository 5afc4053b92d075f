import { describe, expect, it } from 'vitest';
import { deleteKey, type KeyPort, setActive } from '../../../src/commands/keys/writes.js';
import { AmbiguousWriteError, AwsError } from '../../../src/core/aws-error.js';
import type { Cloud } from '../../../src/core/cloud.js';
import type { BootstrapError } from '../../../src/core/errors.js';
import type { Reading } from '../../../src/core/reading.js';
import { testClock } from '../../support/host.js';

/** How often a key is enabled, disabled or deleted, and how long the run waits, by what AWS answers. */

/** One answer to a write: done, lost before or after it was done, or an error code. */
type Answer = 'done' | 'lost' | 'lost, but done' | `lost: ${string}` | { readonly code: string };
/** One answer to a read of the keys. */
type Shown = 'keys' | 'no such user' | { readonly code: string };

interface Account {
  readonly answers: readonly Answer[];
  /** Seconds until AWS shows what was done. */
  readonly lag?: number;
  readonly shown?: Shown;
  /** The key cannot be used after it was deleted. */
  readonly user?: string | null;
  readonly signs?: boolean;
}

const act = async (verb: 'enable' | 'disable' | 'delete', { answers, lag = 0, shown = 'keys', user = 'ci', signs }: Account) => {
  const clock = testClock();
  const start = clock.now().getTime();
  const seconds = (): number => (clock.now().getTime() - start) / 1_000;
  let doneAt: number | undefined;
  const sent: object[] = [];
  const reads: object[] = [];
  const waits: unknown[] = [];
  const actions: unknown[] = [];
  let forgotten = 0;
  const isShown = (): boolean => doneAt !== undefined && seconds() >= doneAt + lag;
  const cloud = {
    write: async (operation: string, input: object) => {
      const answer = answers[Math.min(sent.length, answers.length - 1)] as Answer;
      sent.push({ operation, ...input });
      if (answer === 'done' || answer === 'lost, but done') doneAt ??= seconds();
      if (answer === 'done') return {};
      if (typeof answer === 'object') throw new AwsError({ operation, message: 'no', ...answer });
      throw new AmbiguousWriteError({ operation, code: answer.split(': ')[1] ?? 'ECONNRESET', message: 'lost' });
    },
    findAll: async (_: string, input: object): Promise<Reading<unknown>> => {
      reads.push(input);
      if (typeof shown === 'object') return { ok: false, cause: 'denied', message: shown.code, evidence: [], ...shown };
      if (shown === 'no such user') return { ok: true, value: undefined, evidence: [] };
      const active = verb === 'enable' ? isShown() : verb === 'delete' || !isShown();
      const other = { AccessKeyId: 'AKIA2', Status: verb === 'disable' ? 'Inactive' : 'Active' };
      const own = { AccessKeyId: 'AKIA1', Status: active ? 'Active' : 'Inactive' };
      return { ok: true, value: [{ AccessKeyMetadata: verb === 'delete' && isShown() ? [other] : [other, own] }], evidence: [] };
    },
  } as unknown as Cloud;
  const port: KeyPort = {
    clock,
    signal: new AbortController().signal,
    notify: (text, wait) => waits.push([text, wait?.waitedMs, wait?.limitMs]),
    onAction: (action, key) => actions.push([action, key.id]),
  };
  const signer = { cloud, forget: () => void (forgotten += 1) };
  const work =
    verb === 'delete'
      ? deleteKey(signer, port, { id: 'AKIA1', user }, signs)
      : setActive(signer, port, { id: 'AKIA1', user: user ?? '' }, verb === 'enable');
  let error: BootstrapError | undefined;
  try {
    await work;
  } catch (thrown) {
    error = thrown as BootstrapError;
  }
  return { ended: error?.code ?? 'done', error, sent, reads, waits, actions, seconds: seconds(), forgotten };
};

const unknownKey = { code: 'InvalidClientTokenId' } as const;

describe('a change of a key', () => {
  it.each<['enable' | 'disable' | 'delete', Account, { ended: string; sent: number; seconds: number }]>([
    ['disable', { answers: ['done'] }, { ended: 'done', sent: 1, seconds: 0 }],
    ['enable', { answers: ['done'] }, { ended: 'done', sent: 1, seconds: 0 }],
    ['delete', { answers: ['done'] }, { ended: 'done', sent: 1, seconds: 0 }],
    ['delete', { answers: ['done'], shown: 'no such user' }, { ended: 'done', sent: 1, seconds: 0 }],
    ['disable', { answers: ['done'], shown: 'no such user' }, { ended: 'E-KEY-UNCERTAIN', sent: 1, seconds: 63.5 }],
    // Shown later: it waits 0.5, 1, 2, 4, 8, 8, … s, for a minute.
    ['disable', { answers: ['done'], lag: 3 }, { ended: 'done', sent: 1, seconds: 3.5 }],
    ['enable', { answers: ['done'], lag: 30 }, { ended: 'done', sent: 1, seconds: 31.5 }],
    ['delete', { answers: ['done'], lag: 55.5 }, { ended: 'done', sent: 1, seconds: 55.5 }],
    ['delete', { answers: ['done'], lag: 63.5 }, { ended: 'done', sent: 1, seconds: 63.5 }],
    ['delete', { answers: ['done'], lag: 64 }, { ended: 'E-KEY-UNCERTAIN', sent: 1, seconds: 63.5 }],
    // A lost answer: it looks for 15 s, then sends again, three times in all.
    ['disable', { answers: ['lost, but done'] }, { ended: 'done', sent: 1, seconds: 0 }],
    ['disable', { answers: ['lost, but done'], lag: 15.5 }, { ended: 'done', sent: 1, seconds: 15.5 }],
    ['disable', { answers: ['lost', 'done'] }, { ended: 'done', sent: 2, seconds: 15.5 }],
    ['delete', { answers: ['lost', 'lost', 'done'] }, { ended: 'done', sent: 3, seconds: 31 }],
    ['delete', { answers: ['lost'] }, { ended: 'E-KEY-UNCERTAIN', sent: 3, seconds: 46.5 }],
    ['enable', { answers: ['lost', 'done'], lag: 100 }, { ended: 'E-KEY-UNCERTAIN', sent: 2, seconds: 79 }],
    // What is gone is deleted, and cannot be enabled.
    ['delete', { answers: [{ code: 'NoSuchEntity' }], shown: 'no such user' }, { ended: 'done', sent: 1, seconds: 0 }],
    ['enable', { answers: [{ code: 'NoSuchEntity' }] }, { ended: 'E-KEY-UNKNOWN', sent: 1, seconds: 0 }],
    ['delete', { answers: ['lost: NoSuchEntity', 'done'] }, { ended: 'done', sent: 2, seconds: 15.5 }],
    ['delete', { answers: [{ code: 'AccessDenied' }] }, { ended: 'E-KEY-DENIED', sent: 1, seconds: 0 }],
    // A new key may not be known for 20 s: it waits 0.5, 1, 2, 4, 5, 5, … s.
    ['disable', { answers: [unknownKey, unknownKey, 'done'] }, { ended: 'done', sent: 3, seconds: 1.5 }],
    [
      'disable',
      { answers: [unknownKey, unknownKey, unknownKey, unknownKey, unknownKey, unknownKey, 'done'] },
      { ended: 'done', sent: 7, seconds: 17.5 },
    ],
    ['disable', { answers: [unknownKey] }, { ended: 'E-KEY-SESSION', sent: 8, seconds: 22.5 }],
    // A lost answer with that code is a lost answer.
    ['disable', { answers: ['lost: InvalidClientTokenId', 'done'] }, { ended: 'done', sent: 2, seconds: 15.5 }],
    // A key that cannot be listed is not shown.
    ['disable', { answers: ['done'], shown: { code: 'AccessDenied' } }, { ended: 'E-KEY-UNCERTAIN', sent: 1, seconds: 63.5 }],
    ['delete', { answers: ['done'], shown: unknownKey }, { ended: 'E-KEY-UNCERTAIN', sent: 1, seconds: 63.5 }],
  ])('%s, with %j', async (verb, account, expected) => {
    const { ended, sent, seconds, actions, reads, forgotten } = await act(verb, account);
    expect({ ended, sent: sent.length, seconds }).toEqual(expected);
    expect(actions).toEqual(ended === 'done' ? [[`${verb}d`, 'AKIA1']] : []);
    // Every read is a new one.
    expect(forgotten).toBe(reads.length);
  });

  it.each<[string, Account, { ended: string; sent: number; reads: number }]>([
    ['after one answer', { answers: ['done'] }, { ended: 'done', sent: 1, reads: 0 }],
    ['if the second request is not accepted', { answers: ['lost', unknownKey] }, { ended: 'done', sent: 9, reads: 6 }],
    ['if the keys can no longer be read with it', { answers: ['lost'], shown: unknownKey }, { ended: 'done', sent: 1, reads: 1 }],
    ['and not if the first request is not accepted', { answers: [unknownKey] }, { ended: 'E-KEY-SESSION', sent: 8, reads: 0 }],
    ['and not if the second is denied', { answers: ['lost', { code: 'AccessDenied' }] }, { ended: 'E-KEY-DENIED', sent: 2, reads: 6 }],
    [
      'and not if reading is denied for another reason',
      { answers: ['lost'], shown: { code: 'AccessDenied' } },
      { ended: 'E-KEY-UNCERTAIN', sent: 3, reads: 18 },
    ],
  ])('the key that signs the run is deleted %s', async (_, account, expected) => {
    const { ended, sent, reads } = await act('delete', { ...account, user: null, signs: true });
    expect({ ended, sent: sent.length, reads: reads.length }).toEqual(expected);
  });

  it('names the user, and no one for root', async () => {
    const named = { operation: 'iam:UpdateAccessKey', UserName: 'ci', AccessKeyId: 'AKIA1' };
    expect((await act('disable', { answers: ['done'] })).sent).toEqual([{ ...named, Status: 'Inactive' }]);
    expect((await act('enable', { answers: ['done'] })).sent).toEqual([{ ...named, Status: 'Active' }]);
    const operation = 'iam:DeleteAccessKey';
    expect((await act('delete', { answers: ['done'] })).sent).toEqual([{ ...named, operation }]);
    const root = await act('delete', { answers: ['done'], user: null });
    expect([root.sent, root.reads]).toEqual([[{ operation, AccessKeyId: 'AKIA1' }], [{}]]);
  });

  it('prints why it waits, from the third wait on', async () => {
    const { waits } = await act('delete', { answers: ['done'], lag: 10 });
    const text = 'waiting for AWS to show the change';
    expect(waits).toEqual([
      [text, 1_500, 60_000],
      [text, 3_500, 60_000],
      [text, 7_500, 60_000],
    ]);
  });

  it('that is not shown may have been made, and can be tried again', async () => {
    const { error } = await act('disable', { answers: ['done'], lag: 100 });
    expect([error?.retryable, error?.changed, error?.message]).toEqual([
      true,
      true,
      'AWS accepted the change, but does not show yet that AKIA1 is inactive.',
    ]);
  });
});
