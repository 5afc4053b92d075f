import type { Behaviours } from '../behaviour.js';

/** How long a Free plan lasts. https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html */
const FREE_PLAN_MONTHS = 6;
const SIGN_UP_CREDITS = 100;

/** The plan of the account, which ends six months after sign-up by the practice clock. */
export const freetier: Behaviours = {
  GetAccountPlanState(_input, { account, now }) {
    const { id, plan, createdAt, credits = plan === 'FREE' ? SIGN_UP_CREDITS : 0 } = account;
    const end = new Date(createdAt);
    end.setUTCMonth(end.getUTCMonth() + FREE_PLAN_MONTHS);
    return {
      accountId: id,
      accountPlanType: plan,
      accountPlanStatus: plan === 'FREE' && end <= now ? 'EXPIRED' : 'ACTIVE',
      accountPlanRemainingCredits: { amount: credits, unit: 'USD' },
      ...(plan === 'FREE' ? { accountPlanExpirationDate: end } : {}),
    };
  },
};
