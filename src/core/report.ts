import type { AccountRole, Identity } from './account.js';
import type { ErrorInfo, ExitCode } from './errors.js';
import type { AppliedWaiver, Evidence, FindingKind, Risk, Severity, Status } from './finding.js';

/** Everything a run has to say. Every format is rendered from this one value; `json` is this value. */
export interface RunReport {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'aws-account-bootstrap'; readonly version: string };
  readonly command: 'init' | 'check' | 'undo';
  readonly startedAt: string;
  readonly durationMs: number;
  /** `aws`, `sandbox`, or the URL of another endpoint. */
  readonly target: string;
  /** null when the run failed before the account was known. */
  readonly account: AccountReport | null;
  /** `--org`: every account of the organization, the management account first; `account` is that one too. */
  readonly accounts?: readonly OrganizationAccount[];
  readonly summary: Summary;
  /** `init` only: what was approved (or would have to be). */
  readonly plan?: readonly PlannedChange[];
  readonly results: readonly Result[];
  /** `init` only. */
  readonly steps?: readonly StepReport[];
  /** `undo` only: what stays in the account, and why. */
  readonly kept?: readonly KeptThing[];
  readonly apiCalls: { readonly total: number; readonly writes: number };
  /** `init` only: facts for the end, such as the sign-in URL and where each secret is. */
  readonly recap?: readonly { readonly label: string; readonly value: string }[];
  /** What a person should know though it decides nothing, such as waivers that end soon. */
  readonly warnings?: readonly string[];
  readonly error?: ErrorInfo;
  readonly exit: { readonly code: ExitCode | 130 | 143; readonly name: string; readonly retryAfterSeconds?: number };
}

export interface AccountReport {
  readonly id: string;
  readonly alias: string | null;
  readonly partition: string;
  /** null when it could not be read. */
  readonly role: AccountRole | null;
  readonly identity: Pick<Identity, 'kind' | 'arn'>;
}

/** One account of an organization, and what a run over all of them came to in it. */
export interface OrganizationAccount extends Omit<AccountReport, 'identity'> {
  readonly name: string;
  /** As AWS calls it: ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED, PENDING_ACTIVATION. */
  readonly state: string;
  /** Who looked; null when nobody could. */
  readonly identity: AccountReport['identity'] | null;
  /** Why the account was not looked at; null when it was. */
  readonly unseen: string | null;
  readonly summary: Summary;
}

export interface Summary {
  readonly pass: number;
  readonly fail: number;
  readonly manual: number;
  readonly waived: number;
  readonly unknown: number;
  readonly notApplicable: number;
}

/** Something that an undo left. */
export interface KeptThing {
  readonly step: string;
  readonly what: string;
  readonly why: string;
  /** What you have to do; null when nothing is left to do. */
  readonly manual: string | null;
}

export interface PlannedChange {
  /** `--org`: where it is made. */
  readonly accountId?: string;
  readonly step: string;
  readonly kind: string;
  readonly summary: string;
  readonly risk: Risk;
  readonly calls: readonly string[];
  /** Where the secret goes that the change yields, and what chose it: "the program ./keep (bootstrap.yaml:9)". */
  readonly secretPlace?: string;
}

export interface Result {
  readonly id: string;
  readonly accountId: string;
  readonly step: string;
  readonly kind: FindingKind;
  readonly status: Status;
  readonly reason: string;
  readonly missingPermission: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly resource: string;
  readonly expected: string | null;
  readonly observed: string | null;
  readonly remediation: {
    readonly by: 'init' | 'hand';
    readonly instructions: string | null;
    readonly command: string | null;
    readonly url: string | null;
  } | null;
  readonly references: readonly string[];
  readonly evidence: readonly Evidence[];
  /** The waiver of this finding, whether it holds or has expired; null when there is none. */
  readonly waiver: AppliedWaiver | null;
  /** Stable over runs: a hash of account, id and resource. */
  readonly fingerprint: string;
  /** For `unknown`: what became of the read. */
  readonly cause?: 'denied' | 'unreachable' | 'unsupported' | 'failed';
}

export type StepStatus = 'unchanged' | 'done' | 'manual' | 'failed' | 'skipped' | 'blocked';

export interface StepReport {
  /** `--org`: whose step it is. */
  readonly accountId?: string;
  readonly id: string;
  readonly status: StepStatus;
  /** True when every change of the step was seen in AWS afterwards; for a step without changes, when everything could be read. */
  readonly verified: boolean;
  readonly error: ErrorInfo | null;
}

/** Open things that only a person can do; audit findings never change how `init` ends. */
export const remainingSteps = (results: readonly Result[]): readonly Result[] =>
  results.filter(
    ({ kind, status, remediation }) => kind === 'wanted' && (status === 'manual' || (status === 'fail' && remediation?.by === 'hand')),
  );
