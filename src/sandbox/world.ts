/**
 * The practice world: what AWS knows, as plain JSON. Dates are ISO strings, so that the world can be kept in a file.
 * Only `src/sandbox/behaviours` change it.
 */
export interface World {
  readonly version: 1;
  accounts: Record<string, AccountWorld>;
  organizations: OrganizationWorld[];
  handshakes: HandshakeWorld[];
  /** Temporary credentials in circulation (root's practice session, assumed roles), by access key id. */
  sessions: Record<string, SessionWorld>;
  /** Number of requests answered since the world was made; also the source of request ids. */
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
  /** Free plan until an organization is made or joined. */
  plan: 'FREE' | 'PAID';
  alias: string | null;
  root: RootWorld;
  users: UserWorld[];
  groups: GroupWorld[];
  roles: RoleWorld[];
  policies: PolicyWorld[];
  mfaDevices: MfaDeviceWorld[];
  /** null: no custom policy. Field names are those of IAM's PasswordPolicy. */
  passwordPolicy: Record<string, boolean | number> | null;
  credentialReport: { state: 'STARTED' | 'INPROGRESS' | 'COMPLETE'; generatedAt: string; content: string } | null;
  budgets: BudgetWorld[];
  alternateContacts: Partial<Record<'BILLING' | 'OPERATIONS' | 'SECURITY', Record<string, string>>>;
  contact: Record<string, string>;
  /** CloudTrail event history of this account, newest last. */
  events: EventWorld[];
  rootCredentialsManagement: boolean;
  rootSessions: boolean;
  /** Absent: a card is on file. Organizations refuses accounts without a usable one. */
  payment?: 'missing' | 'invalid';
  /** The AWS company that sells to this account, e.g. `AIPL`; absent: `AWS`. Organizations does not mix sellers. */
  seller?: string;
  /** Absent: verified. Without it the management account cannot invite. */
  emailVerified?: false;
  /** China only; absent: in order. */
  businessLicense?: 'missing';
}

export interface RootWorld {
  mfa: 'none' | 'virtual' | 'hardware';
  passwordPresent: boolean;
  passwordLastUsed: string | null;
  accessKeys: AccessKeyWorld[];
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
  /** Seconds; 3600 when absent. */
  maxSessionDuration?: number;
  attachedPolicies: string[];
  inlinePolicies: Record<string, string>;
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
  /** Base32. AWS shows it once; the practice world must know it to check codes. */
  seed: string | null;
  kind: 'virtual' | 'u2f' | 'hardware';
  /** User name, `:root`, or null when not assigned. */
  user: string | null;
  enabledAt: string | null;
  /** The newest 30-second step whose code was accepted; no code of this or an earlier step is accepted again. */
  usedStep?: number;
  createdAt: string;
  tags: Record<string, string>;
}
export interface BudgetWorld {
  /** As DescribeBudget gives it, with dates as ISO strings. */
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
  /** CreateAccount answers FinalizingOrganizationException until then. */
  finalizingUntil: string | null;
  accountLimit: number;
  units: { id: string; name: string; parent: string; tags?: Record<string, string> }[];
  rootId: string;
  rootTags?: Record<string, string>;
  /** Everyone, the management account included (AWS lists it as INVITED). */
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
  /** While IN_PROGRESS: DescribeCreateAccountStatus calls still to answer IN_PROGRESS. Makes waiting independent of the clock. */
  pollsLeft: number;
  accountId: string | null;
  /** Known from the start when the request is bound to fail; told only once the state is FAILED. */
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
  /** APPROVE_ALL_FEATURES: the ENABLE_ALL_FEATURES handshake it answers. */
  parent?: string;
  notes?: string;
  /** INVITE: given to the account when it joins. */
  tags?: Record<string, string>;
  /** When it was accepted, declined or cancelled; AWS lists it for 30 days more. */
  endedAt?: string;
}
export interface SessionWorld {
  secret: string;
  token: string;
  accountId: string;
  principal: Principal;
  expiresAt: string;
  /** When it was made with a code of an MFA device. */
  mfaAt?: string;
  /** Made by GetSessionToken without MFA: IAM answers InvalidClientTokenId to it. */
  refusedByIam?: true;
  /** Session policies given to AssumeRole: they limit what the role allows. */
  policies?: string[];
}

export type Principal =
  | { readonly kind: 'root' }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'role'; readonly name: string; readonly session: string };

/** What tests turn. Kept with the world, so that a child process obeys too. */
export interface Knobs {
  /** Matched in order against each request; a rule is used `times` times (default: for ever). */
  faults?: FaultRule[];
  /** Reads do not see an IAM write before this many milliseconds have passed. */
  lagMs?: number;
  /** Each answer is held back this long. */
  delayMs?: number;
  /** Instead of `delayMs`, for requests signed in these accounts: by account id. */
  slow?: Record<string, number>;
  /** How many times a new CreateAccount request answers IN_PROGRESS (default 2). */
  createAccountPolls?: number;
  /** How long a new organization answers FinalizingOrganizationException (default: not at all). */
  finalizingMs?: number;
  /** Lists of Organizations begin with an empty page that has a NextToken, as AWS's sometimes do. */
  emptyFirstPage?: boolean;
  /** Every list comes as an empty page first, then one item a page, however many were asked for. */
  shortPages?: boolean;
  /** The process kills itself (SIGKILL) at the n-th write request: before it takes effect, or after. */
  crash?: { atWrite: number; when: 'before' | 'after' };
  /** A file to which each request is appended as a JSON line {service, operation, headers, body}, for validation by others. */
  record?: string;
}
export interface FaultRule {
  /** e.g. `iam:CreateUser`; `iam:*`; `*`. */
  operation: string;
  /** Only requests signed in this account (as the key id tells). */
  account?: string;
  times?: number;
  /** Skip this many matching requests first. */
  skip?: number;
  /**
   * error: answer this AWS error without doing anything. drop-before / drop-after: the connection is lost before or after the effect.
   * status-before / status-after: an HTML page with this HTTP status, before or after the effect. hang-after: takes effect and never answers.
   */
  what:
    | { kind: 'error'; code: string; status: number; message?: string; fields?: Record<string, unknown> }
    | { kind: 'drop-before' | 'drop-after' | 'hang-after' | 'empty-after' | 'truncated-after' }
    | { kind: 'status-before' | 'status-after'; status: number };
}
