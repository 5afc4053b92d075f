import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/core/journal.js';
import type { StoredSecret } from '../../../src/core/secret.js';
import { isPasswordLost } from '../../../src/steps/admin-user/console-password.js';
import { accountId, accountOf } from '../support/account.js';

/** A password may be replaced only if no one can know it: each row changes one thing that decides it. */

const at = Date.parse('2026-11-23T10:00:00Z');
const minute = 60_000;
const entry = (over: Partial<JournalEntry> = {}): JournalEntry => ({
  id: 'e1',
  accountId,
  kind: 'console-password',
  user: 'alex',
  at: new Date(at).toISOString(),
  before: [],
  made: null,
  state: 'stored',
  place: 'memory',
  replaces: null,
  ...over,
});
interface Facts {
  readonly entries?: readonly JournalEntry[];
  readonly createdAt?: number | undefined;
  readonly held?: readonly StoredSecret[];
  /** When the password was last used; an error of the read. */
  readonly used?: number | string;
}
const isLost = async (facts: Facts): Promise<boolean> => {
  const { entries = [entry()], held = [], used } = facts;
  const { context } = accountOf({
    'iam:GetUser': ({ UserName }) => {
      if (UserName !== 'alex') return 'ValidationError';
      return typeof used === 'string' ? used : { User: used === undefined ? {} : { PasswordLastUsed: new Date(used) } };
    },
  });
  const createdAt = 'createdAt' in facts ? facts.createdAt : at;
  return isPasswordLost(
    {
      cloud: context.cloud,
      journal: { entries: async () => entries },
      secrets: { holds: async () => held, place: () => 'memory' },
    },
    accountId,
    'alex',
    { createdAt: createdAt === undefined ? undefined : new Date(createdAt) },
  );
};
const replacement = (over: Partial<JournalEntry> = {}): JournalEntry => entry({ replaces: 'alex', ...over });
const password: StoredSecret = { kind: 'console-password', user: 'alex', id: '' };

describe('a console password is lost', () => {
  it.each<[string, Facts, boolean]>([
    ['if this tool created it, it is not in the destination, and it was never used', {}, true],
    ['if its entry names the user in another way', { entries: [entry({ user: 'ALEX' })] }, true],
    ['if the entry is followed by one of another user', { entries: [entry(), entry({ user: 'bo', replaces: 'bo' })] }, true],
    ['if the entry is followed by one that did not create it', { entries: [entry(), entry({ state: 'open', place: null })] }, true],
    ['if the clock of this computer is five minutes ahead', { createdAt: at - 5 * minute }, true],
    ['if AWS took a quarter of an hour', { createdAt: at + 15 * minute }, true],
    ['if the destination has the password of another user', { held: [{ ...password, user: 'bo' }] }, true],
    ['if the destination has another secret of the user', { held: [{ ...password, kind: 'mfa-seed' }] }, true],
    ['if another password was used before', { used: at - 1 }, true],
    ['not if AWS does not show its date', { createdAt: undefined }, false],
    ['not if the journal has no entry', { entries: [] }, false],
    ['not if the journal has an entry of another user', { entries: [entry({ user: 'bo' })] }, false],
    ['not if the journal has an entry of another secret', { entries: [entry({ kind: 'mfa-seed' })] }, false],
    ['not if it was not stored yet', { entries: [entry({ state: 'open' })] }, false],
    ['not if its creation was completed', { entries: [entry({ state: 'closed' })] }, false],
    ['not if it was stored in another place', { entries: [entry({ place: 'elsewhere' })] }, false],
    ['not if it is older than the entry', { createdAt: at - 5 * minute - 1 }, false],
    ['not if it is much younger than the entry', { createdAt: at + 15 * minute + 1 }, false],
    ['not if it is in the destination', { held: [{ ...password, user: 'Alex' }] }, false],
    ['not if it was used', { used: at }, false],
    ['not if it was used later', { used: at + minute }, false],
    ['not if its use cannot be read', { used: 'AccessDenied' }, false],
  ])('%s', async (_, facts, expected) => {
    expect(await isLost(facts)).toBe(expected);
  });

  const older = at - 60 * minute;
  it.each<[string, Facts, boolean]>([
    ['if its replacement was stored, and it is not known whether AWS has it', { entries: [replacement()], createdAt: older }, true],
    ['if its replacement was stored nowhere yet', { entries: [replacement({ state: 'open', place: null })], createdAt: older }, true],
    ['if AWS refused its replacement', { entries: [replacement({ state: 'closed', place: null })], createdAt: older }, true],
    [
      'if its replacement is in the destination, but may not be in AWS',
      { entries: [replacement()], createdAt: older, held: [password] },
      true,
    ],
    ['if it was created within the difference of clocks', { entries: [replacement()], createdAt: at + 5 * minute }, true],
    ['if it was used before its replacement', { entries: [replacement()], createdAt: older, used: at - 1 }, true],
    ['not if its replacement was completed', { entries: [replacement({ state: 'closed' })], createdAt: older }, false],
    ['not if its replacement was stored in another place', { entries: [replacement({ place: 'elsewhere' })], createdAt: older }, false],
    ['not if it was created after its replacement', { entries: [replacement()], createdAt: at + 5 * minute + 1 }, false],
    ['not if it was used since', { entries: [replacement()], createdAt: older, used: at }, false],
    ['not if its use cannot be read', { entries: [replacement()], createdAt: older, used: 'AccessDenied' }, false],
    ['not if a completed replacement came last', { entries: [replacement(), replacement({ state: 'closed' })], createdAt: older }, false],
  ])('%s', async (_, facts, expected) => {
    expect(await isLost(facts)).toBe(expected);
  });
});
