import type { ErrorInfo } from '../core/errors.js';
import type { FindingSpec, Severity, Status } from '../core/finding.js';
import { isOpen, type Result, type RunReport } from '../core/report.js';
import { plain, plainJson } from '../core/text.js';
import { errorLine } from './error-text.js';
import { exitMeaning, fixParts, type ReportExtras, waiverWords } from './words.js';

/**
 * SARIF 2.1.0. By default only open results are included (`--show-waived` adds waived ones, as suppressed): GitHub ignores `kind` and
 * `suppressions` and creates an alert for every result. The number of passed checks is in the run's properties.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
 */
export const renderSarif = (report: RunReport, extras: ReportExtras): string => {
  const rules = rulesOf(extras.catalogue, report.results);
  const { everything, words } = extras;
  const shown = report.results.filter((result) => everything || isOpen(result) || (result.status === 'waived' && words.showWaived));
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: report.tool.name, version: plain(report.tool.version), rules } },
        ...automation(report),
        invocations: [sarifInvocation(report)],
        columnKind: 'utf16CodeUnits',
        results: shown.map((result) => resultOf(result, rules, extras)),
        properties: {
          command: report.command,
          target: report.target,
          ...(report.account === null ? {} : { account: report.account.id }),
          summary: report.summary,
          exit: exitMeaning(report),
        },
      },
    ],
  };
  return `${plainJson(JSON.stringify(log, null, 2))}\n`;
};

/**
 * One category per account, so that uploads for several accounts do not replace each other; a run over an organization has its own. A
 * run that read nothing gets none: its empty list of results would close every alert of the account.
 */
const automation = ({ account, accounts, error, results }: RunReport) =>
  account === null || (error !== undefined && results.length === 0)
    ? {}
    : { automationDetails: { id: `aws-account-bootstrap/${plain(account.id)}/${accounts === undefined ? '' : 'organization/'}` } };

/** `open`: could not be evaluated. `review`: must be reviewed manually. */
const kinds = {
  fail: 'fail',
  unknown: 'open',
  manual: 'review',
  // A waiver is a suppression of what would be a failure.
  waived: 'fail',
  pass: 'pass',
  'not-applicable': 'notApplicable',
} as const satisfies Readonly<Record<Status, string>>;

const resultOf = (result: Result, rules: readonly SarifRule[], { configFile = 'bootstrap.yaml', lineOf }: ReportExtras) => {
  const kind = kinds[result.status];
  return {
    ruleId: result.id,
    ruleIndex: rules.findIndex(({ id }) => id === result.id),
    kind,
    // The standard requires `none` for everything except a failure.
    level: kind === 'fail' ? sarifLevels[result.severity] : 'none',
    message: { text: messageOf(result) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(configFile) },
          region: { startLine: lineOf?.(result.id) ?? 1 },
        },
        logicalLocations: [{ fullyQualifiedName: plain(result.resource), kind: 'resource' }],
      },
    ],
    partialFingerprints: {
      'bootstrap/v1': result.fingerprint,
      // The fingerprint that GitHub uses. The one that it computes itself is the same for all results on one line.
      primaryLocationLineHash: result.fingerprint,
    },
    ...(result.status === 'waived'
      ? { suppressions: [{ kind: 'external', status: 'accepted', justification: sarifMessage(waiverWords(result) ?? result.reason) }] }
      : {}),
    properties: {
      account: result.accountId,
      step: result.step,
      status: result.status,
      severity: result.severity,
      resource: result.resource,
      expected: result.expected,
      observed: result.observed,
      missingPermission: result.missingPermission,
      remediation: result.remediation,
      ...(result.waiver === null ? {} : { waiver: result.waiver }),
    },
  };
};

const messageOf = (result: Result): string =>
  [result.reason, ...fixParts(result).map(({ label, text }) => `${label[0]?.toUpperCase()}${label.slice(1)}: ${text}`)]
    .map(sarifMessage)
    .join(' ');

/** A path as a URI: relative to the repository, as GitHub expects, if the path is relative. */
const uriOf = (file: string): string => {
  const path = file.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  const encoded = path
    .split('/')
    .map((part) => encodeURIComponent(plain(part)))
    .join('/');
  if (/^[A-Za-z]:\//.test(path)) return `file:///${encoded.replace('%3A', ':')}`;
  return path.startsWith('/') ? `file://${encoded}` : encoded;
};

/** The part of SARIF's reportingDescriptor that this tool writes. */
export interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly defaultConfiguration: { readonly level: 'error' | 'warning' | 'note' };
  readonly properties: {
    readonly severity: Severity;
    readonly tags: readonly string[];
    /** GitHub's scale, a number as text: critical above 9.0, high from 7.0, medium from 4.0. */
    readonly 'security-severity': string;
  };
}

const scores = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' } as const satisfies Readonly<Record<Severity, string>>;
const sarifLevels = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const satisfies Readonly<
  Record<Severity, string>
>;

/** A rule for every check of the catalogue, and for checks that occur only in the results, which another version may have written. */
const rulesOf = (catalogue: readonly FindingSpec[], results: readonly Result[]): readonly SarifRule[] => {
  const rules = new Map<string, SarifRule>();
  for (const spec of [...catalogue, ...results]) if (!rules.has(spec.id)) rules.set(spec.id, ruleOf(spec));
  return [...rules.values()];
};

const ruleOf = ({ id, title, severity, references }: Pick<FindingSpec, 'id' | 'title' | 'severity' | 'references'>): SarifRule => ({
  id,
  shortDescription: { text: plain(title) },
  fullDescription: { text: `${plain(title)}.` },
  help: {
    text: `\`bootstrap explain ${plain(id)}\` explains what is checked, why, and how to fix it.${
      references.length === 0 ? '' : ` See also ${references.map(plain).join(', ')}.`
    }`,
  },
  defaultConfiguration: { level: sarifLevels[severity] },
  properties: { severity, tags: [...new Set(['security', ...references.map(plain)])], 'security-severity': scores[severity] },
});

/** How the run went. Findings are not a failure of the run; an error that stopped it, or one of its steps, is. */
const sarifInvocation = (report: RunReport) => {
  const { exit, error, steps = [], startedAt } = report;
  const errors = [...(error ? [error] : []), ...steps.flatMap((step) => (step.error === null ? [] : [step.error]))];
  return {
    executionSuccessful: errors.length === 0,
    exitCode: exit.code,
    exitCodeDescription: exitMeaning(report),
    startTimeUtc: startedAt,
    ...(errors.length === 0 ? {} : { toolExecutionNotifications: errors.map(notification) }),
  };
};

const notification = (error: ErrorInfo) => ({
  level: 'error',
  descriptor: { id: plain(error.code) },
  message: { text: sarifMessage(`${errorLine(error)} Next: ${plain(error.next)}`) },
  properties: { step: error.step, retryable: error.retryable, changed: error.changed, aws: error.aws },
});

/** In a SARIF message, `[text](1)` is a link and `{0}` a placeholder; a value must not become either. */
const sarifMessage = (text: string): string =>
  plain(text)
    .replace(/\](?=\()/g, '] ')
    .replace(/\{(?=\d+\})/g, '{ ');
