import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/finding.js';
import { type Reading, value } from '../../../src/core/reading.js';
import { auditFindings, type UsedKey, type UserKeys } from '../../../src/steps/access-keys/audit.js';
import { denied as deniedFor } from '../support/account.js';

const denied = deniedFor('iam:X');

describe('a key of any user', () => {
  const now = new Date('2026-11-24T12:00:00.000Z');
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
  const used = (id: string, created: number, last?: number, over: Partial<UsedKey> = {}): UsedKey => ({
    id,
    user: 'ci',
    active: true,
    createdAt: daysAgo(created),
    lastUsed: value(last === undefined ? undefined : daysAgo(last)),
    ...over,
  });
  const of = (...keys: readonly UsedKey[]): Reading<readonly UserKeys[]> => value([{ user: 'ci', keys: value(keys) }]);
  const audit = (reading: Reading<readonly UserKeys[]>, id: string): readonly Finding<never>[] =>
    auditFindings(reading, now, 90).filter((finding) => finding.id === id);
  const statuses = (reading: Reading<readonly UserKeys[]>, id: string) => audit(reading, id).map(({ status }) => status);

  it.each([
    [0, 'pass'],
    [90, 'pass'],
    [91, 'fail'],
  ])('that is %i days old: %s', (days, expected) => {
    expect(statuses(of(used('AKIA1', days, 0)), 'access-keys.age')).toEqual([expected]);
  });

  it.each<[string, UsedKey, string]>([
    ['used 45 days ago', used('AKIA1', 400, 45), 'pass'],
    ['used 46 days ago', used('AKIA1', 400, 46), 'fail'],
    ['new and never used', used('AKIA1', 45), 'pass'],
    ['old and never used', used('AKIA1', 46), 'fail'],
    ['whose use could not be read', used('AKIA1', 400, undefined, { lastUsed: denied }), 'unknown'],
    ['without a date', used('AKIA1', 1, undefined, { createdAt: undefined }), 'unknown'],
  ])('%s: %s', (_, one, expected) => {
    expect(statuses(of(one), 'access-keys.unused')).toEqual([expected]);
  });

  it('is quoted in a command, with its user', () => {
    const keys = ['A;id', 'B;id'].map((id) => used(id, 400, 400, { user: 'ci;id' }));
    const findings = auditFindings(value([{ user: 'ci;id', keys: value(keys) }]), now, 90);
    expect(findings.map(({ remedy }) => remedy?.by === 'hand' && remedy.command)).toEqual([
      "bootstrap keys rotate --user 'ci;id'",
      "bootstrap keys rotate --user 'ci;id'",
      "bootstrap keys disable --user 'ci;id' --key 'A;id'",
      "bootstrap keys disable --user 'ci;id' --key 'B;id'",
      "bootstrap keys disable --user 'ci;id' --key KEY",
    ]);
  });

  it('is not assessed if it is inactive', () => {
    const inactive = used('AKIA1', 400, 400, { active: false });
    expect(auditFindings(of(inactive), now, 90).map(({ id, status, resource }) => [id, status, resource])).toEqual([
      ['access-keys.age', 'pass', undefined],
      ['access-keys.unused', 'pass', undefined],
      ['access-keys.two-active', 'pass', undefined],
    ]);
  });

  it('counts toward two active keys only if it is active', () => {
    expect(statuses(of(used('AKIA1', 1), used('AKIA2', 1)), 'access-keys.two-active')).toEqual(['fail']);
    expect(statuses(of(used('AKIA1', 1), used('AKIA2', 1, 1, { active: false })), 'access-keys.two-active')).toEqual(['pass']);
  });

  it('is unknown if it could not be read', () => {
    for (const id of ['access-keys.age', 'access-keys.unused', 'access-keys.two-active']) {
      expect(statuses(denied, id)).toEqual(['unknown']);
      expect(audit(value([{ user: 'ci', keys: denied }]), id)).toMatchObject([
        { status: 'unknown', resource: 'ci', missingPermission: 'iam:X' },
      ]);
    }
  });
});
