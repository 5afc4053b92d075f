import { type Credentials, failureOf, type Send } from './sdk-sender.js';

/** Something that moto has but answers unlike AWS, so that a test against moto proves nothing about it. */
export interface WrongAnswer {
  readonly operation: string;
  readonly moto: string;
  readonly aws: string;
  /** Whether moto, emptied before, still answers so. `as` sends with other credentials. */
  readonly persists: (send: Send, as: (credentials: Credentials) => Send) => Promise<boolean>;
}

const accountId = '123456789012';
const user = { UserName: 'alex' };
const serial = (name: string): string => `arn:aws:iam::${accountId}:mfa/${name}`;
const codes = { AuthenticationCode1: '000000', AuthenticationCode2: '000000' };
const budget = { BudgetName: 'Monthly', TimeUnit: 'MONTHLY', BudgetType: 'COST', BudgetLimit: { Amount: '10', Unit: 'USD' } };
const notification = { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 80, ThresholdType: 'PERCENTAGE' };
const subscribers = [{ SubscriptionType: 'EMAIL', Address: 'ops@example.com' }];

/** Name of the AWS error that a call ends with, or `accepted`. */
const outcome = async (call: Promise<unknown>): Promise<string> => (await failureOf(call))?.name ?? 'accepted';

/** The SDK fails to read such a page: status 500, and none of the marks of an AWS error. */
async function isHtmlPage(call: Promise<unknown>): Promise<boolean> {
  const error = await failureOf(call);
  return error !== undefined && error.$fault === undefined && error.$metadata.httpStatusCode === 500;
}

async function credentialReport(send: Send): Promise<{ text: string; generated: Date }> {
  await send('iam:CreateUser', user);
  await send('iam:GenerateCredentialReport');
  const report = await send('iam:GetCredentialReport');
  return { text: Buffer.from(report.Content as Uint8Array).toString(), generated: report.GeneratedTime as Date };
}

export const wrongAnswers: readonly WrongAnswer[] = [
  {
    operation: 'sts:GetCallerIdentity',
    moto: 'a key that moto did not issue is arn:aws:sts::A:user/moto; root cannot be had',
    aws: 'InvalidClientTokenId; a root session is arn:aws:iam::A:root',
    persists: async (send) => (await send('sts:GetCallerIdentity')).Arn === `arn:aws:sts::${accountId}:user/moto`,
  },
  {
    operation: 'sts:AssumeRole',
    moto: 'gives a session for a role that does not exist',
    aws: 'AccessDenied',
    persists: async (send) =>
      (await outcome(send('sts:AssumeRole', { RoleArn: `arn:aws:iam::${accountId}:role/None`, RoleSessionName: 'probe' }))) === 'accepted',
  },
  {
    operation: 'iam:GetAccountSummary',
    moto: 'AccountMFAEnabled and AccountAccessKeysPresent are always 0, and AccountPasswordPresent is absent',
    aws: 'they show the state of root',
    persists: async (send) => {
      const { SummaryMap: summary } = await send('iam:GetAccountSummary');
      return summary.AccountMFAEnabled === 0 && summary.AccountAccessKeysPresent === 0 && summary.AccountPasswordPresent === undefined;
    },
  },
  {
    operation: 'iam:CreateAccountAlias',
    moto: 'accepts the alias that the account already has, and malformed ones',
    aws: 'EntityAlreadyExists; ValidationError',
    persists: async (send) => {
      await send('iam:CreateAccountAlias', { AccountAlias: 'acme-prod' });
      const again = await outcome(send('iam:CreateAccountAlias', { AccountAlias: 'acme-prod' }));
      const malformed = await outcome(send('iam:CreateAccountAlias', { AccountAlias: 'Acme_Prod--' }));
      return again === 'accepted' && malformed === 'accepted';
    },
  },
  {
    operation: 'iam:CreateUser',
    moto: 'takes names that differ in case only, and user ids do not begin with AIDA',
    aws: 'EntityAlreadyExists; ids begin with AIDA',
    persists: async (send) => {
      const made = await send('iam:CreateUser', user);
      return (await outcome(send('iam:CreateUser', { UserName: 'ALEX' }))) === 'accepted' && !String(made.User.UserId).startsWith('AIDA');
    },
  },
  {
    operation: 'iam:GetUser',
    moto: 'without a name, answers a user default_user that it makes up',
    aws: 'the user of the key; root for root',
    persists: async (send) => (await send('iam:GetUser')).User.UserName === 'default_user',
  },
  {
    operation: 'iam:CreateLoginProfile',
    moto: 'ignores PasswordResetRequired and the password policy',
    aws: 'keeps the former; PasswordPolicyViolation',
    persists: async (send) => {
      await send('iam:UpdateAccountPasswordPolicy', { MinimumPasswordLength: 14 });
      await send('iam:CreateUser', user);
      const made = await send('iam:CreateLoginProfile', { ...user, Password: 'short', PasswordResetRequired: true });
      return made.LoginProfile.PasswordResetRequired === false;
    },
  },
  {
    operation: 'iam:UpdateLoginProfile',
    moto: 'ignores the password policy',
    aws: 'PasswordPolicyViolation',
    persists: async (send) => {
      await send('iam:UpdateAccountPasswordPolicy', { MinimumPasswordLength: 14 });
      await send('iam:CreateUser', user);
      await send('iam:CreateLoginProfile', { ...user, Password: 'Long-Enough-Password-1' });
      return (await outcome(send('iam:UpdateLoginProfile', { ...user, Password: 'short' }))) === 'accepted';
    },
  },
  {
    operation: 'iam:CreateVirtualMFADevice',
    moto: 'QRCodePNG is random bytes, not a picture',
    aws: 'a PNG picture',
    persists: async (send) => {
      const made = await send('iam:CreateVirtualMFADevice', { VirtualMFADeviceName: 'alex' });
      return Buffer.from(made.VirtualMFADevice.QRCodePNG as Uint8Array).toString('latin1', 1, 4) !== 'PNG';
    },
  },
  {
    operation: 'iam:EnableMFADevice',
    moto: 'accepts any two codes, even twice the same, and serial numbers of devices that do not exist',
    aws: 'InvalidAuthenticationCode; NoSuchEntity',
    persists: async (send) => {
      await send('iam:CreateUser', user);
      return (await outcome(send('iam:EnableMFADevice', { ...user, SerialNumber: serial('none'), ...codes }))) === 'accepted';
    },
  },
  {
    operation: 'iam:ListVirtualMFADevices',
    moto: 'lists the seed of every device, and never the one of root',
    aws: 'seeds are shown once, by CreateVirtualMFADevice',
    persists: async (send) => {
      await send('iam:CreateVirtualMFADevice', { VirtualMFADeviceName: 'alex' });
      return (await send('iam:ListVirtualMFADevices')).VirtualMFADevices[0].Base32StringSeed !== undefined;
    },
  },
  {
    operation: 'iam:ListMFADevices',
    moto: 'without a name, looks for a user None: NoSuchEntity',
    aws: 'the devices of the caller',
    persists: async (send) => (await outcome(send('iam:ListMFADevices'))) === 'NoSuchEntityException',
  },
  {
    operation: 'iam:DeleteVirtualMFADevice',
    moto: 'deletes a device in use, which ListMFADevices goes on to list',
    aws: 'DeleteConflict',
    persists: async (send) => {
      await send('iam:CreateUser', user);
      await send('iam:CreateVirtualMFADevice', { VirtualMFADeviceName: 'alex' });
      await send('iam:EnableMFADevice', { ...user, SerialNumber: serial('alex'), ...codes });
      const deleted = await outcome(send('iam:DeleteVirtualMFADevice', { SerialNumber: serial('alex') }));
      return deleted === 'accepted' && (await send('iam:ListMFADevices', user)).MFADevices.length === 1;
    },
  },
  {
    operation: 'iam:UpdateAccessKey',
    moto: 'a key made inactive works on',
    aws: 'InvalidClientTokenId',
    persists: async (send, as) => {
      await send('iam:CreateUser', user);
      const { AccessKey: key } = await send('iam:CreateAccessKey', user);
      await send('iam:UpdateAccessKey', { ...user, AccessKeyId: key.AccessKeyId, Status: 'Inactive' });
      return (
        (await outcome(as({ accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey })('sts:GetCallerIdentity'))) === 'accepted'
      );
    },
  },
  {
    operation: 'iam:GetCredentialReport',
    moto: 'has no row for root, and says it was made in 2015',
    aws: 'the first row is <root_account>; GeneratedTime is true',
    persists: async (send) => {
      const report = await credentialReport(send);
      return !report.text.includes('<root_account>') && report.generated.getUTCFullYear() === 2015;
    },
  },
  {
    operation: 'budgets:CreateBudget',
    moto: 'takes any AccountId from any caller',
    aws: 'AccessDeniedException for an account other than the one of the caller',
    persists: async (send) => (await outcome(send('budgets:CreateBudget', { AccountId: '999999999999', Budget: budget }))) === 'accepted',
  },
  {
    operation: 'budgets:CreateNotification',
    moto: 'takes the same notification twice',
    aws: 'DuplicateRecordException',
    persists: async (send) => {
      await send('budgets:CreateBudget', { AccountId: accountId, Budget: budget });
      const alert = { AccountId: accountId, BudgetName: budget.BudgetName, Notification: notification, Subscribers: subscribers };
      await send('budgets:CreateNotification', alert);
      return (await outcome(send('budgets:CreateNotification', alert))) === 'accepted';
    },
  },
  {
    operation: 'budgets:DescribeNotificationsForBudget',
    moto: 'a budget that does not exist is an HTML page with status 500',
    aws: 'NotFoundException',
    persists: async (send) => isHtmlPage(send('budgets:DescribeNotificationsForBudget', { AccountId: accountId, BudgetName: 'None' })),
  },
  {
    operation: 'account:GetAlternateContact',
    moto: 'ResourceNotFoundException has status 400',
    aws: 'status 404',
    persists: async (send) => {
      const error = await failureOf(send('account:GetAlternateContact', { AlternateContactType: 'SECURITY' }));
      return error?.name === 'ResourceNotFoundException' && error.$metadata.httpStatusCode === 400;
    },
  },
  {
    operation: 'organizations:CreateAccount',
    moto: 'is done at once, takes an email address twice, and gives the role no policy',
    aws: 'IN_PROGRESS first; FAILED with EMAIL_ALREADY_EXISTS; AdministratorAccess is attached',
    persists: async (send) => {
      await send('organizations:CreateOrganization', { FeatureSet: 'ALL' });
      const account = { Email: 'member@example.com', AccountName: 'member' };
      const states = [await send('organizations:CreateAccount', account), await send('organizations:CreateAccount', account)];
      return states.every((made) => made.CreateAccountStatus.State === 'SUCCEEDED');
    },
  },
  {
    operation: 'organizations:DescribeCreateAccountStatus',
    moto: 'an unknown request is an AccountNotFoundException',
    aws: 'CreateAccountStatusNotFoundException',
    persists: async (send) => {
      await send('organizations:CreateOrganization', { FeatureSet: 'ALL' });
      const unknown = { CreateAccountRequestId: 'car-00000000000000000000000000000000' };
      return (await outcome(send('organizations:DescribeCreateAccountStatus', unknown))) === 'AccountNotFoundException';
    },
  },
  {
    operation: 'organizations:ListCreateAccountStatus',
    moto: 'lists the management account, which no one requested',
    aws: 'requests only',
    persists: async (send) => {
      await send('organizations:CreateOrganization', { FeatureSet: 'ALL' });
      return (await send('organizations:ListCreateAccountStatus')).CreateAccountStatuses.length === 1;
    },
  },
  {
    operation: 'organizations:EnableAWSServiceAccess',
    moto: 'refuses iam.amazonaws.com as an unrecognized service',
    aws: 'accepts it',
    persists: async (send) => {
      await send('organizations:CreateOrganization', { FeatureSet: 'ALL' });
      return (
        (await outcome(send('organizations:EnableAWSServiceAccess', { ServicePrincipal: 'iam.amazonaws.com' }))) === 'InvalidInputException'
      );
    },
  },
  {
    operation: 'organizations:ListAccounts',
    moto: 'is empty without an organization, and for its members',
    aws: 'AWSOrganizationsNotInUseException; AccessDeniedException',
    persists: async (send) => (await send('organizations:ListAccounts')).Accounts.length === 0,
  },
  {
    operation: 'organizations:CreateOrganizationalUnit',
    moto: 'makes two units of one name side by side; without an organization, an HTML page with status 500',
    aws: 'DuplicateOrganizationalUnitException; AWSOrganizationsNotInUseException',
    persists: async (send) => {
      if (!(await isHtmlPage(send('organizations:CreateOrganizationalUnit', { ParentId: 'r-examp', Name: 'Workloads' })))) return false;
      await send('organizations:CreateOrganization', { FeatureSet: 'ALL' });
      const unit = { ParentId: (await send('organizations:ListRoots')).Roots[0].Id, Name: 'Workloads' };
      await send('organizations:CreateOrganizationalUnit', unit);
      return (await outcome(send('organizations:CreateOrganizationalUnit', unit))) === 'accepted';
    },
  },
];
