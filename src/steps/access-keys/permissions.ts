import type { Grant, PermissionContext } from '../../core/permissions.js';
import { reportReads } from '../shared/credential-report.js';
import { wellKnownPolicy } from './managed-policies.js';
import { anything, attaching, groups, on, users, when } from '../shared/scopes.js';

interface Section {
  readonly mode: 'none' | 'create';
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly policies: readonly string[];
}

export const permissions = (section: Section, context: PermissionContext): readonly Grant[] => {
  const root = on(anything, 'iam:GetAccountSummary');
  if (context.command === 'check') {
    const ofEveryUser = on(users(context), 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed');
    return [root, on(anything, 'iam:GetAccountAuthorizationDetails', ...reportReads), ofEveryUser];
  }
  if (section.mode === 'none') return [root];
  const { group, policies } = section;
  const name = section.user ?? context.administrator;
  const user = users(context, name);
  return [
    root,
    on(anything, 'iam:GetAccountAuthorizationDetails'),
    // A key whose secret was lost is deactivated and deleted.
    on(user, 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed', 'iam:CreateAccessKey', 'iam:UpdateAccessKey', 'iam:DeleteAccessKey'),
    ...when(
      group !== undefined && name !== context.administrator,
      { ...on(user, 'iam:CreateUser'), also: ['iam:TagUser'] },
      on(groups(context, group), 'iam:CreateGroup', 'iam:AddUserToGroup'),
      ...when(
        policies.length > 0,
        // The names in the config are checked before anything is planned.
        ...when(
          policies.some((policy) => wellKnownPolicy(policy) === undefined),
          on(anything, 'iam:ListPolicies'),
        ),
        on(attaching(context, group ?? '', policies.flatMap(withPaths)), 'iam:AttachGroupPolicy'),
      ),
    ),
  ];
};

/** Paths of AWS managed policies that can be attached to a group. */
const policyPaths = ['', 'job-function/', 'service-role/'];

/** The name with each path that it may have. A name that already has a path is returned unchanged. */
const withPaths = (policy: string): readonly string[] => {
  const known = wellKnownPolicy(policy) ?? (policy.includes('/') ? policy : undefined);
  return known === undefined ? policyPaths.map((path) => `${path}${policy}`) : [known];
};
