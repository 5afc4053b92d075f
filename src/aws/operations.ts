import type { Operation } from '../core/cloud.js';

/**
 * Every operation of AWS that this tool can call: what it is, how its errors are taken (a row of the retry table), and the
 * IAM action it needs. The read guard, the retries, the policy printer and the tests derive from this table.
 *
 * read: changes nothing; may be sent again. write: sent once, read back when in doubt. secret: a write that takes or yields
 * a secret, so that its input and output are never traced. assume: yields credentials for another account, and changes nothing.
 */
export interface OperationRow {
  readonly kind: 'read' | 'write' | 'secret' | 'assume';
  readonly retry: 'read' | 'write' | 'write-after-create' | 'budget-part' | 'organization' | 'enrol';
  readonly action: string;
}

const read = (action: string): OperationRow => ({ kind: 'read', retry: 'read', action });
const write = (action: string, retry: OperationRow['retry'] = 'write'): OperationRow => ({ kind: 'write', retry, action });
const secret = (action: string, retry: OperationRow['retry'] = 'write-after-create'): OperationRow => ({ kind: 'secret', retry, action });

export const operations: Readonly<Record<Operation, OperationRow>> = {
  'sts:GetCallerIdentity': read('sts:GetCallerIdentity'),
  'iam:GetAccountAuthorizationDetails': read('iam:GetAccountAuthorizationDetails'),
  'iam:GetAccountPasswordPolicy': read('iam:GetAccountPasswordPolicy'),
  'iam:GetAccountSummary': read('iam:GetAccountSummary'),
  'iam:GetAccessKeyLastUsed': read('iam:GetAccessKeyLastUsed'),
  'iam:GetCredentialReport': read('iam:GetCredentialReport'),
  'iam:GenerateCredentialReport': read('iam:GenerateCredentialReport'),
  'iam:GetLoginProfile': read('iam:GetLoginProfile'),
  'iam:GetRole': read('iam:GetRole'),
  'iam:GetUser': read('iam:GetUser'),
  'iam:ListAccessKeys': read('iam:ListAccessKeys'),
  'iam:ListAccountAliases': read('iam:ListAccountAliases'),
  'iam:ListAttachedRolePolicies': read('iam:ListAttachedRolePolicies'),
  'iam:ListMFADevices': read('iam:ListMFADevices'),
  'iam:ListMFADeviceTags': read('iam:ListMFADeviceTags'),
  'iam:ListPolicies': read('iam:ListPolicies'),
  'iam:ListUsers': read('iam:ListUsers'),
  'iam:ListVirtualMFADevices': read('iam:ListVirtualMFADevices'),
  'iam:ListOrganizationsFeatures': read('iam:ListOrganizationsFeatures'),
  // Budgets has two actions for all its operations: ViewBudget and ModifyBudget.
  'budgets:DescribeBudgets': read('budgets:ViewBudget'),
  'budgets:DescribeNotificationsForBudget': read('budgets:ViewBudget'),
  'budgets:DescribeSubscribersForNotification': read('budgets:ViewBudget'),
  'organizations:DescribeOrganization': read('organizations:DescribeOrganization'),
  'organizations:DescribeCreateAccountStatus': read('organizations:DescribeCreateAccountStatus'),
  'organizations:ListCreateAccountStatus': read('organizations:ListCreateAccountStatus'),
  'organizations:ListAccounts': read('organizations:ListAccounts'),
  'organizations:ListHandshakesForAccount': read('organizations:ListHandshakesForAccount'),
  'organizations:ListHandshakesForOrganization': read('organizations:ListHandshakesForOrganization'),
  'organizations:ListRoots': read('organizations:ListRoots'),
  'organizations:ListParents': read('organizations:ListParents'),
  'organizations:ListOrganizationalUnitsForParent': read('organizations:ListOrganizationalUnitsForParent'),
  'account:GetAlternateContact': read('account:GetAlternateContact'),
  'account:GetAccountInformation': read('account:GetAccountInformation'),
  'cloudtrail:LookupEvents': read('cloudtrail:LookupEvents'),

  'sts:AssumeRole': { kind: 'assume', retry: 'read', action: 'sts:AssumeRole' },

  'iam:AddUserToGroup': write('iam:AddUserToGroup', 'write-after-create'),
  'iam:AttachGroupPolicy': write('iam:AttachGroupPolicy', 'write-after-create'),
  'iam:AttachRolePolicy': write('iam:AttachRolePolicy', 'write-after-create'),
  'iam:AttachUserPolicy': write('iam:AttachUserPolicy', 'write-after-create'),
  'iam:CreateAccountAlias': write('iam:CreateAccountAlias'),
  'iam:CreateGroup': write('iam:CreateGroup'),
  'iam:CreateRole': write('iam:CreateRole'),
  'iam:CreateUser': write('iam:CreateUser'),
  'iam:DeleteAccessKey': write('iam:DeleteAccessKey'),
  'iam:DeleteVirtualMFADevice': write('iam:DeleteVirtualMFADevice'),
  'iam:EnableMFADevice': secret('iam:EnableMFADevice', 'enrol'),
  'iam:EnableOrganizationsRootCredentialsManagement': write('iam:EnableOrganizationsRootCredentialsManagement'),
  'iam:UpdateAccessKey': write('iam:UpdateAccessKey'),
  'iam:UpdateAccountPasswordPolicy': write('iam:UpdateAccountPasswordPolicy'),
  'iam:CreateLoginProfile': secret('iam:CreateLoginProfile'),
  'iam:UpdateLoginProfile': secret('iam:UpdateLoginProfile', 'write'),
  'iam:CreateVirtualMFADevice': secret('iam:CreateVirtualMFADevice', 'write'),
  'iam:CreateAccessKey': secret('iam:CreateAccessKey'),
  'budgets:CreateBudget': write('budgets:ModifyBudget'),
  'budgets:UpdateBudget': write('budgets:ModifyBudget'),
  'budgets:CreateNotification': write('budgets:ModifyBudget', 'budget-part'),
  'budgets:CreateSubscriber': write('budgets:ModifyBudget', 'budget-part'),
  'organizations:CreateOrganization': write('organizations:CreateOrganization', 'organization'),
  'organizations:EnableAllFeatures': write('organizations:EnableAllFeatures', 'organization'),
  'organizations:AcceptHandshake': write('organizations:AcceptHandshake', 'organization'),
  'organizations:CancelHandshake': write('organizations:CancelHandshake', 'organization'),
  'organizations:CreateAccount': write('organizations:CreateAccount', 'organization'),
  'organizations:CreateOrganizationalUnit': write('organizations:CreateOrganizationalUnit', 'organization'),
  'organizations:InviteAccountToOrganization': write('organizations:InviteAccountToOrganization', 'organization'),
  'organizations:MoveAccount': write('organizations:MoveAccount', 'organization'),
  'organizations:EnableAWSServiceAccess': write('organizations:EnableAWSServiceAccess', 'organization'),
  'account:PutAlternateContact': write('account:PutAlternateContact'),
};

/** Names that a client for reading lets through; the table alone is not trusted with that promise. */
const readName = /^(Get|List|Describe|Lookup)[A-Z]/;

export const isRead = (operation: string): boolean => {
  const row = operations[operation as Operation] as OperationRow | undefined;
  const name = operation.slice(operation.indexOf(':') + 1);
  return row?.kind === 'read' && (readName.test(name) || name === 'GenerateCredentialReport');
};

/**
 * All that a session assumed for reading may do, as the policy that AssumeRole takes: the guard goes along to AWS, whatever the role
 * itself allows. At most 2,048 characters. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const readingPolicy = (): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: readActions(), Resource: '*' }],
  });

const readActions = (): readonly string[] =>
  [...new Set(Object.values(operations).flatMap(({ kind, action }) => (kind === 'read' ? [action] : [])))].toSorted();
