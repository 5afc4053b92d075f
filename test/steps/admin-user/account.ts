import type { Finding } from '../../../src/core/finding.js';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import { accountOf, type Answers, desiredOf, now } from '../support/account.js';

export const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const columns = ['user', 'user_creation_time', 'password_last_used', 'access_key_1_last_used_date', 'access_key_2_last_used_date'];
/** A credential report with only the row of root. */
export const report = (root: Readonly<Record<string, string>>, generatedAt = daysAgo(0)): Answers => ({
  'iam:GetCredentialReport': () => ({
    Content: new TextEncoder().encode(
      `${columns.join(',')}\n${columns.map((column) => root[column] ?? (column === 'user' ? '<root_account>' : 'N/A')).join(',')}\n`,
    ),
    GeneratedTime: generatedAt,
  }),
});
export const oldReport = report({ user_creation_time: '2020-01-01T00:00:00+00:00', password_last_used: '2026-01-01T10:00:00+00:00' });

/** An account without a config, without users, and whose root was used long ago. */
export const base: Answers = {
  'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: [], GroupDetailList: [], RoleDetailList: [] }),
  'iam:GetAccountPasswordPolicy': () => 'NoSuchEntity',
  'iam:ListUsers': () => ({ Users: [] }),
  'iam:GetLoginProfile': () => 'NoSuchEntity',
  'organizations:DescribeOrganization': () => 'AWSOrganizationsNotInUseException',
  'account:GetAccountInformation': () => ({ AccountCreatedDate: daysAgo(400) }),
  ...oldReport,
};
export const check = async (answers: Answers, as: Parameters<typeof accountOf>[1] = {}): Promise<readonly Finding[]> => {
  const desired = desiredOf(adminUser, {}, 'check');
  return adminUser.assess(desired, await adminUser.observe(accountOf({ ...base, ...answers }, as).context, desired));
};
/** `status: reason` of the findings with this id, as `check` reports them. */
export const found = async (id: string, ...args: Parameters<typeof check>): Promise<readonly string[]> =>
  (await check(...args)).filter((finding) => finding.id === id).map(({ status, reason }) => `${status}: ${reason}`);
