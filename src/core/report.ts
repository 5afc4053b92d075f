import type { AccountPlan } from './account-plan.js';
import type { AccountRole, Identity } from './account.js';
import type { ErrorInfo, ExitCode, UnreadCause } from './errors.js';
import type { AppliedWaiver, Change, Evidence, FindingKind, Risk, Severity, Status } from './finding.js';
import type { Spend } from './spend.js';

/** The part that the reports of all commands have in common. */
export interface ReportBase {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'aws-account-bootstrap'; readonly version: string };
  readonly command: string;
  readonly startedAt: string;
  readonly durationMs: number;
  /** `aws`, `sandbox`, or the URL of another endpoint. */
  readonly target: string;
  /** null when the run failed before the account was known. */
  readonly account: AccountReport | null;
  readonly apiCalls: { readonly total: number; readonly writes: number };
  readonly error?: ErrorInfo;
  readonly exit: { readonly code: ExitCode | 130 | 143; readonly name: string; readonly retryAfterSeconds?: number };
}

/** The result of a run of `init` or `check`. Every format is rendered from this value; `json` prints it as it is. */
export interface RunReport extends ReportBase {
  readonly command: 'init' | 'check' | 'undo';
  /** `--org`: every account of the organization. The first is the management account, which `account` holds too. */
  readonly accounts?: readonly OrganizationAccount[];
  readonly summary: Summary;
  /** `init` only: the changes that you approved, or would have to approve. */
  readonly plan?: readonly PlannedChange[];
  readonly results: readonly Result[];
  /** `init` only. */
  readonly steps?: readonly StepReport[];
  /** `undo` only: what stays in the account, and why. */
  readonly kept?: readonly KeptThing[];
  /** `init` only: facts to show at the end, such as the sign-in URL and where each secret is stored. */
  readonly recap?: readonly { readonly label: string; readonly value: string }[];
  /** Notes that do not affect the exit code, such as waivers that end soon. */
  readonly warnings?: readonly string[];
}

/** A report whose lists are unpacked while they are read: those of a large organization as a whole take more memory than the run. */
export interface PackedReport extends Omit<RunReport, 'accounts' | 'results'> {
  readonly accounts?: Iterable<OrganizationAccount>;
  readonly results: Iterable<Result>;
}

/** With its whole lists in memory; what is equal in many results is there once. */
export const unpacked = (report: PackedReport): RunReport => {
  const texts = new Map<string, string>();
  const shared = (text: string): string => {
    const known = texts.get(text) ?? text;
    texts.set(known, known);
    return known;
  };
  const lists = new Map<string, Result['references']>();
  const sharedList = (list: Result['references']): Result['references'] => {
    const key = JSON.stringify(list);
    const known = lists.get(key) ?? list;
    lists.set(key, known);
    return known;
  };
  const compact = (result: Result): Result => ({
    ...result,
    accountId: shared(result.accountId),
    reason: shared(result.reason),
    title: shared(result.title),
    resource: shared(result.resource),
    references: sharedList(result.references),
    evidence: result.evidence.map((one) => ({ ...one, operation: shared(one.operation) })),
  });
  const results = Array.from(report.results, compact);
  const accounts = report.accounts === undefined ? {} : { accounts: [...report.accounts] };
  // In the place that they have: a document shows them in this order.
  return { ...report, ...accounts, results } as unknown as RunReport;
};

export interface AccountReport {
  readonly id: string;
  readonly alias: string | null;
  readonly partition: string;
  /** null when it could not be read. */
  readonly role: AccountRole | null;
  /** null when it could not be read, or the partition has no plans. Absent in reports of earlier versions. */
  readonly plan?: AccountPlan | null;
  readonly identity: Pick<Identity, 'kind' | 'arn'>;
}

/** One account of an organization, with the result of a run over all accounts. */
export interface OrganizationAccount extends Omit<AccountReport, 'identity'> {
  readonly name: string;
  /** As AWS calls it: ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED, PENDING_ACTIVATION. */
  readonly state: string;
  /** The identity that read the account; null when none could. */
  readonly identity: AccountReport['identity'] | null;
  /** Why the account was not read; null when it was. */
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
  /** `--org`: the account that is changed. */
  readonly accountId?: string;
  readonly step: string;
  readonly kind: string;
  readonly summary: string;
  readonly risk: Risk;
  readonly calls: readonly string[];
  /** Where the secret of the change will be stored, and the setting that chose the destination: "the program ./keep (bootstrap.yaml:9)". */
  readonly secretPlace?: string;
}

/** A change of a step as a report lists it. */
export const plannedChange = (step: string, { kind, summary, risk, calls }: Change): PlannedChange => ({
  step,
  kind,
  summary,
  risk,
  calls,
});

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
  /** The waiver of this finding, in effect or expired; null when there is none. */
  readonly waiver: AppliedWaiver | null;
  /** The same in every run: a hash of account, id and resource. */
  readonly fingerprint: string;
  /** For `unknown`: why the read failed. */
  readonly cause?: UnreadCause;
  /** The amounts of a result about costs. */
  readonly spend?: Spend;
}

export type StepStatus = 'unchanged' | 'done' | 'manual' | 'failed' | 'skipped' | 'blocked';

export interface StepReport {
  /** `--org`: the account of the step. */
  readonly accountId?: string;
  readonly id: string;
  readonly status: StepStatus;
  /** True when AWS showed every change of the step afterwards; for a step without changes, when everything could be read. */
  readonly verified: boolean;
  readonly error: ErrorInfo | null;
}

/** Whether the result needs attention. */
export const isOpen = ({ status }: Pick<Result, 'status'>): boolean => status === 'fail' || status === 'unknown' || status === 'manual';

/** The labels of facts in `recap` that matter even if nothing changed: the commands for what the user answered and skipped. */
export const answeredLabel = 'Same run, no questions';
export const skippedLabel = 'What you skipped';

/** Open findings that only you can fix. Audit findings never change the exit code of `init`. */
export const remainingSteps = (results: readonly Result[]): readonly Result[] =>
  results.filter(
    ({ kind, status, remediation }) => kind === 'wanted' && (status === 'manual' || (status === 'fail' && remediation?.by === 'hand')),
  );

/** How many results have each status: the one count that every format prints. */
export const summaryOf = (results: readonly Pick<Result, 'status'>[]): Summary => {
  const count = (status: Status): number => results.filter((result) => result.status === status).length;
  return {
    pass: count('pass'),
    fail: count('fail'),
    manual: count('manual'),
    waived: count('waived'),
    unknown: count('unknown'),
    notApplicable: count('not-applicable'),
  };
};

export const sumOf = (summaries: readonly Summary[]): Summary => {
  const sum = (key: keyof Summary): number => summaries.reduce((total, summary) => total + summary[key], 0);
  return {
    pass: sum('pass'),
    fail: sum('fail'),
    manual: sum('manual'),
    waived: sum('waived'),
    unknown: sum('unknown'),
    notApplicable: sum('notApplicable'),
  };
};
