import * as z from 'zod';
import { partitionOf } from '../../core/account.js';
import { map, type Reading } from '../../core/reading.js';
import { defineStep } from '../../core/step.js';
import { readAccountRole } from '../shared/account.js';
import { date } from '../shared/values.js';
import { assessContact, type Contact, contactSchema, noContacts, readContact, type SetContact } from './contacts.js';
import { permissions } from './permissions.js';
import { undoBillingAccess } from './undo.js';
import { assessSwitch, readLastSet, type SwitchFacts } from './switch.js';

/** Access of IAM identities to the billing console, which only root can turn on, and the contacts for bills and abuse. */
const schema = z.strictObject({
  'confirmed-on': date
    .optional()
    .describe('Day on which you saw in the console that IAM access to billing is on, such as `2026-11-23`. AWS has no API that reads it.'),
  contact: contactSchema
    .optional()
    .describe('Billing contact: receives mail about bills, in addition to the root user. Only set if there is none.'),
  'security-contact': contactSchema.optional().describe('Security contact: receives mail about abuse. Only set if there is none.'),
});

interface Desired {
  readonly confirmedOn: string | undefined;
  readonly contact: Contact | undefined;
  readonly securityContact: Contact | undefined;
  /** `check` also reports contacts that the config does not name. For `init`, they are not unfinished work. */
  readonly audit: boolean;
}
interface Observed extends SwitchFacts {
  /** undefined: not read. */
  readonly contact: Reading<Contact | undefined> | undefined;
  readonly securityContact: Reading<Contact | undefined> | undefined;
}

export const billingAccess = defineStep<z.infer<typeof schema>, Desired, Observed, SetContact>({
  id: 'billing-access',
  title: 'Billing access',
  about: 'Lets IAM identities see the bills, so that no one needs root for it, and sets the billing and security contacts.',
  needs: [],
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
          'Sign in as root: with the e-mail address of the account.',
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
  ],
  explain: async () => (await import('./explain.js')).pages,
  schema,
  member: { shared: ['contact', 'security-contact'], carried: ['billing-access.contact', 'billing-access.security-contact'] },
  whenAbsent: 'wanted',
  practice: () => {
    const contact = { name: 'You', title: 'Owner', email: 'you@example.com', phone: '+1 555 0100' };
    return { contact, 'security-contact': contact };
  },
  questions: [],
  permissions,
  desire: (slice, { command }) => ({
    confirmedOn: slice['confirmed-on'],
    contact: slice.contact,
    securityContact: slice['security-contact'],
    audit: command === 'check',
  }),
  intent: () => ({}),

  observe: async ({ cloud, caller, accountId, clock }, { contact, securityContact, audit }) => {
    const [lastSet, createdAt, role, billing, security, { partition, identity }] = await Promise.all([
      readLastSet(cloud),
      cloud.read('account:GetAccountInformation', {}),
      readAccountRole(cloud, accountId),
      audit || contact !== undefined ? readContact(cloud, 'BILLING') : undefined,
      audit || securityContact !== undefined ? readContact(cloud, 'SECURITY') : undefined,
      caller(),
    ]);
    return {
      lastSet,
      createdAt: map(createdAt, (output) => output.AccountCreatedDate),
      role,
      identity,
      partition: partitionOf(partition),
      now: clock.now(),
      contact: billing,
      securityContact: security,
    };
  },

  assess: (desired, observed) => {
    const { partition, contact, securityContact } = observed;
    if (!partition.billing) {
      const reason = 'This partition has no billing console; the bills are in the linked commercial account';
      return [
        { id: 'billing-access.switch', status: 'not-applicable', reason, evidence: [] },
        noContacts('BILLING'),
        noContacts('SECURITY'),
      ];
    }
    return [
      assessSwitch(desired.confirmedOn, observed, desired.audit),
      ...(contact === undefined ? [] : [assessContact('BILLING', desired.contact, contact, partition)]),
      ...(securityContact === undefined ? [] : [assessContact('SECURITY', desired.securityContact, securityContact, partition)]),
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
