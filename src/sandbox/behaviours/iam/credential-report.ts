import { type Behaviours, Fault } from '../../behaviour.js';
import { arnOf, byName, rootArn } from './entities.js';
import { rootHasMfa, userHasMfa } from './mfa-devices.js';
import type { AccessKeyWorld, AccountWorld, UserWorld } from '../../world.js';

/** Minimum age of a report before a new one is generated. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html */
const freshMs = 4 * 3_600_000;

export const credentialReport: Behaviours = {
  /** STARTED, then INPROGRESS, then COMPLETE: each request about a report that is being generated moves it to the next state. */
  GenerateCredentialReport(_input, { account, now }) {
    const report = account.credentialReport;
    if (report?.state === 'COMPLETE' && isFresh(report.generatedAt, now)) return { State: 'COMPLETE' };
    if (report === null || report.state === 'COMPLETE') {
      account.credentialReport = { state: 'STARTED', generatedAt: now.toISOString(), content: '' };
      return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' };
    }
    if (report.state === 'STARTED') {
      report.state = 'INPROGRESS';
      return { State: 'INPROGRESS' };
    }
    complete(account, now);
    return { State: 'COMPLETE' };
  },

  GetCredentialReport(_input, { account, now }) {
    const report = account.credentialReport;
    if (report === null)
      throw new Fault('ReportNotPresent', 410, 'The credential report does not exist. Call GenerateCredentialReport first.');
    if (report.state === 'STARTED') {
      report.state = 'INPROGRESS';
      throw new Fault('ReportInProgress', 404, 'The credential report is being generated.');
    }
    if (report.state === 'INPROGRESS') complete(account, now);
    else if (!isFresh(report.generatedAt, now)) throw new Fault('ReportExpired', 410, 'The most recent credential report has expired.');
    const { content, generatedAt } = account.credentialReport ?? report;
    return { Content: Buffer.from(content), ReportFormat: 'text/csv', GeneratedTime: new Date(generatedAt) };
  },
};

const isFresh = (generatedAt: string, now: Date): boolean => now.getTime() - Date.parse(generatedAt) < freshMs;

function complete(account: AccountWorld, now: Date): void {
  const rows = [columns, rootRow(account), ...byName(account.users).map((user) => userRow(account, user))];
  account.credentialReport = {
    state: 'COMPLETE',
    generatedAt: seconds(now.toISOString()),
    content: rows.map((row) => row.join(',')).join('\n'),
  };
}

const keyColumns = (n: number) =>
  ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'].map((name) => `access_key_${n}_${name}`);
const columns: readonly string[] = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  ...keyColumns(1),
  ...keyColumns(2),
  'cert_1_active',
  'cert_1_last_rotated',
  'cert_2_active',
  'cert_2_last_rotated',
  'additional_credentials_info',
];

const certificates = ['false', 'N/A', 'false', 'N/A', 'N/A'];

const rootRow = (account: AccountWorld): string[] => [
  '<root_account>',
  rootArn(account),
  csvDate(account.createdAt),
  String(account.root.passwordPresent),
  account.root.passwordLastUsed === null ? 'no_information' : csvDate(account.root.passwordLastUsed),
  'not_supported',
  'not_supported',
  String(rootHasMfa(account)),
  ...keyCells(account.root.accessKeys[0]),
  ...keyCells(account.root.accessKeys[1]),
  ...certificates,
];

function userRow(account: AccountWorld, user: UserWorld): string[] {
  const { password } = user;
  const age = account.passwordPolicy?.MaxPasswordAge;
  const changed = password === null ? undefined : (password.changedAt ?? password.createdAt);
  return [
    user.name,
    arnOf(account, 'user', user),
    csvDate(user.createdAt),
    String(password !== null),
    password === null ? 'N/A' : password.lastUsed === null ? 'no_information' : csvDate(password.lastUsed),
    changed === undefined ? 'N/A' : csvDate(changed),
    changed === undefined || typeof age !== 'number' ? 'N/A' : csvDate(new Date(Date.parse(changed) + age * 86_400_000).toISOString()),
    String(userHasMfa(account, user)),
    ...keyCells(user.accessKeys[0]),
    ...keyCells(user.accessKeys[1]),
    ...certificates,
  ];
}

const keyCells = (key: AccessKeyWorld | undefined): string[] => [
  String(key?.status === 'Active'),
  key === undefined ? 'N/A' : csvDate(key.createdAt),
  key?.lastUsed ? csvDate(key.lastUsed.at) : 'N/A',
  key?.lastUsed?.region ?? 'N/A',
  key?.lastUsed?.service ?? 'N/A',
];

const seconds = (iso: string): string => iso.replace(/\.\d{3}Z$/, 'Z');
const csvDate = (iso: string): string => seconds(iso).replace('Z', '+00:00');
