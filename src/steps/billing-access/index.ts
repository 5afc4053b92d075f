import * as z from 'zod/mini';
import { partitionOf } from '../../core/account.js';
import { map, type Reading } from '../../core/reading.js';
import { defineStep } from '../../core/step.js';
import { readAccountRole } from '../shared/account.js';
import { date } from '../shared/values.js';
import {
  assessContact,
  assessPrimaryContact,
  type Contact,
  type Contacts,
  contactSchema,
  type ContactType,
  contactTypes,
  noContacts,
  type PrimaryContact,
  readContact,
  readPrimaryContact,
  type SetContact,
} from './contacts.js';
import { permissions } from './permissions.js';
import { undoBillingAccess } from './undo.js';
import { assessSwitch, readLastSet, type SwitchFacts } from './switch.js';

/** Access of IAM identities to the billing console, which only root can turn on, and the contacts for bills, abuse and operations. */
const schema = z.strictObject({
  'confirmed-on': z
    .optional(date)
    .check(
      z.describe(
        'Day on which you saw in the console that IAM access to billing is on, such as `2026-11-23`. AWS has no API that reads it.',
      ),
    ),
  contact: z
    .optional(contactSchema)
    .check(z.describe('Billing contact: receives mail about bills, in addition to the root user. Only set if there is none.')),
  'security-contact': z
    .optional(contactSchema)
    .check(z.describe('Security contact: receives mail about abuse. Only set if there is none.')),
  'operations-contact': z
    .optional(contactSchema)
    .check(z.describe('Operations contact: receives mail about the availability of AWS services. Only set if there is none.')),
});

interface Desired {
  readonly confirmedOn: string | undefined;
  readonly contacts: Contacts<Contact>;
  /**
   * `check` also reports a missing billing or security contact that the config does not name, and the primary contact. For `init`, they are
   * not unfinished work.
   */
  readonly audit: boolean;
}
interface Observed extends SwitchFacts {
  /** Only the types that are assessed. */
  readonly contacts: Contacts<Reading<Contact | undefined>>;
  /** undefined: not read. */
  readonly primary: Reading<PrimaryContact> | undefined;
}

/** In the order of the report. */
const types = Object.keys(contactTypes) as readonly ContactType[];
/** A small account does not need an operations contact, so its absence is only reported if the config has one. */
const assessed = ({ contacts, audit }: Desired): readonly ContactType[] =>
  types.filter((type) => contacts[type] !== undefined || (audit && type !== 'OPERATIONS'));

export const billingAccess = defineStep<z.infer<typeof schema>, Desired, Observed, SetContact>({
  id: 'billing-access',
  title: 'Billing access',
  about: 'Lets IAM identities see the bills, so that no one needs root for it, and sets the contacts for bills, security and operations.',
  needs: [],
  independent: () => true,
  findings: [
    {
      id: 'billing-access.switch',
      severity: 'low',
      kind: 'wanted',
      title: 'IAM identities can see billing in the console',
      references: [],
      // https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/control-access-billing.html
      guide: {
        clicks: [
          'Sign in as root: with the email address of the account.',
          'Scroll to "IAM user and role access to Billing information", and choose "Edit".',
          'Tick "Activate IAM Access", then choose "Update". The page then shows that access is activated.',
        ],
        confirmation: { path: 'confirmed-on', flag: '--billing-confirmed', question: 'Does the page say that IAM access is activated?' },
      },
    },
    {
      id: 'billing-access.contact',
      severity: 'low',
      kind: 'wanted',
      title: 'The account has a billing contact',
      references: ['related: prowler:account_maintain_different_contact_details_to_security_billing_and_operations'],
    },
    {
      id: 'billing-access.security-contact',
      severity: 'low',
      kind: 'wanted',
      title: 'The account has a security contact',
      references: ['cis-7.0:2.3', 'prowler:account_security_contact_information_is_registered'],
    },
    {
      id: 'billing-access.operations-contact',
      severity: 'low',
      kind: 'wanted',
      title: 'The account has the operations contact of the config',
      references: ['related: cis-7.0:2.2'],
    },
    {
      id: 'billing-access.primary-contact',
      severity: 'low',
      kind: 'audit',
      title: 'The primary contact has a phone number and an address',
      references: ['cis-7.0:2.2', 'related: prowler:account_maintain_current_contact_details'],
    },
  ],
  explain: async () => (await import('./explain.js')).pages,
  schema,
  member: {
    shared: types.map((type) => contactTypes[type].key),
    applies: types.map((type) => contactTypes[type].id),
  },
  whenAbsent: 'wanted',
  practice: () => {
    const contact = { name: 'You', title: 'Owner', email: 'you@example.com', phone: '+1 555 0100' };
    return { contact, 'security-contact': contact };
  },
  questions: [],
  permissions,
  desire: (slice, { command }) => ({
    confirmedOn: slice['confirmed-on'],
    contacts: Object.fromEntries(
      types.flatMap((type) => (slice[contactTypes[type].key] === undefined ? [] : [[type, slice[contactTypes[type].key]]])),
    ),
    audit: command === 'check',
  }),
  intent: () => ({}),

  observe: async ({ cloud, caller, accountId, clock }, desired) => {
    const [lastSet, createdAt, role, contacts, primary, { partition, identity }] = await Promise.all([
      readLastSet(cloud),
      cloud.read('account:GetAccountInformation', {}),
      readAccountRole(cloud, accountId),
      Promise.all(assessed(desired).map(async (type) => [type, await readContact(cloud, type)] as const)),
      desired.audit ? readPrimaryContact(cloud) : undefined,
      caller(),
    ]);
    return {
      lastSet,
      createdAt: map(createdAt, (output) => output.AccountCreatedDate),
      role,
      identity,
      partition: partitionOf(partition),
      now: clock.now(),
      contacts: Object.fromEntries(contacts),
      primary,
    };
  },

  assess: (desired, observed) => {
    const { partition, contacts, primary } = observed;
    if (!partition.billing) {
      const reason = 'This partition has no billing console; the bills are in the linked commercial account';
      return [
        { id: 'billing-access.switch', status: 'not-applicable', reason, evidence: [] },
        ...noContacts(assessed(desired), desired.audit),
      ];
    }
    return [
      assessSwitch(desired.confirmedOn, observed, desired.audit),
      ...types.flatMap((type) => {
        const reading = contacts[type];
        return reading === undefined ? [] : [assessContact(type, desired.contacts[type], reading, partition)];
      }),
      ...(primary === undefined ? [] : [assessPrimaryContact(primary, partition)]),
    ];
  },

  undo: undoBillingAccess,

  apply: async ({ cloud }, { type, contact }) => {
    await cloud.write('account:PutAlternateContact', {
      AlternateContactType: type,
      Name: contact.name,
      Title: contact.title,
      EmailAddress: contact.email,
      PhoneNumber: contact.phone,
    });
  },
});
