/**
 * The practice world: the state of AWS as plain JSON. Dates are ISO strings, so that the world can be stored in a file.
 * Only `src/sandbox/behaviours` change it.
 */
export interface World {
  readonly version: 1;
  accounts: Record<string, AccountWorld>;
  organizations: OrganizationWorld[];
  handshakes: HandshakeWorld[];
  /** Issued temporary credentials (root's practice session, assumed roles), by access key id. */
  sessions: Record<string, SessionWorld>;
  /** Number of requests answered since the world was created; also the source of request ids. */
  requests: number;
  knobs: Knobs;
}

export interface AccountWorld {
  id: string;
  partition: string;
  name: string;
  email: string;
  createdAt: string;
  /** AccountState of the Account service and State of Organizations. */
  state: 'PENDING_ACTIVATION' | 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED';
  /** When CloseAccount was called; absent: not since the world was created. */
  closureRequestedAt?: string;
  /** FREE until an organization is created or joined. */
  plan: 'FREE' | 'PAID';
  /** Free Tier credits, in USD. Absent: those of the sign-up on a Free plan, none on a Paid plan. */
  credits?: number;
  alias: string | null;
  root: RootWorld;
  users: UserWorld[];
  groups: GroupWorld[];
  roles: RoleWorld[];
  policies: PolicyWorld[];
  mfaDevices: MfaDeviceWorld[];
  /** null: no custom policy. Field names as in IAM's PasswordPolicy. */
  passwordPolicy: Record<string, boolean | number> | null;
  credentialReport: { state: 'STARTED' | 'INPROGRESS' | 'COMPLETE'; generatedAt: string; content: string } | null;
  budgets: BudgetWorld[];
  alternateContacts: Partial<Record<'BILLING' | 'OPERATIONS' | 'SECURITY', Record<string, string>>>;
  contact: Record<string, string>;
  /** CloudTrail event history of this account, newest last. */
  events: EventWorld[];
  rootCredentialsManagement: boolean;
  rootSessions: boolean;
  /** Absent: a valid card is on file. Organizations refuses accounts without one. */
  payment?: 'missing' | 'invalid';
  /** The AWS company that sells to this account, e.g. `AIPL`; absent: `AWS`. An organization cannot have accounts of different sellers. */
  seller?: string;
  /** Absent: verified. Without it the management account cannot invite. */
  emailVerified?: false;
  /** China only. Absent: valid. */
  businessLicense?: 'missing';
}

export interface RootWorld {
  mfa: 'none' | 'virtual' | 'hardware';
  passwordPresent: boolean;
  passwordLastUsed: string | null;
  accessKeys: AccessKeyWorld[];
  /** X.509 certificates of an old way to sign requests. Absent: none. */
  signingCertificates?: { id: string; status: 'Active' | 'Inactive'; uploadedAt: string }[];
}
export interface AccessKeyWorld {
  id: string;
  secret: string;
  status: 'Active' | 'Inactive';
  createdAt: string;
  lastUsed: { at: string; service: string; region: string } | null;
}
export interface UserWorld {
  id: string;
  name: string;
  path: string;
  createdAt: string;
  tags: Record<string, string>;
  groups: string[];
  attachedPolicies: string[];
  inlinePolicies: Record<string, string>;
  /** ARN of a policy; absent: none. */
  permissionsBoundary?: string;
  /** Of an earlier password, which is gone. */
  passwordLastUsed?: string;
  /** `former`: earlier passwords, newest first, for reuse prevention. */
  password: {
    value: string;
    createdAt: string;
    resetRequired: boolean;
    lastUsed: string | null;
    changedAt?: string;
    former?: string[];
  } | null;
  accessKeys: AccessKeyWorld[];
  /** Ids of credentials that this tool does not create. Absent: none. */
  sshPublicKeys?: string[];
  serviceCredentials?: string[];
  signingCertificates?: string[];
}
export interface GroupWorld {
  id: string;
  name: string;
  path: string;
  createdAt: string;
  attachedPolicies: string[];
  inlinePolicies: Record<string, string>;
}
export interface RoleWorld {
  id: string;
  name: string;
  path: string;
  createdAt: string;
  trust: string;
  description?: string;
  /** Seconds. Absent: 3600. */
  maxSessionDuration?: number;
  attachedPolicies: string[];
  inlinePolicies: Record<string, string>;
  /** ARN of a policy; absent: none. */
  permissionsBoundary?: string;
  tags: Record<string, string>;
}
export interface PolicyWorld {
  arn: string;
  id?: string;
  name: string;
  document: string;
  createdAt: string;
}
export interface MfaDeviceWorld {
  serial: string;
  /** Base32. AWS shows it once. The practice world stores it to check codes. */
  seed: string | null;
  kind: 'virtual' | 'u2f' | 'hardware';
  /** User name, `:root`, or null if not assigned. */
  user: string | null;
  enabledAt: string | null;
  /** The newest 30-second step whose code was accepted; no code of this or an earlier step is accepted again. */
  usedStep?: number;
  createdAt: string;
  tags: Record<string, string>;
}
export interface BudgetWorld {
  /** As in the output of DescribeBudget, with dates as ISO strings. */
  budget: Record<string, unknown>;
  notifications: { notification: Record<string, unknown>; subscribers: { SubscriptionType: string; Address: string }[] }[];
  tags: Record<string, string>;
}
export interface EventWorld {
  id: string;
  name: string;
  source: string;
  at: string;
  user: string;
  detail: string;
}
export interface OrganizationWorld {
  id: string;
  managementAccountId: string;
  featureSet: 'ALL' | 'CONSOLIDATED_BILLING';
  createdAt: string;
  trustedServices: string[];
  /** CreateAccount returns FinalizingOrganizationException until then. */
  finalizingUntil: string | null;
  accountLimit: number;
  units: { id: string; name: string; parent: string; tags?: Record<string, string> }[];
  rootId: string;
  /** All accounts, including the management account (AWS lists it as INVITED). */
  members: { accountId: string; joinedMethod: 'INVITED' | 'CREATED'; joinedAt: string; parent: string; tags: Record<string, string> }[];
  requests: CreateAccountRequestWorld[];
}
export interface CreateAccountRequestWorld {
  id: string;
  accountName: string;
  email: string;
  roleName: string;
  billingAccess: 'ALLOW' | 'DENY';
  tags: Record<string, string>;
  requestedAt: string;
  state: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  /** While IN_PROGRESS: how many more DescribeCreateAccountStatus calls return IN_PROGRESS. Makes waiting independent of the clock. */
  pollsLeft: number;
  accountId: string | null;
  /** Set from the start if the request is going to fail. Only returned when the state is FAILED. */
  failureReason: string | null;
  completedAt: string | null;
}
export interface HandshakeWorld {
  id: string;
  action: 'INVITE' | 'ENABLE_ALL_FEATURES' | 'APPROVE_ALL_FEATURES';
  organizationId: string;
  state: 'REQUESTED' | 'OPEN' | 'CANCELED' | 'ACCEPTED' | 'DECLINED' | 'EXPIRED';
  target: { id: string; type: 'ACCOUNT' | 'EMAIL' } | null;
  requestedAt: string;
  expiresAt: string;
  /** APPROVE_ALL_FEATURES: the ENABLE_ALL_FEATURES handshake that it approves. */
  parent?: string;
  notes?: string;
  /** INVITE: tags that the account gets when it joins. */
  tags?: Record<string, string>;
  /** When it was accepted, declined or cancelled. AWS lists it for another 30 days. */
  endedAt?: string;
}
export interface SessionWorld {
  secret: string;
  token: string;
  accountId: string;
  principal: Principal;
  expiresAt: string;
  /** When the session was created, if it was created with an MFA code. */
  mfaAt?: string;
  /** Created by GetSessionToken without MFA: IAM returns InvalidClientTokenId. */
  refusedByIam?: true;
  /** Session policies passed to AssumeRole, or the task policy of AssumeRoot: they limit the permissions of the role or root. */
  policies?: string[];
}

export type Principal =
  | { readonly kind: 'root' }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'role'; readonly name: string; readonly session: string };

/** Test settings. Stored with the world, so that they also apply in a child process. */
export interface Knobs {
  /** Matched in order against each request; a rule is used `times` times (default: always). */
  faults?: FaultRule[];
  /** Reads show an IAM write only after this many milliseconds. */
  lagMs?: number;
  /** Milliseconds before each response is sent. */
  delayMs?: number;
  /** Replaces `delayMs` for requests signed in these accounts, by account id. */
  slow?: Record<string, number>;
  /** How many times a new CreateAccount request returns IN_PROGRESS (default 2). */
  createAccountPolls?: number;
  /** How long a member account stays PENDING_CLOSURE after CloseAccount (default: half a minute). */
  closingMs?: number;
  /** How long a new organization returns FinalizingOrganizationException (default: not at all). */
  finalizingMs?: number;
  /** Lists of Organizations start with an empty page that has a NextToken, as they sometimes do in AWS. */
  emptyFirstPage?: boolean;
  /** Every list comes as an empty page first, then one item a page, however many were asked for. */
  shortPages?: boolean;
  /** The process kills itself (SIGKILL) at the n-th write request, before or after its effect. */
  crash?: { atWrite: number; when: 'before' | 'after' };
  /** A file called `requests.jsonl` to which each request is appended as a JSON line {service, operation, headers, body}, for validation by other tools. */
  record?: string;
}
export interface FaultRule {
  /** e.g. `iam:CreateUser`; `iam:*`; `*`. */
  operation: string;
  /** Only requests signed in this account, according to the key id. */
  account?: string;
  times?: number;
  /** Skip this many matching requests first. */
  skip?: number;
  /**
   * error: return this AWS error without any effect. drop-before / drop-after: the connection is lost before or after the effect.
   * status-before / status-after: an HTML page with this HTTP status, before or after the effect. hang-after: takes effect and never responds.
   */
  what:
    | { kind: 'error'; code: string; status: number; message?: string; fields?: Record<string, unknown> }
    | { kind: 'drop-before' | 'drop-after' | 'hang-after' | 'empty-after' | 'truncated-after' }
    | { kind: 'status-before' | 'status-after'; status: number };
}
