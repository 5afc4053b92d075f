import { Fault } from '../../behaviour.js';
import { budgetName, invalid, oneOf } from './rules.js';

/** The forms of a budget: as requested, as stored (dates are ISO strings), and as returned. */

type Members = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CostTypes.html */
const COST_TYPES: Readonly<Record<string, boolean>> = {
  IncludeTax: true,
  IncludeSubscription: true,
  UseBlended: false,
  IncludeRefund: true,
  IncludeCredit: true,
  IncludeUpfront: true,
  IncludeRecurring: true,
  IncludeOtherSubscription: true,
  IncludeSupport: true,
  IncludeDiscount: true,
  UseAmortized: false,
};
const CURRENCIES: Readonly<Record<string, string>> = { 'aws-cn': 'CNY', 'aws-eusc': 'EUR' };
const LAST_END = new Date('2087-06-15T00:00:00.000Z');
const TIME_UNITS = ['DAILY', 'MONTHLY', 'QUARTERLY', 'ANNUALLY', 'CUSTOM'];
const BUDGET_TYPES = ['USAGE', 'COST', 'RI_UTILIZATION', 'RI_COVERAGE', 'SAVINGS_PLANS_UTILIZATION', 'SAVINGS_PLANS_COVERAGE'];
const METRICS = [
  'BlendedCost',
  'UnblendedCost',
  'AmortizedCost',
  'NetUnblendedCost',
  'NetAmortizedCost',
  'UsageQuantity',
  'NormalizedUsageAmount',
  'Hours',
];
const EXPRESSION_ROOTS = ['Or', 'And', 'Not', 'Dimensions', 'Tags', 'CostCategories'];

/** The stored form of a requested budget: validated and completed with AWS's defaults. Spend starts at zero. */
export function storedBudget(input: Members | undefined, partition: string, now: Date): Record<string, unknown> {
  if (input === undefined || input === null) throw invalid('Budget is required.');
  const name = budgetName(input['BudgetName']);
  const timeUnit = oneOf(input['TimeUnit'], TIME_UNITS, 'budget.timeUnit');
  const type = oneOf(input['BudgetType'], BUDGET_TYPES, 'budget.budgetType');
  const currency = CURRENCIES[partition] ?? 'USD';
  const limits = limitsOf(input, type, currency);
  const unit = limits.unit ?? currency;
  return {
    BudgetName: name,
    ...limits.members,
    ...filters(input, type),
    TimeUnit: timeUnit,
    TimePeriod: period(input['TimePeriod'], timeUnit, now),
    CalculatedSpend: { ActualSpend: { Amount: '0.0', Unit: unit } },
    BudgetType: type,
    LastUpdatedTime: now.toISOString(),
    ...present(input, ['AutoAdjustData', 'BillingViewArn']),
  };
}

/** As DescribeBudget returns it. Includes the filter expression only on request. */
export function shown(budget: Members, withExpression: boolean): Record<string, unknown> {
  const { FilterExpression: expression, Metrics: metrics, ...rest } = budget;
  const time = budget['TimePeriod'] as { readonly Start: string; readonly End: string };
  return structuredClone({
    ...rest,
    TimePeriod: { Start: new Date(time.Start), End: new Date(time.End) },
    LastUpdatedTime: new Date(String(budget['LastUpdatedTime'])),
    // Set by those who edit the file of the practice account: no budget here stops being updated by itself.
    ...health(budget['HealthStatus'] as Members | undefined),
    ...(withExpression && expression !== undefined ? { FilterExpression: expression, Metrics: metrics } : {}),
  });
}

function health(status: Members | undefined): Members {
  if (status === undefined) return {};
  const { LastUpdatedTime: time, ...rest } = status;
  return { HealthStatus: { ...rest, ...(time === undefined ? {} : { LastUpdatedTime: new Date(String(time)) }) } };
}

function limitsOf(input: Members, type: string, currency: string): { readonly members: Members; readonly unit?: string } {
  const limit = input['BudgetLimit'] ?? undefined;
  const planned = input['PlannedBudgetLimits'] ?? undefined;
  if (limit !== undefined && planned !== undefined) throw invalid('Only one of BudgetLimit and PlannedBudgetLimits can be given.');
  const requiredUnit = type === 'COST' ? currency : undefined;
  if (limit !== undefined) {
    const spend = spendOf(limit, requiredUnit);
    return { members: { BudgetLimit: spend }, unit: spend.Unit };
  }
  if (planned !== undefined) {
    const limits = Object.fromEntries(Object.entries(planned as Members).map(([start, each]) => [start, spendOf(each, requiredUnit)]));
    return { members: { PlannedBudgetLimits: limits } };
  }
  if (type === 'COST' || type === 'USAGE') {
    if ((input['AutoAdjustData'] ?? undefined) === undefined) throw invalid(`BudgetLimit is required for a budget of type ${type}.`);
    return { members: { BudgetLimit: { Amount: '0.0', Unit: currency } } };
  }
  return { members: { BudgetLimit: { Amount: '100.0', Unit: 'PERCENTAGE' } }, unit: 'PERCENTAGE' };
}

function spendOf(value: unknown, requiredUnit: string | undefined): { Amount: string; Unit: string } {
  const { Amount: amount, Unit: unit } = (value ?? {}) as Members;
  if (typeof amount !== 'string' || !/^([0-9]*\.)?[0-9]+$/.test(amount))
    throw invalid(`Amount '${String(amount)}' must be a number without sign or exponent.`);
  if (typeof unit !== 'string' || unit.length === 0) throw invalid('Unit is required.');
  if (requiredUnit !== undefined && unit !== requiredUnit) throw invalid(`Unit must be ${requiredUnit} for a cost budget, not ${unit}.`);
  // AWS returns amounts as decimals: 10 becomes 10.0.
  const [whole, fraction = '0'] = amount.split('.');
  return { Amount: `${whole === '' ? '0' : whole}.${fraction}`, Unit: unit };
}

/** Either FilterExpression and Metrics, or CostFilters and CostTypes. */
function filters(input: Members, type: string): Members {
  const given = (name: string) => (input[name] ?? undefined) !== undefined;
  const modern = given('FilterExpression') || given('Metrics');
  if (modern && (given('CostFilters') || given('CostTypes'))) {
    throw invalid('Either FilterExpression and Metrics, or CostFilters and CostTypes can be given, not both or a different combination.');
  }
  if (!modern) {
    const costTypes = type === 'COST' ? { CostTypes: { ...COST_TYPES, ...defined((input['CostTypes'] ?? {}) as Members) } } : {};
    return { CostFilters: input['CostFilters'] ?? {}, ...costTypes };
  }
  if (!given('FilterExpression') || !given('Metrics')) throw invalid('FilterExpression and Metrics must be given together.');
  const metrics = input['Metrics'];
  if (!Array.isArray(metrics) || metrics.length !== 1) throw invalid('Metrics must hold exactly one metric.');
  for (const metric of metrics) oneOf(metric, METRICS, 'budget.metrics');
  checkExpression(input['FilterExpression']);
  return { FilterExpression: input['FilterExpression'], Metrics: metrics };
}

function checkExpression(value: unknown): void {
  const expression = defined((value ?? {}) as Members);
  const [root, ...more] = Object.keys(expression);
  if (root === undefined || more.length > 0 || !EXPRESSION_ROOTS.includes(root)) {
    throw invalid(`A filter expression must have exactly one of ${EXPRESSION_ROOTS.join(', ')}.`);
  }
  const operand = expression[root];
  if (root === 'Not') return checkExpression(operand);
  if (root === 'And' || root === 'Or') {
    if (!Array.isArray(operand) || operand.length === 0) throw invalid(`${root} of a filter expression needs operands.`);
    for (const each of operand) checkExpression(each);
    return;
  }
  const { Key: key, Values: values } = operand as Members;
  if (typeof key !== 'string' || key === '') throw invalid(`${root} of a filter expression needs a Key.`);
  if (root === 'Dimensions' && (!Array.isArray(values) || values.length === 0))
    throw invalid('Dimensions of a filter expression needs Values.');
}

function period(value: unknown, timeUnit: string, now: Date): { Start: string; End: string } {
  const { Start: start, End: end } = (value ?? {}) as { readonly Start?: Date; readonly End?: Date };
  if (timeUnit === 'CUSTOM' && (start === undefined || end === undefined))
    throw invalid('A custom budget needs the start and end of its TimePeriod.');
  const from = start ?? startOf(timeUnit, now);
  const to = end ?? LAST_END;
  if (from >= to) throw invalid('The start of TimePeriod must come before its end.');
  if (to > LAST_END) throw invalid('The end of TimePeriod must not be after 06/15/87 00:00 UTC.');
  return { Start: from.toISOString(), End: to.toISOString() };
}

/** The start of the period that contains `now`, in UTC. */
function startOf(timeUnit: string, now: Date): Date {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  if (timeUnit === 'DAILY') return new Date(Date.UTC(year, month, now.getUTCDate()));
  if (timeUnit === 'QUARTERLY') return new Date(Date.UTC(year, month - (month % 3)));
  return new Date(Date.UTC(year, timeUnit === 'ANNUALLY' ? 0 : month));
}

function present(input: Members, names: readonly string[]): Members {
  return defined(Object.fromEntries(names.map((name) => [name, input[name]])));
}

function defined(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

export function notFound(name: string): Fault {
  return new Fault('NotFoundException', 400, `Unable to get budget: ${name} - the budget doesn't exist.`);
}
