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
