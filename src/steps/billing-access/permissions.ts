import { partitionOf } from '../../core/account.js';
import type { Grant, PermissionContext } from '../../core/permissions.js';
import { anything, contacts, on, when } from '../shared/scopes.js';
import { type ContactType, contactTypes } from './contacts.js';

type Section = Readonly<Partial<Record<(typeof contactTypes)[ContactType]['key'], object | undefined>>>;

export const permissions = (section: Section, context: PermissionContext): readonly Grant[] => {
  if (!partitionOf(context.partition).billing) return [];
  const check = context.command === 'check';
  const wanted = Object.values(contactTypes).some(({ key }) => section[key] !== undefined);
  const ofAccount = contacts(context);
  return [
    on(anything, 'cloudtrail:LookupEvents'),
    on(ofAccount, 'account:GetAccountInformation'),
    ...when(check || wanted, on(ofAccount, 'account:GetAlternateContact')),
    ...when(check, on(ofAccount, 'account:GetContactInformation')),
    ...when(!check && wanted, on(ofAccount, 'account:PutAlternateContact')),
  ];
};
