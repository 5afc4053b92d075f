import type { Budget } from '@aws-sdk/client-budgets';
import { isAwsError } from '../../core/aws-error.js';
import type { Change } from '../../core/finding.js';
import { type Reading, value } from '../../core/reading.js';
import { partitionOf } from '../../core/account.js';
import { defineUndo } from '../../core/step.js';
import { listed } from '../../core/text.js';
import { type AlertsOfBudget, mailAddresses, readAlertSubscribers, readBudgets } from './alerts.js';

interface Desired {
  readonly name: string;
  readonly subscribers: readonly string[];
  /** The config describes no budget. */
  readonly audit: boolean;
}
interface DeleteBudget extends Change {
  readonly kind: 'delete-budget';
  readonly name: string;
}
interface Observed {
  readonly budgets: Reading<readonly Budget[]>;
  readonly alerts: AlertsOfBudget;
}

/** The budget has no tag, so only the one that the config describes is deleted, and only if its alerts go to no one else. */
export const undoBudget = defineUndo<Desired, Observed, DeleteBudget>({
  observe: async ({ cloud, accountId, caller }, { name }) => {
    if (!partitionOf((await caller()).partition).billing) return { budgets: value([]), alerts: { budget: name, alerts: value([]) } };
    const id = await accountId();
    const [budgets, alerts] = await Promise.all([readBudgets(cloud, id), readAlertSubscribers(cloud, id, name, 'all')]);
    return { budgets, alerts };
  },

  plan: ({ name, audit, subscribers }, { budgets, alerts }) => {
    if (!budgets.ok) return { changes: [], kept: [], unread: [budgets] };
    if (!budgets.value.some(({ BudgetName }) => BudgetName === name)) return { changes: [], kept: [] };
    const what = `The budget ${name}`;
    if (audit)
      return {
        changes: [],
        kept: [{ what, why: 'neither the config nor a flag describes it; to remove it, pass --email with the address of its alerts' }],
      };
    if (!alerts.alerts.ok) return { changes: [], kept: [], unread: [alerts.alerts] };
    const unread = alerts.alerts.value.flatMap((alert) => (alert.subscribers?.ok === false ? [alert.subscribers] : []));
    if (unread.length > 0) return { changes: [], kept: [], unread };
    const own = subscribers.map((address) => address.toLowerCase());
    const others = alerts.alerts.value
      .flatMap((alert) => (alert.subscribers?.ok === true ? alert.subscribers.value : []))
      .map((one) => (one.SubscriptionType === 'EMAIL' ? mailAddresses([one]) : [one.Address ?? '']).join(''))
      .filter((address) => !own.includes(address));
    if (others.length > 0)
      return {
        changes: [],
        kept: [{ what, why: `its alerts also go to ${listed([...new Set(others)])}, which neither the config nor --email names` }],
      };
    const change: DeleteBudget = {
      kind: 'delete-budget',
      summary: `Delete the budget ${name} with its alerts`,
      risk: 'none',
      calls: ['budgets:DeleteBudget'],
      name,
    };
    return { changes: [change], kept: [] };
  },

  apply: async ({ cloud, accountId }, { name }) => {
    await cloud.write('budgets:DeleteBudget', { AccountId: await accountId(), BudgetName: name }).catch((error: unknown) => {
      if (!isAwsError(error, 'NotFoundException')) throw error;
    });
  },
});
