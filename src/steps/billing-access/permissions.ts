import { partitionOf } from '../../core/account.js';
import type { Grant, PermissionContext } from '../../core/permissions.js';
import { anything, contacts, on, when } from '../shared/scopes.js';

interface Section {
  readonly contact?: object | undefined;
  readonly 'security-contact'?: object | undefined;
}

export const permissions = (section: Section, context: PermissionContext): readonly Grant[] => {
  if (!partitionOf(context.partition).billing) return [];
  const check = context.command === 'check';
  const wanted = section.contact !== undefined || section['security-contact'] !== undefined;
  const ofAccount = contacts(context);
  return [
    on(anything, 'cloudtrail:LookupEvents'),
    on(ofAccount, 'account:GetAccountInformation'),
    ...when(check || wanted, on(ofAccount, 'account:GetAlternateContact')),
    ...when(!check && wanted, on(ofAccount, 'account:PutAlternateContact')),
  ];
};
