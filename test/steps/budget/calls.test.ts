import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../../src/core/account.js';
import { value } from '../../../src/core/reading.js';
import { budget as step } from '../../../src/steps/budget/index.js';
import { accountId, accountOf, type Answers, desiredOf, summaryOf, now } from '../support/account.js';
import { you, name, monthly, alert, mail, usual, to, alertsOf, allAlerts, assess, changes } from './fixtures.js';

const fullAccount: Answers = {
  'budgets:DescribeBudgets': () => ({ Budgets: [monthly({ BudgetName: 'Mine' })] }),
  'budgets:DescribeBudgetNotificationsForAccount': () => ({
    BudgetNotificationsForAccount: [{ BudgetName: 'Mine', Notifications: [alert(90)] }],
  }),
  'budgets:DescribeNotificationsForBudget': () => ({ Notifications: [alert(90)] }),
  'budgets:DescribeSubscribersForNotification': () => ({ Subscribers: [mail('you@example.com')] }),
  'organizations:DescribeOrganization': () => 'AWSOrganizationsNotInUseException',
  'freetier:GetAccountPlanState': () => ({ accountPlanType: 'PAID', accountPlanStatus: 'ACTIVE' }),
};

describe('observing the budget', () => {
  it('takes one round if the names are known, and accepts "not found"', async () => {
    const { context, waves, sent } = accountOf({
      ...fullAccount,
      'budgets:DescribeNotificationsForBudget': () => 'NotFoundException',
      'budgets:DescribeSubscribersForNotification': () => 'NotFoundException',
    });
    await step.observe(context, desiredOf(step, you, 'init'));
    expect(waves).toHaveLength(1);
    expect(new Set(sent.map((one) => JSON.stringify(one))).size).toBe(sent.length);
    expect(sent).toHaveLength(7);
  });

  const unnamed = [
    'budgets:DescribeBudgets',
    'budgets:DescribeBudgetNotificationsForAccount',
    'organizations:DescribeOrganization',
    'freetier:GetAccountPlanState',
  ];

  it('takes two rounds if no name is known, and reads filters', async () => {
    const { context, waves, sent } = accountOf(fullAccount);
    await step.observe(context, desiredOf(step, {}, 'check'));
    expect(waves).toEqual([unnamed, ['budgets:DescribeSubscribersForNotification']]);
    expect(sent[0]?.input).toMatchObject({ ShowFilterExpression: true });
    expect(sent.at(-1)?.input).not.toHaveProperty('Notification.NotificationState');
  });

  it.each<[string, Answers[string]]>([
    ['is not in the list of all alerts', () => ({ BudgetNotificationsForAccount: [{ BudgetName: 'Other', Notifications: [alert(50)] }] })],
    ['has no alert in that list', () => ({ BudgetNotificationsForAccount: [{ BudgetName: 'Mine' }] })],
    ['is in a list that AWS refuses', () => 'NotFoundException'],
  ])('reads the alerts of a budget that %s', async (_, list) => {
    const { context, waves } = accountOf({ ...fullAccount, 'budgets:DescribeBudgetNotificationsForAccount': list });
    const desired = desiredOf(step, {}, 'check');
    expect(summaryOf(step.assess(desired, await step.observe(context, desired)))).toContain('budget.alerts pass');
    expect(waves).toEqual([unnamed, ['budgets:DescribeNotificationsForBudget'], ['budgets:DescribeSubscribersForNotification']]);
  });

  it.each<[string, Answers[string], boolean]>([
    ['alone', () => 'AWSOrganizationsNotInUseException', false],
    ['a member', () => ({ Organization: { Id: 'o-1', MasterAccountId: '999988887777' } }), true],
    ['the management account', () => ({ Organization: { Id: 'o-1', MasterAccountId: accountId } }), false],
    ['unknown', () => 'AccessDeniedException', false],
  ])('knows in an audit whether the account is a member: %s', async (_, organization, member) => {
    const { context } = accountOf({ ...fullAccount, 'organizations:DescribeOrganization': organization });
    expect(await step.observe(context, desiredOf(step, {}, 'check'))).toMatchObject({ member });
    const init = accountOf(fullAccount);
    expect(await step.observe(init.context, desiredOf(step, you, 'init'))).toMatchObject({
      member: false,
      budgetAlerts: [{ budget: name }],
    });
  });

  it('reads only the alerts of budgets that can watch everything', async () => {
    const { context, sent } = accountOf({
      ...fullAccount,
      'budgets:DescribeBudgets': () => ({
        Budgets: [monthly({ BudgetName: 'One region', CostFilters: { Region: ['us-east-1'] } }), monthly({ BudgetName: 'Mine' })],
      }),
      'budgets:DescribeBudgetNotificationsForAccount': () => ({ BudgetNotificationsForAccount: [] }),
    });
    await step.observe(context, desiredOf(step, {}, 'check'));
    expect(sent.flatMap(({ operation, input }) => (operation === 'budgets:DescribeNotificationsForBudget' ? [input] : []))).toMatchObject([
      { BudgetName: 'Mine' },
    ]);
  });

  it('updates the period of a budget as it was, or from this month on', async () => {
    const period = async (TimePeriod: object | undefined) => {
      const { context, sent } = accountOf({ 'budgets:UpdateBudget': () => ({}) });
      const change = { kind: 'update-budget', summary: '', risk: 'none', calls: [], budget: { BudgetName: name, TimePeriod } };
      await step.apply(context, change as never);
      return sent.map(({ input }) => (input as { NewBudget: { TimePeriod: unknown } }).NewBudget.TimePeriod);
    };
    const [Start, End] = ['2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'];
    expect(await period({ Start, End })).toEqual([{ Start: new Date(Start), End: new Date(End) }]);
    expect(await period({ Start })).toEqual([{ Start: new Date(Start) }]);
    expect(await period(undefined)).toEqual([{ Start: new Date('2026-11-01T00:00:00.000Z') }]);
  });

  it('sends no list of all alerts to a member, which hardly ever has a budget', async () => {
    const { context, waves } = accountOf({ ...fullAccount, 'budgets:DescribeBudgets': () => ({ Budgets: [] }) });
    const of = {
      intents: {},
      running: () => true,
      command: 'check',
      unattended: true,
      secrets: 'none',
      switches: [],
      ofMember: true,
    } as const;
    await step.observe(context, step.desire(step.schema.parse({}), of));
    expect(waves).toEqual([unnamed.filter((one) => !one.includes('NotificationsForAccount'))]);
  });

  it('reads every page exactly once', async () => {
    const { context, sent } = accountOf({
      ...fullAccount,
      'budgets:DescribeSubscribersForNotification': ({ NextToken }) =>
        NextToken === undefined ? { Subscribers: [], NextToken: 'two' } : { Subscribers: [mail('you@example.com')] },
    });
    const desired = desiredOf(step, {}, 'check');
    expect(summaryOf(step.assess(desired, await step.observe(context, desired)))).toContain('budget.subscribers pass');
    expect(sent.filter(({ operation }) => operation === 'budgets:DescribeSubscribersForNotification')).toHaveLength(2);
  });

  it.each([
    ['aws', '5 EUR', '"5 EUR": AWS bills in USD here; write it like 5 USD'],
    ['aws-cn', '$5', '"$5": AWS bills in CNY here; write it like 5 CNY'],
    ['aws-eusc', '5 USD', '"5 USD": AWS bills in EUR here; write it like 5 EUR'],
    ['aws-eusc', '5 EUR', undefined],
    ['aws-eusc', '5', undefined],
  ])('checks at the prompt in %s whether %s is in the currency of the bill', (partition, typed, problem) => {
    const observed = { budgets: value([]), budgetAlerts: [], partition: partitionOf(partition), member: false, now };
    const ask = step.questions.find(({ path }) => path === 'limit');
    expect(ask?.validate(typed, observed)).toBe(problem);
  });

  it('refuses a currency that the partition does not bill in', async () => {
    const sovereign = accountOf(fullAccount, { partition: 'aws-eusc' });
    await expect(step.observe(sovereign.context, desiredOf(step, { ...you, limit: '10 USD' }, 'init'))).rejects.toMatchObject({
      code: 'E-BUDGET-CURRENCY',
      message: expect.stringContaining('billed in EUR'),
    });
    await expect(
      step.observe(accountOf(fullAccount, { partition: 'aws-eusc' }).context, desiredOf(step, { ...you, limit: '10 EUR' }, 'init')),
    ).resolves.toBeDefined();
    const china = accountOf(fullAccount, { partition: 'aws-cn' });
    await expect(step.observe(china.context, desiredOf(step, { ...you, limit: '10 USD' }, 'init'))).rejects.toMatchObject({
      code: 'E-BUDGET-CURRENCY',
      exit: 2,
    });
    const commercial = accountOf(fullAccount);
    await expect(step.observe(commercial.context, desiredOf(step, { ...you, limit: '70 CNY' }, 'check'))).rejects.toMatchObject({
      code: 'E-BUDGET-CURRENCY',
    });
    await expect(
      step.observe(accountOf(fullAccount, { partition: 'aws-cn' }).context, desiredOf(step, you, 'init')),
    ).resolves.toBeDefined();
  });
});

describe('creating the budget', () => {
  const create = () => changes(assess(you, {}))[0] as never;

  it('sends the budget with its alerts and addresses in one call, starting on the first of the month', async () => {
    const { context, sent } = accountOf({ 'budgets:CreateBudget': () => ({}) });
    await step.apply(context, create());
    expect(sent).toHaveLength(1);
    expect(sent[0]?.input).toEqual({
      AccountId: accountId,
      Budget: {
        BudgetName: name,
        BudgetType: 'COST',
        TimeUnit: 'MONTHLY',
        BudgetLimit: { Amount: '10', Unit: 'USD' },
        TimePeriod: { Start: new Date('2026-11-01T00:00:00Z') },
        CostTypes: { IncludeCredit: false, IncludeRefund: false },
      },
      NotificationsWithSubscribers: usual.map(({ NotificationState: _state, ...Notification }) => ({
        Notification,
        Subscribers: [mail('you@example.com')],
      })),
    });
  });

  it('reports that someone else has created it', async () => {
    const { context } = accountOf({ 'budgets:CreateBudget': () => 'DuplicateRecordException' });
    await expect(step.apply(context, create())).rejects.toMatchObject({
      code: 'E-BUDGET-EXISTS',
      exit: 6,
      retryable: true,
      aws: { operation: 'budgets:CreateBudget', requestId: 'r-1' },
    });
  });

  it('rethrows other errors', async () => {
    const { context } = accountOf({ 'budgets:CreateBudget': () => 'AccessDeniedException' });
    await expect(step.apply(context, create())).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});

describe('updating the budget', () => {
  it('sends dates as dates, new alerts with all addresses, and new addresses one by one', async () => {
    const answer = () => ({});
    const { context, sent } = accountOf({
      'budgets:UpdateBudget': answer,
      'budgets:CreateNotification': answer,
      'budgets:CreateSubscriber': answer,
    });
    const world = { budgets: [monthly()], budgetAlerts: [alertsOf([[alert(50), to('you@example.com')]])] };
    const section = {
      limit: '20 USD',
      subscribers: ['you@example.com', 'ops@example.com'],
      alerts: [
        { at: 50, of: 'actual' },
        { at: 90, of: 'actual' },
      ],
    };
    const planned = changes(assess(section, world));
    for (const change of planned) await step.apply(context, JSON.parse(JSON.stringify(change)));
    expect(sent.map(({ operation }) => operation)).toEqual(planned.flatMap(({ calls }) => calls));
    expect(sent.map(({ input }) => input)).toMatchObject([
      {
        AccountId: accountId,
        NewBudget: { BudgetLimit: { Amount: '20', Unit: 'USD' }, TimePeriod: { Start: new Date('2026-11-01T00:00:00Z') } },
      },
      { BudgetName: name, Notification: { Threshold: 90 }, Subscribers: [mail('you@example.com'), mail('ops@example.com')] },
      { BudgetName: name, Notification: { Threshold: 50 }, Subscriber: mail('ops@example.com') },
    ]);
  });

  it('restarts a budget that had a different period', async () => {
    const { context, sent } = accountOf({ 'budgets:UpdateBudget': () => ({}) });
    const [change] = changes(assess(you, { budgets: [monthly({ TimeUnit: 'QUARTERLY' })], budgetAlerts: [allAlerts] }));
    await step.apply(context, change as never);
    expect(sent[0]?.input).toMatchObject({ NewBudget: { TimeUnit: 'MONTHLY', TimePeriod: { Start: new Date('2026-11-01T00:00:00Z') } } });
  });
});
