import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';

/**
 * The credential report: up to four hours old, so only a source of what live calls cannot say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
export interface CredentialReport {
  readonly generatedAt: Date | undefined;
  /** Row of `<root_account>`, by column; undefined when there is none. */
  readonly root: Readonly<Record<string, string>> | undefined;
  /** When the password of a user was last set, by the user's name. */
  readonly passwordsChanged: ReadonlyMap<string, Date>;
}

/** The report; undefined while AWS is still making it. Asks AWS to make one when there is none. */
export const readCredentialReport = async (cloud: ReadCloud): Promise<Reading<CredentialReport | undefined>> => {
  const none = [
    'ReportNotPresent',
    'CredentialReportNotPresent',
    'ReportExpired',
    'CredentialReportExpired',
    'ReportInProgress',
    'CredentialReportNotReady',
  ];
  const present = await cloud.find('iam:GetCredentialReport', {}, none);
  if (!present.ok) return present;
  if (present.value === undefined) return map(await cloud.read('iam:GenerateCredentialReport', {}), () => undefined);
  return map(present, (output) => {
    const text = new TextDecoder().decode(output?.Content);
    const [header = '', ...lines] = text.split(/\r?\n/);
    const columns = header.split(',');
    const rows = lines.map((line) => {
      const cells = line.split(',');
      return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
    });
    return {
      generatedAt: output?.GeneratedTime,
      root: rows.find((row) => row['user'] === '<root_account>'),
      passwordsChanged: changesIn(rows),
    };
  });
};

/** `N/A` and `not_supported` are no dates. */
const changesIn = (rows: readonly Readonly<Record<string, string>>[]): ReadonlyMap<string, Date> =>
  new Map(
    rows
      .map((row) => [row['user'] ?? '', Date.parse(row['password_last_changed'] ?? '')] as const)
      .filter(([, time]) => !Number.isNaN(time))
      .map(([user, time]) => [user, new Date(time)] as const),
  );

/** The newest use of root that the report knows of; undefined for never. */
export const lastUseOfRoot = (root: Readonly<Record<string, string>>): Date | undefined => {
  const uses = ['password_last_used', 'access_key_1_last_used_date', 'access_key_2_last_used_date']
    .map((column) => Date.parse(root[column] ?? ''))
    .filter((time) => !Number.isNaN(time));
  return uses.length === 0 ? undefined : new Date(Math.max(...uses));
};
