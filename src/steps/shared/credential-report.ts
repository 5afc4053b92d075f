import { sameCode } from '../../core/aws-error.js';
import type { ReadCloud, Reads } from '../../core/cloud.js';
import type { Event } from '@aws-sdk/client-cloudtrail';
import { all, map, type Reading, value } from '../../core/reading.js';
import type { ObserveContext } from '../../core/step.js';
import { readSuccesses } from './account.js';
import { type Person, readPeople } from './people.js';

/**
 * The credential report, which saves thousands of reads in a large account. A report that AWS generated during this run is as current as
 * other reads. An earlier one can be up to four hours old: what would fail by it, and users that changed since, are read live.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
export interface CredentialReport {
  readonly generatedAt: Date | undefined;
  /** Row of `<root_account>`, by column; undefined when there is none. */
  readonly root: Readonly<Record<string, string>> | undefined;
  /** When the password of a user was last set, by the user's name. */
  readonly passwordsChanged: ReadonlyMap<string, Date>;
  /** Rows of the users, by name. A row that cannot be read for certain is left out. */
  readonly users: ReadonlyMap<string, UserRow>;
  /** AWS generated it during this run. */
  readonly current: boolean;
}

/** What the report shows about one user. */
export interface UserRow {
  readonly createdAt: Date;
  /** When the console password was set; undefined: there is none. */
  readonly passwordSet: Date | undefined;
  readonly mfa: boolean;
  /** The active access keys. The report does not contain their ids. */
  readonly keys: readonly { readonly createdAt: Date; readonly lastUsed: Date | undefined }[];
}

/** What reading the report sends: also which users changed since an earlier one. */
export const reportReads = ['iam:GetCredentialReport', 'iam:GenerateCredentialReport', 'cloudtrail:LookupEvents'] as const;

/** With more users, the requests for each of them no longer fit into one round of requests, and the report is worth waiting for. */
const fewUsers = 8;

/** In milliseconds. IAM usually needs a few seconds, more in accounts with many users. */
const polling = { totalMs: 30_000, firstDelayMs: 150, factor: 2, maximumDelayMs: 4_000 } as const;

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

type Context = Pick<ObserveContext, 'cloud' | 'clock' | 'signal' | 'notify'>;

/** By the read function of a run: several steps need the report, and only one of them may have AWS generate it. */
const reports = new WeakMap<ReadCloud['read'], Promise<Reading<CredentialReport | undefined>>>();

/**
 * Reads the report, once in a run. Reports expire after four hours, so most runs must have AWS generate one, and wait for it for up to 30
 * seconds. undefined: the report is not complete by then, or `needed` returns false and the account has few users, so there is no reason
 * to wait.
 */
export const readCredentialReport = (context: Context, needed: () => Promise<boolean>): Promise<Reading<CredentialReport | undefined>> => {
  const { read } = context.cloud;
  const known = reports.get(read);
  if (known !== undefined) return known;
  const reading = generate(context, async () => {
    const people = await readPeople(context.cloud);
    return (people.ok && people.value.users.length > fewUsers) || needed();
  });
  reports.set(read, reading);
  return reading;
};

/** What the report shows about one user, as the reads of that user would. */
export interface ReportedUser {
  readonly password: Reading<{ readonly createdAt: Date } | undefined>;
  readonly mfa: Reading<boolean>;
  readonly keys: Reading<UserRow['keys']>;
  /** AWS generated the report during this run. By an earlier report nothing fails: the problem may be fixed since. */
  readonly current: boolean;
  /** The age of the report, for reasons. */
  readonly age: string;
}

/** Finds what the report shows about a user; undefined: read that user live. */
export type UserRows = (person: Pick<Person, 'name' | 'createdAt'>) => ReportedUser | undefined;

/** The users that need no reads of their own: only if there are more than a few. All others are read live. */
export const readUserRows = async (context: Context, users: number): Promise<UserRows> => {
  const none = (): undefined => undefined;
  if (users <= fewUsers) return none;
  const report = await readCredentialReport(context, async () => true);
  if (!report.ok || report.value === undefined) return none;
  const { evidence, value: found } = report;
  const changed = await readChangedUsers(context.cloud, found);
  if (changed === undefined) return none;
  const age = reportAge(found, context.clock.now());
  return ({ name, createdAt }) => {
    const row = found.users.get(name);
    // A user that was created again under the same name is another user.
    if (row === undefined || createdAt === undefined || !sameSecond(row.createdAt, createdAt)) return undefined;
    if (changed.has(name.toLowerCase())) return undefined;
    const { passwordSet, mfa, keys } = row;
    const password = value(passwordSet === undefined ? undefined : { createdAt: passwordSet }, evidence);
    return { password, mfa: value(mfa, evidence), keys: value(keys, evidence), current: found.current, age };
  };
};

/** The calls that give an existing user a password, or an active key that may be old: by an earlier report, both would be overlooked. */
const additions = ['CreateLoginProfile', 'UpdateAccessKey'] as const;
/** AWS collects the rows of a report before the time that it shows. */
const collectionMs = 15 * 60_000;

/**
 * Names in lower case of the users with a new password or a changed key since an earlier report; undefined: not known, so the report is of
 * no use. CloudTrail usually shows an event within five minutes, so a change of the last minutes may be missing.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
 */
const readChangedUsers = async (
  cloud: ReadCloud,
  { current, generatedAt }: Pick<CredentialReport, 'current' | 'generatedAt'>,
): Promise<ReadonlySet<string> | undefined> => {
  if (current) return new Set();
  if (generatedAt === undefined) return undefined;
  const since = { StartTime: new Date(generatedAt.getTime() - collectionMs) };
  const events = all<(readonly Event[])[]>(...(await Promise.all(additions.map((name) => readSuccesses(cloud, name, since)))));
  if (!events.ok) return undefined;
  const names = events.value.flat().map(userIn);
  return names.includes(undefined) ? undefined : new Set(names.map((name) => name?.toLowerCase() ?? ''));
};

/** The user that an event is about: its caller, if it names none. undefined: the event does not show it. */
const userIn = ({ CloudTrailEvent: detail = '{}' }: Event): string | undefined => {
  try {
    const { requestParameters: input, userIdentity: caller } = JSON.parse(detail) as EventDetail;
    const name = input?.userName ?? (caller?.type === 'IAMUser' ? caller.userName : undefined);
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
};

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
interface EventDetail {
  readonly requestParameters?: { readonly userName?: unknown } | null;
  readonly userIdentity?: { readonly type?: unknown; readonly userName?: unknown };
}

/** The report has whole seconds. */
export const sameSecond = (a: Date, b: Date): boolean => Math.floor(a.getTime() / 1000) === Math.floor(b.getTime() / 1000);

const generate = async (
  { cloud, clock, signal, notify }: Context,
  needed: () => Promise<boolean>,
): Promise<Reading<CredentialReport | undefined>> => {
  const present = await getReport(cloud);
  if (!present.ok || present.value !== undefined) return present;
  let delay: number = polling.firstDelayMs;
  for (let waited = 0; ; ) {
    const generated = await cloud.read('iam:GenerateCredentialReport', {}, { fresh: true });
    if (!generated.ok) return generated;
    if (generated.value.State === 'COMPLETE') {
      const report = await getReport(cloud, { fresh: true });
      if (!report.ok || report.value !== undefined) return map(report, (found) => found && { ...found, current: true });
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
  const rows = lines
    .map((line) => line.split(','))
    // A comma in the name of a user moves the cells, and a row that is cut off does not show everything.
    .filter((cells) => cells.length === columns.length)
    .map((cells): Row => Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])));
  return {
    generatedAt: GeneratedTime,
    root: rows.find((row) => row['user'] === '<root_account>'),
    passwordsChanged: changesIn(rows),
    users: new Map(rows.flatMap((row) => userRow(row).map((parsed) => [row['user'] ?? '', parsed] as const))),
    current: false,
  };
};

type Row = Readonly<Record<string, string>>;

/** Empty if a cell has a value that is not documented. */
const userRow = (row: Row): readonly UserRow[] => {
  const flag = (column: string): boolean | undefined => ({ true: true, false: false })[row[column] ?? ''];
  const date = (column: string): Date | undefined => {
    const time = Date.parse(row[column] ?? '');
    return Number.isNaN(time) ? undefined : new Date(time);
  };
  const [createdAt, password, mfa] = [date('user_creation_time'), flag('password_enabled'), flag('mfa_active')];
  const passwordSet = date('password_last_changed');
  if (createdAt === undefined || password === undefined || mfa === undefined || (password && passwordSet === undefined)) return [];
  const keys = [];
  for (const key of ['access_key_1', 'access_key_2']) {
    const active = flag(`${key}_active`);
    const rotated = date(`${key}_last_rotated`);
    const used = row[`${key}_last_used_date`] ?? '';
    const lastUsed = date(`${key}_last_used_date`);
    if (active === undefined || (active && (rotated === undefined || (lastUsed === undefined && used !== 'N/A')))) return [];
    if (active && rotated !== undefined) keys.push({ createdAt: rotated, lastUsed });
  }
  return [{ createdAt, passwordSet: password ? passwordSet : undefined, mfa, keys }];
};

/** Users without a date (`N/A`, `not_supported`) are left out. */
const changesIn = (rows: readonly Row[]): ReadonlyMap<string, Date> =>
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

/** The date and age of the report: what is read from it may be out of date. */
export const reportAge = ({ generatedAt }: CredentialReport, now: Date): string => {
  if (generatedAt === undefined) return '';
  const hours = Math.floor((now.getTime() - generatedAt.getTime()) / 3_600_000);
  const old = hours < 1 ? 'less than an hour' : hours === 1 ? '1 hour' : `${hours} hours`;
  return ` (credential report of ${generatedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${old} old)`;
};
