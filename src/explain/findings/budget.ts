import type { Explanation } from '../../core/explanation.js';

const budgets = 'https://console.aws.amazon.com/costmanagement/home#/budgets';
const create = 'https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create.html';
const practices = 'https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html';
const api = 'https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html';
const prowler = 'Prowler does not look at budgets.';
const alert = 'NotificationType=ACTUAL,ComparisonOperator=GREATER_THAN,Threshold=80,ThresholdType=PERCENTAGE';

export const budgetPages: Readonly<Record<string, Explanation>> = {
  'budget.exists': {
    means: [
      'With a budget in the config: there is a monthly cost budget of that name, and AWS updates it (its `HealthStatus`). Without: there is at least one monthly cost budget that runs now, that AWS updates, that leaves out no service, region, tag, account or kind of charge (taxes, support, subscriptions, fees), and that does not count credits or refunds.',
      'AWS counts credits unless the budget says otherwise, so a budget of 10 USD reads 0 until the free credits are used up, and cannot warn before. A budget that is not healthy (`BILLING_VIEW_UNHEALTHY`, `BILLING_VIEW_NO_ACCESS`, `FILTER_INVALID`, `MULTI_YEAR_HISTORICAL_DATA_DISABLED`) is not updated, and sends no alert.',
      "In a member account of an organization this weighs less (low), because its costs stand on the management account's bill, where a budget may watch them.",
    ],
    matters:
      'Nothing else in a new account warns of rising costs. A budget stops nothing, and it is late: AWS updates budgets up to about 24 hours after the use, so an alert can arrive a day after the money is spent.',
    fix: {
      tool: { commands: ['bootstrap init --only budget --budget "10 USD" --email ops@example.com'] },
      console: {
        clicks: 'Budgets, Create budget, "Monthly cost budget" from the templates, amount and addresses, Create budget.',
        url: budgets,
      },
      cli: {
        commands: [
          'aws budgets create-budget --account-id ACCOUNT --budget \'{"BudgetName": "Monthly cost budget",\n  "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "10", "Unit": "USD"},\n  "CostTypes": {"IncludeCredit": false, "IncludeRefund": false}}\'',
        ],
      },
    },
    differs: prowler,
    sources: [create, practices, api],
  },
  'budget.limit': {
    means: [
      'The budget of the wanted name has another limit, currency, period or type than the config says, or counts credits and refunds otherwise.',
      'AWS counts credits by default. Then a budget of 10 USD reads 0 until the free credits are gone, and its first alert comes with the first bill.',
    ],
    matters: 'An alert at 80% of the wrong limit comes too late, or every month until nobody reads it.',
    fix: {
      tool: { commands: ['bootstrap init --only budget --budget "10 USD"'] },
      console: {
        clicks: 'Budgets, choose the budget, Edit, set the amount; credits and refunds stand under the advanced options. Save.',
        url: budgets,
      },
      cli: {
        text: 'Replaces the whole budget but its name and alerts, so write everything that is to stay:',
        commands: [
          'aws budgets describe-budget --account-id ACCOUNT --budget-name NAME',
          'aws budgets update-budget --account-id ACCOUNT --new-budget file://budget.json',
        ],
      },
    },
    differs: prowler,
    sources: [practices],
  },
  'budget.alerts': {
    means: [
      'An alert that the config wants is missing; or, without a config, a budget has no alert that is sent when costs rise (one for "less than" or "equal to" an amount does not count).',
      'By default mail is sent at 50%, 80% and 100% of what was spent and at 100% of what AWS expects for the month. Forecasts need about five weeks of use before they begin, so a new account needs alerts on actual spend as well.',
      'AWS updates budgets up to about 24 hours after the use, and mail is sent after that.',
    ],
    matters: 'A budget without an alert is a number on a page that nobody opens.',
    fix: {
      tool: { commands: ['bootstrap init --only budget --email ops@example.com'] },
      console: { clicks: 'Budgets, choose the budget, Edit, go on to the alerts, "Add an alert threshold". Save.', url: budgets },
      cli: {
        commands: [
          `aws budgets create-notification --account-id ACCOUNT --budget-name NAME \\\n  --notification ${alert} \\\n  --subscribers SubscriptionType=EMAIL,Address=ADDRESS`,
        ],
      },
    },
    differs: prowler,
    sources: [practices],
  },
  'budget.subscribers': {
    means: [
      'A wanted address does not hear an alert; or, without a config, an alert reaches nobody. An alert that goes to an SNS topic only is "by hand": who listens to the topic cannot be told from the budget.',
      'Addresses of a budget need no confirmation; subscriptions of an SNS topic do.',
    ],
    matters: 'An alert that nobody hears is no alert.',
    fix: {
      tool: { commands: ['bootstrap init --only budget --email ops@example.com'] },
      console: {
        clicks: 'Budgets, choose the budget, Edit, go on to the alerts, add the address under "Email recipients". Save.',
        url: budgets,
      },
      cli: {
        text: 'The alert is named by its whole description:',
        commands: [
          `aws budgets create-subscriber --account-id ACCOUNT --budget-name NAME \\\n  --notification ${alert} \\\n  --subscriber SubscriptionType=EMAIL,Address=ADDRESS`,
        ],
      },
    },
    differs: prowler,
    sources: [practices],
  },
};
