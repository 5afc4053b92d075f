import type { Finding } from '../../core/finding.js';
import { keysCommand } from '../../core/keys.js';
import { type Reading, unknownFinding, value } from '../../core/reading.js';
import { type ReportedUser, readUserRows, sameSecond } from '../shared/credential-report.js';
import type { ObserveContext } from '../../core/step.js';
import { type AccessKey, readAccessKeys, readLastUse, readPeople } from '../shared/people.js';
import { ago, daysSince, isUnused, laterOf } from '../shared/values.js';

/** What `check` reports about every access key of every user. */

export interface UsedKey extends AccessKey {
  /** When it was last used; undefined: never. Read for active keys only. */
  readonly lastUsed: Reading<Date | undefined>;
  /** The age of the credential report, if the last use is from there. */
  readonly age?: string;
}
export interface UserKeys {
  readonly user: string;
  readonly keys: Reading<readonly UsedKey[]>;
  /** The age of the credential report, if it shows that the user has no active key. */
  readonly age?: string;
}

/** The keys of all users with their last use, read in parallel. */
export const readAllKeys = async (
  context: Pick<ObserveContext, 'cloud' | 'clock' | 'signal' | 'notify'>,
): Promise<Reading<readonly UserKeys[]>> => {
  const people = await readPeople(context.cloud);
  if (!people.ok) return people;
  const { users } = people.value;
  const rows = await readUserRows(context, users.length);
  return { ...people, value: await Promise.all(users.map((person) => readUserKeys(context, person.name, rows(person)))) };
};

/** The credential report shows whether a user has active keys, and when each was last used, but not their ids. */
const readUserKeys = async (
  { cloud, clock }: Pick<ObserveContext, 'cloud' | 'clock'>,
  user: string,
  row: ReportedUser | undefined,
): Promise<UserKeys> => {
  const reported = row?.keys.ok === true ? row.keys : undefined;
  if (reported?.value.length === 0) return { user, keys: { ...reported, value: [] }, ...(row === undefined ? {} : { age: row.age }) };
  const keys = await readAccessKeys(cloud, user);
  if (!keys.ok) return { user, keys };
  const used = await Promise.all(
    keys.value.map(async (key): Promise<UsedKey> => {
      if (!key.active) return { ...key, lastUsed: value(undefined) };
      const { createdAt } = key;
      // Two keys of the same second cannot be distinguished.
      const same = reported?.value.filter((one) => createdAt !== undefined && sameSecond(one.createdAt, createdAt)) ?? [];
      const [found] = same;
      if (row === undefined || reported === undefined || found === undefined || same.length > 1)
        return { ...key, lastUsed: await readLastUse(cloud, key) };
      if (!row.current && isUnused(found.lastUsed ?? found.createdAt, clock.now()))
        return { ...key, lastUsed: await readLastUse(cloud, key) };
      return { ...key, lastUsed: { ...reported, value: found.lastUsed }, age: row.age };
    }),
  );
  return { user, keys: { ...keys, value: used } };
};

export const auditFindings = (reading: Reading<readonly UserKeys[]>, now: Date, maxAgeDays: number): readonly Finding<never>[] => {
  const ids = ['access-keys.age', 'access-keys.unused', 'access-keys.two-active'] as const;
  if (!reading.ok) return ids.map((id) => unknownFinding(id, reading));
  const findings = reading.value.flatMap(({ user, keys }) => {
    if (!keys.ok) return ids.map((id) => unknownFinding(id, keys, user));
    const active = keys.value.filter((key) => key.active);
    return [
      ...active.map((key) => ageFinding(key, keys.evidence, now, maxAgeDays)),
      ...active.map((key) => unusedFinding(key, keys.evidence, now)),
      ...twoActiveFinding(user, active, keys.evidence),
    ];
  });
  const { evidence } = reading;
  const age = reading.value.find((user) => user.age !== undefined)?.age ?? '';
  const withoutFinding = ids.filter((id) => !findings.some((finding) => finding.id === id));
  return [
    ...findings,
    ...withoutFinding.map((id): Finding<never> => ({ id, status: 'pass', reason: `No user has an active access key${age}`, evidence })),
  ];
};

const inDays = (days: number): string => (days === 1 ? '1 day' : `${days} days`);

const ageFinding = (key: UsedKey, evidence: Finding['evidence'], now: Date, maxAgeDays: number): Finding<never> => {
  const base = { id: 'access-keys.age', resource: key.id, expected: `at most ${maxAgeDays} days`, evidence };
  if (key.createdAt === undefined) return undated(base.id, key, evidence);
  const days = daysSince(key.createdAt, now);
  const reason = `The key ${key.id} of ${key.user} is ${inDays(days)} old`;
  if (days <= maxAgeDays) return { ...base, status: 'pass', reason };
  const instructions = 'Create a new key, use it in place of the old one, then delete the old one.';
  return {
    ...base,
    status: 'fail',
    reason,
    observed: inDays(days),
    remedy: { by: 'hand', instructions, command: keysCommand('rotate', key.user) },
  };
};

const unusedFinding = (key: UsedKey, listed: Finding['evidence'], now: Date): Finding<never> => {
  const id = 'access-keys.unused';
  if (!key.lastUsed.ok) return unknownFinding(id, key.lastUsed, key.id);
  const since = laterOf(key.lastUsed.value, key.createdAt);
  if (since === undefined) return undated(id, key, listed);
  const days = daysSince(since, now);
  const use = since !== key.lastUsed.value ? `was created ${ago(days)} and never used` : `was last used ${ago(days)}`;
  const base = {
    id,
    resource: key.id,
    reason: `The key ${key.id} of ${key.user} ${use}${key.age ?? ''}`,
    evidence: [...listed, ...key.lastUsed.evidence],
  };
  if (!isUnused(since, now)) return { ...base, status: 'pass' };
  const instructions = 'Disable the key. If nothing needs it, delete it.';
  return {
    ...base,
    status: 'fail',
    remedy: { by: 'hand', instructions, command: keysCommand('disable', key.user, key.id) },
  };
};

/** AWS always returns a date. Without one, the age is unknown. */
const undated = (id: string, key: UsedKey, evidence: Finding['evidence']): Finding<never> => ({
  id,
  status: 'unknown',
  resource: key.id,
  reason: `AWS did not return the date when the key ${key.id} of ${key.user} was created`,
  evidence,
  cause: 'failed',
});

const twoActiveFinding = (user: string, active: readonly UsedKey[], evidence: Finding['evidence']): readonly Finding<never>[] => {
  if (active.length === 0) return [];
  const base = { id: 'access-keys.two-active', resource: user, evidence };
  if (active.length === 1) return [{ ...base, status: 'pass', reason: `${user} has one active access key` }];
  const ids = active.map((key) => key.id).join(' and ');
  const instructions = 'Keep the key that is in use. Disable the other one, and delete it later.';
  return [
    {
      ...base,
      status: 'fail',
      reason: `${user} has two active access keys: ${ids}`,
      remedy: { by: 'hand', instructions, command: keysCommand('disable', user, 'KEY') },
    },
  ];
};
