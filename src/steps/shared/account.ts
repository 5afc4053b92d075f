import type { Event } from '@aws-sdk/client-cloudtrail';
import type { AccountRole } from '../../core/account.js';
import { type AccountPlan, hasAccountPlans, planIn } from '../../core/account-plan.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';

/** The alias in the sign-in URL; undefined if there is none. An account has at most one. */
export const readAlias = async (cloud: Pick<ReadCloud, 'readAll'>): Promise<Reading<string | undefined>> =>
  map(await cloud.readAll('iam:ListAccountAliases', {}), (pages) => pages.flatMap((page) => page.AccountAliases ?? [])[0]);

/**
 * Whether the account is standalone, or a management or member account of an organization. Any account can call the API; a standalone one
 * gets the error "not in use".
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
 */
export const readAccountRole = async (cloud: ReadCloud, accountId: () => Promise<string>): Promise<Reading<AccountRole>> => {
  const [reading, id] = await Promise.all([
    cloud.find('organizations:DescribeOrganization', {}, ['AWSOrganizationsNotInUseException']),
    accountId(),
  ]);
  if (!reading.ok) return reading;
  if (reading.value === undefined) return { ...reading, value: 'standalone' };
  const manager = reading.value.Organization?.MasterAccountId;
  if (manager !== undefined) return { ...reading, value: manager === id ? 'management' : 'member' };
  const message = 'the response to organizations:DescribeOrganization has no management account';
  return { ok: false, cause: 'failed', message, evidence: reading.evidence };
};

/** undefined: the partition has no account plans. */
export const readAccountPlan = async (cloud: Pick<ReadCloud, 'read'>, partition: string): Promise<Reading<AccountPlan> | undefined> => {
  if (!hasAccountPlans(partition)) return undefined;
  const reading = await cloud.read('freetier:GetAccountPlanState', {});
  if (!reading.ok) return reading;
  const plan = planIn(reading.value);
  if (plan !== undefined) return map(reading, () => plan);
  const message = 'the response to freetier:GetAccountPlanState has a plan that this version does not know';
  return { ok: false, cause: 'failed', message, evidence: reading.evidence };
};

/** The calls of an operation in CloudTrail's event history that AWS carried out. */
export const readSuccesses = async (
  cloud: ReadCloud,
  eventName: string,
  since: { readonly StartTime?: Date } = {},
): Promise<Reading<readonly Event[]>> => {
  const input = { LookupAttributes: [{ AttributeKey: 'EventName' as const, AttributeValue: eventName }], MaxResults: 50, ...since };
  return map(await cloud.readAll('cloudtrail:LookupEvents', input), (pages) =>
    pages.flatMap((page) => page.Events ?? []).filter((event) => !wasRefused(event)),
  );
};

/** An attempt that AWS denied changed nothing. */
const wasRefused = ({ CloudTrailEvent: detail = '{}' }: Event): boolean => {
  try {
    return (JSON.parse(detail) as { readonly errorCode?: unknown } | null)?.errorCode !== undefined;
  } catch {
    return false;
  }
};
