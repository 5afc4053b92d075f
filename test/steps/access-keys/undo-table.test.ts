import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/core/account.js';
import type { UndoPlan } from '../../../src/core/step.js';
import { accessKeys } from '../../../src/steps/access-keys/index.js';
import { combinations } from '../../support/combinations.js';
import { accountId, accountOf, alex, desiredOf, noOtherCredentials, now, root } from '../support/account.js';

/** Every combination of what decides whether `undo` deletes a user with its access keys. */

const hour = 3_600_000;
const usedAt = (agoMs: number): object => ({ LastUsedDate: new Date(now.getTime() - agoMs), ServiceName: 's3', Region: 'us-east-1' });
const uses = {
  never: { ServiceName: 'N/A', Region: 'N/A' },
  'an hour ago': usedAt(hour),
  'less than an hour ago': usedAt(hour - 1),
  'in the future, because clocks differ': usedAt(-hour),
  'without a date': { ServiceName: 's3', Region: 'us-east-1' },
  'without a service': { Region: 'N/A' },
  unread: 'AccessDenied',
} as const;
const ci: Identity = { kind: 'user', arn: `arn:aws:iam::${accountId}:user/CI`, name: 'CI' };
const callers = { root, 'another user': alex, 'the user': ci } as const;

const axes = {
  use: Object.keys(uses) as (keyof typeof uses)[],
  status: ['Active', 'Inactive'],
  keys: ['one', 'a second one, never used', 'a second one, listed first and used an hour ago'],
  tag: ['of this tool', 'of another tool', 'none'],
  caller: Object.keys(callers) as (keyof typeof callers)[],
  flag: ['', '--even-if-used'],
  config: ['names the user', 'names the user, other spelling', 'names another user', 'names none'],
} as const;
type Row = { readonly [Axis in keyof typeof axes]: (typeof axes)[Axis][number] };

/** The rules, in words. */
const oracle = {
  isKnown: ({ use }: Row): boolean => use !== 'unread' && use !== 'without a date' && use !== 'without a service',
  isInUse: ({ use }: Row): boolean => use === 'less than an hour ago' || use.startsWith('in the future'),
  deletes: (row: Row): boolean =>
    row.tag === 'of this tool' &&
    row.config.startsWith('names the user') &&
    row.caller !== 'the user' &&
    oracle.isKnown(row) &&
    (!oracle.isInUse(row) || row.flag !== ''),
};

const planFor = async (row: Row, admin?: string): Promise<UndoPlan> => {
  const value = { 'of this tool': 'aws-account-bootstrap', 'of another tool': 'terraform', none: undefined }[row.tag];
  const user = {
    UserName: 'ci',
    Arn: `arn:aws:iam::${accountId}:user/ci`,
    Tags: value === undefined ? [] : [{ Key: 'created-by', Value: value }],
  };
  const key = { AccessKeyId: 'AKIAONE', UserName: 'ci', Status: row.status, CreateDate: now };
  const other = { ...key, AccessKeyId: 'AKIATWO', Status: 'Active' };
  const { context } = accountOf(
    {
      'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: [user], GroupDetailList: [], Policies: [], IsTruncated: false }),
      ...noOtherCredentials,
      'iam:ListAccessKeys': ({ UserName }: { UserName: string }) => ({
        AccessKeyMetadata:
          UserName.toLowerCase() !== 'ci'
            ? []
            : row.keys === 'one'
              ? [key]
              : row.keys === 'a second one, never used'
                ? [key, other]
                : [other, key],
        IsTruncated: false,
      }),
      'iam:GetAccessKeyLastUsed': ({ AccessKeyId }: { AccessKeyId: string }) => {
        const used = AccessKeyId === 'AKIAONE' ? uses[row.use] : row.keys === 'a second one, never used' ? uses.never : uses['an hour ago'];
        return used === 'AccessDenied' ? used : { AccessKeyLastUsed: used };
      },
    },
    { identity: callers[row.caller] },
  );
  const named = { 'names the user': 'ci', 'names the user, other spelling': 'Ci', 'names another user': 'deploy', 'names none': undefined };
  const section = row.config === 'names none' ? {} : { mode: 'create', user: named[row.config] };
  const intents = admin === undefined ? {} : { admin: { name: admin, group: 'Administrators', console: true } };
  const desired = desiredOf(accessKeys, section, 'init', [], intents);
  const { undo } = accessKeys;
  if (undo === undefined) throw new Error('there is no undo');
  return undo.plan(desired, await undo.observe(context, desired), {
    caller: { accountId, partition: 'aws', identity: callers[row.caller] },
    named: true,
    evenIfUsed: row.flag !== '',
    running: () => true,
  });
};

describe('undo of an access key', () => {
  it('deletes by the rules, in every combination', async () => {
    const rows = combinations<Row>(axes);
    const plans = await Promise.all(rows.map(async (row) => [row, await planFor(row)] as const));
    const wrong = plans.flatMap(([row, { changes, kept, unread = [] }]) => {
      const deleted = changes.map(({ kind, summary }) => (kind === 'delete-user' ? summary : kind));
      const expected = oracle.deletes(row) ? ['Delete the user ci with its password, MFA devices and access keys'] : [];
      // What stays although the config names it is reported, or it was not read.
      const isReported = oracle.deletes(row) || !row.config.startsWith('names the user') || kept.length > 0 || unread.length > 0;
      return JSON.stringify(deleted) === JSON.stringify(expected) && isReported ? [] : [`${JSON.stringify(row)}: ${deleted.join()}`];
    });
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(rows.length).toBe(7 * 2 * 3 * 3 * 3 * 2 * 4);
  });

  it('leaves the administrator to the step that creates it', async () => {
    const rows = combinations<Row>({ ...axes, use: ['never'], keys: ['one'], tag: ['of this tool'], flag: ['--even-if-used'] });
    const plans = await Promise.all(rows.map((row) => planFor(row, 'CI')));
    expect(plans.flatMap(({ changes }) => changes)).toEqual([]);
    expect(rows.length).toBe(2 * 3 * 4);
  });
});
