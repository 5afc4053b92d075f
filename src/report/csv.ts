import type { Result, RunReport } from '../core/report.js';
import { plain } from '../core/text.js';

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
