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
  /** Account id or e-mail address of the invited account. */
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
    | 'proven'
    | 'profile-written';
  /** The object of the action: an account id, a handshake id, an ARN or a profile. */
  readonly on: string;
}

export const accountVerbs = ['list', 'create', 'invite', 'accept', 'cancel'] as const;
export type AccountVerb = (typeof accountVerbs)[number];

/** The result of a run of `bootstrap accounts`; `--output json` prints this value. */
export interface AccountsReport extends ReportBase {
  readonly command: `accounts ${AccountVerb}`;
  /** null: the account is in no organization, or it is not known. */
  readonly organizationId: string | null;
  readonly accounts: readonly AccountRow[];
  readonly invitations: readonly InvitationRow[];
  /** The actions of this run, in order. */
  readonly actions: readonly AccountAction[];
  /** Labels and values to note down: a profile, a link. */
  readonly recap: readonly { readonly label: string; readonly value: string }[];
  /** Notes for the user, in sentences. */
  readonly notes: readonly string[];
  /** The next step; null when there is none. */
  readonly next: string | null;
}
