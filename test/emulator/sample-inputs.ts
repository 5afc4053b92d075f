/** A valid input for every operation in use. Nothing they name need exist: they ask whether an operation is offered at all. */
const accountId = '123456789012';
const userName = 'alex';
const user = { UserName: userName };
const group = { GroupName: 'Administrators' };
const serial = { SerialNumber: `arn:aws:iam::${accountId}:mfa/alex` };
const accessKey = { UserName: userName, AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
const tags = [{ Key: 'purpose', Value: 'probe' }];
const budgetName = { AccountId: accountId, BudgetName: 'Monthly $10 Budget' };
const budget = {
  BudgetName: budgetName.BudgetName,
  TimeUnit: 'MONTHLY',
  BudgetType: 'COST',
  BudgetLimit: { Amount: '10', Unit: 'USD' },
  CostTypes: { IncludeCredit: false, IncludeRefund: false },
};
const notification = {
  Notification: { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 80, ThresholdType: 'PERCENTAGE' },
};
const subscriber = { SubscriptionType: 'EMAIL', Address: 'ops@example.com' };
const rootId = 'r-examp';

export const sampleInputs: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'iam:GetAccountSummary': {},
  'iam:ListAccountAliases': {},
  'iam:CreateAccountAlias': { AccountAlias: 'acme-prod' },
  'iam:GetAccountAuthorizationDetails': { Filter: ['User', 'Group'] },
  'iam:ListVirtualMFADevices': { AssignmentStatus: 'Any' },
  'iam:ListMFADevices': user,
  'iam:ListMFADeviceTags': serial,
  'iam:GetAccountPasswordPolicy': {},
  'iam:UpdateAccountPasswordPolicy': { MinimumPasswordLength: 14, PasswordReusePrevention: 24, RequireSymbols: true },
  'iam:GetLoginProfile': user,
  'iam:CreateLoginProfile': { ...user, Password: 'Correct-Horse-1', PasswordResetRequired: true },
  'iam:UpdateLoginProfile': { ...user, Password: 'Correct-Horse-2', PasswordResetRequired: true },
  'iam:GetUser': user,
  'iam:CreateUser': { ...user, Tags: tags },
  'iam:CreateGroup': group,
  'iam:AddUserToGroup': { ...user, ...group },
  'iam:AttachGroupPolicy': { ...group, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  'iam:AttachUserPolicy': { ...user, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
  'iam:GetGroup': group,
  'iam:ListGroupsForUser': user,
  'iam:ListAttachedGroupPolicies': group,
  'iam:CreateVirtualMFADevice': { VirtualMFADeviceName: userName, Tags: tags },
  'iam:EnableMFADevice': { ...user, ...serial, AuthenticationCode1: '123456', AuthenticationCode2: '654321' },
  'iam:DeactivateMFADevice': { ...user, ...serial },
  'iam:DeleteVirtualMFADevice': serial,
  'iam:ListAccessKeys': user,
  'iam:CreateAccessKey': user,
  'iam:GetAccessKeyLastUsed': { AccessKeyId: accessKey.AccessKeyId },
  'iam:UpdateAccessKey': { ...accessKey, Status: 'Inactive' },
  'iam:DeleteAccessKey': accessKey,
  'iam:GenerateCredentialReport': {},
  'iam:GetCredentialReport': {},
  'iam:ListOrganizationsFeatures': {},
  'sts:GetCallerIdentity': {},
  'sts:AssumeRole': { RoleArn: `arn:aws:iam::${accountId}:role/OrganizationAccountAccessRole`, RoleSessionName: 'probe' },
  'budgets:DescribeBudgets': { AccountId: accountId },
  'budgets:DescribeBudget': budgetName,
  'budgets:CreateBudget': {
    AccountId: accountId,
    Budget: budget,
    NotificationsWithSubscribers: [{ ...notification, Subscribers: [subscriber] }],
    ResourceTags: tags,
  },
  'budgets:UpdateBudget': { AccountId: accountId, NewBudget: budget },
  'budgets:DescribeNotificationsForBudget': budgetName,
  'budgets:DescribeBudgetNotificationsForAccount': { AccountId: accountId },
  'budgets:DescribeSubscribersForNotification': { ...budgetName, ...notification },
  'budgets:CreateNotification': { ...budgetName, ...notification, Subscribers: [subscriber] },
  'budgets:CreateSubscriber': { ...budgetName, ...notification, Subscriber: subscriber },
  'budgets:DeleteNotification': { ...budgetName, ...notification },
  'budgets:DeleteSubscriber': { ...budgetName, ...notification, Subscriber: subscriber },
  'organizations:DescribeOrganization': {},
  'organizations:CreateOrganization': { FeatureSet: 'ALL' },
  'organizations:EnableAllFeatures': {},
  'organizations:ListHandshakesForOrganization': { Filter: { ActionType: 'INVITE' } },
  'organizations:ListHandshakesForAccount': { Filter: { ActionType: 'INVITE' } },
  'organizations:AcceptHandshake': { HandshakeId: 'h-examplehandshake111' },
  'organizations:CreateAccount': { Email: 'member@example.com', AccountName: 'member', IamUserAccessToBilling: 'ALLOW', Tags: tags },
  'organizations:DescribeCreateAccountStatus': { CreateAccountRequestId: 'car-examplecreateaccount11' },
  'organizations:ListCreateAccountStatus': { States: ['IN_PROGRESS', 'SUCCEEDED', 'FAILED'] },
  'organizations:ListAccounts': {},
  'organizations:DescribeAccount': { AccountId: accountId },
  'organizations:EnableAWSServiceAccess': { ServicePrincipal: 'account.amazonaws.com' },
  'organizations:ListAWSServiceAccessForOrganization': {},
  'organizations:ListRoots': {},
  'organizations:ListOrganizationalUnitsForParent': { ParentId: rootId },
  'organizations:CreateOrganizationalUnit': { ParentId: rootId, Name: 'Workloads' },
  'organizations:MoveAccount': { AccountId: accountId, SourceParentId: rootId, DestinationParentId: 'ou-examp-exampleunit' },
  'account:GetAlternateContact': { AlternateContactType: 'SECURITY' },
  'account:PutAlternateContact': {
    AlternateContactType: 'SECURITY',
    Name: 'Security',
    Title: 'Officer',
    EmailAddress: 'security@example.com',
    PhoneNumber: '+1 555 0100',
  },
  'account:GetAccountInformation': {},
  'account:GetContactInformation': {},
  'cloudtrail:LookupEvents': { LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'SetIAMAccessPreference' }], MaxResults: 1 },
};
