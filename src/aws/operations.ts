import type { ListOperation, Operation, PageField, Reads } from '../core/cloud.js';

/**
 * Every AWS operation that this tool can call: its kind, how its errors are handled (a row of the retry table), and the IAM action it
 * needs. The read guard, the retries, `bootstrap policy` and the tests are derived from this table.
 *
 * read: changes nothing; may be sent again. write: sent once; when its response is lost, the account is read. secret: a write whose input
 * or output contains a secret, and is never traced. assume: returns credentials for another account, and changes nothing.
 */
export interface OperationRow extends Row {
  /** Only for operations that answer in pages. */
  readonly pages?: PageRow;
}
interface Row {
  readonly kind: 'read' | 'write' | 'secret' | 'assume';
  readonly retry: 'read' | 'extra' | 'write' | 'write-after-create' | 'delete' | 'budget-part' | 'organization' | 'enrol';
  readonly action: string;
  /** Other reads wait for its answer, so it is sent before those that wait for a free slot at the same time. */
  readonly leads?: true;
  /** Nothing that a run does changes its answer, so it is read once in a run. */
  readonly lasting?: true;
}

/** The pagination of an operation, as in its service model. test/aws/pages.test.ts compares it with botocore's model. */
export interface PageRow {
  /** The field of a request that names the page, and of a response that names the next page. */
  readonly token: PageField;
  /** The field that shows whether another page follows; without it, a token shows it. */
  readonly more?: 'IsTruncated';
  /** The lists in a page. */
  readonly items: readonly string[];
  /** Every page has the lists, also if they are empty: a page without them shows nothing. */
  readonly required?: true;
  /** Items on a full page, by default. */
  readonly size: number;
  /** The most items that the quotas of the service allow, including every increase. */
  readonly most: number;
}

interface ListRow<K extends ListOperation> extends Row {
  readonly pages: PageRow & {
    readonly token: Extract<keyof Reads[K]['input'], PageField>;
    readonly items: readonly Exclude<keyof Reads[K]['output'], PageField | 'IsTruncated' | '$metadata'>[];
  };
}
interface SingleRow extends Row {
  readonly pages?: never;
}

/** A row of an operation that other reads wait for. */
const leading = <R extends Row>(row: R) => ({ ...row, leads: true as const });
const read = (action: string): SingleRow => ({ kind: 'read', retry: 'read', action });
/** IAM: a field of the page shows whether another page follows. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const withMarker = <const Items extends readonly string[]>(action: string, items: Items, most: number) => ({
  kind: 'read' as const,
  retry: 'read' as const,
  action,
  pages: { token: 'Marker' as const, more: 'IsTruncated' as const, items, size: 100, most },
});
/** IAM: the model requires the list in every page. */
const withRequired = <const Items extends readonly string[]>(action: string, items: Items, most: number) => {
  const row = withMarker(action, items, most);
  return { ...row, pages: { ...row.pages, required: true as const } };
};
/** The other services: a token shows that another page follows, also after an empty page. */
const withToken = <const Items extends readonly string[]>(
  action: string,
  items: Items,
  limits: { readonly size: number; readonly most: number },
) => ({
  kind: 'read' as const,
  retry: 'read' as const,
  action,
  pages: { token: 'NextToken' as const, items, ...limits },
});
const write = (action: string, retry: Row['retry'] = 'write'): SingleRow => ({ kind: 'write', retry, action });
const secret = (action: string, retry: Row['retry'] = 'write-after-create'): SingleRow => ({ kind: 'secret', retry, action });

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const mostAccounts = 10_000;
/** Not adjustable. */
const mostUsers = 5_000;

const table: { readonly [K in Operation]: K extends ListOperation ? ListRow<K> : SingleRow } = {
  'sts:GetCallerIdentity': read('sts:GetCallerIdentity'),
  'iam:GetAccountAuthorizationDetails': leading(
    withMarker(
      'iam:GetAccountAuthorizationDetails',
      ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'],
      // Users, groups, roles, and policies of the account and of AWS.
      mostUsers + 500 + 10_000 + 12_000,
    ),
  ),
  'iam:GetAccountPasswordPolicy': read('iam:GetAccountPasswordPolicy'),
  'iam:GetAccountSummary': read('iam:GetAccountSummary'),
  'iam:GetAccessKeyLastUsed': read('iam:GetAccessKeyLastUsed'),
  'iam:GetCredentialReport': leading(read('iam:GetCredentialReport')),
  'iam:GenerateCredentialReport': read('iam:GenerateCredentialReport'),
  'iam:GetLoginProfile': read('iam:GetLoginProfile'),
  'iam:GetRole': read('iam:GetRole'),
  'iam:GetUser': read('iam:GetUser'),
  'iam:ListAccessKeys': withRequired('iam:ListAccessKeys', ['AccessKeyMetadata'], 2),
  'iam:ListAccountAliases': withRequired('iam:ListAccountAliases', ['AccountAliases'], 1),
  'iam:ListAttachedRolePolicies': withMarker('iam:ListAttachedRolePolicies', ['AttachedPolicies'], 25),
  'iam:ListMFADevices': withRequired('iam:ListMFADevices', ['MFADevices'], 8),
  'iam:ListMFADeviceTags': withRequired('iam:ListMFADeviceTags', ['Tags'], 50),
  // Only AWS managed policies are listed: about 1,400, and there is no quota.
  'iam:ListPolicies': { ...withMarker('iam:ListPolicies', ['Policies'], 10_000), lasting: true },
  'iam:ListUsers': withRequired('iam:ListUsers', ['Users'], mostUsers),
  // Assigned or not: at most one for each user. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  'iam:ListVirtualMFADevices': withRequired('iam:ListVirtualMFADevices', ['VirtualMFADevices'], mostUsers),
  // At most 2 for each service, and there are three services.
  'iam:ListServiceSpecificCredentials': withMarker('iam:ListServiceSpecificCredentials', ['ServiceSpecificCredentials'], 100),
  'iam:ListSigningCertificates': withRequired('iam:ListSigningCertificates', ['Certificates'], 2),
  'iam:ListSSHPublicKeys': withMarker('iam:ListSSHPublicKeys', ['SSHPublicKeys'], 5),
  'iam:ListOrganizationsFeatures': read('iam:ListOrganizationsFeatures'),
  // Budgets has only two IAM actions for all its operations: ViewBudget and ModifyBudget.
  // Alerts and subscribers: https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
  'budgets:DescribeBudgets': leading(withToken('budgets:ViewBudget', ['Budgets'], { size: 100, most: 20_000 })),
  'budgets:DescribeBudgetNotificationsForAccount': withToken('budgets:ViewBudget', ['BudgetNotificationsForAccount'], {
    size: 50,
    most: 20_000,
  }),
  'budgets:DescribeNotificationsForBudget': leading(withToken('budgets:ViewBudget', ['Notifications'], { size: 100, most: 10 })),
  'budgets:DescribeSubscribersForNotification': withToken('budgets:ViewBudget', ['Subscribers'], { size: 100, most: 11 }),
  'freetier:GetAccountPlanState': { kind: 'read', retry: 'extra', action: 'freetier:GetAccountPlanState' },
  'organizations:DescribeOrganization': read('organizations:DescribeOrganization'),
  'organizations:DescribeAccount': read('organizations:DescribeAccount'),
  'organizations:DescribeCreateAccountStatus': read('organizations:DescribeCreateAccountStatus'),
  'organizations:ListCreateAccountStatus': withToken('organizations:ListCreateAccountStatus', ['CreateAccountStatuses'], {
    size: 20,
    most: mostAccounts,
  }),
  'organizations:ListAccounts': leading(withToken('organizations:ListAccounts', ['Accounts'], { size: 20, most: mostAccounts })),
  'organizations:ListHandshakesForAccount': withToken('organizations:ListHandshakesForAccount', ['Handshakes'], { size: 20, most: 1_000 }),
  'organizations:ListHandshakesForOrganization': withToken('organizations:ListHandshakesForOrganization', ['Handshakes'], {
    size: 20,
    most: mostAccounts,
  }),
  'organizations:ListRoots': withToken('organizations:ListRoots', ['Roots'], { size: 20, most: 1 }),
  'organizations:ListParents': withToken('organizations:ListParents', ['Parents'], { size: 20, most: 1 }),
  'organizations:ListOrganizationalUnitsForParent': withToken('organizations:ListOrganizationalUnitsForParent', ['OrganizationalUnits'], {
    size: 20,
    most: 2_000,
  }),
  'account:GetAlternateContact': read('account:GetAlternateContact'),
  'account:GetContactInformation': read('account:GetContactInformation'),
  'account:GetAccountInformation': read('account:GetAccountInformation'),
  // Events of one name: limited only to 90 days, and these are rare manual actions.
  'cloudtrail:LookupEvents': withToken('cloudtrail:LookupEvents', ['Events'], { size: 50, most: 1_000 }),

  'sts:AssumeRole': leading({ kind: 'assume', retry: 'read', action: 'sts:AssumeRole' }),
  'sts:AssumeRoot': { kind: 'assume', retry: 'read', action: 'sts:AssumeRoot' },

  'iam:AddUserToGroup': write('iam:AddUserToGroup', 'write-after-create'),
  'iam:AttachGroupPolicy': write('iam:AttachGroupPolicy', 'write-after-create'),
  'iam:AttachRolePolicy': write('iam:AttachRolePolicy', 'write-after-create'),
  'iam:CreateAccountAlias': write('iam:CreateAccountAlias'),
  'iam:CreateGroup': write('iam:CreateGroup'),
  'iam:CreateRole': write('iam:CreateRole'),
  'iam:CreateUser': write('iam:CreateUser'),
  'iam:DeleteAccessKey': write('iam:DeleteAccessKey'),
  'iam:DeactivateMFADevice': write('iam:DeactivateMFADevice', 'delete'),
  'iam:DeleteAccountAlias': write('iam:DeleteAccountAlias', 'delete'),
  'iam:DeleteGroup': write('iam:DeleteGroup', 'delete'),
  'iam:DeleteLoginProfile': write('iam:DeleteLoginProfile', 'delete'),
  'iam:DeleteSigningCertificate': write('iam:DeleteSigningCertificate'),
  'iam:DeleteUser': write('iam:DeleteUser', 'delete'),
  'iam:DetachGroupPolicy': write('iam:DetachGroupPolicy', 'delete'),
  'iam:DetachUserPolicy': write('iam:DetachUserPolicy', 'delete'),
  'iam:RemoveUserFromGroup': write('iam:RemoveUserFromGroup', 'delete'),
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
  'budgets:DeleteBudget': write('budgets:ModifyBudget'),
  'budgets:UpdateBudget': write('budgets:ModifyBudget'),
  'budgets:CreateNotification': write('budgets:ModifyBudget', 'budget-part'),
  'budgets:CreateSubscriber': write('budgets:ModifyBudget', 'budget-part'),
  'organizations:CreateOrganization': write('organizations:CreateOrganization', 'organization'),
  'organizations:DeleteOrganization': write('organizations:DeleteOrganization', 'organization'),
  'organizations:EnableAllFeatures': write('organizations:EnableAllFeatures', 'organization'),
  'organizations:AcceptHandshake': write('organizations:AcceptHandshake', 'organization'),
  'organizations:CancelHandshake': write('organizations:CancelHandshake', 'organization'),
  'organizations:CloseAccount': write('organizations:CloseAccount', 'organization'),
  'organizations:CreateAccount': write('organizations:CreateAccount', 'organization'),
  'organizations:CreateOrganizationalUnit': write('organizations:CreateOrganizationalUnit', 'organization'),
  'organizations:InviteAccountToOrganization': write('organizations:InviteAccountToOrganization', 'organization'),
  'organizations:MoveAccount': write('organizations:MoveAccount', 'organization'),
  'organizations:EnableAWSServiceAccess': write('organizations:EnableAWSServiceAccess', 'organization'),
  'account:PutAlternateContact': write('account:PutAlternateContact'),
};

export const operations: Readonly<Record<Operation, OperationRow>> = table;

/**
 * The most pages of a list; with more it counts as endless. AWS may end pages early, so that a list has more pages than its quota needs.
 * Even a list of one item may have a hundred, if all but one are empty.
 */
export const maxPages = ({ size, most }: PageRow): number => 4 * Math.ceil(most / size) + 100;

/** Names that a read-only client may call: a second check besides the table. */
const readName = /^(Get|List|Describe|Lookup)[A-Z]/;

export const isRead = (operation: string): boolean => {
  const row = operations[operation as Operation] as OperationRow | undefined;
  const name = operation.slice(operation.indexOf(':') + 1);
  return row?.kind === 'read' && (readName.test(name) || name === 'GenerateCredentialReport');
};

/**
 * The session policy for a role that is assumed for reading: AWS enforces it, whatever the role itself allows. At most 2,048
 * characters. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const readingPolicy = (): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: readActions(), Resource: '*' }],
  });

const readActions = (): readonly string[] =>
  [...new Set(Object.values(operations).flatMap(({ kind, action }) => (kind === 'read' ? [action] : [])))].toSorted();
