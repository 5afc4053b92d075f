import type { UnreadCause } from './errors.js';
import type { Refusal } from './refusal.js';
import type { Spend } from './spend.js';

export type Status = 'pass' | 'fail' | 'manual' | 'waived' | 'unknown' | 'not-applicable';
export type Severity = 'low' | 'medium' | 'high' | 'critical';
/** `wanted`: `init` fixes it. `audit`: only `check` reports it, unless the config names the resource. */
export type FindingKind = 'wanted' | 'audit';

export const severities: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** The catalogue entry of a finding, the same for every account. Ids never change. */
export interface FindingSpec {
  readonly id: string;
  readonly severity: Severity;
  readonly kind: FindingKind;
  /** Title, as a statement that is true when the finding passes: "Root has MFA". */
  readonly title: string;
  readonly references: readonly string[];
  /** For a finding that only you can fix: the steps that the guided tour shows at a terminal. */
  readonly guide?: Guide;
}

export interface Guide {
  /** What to do on the page that the remedy links to, in order, with the labels of the console. */
  readonly clicks: readonly string[];
  /** AWS has no API for it: you confirm it, and the date of the confirmation is stored at this path of the step's section. */
  readonly confirmation?: { readonly path: string; readonly flag: string; readonly question: string };
}

/** Why a change needs attention before you approve it. */
export type Risk = 'none' | 'secret' | 'billing' | 'hard-to-undo' | 'weaker';

/**
 * A change that fixes a finding, as plain data: it can be printed, compared, and written to JSON and to a saved plan. `calls` are the
 * write operations that it may send, in order; a test compares them with the calls sent.
 */
export interface Change {
  readonly kind: string;
  /** One line in the imperative: "Create the group Administrators with AdministratorAccess". */
  readonly summary: string;
  readonly risk: Risk;
  /** The risk, in a few words: "an organization ends a Free plan". For changes that are hard to undo, or billable. */
  readonly consequence?: string;
  /** Asked separately before the plan is approved: "Create the organization? This ends your AWS Free plan." If the user declines, the step is left out. */
  readonly acceptance?: string;
  readonly calls: readonly string[];
  /** False: the secret that it creates is shown to the user and stored nowhere. */
  readonly stored?: boolean;
}

export type Remedy<C extends Change = Change> =
  | { readonly by: 'init'; readonly change: C }
  | { readonly by: 'hand'; readonly instructions: string; readonly url?: string; readonly command?: string };

/** What a step found about one resource. A gap is a finding with status `fail`. */
export interface Finding<C extends Change = Change> {
  readonly id: string;
  readonly status: Exclude<Status, 'waived'>;
  /** The resource: an ARN, a user's name, a budget's name; absent for the account. */
  readonly resource?: string;
  /** One sentence: why this status. */
  readonly reason: string;
  readonly expected?: string;
  readonly observed?: string;
  /** Overrides the catalogue's severity (lower for a member account without its own budget). */
  readonly severity?: Severity;
  /** Overrides the catalogue's kind: a resource that the config names is wanted, even if the check is an audit of all others. */
  readonly kind?: FindingKind;
  readonly remedy?: Remedy<C>;
  readonly evidence: readonly Evidence[];
  /** For `unknown`: the IAM action that the read needs. */
  readonly missingPermission?: string;
  /** For `unknown`: why the read failed. */
  readonly cause?: UnreadCause;
  /** For `unknown`: set when AWS refused the read for another reason than a missing permission. */
  readonly refusal?: Refusal;
  /** Amounts that the finding compares, for a picture. */
  readonly spend?: Spend;
}

/** One request to AWS that supports a finding. AWS Support asks for the `requestId`. */
export interface Evidence {
  /** Service and operation, spelled as in IAM, e.g. `iam:GetAccountSummary`. */
  readonly operation: string;
  readonly requestId?: string;
}

/** A finding that is accepted for a limited time, as written in bootstrap.yaml. */
export interface Waiver {
  readonly check: string;
  /** The resource, exactly as in the results; absent for all resources. */
  readonly resource?: string | undefined;
  readonly reason: string;
  readonly owner: string;
  /** The last day of the waiver, `2027-01-15`, in UTC. */
  readonly expires: string;
}

/** A waiver as part of a result. `ending`: in effect, but in its last 14 days. `expired`: the finding counts. */
export interface AppliedWaiver {
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
  readonly state: 'active' | 'ending' | 'expired';
}
