import type * as account from '@aws-sdk/client-account';
import type * as budgets from '@aws-sdk/client-budgets';
import type * as cloudtrail from '@aws-sdk/client-cloudtrail';
import type * as iam from '@aws-sdk/client-iam';
import type * as organizations from '@aws-sdk/client-organizations';
import type * as sts from '@aws-sdk/client-sts';
import type { GetAccountPlanStateOutput } from './account-plan.js';
import type { SigningKey } from './keys.js';
import type { Reading } from './reading.js';
import type { Secret } from './secret.js';

/**
 * The AWS operations that this tool uses, spelled as in IAM, with the SDK's types. Types only: nothing here loads the SDK.
 * `src/aws/operations.ts` has the kind, the retry row and the IAM action of each.
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
  'iam:ListServiceSpecificCredentials': Op<iam.ListServiceSpecificCredentialsCommandInput, iam.ListServiceSpecificCredentialsCommandOutput>;
  'iam:ListSigningCertificates': Op<iam.ListSigningCertificatesCommandInput, iam.ListSigningCertificatesCommandOutput>;
  'iam:ListSSHPublicKeys': Op<iam.ListSSHPublicKeysCommandInput, iam.ListSSHPublicKeysCommandOutput>;
  'iam:ListUsers': Op<iam.ListUsersCommandInput, iam.ListUsersCommandOutput>;
  'iam:ListVirtualMFADevices': Op<iam.ListVirtualMFADevicesCommandInput, iam.ListVirtualMFADevicesCommandOutput>;
  'iam:ListOrganizationsFeatures': Op<iam.ListOrganizationsFeaturesCommandInput, iam.ListOrganizationsFeaturesCommandOutput>;
  'budgets:DescribeBudgets': Op<budgets.DescribeBudgetsCommandInput, budgets.DescribeBudgetsCommandOutput>;
  'budgets:DescribeBudgetNotificationsForAccount': Op<
    budgets.DescribeBudgetNotificationsForAccountCommandInput,
    budgets.DescribeBudgetNotificationsForAccountCommandOutput
  >;
  'budgets:DescribeNotificationsForBudget': Op<
    budgets.DescribeNotificationsForBudgetCommandInput,
    budgets.DescribeNotificationsForBudgetCommandOutput
  >;
  'budgets:DescribeSubscribersForNotification': Op<
    budgets.DescribeSubscribersForNotificationCommandInput,
    budgets.DescribeSubscribersForNotificationCommandOutput
  >;
  'freetier:GetAccountPlanState': Op<object, GetAccountPlanStateOutput>;
  'organizations:DescribeOrganization': Op<organizations.DescribeOrganizationCommandInput, organizations.DescribeOrganizationCommandOutput>;
  'organizations:DescribeAccount': Op<organizations.DescribeAccountCommandInput, organizations.DescribeAccountCommandOutput>;
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
  'account:GetContactInformation': Op<account.GetContactInformationCommandInput, account.GetContactInformationCommandOutput>;
  'account:GetAccountInformation': Op<account.GetAccountInformationCommandInput, account.GetAccountInformationCommandOutput>;
  'cloudtrail:LookupEvents': Op<cloudtrail.LookupEventsCommandInput, cloudtrail.LookupEventsCommandOutput>;
}

export interface Writes {
  'iam:AddUserToGroup': Op<iam.AddUserToGroupCommandInput, iam.AddUserToGroupCommandOutput>;
  'iam:AttachGroupPolicy': Op<iam.AttachGroupPolicyCommandInput, iam.AttachGroupPolicyCommandOutput>;
  'iam:AttachRolePolicy': Op<iam.AttachRolePolicyCommandInput, iam.AttachRolePolicyCommandOutput>;
  'iam:CreateAccountAlias': Op<iam.CreateAccountAliasCommandInput, iam.CreateAccountAliasCommandOutput>;
  'iam:CreateGroup': Op<iam.CreateGroupCommandInput, iam.CreateGroupCommandOutput>;
  'iam:CreateRole': Op<iam.CreateRoleCommandInput, iam.CreateRoleCommandOutput>;
  'iam:CreateUser': Op<iam.CreateUserCommandInput, iam.CreateUserCommandOutput>;
  /** Without a UserName: a key of the caller. Root can delete its own keys only this way. */
  'iam:DeleteAccessKey': Op<{ readonly UserName?: string; readonly AccessKeyId: string }, iam.DeleteAccessKeyCommandOutput>;
  'iam:DeactivateMFADevice': Op<iam.DeactivateMFADeviceCommandInput, iam.DeactivateMFADeviceCommandOutput>;
  'iam:DeleteAccountAlias': Op<iam.DeleteAccountAliasCommandInput, iam.DeleteAccountAliasCommandOutput>;
  'iam:DeleteGroup': Op<iam.DeleteGroupCommandInput, iam.DeleteGroupCommandOutput>;
  'iam:DeleteLoginProfile': Op<iam.DeleteLoginProfileCommandInput, iam.DeleteLoginProfileCommandOutput>;
  'iam:DeleteSigningCertificate': Op<iam.DeleteSigningCertificateCommandInput, iam.DeleteSigningCertificateCommandOutput>;
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
  'organizations:CloseAccount': Op<organizations.CloseAccountCommandInput, organizations.CloseAccountCommandOutput>;
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

/** Neither reads nor writes: their result signs other requests. */
interface Assumptions {
  'sts:AssumeRole': Op<sts.AssumeRoleCommandInput, sts.AssumeRoleCommandOutput>;
  'sts:AssumeRoot': Op<sts.AssumeRootCommandInput, sts.AssumeRootCommandOutput>;
}

export type ReadOperation = keyof Reads;
export type WriteOperation = keyof Writes;
export type Operation = ReadOperation | WriteOperation | keyof Assumptions;

/** What a session as root of a member may do; AWS has a policy for each. `audit`: see its credentials. `delete`: also delete them. */
export type RootTask = 'audit' | 'delete';

/** The result of assuming a role, or root: a key that signs as it until it expires. */
export interface RoleSession {
  readonly key: SigningKey;
  readonly expiresAt: Date | undefined;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; of root, `arn:aws:iam::ACCOUNT:root`. */
  readonly arn: string;
}

/** Fields of a request that name the wanted page. */
export type PageField = 'Marker' | 'NextToken';
/** Operations that answer in pages: those whose request names one, by the SDK's types. */
export type ListOperation = { [K in ReadOperation]: Extract<keyof Reads[K]['input'], PageField> extends never ? never : K }[ReadOperation];
/** Operations that answer with one page. */
export type SingleOperation = Exclude<ReadOperation, ListOperation>;
/** Without the page: all pages are read. */
export type ListInput<K extends ListOperation> = Omit<Reads[K]['input'], PageField>;

/**
 * Reads of AWS. They do not throw when AWS answers with an error: a denied or failed read is returned as data. Operations that answer in
 * pages are always read to the end: AWS may end a page anywhere, even before its first item.
 */
export interface ReadCloud {
  readonly read: <K extends SingleOperation>(
    operation: K,
    input: Reads[K]['input'],
    /** `fresh`: sends the request again even if this run has read the same before. */
    how?: { readonly fresh?: boolean },
  ) => Promise<Reading<Reads[K]['output']>>;
  /** Like `read`. The named errors (e.g. `NoSuchEntity`) mean "it does not exist" and are returned as undefined. */
  readonly find: <K extends SingleOperation>(
    operation: K,
    input: Reads[K]['input'],
    absent: readonly string[],
  ) => Promise<Reading<Reads[K]['output'] | undefined>>;
  /**
   * All pages, in order. Ends with `failed` when the list has no end: a token repeats, or there are more pages than the quota allows.
   * `onPage` receives each page as soon as it is read, also those of a list that fails later.
   */
  readonly readAll: <K extends ListOperation>(
    operation: K,
    input: ListInput<K>,
    onPage?: (page: Reads[K]['output']) => void,
  ) => Promise<Reading<readonly Reads[K]['output'][]>>;
  /** Like `readAll`. The named errors mean that the owner of the list does not exist. */
  readonly findAll: <K extends ListOperation>(
    operation: K,
    input: ListInput<K>,
    absent: readonly string[],
  ) => Promise<Reading<readonly Reads[K]['output'][] | undefined>>;
  /**
   * Assumes a role in a member account that AWS named in this run; any other account is refused. In a run that only reads, AWS limits the
   * session to reads. Every call sends a request. Root cannot assume roles: check the caller first.
   */
  readonly assume: (roleArn: string) => Promise<Reading<RoleSession>>;
}

/** A write throws an `AwsError` when AWS refuses it, and an `AmbiguousWriteError` when it is not known whether AWS carried it out. */
export interface Cloud extends ReadCloud {
  readonly write: <K extends WriteOperation>(
    operation: K,
    input: Writes[K]['input'],
    /** Called when AWS carried out the write, or may have. */
    effect?: () => void,
  ) => Promise<Writes[K]['output']>;
}
