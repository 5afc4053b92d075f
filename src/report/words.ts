import { planName, planWords } from '../core/account-plan.js';
import type { FindingSpec } from '../core/finding.js';
import { type AccountReport, remainingSteps, type Result, type RunReport, type StepReport } from '../core/report.js';
import type { SymbolName } from './layout.js';

/** What the text formats need in addition to the report. */
export interface RenderContext {
  /** Step id -> title, from the registry. A missing title is replaced by the id. */
  readonly titles: Readonly<Record<string, string>>;
  /** The command to print for this tool: `bootstrap` (default) or `npx aws-account-bootstrap`. */
  readonly program?: string;
  /** Flags that printed commands need to reach the same account, e.g. `--profile root`. Default: `--sandbox` in the sandbox. */
  readonly flags?: string;
  /** `init --dry-run`: nothing was changed, so the text describes what would happen. */
  readonly dryRun?: boolean;
  /** `check --show-waived`: waived findings are listed, not only counted. */
  readonly showWaived?: boolean;
  /** `check --verbose`: every result has its own line. */
  readonly verbose?: boolean;
  /** `undo`: what stays was listed above the report, with the plan. */
  readonly keptShown?: boolean;
  /** Replaces the text of the last line. */
  readonly next?: string;
}

export const commandLine = (report: RunReport, words: RenderContext, command: string): string =>
  [words.program ?? 'bootstrap', command, words.flags ?? (report.target === 'sandbox' ? '--sandbox' : '')]
    .filter((part) => part !== '')
    .join(' ');

/** A saved result may name a step that the registry does not have, such as `constructor`. */
export const titleOf = (words: Pick<RenderContext, 'titles'>, step: string): string =>
  (Object.hasOwn(words.titles, step) ? words.titles[step] : undefined) ?? step;

export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

interface StatusWord {
  readonly word: string;
  readonly symbol: SymbolName;
  readonly paint: 'good' | 'bad' | 'warn' | 'dim';
}

export const statusLabels: Readonly<Record<Result['status'], StatusWord>> = {
  fail: { word: 'FAIL', symbol: 'bad', paint: 'bad' },
  unknown: { word: 'unknown', symbol: 'unknown', paint: 'warn' },
  manual: { word: 'manual', symbol: 'hand', paint: 'warn' },
  waived: { word: 'waived', symbol: 'off', paint: 'dim' },
  pass: { word: 'ok', symbol: 'good', paint: 'good' },
  'not-applicable': { word: 'n/a', symbol: 'off', paint: 'dim' },
};

export const stepLabels: Readonly<Record<StepReport['status'], StatusWord>> = {
  done: { word: 'done', symbol: 'good', paint: 'good' },
  unchanged: { word: 'unchanged', symbol: 'good', paint: 'good' },
  manual: { word: 'manual', symbol: 'hand', paint: 'warn' },
  failed: { word: 'FAILED', symbol: 'bad', paint: 'bad' },
  blocked: { word: 'blocked', symbol: 'unknown', paint: 'warn' },
  skipped: { word: 'skipped', symbol: 'off', paint: 'dim' },
};

/** How a step ended: `done, 1 manual step left` if its changes were made and something manual remains. */
export const stepWords = (step: StepReport, { plan = [], results, kept = [] }: Pick<RunReport, 'plan' | 'results' | 'kept'>): string => {
  const isOwn = (of: { readonly accountId?: string; readonly step: string }): boolean =>
    of.step === step.id && (step.accountId === undefined || of.accountId === step.accountId);
  const { word } = stepLabels[step.status];
  if (step.status !== 'done' && step.status !== 'manual') return word;
  const changed = plan.some(isOwn);
  const left = remainingSteps(results).filter(isOwn).length + kept.filter((one) => one.manual !== null && isOwn(one)).length;
  const remain = left === 0 ? [] : [`${counted(left, 'manual step')} left`];
  // With an error, the step postponed some of its changes.
  if (step.status === 'manual' && (step.error !== null || !changed)) return remain[0] ?? word;
  return [step.verified || !changed ? 'done' : 'done, not yet visible in AWS', ...remain].join(', ');
};

/** `123456789012 (acme-prod)` */
export const accountName = (account: AccountReport): string => (account.alias === null ? account.id : `${account.id} (${account.alias})`);

/** The caller, described from the ARN: `the root user`, `user alex`, `role Admin (session ci)`. */
export const who = ({ kind, arn }: AccountReport['identity']): string => {
  if (kind === 'root') return 'the root user';
  const parts = arn.split('/').slice(1);
  const name = parts.at(-1) ?? arn;
  // …:assumed-role/NAME/SESSION, but …:user/some/path/NAME
  if (kind === 'role') return parts.length > 1 ? `role ${parts[0]} (session ${name})` : `role ${name}`;
  return kind === 'user' ? `user ${name}` : `federated user ${name}`;
};

/** Which account, which caller, and where, in one line. `brief`: the account plan by name only. */
export const accountLine = (account: AccountReport, target: string, brief = false): string => {
  const place = target === 'aws' || target === 'sandbox' ? '' : `, at ${target}`;
  const plan = account.plan ? ` · ${brief ? planName(account.plan) : planWords(account.plan)}` : '';
  return `${target === 'sandbox' ? 'Practice account' : 'Account'} ${accountName(account)}, as ${who(account.identity)}${place}${plan}`;
};

/** The waiver of a result, if it has one: `accepted until 2027-01-15 by alex: keys arrive in December`. */
export const waiverWords = ({ waiver }: Pick<Result, 'waiver'>): string | undefined => {
  if (waiver === null) return undefined;
  const { state, expires, owner, reason } = waiver;
  return `${state === 'expired' ? 'was ' : ''}accepted until ${expires} by ${owner}: ${reason}`;
};

/** The reason, and the waiver if there is one. */
export const reasonOf = (result: Result): string =>
  result.status === 'waived' && result.waiver !== null ? `${result.reason}; ${waiverWords(result)}` : result.reason;

/** A resource, short: `user/alex` for its ARN. */
export const shortResource = (resource: string): string => /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.+)$/.exec(resource)?.[1] ?? resource;

/** A run that ended so because its endpoint does not offer an operation, and not by an error. */
export const isNotOffered = ({ exit, error, results }: RunReport): boolean =>
  exit.code === 1 && error === undefined && results.some(({ status, cause }) => status === 'unknown' && cause === 'unsupported');

export const otherEndpoint = 'use AWS, or an endpoint that offers what is named above.';

/** The meaning of an exit code. */
export const exitMeaning = (report: RunReport): string => {
  const { code } = report.exit;
  switch (code) {
    case 0:
      return report.command === 'check' ? 'no finding at or above the severity of --fail-on' : 'success';
    case 1:
      return isNotOffered(report) ? 'the endpoint does not offer everything that is needed' : 'unexpected failure';
    case 2:
      return 'usage or config error; nothing was changed';
    case 3:
      return report.command === 'check' ? 'findings at or above the severity of --fail-on' : 'changes are needed';
    case 4:
      return report.error ? 'not signed in, access denied, or wrong account' : 'not allowed to read everything';
    case 5:
      return 'done, but manual steps remain';
    case 6:
      return 'AWS is not ready or gave an ambiguous answer';
    case 7:
      return 'some steps are done, one failed';
    case 130:
    case 143:
      return 'stopped by a signal; safe to run again';
  }
};

/** `in 30 seconds`, `in 15 minutes`, or nothing. */
export const waitWords = (seconds: number | undefined): string => {
  if (seconds === undefined || seconds <= 0) return '';
  return seconds < 120 ? ` in ${counted(seconds, 'second')}` : ` in ${counted(Math.ceil(seconds / 60), 'minute')}`;
};

interface FixPart {
  readonly label: 'allow' | 'do' | 'fix' | 'run' | 'see';
  readonly text: string;
}

/** How to fix an open result: instructions, command, link. Empty if there is nothing to do. */
export const fixParts = ({ remediation, missingPermission, status }: Result): readonly FixPart[] => {
  if (status === 'unknown') return missingPermission === null ? [] : [{ label: 'allow', text: missingPermission }];
  if (remediation === null || (status !== 'fail' && status !== 'manual')) return [];
  const { instructions, command, url } = remediation;
  return [
    ...(instructions === null ? [] : [{ label: status === 'manual' ? 'do' : 'fix', text: instructions } as const]),
    ...(command === null ? [] : [{ label: 'run', text: command } as const]),
    ...(url === null ? [] : [{ label: 'see', text: url } as const]),
  ];
};

/** What the machine-readable formats need in addition to the report. */
export interface ReportExtras {
  readonly words: RenderContext;
  /** Every known check, in registry order, whether or not it has a result. */
  readonly catalogue: readonly FindingSpec[];
  /** The config file as the user named it. Default: `bootstrap.yaml`. */
  readonly configFile?: string;
  /** The line (from 1) of the config file that sets what a check expects: the key of the same name, else its section. */
  readonly lineOf?: (check: string) => number | undefined;
  /** SARIF: include results that need no action. Only for viewers that respect `kind`; GitHub creates an alert for each. */
  readonly everything?: boolean;
}
