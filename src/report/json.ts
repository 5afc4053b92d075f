import type { PackedReport, Result, RunReport } from '../core/report.js';
import { plain, plainJson } from '../core/text.js';

/** The report as one JSON document, indented by two, with a newline at its end. */
export const renderJson = (report: RunReport): string => [...jsonParts(report)].join('');

/** In parts, because the document of a large organization as a whole takes more memory than the run. */
export function* jsonParts(report: PackedReport): Iterable<string> {
  let before = '{';
  for (const [key, value] of Object.entries(report) as [string, unknown][]) {
    if (value === undefined) continue;
    yield `${before}\n  ${JSON.stringify(key)}: `;
    if (isList(value)) yield* listParts(value);
    else yield indented(value, 2);
    before = ',';
  }
  yield '\n}\n';
}

const isList = (value: unknown): value is Iterable<unknown> => typeof value === 'object' && value !== null && Symbol.iterator in value;

function* listParts(items: Iterable<unknown>): Iterable<string> {
  let empty = true;
  for (const item of items) {
    yield `${empty ? '[' : ','}\n    ${indented(item, 4)}`;
    empty = false;
  }
  yield empty ? '[]' : '\n  ]';
}

/** No line break of the text is inside a string. */
const indented = (value: unknown, by: number): string => plainJson(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${' '.repeat(by)}`);

/**
 * One JSON value per line, each with a `type`: first `run`; for an organization one `account` per account; one `change` per planned
 * change; one `result` per check; for `init` one `step` per step; last `summary`. A file without `summary` is truncated.
 */
export function* jsonlParts(report: PackedReport): Iterable<string> {
  const { results, accounts = [], plan = [], steps = [], summary, apiCalls, recap, error, exit, ...run } = report;
  const line = (type: string, value: object): string => `${plainJson(JSON.stringify({ type, ...value }))}\n`;
  yield line('run', run);
  for (const account of accounts) yield line('account', account);
  for (const change of plan) yield line('change', change);
  for (const result of results) yield line('result', result);
  for (const step of steps) yield line('step', step);
  yield line('summary', {
    summary,
    apiCalls,
    ...(recap === undefined ? {} : { recap }),
    ...(error === undefined ? {} : { error }),
    exit,
  });
}

/** RFC 4180: a header, one record per result, lines ending in CRLF. A run without results has only the header. */
export function* csvParts({ results }: Pick<PackedReport, 'results'>): Iterable<string> {
  yield record(columns.map(({ name }) => name));
  for (const result of results) yield record(columns.map(({ of }) => cell(of(result) ?? '')));
}

const record = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;

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
