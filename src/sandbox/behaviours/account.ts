import { type Behaviours, Fault, type Scene } from '../behaviour.js';
import { recorded } from './event-history.js';
import type { AccountWorld } from '../world.js';

/**
 * Account information and contacts. Constraints: the service model of 2021-02-01.
 * https://docs.aws.amazon.com/accounts/latest/reference/API_Operations.html
 */
const CONTACT_TYPES = ['BILLING', 'OPERATIONS', 'SECURITY'] as const;
type ContactType = (typeof CONTACT_TYPES)[number];

interface FieldRule {
  readonly max: number;
  readonly pattern?: RegExp;
}

const ALTERNATE_CONTACT: Readonly<Record<string, FieldRule>> = {
  Name: { max: 64 },
  Title: { max: 50 },
  EmailAddress: { max: 254, pattern: /^\s*[\w+=.#|!&-]+@[\w.-]+\.\w+\s*$/ },
  PhoneNumber: { max: 25, pattern: /^[\s0-9()+-]+$/ },
};

export const account: Behaviours = {
  GetAlternateContact(input, scene) {
    const type = contactType(input.AlternateContactType);
    const contact = target(input.AccountId, scene).alternateContacts[type];
    if (contact === undefined) throw noContact();
    return { AlternateContact: { ...contact, AlternateContactType: type } };
  },

  GetContactInformation(input, scene) {
    const { contact } = target(input.AccountId, scene);
    if (Object.keys(contact).length === 0)
      throw new Fault('ResourceNotFoundException', 404, 'No contact information was found for this account.');
    return { ContactInformation: { ...contact } };
  },

  GetAccountInformation(input, scene) {
    const { id, name, createdAt, state } = target(input.AccountId, scene);
    // The service has no PENDING_CLOSURE: an account is ACTIVE until it is closed.
    const shown = state === 'PENDING_CLOSURE' ? 'ACTIVE' : state;
    return { AccountId: id, AccountName: name, AccountCreatedDate: new Date(createdAt), AccountState: shown };
  },

  ...recorded('account.amazonaws.com', {
    PutAlternateContact(input, scene) {
      const type = contactType(input.AlternateContactType);
      const contact = checked(input, ALTERNATE_CONTACT);
      target(input.AccountId, scene).alternateContacts[type] = contact;
      return {};
    },

    DeleteAlternateContact(input, scene) {
      const type = contactType(input.AlternateContactType);
      const { alternateContacts } = target(input.AccountId, scene);
      if (alternateContacts[type] === undefined) throw noContact();
      delete alternateContacts[type];
      return {};
    },
  }),
};

/** The account to use: the caller's own, or a member that its management account names. */
function target(id: unknown, scene: Scene): AccountWorld {
  const { world, account: own } = scene;
  if (id === undefined || id === null) return own;
  if (typeof id !== 'string' || !/^\d{12}$/.test(id)) throw invalid('accountId', `AccountId ${String(id)} must be 12 digits`);
  const organization = world.organizations.find(({ managementAccountId }) => managementAccountId === own.id);
  if (organization === undefined)
    throw denied('AccountId can be given only by the management account of an organization or a delegated administrator.');
  if (id === own.id)
    throw invalid('accountId', 'The management account can only be managed using the standalone context from the management account.');
  if (organization.featureSet !== 'ALL') throw denied('The organization must have all features enabled.');
  if (!organization.trustedServices.includes('account.amazonaws.com')) {
    throw denied('The organization must have trusted access enabled for account.amazonaws.com.');
  }
  const member = world.accounts[id];
  if (member === undefined || !organization.members.some(({ accountId }) => accountId === id)) {
    throw denied(`Account ${id} is not a member of your organization.`);
  }
  return member;
}

function contactType(type: unknown): ContactType {
  const known = CONTACT_TYPES.find((each) => each === type);
  if (known === undefined) throw invalid('alternateContactType', `AlternateContactType must be one of ${CONTACT_TYPES.join(', ')}`);
  return known;
}

/** The fields that have a rule. Throws if one of them breaks its rule. */
function checked(input: Readonly<Record<string, unknown>>, rules: Readonly<Record<string, FieldRule>>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, { max, pattern }] of Object.entries(rules)) {
    const value = input[name] ?? undefined;
    if (value === undefined) throw invalid(name, `${name} is required`);
    if (typeof value !== 'string' || value.length < 1 || value.length > max)
      throw invalid(name, `${name} must have 1 to ${max} characters`);
    if (pattern !== undefined && !pattern.test(value)) throw invalid(name, `${name} does not match the required pattern`);
    fields[name] = value;
  }
  return fields;
}

function invalid(field: string, message: string): Fault {
  const name = field.charAt(0).toLowerCase() + field.slice(1);
  return new Fault('ValidationException', 400, message, { reason: 'fieldValidationFailed', fieldList: [{ name, message }] });
}

function denied(message: string): Fault {
  return new Fault('AccessDeniedException', 403, message);
}

function noContact(): Fault {
  return new Fault('ResourceNotFoundException', 404, 'No contact of the inputted alternate contact type found.');
}
