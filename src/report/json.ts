import type { Result, RunReport } from '../core/report.js';
import { plain, plainJson } from '../core/text.js';

/** The report as one JSON document, indented by two, with a newline at its end. */
export const renderJson = (report: RunReport): string => `${plainJson(JSON.stringify(report, null, 2))}\n`;

/**
 * One JSON value per line, each with a `type`: first `run`; for an organization one `account` per account; one `change` per planned
 * change; one `result` per check; for `init` one `step` per step; last `summary`. A file without `summary` is truncated.
 */
export const renderJsonl = (report: RunReport): string => {
  const { results, accounts = [], plan = [], steps = [], summary, apiCalls, recap, error, exit, ...run } = report;
  return [
    { type: 'run', ...run },
    ...accounts.map((account) => ({ type: 'account', ...account })),
    ...plan.map((change) => ({ type: 'change', ...change })),
    ...results.map((result) => ({ type: 'result', ...result })),
    ...steps.map((step) => ({ type: 'step', ...step })),
    {
      type: 'summary',
      summary,
      apiCalls,
      ...(recap === undefined ? {} : { recap }),
      ...(error === undefined ? {} : { error }),
      exit,
    },
  ]
    .map((line) => `${plainJson(JSON.stringify(line))}\n`)
    .join('');
};

/** RFC 4180: a header, one record per result, lines ending in CRLF. A run without results has only the header. */
export const renderCsv = ({ results }: RunReport): string =>
  [columns.map(({ name }) => name), ...results.map((result) => columns.map(({ of }) => cell(of(result) ?? '')))]
    .map((record) => `${record.join(',')}\r\n`)
    .join('');

const columns: readonly { readonly name: string; readonly of: (result: Result) => string | null | undefined }[] = [
  { name: 'account', of: ({ accountId }) => accountId },
  { name: 'step', of: ({ step }) => step },
  { name: 'check', of: ({ id }) => id },
  { name: 'status', of: ({ status }) => status },
  { name: 'severity', of: ({ severity }) => severity },
  { name: 'kind', of: ({ kind }) => kind },
  { name: 'title', of: ({ title }) => title },
  { name: 'resource', of: ({ resource }) => resource },
  { name: 'reason', of: ({ reason }) => reason },
  { name: 'expected', of: ({ expected }) => expected },
  { name: 'observed', of: ({ observed }) => observed },
  { name: 'missing_permission', of: ({ missingPermission }) => missingPermission },
  { name: 'cause', of: ({ cause }) => cause },
  { name: 'fix_by', of: ({ remediation }) => remediation?.by },
  { name: 'fix', of: ({ remediation }) => remediation?.instructions },
  { name: 'fix_command', of: ({ remediation }) => remediation?.command },
  { name: 'fix_url', of: ({ remediation }) => remediation?.url },
  { name: 'references', of: ({ references }) => references.join(' ') },
  { name: 'fingerprint', of: ({ fingerprint }) => fingerprint },
  { name: 'waiver', of: ({ waiver }) => waiver?.state },
  { name: 'waiver_reason', of: ({ waiver }) => waiver?.reason },
  { name: 'waiver_owner', of: ({ waiver }) => waiver?.owner },
  { name: 'waiver_expires', of: ({ waiver }) => waiver?.expires },
];

/**
 * What a spreadsheet reads as the start of a formula, including full-width forms. In locales that write `1,5`, spreadsheets split cells at
 * semicolons, quoted or not, so text after a semicolon counts as a start as well. All of them read a leading apostrophe as "text".
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const formulaStart = /(?<=^\s*|;["'\s]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

const cell = (value: string): string => {
  // `plain` escapes tabs and line breaks, which can start a formula or a record.
  const text = plain(value).replace(formulaStart, "'");
  return /^\s|\s$|[",;']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
