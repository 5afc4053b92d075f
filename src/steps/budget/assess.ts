import type { Budget } from '@aws-sdk/client-budgets';
import type { Evidence, Finding, Remedy } from '../../core/finding.js';
import type { Reading } from '../../core/reading.js';
import { shellWord } from '../../core/text.js';
import {
  type Alert,
  type AlertsOfBudget,
  mailAddresses,
  notificationOf,
  notificationWords,
  type ObservedAlert,
  sameNotification,
  unreadBudget,
} from './alerts.js';
import {
  addSubscriber,
  alertWords,
  type BudgetChange,
  createAlert,
  createBudget,
  driftOf,
  updateBudget,
  type WantedBudget,
} from './changes.js';
import {
  budgetWords,
  healthWords,
  isFiltered,
  isHealthy,
  isMonthlyCost,
  isRunning,
  leftOutCharges,
  plainAmount,
  watchesEverything,
} from './coverage.js';

interface Wanted {
  readonly budget: WantedBudget;
  readonly alerts: readonly Alert[];
  readonly subscribers: readonly string[];
}
interface Observed {
  readonly budgets: Reading<readonly Budget[]>;
  readonly alerts: AlertsOfBudget | undefined;
  readonly now: Date;
  /** The page of budgets in the console. */
  readonly console: string;
}

type BudgetFinding = Finding<BudgetChange>;

/** AWS allows ten alerts per budget, and ten addresses per alert. */
const maximumAlerts = 10;
const maximumAddresses = 10;

/** Assesses the one budget that the config names. */
export const assessWanted = (wanted: Wanted, observed: Observed): readonly BudgetFinding[] => {
  const { name } = wanted.budget;
  if (!observed.budgets.ok) {
    const unread = observed.budgets;
    return ['budget.exists', 'budget.limit', 'budget.alerts', 'budget.subscribers'].map((id) => unreadBudget(id, unread, name));
  }
  const { value: budgets, evidence } = observed.budgets;
  const budget = budgets.find((one) => one.BudgetName === name);
  if (budget === undefined) return missingBudget(wanted, budgets, evidence, observed);
  return [...existingBudget(wanted, budget, budgets, evidence, observed), ...assessAlerts(wanted, observed)];
};

/** One change creates the budget with its alerts, unless another budget already does the same. */
const missingBudget = (
  wanted: Wanted,
  budgets: readonly Budget[],
  evidence: readonly Evidence[],
  observed: Observed,
): readonly BudgetFinding[] => {
  const { name, amount, unit } = wanted.budget;
  const base = { status: 'fail', resource: name, evidence } as const;
  const equivalent = budgets
    .filter((one) => watchesEverything(one, observed.now, wanted.budget.includeCredits))
    .map((one) => one.BudgetName ?? '');
  if (equivalent.length > 0) {
    const reason = `There is no budget ${name}, but ${equivalent.join(', ')} already watches the costs of this account`;
    const instructions = `Either use that budget (--budget-name ${shellWord(equivalent[0] ?? '')} of init, or budget.name in bootstrap.yaml), or delete it in the console and run init again to create ${name}.`;
    return [
      {
        ...base,
        id: 'budget.exists',
        reason,
        expected: name,
        observed: equivalent.join(', '),
        remedy: { by: 'hand', instructions, url: observed.console },
      },
    ];
  }
  const reason = `There is no budget ${name}`;
  if (wanted.subscribers.length === 0) return [{ ...base, id: 'budget.exists', reason, expected: name, remedy: needsAddress }];
  const remedy = { by: 'init', change: createBudget(wanted.budget, wanted.alerts, wanted.subscribers) } as const;
  return [
    { ...base, id: 'budget.exists', reason, expected: name, remedy },
    { ...base, id: 'budget.limit', reason: 'No budget has a limit', expected: `${plainAmount(amount)} ${unit} a month`, remedy },
    { ...base, id: 'budget.alerts', reason: 'The account has no budget alert', expected: wanted.alerts.map(alertWords).join(', '), remedy },
    {
      ...base,
      id: 'budget.subscribers',
      reason: 'No one receives mail about rising costs',
      expected: wanted.subscribers.join(', '),
      remedy,
    },
  ];
};

export const needsAddress = {
  by: 'hand',
  instructions: 'Choose an address that receives mail about rising costs.',
  command: 'bootstrap init --only budget --email ADDRESS',
} as const;

/** `others`: every budget of the account, of which another one may watch all costs. */
const existingBudget = (
  { budget: wanted }: Wanted,
  budget: Budget,
  others: readonly Budget[],
  evidence: readonly Evidence[],
  observed: Observed,
): readonly BudgetFinding[] => {
  const { name } = wanted;
  const base = { resource: name, evidence, observed: budgetWords(budget) } as const;
  const { fixable, manual } = driftOf(budget, wanted, observed.now);
  const remedy: Remedy<BudgetChange> =
    fixable.length > 0
      ? { by: 'init', change: updateBudget(budget, wanted, fixable, observed.now) }
      : { by: 'hand', instructions: `Edit the scope of ${name} in the console.`, url: observed.console };
  const charges = leftOutCharges(budget);
  const scope = isFiltered(budget)
    ? '; it has a filter, so it watches only part of the costs'
    : charges.length === 0
      ? ''
      : `; it does not count ${charges.join(', ')}`;
  const limit = `${plainAmount(wanted.amount)} ${wanted.unit} a month, ${wanted.includeCredits ? 'with' : 'without'} credits`;
  const drift = [...fixable, ...manual];
  const isActive = isMonthlyCost(budget) && isRunning(budget, observed.now);
  return [
    isActive && !isHealthy(budget)
      ? {
          ...base,
          id: 'budget.exists',
          status: 'fail',
          expected: name,
          reason: `AWS does not update ${name} (${healthWords(budget)}), so it sends no alert`,
          remedy: {
            by: 'hand',
            instructions: `Open ${name} in the console, which shows the cause (the billing view, the filter, or a setting), and fix it. Or delete the budget and run init again.`,
            url: observed.console,
          },
        }
      : isActive
        ? isFiltered(budget) && !others.some((one) => watchesEverything(one, observed.now, wanted.includeCredits))
          ? {
              ...base,
              id: 'budget.exists',
              status: 'fail',
              expected: name,
              reason: `The budget ${name} has a filter, and no other budget watches all costs`,
              remedy: {
                by: 'hand',
                instructions: `Remove the filter of ${name} in the console. Or keep it, and run init with another --budget-name (or budget.name in bootstrap.yaml), which creates a second budget.`,
                url: observed.console,
              },
            }
          : { ...base, id: 'budget.exists', status: 'pass', expected: name, reason: `The budget ${name} exists${scope}` }
        : {
            ...base,
            id: 'budget.exists',
            status: 'fail',
            expected: name,
            reason: `${name} is not an active monthly cost budget: ${fixable.join(', ')}`,
            remedy,
          },
    drift.length === 0
      ? { ...base, id: 'budget.limit', status: 'pass', expected: limit, reason: `${name} has the configured limit: ${limit}` }
      : { ...base, id: 'budget.limit', status: 'fail', expected: limit, reason: `${name} differs: ${drift.join(', ')}`, remedy },
  ];
};

/** Each configured alert, and each configured address on it. Other alerts and addresses are not changed. */
const assessAlerts = (wanted: Wanted, { alerts: ofBudget, console }: Observed): readonly BudgetFinding[] => {
  const { name } = wanted.budget;
  if (ofBudget === undefined) return [];
  const { alerts: reading } = ofBudget;
  if (!reading.ok) return ['budget.alerts', 'budget.subscribers'].map((id) => unreadBudget(id, reading, name));
  const { value: existing, evidence } = reading;
  const found = wanted.alerts.map((alert) => ({
    alert,
    observed: existing.find((one) => sameNotification(one.notification, notificationOf(alert))),
  }));
  const missing = found.filter((one) => one.observed === undefined).map(({ alert }) => alert);
  const alerts = missing.map((alert, index): BudgetFinding => {
    const full = existing.length + index >= maximumAlerts;
    return {
      id: 'budget.alerts',
      status: 'fail',
      resource: `${name}: ${alertWords(alert)}`,
      reason: `${name} has no alert at ${alertWords(alert)}${full ? `, and AWS allows only ${maximumAlerts} alerts` : ''}`,
      expected: alertWords(alert),
      evidence,
      remedy:
        wanted.subscribers.length === 0
          ? needsAddress
          : full
            ? {
                by: 'hand',
                instructions: `Delete an alert of ${name} that you do not need, or list fewer under budget.alerts.`,
                url: console,
              }
            : { by: 'init', change: createAlert(name, alert, wanted.subscribers) },
    };
  });
  if (alerts.length === 0)
    alerts.push({
      id: 'budget.alerts',
      status: 'pass',
      resource: name,
      reason: wanted.alerts.length === 1 ? 'The configured alert exists' : `All ${wanted.alerts.length} configured alerts exist`,
      evidence,
    });
  return [...alerts, ...assessAddresses(wanted, found, alerts, console)];
};

const assessAddresses = (
  wanted: Wanted,
  found: readonly { readonly alert: Alert; readonly observed: ObservedAlert | undefined }[],
  alerts: readonly BudgetFinding[],
  console: string,
): readonly BudgetFinding[] => {
  const { name } = wanted.budget;
  const evidence: Evidence[] = [];
  const findings: BudgetFinding[] = [];
  for (const { alert, observed } of found) {
    if (observed === undefined) continue;
    const { subscribers } = observed;
    if (subscribers === undefined) throw new Error('the subscribers of a configured alert were not read');
    const resource = `${name}: ${alertWords(alert)}`;
    if (!subscribers.ok) {
      findings.push(unreadBudget('budget.subscribers', subscribers, resource));
      continue;
    }
    evidence.push(...subscribers.evidence);
    const existing = mailAddresses(subscribers.value);
    const missing = wanted.subscribers.filter((address) => !existing.includes(address.toLowerCase()));
    missing.forEach((address, index) => {
      const full = existing.length + index >= maximumAddresses;
      findings.push({
        id: 'budget.subscribers',
        status: 'fail',
        resource: `${resource}: ${address}`,
        reason: `${address} does not receive the alert at ${alertWords(alert)}${full ? `, and AWS allows only ${maximumAddresses} addresses` : ''}`,
        expected: address,
        observed: subscribers.value.map((one) => one.Address).join(', ') || 'no subscriber',
        evidence: subscribers.evidence,
        remedy: full
          ? { by: 'hand', instructions: 'Remove an address from the alert, or list fewer under budget.subscribers.', url: console }
          : { by: 'init', change: addSubscriber(name, alert, address) },
      });
    });
  }
  // The config names no address, so any recipient is enough.
  if (wanted.subscribers.length === 0)
    findings.push(...found.flatMap(({ observed }) => (observed?.subscribers?.ok ? withoutRecipient(name, observed, console) : [])));
  if (findings.length > 0) return findings;
  const base = { id: 'budget.subscribers', resource: name, evidence } as const;
  const [firstMissing] = alerts;
  // Without an alert, there is no subscriber either. The change that creates the alert also sets its subscribers.
  return found.every(({ observed }) => observed === undefined)
    ? [
        {
          ...base,
          status: 'fail',
          reason: 'No one receives mail about rising costs',
          ...(firstMissing?.remedy === undefined ? {} : { remedy: firstMissing.remedy }),
        },
      ]
    : [{ ...base, status: 'pass', reason: `The alerts go to ${wanted.subscribers.join(', ') || 'their subscribers'}` }];
};

/** Has `init` complete an existing budget. */
export const commandFor = (budget: string): string => `${needsAddress.command} --budget-name ${shellWord(budget)}`;

/** What is wrong with the recipients of an alert; empty if it goes to an address. A budget does not show who is subscribed to a topic. */
export const withoutRecipient = (
  budget: string,
  { notification, subscribers }: ObservedAlert,
  console: string,
): readonly Finding<never>[] => {
  const resource = `${budget}: ${notificationWords(notification)}`;
  if (subscribers === undefined) return [];
  if (!subscribers.ok) return [unreadBudget('budget.subscribers', subscribers, resource)];
  if (mailAddresses(subscribers.value).length > 0) return [];
  const finding = { id: 'budget.subscribers', resource, evidence: subscribers.evidence } as const;
  const command = commandFor(budget);
  const topics = subscribers.value.map((one) => one.Address ?? '');
  if (topics.length > 0)
    return [
      {
        ...finding,
        status: 'manual',
        reason: `The alert only goes to ${topics.join(', ')}; the budget does not show who is subscribed there`,
        observed: topics.join(', '),
        remedy: { by: 'hand', instructions: 'Check whether the topic has a subscriber, or run this command.', command },
      },
    ];
  return [
    {
      ...finding,
      status: 'fail',
      reason: `The alert at ${notificationWords(notification)} has no recipient`,
      remedy: { by: 'hand', instructions: 'Add an address to the alert in the console, or run this command.', command, url: console },
    },
  ];
};
