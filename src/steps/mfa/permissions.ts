import type { Grant, PermissionContext, Scope } from '../../core/permissions.js';
import { reportReads } from '../shared/credential-report.js';
import { anything, arn, literal, on, type Place, users, when } from '../shared/scopes.js';

export const permissions = (section: { readonly admin: 'required' | 'not-required' }, context: PermissionContext): readonly Grant[] => {
  const reads = [
    on(anything, 'iam:GetAccountSummary', 'iam:ListVirtualMFADevices', 'iam:GetAccountAuthorizationDetails'),
    on(devices(context, undefined), 'iam:ListMFADeviceTags'),
    on(users(context, ...(context.command === 'check' ? [] : [context.administrator])), 'iam:GetLoginProfile', 'iam:ListMFADevices'),
  ];
  if (context.command === 'check') return [...reads, on(anything, ...reportReads)];
  return [
    ...reads,
    ...when(
      section.admin === 'required' && context.administrator !== undefined,
      { ...on(devices(context, context.administrator), 'iam:CreateVirtualMFADevice'), also: ['iam:TagMFADevice'] },
      on(users(context, context.administrator), 'iam:EnableMFADevice'),
    ),
    on(devices(context, context.administrator), 'iam:DeleteVirtualMFADevice'),
  ];
};

/** Virtual MFA devices of the user of this name: `alex`, and `alex-2` if the first name is in use. */
const devices = (place: Place, name: string | undefined): Scope => ({
  name: 'Devices',
  resources:
    name === undefined
      ? [arn(place, 'iam', 'mfa/*')]
      : [arn(place, 'iam', `mfa/${literal(name)}`), arn(place, 'iam', `mfa/${literal(name)}-*`)],
});
