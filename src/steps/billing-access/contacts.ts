import * as z from 'zod/mini';
import type { Partition } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Change, Finding } from '../../core/finding.js';
import { map, type Reading, unknownFinding } from '../../core/reading.js';
import { awsText, email } from '../shared/values.js';

/**
 * Alternate contacts: the addresses to which AWS sends mail about bills, abuse and operations. The API defines the allowed lengths and characters.
 * https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html
 */
export const contactSchema = z.strictObject({
  name: awsText(64).check(z.describe('Name of the person or team.')),
  title: awsText(50).check(z.describe('Title or role.')),
  email: email.check(
    z.regex(/^[\w+=.#|!&-]+@[\w.-]+\.\w+$/, 'AWS allows only letters, digits and + = . # | ! & _ - before the @'),
    z.describe('Email address that receives the mail.'),
  ),
  phone: awsText(25).check(
    z.regex(/^[\s0-9()+-]+$/, 'can only have digits, spaces and + - ( )'),
    z.describe('Telephone number, such as `+1 555 0100`.'),
  ),
});
export type Contact = z.infer<typeof contactSchema>;

export const contactTypes = {
  BILLING: { id: 'billing-access.contact', key: 'contact', noun: 'billing contact', topic: 'bills' },
  SECURITY: { id: 'billing-access.security-contact', key: 'security-contact', noun: 'security contact', topic: 'abuse' },
  OPERATIONS: {
    id: 'billing-access.operations-contact',
    key: 'operations-contact',
    noun: 'operations contact',
    topic: 'operational events',
  },
} as const;

export type ContactType = keyof typeof contactTypes;
/** A type without a contact in the config has no entry. */
export type Contacts<T> = Readonly<Partial<Record<ContactType, T>>>;
export interface SetContact extends Change {
  readonly kind: 'set-contact';
  readonly type: ContactType;
  readonly contact: Contact;
}

/** undefined: the account has no contact of this type. */
export const readContact = async (cloud: ReadCloud, type: ContactType): Promise<Reading<Contact | undefined>> =>
  map(await cloud.find('account:GetAlternateContact', { AlternateContactType: type }, ['ResourceNotFoundException']), (output) => {
    const { AlternateContact: contact } = output ?? {};
    if (contact === undefined) return undefined;
    return { name: contact.Name ?? '', title: contact.Title ?? '', email: contact.EmailAddress ?? '', phone: contact.PhoneNumber ?? '' };
  });

/** The findings of a partition without contacts. */
export const noContacts = (types: readonly ContactType[], audit: boolean): readonly Finding<never>[] =>
  [...types.map((type) => contactTypes[type].id), ...(audit ? [primaryId] : [])].map((id) => ({
    id,
    status: 'not-applicable',
    reason: 'This partition has no contacts; they belong to the linked commercial account',
    evidence: [],
  }));

/** An existing contact is never replaced. If it differs from the config, the user decides which one is right. */
export const assessContact = (
  type: ContactType,
  wanted: Contact | undefined,
  reading: Reading<Contact | undefined>,
  partition: Partition,
): Finding<SetContact> => {
  const { id, key, noun, topic } = contactTypes[type];
  if (!reading.ok) return unknownFinding(id, reading);
  const { value: existing, evidence } = reading;
  const url = `https://${partition.consoleHost}/billing/home#/account`;
  const base = {
    id,
    evidence,
    ...(wanted === undefined ? {} : { expected: contactText(wanted) }),
    ...(existing === undefined ? {} : { observed: contactText(existing) }),
  };
  if (existing === undefined) {
    const reason = `There is no ${noun}, so AWS sends mail about ${topic} only to the root user`;
    if (wanted !== undefined) return { ...base, status: 'fail', reason, remedy: { by: 'init', change: setContact(type, wanted) } };
    const instructions = `Add billing-access.${key} (name, title, email, phone) to bootstrap.yaml (\`bootstrap config new\` creates it), and run this command. Or use the console.`;
    return { ...base, status: 'fail', reason, remedy: { by: 'hand', instructions, command: 'bootstrap init --only billing-access', url } };
  }
  if (wanted === undefined || sameContact(existing, wanted))
    return { ...base, status: 'pass', reason: `The ${noun} is ${contactText(existing)}` };
  return {
    ...base,
    status: 'fail',
    reason: `The ${noun} differs from the config: ${contactText(existing)}`,
    remedy: {
      by: 'hand',
      instructions: 'Either keep it and write it into the config, or change it in the console under Alternate contacts.',
      url,
    },
  };
};

const setContact = (type: ContactType, contact: Contact): SetContact => ({
  kind: 'set-contact',
  summary: `Set the ${contactTypes[type].noun}: ${contactText(contact)}`,
  risk: 'none',
  calls: ['account:PutAlternateContact'],
  type,
  contact,
});

const contactText = ({ name, title, email: address, phone }: Contact): string => `${name} (${title}), ${address}, ${phone}`;

/** AWS keeps surrounding spaces. Case in an address and spaces in a number do not matter. */
const sameContact = (a: Contact, b: Contact): boolean =>
  a.name.trim() === b.name.trim() &&
  a.title.trim() === b.title.trim() &&
  a.email.trim().toLowerCase() === b.email.trim().toLowerCase() &&
  a.phone.replace(/\s/g, '') === b.phone.replace(/\s/g, '');

/** What the primary contact has. The values stay out of every output: a report is made to be shared. */
export interface PrimaryContact {
  /** The last two digits; undefined: no phone number. */
  readonly phoneEnd: string | undefined;
  readonly address: boolean;
}

/** https://docs.aws.amazon.com/accounts/latest/reference/API_GetContactInformation.html */
export const readPrimaryContact = async (cloud: ReadCloud): Promise<Reading<PrimaryContact>> =>
  map(await cloud.find('account:GetContactInformation', {}, ['ResourceNotFoundException']), (output) => {
    const { PhoneNumber: phone = '', AddressLine1: street = '', City: city = '' } = output?.ContactInformation ?? {};
    const digits = phone.replace(/\D/g, '');
    return { phoneEnd: digits === '' ? undefined : digits.slice(-2), address: street.trim() !== '' && city.trim() !== '' };
  });

const primaryId = 'billing-access.primary-contact';

/** Only the owner knows whether the details are current. Without a phone number, AWS cannot call the owner of a locked account. */
export const assessPrimaryContact = (reading: Reading<PrimaryContact>, partition: Partition): Finding<never> => {
  if (!reading.ok) return unknownFinding(primaryId, reading);
  const { evidence } = reading;
  const { phoneEnd, address } = reading.value;
  const observed = `${phoneEnd === undefined ? 'no phone number' : `phone number ending in ${phoneEnd}`}, ${address ? 'address' : 'no address'}`;
  const base = { id: primaryId, evidence, expected: 'phone number and address', observed } as const;
  const missing = [...(phoneEnd === undefined ? ['phone number'] : []), ...(address ? [] : ['postal address'])];
  if (missing.length === 0)
    return { ...base, status: 'pass', reason: `The primary contact has a phone number (ending in ${phoneEnd}) and an address` };
  return {
    ...base,
    status: 'fail',
    reason: `The primary contact has no ${missing.join(' and no ')}, so AWS may not reach the owner of the account`,
    remedy: {
      by: 'hand',
      instructions: 'Open the account page, choose Edit under "Contact information", and complete it.',
      url: `https://${partition.consoleHost}/billing/home#/account`,
    },
  };
};
