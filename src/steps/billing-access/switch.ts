import type { Event } from '@aws-sdk/client-cloudtrail';
import type { AccountRole, Identity, Partition } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Evidence, Finding } from '../../core/finding.js';
import { map, type Reading, unknownFinding, type Unread } from '../../core/reading.js';
import { ago, dayMs, daysSince } from '../shared/ages.js';

/**
 * The switch that lets IAM identities into the billing console. No API reads or sets it on an account that exists, and it says
 * nothing to the APIs: Budgets and Cost Explorer answer the same whether it is on or off, so neither is ever taken as a sign.
 * What there is: the event that setting it leaves for 90 days, the age of the account, and what a person saw.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/control-access-billing.html
 */
interface SwitchEvent {
  readonly at: Date;
  readonly by: string;
}
export interface SwitchSigns {
  /** The last time it was set, within the 90 days of the event history. On or off cannot be told. */
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
  const input = { LookupAttributes: [{ AttributeKey: 'EventName' as const, AttributeValue: 'SetIAMAccessPreference' }], MaxResults: 50 };
  return map(await cloud.readAll('cloudtrail:LookupEvents', input), (pages) =>
    pages
      .flatMap((page) => page.Events ?? [])
      .filter((event) => !wasRefused(event))
      .flatMap((event) => (event.EventTime === undefined ? [] : [{ at: event.EventTime, by: event.Username ?? 'someone' }]))
      .reduce<SwitchEvent | undefined>((last, event) => (last === undefined || event.at > last.at ? event : last), undefined),
  );
};

/** An attempt that AWS turned down set nothing. */
const wasRefused = ({ CloudTrailEvent: detail = '{}' }: Event): boolean => {
  try {
    return (JSON.parse(detail) as { readonly errorCode?: unknown } | null)?.errorCode !== undefined;
  } catch {
    return false;
  }
};

type SwitchFinding = Finding<never>;

/**
 * `confirmedOn` is a day, `2026-11-23`, taken in UTC like the day of an event. In an audit what cannot be read is unknown: a later change
 * may stand there. For `init` the person's word, or the person, is enough: nothing that it does depends on the switch.
 */
export const assessSwitch = (confirmedOn: string | undefined, signs: SwitchSigns, audit: boolean): SwitchFinding => {
  const unseen = audit ? unseenSign(confirmedOn, signs) : undefined;
  return unseen === undefined ? judgeSwitch(confirmedOn, signs) : unknownFinding('billing-access.switch', unseen);
};

/** The first sign that would decide, and could not be read. */
const unseenSign = (confirmedOn: string | undefined, { lastSet, role, createdAt }: SwitchSigns): Unread | undefined => {
  if (!lastSet.ok) return lastSet;
  if (confirmedOn !== undefined || lastSet.value !== undefined) return undefined;
  if (!role.ok) return role;
  return role.value === 'member' || createdAt.ok ? undefined : createdAt;
};

const judgeSwitch = (confirmedOn: string | undefined, signs: SwitchSigns): SwitchFinding => {
  const { lastSet, now } = signs;
  const today = dayOf(now);
  const base = { id: 'billing-access.switch', expected: 'on' } as const;
  const remedy = byHand(signs);
  const evidence = lastSet.evidence;
  const event = lastSet.ok ? lastSet.value : undefined;
  const unreadable = lastSet.ok ? '' : `; the event history could not be read: ${lastSet.message}`;
  // Where the sun rises earlier, today is UTC's tomorrow; a day further on is a slip of the pen.
  if (confirmedOn !== undefined && confirmedOn > dayOf(new Date(now.getTime() + dayMs))) {
    return { ...base, status: 'manual', evidence, reason: `confirmed-on is ${confirmedOn}, but today is ${today}`, remedy };
  }
  if (confirmedOn !== undefined && event !== undefined && dayOf(event.at) > confirmedOn) {
    const reason = `Confirmed on ${confirmedOn}, but changed on ${stamp(event.at)} by ${event.by}; whether it was turned on or off cannot be told from here`;
    return { ...base, status: 'manual', evidence, reason, observed: changed(event), remedy };
  }
  if (confirmedOn !== undefined) {
    const seen = `person, ${confirmedOn}`;
    const reason = `A person saw on ${confirmedOn} that IAM access to billing is on${unreadable || '; no later change in the event history'}`;
    return { ...base, status: 'pass', evidence: [{ operation: seen }, ...evidence], reason, observed: seen };
  }
  if (event !== undefined) {
    const reason = `IAM access to billing was changed on ${stamp(event.at)} by ${event.by}; whether it was turned on or off cannot be told from here`;
    return { ...base, status: 'manual', evidence, reason, observed: changed(event), remedy };
  }
  if (!lastSet.ok)
    return {
      ...base,
      status: 'manual',
      evidence,
      reason: `Only a person can see whether IAM access to billing is on${unreadable}`,
      remedy,
    };
  return unconfirmed(signs, { ...base, remedy }, evidence);
};

/** No event and no word of a person: the age of the account decides, if it decides anything. */
const unconfirmed = (
  { createdAt, role, now }: SwitchSigns,
  base: Pick<SwitchFinding, 'id' | 'remedy'>,
  trail: readonly Evidence[],
): SwitchFinding => {
  const evidence = [...trail, ...createdAt.evidence, ...role.evidence];
  const manual = (why: string): SwitchFinding => ({
    ...base,
    status: 'manual',
    evidence,
    reason: `Only a person can see whether IAM access to billing is on; ${why}`,
  });
  if (!role.ok) return manual(`whether the account is in an organization could not be read: ${role.message}`);
  // An organization makes accounts with the switch on unless told otherwise (CreateAccount's IamUserAccessToBilling), and no event
  // tells of it. Whether a member was made or invited is known to its management account only (ListAccounts' JoinedMethod), so from
  // inside a member neither "on" nor "never turned on" can be concluded.
  if (role.value === 'member')
    return manual('accounts that an organization makes have it on unless it chose otherwise, and invited ones do not');
  if (!createdAt.ok) return manual(`the age of the account could not be read: ${createdAt.message}`);
  if (createdAt.value === undefined) return manual('AWS does not say how old the account is');
  // A management account is its organization's first and was not made by it: it began like a standalone one.
  const age = daysSince(createdAt.value, now);
  if (age >= historyDays) return manual(`it was not changed within the ${historyDays} days of the event history`);
  const reason = `IAM access to billing is off in a new account, and was not changed since this one was made ${ago(age)} (a change shows after about 15 minutes)`;
  return { ...base, status: 'fail', evidence, reason, observed: 'never changed' };
};

const byHand = ({ identity, partition, now }: SwitchSigns) => ({
  by: 'hand' as const,
  instructions:
    `${identity.kind === 'root' ? 'Open the account page as root' : `Sign in as root (only root can change it, ${identity.name} cannot) and open the account page`}: ` +
    '"IAM user and role access to Billing information", Edit, tick "Activate IAM Access", Update. ' +
    `Then put on record what you saw, in bootstrap.yaml: billing-access.confirmed-on: ${dayOf(now)}`,
  url: `https://${partition.consoleHost}/billing/home#/account`,
});

const changed = ({ at, by }: SwitchEvent): string => `changed ${at.toISOString()} by ${by}`;
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
/** `2026-11-23 10:15 UTC`. */
const stamp = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
