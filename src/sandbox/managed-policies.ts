/**
 * The AWS managed policies of the practice account, by name with path. Shortened where AWS's own policy has hundreds of
 * actions. The actions that a bootstrap may need are included.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
interface ManagedPolicy {
  readonly id: string;
  readonly description: string;
  readonly statements: readonly Readonly<Record<string, unknown>>[];
}

const allow = (actions: string | readonly string[], resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resource,
});

const reads = ['Get*', 'List*', 'Describe*'];
const readsOf = (...services: readonly string[]): string[] => services.flatMap((service) => reads.map((read) => `${service}:${read}`));

const managed: Readonly<Record<string, ManagedPolicy>> = {
  AdministratorAccess: {
    id: 'ANPAIWMBCKSKIEE64ZLYK',
    description: 'Provides full access to AWS services and resources.',
    statements: [allow('*')],
  },
  PowerUserAccess: {
    id: 'ANPAJYRXTHIB4FOVS3ZXS',
    description: 'Provides full access to AWS services and resources, but does not allow management of Users and groups.',
    statements: [
      { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
      allow(['iam:ListRoles', 'organizations:DescribeOrganization', 'account:ListRegions', 'account:GetAccountInformation']),
    ],
  },
  ReadOnlyAccess: {
    id: 'ANPAILL3HVNFSB6DCOWYQ',
    description: 'Provides read-only access to AWS services and resources.',
    statements: [
      allow([
        ...readsOf('iam', 'organizations', 'account', 'cloudtrail', 's3', 'ec2', 'cloudformation', 'rds', 'logs'),
        'iam:GenerateCredentialReport',
        'iam:Simulate*',
        'cloudtrail:LookupEvents',
        'budgets:Describe*',
        'budgets:View*',
        'sts:GetAccessKeyInfo',
        'sts:GetCallerIdentity',
        'sts:GetSessionToken',
      ]),
    ],
  },
  IAMFullAccess: {
    id: 'ANPAI7XKCFMBPM3QQRRVQ',
    description: 'Provides full access to IAM via the AWS Management Console.',
    statements: [allow(['iam:*', 'organizations:DescribeAccount', 'organizations:DescribeOrganization', 'organizations:List*'])],
  },
  IAMReadOnlyAccess: {
    id: 'ANPAJKSO7NDY4T57MWDSQ',
    description: 'Provides read only access to IAM via the AWS Management Console.',
    statements: [
      allow(['iam:GenerateCredentialReport', 'iam:GenerateServiceLastAccessedDetails', 'iam:Get*', 'iam:List*', 'iam:Simulate*']),
    ],
  },
  IAMUserChangePassword: {
    id: 'ANPAJ4L4MM2A7QIEB56MS',
    description: 'Provides the ability for an IAM user to change their own password.',
    statements: [allow('iam:ChangePassword', 'arn:aws:iam::*:user/${aws:username}'), allow('iam:GetAccountPasswordPolicy')],
  },
  SignInLocalDevelopmentAccess: {
    id: 'ANPA3PRACTICESIGNIN22',
    description: 'Allows signing in for local development with the AWS CLI.',
    statements: [allow(['signin:AuthorizeOAuth2Access', 'signin:CreateOAuth2Token'], 'arn:aws:signin:*:*:oauth2/public-client/*')],
  },
  SecurityAudit: {
    id: 'ANPAIX2T3QCXHR2OGGCTO',
    description: 'The security audit template grants access to read security configuration metadata.',
    statements: [
      allow([
        ...readsOf('iam', 'organizations', 'cloudtrail', 'ec2', 's3', 'kms'),
        'iam:GenerateCredentialReport',
        'iam:Simulate*',
        'cloudtrail:LookupEvents',
        'account:GetAlternateContact',
        'account:GetRegionOptStatus',
        'account:ListRegions',
        'sts:GetCallerIdentity',
      ]),
    ],
  },
  AmazonS3ReadOnlyAccess: {
    id: 'ANPAIZTJ4DXE7G6AGAE6M',
    description: 'Provides read only access to all buckets.',
    statements: [allow(['s3:Get*', 's3:List*', 's3:Describe*'])],
  },
  AmazonEC2ReadOnlyAccess: {
    id: 'ANPAIGDT4SV4GSETWTBZK',
    description: 'Provides read only access to Amazon EC2.',
    statements: [allow(['ec2:Describe*', 'ec2:Get*'])],
  },
  CloudWatchReadOnlyAccess: {
    id: 'ANPAJN23PDQP7SZQAE3QE',
    description: 'Provides read only access to CloudWatch.',
    statements: [allow(['cloudwatch:Get*', 'cloudwatch:List*', 'cloudwatch:Describe*', 'logs:Get*', 'logs:List*', 'logs:Describe*'])],
  },
  AWSOrganizationsFullAccess: {
    id: 'ANPAJZXBNRCJKNLQHSB5M',
    description: 'Provides full access to AWS Organizations.',
    statements: [allow(['organizations:*', 'account:*', 'iam:CreateServiceLinkedRole'])],
  },
  AWSOrganizationsReadOnlyAccess: {
    id: 'ANPAJY5RQATUV77PEPVOM',
    description: 'Provides read-only access to AWS Organizations.',
    statements: [allow(['organizations:Describe*', 'organizations:List*', 'account:GetAlternateContact', 'account:GetContactInformation'])],
  },
  AWSBillingReadOnlyAccess: {
    id: 'ANPA4FHOOQD4SJTGH24Y6',
    description: 'Allows users to view bills on the billing console.',
    statements: [
      allow(['aws-portal:View*', 'billing:Get*', 'billing:List*', 'budgets:Describe*', 'budgets:ViewBudget', 'ce:Get*', 'freetier:Get*']),
    ],
  },
  AWSDenyAll: {
    id: 'ANPA3PRACTICEDENYALL2',
    description: 'Deny all access.',
    statements: [{ Effect: 'Deny', Action: ['*'], Resource: '*' }],
  },
  'service-role/AWSLambdaBasicExecutionRole': {
    id: 'ANPA3PRACTICELAMBDA22',
    description: 'Provides write permissions to CloudWatch Logs.',
    statements: [allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'])],
  },
  'aws-service-role/AWSOrganizationsServiceTrustPolicy': {
    id: 'ANPA3PRACTICEORGTRST2',
    description: 'A policy to allow AWS Organizations to share trust with other approved AWS Services.',
    statements: [allow('iam:CreateServiceLinkedRole')],
  },
  'job-function/ViewOnlyAccess': {
    id: 'ANPAID22R6XPJATWOFDK6',
    description: 'This policy grants permissions to view resources and basic metadata across all AWS services.',
    statements: [
      allow(['iam:List*', 'iam:GetAccountSummary', 'iam:GetLoginProfile', 'iam:GetAccountPasswordPolicy']),
      allow(['organizations:List*', 'cloudtrail:LookupEvents']),
    ],
  },
  'job-function/Billing': {
    id: 'ANPAIFTHXT6FFMIRT7ZEA',
    description: 'Grants permissions for billing and cost management.',
    statements: [
      allow(['account:GetAccountInformation', 'account:GetAlternateContact', 'account:PutAlternateContact']),
      allow(['account:GetContactInformation', 'account:PutContactInformation']),
      allow(['aws-portal:*', 'billing:*', 'budgets:*', 'ce:*', 'cur:*', 'freetier:*', 'payments:*', 'tax:*']),
    ],
  },
};

const versions = { version: 'v1', createdAt: '2015-02-06T18:39:46.000Z' };

export interface AwsManagedPolicy extends ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly document: string;
  readonly version: string;
  readonly createdAt: string;
}

const inPartition = (partition: string, key: string, policy: ManagedPolicy): AwsManagedPolicy => {
  const slash = key.lastIndexOf('/') + 1;
  const document = JSON.stringify({ Version: '2012-10-17', Statement: policy.statements });
  const arn = `arn:${partition}:iam::aws:policy/${key}`;
  return { ...policy, ...versions, arn, name: key.slice(slash), path: `/${key.slice(0, slash)}`, document };
};

/** All of them, sorted by name. */
export const awsManagedPolicies = (partition: string): readonly AwsManagedPolicy[] =>
  Object.entries(managed).map(([key, policy]) => inPartition(partition, key, policy));

/** Undefined: the practice account does not have this policy. */
export const awsManagedPolicy = (arn: string): AwsManagedPolicy | undefined => {
  const [, partition, key] = /^arn:([^:]*):iam::aws:policy\/(.+)$/.exec(arn) ?? [];
  const policy = key !== undefined && Object.hasOwn(managed, key) ? managed[key] : undefined;
  return partition === undefined || key === undefined || policy === undefined ? undefined : inPartition(partition, key, policy);
};
