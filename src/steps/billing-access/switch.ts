import type { AccountRole, Identity, Partition } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Evidence, Finding } from '../../core/finding.js';
import { map, type Reading, unknownFinding, type Unread } from '../../core/reading.js';
import { readSuccesses } from '../shared/account.js';
import { ago, dayMs, daysSince } from '../shared/values.js';

/**
 * The switch that gives IAM identities access to the billing console. No API reads it, or sets it on an existing account. It does not
 * affect other APIs: Budgets and Cost Explorer answer the same whether it is on or off, so their answers prove nothing.
 * What can be read: the event of the last change (for 90 days), the age of the account, and the day on which the user confirmed it.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/control-access-billing.html
 */
interface SwitchEvent {
  readonly at: Date;
  readonly by: string;
}
export interface SwitchFacts {
  /** The last change within the 90 days of the event history. The event does not show whether it was turned on or off. */
  readonly lastSet: Reading<SwitchEvent | undefined>;
  readonly createdAt: Reading<Date | undefined>;
  readonly role: Reading<AccountRole>;
  readonly identity: Identity;
  readonly partition: Partition;
  readonly now: Date;
}

const historyDays = 90;

/** CloudTrail's event history: always on, free, 90 days. https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/logging-using-cloudtrail.html */
export const readLastSet = async (cloud: ReadCloud): Promise<Reading<SwitchEvent | undefined>> => {
  return map(await readSuccesses(cloud, 'SetIAMAccessPreference'), (events) =>
    events
      .flatMap((event) => (event.EventTime === undefined ? [] : [{ at: event.EventTime, by: event.Username ?? 'someone' }]))
      .reduce<SwitchEvent | undefined>((last, event) => (last === undefined || event.at > last.at ? event : last), undefined),
  );
};

type SwitchFinding = Finding<never>;

/**
 * `confirmedOn` is a day, `2026-11-23`, in UTC like the day of an event. In an audit, an event history that cannot be read makes the result
 * unknown, because it may contain a later change. For `init`, the user's confirmation is enough: no change depends on the switch.
 */
export const assessSwitch = (confirmedOn: string | undefined, facts: SwitchFacts, audit: boolean): SwitchFinding => {
  const unread = audit ? firstUnread(confirmedOn, facts) : undefined;
  return unread === undefined ? judgeSwitch(confirmedOn, facts, audit) : unknownFinding('billing-access.switch', unread);
};

/** The first fact that decides the result but could not be read. */
const firstUnread = (confirmedOn: string | undefined, { lastSet, role, createdAt }: SwitchFacts): Unread | undefined => {
  if (!lastSet.ok) return lastSet;
  if (confirmedOn !== undefined || lastSet.value !== undefined) return undefined;
  if (!role.ok) return role;
  return role.value === 'member' || createdAt.ok ? undefined : createdAt;
};

const judgeSwitch = (confirmedOn: string | undefined, facts: SwitchFacts, audit: boolean): SwitchFinding => {
  const { lastSet, now } = facts;
  const today = dayOf(now);
  const base = { id: 'billing-access.switch', expected: 'on' } as const;
  const remedy = manualRemedy(facts, audit);
  const evidence = lastSet.evidence;
  const event = lastSet.ok ? lastSet.value : undefined;
  const unreadable = lastSet.ok ? '' : `; the event history could not be read: ${lastSet.message}`;
  if (confirmedOn !== undefined) {
    // In time zones ahead of UTC, today can be tomorrow in UTC. A later day is a typing error.
    if (confirmedOn > dayOf(new Date(now.getTime() + dayMs))) {
      return { ...base, status: 'manual', evidence, reason: `confirmed-on is ${confirmedOn}, but today is ${today}`, remedy };
    }
    if (event !== undefined && dayOf(event.at) > confirmedOn) {
      const reason = `Confirmed on ${confirmedOn}, but changed on ${utcTime(event.at)} by ${event.by}; AWS does not report whether it was turned on or off`;
      return { ...base, status: 'manual', evidence, reason, observed: changeText(event), remedy };
    }
    const confirmation = `person, ${confirmedOn}`;
    const reason = `IAM access to billing is on, as confirmed on ${confirmedOn}${unreadable || '; no later change in the event history'}`;
    return { ...base, status: 'pass', evidence: [{ operation: confirmation }, ...evidence], reason, observed: confirmation };
  }
  if (event !== undefined) {
    const reason = `IAM access to billing was changed on ${utcTime(event.at)} by ${event.by}; AWS does not report whether it was turned on or off`;
    return { ...base, status: 'manual', evidence, reason, observed: changeText(event), remedy };
  }
  if (!lastSet.ok) {
    const reason = `${noApi}, and the event history could not be read: ${lastSet.message}`;
    return { ...base, status: 'manual', evidence, reason, remedy };
  }
  return assessUnconfirmed(facts, { ...base, remedy }, evidence);
};

const noApi = 'No API reads whether IAM access to billing is on';

/** No event and no confirmation: the age of the account decides, if it can. */
const assessUnconfirmed = (
  { createdAt, role, now }: SwitchFacts,
  base: Pick<SwitchFinding, 'id' | 'remedy'>,
  trail: readonly Evidence[],
): SwitchFinding => {
  // The age does not matter in a member.
  const isMember = role.ok && role.value === 'member';
  const evidence = [...trail, ...(isMember ? [] : createdAt.evidence), ...role.evidence];
  const manual = (why: string): SwitchFinding => ({
    ...base,
    status: 'manual',
    evidence,
    reason: `${noApi}, and ${why}`,
  });
  if (!role.ok) return manual(`whether the account is in an organization could not be read: ${role.message}`);
  // An organization creates accounts with the switch on unless CreateAccount's IamUserAccessToBilling says otherwise, and no event
  // records it. Only the management account knows whether a member was created or invited (ListAccounts' JoinedMethod), so inside a
  // member neither "on" nor "never turned on" can be concluded.
  if (isMember) return manual('it is usually on in accounts that an organization created, but off in accounts that it invited');
  if (!createdAt.ok) return manual(`the age of the account could not be read: ${createdAt.message}`);
  if (createdAt.value === undefined) return manual('AWS does not report the age of the account');
  // A management account was not created by its organization: it started like a standalone account.
  const age = daysSince(createdAt.value, now);
  if (age >= historyDays) return manual(`it was not changed within the ${historyDays} days of the event history`);
  const reason = `IAM access to billing has been off since this account was created ${ago(age)}`;
  return { ...base, status: 'fail', evidence, reason, observed: 'never changed' };
};

/** `init` has a flag to record the day, and asks at a terminal. */
const manualRemedy = ({ identity, partition, now }: SwitchFacts, audit: boolean) => ({
  by: 'hand' as const,
  instructions:
    `${identity.kind === 'root' ? 'Open the account page as root' : `Sign in as root (only root can change it, ${identity.name} cannot) and open the account page`}: ` +
    '"IAM user and role access to Billing information", Edit, tick "Activate IAM Access", Update. ' +
    `Then record the day in bootstrap.yaml${audit ? ' (`bootstrap config new` creates it)' : ''}: billing-access.confirmed-on: ${dayOf(now)}`,
  url: `https://${partition.consoleHost}/billing/home#/account`,
});

const changeText = ({ at, by }: SwitchEvent): string => `changed ${at.toISOString()} by ${by}`;
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
/** `2026-11-23 10:15 UTC`. */
const utcTime = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
