import type { StaticOperationSchema } from '@smithy/types';

/**
 * The plan of an account: since July 2025, AWS gives a new account a Free plan, which ends after six months or with its credits, or a Paid
 * plan. https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
 */
export interface AccountPlan {
  readonly type: 'free' | 'paid';
  readonly status: 'not-started' | 'active' | 'expired';
  /** null if AWS does not report them. */
  readonly remainingCredits: { readonly amount: number; readonly unit: string } | null;
  /** ISO 8601, UTC; null if AWS reports no end. */
  readonly expiresOn: string | null;
}

export interface GetAccountPlanStateOutput {
  readonly accountId?: string;
  readonly accountPlanType?: string;
  readonly accountPlanStatus?: string;
  readonly accountPlanRemainingCredits?: { readonly amount?: number; readonly unit?: string };
  readonly accountPlanExpirationDate?: Date;
  readonly $metadata: { readonly requestId?: string };
}

const namespace = 'com.amazonaws.freetier';
const text = 0;
const number = 1;
const dateTime = 5;
/** The operation as the SDK describes operations; its client for this service is not published. Model: botocore, freetier 2023-09-07. */
export const getAccountPlanState = [
  9,
  namespace,
  'GetAccountPlanState',
  {},
  () => [3, namespace, 'GetAccountPlanStateRequest', 0, [], []],
  () => [
    3,
    namespace,
    'GetAccountPlanStateResponse',
    0,
    ['accountId', 'accountPlanType', 'accountPlanStatus', 'accountPlanRemainingCredits', 'accountPlanExpirationDate'],
    [text, text, text, () => [3, namespace, 'MonetaryAmount', 0, ['amount', 'unit'], [number, text]], dateTime],
  ],
] as StaticOperationSchema;

const types = { FREE: 'free', PAID: 'paid' } as const;
const statuses = { NOT_STARTED: 'not-started', ACTIVE: 'active', EXPIRED: 'expired' } as const;

export const hasAccountPlans = (partition: string): boolean => partition === 'aws';

const own = <T extends object>(of: T, key = ''): T[keyof T] | undefined => (Object.hasOwn(of, key) ? of[key as keyof T] : undefined);

/** undefined: a plan that this version does not know. */
export const planIn = ({
  accountPlanType,
  accountPlanStatus,
  accountPlanRemainingCredits: credits,
  accountPlanExpirationDate: end,
}: GetAccountPlanStateOutput): AccountPlan | undefined => {
  const type = own(types, accountPlanType);
  const status = own(statuses, accountPlanStatus);
  if (type === undefined || status === undefined) return undefined;
  return {
    type,
    status,
    remainingCredits:
      credits?.amount === undefined || !Number.isFinite(credits.amount) ? null : { amount: credits.amount, unit: credits.unit ?? 'USD' },
    expiresOn: end?.toISOString() ?? null,
  };
};

/** `158 USD of credits`: rounded down, so that it is never more than AWS grants. */
export const creditsWords = ({ remainingCredits }: AccountPlan): string | undefined =>
  remainingCredits === null ? undefined : `${moneyWords(remainingCredits)} of credits`;

const moneyWords = ({ amount, unit }: { readonly amount: number; readonly unit: string }): string => {
  const cents = Math.floor(amount * 100 + 1e-6);
  return `${cents % 100 === 0 || amount >= 100 ? Math.floor(cents / 100) : (cents / 100).toFixed(2)} ${unit}`;
};

export const planName = ({ type }: AccountPlan): string => (type === 'free' ? 'Free plan' : 'Paid plan');

/** `Free plan · 158 USD of credits left · ends 2027-01-28`. */
export const planWords = (plan: AccountPlan): string => {
  const credits = creditsWords(plan);
  const day = plan.expiresOn?.slice(0, 10);
  return [
    planName(plan),
    ...(plan.status === 'not-started' ? ['not started'] : []),
    ...(credits === undefined || (plan.type === 'paid' && plan.remainingCredits?.amount === 0) ? [] : [`${credits} left`]),
    ...(plan.type === 'paid' || day === undefined ? [] : [plan.status === 'expired' ? `ended ${day}` : `ends ${day}`]),
  ].join(' · ');
};

/** Whether an organization would end something: the Free plan, or credits. A plan that could not be read may be a Free plan. */
export const canLose = (plan: AccountPlan | undefined): boolean =>
  plan === undefined || plan.type === 'free' || (plan.remainingCredits !== null && plan.remainingCredits.amount > 0);
