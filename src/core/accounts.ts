import type { ErrorInfo } from './errors.js';
import type { ReportBase } from './report.js';

/** The role that AWS creates in a new member account if the request names no other. */
export const defaultAccessRole = 'OrganizationAccountAccessRole';

/** The role that administrators of the management account assume in a member account, and whether it can be assumed. */
export interface RoleState {
  readonly name: string;
  readonly arn: string;
  readonly reachable: 'yes' | 'no' | 'not-tried';
  /** Why it cannot be assumed. */
  readonly reason: string | null;
  /** When this computer last tried to assume it, ISO 8601; null: never. */
  readonly checkedAt: string | null;
}

/** Whether a role could be assumed, and when that was tried. */
export type RoleCheck = Pick<RoleState, 'reachable' | 'reason' | 'checkedAt'>;

/** One account of the organization. Dates are ISO 8601. */
export interface AccountRow {
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  /** AWS's `State`: PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED. */
  readonly state: string;
  readonly joined: 'created' | 'invited';
  readonly joinedAt: string | null;
  /** Whether it manages the organization. */
  readonly management: boolean;
  /** null for the management account itself. */
  readonly role: RoleState | null;
}

/** An invitation between an organization and an account outside it. */
export interface InvitationRow {
  /** `h-…` */
  readonly id: string;
  /** REQUESTED and OPEN can be accepted; CANCELED, ACCEPTED, DECLINED and EXPIRED cannot. */
  readonly state: string;
  /** Account id or email address of the invited account. */
  readonly to: string;
  readonly organizationId: string;
  readonly managementAccountId: string;
  /** The name that the management account gave itself. Not trusted: anyone can write anything here. */
  readonly managementName: string | null;
  readonly managementEmail: string | null;
  readonly expiresAt: string | null;
  readonly notes: string | null;
}

export interface AccountAction {
  readonly action:
    | 'created'
    | 'placed'
    | 'invited'
    | 'cancelled'
    | 'role-made'
    | 'policy-attached'
    | 'accepted'
    | 'closure-requested'
    | 'closed'
    | 'root-key-deleted'
    | 'root-certificate-deleted'
    | 'root-password-deleted'
    | 'root-mfa-deactivated'
    | 'proven'
    | 'profile-written';
  /** The object of the action: an account id, a handshake id, an ARN or a profile. */
  readonly on: string;
}

/** What is known about a member account that is to be closed. */
export interface Closing {
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  readonly state: string;
  /** What the account has spent this month; null: no budget shows it. */
  readonly spend: { readonly amount: string; readonly unit: string; readonly asOf: string | null; readonly budget: string } | null;
  /** How many member accounts the organization may close in 30 days, and how many it has closed; null: could not be read. */
  readonly quota: { readonly limit: number; readonly used: number | null };
}

/** What root of a member account has. Without secrets. */
export interface MemberRoot {
  readonly accountId: string;
  readonly name: string;
  /**
   * `none`: root has nothing to delete. `planned`: `--dry-run`. `declined`: you left it as it is. `deleted`: all of it was deleted.
   * `unknown`: it could not be read. `failed`: not all of it was deleted.
   */
  readonly state: 'none' | 'planned' | 'declined' | 'deleted' | 'unknown' | 'failed';
  readonly password: boolean;
  readonly accessKeys: readonly { readonly id: string; readonly active: boolean; readonly lastUsed: string | null }[];
  /** Ids of signing certificates. */
  readonly certificates: readonly string[];
  /** Serial numbers. */
  readonly mfaDevices: readonly string[];
  /** For `unknown` and `failed`: why. */
  readonly error: ErrorInfo | null;
}

export type AccountVerb = 'list' | 'create' | 'invite' | 'accept' | 'cancel' | 'close' | 'secure-root';

/** The result of a run of `bootstrap accounts`; `--output json` prints this value. */
export interface AccountsReport extends ReportBase {
  readonly command: `accounts ${AccountVerb}`;
  /** null: the account is in no organization, or it is not known. */
  readonly organizationId: string | null;
  readonly accounts: readonly AccountRow[];
  readonly invitations: readonly InvitationRow[];
  /** `close` only. */
  readonly closing?: Closing;
  /** `secure-root` only: as found at the start of the run. */
  readonly roots?: readonly MemberRoot[];
  /** Nothing was changed: the run only showed what it would do. */
  readonly dryRun?: true;
  /** The actions of this run, in order. */
  readonly actions: readonly AccountAction[];
  /** Labels and values to note down: a profile, a link. */
  readonly recap: readonly { readonly label: string; readonly value: string }[];
  /** Notes for the user, in sentences. */
  readonly notes: readonly string[];
  /** The next step; null when there is none. */
  readonly next: string | null;
}
