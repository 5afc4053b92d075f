import { type AccountPlan, planWords } from '../../core/account-plan.js';
import type { Finding } from '../../core/finding.js';
import { type Reading, unknownFinding } from '../../core/reading.js';

const id = 'budget.free-plan';
const day = 86_400_000;
/** Enough time to move data out, or to decide for a Paid plan. */
const noticeDays = 30;

/**
 * When a Free plan ends, AWS closes the account, and deletes what is in it 90 days later.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
 */
export const assessFreePlan = (plan: Reading<AccountPlan> | undefined, now: Date, consoleHost: string): Finding<never> => {
  if (plan === undefined) return { id, status: 'not-applicable', reason: 'This partition has no Free plans', evidence: [] };
  if (!plan.ok) return unknownFinding(id, plan);
  const { value, evidence } = plan;
  const observed = planWords(value);
  const base = { id, evidence, observed } as const;
  if (value.type === 'paid') return { ...base, status: 'not-applicable', reason: 'The account is on a Paid plan' };
  const left = value.expiresOn === null ? undefined : Date.parse(value.expiresOn) - now.getTime();
  const ended = value.status === 'expired' || (left !== undefined && left <= 0);
  if (!ended && (left === undefined || left > noticeDays * day)) return { ...base, status: 'pass', reason: observed };
  const days = Math.ceil((left ?? 0) / day);
  return {
    ...base,
    status: 'fail',
    expected: `more than ${noticeDays} days until the Free plan ends`,
    reason: ended
      ? `The Free plan has ended, and AWS closes the account: ${observed}`
      : `The Free plan ends in ${days} ${days === 1 ? 'day' : 'days'}, and AWS then closes the account: ${observed}`,
    remedy: {
      by: 'hand',
      instructions: 'Upgrade to a Paid plan in the console, or move out what you want to keep before the account is closed.',
      url: `https://${consoleHost}/billing/home#/freetier`,
    },
  };
};
