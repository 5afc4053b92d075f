import { partitionOf } from '../../core/account.js';
import type { Grant, PermissionContext } from '../../core/permissions.js';
import { reportReads } from '../shared/credential-report.js';
import { anything, attaching, contacts, groups, on, users, when } from '../shared/scopes.js';

interface Section {
  readonly kind: 'iam-user' | 'identity-center';
  readonly name?: string | undefined;
  readonly group: string;
  readonly 'console-password': 'generate' | 'none';
  readonly 'password-policy': false | object;
}

export const permissions = (section: Section, context: PermissionContext): readonly Grant[] => {
  const { name, group } = section;
  const policy = section['password-policy'] !== false;
  const user = section.kind === 'iam-user';
  const reads = [
    on(anything, 'iam:GetAccountAuthorizationDetails'),
    ...when(policy || (user && section['console-password'] === 'generate'), on(anything, 'iam:GetAccountPasswordPolicy')),
  ];
  if (context.command === 'check') {
    return [
      ...reads,
      on(anything, 'iam:ListUsers', ...reportReads),
      on(users(context), 'iam:GetLoginProfile'),
      ...when(partitionOf(context.partition).billing, on(contacts(context), 'account:GetAccountInformation')),
    ];
  }
  const changesPolicy = when(policy, on(anything, 'iam:UpdateAccountPasswordPolicy'));
  if (!user) return [...reads, ...changesPolicy];
  const named = users(context, name);
  return [
    ...reads,
    ...changesPolicy,
    on(groups(context, group), 'iam:CreateGroup', 'iam:AddUserToGroup'),
    on(attaching(context, group, ['AdministratorAccess']), 'iam:AttachGroupPolicy'),
    { ...on(named, 'iam:CreateUser', 'iam:GetLoginProfile'), also: ['iam:TagUser'] },
    ...when(section['console-password'] === 'generate', on(named, 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile', 'iam:GetUser')),
  ];
};
