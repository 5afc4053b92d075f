import { beforeEach, describe, expect, it } from 'vitest';
import { budgets } from '../../src/sandbox/behaviours/budgets.js';
import { NOW, OTHER, OWN, testWorld, type TestWorld } from './world-of-test.js';

let test: TestWorld;
beforeEach(() => {
  test = testWorld(budgets);
});

const name = 'Monthly $10 Budget';
const budget = { BudgetName: name, TimeUnit: 'MONTHLY', BudgetType: 'COST', BudgetLimit: { Amount: '10', Unit: 'USD' } };
const at80 = { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 80 };
const forecast = { ...at80, NotificationType: 'FORECASTED', Threshold: 100 };
const email = (address: string) => ({ SubscriptionType: 'EMAIL', Address: address });
const topic = (topicName: string) => ({ SubscriptionType: 'SNS', Address: `arn:aws:sns:us-east-1:${OWN}:${topicName}` });
const mine = { AccountId: OWN };
const named = { AccountId: OWN, BudgetName: name };
const create = (change: object = {}, more: object = {}) =>
  test.call('CreateBudget', { ...mine, Budget: { ...budget, ...change }, ...more });
const refused = (change: object, more: object = {}) => test.fault('CreateBudget', { ...mine, Budget: { ...budget, ...change }, ...more });
const describeBudget = () => test.call('DescribeBudget', named).Budget;
const alerts = () => test.call('DescribeNotificationsForBudget', named).Notifications;
const subscribersOf = (Notification: object) => test.call('DescribeSubscribersForNotification', { ...named, Notification }).Subscribers;

describe('CreateBudget', () => {
  it('sets the same defaults as AWS', () => {
    create();
    expect(describeBudget()).toEqual({
      BudgetName: name,
      BudgetLimit: { Amount: '10.0', Unit: 'USD' },
      CostFilters: {},
      CostTypes: {
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
      },
      TimeUnit: 'MONTHLY',
      TimePeriod: { Start: new Date('2026-11-01T00:00:00Z'), End: new Date('2087-06-15T00:00:00Z') },
      CalculatedSpend: { ActualSpend: { Amount: '0.0', Unit: 'USD' } },
      BudgetType: 'COST',
      LastUpdatedTime: NOW,
    });
  });

  it('stores the values of the request', () => {
    create({ CostTypes: { IncludeCredit: false, IncludeRefund: false }, BudgetLimit: { Amount: '.5', Unit: 'USD' } });
    expect(describeBudget()).toMatchObject({
      BudgetLimit: { Amount: '0.5' },
      CostTypes: { IncludeCredit: false, IncludeRefund: false, IncludeTax: true },
    });
  });

  it.each([
    ['DAILY', '2026-11-24'],
    ['QUARTERLY', '2026-10-01'],
    ['ANNUALLY', '2026-01-01'],
  ])('starts a %s budget on %s', (TimeUnit, day) => {
    create({ TimeUnit });
    expect(describeBudget().TimePeriod.Start).toEqual(new Date(`${day}T00:00:00Z`));
  });

  it.each([
    ['an empty name', { BudgetName: '' }],
    ['a long name', { BudgetName: 'x'.repeat(101) }],
    ['a colon', { BudgetName: 'a:b' }],
    ['a backslash', { BudgetName: 'a\\b' }],
    ['an action', { BudgetName: 'a/action/b' }],
    ['a script', { BudgetName: '<SCRIPT>x</script>' }],
    ['no limit', { BudgetLimit: undefined }],
    ['a sign', { BudgetLimit: { Amount: '-1', Unit: 'USD' } }],
    ['an exponent', { BudgetLimit: { Amount: '1e3', Unit: 'USD' } }],
    ['a number for the amount', { BudgetLimit: { Amount: 10, Unit: 'USD' } }],
    ['another currency', { BudgetLimit: { Amount: '10', Unit: 'EUR' } }],
    ['a wrong time unit', { TimeUnit: 'WEEKLY' }],
    ['a wrong type', { BudgetType: 'MONEY' }],
    ['both limits', { PlannedBudgetLimits: {} }],
    ['a period that ends before it starts', { TimePeriod: { Start: NOW, End: new Date('2026-01-01') } }],
    ['a period past the end of time', { TimePeriod: { End: new Date('2087-06-16') } }],
    ['both sorts of filters', { CostTypes: {}, FilterExpression: { Not: {} }, Metrics: ['UnblendedCost'] }],
    ['a mixture of filters', { CostFilters: {}, Metrics: ['UnblendedCost'] }],
    ['metrics alone', { Metrics: ['UnblendedCost'] }],
    ['both sorts of filters, the old without types', { CostFilters: {}, FilterExpression: { Not: {} }, Metrics: ['UnblendedCost'] }],
    ['an empty And', { FilterExpression: { And: [] }, Metrics: ['UnblendedCost'] }],
    ['a filter without key', { FilterExpression: { Tags: { Key: '', Values: ['x'] } }, Metrics: ['UnblendedCost'] }],
    ['two metrics', { FilterExpression: { Dimensions: { Key: 'REGION', Values: ['x'] } }, Metrics: ['UnblendedCost', 'BlendedCost'] }],
    ['an empty expression', { FilterExpression: {}, Metrics: ['UnblendedCost'] }],
    ['a broken inner expression', { FilterExpression: { Not: { Dimensions: { Key: 'REGION', Values: [] } } }, Metrics: ['UnblendedCost'] }],
  ])('refuses %s', (_, change) => {
    expect(refused(change)).toMatchObject({ code: 'InvalidParameterException', status: 400 });
    expect(test.own.budgets).toEqual([]);
  });

  it.each([
    { BudgetName: 'x' },
    { BudgetName: 'x'.repeat(100) },
    { TimePeriod: { End: new Date('2087-06-15') } },
    {
      FilterExpression: { And: [{ Not: { Tags: { Key: 'a' } } }, { Dimensions: { Key: 'REGION', Values: ['x'] } }] },
      Metrics: ['UnblendedCost'],
    },
  ])('accepts %j', (change) => {
    create(change);
    expect(test.own.budgets).toHaveLength(1);
  });

  it.each([
    ['aws-cn', 'CNY'],
    ['aws-eusc', 'EUR'],
  ])('requires the currency of the partition %s, %s', (partition, currency) => {
    test.own.partition = partition;
    expect(refused({}).code).toBe('InvalidParameterException');
    create({ BudgetLimit: { Amount: '10', Unit: currency } });
    expect(describeBudget().CalculatedSpend.ActualSpend.Unit).toBe(currency);
  });

  it('returns a filter expression only on request', () => {
    const FilterExpression = { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund'] } } };
    create({ FilterExpression, Metrics: ['UnblendedCost'] });
    expect(describeBudget()).not.toHaveProperty('FilterExpression');
    expect(describeBudget()).not.toHaveProperty('CostTypes');
    const { Budget } = test.call('DescribeBudget', { ...named, ShowFilterExpression: true });
    expect(Budget).toMatchObject({ FilterExpression, Metrics: ['UnblendedCost'] });
  });

  it('returns DuplicateRecordException for an existing name', () => {
    create();
    expect(refused({}).code).toBe('DuplicateRecordException');
  });

  it('creates alerts with the budget, or nothing at all', () => {
    const good = { Notification: at80, Subscribers: [email('a@example.com')] };
    const withoutSubscriber = { Notification: forecast, Subscribers: [] };
    expect(refused({}, { NotificationsWithSubscribers: [good, withoutSubscriber] }).code).toBe('InvalidParameterException');
    expect(refused({}, { NotificationsWithSubscribers: [good, good] }).code).toBe('DuplicateRecordException');
    const eleven = Array.from({ length: 11 }, (_, index) => ({ ...good, Notification: { ...at80, Threshold: index } }));
    expect(refused({}, { NotificationsWithSubscribers: eleven }).code).toBe('InvalidParameterException');
    expect(test.own.budgets).toEqual([]);
    create({}, { NotificationsWithSubscribers: [good] });
    expect(alerts()).toEqual([{ ...at80, ThresholdType: 'PERCENTAGE', NotificationState: 'OK' }]);
    expect(subscribersOf(at80)).toEqual([email('a@example.com')]);
  });

  it('refuses forecasts for a daily budget', () => {
    const NotificationsWithSubscribers = [{ Notification: forecast, Subscribers: [email('a@example.com')] }];
    expect(refused({ TimeUnit: 'DAILY' }, { NotificationsWithSubscribers }).code).toBe('InvalidParameterException');
  });

  it('adds one event', () => {
    create();
    expect(test.own.events).toMatchObject([{ name: 'CreateBudget', source: 'budgets.amazonaws.com' }]);
  });
});

describe('every operation', () => {
  it('refuses the account of someone else', () => {
    const operations = Object.keys(budgets);
    expect(operations).toHaveLength(11);
    for (const operation of operations) {
      expect(test.fault(operation, { ...named, AccountId: OTHER }).code, operation).toBe('AccessDeniedException');
      expect(test.fault(operation, { ...named, AccountId: 'me' }).code, operation).toBe('InvalidParameterException');
    }
  });

  it('does not find a budget that was not created', () => {
    const input = {
      ...named,
      NewBudget: budget,
      Notification: at80,
      Subscribers: [email('a@example.com')],
      Subscriber: email('a@example.com'),
    };
    const exempt = ['DescribeBudgets', 'DescribeBudgetNotificationsForAccount', 'CreateBudget'];
    for (const operation of Object.keys(budgets).filter((each) => !exempt.includes(each))) {
      expect(test.fault(operation, input).code, operation).toBe('NotFoundException');
    }
  });
});

describe('UpdateBudget', () => {
  it('replaces everything but name and alerts', () => {
    create(
      { CostTypes: { IncludeCredit: false } },
      { NotificationsWithSubscribers: [{ Notification: at80, Subscribers: [email('a@example.com')] }] },
    );
    test.call('UpdateBudget', { ...mine, NewBudget: { ...budget, BudgetLimit: { Amount: '20', Unit: 'USD' } } });
    expect(describeBudget()).toMatchObject({ BudgetLimit: { Amount: '20.0' }, CostTypes: { IncludeCredit: true } });
    expect(alerts()).toHaveLength(1);
  });
});

describe('DeleteBudget', () => {
  it('also deletes the alerts', () => {
    create({}, { NotificationsWithSubscribers: [{ Notification: at80, Subscribers: [email('a@example.com')] }] });
    test.call('DeleteBudget', named);
    expect(test.call('DescribeBudgets', mine)).toEqual({});
  });
});

describe('lists', () => {
  it('have pages, with 100 budgets by default', () => {
    for (let index = 0; index < 101; index += 1) create({ BudgetName: `B${index}` });
    const first = test.call('DescribeBudgets', mine);
    expect(first.Budgets).toHaveLength(100);
    const second = test.call('DescribeBudgets', { ...mine, NextToken: first.NextToken });
    expect(second.Budgets).toMatchObject([{ BudgetName: 'B100' }]);
    expect(second).not.toHaveProperty('NextToken');
  });

  it('refuse an invalid page', () => {
    expect(test.fault('DescribeBudgets', { ...mine, MaxResults: 1001 }).code).toBe('InvalidParameterException');
    expect(test.fault('DescribeBudgets', { ...mine, MaxResults: 0 }).code).toBe('InvalidParameterException');
    expect(test.fault('DescribeBudgets', { ...mine, NextToken: 'x' }).code).toBe('InvalidNextTokenException');
    create();
    expect(test.call('DescribeBudgetNotificationsForAccount', mine)).toEqual({
      BudgetNotificationsForAccount: [{ BudgetName: named.BudgetName, Notifications: [] }],
    });
    expect(test.fault('DescribeNotificationsForBudget', { ...named, MaxResults: 101 }).code).toBe('InvalidParameterException');
  });
});

describe('notifications', () => {
  beforeEach(() => create({}, { NotificationsWithSubscribers: [{ Notification: at80, Subscribers: [email('a@example.com')] }] }));

  it('are equal if type, operator, threshold and threshold type are equal', () => {
    const again = { ...named, Notification: { ...at80, ThresholdType: 'PERCENTAGE' }, Subscribers: [email('b@example.com')] };
    expect(test.fault('CreateNotification', again).code).toBe('DuplicateRecordException');
    test.call('CreateNotification', { ...again, Notification: { ...at80, ThresholdType: 'ABSOLUTE_VALUE' } });
    expect(alerts()).toHaveLength(2);
  });

  it('are limited to ten', () => {
    for (let index = 0; index < 9; index += 1) {
      test.call('CreateNotification', { ...named, Notification: { ...at80, Threshold: index }, Subscribers: [email('a@example.com')] });
    }
    const tooMany = { ...named, Notification: { ...at80, Threshold: 99 }, Subscribers: [email('a@example.com')] };
    expect(test.fault('CreateNotification', tooMany).code).toBe('CreationLimitExceededException');
  });

  it.each([
    { Threshold: -1 },
    { Threshold: 2e13 },
    { NotificationType: 'GUESSED' },
    { ComparisonOperator: 'GREATER' },
    { ThresholdType: 'PERCENT' },
  ])('refuse %j', (change) => {
    const input = { ...named, Notification: { ...at80, ...change }, Subscribers: [email('a@example.com')] };
    expect(test.fault('CreateNotification', input).code).toBe('InvalidParameterException');
  });

  it.each([0, 15_000_000_000_000])('accept the threshold %d', (Threshold) => {
    test.call('CreateNotification', { ...named, Notification: { ...at80, Threshold }, Subscribers: [email('a@example.com')] });
    expect(alerts()).toHaveLength(2);
  });
});

describe('subscribers', () => {
  beforeEach(() => create({}, { NotificationsWithSubscribers: [{ Notification: at80, Subscribers: [email('a@example.com')] }] }));
  const add = (Subscriber: object) => ({ ...named, Notification: at80, Subscriber });

  it('are limited to ten email addresses and one topic', () => {
    for (let index = 0; index < 9; index += 1) test.call('CreateSubscriber', add(email(`${index}@example.com`)));
    expect(test.fault('CreateSubscriber', add(email('more@example.com'))).code).toBe('CreationLimitExceededException');
    test.call('CreateSubscriber', add(topic('one')));
    expect(test.fault('CreateSubscriber', add(topic('two'))).code).toBe('CreationLimitExceededException');
    expect(subscribersOf(at80)).toHaveLength(11);
  });

  it('are not added twice', () => {
    expect(test.fault('CreateSubscriber', add(email('a@example.com'))).code).toBe('DuplicateRecordException');
  });

  it.each([
    email('missing'),
    email('a\n@example.com'),
    { SubscriptionType: 'SNS', Address: 'topic' },
    { SubscriptionType: 'SMS', Address: '1' },
  ])('refuse %j', (bad) => {
    expect(test.fault('CreateSubscriber', add(bad)).code).toBe('InvalidParameterException');
  });

  it('delete the notification when the last one is deleted', () => {
    test.call('CreateSubscriber', add(email('b@example.com')));
    test.call('DeleteSubscriber', add(email('a@example.com')));
    expect(alerts()).toHaveLength(1);
    expect(test.fault('DeleteSubscriber', add(email('a@example.com'))).code).toBe('NotFoundException');
    test.call('DeleteSubscriber', add(email('b@example.com')));
    expect(test.call('DescribeNotificationsForBudget', named)).toEqual({});
  });
});

describe('tags', () => {
  it('are created with the budget, at most 200', () => {
    const tags = (count: number) => Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: 'v' }));
    expect(refused({}, { ResourceTags: tags(201) }).code).toBe('InvalidParameterException');
    create({}, { ResourceTags: tags(200) });
    expect(test.own.budgets[0]?.tags).toMatchObject({ k0: 'v', k199: 'v' });
  });

  it('are refused if a key is passed twice', () => {
    expect(
      refused(
        {},
        {
          ResourceTags: [
            { Key: 'a', Value: '1' },
            { Key: 'a', Value: '2' },
          ],
        },
      ).code,
    ).toBe('InvalidParameterException');
    expect(refused({}, { ResourceTags: [{ Key: 'a', Value: 'x'.repeat(257) }] }).code).toBe('InvalidParameterException');
  });
});
