import type { Operation } from '../../core/cloud.js';
import type { Grant, PermissionContext } from '../../core/permissions.js';
import { anything, on, when } from '../shared/scopes.js';

export const permissions = (_: object, { command }: PermissionContext): readonly Grant[] => [
  on(anything, 'iam:ListAccountAliases', ...when<Operation>(command === 'init', 'iam:CreateAccountAlias')),
];
