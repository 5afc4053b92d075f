import * as z from 'zod';
import type { Partition } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Change, Finding } from '../../core/finding.js';
import { map, type Reading, unknownFinding } from '../../core/reading.js';
import { awsText, email } from '../shared/values.js';

/**
 * Alternate contacts: whom AWS writes to about bills, and about abuse. Lengths and characters are the API's.
 * https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html
 */
export const contactSchema = z.strictObject({
  name: awsText(64).describe('Name of the person or team.'),
  title: awsText(50).describe('Title or role.'),
  email: email
    .regex(/^[\w+=.#|!&-]+@[\w.-]+\.\w+$/, 'AWS takes letters, digits and + = . # | ! & _ - before the @')
    .describe('Mail address that AWS writes to.'),
  phone: awsText(25)
    .regex(/^[\s0-9()+-]+$/, 'may only have digits, spaces and + - ( )')
    .describe('Telephone number, such as `+1 555 0100`.'),
});
export type Contact = z.infer<typeof contactSchema>;

type ContactType = 'BILLING' | 'SECURITY';
export interface SetContact extends Change {
  readonly kind: 'set-contact';
  readonly type: ContactType;
  readonly contact: Contact;
}

const words = {
  BILLING: { id: 'billing-access.contact', key: 'contact', noun: 'billing contact', use: 'bills' },
  SECURITY: { id: 'billing-access.security-contact', key: 'security-contact', noun: 'security contact', use: 'abuse' },
} as const;

/** undefined: no such contact is set. */
export const readContact = async (cloud: ReadCloud, type: ContactType): Promise<Reading<Contact | undefined>> =>
  map(await cloud.find('account:GetAlternateContact', { AlternateContactType: type }, ['ResourceNotFoundException']), (output) => {
    const { AlternateContact: contact } = output ?? {};
    if (contact === undefined) return undefined;
    return { name: contact.Name ?? '', title: contact.Title ?? '', email: contact.EmailAddress ?? '', phone: contact.PhoneNumber ?? '' };
  });

export const noContacts = (type: ContactType): Finding<never> => ({
  id: words[type].id,
  status: 'not-applicable',
  reason: 'This partition has no contacts of its own; they belong to the linked commercial account',
  evidence: [],
});

/** A contact that is there is never replaced: another one than the config's is a person's to choose. */
export const assessContact = (
  type: ContactType,
  wanted: Contact | undefined,
  reading: Reading<Contact | undefined>,
  partition: Partition,
): Finding<SetContact> => {
  const { id, key, noun, use } = words[type];
  if (!reading.ok) return unknownFinding(id, reading);
  const { value: there, evidence } = reading;
  const url = `https://${partition.consoleHost}/billing/home#/account`;
  const base = {
    id,
    evidence,
    ...(wanted === undefined ? {} : { expected: inWords(wanted) }),
    ...(there === undefined ? {} : { observed: inWords(there) }),
  };
  if (there === undefined) {
    const reason = `There is no ${noun}, so AWS writes about ${use} to the root user alone`;
    if (wanted !== undefined) return { ...base, status: 'fail', reason, remedy: { by: 'init', change: setContact(type, wanted) } };
    const instructions = `Write billing-access.${key} (name, title, email, phone) in bootstrap.yaml and run this, or set it in the console.`;
    return { ...base, status: 'fail', reason, remedy: { by: 'hand', instructions, command: 'bootstrap init --only billing-access', url } };
  }
  if (wanted === undefined || same(there, wanted)) return { ...base, status: 'pass', reason: `The ${noun} is ${inWords(there)}` };
  return {
    ...base,
    status: 'fail',
    reason: `The ${noun} is another than the wanted one: ${inWords(there)}`,
    remedy: {
      by: 'hand',
      instructions: `Keep it (and write it into the config), or change it in the console, under Alternate contacts.`,
      url,
    },
  };
};

const setContact = (type: ContactType, contact: Contact): SetContact => ({
  kind: 'set-contact',
  summary: `Set the ${words[type].noun}: ${inWords(contact)}`,
  risk: 'none',
  calls: ['account:PutAlternateContact'],
  type,
  contact,
});

const inWords = ({ name, title, email: address, phone }: Contact): string => `${name} (${title}), ${address}, ${phone}`;

/** AWS keeps blanks around what it was given; case in an address and blanks in a number mean nothing. */
const same = (a: Contact, b: Contact): boolean =>
  a.name.trim() === b.name.trim() &&
  a.title.trim() === b.title.trim() &&
  a.email.trim().toLowerCase() === b.email.trim().toLowerCase() &&
  a.phone.replace(/\s/g, '') === b.phone.replace(/\s/g, '');
