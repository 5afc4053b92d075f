import type { AccountPlan } from '../../core/account-plan.js';
import type { Change, Evidence, Finding } from '../../core/finding.js';
import type { Reading, Unread } from '../../core/reading.js';

/** What the step wants, what it observed, and what it can change. Plain data, so that it can be compared and printed. */
export interface WantedAccount {
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly billingAccess: 'ALLOW' | 'DENY';
  /** Names of organizational units, from the one below the root downwards. Empty: the account stays where it is. */
  readonly unit: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface Desired {
  /** Whether this run applies the step, and does not only assess it. */
  readonly wanted: boolean;
  /** Whether an organization may end a Free plan or credits: accepted in the config, or to be confirmed at the terminal. */
  readonly mayCreate: boolean;
  readonly centralRoot: boolean;
  readonly accounts: readonly WantedAccount[];
}

export interface OrganizationFacts {
  readonly id: string;
  readonly managementId: string;
  readonly managementEmail: string;
  readonly allFeatures: boolean;
}

/** How the account relates to organizations, with the facts that any account can read about its own. */
export type Membership =
  | { readonly role: 'standalone' }
  | ({ readonly role: 'management' } & OrganizationFacts)
  | ({ readonly role: 'member' } & OrganizationFacts);

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED. */
  readonly state: string;
  readonly invited: boolean;
}

/** A request to create an account. AWS shows its name, but not its address. */
export interface CreationRequest {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly requestedAt: Date | undefined;
  readonly accountId: string | undefined;
  readonly failureReason: string | undefined;
}

/** The pending ENABLE_ALL_FEATURES handshake. `ready`: all invited members approved, so that it can be finished. */
export interface PendingFeatures {
  readonly handshakeId: string;
  readonly ready: boolean;
}

export interface Tree {
  readonly rootId: string;
  /** Desired units that exist: id by path (`Workloads/Prod`). */
  readonly units: Readonly<Record<string, string>>;
  /** Where the desired members are: id of the parent by account id. */
  readonly parents: Readonly<Record<string, string>>;
}

export interface Observed {
  readonly accountId: string;
  readonly partition: string;
  readonly callerIsRoot: boolean;
  readonly membership: Reading<Membership>;
  /** What an organization would end. Read only for a standalone account; undefined also where there are no plans. */
  readonly plan?: Reading<AccountPlan>;
  /** AWS answers only to the management account; assessed only there. */
  readonly members: Reading<readonly Member[]>;
  readonly requests: Reading<readonly CreationRequest[]>;
  /** Read only if needed. */
  readonly pendingFeatures?: Reading<PendingFeatures | undefined>;
  readonly tree?: Reading<Tree>;
  readonly centralRoot?: Reading<boolean>;
  /** The results of assuming the roles of desired members, by the ARN of the role. Empty for root, which cannot assume roles. */
  readonly roleChecks?: Readonly<Record<string, RoleCheck>>;
}

/** `fullRights`: whether the caller has full permissions; only then is the role certainly the cause of a refusal. */
export type RoleCheck =
  | { readonly assumed: true; readonly evidence: readonly Evidence[] }
  | { readonly assumed: false; readonly unread: Unread; readonly fullRights: Reading<boolean> | undefined };

export interface CreateOrganization extends Change {
  readonly kind: 'create-organization';
}
export interface EnableAllFeatures extends Change {
  readonly kind: 'enable-all-features';
  /** A handshake that is already in progress. */
  readonly handshakeId: string | null;
  /** False if invited members must approve first: then only the request can be sent now. */
  readonly finish: boolean;
}
export interface EnableCentralRoot extends Change {
  readonly kind: 'enable-central-root';
}
export interface CreateAccount extends Change {
  readonly kind: 'create-account';
  readonly account: WantedAccount;
  /** The request that is already in progress. */
  readonly request: string | null;
}
export interface MoveAccount extends Change {
  readonly kind: 'move-account';
  readonly accountId: string;
  readonly unit: readonly string[];
}
export type OrganizationChange = CreateOrganization | EnableAllFeatures | EnableCentralRoot | CreateAccount | MoveAccount;
export type OrganizationFinding = Finding<OrganizationChange>;

export const roleArnOf = (partition: string, member: Pick<Member, 'id'>, { role }: Pick<WantedAccount, 'role'>): string =>
  `arn:${partition}:iam::${member.id}:role/${role}`;

export const unitPath = (unit: readonly string[]): string => unit.join('/');

/** The paths from the first level down: `Workloads`, `Workloads/Prod`. */
export const levels = (unit: readonly string[]): readonly string[] => unit.map((_, index) => unitPath(unit.slice(0, index + 1)));
