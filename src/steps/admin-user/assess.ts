import type { PasswordPolicy, UpdateAccountPasswordPolicyCommandInput } from '@aws-sdk/client-iam';
import { partitionOf } from '../../core/account.js';
import type { Change, Finding } from '../../core/finding.js';
import { type Reading, unknownFinding } from '../../core/reading.js';
import { isAdministratorAccess, limitOf, nameOfRights, type Rights } from '../shared/administrator-rights.js';
import { ago, dayMs, daysSince, laterOf } from '../shared/ages.js';
import { type CredentialReport, lastUseOfRoot } from '../shared/credential-report.js';
import { bystandersOf, rightsAfterwards, willExist } from '../shared/future-administrator.js';
import { administratorAccess, type ConsolePassword, type Group, type People, type Person, sameName } from '../shared/people.js';
import type { AdministratorRoles, PasswordUse } from '../shared/sign-ins.js';
import { sentenceOf } from '../shared/values.js';
import { inWords, meets, merged } from './password-policy.js';

/** The judgement of the admin-user step: what is wanted, what was seen, and the gaps between them. */

export interface Desired {
  readonly kind: 'iam-user' | 'identity-center';
  readonly name: string | undefined;
  readonly group: string;
  /** make: now, into the chosen destination. no-destination, with-mfa: wanted, but not in this run (why). */
  readonly consolePassword: 'none' | 'make' | 'no-destination' | 'with-mfa';
  readonly policy: { readonly minimumLength: number; readonly reusePrevention: number } | false;
  /** `check` looks at every user; `init` at the administrator. */
  readonly audit: boolean;
}
export interface Observed {
  readonly accountId: string;
  readonly partition: string;
  readonly people: Reading<People>;
  /** The administrator's name as the account spells it. */
  readonly spelled: string | undefined;
  readonly password: Reading<ConsolePassword | undefined> | undefined;
  /** An interrupted run of ours made it, and nobody has it. */
  readonly passwordLost: boolean;
  readonly policy: Reading<PasswordPolicy | undefined>;
  readonly now: Date;
  /** Read when no user is named. */
  readonly roles: Reading<AdministratorRoles> | undefined;
  readonly audit: AuditSigns | undefined;
}

/** What only `check` looks at. */
export interface AuditSigns {
  readonly passwords: Reading<readonly PasswordUse[]>;
  readonly report: Reading<CredentialReport | undefined>;
  /** When the account was made; undefined where AWS does not say. */
  readonly createdAt: Reading<Date | undefined>;
}

export interface CompleteAdministrator extends Change {
  readonly kind: 'complete-administrator';
  readonly user: string;
  readonly group: string;
  readonly policyArn: string;
}
export interface SetPasswordPolicy extends Change {
  readonly kind: 'set-password-policy';
  readonly policy: UpdateAccountPasswordPolicyCommandInput;
}
export interface CreateConsolePassword extends Change {
  readonly kind: 'create-console-password';
  readonly user: string;
}
export interface ReplaceLostPassword extends Change {
  readonly kind: 'replace-lost-password';
  readonly user: string;
}
export type AdminChange = CompleteAdministrator | SetPasswordPolicy | CreateConsolePassword | ReplaceLostPassword;

export const assessAdministrator = (desired: Desired, observed: Observed): readonly Finding<AdminChange>[] => [
  ...policyFindings(desired, observed),
  ...administratorFindings(desired, observed),
  ...consoleFindings(desired, observed),
  ...auditFindings(observed),
];

const policyFindings = ({ policy: wanted }: Desired, { policy }: Observed): readonly Finding<AdminChange>[] => {
  const id = 'admin-user.password-policy';
  if (wanted === false) return [];
  if (!policy.ok) return [unknownFinding(id, policy)];
  const expected = `${wanted.minimumLength} characters, last ${wanted.reusePrevention} not reused`;
  const base = { id, expected, observed: inWords(policy.value), evidence: policy.evidence };
  if (meets(policy.value, wanted)) return [{ ...base, status: 'pass', reason: `Passwords need ${inWords(policy.value)}` }];
  const change: SetPasswordPolicy = {
    kind: 'set-password-policy',
    summary: `Set the password policy: at least ${expected}`,
    risk: 'none',
    calls: ['iam:UpdateAccountPasswordPolicy'],
    policy: merged(policy.value, wanted),
  };
  return [{ ...base, status: 'fail', reason: `In force is ${inWords(policy.value)}`, remedy: { by: 'init', change } }];
};

const administratorFindings = (desired: Desired, observed: Observed): readonly Finding<AdminChange>[] => {
  const { people } = observed;
  if (desired.kind === 'identity-center') return identityCenterFindings(desired, observed);
  if (!people.ok) return [unknownFinding('admin-user.exists', people), unknownFinding('admin-user.via-group', people)];
  const { users, groups } = people.value;
  const { evidence } = people;
  if (desired.name === undefined)
    return [anyAdministrator(observed, users, evidence), ...users.flatMap((user) => ownPolicies(user, evidence))];

  const name = desired.name;
  const user = users.find((one) => sameName(one.name, name));
  const group = groups.find((one) => sameName(one.name, desired.group));
  const others = user === undefined ? users : users.filter((one) => one !== user);
  const rest = desired.audit ? others.flatMap((one) => ownPolicies(one, evidence)) : [];
  const throughGroup = user !== undefined && groups.some((one) => one.admin && user.groups.some((member) => sameName(member, one.name)));
  const base = { id: 'admin-user.exists', resource: user?.arn ?? name, expected: `${name} with administrator rights`, evidence };
  const passed = (one: Person): Finding<AdminChange> => ({
    ...base,
    status: 'pass',
    reason: `${one.name} is an administrator${by(one.rights)}`,
  });

  if (user?.admin === true && throughGroup) return [passed(user), ...ownPolicies(user, evidence), ...rest];
  const limit = user === undefined ? undefined : limitOf(user.rights);
  if (user !== undefined && limit !== undefined) {
    const reason = `${user.name} is not an administrator: ${limit}`;
    return [{ ...base, status: 'fail', reason, remedy: { by: 'hand', instructions: liftLimit(user.name) } }, ...rest];
  }
  const bystanders = bystandersOf(people.value, name, desired.group);
  if (bystanders.length > 0) {
    const instructions =
      `The group ${group?.name} has ${bystanders.length === 1 ? 'another member' : `${bystanders.length} other members`} and does not give administrator rights. ` +
      'Name another group (admin-user.group), or attach the policy yourself if all of them are meant to be administrators.';
    const remedy = { by: 'hand', instructions } as const;
    if (user?.admin === true) {
      const reason = `${ownRights(user)}, and the group ${group?.name} is in use for something else`;
      return [passed(user), { id: 'admin-user.via-group', resource: user.arn, status: 'fail', reason, evidence, remedy }, ...rest];
    }
    return [{ ...base, status: 'fail', reason: `The group ${group?.name} is in use for something else`, remedy }, ...rest];
  }
  const change = completion(desired.group, name, user, group, administratorAccess(observed.partition));
  if (user?.admin === true) {
    // Rights of the user's own: they work, but CIS wants them to come through a group.
    const reason = `${ownRights(user)}, not through a group`;
    return [
      passed(user),
      { id: 'admin-user.via-group', resource: user.arn, status: 'fail', reason, evidence, remedy: { by: 'init', change } },
      ...rest,
    ];
  }
  const reason = user === undefined ? `There is no user ${name}` : `The user ${user.name} is not an administrator`;
  const obstacle = limitOf(rightsAfterwards(people.value, user, group));
  if (obstacle !== undefined) {
    const instructions = `In the group ${group?.name ?? desired.group} ${name} would not be an administrator: ${obstacle}. ${liftLimit(name)}`;
    return [{ ...base, status: 'fail', reason, remedy: { by: 'hand', instructions } }, ...rest];
  }
  return [{ ...base, status: 'fail', reason, remedy: { by: 'init', change } }, ...rest];
};

/** Nothing for AdministratorAccess alone, which needs no mention. */
const by = (rights: Rights): string => {
  const named = nameOfRights(rights);
  return named === 'AdministratorAccess' ? '' : ` by ${named}`;
};

const ownRights = ({ name, attachedPolicies, rights }: Person): string =>
  attachedPolicies.some(isAdministratorAccess)
    ? `${name} has AdministratorAccess attached directly`
    : `${name} has administrator rights of its own, by ${nameOfRights(rights)}`;

/** Someone limited this user on purpose; `init` does not work around it. */
const liftLimit = (name: string): string =>
  `This limit was set by someone, so it is not changed here. Remove it if ${name} is meant to be the administrator, or name another user (admin-user.name).`;

/** Administrators who sign in through IAM Identity Center: AWS makes their roles, so there is nothing that `init` could create. */
const identityCenterFindings = (desired: Desired, { people, roles, partition }: Observed): readonly Finding<AdminChange>[] => {
  const id = 'admin-user.exists';
  const rest = !desired.audit
    ? []
    : people.ok
      ? people.value.users.flatMap((user) => ownPolicies(user, people.evidence))
      : [unknownFinding('admin-user.via-group', people)];
  if (roles === undefined) return rest;
  if (!roles.ok) return [unknownFinding(id, roles), ...rest];
  const names = roles.value.identityCenter;
  const base = { id, expected: 'an administrator role of IAM Identity Center', evidence: roles.evidence };
  if (names.length > 0) return [{ ...base, status: 'pass', reason: signInThroughIdentityCenter(names) }, ...rest];
  return [
    {
      ...base,
      status: 'fail',
      reason: 'No role of IAM Identity Center (AWSReservedSSO_…) has administrator rights in this account',
      remedy: {
        by: 'hand',
        instructions:
          'Enable IAM Identity Center in the console. Create a user and a permission set with AdministratorAccess, and assign both to this account. For an IAM user instead: admin-user.kind: iam-user.',
        url: `https://${partitionOf(partition).consoleHost}/singlesignon`,
      },
    },
    ...rest,
  ];
};

const signInThroughIdentityCenter = (roles: readonly string[]): string =>
  `Administrators sign in through IAM Identity Center: ${roles.join(', ')}`;

/** One change, as small as what is missing. */
const completion = (
  wantedGroup: string,
  wantedName: string,
  user: Person | undefined,
  group: Group | undefined,
  policyArn: string,
): CompleteAdministrator => {
  const member = user !== undefined && group !== undefined && user.groups.some((one) => sameName(one, group.name));
  const name = user?.name ?? wantedName;
  const groupName = group?.name ?? wantedGroup;
  const calls = [
    ...(group === undefined ? ['iam:CreateGroup'] : []),
    ...(group?.admin === true ? [] : ['iam:AttachGroupPolicy']),
    ...(user === undefined ? ['iam:CreateUser'] : []),
    ...(member ? [] : ['iam:AddUserToGroup']),
  ];
  const summary = sentenceOf([
    ...(group === undefined
      ? ([['make', `a group ${groupName} with AdministratorAccess`]] as const)
      : calls.includes('iam:AttachGroupPolicy')
        ? ([['attach', `AdministratorAccess to the group ${groupName}`]] as const)
        : []),
    ...(user === undefined
      ? ([['make', `a user ${name} in ${group === undefined ? 'it' : groupName}`]] as const)
      : member
        ? []
        : ([['add', `the existing user ${name} to ${group === undefined ? 'it' : groupName}`]] as const)),
  ]);
  return {
    kind: 'complete-administrator',
    summary,
    risk: 'none',
    calls,
    user: name,
    group: groupName,
    policyArn,
  };
};

const anyAdministrator = ({ roles }: Observed, users: readonly Person[], evidence: Finding['evidence']): Finding<AdminChange> => {
  const id = 'admin-user.exists';
  const admins = users.filter((user) => user.admin).map((user) => `${user.name}${by(user.rights).replace(/^ by (.*)$/, ' (by $1)')}`);
  if (admins.length > 0) return { id, status: 'pass', reason: `Administrators: ${admins.join(', ')}`, evidence };
  if (roles !== undefined && !roles.ok) return unknownFinding(id, roles);
  const { identityCenter = [], access = [] } = roles?.value ?? {};
  if (identityCenter.length > 0) return { id, status: 'pass', reason: signInThroughIdentityCenter(identityCenter), evidence };
  if (access.length > 0) return { id, status: 'pass', reason: `Administrator roles that people assume: ${access.join(', ')}`, evidence };
  const limited = users.flatMap(({ name, rights }) => {
    const limit = limitOf(rights);
    return limit === undefined ? [] : [`${name} does not count, since ${limit}`];
  });
  return {
    id,
    status: 'fail',
    reason: ['No user has administrator rights, so the daily work falls to root', ...limited].join('; '),
    evidence,
    remedy: { by: 'hand', instructions: 'Make an administrator.', command: 'bootstrap init --only admin-user --admin-user NAME' },
  };
};

/** CIS 2.13. `init` moves nothing away by itself: detaching could lock a person out. */
const ownPolicies = (user: Person, evidence: Finding['evidence']): readonly Finding<AdminChange>[] => {
  const own = [...user.attachedPolicies.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)), ...user.inlinePolicies];
  const base = { id: 'admin-user.via-group', resource: user.arn, evidence };
  if (own.length === 0) return [{ ...base, status: 'pass', reason: `${user.name} has no policies of its own` }];
  const [attached] = user.attachedPolicies;
  return [
    {
      ...base,
      status: 'fail',
      reason: `${user.name} has policies of its own: ${own.join(', ')}`,
      remedy: {
        by: 'hand',
        instructions: 'Give the user what it needs through a group, then take its own policies off.',
        ...(attached === undefined ? {} : { command: `aws iam detach-user-policy --user-name ${user.name} --policy-arn ${attached}` }),
      },
    },
  ];
};

const consoleFindings = (desired: Desired, { people, password, passwordLost, spelled }: Observed): readonly Finding<AdminChange>[] => {
  const id = 'admin-user.console';
  const { consolePassword } = desired;
  const name = spelled;
  if (name === undefined || password === undefined || consolePassword === 'none') return [];
  if (!password.ok) return [unknownFinding(id, password, name)];
  const base = { id, resource: name, evidence: password.evidence };
  if (password.value !== undefined && passwordLost) return [lostPassword(name, consolePassword, base)];
  if (password.value !== undefined) return [{ ...base, status: 'pass', reason: `${name} has a console password` }];
  if (!people.ok) return [unknownFinding(id, people, name)];
  const reason = `${name} has no console password`;
  if (!willExist(people.value, name, desired.group)) {
    return [
      {
        ...base,
        status: 'fail',
        reason: `${name} has no console password, and is not there to be given one`,
        remedy: { by: 'hand', instructions: 'Make the administrator first.' },
      },
    ];
  }
  if (consolePassword === 'make') {
    const change: CreateConsolePassword = {
      kind: 'create-console-password',
      summary: `Give ${name} a console password, to be changed at the first sign-in`,
      risk: 'secret',
      calls: ['iam:CreateLoginProfile'],
      user: name,
    };
    return [{ ...base, status: 'fail', reason, remedy: { by: 'init', change } }];
  }
  const instructions =
    consolePassword === 'no-destination'
      ? 'Say where the password is to go; without a place for it none is made.'
      : 'Make the password and the MFA device in one sitting, at a terminal. To have both made here, set mfa.assign: unattended.';
  const command =
    consolePassword === 'no-destination'
      ? 'bootstrap init --only admin-user,mfa --secrets-file FILE'
      : 'bootstrap init --only admin-user,mfa';
  return [{ ...base, status: 'fail', reason, remedy: { by: 'hand', instructions, command } }];
};

/** Never used, so nobody is locked out by another one. */
const lostPassword = (
  user: string,
  wanted: Desired['consolePassword'],
  base: Pick<Finding, 'id' | 'resource' | 'evidence'>,
): Finding<AdminChange> => {
  const reason = `The console password of ${user} was made by an interrupted run, and is not where it was stored; nobody has used it`;
  const change: ReplaceLostPassword = {
    kind: 'replace-lost-password',
    summary: `Replace the console password of ${user}, which an interrupted run lost, to be changed at the first sign-in`,
    risk: 'secret',
    calls: ['iam:UpdateLoginProfile'],
    user,
  };
  if (wanted === 'make') return { ...base, status: 'fail', reason, remedy: { by: 'init', change } };
  const instructions = 'Give the user a new password in the console, or name a place for one.';
  return {
    ...base,
    status: 'fail',
    reason,
    remedy: { by: 'hand', instructions, command: 'bootstrap init --only admin-user --secrets-file FILE' },
  };
};

const auditFindings = ({ audit, now }: Observed): readonly Finding<AdminChange>[] => {
  if (audit === undefined) return [];
  return [...unusedPasswords(audit, now), ...rootAtRest(audit, now)];
};

const unusedPasswords = ({ passwords: users, report }: AuditSigns, now: Date): readonly Finding<AdminChange>[] => {
  const id = 'admin-user.unused-password';
  // Only the report knows when a password was changed; it may be four hours old, which 45 days do not notice.
  const changes = report.ok ? report.value?.passwordsChanged : undefined;
  if (!users.ok) return [unknownFinding(id, users)];
  const findings = users.value.flatMap(({ user, arn, password, lastUsed }): readonly Finding<AdminChange>[] => {
    if (!password.ok) return [unknownFinding(id, password, arn)];
    if (password.value === undefined) return [];
    const base = { id, resource: arn, evidence: [...users.evidence, ...password.evidence] };
    const set = laterOf(password.value.createdAt, changes?.get(user));
    const since = laterOf(lastUsed, set);
    if (since === undefined)
      return [{ ...base, status: 'unknown', reason: `AWS does not say when the password of ${user} was made`, cause: 'failed' }];
    const days = daysSince(since, now);
    // The last use of an earlier password of the same user says nothing of this one.
    const usedSince = lastUsed !== undefined && since === lastUsed;
    const verb = set === password.value.createdAt ? 'made' : 'changed';
    const said = usedSince ? `was last used ${ago(days)}` : `was ${verb} ${ago(days)} and never used`;
    if (days <= 45) return [{ ...base, status: 'pass', reason: `The password of ${user} ${said}` }];
    return [
      {
        ...base,
        status: 'fail',
        reason: `The password of ${user} ${said}`,
        remedy: {
          by: 'hand',
          instructions: 'Take the password away if nobody needs it.',
          command: `aws iam delete-login-profile --user-name ${user}`,
        },
      },
    ];
  });
  return findings.length > 0 ? findings : [{ id, status: 'pass', reason: 'No user has a console password', evidence: users.evidence }];
};

/** The day and the age of the report, which is what the statement is worth. */
const reportAge = ({ generatedAt }: CredentialReport, now: Date): string => {
  if (generatedAt === undefined) return '';
  const hours = Math.floor((now.getTime() - generatedAt.getTime()) / 3_600_000);
  const old = hours < 1 ? 'less than an hour' : hours === 1 ? '1 hour' : `${hours} hours`;
  return ` (credential report of ${generatedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${old} old)`;
};

const rootAtRest = ({ report: reading, createdAt }: AuditSigns, now: Date): readonly Finding<AdminChange>[] => {
  const id = 'admin-user.root-at-rest';
  // Said live, so that nobody has to wait for the first report of a new account.
  const live = createdAt.ok ? createdAt.value : undefined;
  if (live !== undefined && isYoung(live, now)) return [stillNeeded(id, createdAt.evidence)];
  if (!reading.ok) return [unknownFinding(id, reading)];
  const { evidence, value: report } = reading;
  const unknown = (reason: string): Finding<AdminChange> => ({ id, status: 'unknown', reason, evidence, cause: 'failed' });
  if (report === undefined) return [unknown('AWS has not finished the credential report yet; run again in a minute')];
  if (report.root === undefined) return [unknown('The credential report has no row for root')];
  if (isYoung(new Date(report.root['user_creation_time'] ?? ''), now)) return [stillNeeded(id, evidence)];
  const age = reportAge(report, now);
  const used = lastUseOfRoot(report.root);
  if (used === undefined) return [{ id, status: 'pass', reason: `Root was never used${age}`, evidence }];
  const reason = `Root was last used on ${used.toISOString().slice(0, 10)}${age}`;
  if (now.getTime() - used.getTime() > dayMs) return [{ id, status: 'pass', reason, evidence }];
  return [
    {
      id,
      status: 'fail',
      reason,
      evidence,
      remedy: { by: 'hand', instructions: 'Work as the administrator; keep root for what only root can do.' },
    },
  ];
};

/** Root is still needed in an account of the first seven days. */
export const isYoung = (created: Date, now: Date): boolean => now.getTime() - created.getTime() < 7 * dayMs;

const stillNeeded = (id: string, evidence: Finding['evidence']): Finding<AdminChange> => ({
  id,
  status: 'not-applicable',
  reason: 'The account is younger than a week; root is still needed',
  evidence,
});
