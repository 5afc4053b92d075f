import { describe, expect, it } from 'vitest';
import { value } from '../../../src/core/reading.js';
import { type AccessRole, planRole, readRole, trustsOnly } from '../../../src/commands/accounts/access-role.js';

const role: AccessRole = {
  name: 'OrganizationAccountAccessRole',
  partition: 'aws',
  accountId: '444455556666',
  managementAccountId: '111122223333',
};
const ours = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'sts:AssumeRole' };
const trust = (...statements: readonly unknown[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.length === 1 ? statements[0] : statements });

describe('a trust policy', () => {
  it.each([
    ['the account by its ARN', trust(ours)],
    ['a list of one statement', JSON.stringify({ Statement: [ours] })],
    ['the account by its id', trust({ ...ours, Principal: { AWS: '111122223333' } })],
    ['lists of one', trust({ ...ours, Principal: { AWS: ['111122223333'] }, Action: ['sts:AssumeRole'] })],
    ['a name for the statement', trust({ ...ours, Sid: 'Management' })],
  ])('matches with %s', (_, document) => {
    expect(trustsOnly(document, role)).toBe(true);
  });

  it.each([
    ['another account', trust({ ...ours, Principal: { AWS: 'arn:aws:iam::999999999999:root' } })],
    ['a second account', trust({ ...ours, Principal: { AWS: ['111122223333', '999999999999'] } })],
    ['a user of the account only', trust({ ...ours, Principal: { AWS: 'arn:aws:iam::111122223333:user/alex' } })],
    ['everyone', trust({ ...ours, Principal: '*' })],
    ['everyone, in another form', trust({ ...ours, Principal: { AWS: '*' } })],
    ['a service in addition', trust({ ...ours, Principal: { ...ours.Principal, Service: 'ec2.amazonaws.com' } })],
    ['a condition', trust({ ...ours, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })],
    ['a second statement', trust(ours, { ...ours, Effect: 'Deny' })],
    ['effect Deny', trust({ ...ours, Effect: 'Deny' })],
    ['more actions', trust({ ...ours, Action: ['sts:AssumeRole', 'sts:TagSession'] })],
    ['another partition', trust({ ...ours, Principal: { AWS: 'arn:aws-cn:iam::111122223333:root' } })],
    ['no principal', trust({ Effect: 'Allow', Action: 'sts:AssumeRole' })],
    ['nothing', '{}'],
    ['no JSON', 'x'],
  ])('does not match with %s', (_, document) => {
    expect(trustsOnly(document, role)).toBe(false);
  });
});

describe('the role in the account', () => {
  const readWith = (AssumeRolePolicyDocument: string) =>
    readRole(
      {
        find: async () => value({ Role: { AssumeRolePolicyDocument } }),
        readAll: async () =>
          value([{ AttachedPolicies: [{ PolicyName: 'ReadOnlyAccess', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }]),
      } as never,
      role,
    );

  it('is read with the names of its other policies', async () => {
    const read = await readWith(encodeURIComponent(trust(ours)));
    expect(read).toMatchObject({ ok: true, value: { exists: true, trust: trust(ours), administrator: false, others: ['ReadOnlyAccess'] } });
  });

  it('conflicts if its trust policy cannot be decoded', async () => {
    const read = await readWith('%E0%A4%A');
    if (!read.ok) throw new Error(read.message);
    expect(() => planRole(read.value, role)).toThrow(expect.objectContaining({ code: 'E-ROLE-CONFLICT' }));
  });
});

describe('the changes to the role', () => {
  it('create it and attach the policy if there is no role', () => {
    expect(planRole({ exists: false }, role)).toEqual({ create: true, attach: true });
  });
  it('complete an interrupted run', () => {
    expect(planRole({ exists: true, trust: trust(ours), administrator: false }, role)).toEqual({ create: false, attach: true });
    expect(planRole({ exists: true, trust: trust(ours), administrator: true }, role)).toEqual({ create: false, attach: false });
  });
  it('are none if the role has other policies, because someone limited it', () => {
    const limited = { exists: true, trust: trust(ours), others: ['ReadOnlyAccess'] } as const;
    expect(() => planRole({ ...limited, administrator: false }, role)).toThrow(
      expect.objectContaining({ code: 'E-ROLE-CONFLICT', message: expect.stringContaining('limited access: ReadOnlyAccess') }),
    );
    expect(planRole({ ...limited, administrator: true }, role)).toEqual({ create: false, attach: false });
  });
  it('are none if it is the role of the organization that the account leaves; the error suggests another name', () => {
    const former = '777788889999';
    const old = {
      exists: true,
      trust: trust({ ...ours, Principal: { AWS: `arn:aws:iam::${former}:root` } }),
      administrator: true,
    } as const;
    expect(() => planRole(old, role, former)).toThrow(
      expect.objectContaining({
        code: 'E-ROLE-CONFLICT',
        message: expect.stringContaining(former),
        next: expect.stringContaining('--role NAME'),
      }),
    );
  });
  it('are none if a role of that name trusts another principal, which the error names', () => {
    const strange = trust({ ...ours, Principal: { AWS: 'arn:aws:iam::999999999999:root' } });
    expect(() => planRole({ exists: true, trust: strange, administrator: true }, role)).toThrow(
      expect.objectContaining({ code: 'E-ROLE-CONFLICT', message: expect.stringContaining('arn:aws:iam::999999999999:root') }),
    );
  });
});
