import type * as account from '@aws-sdk/client-account';
import type * as budgets from '@aws-sdk/client-budgets';
import type * as cloudtrail from '@aws-sdk/client-cloudtrail';
import type * as iam from '@aws-sdk/client-iam';
import type * as organizations from '@aws-sdk/client-organizations';
import type * as sts from '@aws-sdk/client-sts';
import type { SigningKey } from './keys.js';
import type { Reading } from './reading.js';
import type { Secret } from './secret.js';

/**
 * The operations of AWS that this tool uses, by IAM's spelling, with the SDK's types. Types only: nothing here loads the SDK.
 * `src/aws/operations.ts` gives each its command, its kind, its retry row and its IAM action.
 */
type Op<Input, Output> = { readonly input: Input; readonly output: Output };

export interface Reads {
  'sts:GetCallerIdentity': Op<sts.GetCallerIdentityCommandInput, sts.GetCallerIdentityCommandOutput>;
  'iam:GetAccountAuthorizationDetails': Op<iam.GetAccountAuthorizationDetailsCommandInput, iam.GetAccountAuthorizationDetailsCommandOutput>;
  'iam:GetAccountPasswordPolicy': Op<iam.GetAccountPasswordPolicyCommandInput, iam.GetAccountPasswordPolicyCommandOutput>;
  'iam:GetAccountSummary': Op<iam.GetAccountSummaryCommandInput, iam.GetAccountSummaryCommandOutput>;
  'iam:GetAccessKeyLastUsed': Op<iam.GetAccessKeyLastUsedCommandInput, iam.GetAccessKeyLastUsedCommandOutput>;
  'iam:GetCredentialReport': Op<iam.GetCredentialReportCommandInput, iam.GetCredentialReportCommandOutput>;
  'iam:GenerateCredentialReport': Op<iam.GenerateCredentialReportCommandInput, iam.GenerateCredentialReportCommandOutput>;
  'iam:GetLoginProfile': Op<iam.GetLoginProfileCommandInput, iam.GetLoginProfileCommandOutput>;
  'iam:GetRole': Op<iam.GetRoleCommandInput, iam.GetRoleCommandOutput>;
  'iam:GetUser': Op<iam.GetUserCommandInput, iam.GetUserCommandOutput>;
  'iam:ListAccessKeys': Op<iam.ListAccessKeysCommandInput, iam.ListAccessKeysCommandOutput>;
  'iam:ListAccountAliases': Op<iam.ListAccountAliasesCommandInput, iam.ListAccountAliasesCommandOutput>;
  'iam:ListAttachedRolePolicies': Op<iam.ListAttachedRolePoliciesCommandInput, iam.ListAttachedRolePoliciesCommandOutput>;
  'iam:ListMFADevices': Op<iam.ListMFADevicesCommandInput, iam.ListMFADevicesCommandOutput>;
  'iam:ListMFADeviceTags': Op<iam.ListMFADeviceTagsCommandInput, iam.ListMFADeviceTagsCommandOutput>;
  'iam:ListPolicies': Op<iam.ListPoliciesCommandInput, iam.ListPoliciesCommandOutput>;
  'iam:ListUsers': Op<iam.ListUsersCommandInput, iam.ListUsersCommandOutput>;
  'iam:ListVirtualMFADevices': Op<iam.ListVirtualMFADevicesCommandInput, iam.ListVirtualMFADevicesCommandOutput>;
  'iam:ListOrganizationsFeatures': Op<iam.ListOrganizationsFeaturesCommandInput, iam.ListOrganizationsFeaturesCommandOutput>;
  'budgets:DescribeBudgets': Op<budgets.DescribeBudgetsCommandInput, budgets.DescribeBudgetsCommandOutput>;
  'budgets:DescribeNotificationsForBudget': Op<
    budgets.DescribeNotificationsForBudgetCommandInput,
    budgets.DescribeNotificationsForBudgetCommandOutput
  >;
  'budgets:DescribeSubscribersForNotification': Op<
    budgets.DescribeSubscribersForNotificationCommandInput,
    budgets.DescribeSubscribersForNotificationCommandOutput
  >;
  'organizations:DescribeOrganization': Op<organizations.DescribeOrganizationCommandInput, organizations.DescribeOrganizationCommandOutput>;
  'organizations:DescribeCreateAccountStatus': Op<
    organizations.DescribeCreateAccountStatusCommandInput,
    organizations.DescribeCreateAccountStatusCommandOutput
  >;
  'organizations:ListCreateAccountStatus': Op<
    organizations.ListCreateAccountStatusCommandInput,
    organizations.ListCreateAccountStatusCommandOutput
  >;
  'organizations:ListAccounts': Op<organizations.ListAccountsCommandInput, organizations.ListAccountsCommandOutput>;
  'organizations:ListHandshakesForAccount': Op<
    organizations.ListHandshakesForAccountCommandInput,
    organizations.ListHandshakesForAccountCommandOutput
  >;
  'organizations:ListHandshakesForOrganization': Op<
    organizations.ListHandshakesForOrganizationCommandInput,
    organizations.ListHandshakesForOrganizationCommandOutput
  >;
  'organizations:ListRoots': Op<organizations.ListRootsCommandInput, organizations.ListRootsCommandOutput>;
  'organizations:ListParents': Op<organizations.ListParentsCommandInput, organizations.ListParentsCommandOutput>;
  'organizations:ListOrganizationalUnitsForParent': Op<
    organizations.ListOrganizationalUnitsForParentCommandInput,
    organizations.ListOrganizationalUnitsForParentCommandOutput
  >;
  'account:GetAlternateContact': Op<account.GetAlternateContactCommandInput, account.GetAlternateContactCommandOutput>;
  'account:GetAccountInformation': Op<account.GetAccountInformationCommandInput, account.GetAccountInformationCommandOutput>;
  'cloudtrail:LookupEvents': Op<cloudtrail.LookupEventsCommandInput, cloudtrail.LookupEventsCommandOutput>;
}

export interface Writes {
  'iam:AddUserToGroup': Op<iam.AddUserToGroupCommandInput, iam.AddUserToGroupCommandOutput>;
  'iam:AttachGroupPolicy': Op<iam.AttachGroupPolicyCommandInput, iam.AttachGroupPolicyCommandOutput>;
  'iam:AttachRolePolicy': Op<iam.AttachRolePolicyCommandInput, iam.AttachRolePolicyCommandOutput>;
  'iam:AttachUserPolicy': Op<iam.AttachUserPolicyCommandInput, iam.AttachUserPolicyCommandOutput>;
  'iam:CreateAccountAlias': Op<iam.CreateAccountAliasCommandInput, iam.CreateAccountAliasCommandOutput>;
  'iam:CreateGroup': Op<iam.CreateGroupCommandInput, iam.CreateGroupCommandOutput>;
  'iam:CreateRole': Op<iam.CreateRoleCommandInput, iam.CreateRoleCommandOutput>;
  'iam:CreateUser': Op<iam.CreateUserCommandInput, iam.CreateUserCommandOutput>;
  /** Without a UserName, a key of whoever signs: the only way in which root deletes its own. */
  'iam:DeleteAccessKey': Op<{ readonly UserName?: string; readonly AccessKeyId: string }, iam.DeleteAccessKeyCommandOutput>;
  'iam:DeactivateMFADevice': Op<iam.DeactivateMFADeviceCommandInput, iam.DeactivateMFADeviceCommandOutput>;
  'iam:DeleteAccountAlias': Op<iam.DeleteAccountAliasCommandInput, iam.DeleteAccountAliasCommandOutput>;
  'iam:DeleteGroup': Op<iam.DeleteGroupCommandInput, iam.DeleteGroupCommandOutput>;
  'iam:DeleteLoginProfile': Op<iam.DeleteLoginProfileCommandInput, iam.DeleteLoginProfileCommandOutput>;
  'iam:DeleteUser': Op<iam.DeleteUserCommandInput, iam.DeleteUserCommandOutput>;
  'iam:DetachGroupPolicy': Op<iam.DetachGroupPolicyCommandInput, iam.DetachGroupPolicyCommandOutput>;
  'iam:DetachUserPolicy': Op<iam.DetachUserPolicyCommandInput, iam.DetachUserPolicyCommandOutput>;
  'iam:RemoveUserFromGroup': Op<iam.RemoveUserFromGroupCommandInput, iam.RemoveUserFromGroupCommandOutput>;
  'iam:DeleteVirtualMFADevice': Op<iam.DeleteVirtualMFADeviceCommandInput, iam.DeleteVirtualMFADeviceCommandOutput>;
  'iam:EnableMFADevice': Op<
    Omit<iam.EnableMFADeviceCommandInput, 'AuthenticationCode1' | 'AuthenticationCode2'> & {
      readonly AuthenticationCode1: Secret;
      readonly AuthenticationCode2: Secret;
    },
    iam.EnableMFADeviceCommandOutput
  >;
  'iam:EnableOrganizationsRootCredentialsManagement': Op<
    iam.EnableOrganizationsRootCredentialsManagementCommandInput,
    iam.EnableOrganizationsRootCredentialsManagementCommandOutput
  >;
  'iam:UpdateAccessKey': Op<
    { readonly UserName: string; readonly AccessKeyId: string; readonly Status: 'Active' | 'Inactive' },
    iam.UpdateAccessKeyCommandOutput
  >;
  'iam:UpdateAccountPasswordPolicy': Op<iam.UpdateAccountPasswordPolicyCommandInput, iam.UpdateAccountPasswordPolicyCommandOutput>;
  'iam:CreateLoginProfile': Op<
    { readonly UserName: string; readonly Password: Secret; readonly PasswordResetRequired: boolean },
    iam.CreateLoginProfileCommandOutput
  >;
  'iam:UpdateLoginProfile': Op<
    { readonly UserName: string; readonly Password: Secret; readonly PasswordResetRequired: boolean },
    iam.UpdateLoginProfileCommandOutput
  >;
  'iam:CreateVirtualMFADevice': Op<
    iam.CreateVirtualMFADeviceCommandInput,
    { readonly VirtualMFADevice: { readonly SerialNumber: string; readonly Base32StringSeed: Secret } }
  >;
  'iam:CreateAccessKey': Op<
    { readonly UserName: string },
    { readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: Secret; readonly CreateDate?: Date } }
  >;
  'budgets:CreateBudget': Op<budgets.CreateBudgetCommandInput, budgets.CreateBudgetCommandOutput>;
  'budgets:DeleteBudget': Op<budgets.DeleteBudgetCommandInput, budgets.DeleteBudgetCommandOutput>;
  'budgets:UpdateBudget': Op<budgets.UpdateBudgetCommandInput, budgets.UpdateBudgetCommandOutput>;
  'budgets:CreateNotification': Op<budgets.CreateNotificationCommandInput, budgets.CreateNotificationCommandOutput>;
  'budgets:CreateSubscriber': Op<budgets.CreateSubscriberCommandInput, budgets.CreateSubscriberCommandOutput>;
  'organizations:CreateOrganization': Op<organizations.CreateOrganizationCommandInput, organizations.CreateOrganizationCommandOutput>;
  'organizations:DeleteOrganization': Op<organizations.DeleteOrganizationCommandInput, organizations.DeleteOrganizationCommandOutput>;
  'organizations:EnableAllFeatures': Op<organizations.EnableAllFeaturesCommandInput, organizations.EnableAllFeaturesCommandOutput>;
  'organizations:AcceptHandshake': Op<organizations.AcceptHandshakeCommandInput, organizations.AcceptHandshakeCommandOutput>;
  'organizations:CancelHandshake': Op<organizations.CancelHandshakeCommandInput, organizations.CancelHandshakeCommandOutput>;
  'organizations:CreateAccount': Op<organizations.CreateAccountCommandInput, organizations.CreateAccountCommandOutput>;
  'organizations:CreateOrganizationalUnit': Op<
    organizations.CreateOrganizationalUnitCommandInput,
    organizations.CreateOrganizationalUnitCommandOutput
  >;
  'organizations:InviteAccountToOrganization': Op<
    organizations.InviteAccountToOrganizationCommandInput,
    organizations.InviteAccountToOrganizationCommandOutput
  >;
  'organizations:MoveAccount': Op<organizations.MoveAccountCommandInput, organizations.MoveAccountCommandOutput>;
  'organizations:EnableAWSServiceAccess': Op<
    organizations.EnableAWSServiceAccessCommandInput,
    organizations.EnableAWSServiceAccessCommandOutput
  >;
  'account:PutAlternateContact': Op<account.PutAlternateContactCommandInput, account.PutAlternateContactCommandOutput>;
}

/** Neither reads nor writes: what they yield signs other requests. */
interface Assumptions {
  'sts:AssumeRole': Op<sts.AssumeRoleCommandInput, sts.AssumeRoleCommandOutput>;
}

export type ReadOperation = keyof Reads;
export type WriteOperation = keyof Writes;
export type Operation = ReadOperation | WriteOperation | keyof Assumptions;

/** What a role that was assumed gives: a key that signs as the role until it expires. */
export interface RoleSession {
  readonly key: SigningKey;
  readonly expiresAt: Date | undefined;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
  readonly arn: string;
}

/** Fields of a request that name the page to answer with. */
export type PageField = 'Marker' | 'NextToken';
/** Operations that answer in pages: those whose request names one, by the SDK's types. */
export type ListOperation = { [K in ReadOperation]: Extract<keyof Reads[K]['input'], PageField> extends never ? never : K }[ReadOperation];
/** Operations whose answer is whole. */
export type SingleOperation = Exclude<ReadOperation, ListOperation>;
/** Which page is asked for is decided by the reader of all pages. */
export type ListInput<K extends ListOperation> = Omit<Reads[K]['input'], PageField>;

/**
 * Reads of AWS. They never throw for what AWS answers: a denied or failed read comes back as data. Operations that answer in pages are
 * read to the end and in no other way: AWS may cut a page anywhere, even before its first item.
 */
export interface ReadCloud {
  readonly read: <K extends SingleOperation>(
    operation: K,
    input: Reads[K]['input'],
    /** `fresh`: AWS is asked again even if this run has read the same before. */
    how?: { readonly fresh?: boolean },
  ) => Promise<Reading<Reads[K]['output']>>;
  /** As `read`, where the named errors mean "there is none" (e.g. `NoSuchEntity`) and come back as undefined. */
  readonly find: <K extends SingleOperation>(
    operation: K,
    input: Reads[K]['input'],
    absent: readonly string[],
  ) => Promise<Reading<Reads[K]['output'] | undefined>>;
  /** All pages, in order. Ends with `failed` when the list has no end: a token repeats, or there are more pages than the quota allows. */
  readonly readAll: <K extends ListOperation>(operation: K, input: ListInput<K>) => Promise<Reading<readonly Reads[K]['output'][]>>;
  /** As `readAll`, where the named errors mean that what the list belongs to does not exist. */
  readonly findAll: <K extends ListOperation>(
    operation: K,
    input: ListInput<K>,
    absent: readonly string[],
  ) => Promise<Reading<readonly Reads[K]['output'][] | undefined>>;
  /**
   * Assumes a role in a member account that AWS named in this run; any other account is refused. In a run that only reads, the session
   * is limited by AWS to reading. Asked anew at every call. Root cannot: the caller must know.
   */
  readonly assume: (roleArn: string) => Promise<Reading<RoleSession>>;
}

/** Writes throw an `AwsError` when refused, an `AmbiguousWriteError` when it is not known whether AWS acted. */
export interface Cloud extends ReadCloud {
  readonly write: <K extends WriteOperation>(operation: K, input: Writes[K]['input']) => Promise<Writes[K]['output']>;
}
