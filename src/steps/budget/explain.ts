import type { Explanation, StepPages } from '../../core/explanation.js';

const budgets = 'https://console.aws.amazon.com/costmanagement/home#/budgets';
const explorer = 'https://console.aws.amazon.com/costmanagement/home#/cost-explorer';
const freeTier = 'https://console.aws.amazon.com/billing/home#/freetier';
const plans = 'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html';
const create = 'https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create.html';
const practices = 'https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html';
const api = 'https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html';
const prowler = 'Prowler does not check budgets.';
const alert = 'NotificationType=ACTUAL,ComparisonOperator=GREATER_THAN,Threshold=80,ThresholdType=PERCENTAGE';

const findings: Readonly<Record<string, Explanation>> = {
  'budget.exists': {
    means: [
      'With a budget in the config: a monthly cost budget with that name exists, and AWS updates it (its `HealthStatus`). If it has a filter, another budget watches all costs. Without: at least one monthly cost budget exists that is active now, that AWS updates, that leaves out no service, region, tag or account, and that does not count credits or refunds. It may leave out taxes, support, subscriptions or other fees.',
      'AWS counts credits unless the budget says otherwise. A budget of 10 USD then shows 0 until the free credits are used up, and cannot warn before that. AWS does not update a budget that is not healthy (`BILLING_VIEW_UNHEALTHY`, `BILLING_VIEW_NO_ACCESS`, `FILTER_INVALID`, `MULTI_YEAR_HISTORICAL_DATA_DISABLED`), and sends no alert for it.',
      'In a member account of an organization, the severity is low, because its costs are on the bill of the management account, where a budget may watch them.',
    ],
    matters:
      'Nothing else in a new account warns of rising costs. A budget does not stop anything, and it is late: AWS updates budgets up to about 24 hours after the usage, so an alert can arrive a day after the money is spent.',
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
      'The budget with this name has a different limit, currency, period or type than the config, or counts credits and refunds differently.',
      'AWS counts credits by default. Then a budget of 10 USD reads 0 until the free credits are used up, and its first alert comes with the first bill.',
    ],
    matters: 'An alert at 80% of the wrong limit comes too late, or every month, until no one reads it.',
    fix: {
      tool: { commands: ['bootstrap init --only budget --budget "10 USD"'] },
      console: {
        clicks: 'Budgets, choose the budget, Edit, set the amount. Credits and refunds are under the advanced options. Save.',
        url: budgets,
      },
      cli: {
        text: 'Replaces everything but the name and the alerts of the budget, so include everything that you want to keep:',
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
      'An alert of the config is missing. Or, without a config, a budget has no alert that is sent when costs rise (an alert for "less than" or "equal to" an amount does not count, nor one at more than twice the limit).',
      'By default, AWS sends mail when actual spend reaches 50%, 80% and 100% of the limit, and when the forecast for the month reaches 100%. Forecasts start after about five weeks of use, so a new account needs alerts on actual spend as well.',
      'AWS updates budgets up to about 24 hours after the use, and mail is sent after that.',
    ],
    matters: 'Without an alert, a budget is a number on a page that no one opens.',
    fix: {
      tool: { commands: ['bootstrap init --only budget --email ops@example.com'] },
      console: { clicks: 'Budgets, choose the budget, Edit, continue to the alerts, "Add an alert threshold". Save.', url: budgets },
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
      'An address of the config does not receive an alert. Or, without a config, an alert has no recipient. If an alert only goes to an SNS topic, the result is "manual": the budget does not show who is subscribed to the topic.',
      'Email addresses of a budget need no confirmation. Subscriptions of an SNS topic do.',
    ],
    matters: 'An alert without a recipient does not warn anyone.',
    fix: {
      tool: { commands: ['bootstrap init --only budget --email ops@example.com'] },
      console: {
        clicks: 'Budgets, choose the budget, Edit, continue to the alerts, add the address under "Email recipients". Save.',
        url: budgets,
      },
      cli: {
        text: 'Identify the alert by all of its settings:',
        commands: [
          `aws budgets create-subscriber --account-id ACCOUNT --budget-name NAME \\\n  --notification ${alert} \\\n  --subscriber SubscriptionType=EMAIL,Address=ADDRESS`,
        ],
      },
    },
    differs: prowler,
    sources: [practices],
  },
  'budget.spend': {
    means: [
      'The actual spend of this month, or the forecast of AWS for it, is above the limit of the budget: the configured one, or without a config every active monthly cost budget.',
      'The amounts come from the budget itself (`CalculatedSpend`), so they count what the budget counts. AWS updates them up to about 24 hours late. There is no forecast in about the first five weeks of use.',
    ],
    matters: 'Something costs more than planned. It continues to cost until you stop it: a budget does not stop anything.',
    fix: {
      console: { clicks: 'Cost Explorer, this month, daily, group by service. Then stop or delete what you do not need.', url: explorer },
      cli: {
        text: 'The amounts of each budget:',
        commands: [
          'aws budgets describe-budgets --account-id ACCOUNT \\\n  --query "Budgets[].[BudgetName, BudgetLimit.Amount, CalculatedSpend.ActualSpend.Amount, CalculatedSpend.ForecastedSpend.Amount]"',
        ],
      },
    },
    differs: prowler,
    sources: [api, practices],
  },
  'budget.free-plan': {
    means: [
      'The Free plan of AWS ends within 30 days, or has ended. It ends six months after sign-up, or earlier when the credits are used up. The date and the credits come from `freetier:GetAccountPlanState`. An account on a Paid plan is not applicable.',
      'An account that creates or joins an organization moves to a Paid plan, and its Free Tier credits expire immediately.',
    ],
    matters:
      'When a Free plan ends, AWS closes the account. You can reopen it by an upgrade to a Paid plan within 90 days; after that, AWS deletes what is in it.',
    fix: {
      first: 'Decide before the plan ends: upgrade, or copy what you want to keep and let AWS close the account.',
      console: { clicks: 'Billing and Cost Management, Free Tier, "Upgrade plan".', url: freeTier },
      cli: { text: 'The plan, its end and its credits:', commands: ['aws freetier get-account-plan-state --region us-east-1'] },
    },
    differs: 'Prowler does not check the account plan.',
    sources: [plans],
  },
};

const step: Explanation = {
  means: [
    'Creates one monthly cost budget with email alerts, or updates the existing budget of the same name to match the config. Credits and refunds are not counted. Otherwise a budget of 10 USD would read 0 until the free credits are used up.',
    'If a budget with another name already watches the same costs, no second one is created. You are asked which one to use. A budget that counts credits, has a filter or is not updated by AWS does not watch the same costs.',
  ],
  matters:
    'Without a budget, an account does not notify anyone that money is being spent. A budget is a warning, not a limit: AWS continues to serve and to bill, and updates budgets up to about 24 hours late.',
  fix: { tool: { commands: ['bootstrap init --only budget --budget "10 USD" --email ops@example.com'] } },
  sources: ['https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html'],
};

export const pages: StepPages = { step, findings };
