/** The identity that signs the requests, read from GetCallerIdentity only (never guessed from a key id). */
export interface Identity {
  readonly kind: 'root' | 'user' | 'role' | 'federated';
  readonly arn: string;
  /** User name, role name or federated name; `root` for root. */
  readonly name: string;
}

export interface Caller {
  readonly accountId: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc` … from the ARN. */
  readonly partition: string;
  readonly identity: Identity;
  /** Id of the access key that signs the run's requests; absent in a member account, where a role's session signs. */
  readonly signingKey?: string;
}

/** The account's role in an organization. */
export type AccountRole = 'standalone' | 'management' | 'member';

export type Currency = 'USD' | 'CNY' | 'EUR';

/** The facts about a partition that this tool needs. Sources: AWS endpoint tables and sign-in pages, per partition. */
export interface Partition {
  readonly id: string;
  /** Used when no region is configured. Every service that this tool calls is global in the partition. */
  readonly defaultRegion: string;
  /** The currency of AWS's bills, and so the unit of every cost budget. */
  readonly currency: Currency;
  /** Host suffix of the console's sign-in page, e.g. `signin.aws.amazon.com`. */
  readonly signInHost: string;
  readonly consoleHost: string;
  /** Whether this partition has Budgets and Account endpoints of its own. */
  readonly billing: boolean;
}

const partitions: Readonly<Record<string, Partition>> = {
  aws: {
    id: 'aws',
    defaultRegion: 'us-east-1',
    currency: 'USD',
    signInHost: 'signin.aws.amazon.com',
    consoleHost: 'console.aws.amazon.com',
    billing: true,
  },
  'aws-cn': {
    id: 'aws-cn',
    defaultRegion: 'cn-north-1',
    currency: 'CNY',
    signInHost: 'signin.amazonaws.cn',
    consoleHost: 'console.amazonaws.cn',
    billing: true,
  },
  'aws-us-gov': {
    id: 'aws-us-gov',
    defaultRegion: 'us-gov-west-1',
    currency: 'USD',
    signInHost: 'signin.amazonaws-us-gov.com',
    consoleHost: 'console.amazonaws-us-gov.com',
    billing: false,
  },
  'aws-eusc': {
    id: 'aws-eusc',
    defaultRegion: 'eusc-de-east-1',
    currency: 'EUR',
    signInHost: 'signin.amazonaws-eusc.eu',
    consoleHost: 'console.amazonaws-eusc.eu',
    billing: true,
  },
};

/** Facts about a partition. A partition that is not in the table is treated like `aws` under its own name. */
export const partitionOf = (id: string): Partition => partitions[id] ?? { ...(partitions['aws'] as Partition), id };

/** Whether the partition is in the table. */
export const isPartition = (id: string): boolean => Object.hasOwn(partitions, id);

/** The partition a region belongs to, by its prefix. */
export const partitionOfRegion = (region: string): string => {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
};

/** Regions of the partition `aws` that are enabled in every account: those that AWS opened before 2019-03-20. */
const enabledByDefault = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
];

/**
 * Whether an account has to enable the region before its credentials are valid there. That is every region since 2019-03-20, including
 * those that this tool does not know. New accounts have none of them enabled. Other partitions have no such regions.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export const isOptInRegion = (region: string): boolean => partitionOfRegion(region) === 'aws' && !enabledByDefault.includes(region);

/**
 * The region for STS requests: one that every account of the partition has. In an opt-in region, STS answers only accounts that have
 * enabled it. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
 */
export const stsRegion = (partition: string): string => partitionOf(partition).defaultRegion;

/** The console's sign-in page for an alias or account id. The URL with the account id also works when the account has an alias. */
export const signInUrl = (partition: string, aliasOrId: string): string =>
  `https://${aliasOrId}.${partitionOf(partition).signInHost}/console/`;

/** ARN of a policy that AWS manages, in the caller's partition. */
export const managedPolicyArn = (partition: string, name: string): string => `arn:${partition}:iam::aws:policy/${name}`;
