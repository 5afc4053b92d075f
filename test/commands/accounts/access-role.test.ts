import { describe, expect, it } from 'vitest';
import { type AccessRole, planRole, trustsOnly } from '../../../src/commands/accounts/access-role.js';

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
  ])('is the wanted one with %s', (_, document) => {
    expect(trustsOnly(document, role)).toBe(true);
  });

  it.each([
    ['another account', trust({ ...ours, Principal: { AWS: 'arn:aws:iam::999999999999:root' } })],
    ['a second account', trust({ ...ours, Principal: { AWS: ['111122223333', '999999999999'] } })],
    ['a user of the account only', trust({ ...ours, Principal: { AWS: 'arn:aws:iam::111122223333:user/alex' } })],
    ['anybody', trust({ ...ours, Principal: '*' })],
    ['anybody, spelled otherwise', trust({ ...ours, Principal: { AWS: '*' } })],
    ['a service besides', trust({ ...ours, Principal: { ...ours.Principal, Service: 'ec2.amazonaws.com' } })],
    ['a condition', trust({ ...ours, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })],
    ['a second statement', trust(ours, { ...ours, Effect: 'Deny' })],
    ['a denial', trust({ ...ours, Effect: 'Deny' })],
    ['more actions', trust({ ...ours, Action: ['sts:AssumeRole', 'sts:TagSession'] })],
    ['another partition', trust({ ...ours, Principal: { AWS: 'arn:aws-cn:iam::111122223333:root' } })],
    ['no principal', trust({ Effect: 'Allow', Action: 'sts:AssumeRole' })],
    ['nothing', '{}'],
    ['no JSON', 'x'],
  ])("is somebody else's with %s", (_, document) => {
    expect(trustsOnly(document, role)).toBe(false);
  });
});

describe('what is made of the role', () => {
  it('is all of it where there is none', () => {
    expect(planRole({ exists: false }, role)).toEqual({ create: true, attach: true });
  });
  it('is what an interrupted run left out', () => {
    expect(planRole({ exists: true, trust: trust(ours), administrator: false }, role)).toEqual({ create: false, attach: true });
    expect(planRole({ exists: true, trust: trust(ours), administrator: true }, role)).toEqual({ create: false, attach: false });
  });
  it('is nothing where it is the role of the organization that the account leaves, and the way out is another name', () => {
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
  it('is nothing where one of that name trusts somebody else, who is named', () => {
    const strange = trust({ ...ours, Principal: { AWS: 'arn:aws:iam::999999999999:root' } });
    expect(() => planRole({ exists: true, trust: strange, administrator: true }, role)).toThrow(
      expect.objectContaining({ code: 'E-ROLE-CONFLICT', message: expect.stringContaining('arn:aws:iam::999999999999:root') }),
    );
  });
});
