import type { Change, Evidence } from '../../core/finding.js';
import type { Reading, Unread } from '../../core/reading.js';

/** What the step wants, what it found, and what it can change. Plain data, so that all of it compares and prints. */
export interface WantedAccount {
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly billingAccess: 'ALLOW' | 'DENY';
  /** Names of organizational units from below the root downwards; empty: wherever it is. */
  readonly unit: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface Desired {
  /** Whether this run brings the organization about, and does not only judge it. */
  readonly wanted: boolean;
  /** Whether an organization may be created: accepted in the config, or confirmed by a person at the terminal. */
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

/** The account's place among organizations, with what every account may know of its own. */
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

/** A request to make an account. AWS tells its name, never its address. */
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
  /** Wanted units that exist: id by path (`Workloads/Prod`). */
  readonly units: Readonly<Record<string, string>>;
  /** Where wanted members are: id of the parent by account id. */
  readonly parents: Readonly<Record<string, string>>;
}

export interface Observed {
  readonly accountId: string;
  readonly partition: string;
  readonly callerIsRoot: boolean;
  readonly place: Reading<Membership>;
  /** Answers only in the management account; judged only there. */
  readonly members: Reading<readonly Member[]>;
  readonly requests: Reading<readonly CreationRequest[]>;
  /** Read only where they matter. */
  readonly pendingFeatures?: Reading<PendingFeatures | undefined>;
  readonly tree?: Reading<Tree>;
  readonly centralRoot?: Reading<boolean>;
  /** What became of assuming the roles of wanted members, by the role's ARN. Root tries none. */
  readonly trials?: Readonly<Record<string, RoleCheck>>;
}

/** In, or why not. `refused`: AWS said no; whether that lies with the role is known of a caller with full rights alone. */
export type RoleCheck =
  | { readonly let: 'in'; readonly evidence: readonly Evidence[] }
  | { readonly let: 'out'; readonly unread: Unread; readonly fullRights: Reading<boolean> | undefined };

export interface CreateOrganization extends Change {
  readonly kind: 'create-organization';
}
export interface EnableAllFeatures extends Change {
  readonly kind: 'enable-all-features';
  /** A handshake that is under way already. */
  readonly handshakeId: string | null;
  /** False when invited members must approve first: then the request is all that can be made now. */
  readonly finish: boolean;
}
export interface EnableCentralRoot extends Change {
  readonly kind: 'enable-central-root';
}
export interface CreateAccount extends Change {
  readonly kind: 'create-account';
  readonly account: WantedAccount;
  /** The request that is under way already. */
  readonly request: string | null;
}
export interface MoveAccount extends Change {
  readonly kind: 'move-account';
  readonly accountId: string;
  readonly unit: readonly string[];
}
export type OrganizationChange = CreateOrganization | EnableAllFeatures | EnableCentralRoot | CreateAccount | MoveAccount;

export const roleArnOf = (partition: string, member: Pick<Member, 'id'>, { role }: Pick<WantedAccount, 'role'>): string =>
  `arn:${partition}:iam::${member.id}:role/${role}`;

export const unitPath = (unit: readonly string[]): string => unit.join('/');

/** `Workloads/Prod` lies in `Workloads`: the paths from the first level down. */
export const levels = (unit: readonly string[]): readonly string[] => unit.map((_, index) => unitPath(unit.slice(0, index + 1)));
