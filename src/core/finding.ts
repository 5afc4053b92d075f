import type { Refusal } from './refusal.js';

export type Status = 'pass' | 'fail' | 'manual' | 'waived' | 'unknown' | 'not-applicable';
export type Severity = 'low' | 'medium' | 'high' | 'critical';
/** `wanted`: part of what `init` brings about. `audit`: only `check` speaks of it, unless the config names the thing judged. */
export type FindingKind = 'wanted' | 'audit';

export const severities: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** What the catalogue knows of a finding before looking at any account. Ids are final. */
export interface FindingSpec {
  readonly id: string;
  readonly severity: Severity;
  readonly kind: FindingKind;
  /** Title when it holds, as a statement: "Root has MFA". */
  readonly title: string;
  readonly references: readonly string[];
  /** For what only a person can do: how, for somebody who is led through it at a terminal. */
  readonly guide?: Guide;
}

export interface Guide {
  /** What to do behind the link of the remedy, in order, in the words of today's console. */
  readonly clicks: readonly string[];
  /** AWS cannot be asked. The word of the person counts, and its day goes to this place of the step's section. */
  readonly confirmation?: { readonly path: string; readonly flag: string; readonly question: string };
}

/** How much thought a change deserves. */
export type Risk = 'none' | 'secret' | 'billing' | 'hard-to-undo' | 'weaker';

/**
 * Plain data that closes a gap: prints, compares, goes into JSON and into a saved plan. `calls` are the write operations that
 * applying it may make, in order; a test holds the calls made against them.
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
  /** False: the secret that its calls return is shown to the user, and stored nowhere. */
  readonly stored?: boolean;
}

export type Remedy<C extends Change = Change> =
  | { readonly by: 'init'; readonly change: C }
  | { readonly by: 'hand'; readonly instructions: string; readonly url?: string; readonly command?: string };

/** What a step found out about one thing. A gap is a finding with status `fail`. */
export interface Finding<C extends Change = Change> {
  readonly id: string;
  readonly status: Exclude<Status, 'waived'>;
  /** The thing judged: an ARN, a user's name, a budget's name; the account when absent. */
  readonly resource?: string;
  /** One sentence: why this status. */
  readonly reason: string;
  readonly expected?: string;
  readonly observed?: string;
  /** Overrides the catalogue's severity (a member account without a budget of its own is less severe). */
  readonly severity?: Severity;
  /** Overrides the catalogue's kind: what the config names is wanted, though the check is an audit of everything else. */
  readonly kind?: FindingKind;
  readonly remedy?: Remedy<C>;
  readonly evidence: readonly Evidence[];
  /** For `unknown`: the IAM action that would have let us see. */
  readonly missingPermission?: string;
  /** For `unknown`: what became of the read. */
  readonly cause?: 'denied' | 'unreachable' | 'unsupported' | 'failed';
  /** For `unknown`: where AWS refused the read for another reason than a missing permission. */
  readonly refusal?: Refusal;
}

/** One request to AWS that a statement rests on. `requestId` is what AWS support asks for. */
export interface Evidence {
  /** Service and operation as IAM writes them, e.g. `iam:GetAccountSummary`. */
  readonly operation: string;
  readonly requestId?: string;
}

/** A finding that is accepted for a while, as bootstrap.yaml says it. */
export interface Waiver {
  readonly check: string;
  /** The one resource meant, exactly as results name it; absent, all of them. */
  readonly resource?: string | undefined;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it holds, `2027-01-15`, in UTC. */
  readonly expires: string;
}

/** What a waiver came to, as a result shows it. `ending`: it holds, and is within its last 14 days. `expired`: the finding counts. */
export interface AppliedWaiver {
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
  readonly state: 'active' | 'ending' | 'expired';
}
