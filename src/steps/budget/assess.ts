import type { Budget, Subscriber } from '@aws-sdk/client-budgets';
import type { Evidence, Finding, Remedy } from '../../core/finding.js';
import type { Reading } from '../../core/reading.js';
import { type Alert, notificationOf, type ObservedAlert, sameNotification, type SubscribersOfAlert, unreadBudget } from './alerts.js';
import { addSubscriber, alertWords, type BudgetChange, createAlert, createBudget, updateBudget } from './changes.js';
import {
  budgetWords,
  driftOf,
  healthWords,
  isFiltered,
  isHealthy,
  isMonthlyCost,
  isRunning,
  leftOutCharges,
  plainAmount,
  type WantedBudget,
  watchesEverything,
} from './form.js';

/** Judging the one budget that the config names. */
interface Wanted {
  readonly budget: WantedBudget;
  readonly alerts: readonly Alert[];
  readonly subscribers: readonly string[];
}
interface Seen {
  readonly budgets: Reading<readonly Budget[]>;
  readonly heard: SubscribersOfAlert | undefined;
  readonly now: Date;
  /** The console's page of budgets. */
  readonly console: string;
}

type BudgetFinding = Finding<BudgetChange>;

/** AWS allows ten alerts a budget, and ten addresses an alert. */
const mostAlerts = 10;
const mostAddresses = 10;

export const assessWanted = (wanted: Wanted, seen: Seen): readonly BudgetFinding[] => {
  const { name } = wanted.budget;
  if (!seen.budgets.ok) {
    const unread = seen.budgets;
    return ['budget.exists', 'budget.limit', 'budget.alerts', 'budget.subscribers'].map((id) => unreadBudget(id, unread, name));
  }
  const { value: budgets, evidence } = seen.budgets;
  const budget = budgets.find((one) => one.BudgetName === name);
  if (budget === undefined) return absent(wanted, budgets, evidence, seen);
  return [...existing(wanted, budget, evidence, seen), ...heardBy(wanted, seen)];
};

/** No such budget: one change makes it whole - unless another budget does the same already. */
const absent = (wanted: Wanted, budgets: readonly Budget[], evidence: readonly Evidence[], seen: Seen): readonly BudgetFinding[] => {
  const { name, amount, unit } = wanted.budget;
  const base = { status: 'fail', resource: name, evidence } as const;
  const equivalent = budgets
    .filter((one) => watchesEverything(one, seen.now, wanted.budget.includeCredits))
    .map((one) => one.BudgetName ?? '');
  if (equivalent.length > 0) {
    const reason = `There is no budget ${name}, but ${equivalent.join(', ')} watches the costs of this account already`;
    const instructions = `Choose: write name: ${JSON.stringify(equivalent[0])} under budget in bootstrap.yaml to use that one, or delete it in the console to have ${name} made.`;
    return [
      {
        ...base,
        id: 'budget.exists',
        reason,
        expected: name,
        observed: equivalent.join(', '),
        remedy: { by: 'hand', instructions, url: seen.console },
      },
    ];
  }
  const reason = `There is no budget ${name}`;
  if (wanted.subscribers.length === 0) return [{ ...base, id: 'budget.exists', reason, expected: name, remedy: needsAddress }];
  const remedy = { by: 'init', change: createBudget(wanted.budget, wanted.alerts, wanted.subscribers) } as const;
  return [
    { ...base, id: 'budget.exists', reason, expected: name, remedy },
    { ...base, id: 'budget.limit', reason: 'No budget sets a limit', expected: `${plainAmount(amount)} ${unit} a month`, remedy },
    { ...base, id: 'budget.alerts', reason: 'No alert goes off', expected: wanted.alerts.map(alertWords).join(', '), remedy },
    { ...base, id: 'budget.subscribers', reason: 'Nobody hears of rising costs', expected: wanted.subscribers.join(', '), remedy },
  ];
};

const needsAddress: Remedy<never> = {
  by: 'hand',
  instructions: 'Choose who is to hear of rising costs.',
  command: 'bootstrap init --only budget --email ADDRESS',
};

const existing = ({ budget: wanted }: Wanted, budget: Budget, evidence: readonly Evidence[], seen: Seen): readonly BudgetFinding[] => {
  const { name } = wanted;
  const base = { resource: name, evidence, observed: budgetWords(budget) } as const;
  const { mended, byHand } = driftOf(budget, wanted, seen.now);
  const remedy: Remedy<BudgetChange> =
    mended.length > 0
      ? { by: 'init', change: updateBudget(budget, wanted, mended, seen.now) }
      : { by: 'hand', instructions: `Edit the scope of ${name} in the console.`, url: seen.console };
  const charges = leftOutCharges(budget);
  const scope = isFiltered(budget)
    ? '; it has a filter of its own and watches a part of the costs'
    : charges.length === 0
      ? ''
      : `; it leaves out ${charges.join(', ')}`;
  const limit = `${plainAmount(wanted.amount)} ${wanted.unit} a month, credits ${wanted.includeCredits ? 'counted' : 'left out'}`;
  const drift = [...mended, ...byHand];
  const runs = isMonthlyCost(budget) && isRunning(budget, seen.now);
  return [
    runs && !isHealthy(budget)
      ? {
          ...base,
          id: 'budget.exists',
          status: 'fail',
          expected: name,
          reason: `AWS does not update ${name} (${healthWords(budget)}), so it sends no alert`,
          remedy: {
            by: 'hand',
            instructions: `Open ${name} in the console, which shows what AWS lacks (its billing view, its filter, or a setting), and correct that; or delete it and run init again.`,
            url: seen.console,
          },
        }
      : runs
        ? { ...base, id: 'budget.exists', status: 'pass', expected: name, reason: `The budget ${name} is there${scope}` }
        : {
            ...base,
            id: 'budget.exists',
            status: 'fail',
            expected: name,
            reason: `${name} is no monthly cost budget that runs: ${mended.join(', ')}`,
            remedy,
          },
    drift.length === 0
      ? { ...base, id: 'budget.limit', status: 'pass', expected: limit, reason: `${name} has the wanted limit: ${limit}` }
      : { ...base, id: 'budget.limit', status: 'fail', expected: limit, reason: `${name} differs: ${drift.join(', ')}`, remedy },
  ];
};

/** Each wanted alert, and each wanted address on it. Alerts and addresses that a person added are left alone. */
const heardBy = (wanted: Wanted, { heard, console }: Seen): readonly BudgetFinding[] => {
  const { name } = wanted.budget;
  if (heard === undefined) return [];
  const { alerts: reading } = heard;
  if (!reading.ok) return ['budget.alerts', 'budget.subscribers'].map((id) => unreadBudget(id, reading, name));
  const { value: seen, evidence } = reading;
  const found = wanted.alerts.map((alert) => ({
    alert,
    seen: seen.find((one) => sameNotification(one.notification, notificationOf(alert))),
  }));
  const missing = found.filter((one) => one.seen === undefined).map(({ alert }) => alert);
  const alerts = missing.map((alert, index): BudgetFinding => {
    const full = seen.length + index >= mostAlerts;
    return {
      id: 'budget.alerts',
      status: 'fail',
      resource: `${name}: ${alertWords(alert)}`,
      reason: `${name} has no alert at ${alertWords(alert)}${full ? `, and no room for it: AWS allows ${mostAlerts}` : ''}`,
      expected: alertWords(alert),
      evidence,
      remedy:
        wanted.subscribers.length === 0
          ? needsAddress
          : full
            ? {
                by: 'hand',
                instructions: `Delete an alert of ${name} that is not needed, or list fewer under budget.alerts.`,
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
      reason: `All ${wanted.alerts.length} wanted alerts are there`,
      evidence,
    });
  return [...alerts, ...addresses(wanted, found, alerts, console)];
};

const addresses = (
  wanted: Wanted,
  found: readonly { readonly alert: Alert; readonly seen: ObservedAlert | undefined }[],
  alerts: readonly BudgetFinding[],
  console: string,
): readonly BudgetFinding[] => {
  const { name } = wanted.budget;
  const evidence: Evidence[] = [];
  const findings: BudgetFinding[] = [];
  for (const { alert, seen } of found) {
    if (seen?.subscribers === undefined) continue;
    const resource = `${name}: ${alertWords(alert)}`;
    if (!seen.subscribers.ok) {
      findings.push(unreadBudget('budget.subscribers', seen.subscribers, resource));
      continue;
    }
    evidence.push(...seen.subscribers.evidence);
    const there = mailAddresses(seen.subscribers.value);
    const missing = wanted.subscribers.filter((address) => !there.includes(address.toLowerCase()));
    missing.forEach((address, index) => {
      const full = there.length + index >= mostAddresses;
      findings.push({
        id: 'budget.subscribers',
        status: 'fail',
        resource: `${resource}: ${address}`,
        reason: `${address} does not hear the alert at ${alertWords(alert)}${full ? `, and AWS allows ${mostAddresses} addresses` : ''}`,
        expected: address,
        observed: seen.subscribers?.ok ? seen.subscribers.value.map((one) => one.Address).join(', ') : '',
        evidence: seen.subscribers?.evidence ?? [],
        remedy: full
          ? { by: 'hand', instructions: `Take an address off the alert, or list fewer under budget.subscribers.`, url: console }
          : { by: 'init', change: addSubscriber(name, alert, address) },
      });
    });
  }
  if (findings.length > 0) return findings;
  const base = { id: 'budget.subscribers', resource: name, evidence } as const;
  const [firstMissing] = alerts;
  // Without any of the wanted alerts nobody is told anything; who makes the alert also says to whom it goes.
  return found.every(({ seen }) => seen === undefined)
    ? [
        {
          ...base,
          status: 'fail',
          reason: 'Nobody hears of rising costs',
          ...(firstMissing?.remedy === undefined ? {} : { remedy: firstMissing.remedy }),
        },
      ]
    : [{ ...base, status: 'pass', reason: `The wanted alerts go to ${wanted.subscribers.join(', ') || 'their subscribers'}` }];
};

/** Mail hosts take no notice of case, and AWS may not keep it. */
export const mailAddresses = (subscribers: readonly Subscriber[]): readonly string[] =>
  subscribers.filter((one) => one.SubscriptionType === 'EMAIL').map((one) => (one.Address ?? '').toLowerCase());
