import type { Finding } from '../../core/finding.js';
import { type Reading, unknownFinding } from '../../core/reading.js';
import { shellWord } from '../../core/text.js';
import { type CredentialReport, lastUseOfRoot, reportAge } from '../shared/credential-report.js';
import type { PasswordUse } from '../shared/sign-ins.js';
import { ago, dayMs, daysSince, isUnused, laterOf } from '../shared/values.js';

/** What `check` reports about sign-ins of every user and of root. `init` does not read this. */

export interface AuditReadings {
  readonly passwords: Reading<readonly PasswordUse[]>;
  readonly report: Reading<CredentialReport | undefined>;
  /** When the account was created; undefined if AWS does not return a date. */
  readonly createdAt: Reading<Date | undefined>;
}

export const auditFindings = (audit: AuditReadings, now: Date): readonly Finding<never>[] => [
  ...passwordFindings(audit, now),
  rootFinding(audit, now),
];

const passwordFindings = ({ passwords: users, report }: AuditReadings, now: Date): readonly Finding<never>[] => {
  const id = 'admin-user.unused-password';
  // Only the report shows when a password was changed. It may be four hours old, which does not matter for a limit of 45 days.
  const changes = report.ok ? report.value?.passwordsChanged : undefined;
  if (!users.ok) return [unknownFinding(id, users)];
  const findings = users.value.flatMap(({ user, arn, password, lastUsed, reported }): readonly Finding<never>[] => {
    if (!password.ok) return [unknownFinding(id, password, arn)];
    if (password.value === undefined) return [];
    const base = { id, resource: arn, evidence: [...users.evidence, ...password.evidence] };
    const set = laterOf(password.value.createdAt, changes?.get(user));
    const since = laterOf(lastUsed, set);
    if (since === undefined)
      return [
        { ...base, status: 'unknown', reason: `AWS did not return the date when the password of ${user} was created`, cause: 'failed' },
      ];
    const days = daysSince(since, now);
    // AWS also reports the last use of an earlier password of the same user.
    const usedSince = lastUsed !== undefined && since === lastUsed;
    const verb = reported !== undefined ? 'set' : set === password.value.createdAt ? 'created' : 'changed';
    const use = usedSince ? `was last used ${ago(days)}${reported ?? ''}` : `was ${verb} ${ago(days)} and never used${reported ?? ''}`;
    if (!isUnused(since, now)) return [{ ...base, status: 'pass', reason: `The password of ${user} ${use}` }];
    return [
      {
        ...base,
        status: 'fail',
        reason: `The password of ${user} ${use}`,
        remedy: {
          by: 'hand',
          instructions: 'Delete the password if it is not needed.',
          command: `aws iam delete-login-profile --user-name ${shellWord(user)}`,
        },
      },
    ];
  });
  if (findings.length > 0) return findings;
  const age = users.value.find(({ reported }) => reported !== undefined)?.reported ?? '';
  return [{ id, status: 'pass', reason: `No user has a console password${age}`, evidence: users.evidence }];
};

const rootFinding = ({ report: reading, createdAt }: AuditReadings, now: Date): Finding<never> => {
  const id = 'admin-user.root-at-rest';
  // The age is read live, so a new account does not have to wait for its first report.
  const live = createdAt.ok ? createdAt.value : undefined;
  if (live !== undefined && isYoung(live, now)) return stillNeeded(id, createdAt.evidence);
  if (!reading.ok) return unknownFinding(id, reading);
  const { evidence, value: report } = reading;
  const unknown = (reason: string): Finding<never> => ({ id, status: 'unknown', reason, evidence, cause: 'failed' });
  if (report === undefined) return unknown('AWS has not finished the credential report yet; run again in a minute');
  if (report.root === undefined) return unknown('The credential report has no row for root');
  if (isYoung(new Date(report.root['user_creation_time'] ?? ''), now)) return stillNeeded(id, evidence);
  const age = reportAge(report, now);
  const used = lastUseOfRoot(report.root);
  if (used === undefined) return { id, status: 'pass', reason: `Root was never used${age}`, evidence };
  const reason = `Root was last used on ${used.toISOString().slice(0, 10)}${age}`;
  if (now.getTime() - used.getTime() > dayMs) return { id, status: 'pass', reason, evidence };
  return {
    id,
    status: 'fail',
    reason,
    evidence,
    remedy: { by: 'hand', instructions: 'Work as the administrator. Use root only for tasks that only root can do.' },
  };
};

/** In the first seven days of an account, root is still needed. */
export const isYoung = (created: Date, now: Date): boolean => now.getTime() - created.getTime() < 7 * dayMs;

const stillNeeded = (id: string, evidence: Finding['evidence']): Finding<never> => ({
  id,
  status: 'not-applicable',
  reason: 'The account is less than a week old; root is still needed',
  evidence,
});
