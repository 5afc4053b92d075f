import { sameCode } from '../../core/aws-error.js';
import type { Clock } from '../../core/clock.js';
import type { ReadCloud, Reads } from '../../core/cloud.js';
import { map, type Reading, value } from '../../core/reading.js';

/**
 * The credential report. It can be up to four hours old, so it is only used for facts that no other call returns.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
export interface CredentialReport {
  readonly generatedAt: Date | undefined;
  /** Row of `<root_account>`, by column; undefined when there is none. */
  readonly root: Readonly<Record<string, string>> | undefined;
  /** When the password of a user was last set, by the user's name. */
  readonly passwordsChanged: ReadonlyMap<string, Date>;
}

/** In milliseconds. IAM usually needs a few seconds, more in accounts with many users. */
const polling = { totalMs: 30_000, firstDelayMs: 500, factor: 1.6, maximumDelayMs: 4_000 } as const;

const notifyAfterMs = 2_000;

/** The codes that IAM sends, and the names that the SDK gives them. */
const notReady = [
  'ReportNotPresent',
  'CredentialReportNotPresent',
  'ReportExpired',
  'CredentialReportExpired',
  'ReportInProgress',
  'CredentialReportNotReady',
];

/**
 * Reads the report. Reports expire after four hours, so most runs must have AWS generate one, and wait for it for up to 30 seconds.
 * undefined: the report is not complete by then, or `needed` returns false, so there is no reason to wait.
 */
export const readCredentialReport = async ({
  cloud,
  clock,
  signal,
  needed,
  notify,
}: {
  readonly cloud: ReadCloud;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly needed: () => Promise<boolean>;
  readonly notify?: (text: string) => void;
}): Promise<Reading<CredentialReport | undefined>> => {
  const present = await getReport(cloud);
  if (!present.ok || present.value !== undefined) return present;
  let delay: number = polling.firstDelayMs;
  for (let waited = 0; ; ) {
    const generated = await cloud.read('iam:GenerateCredentialReport', {}, { fresh: true });
    if (!generated.ok) return generated;
    if (generated.value.State === 'COMPLETE') {
      const report = await getReport(cloud, { fresh: true });
      if (!report.ok || report.value !== undefined) return report;
    }
    const left = polling.totalMs - waited;
    if (left <= 0 || !(await needed())) return value(undefined, generated.evidence);
    if (waited > notifyAfterMs) notify?.('waiting for AWS to generate the credential report');
    const pause = Math.min(delay, left);
    await clock.sleep(pause, signal);
    waited += pause;
    delay = Math.min(delay * polling.factor, polling.maximumDelayMs);
  }
};

/** undefined: there is no report yet. */
const getReport = async (cloud: ReadCloud, how: { readonly fresh?: boolean } = {}): Promise<Reading<CredentialReport | undefined>> => {
  const reading = await cloud.read('iam:GetCredentialReport', {}, how);
  if (reading.ok) return map(reading, reportOf);
  const { code, evidence } = reading;
  return code !== undefined && notReady.some((one) => sameCode(one, code)) ? value(undefined, evidence) : reading;
};

const reportOf = ({ Content, GeneratedTime }: Reads['iam:GetCredentialReport']['output']): CredentialReport => {
  const [header = '', ...lines] = new TextDecoder().decode(Content).split(/\r?\n/);
  const columns = header.split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
  });
  return { generatedAt: GeneratedTime, root: rows.find((row) => row['user'] === '<root_account>'), passwordsChanged: changesIn(rows) };
};

/** Users without a date (`N/A`, `not_supported`) are left out. */
const changesIn = (rows: readonly Readonly<Record<string, string>>[]): ReadonlyMap<string, Date> =>
  new Map(
    rows
      .map((row) => [row['user'] ?? '', Date.parse(row['password_last_changed'] ?? '')] as const)
      .filter(([, time]) => !Number.isNaN(time))
      .map(([user, time]) => [user, new Date(time)] as const),
  );

/** The last use of root in the report; undefined for never. */
export const lastUseOfRoot = (root: Readonly<Record<string, string>>): Date | undefined => {
  const uses = ['password_last_used', 'access_key_1_last_used_date', 'access_key_2_last_used_date']
    .map((column) => Date.parse(root[column] ?? ''))
    .filter((time) => !Number.isNaN(time));
  return uses.length === 0 ? undefined : new Date(Math.max(...uses));
};
