import { Fault } from '../../behaviour.js';

/** Constraints of the service model of 2016-10-20 and of the AWS pages about quotas and best practices. */
export const LIMITS = { budgets: 20_000, notifications: 10, subscribers: 11, emails: 10, topics: 1, tags: 200 } as const;

export interface NotificationInput {
  readonly NotificationType?: string;
  readonly ComparisonOperator?: string;
  readonly Threshold?: number;
  readonly ThresholdType?: string;
  readonly NotificationState?: string;
}
export interface NotificationKept {
  readonly NotificationType: string;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly ThresholdType: string;
}
export interface Subscriber {
  SubscriptionType: string;
  Address: string;
}

export function invalid(message: string): Fault {
  return new Fault('InvalidParameterException', 400, message);
}

export function oneOf(value: unknown, allowed: readonly string[], field: string): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw invalid(
    `1 validation error detected: Value '${String(value)}' at '${field}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}

export function budgetName(value: unknown): string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 100) throw invalid('BudgetName must have 1 to 100 characters.');
  // One pattern in the model, two here: in JavaScript, a part of an expression cannot be case-insensitive.
  if (!/^(?![^:\\]*\/action\/)[^:\\]+$/.test(value) || /<script>.*<\/script>/i.test(value)) {
    throw invalid(`BudgetName '${value}' is not valid: it cannot contain : or \\, "/action/" or a script.`);
  }
  return value;
}

/** A notification has no id: these four values identify it. */
export function notification(input: NotificationInput | undefined, timeUnit?: unknown): NotificationKept {
  if (input === undefined || input === null) throw invalid('Notification is required.');
  const type = oneOf(input.NotificationType, ['ACTUAL', 'FORECASTED'], 'notification.notificationType');
  const operator = oneOf(input.ComparisonOperator, ['GREATER_THAN', 'LESS_THAN', 'EQUAL_TO'], 'notification.comparisonOperator');
  const thresholdType = oneOf(input.ThresholdType ?? 'PERCENTAGE', ['PERCENTAGE', 'ABSOLUTE_VALUE'], 'notification.thresholdType');
  if (input.NotificationState !== undefined && input.NotificationState !== null)
    oneOf(input.NotificationState, ['OK', 'ALARM'], 'notification.notificationState');
  const threshold = input.Threshold;
  if (typeof threshold !== 'number' || !(threshold >= 0 && threshold <= 15_000_000_000_000)) {
    throw invalid(`Threshold must be from 0 to 15000000000000, not ${String(threshold)}.`);
  }
  // https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
  if (timeUnit === 'DAILY' && type === 'FORECASTED') throw invalid('Daily budgets do not support forecasted notifications.');
  return { NotificationType: type, ComparisonOperator: operator, Threshold: threshold, ThresholdType: thresholdType };
}

export function sameNotification(a: NotificationKept, b: NotificationKept): boolean {
  return (
    a.NotificationType === b.NotificationType &&
    a.ComparisonOperator === b.ComparisonOperator &&
    a.Threshold === b.Threshold &&
    a.ThresholdType === b.ThresholdType
  );
}

export function subscriber(input: Partial<Subscriber> | undefined): Subscriber {
  const type = oneOf(input?.SubscriptionType, ['SNS', 'EMAIL'], 'subscriber.subscriptionType');
  const address = input?.Address;
  if (typeof address !== 'string' || address.length === 0) throw invalid('A subscriber needs an Address.');
  if (/[\n\r]/.test(address)) throw invalid('Address of a subscriber cannot contain line breaks.');
  const wellFormed = type === 'EMAIL' ? /^[^\s@]+@[^\s@]+\.[^\s@]+$/ : /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?$/;
  if (!wellFormed.test(address)) throw invalid(`Address '${address}' is not valid for a subscriber of type ${type}.`);
  return { SubscriptionType: type, Address: address };
}

export function sameSubscriber(a: Subscriber, b: Subscriber): boolean {
  return a.SubscriptionType === b.SubscriptionType && a.Address === b.Address;
}

/** The subscribers of a new notification. */
export function subscribers(input: readonly Partial<Subscriber>[] | undefined): Subscriber[] {
  const given = input ?? [];
  if (given.length < 1 || given.length > LIMITS.subscribers)
    throw invalid(`A notification needs 1 to ${LIMITS.subscribers} subscribers, not ${given.length}.`);
  return given.reduce<Subscriber[]>((existing, each) => withSubscriber(existing, subscriber(each)), []);
}

export function withSubscriber(existing: readonly Subscriber[], added: Subscriber): Subscriber[] {
  if (existing.some((each) => sameSubscriber(each, added))) throw duplicate(`Subscriber ${added.Address} already exists.`);
  const all = [...existing, added];
  const count = (type: string) => all.filter((each) => each.SubscriptionType === type).length;
  if (count('EMAIL') > LIMITS.emails || count('SNS') > LIMITS.topics) {
    throw new Fault(
      'CreationLimitExceededException',
      400,
      `A notification can have at most ${LIMITS.emails} email subscribers and ${LIMITS.topics} SNS subscriber.`,
    );
  }
  return all;
}

export function duplicate(message: string): Fault {
  return new Fault('DuplicateRecordException', 400, message);
}

export function tags(input: unknown): Record<string, string> {
  const given: readonly { Key?: unknown; Value?: unknown }[] = Array.isArray(input) ? input : [];
  if (given.length > LIMITS.tags) throw invalid(`At most ${LIMITS.tags} tags can be given.`);
  const all: Record<string, string> = {};
  for (const { Key: key, Value: value } of given) {
    if (typeof key !== 'string' || key.length < 1 || key.length > 128 || key.startsWith('aws:'))
      throw invalid(`Tag key '${String(key)}' is not valid.`);
    if (typeof value !== 'string' || value.length > 256) throw invalid(`The value of tag '${key}' is not valid.`);
    if (Object.hasOwn(all, key)) throw invalid(`Tag key '${key}' is given twice.`);
    all[key] = value;
  }
  return all;
}
