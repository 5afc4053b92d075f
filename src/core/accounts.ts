import type { ErrorInfo, ExitCode } from './errors.js';
import type { AccountReport } from './report.js';

/** The role by which administrators of the management account work in a member, and whether it lets them in. */
export interface RoleState {
  readonly name: string;
  readonly arn: string;
  readonly reachable: 'yes' | 'no' | 'not-tried';
  /** Why not, in words. */
  readonly reason: string | null;
  /** When it was last tried from here, ISO 8601; null: never. */
  readonly checkedAt: string | null;
}

/** One account of the organization as a person needs to see it. Dates are ISO 8601. */
export interface AccountRow {
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  /** AWS's `State`: PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED. */
  readonly state: string;
  readonly joined: 'created' | 'invited';
  readonly joinedAt: string | null;
  /** It manages the organization. */
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
  /** Account id or e-mail address that it is addressed to. */
  readonly to: string;
  readonly organizationId: string;
  readonly managementAccountId: string;
  /** What the management account calls itself; anybody can write anything here. */
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
  /** An account id, a handshake id, an ARN, a profile: what was acted on. */
  readonly on: string;
}

export const accountVerbs = ['list', 'create', 'invite', 'accept', 'cancel'] as const;
export type AccountVerb = (typeof accountVerbs)[number];

/** Everything a run of `bootstrap accounts` has to say; `--output json` is this value. */
export interface AccountsReport {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'aws-account-bootstrap'; readonly version: string };
  readonly command: `accounts ${AccountVerb}`;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly target: string;
  readonly account: AccountReport | null;
  /** null: none, or not known. */
  readonly organizationId: string | null;
  readonly accounts: readonly AccountRow[];
  readonly invitations: readonly InvitationRow[];
  /** What this run did, in order. */
  readonly actions: readonly AccountAction[];
  /** Labels and values to keep: a profile, a link. */
  readonly recap: readonly { readonly label: string; readonly value: string }[];
  /** What a person should know, in sentences. */
  readonly notes: readonly string[];
  /** The one thing to do next; null when there is nothing. */
  readonly next: string | null;
  readonly apiCalls: { readonly total: number; readonly writes: number };
  readonly error?: ErrorInfo;
  readonly exit: { readonly code: ExitCode | 130 | 143; readonly name: string; readonly retryAfterSeconds?: number };
}
