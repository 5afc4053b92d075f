import type { PasswordPolicy, UpdateAccountPasswordPolicyCommandInput } from '@aws-sdk/client-iam';
import { partitionOf } from '../../core/account.js';
import type { Change, Finding } from '../../core/finding.js';
import { map, type Reading, unknownFinding } from '../../core/reading.js';
import { shellWord } from '../../core/text.js';
import { auditFindings, type AuditReadings } from './audit.js';
import { defaultMinimumLength, describePolicy, meets, merged } from './password-policy.js';
import { isAdministratorAccess, limitOf, nameOfRights, type Rights } from '../shared/administrator-rights.js';
import { hasOwnTag } from '../shared/created-users.js';
import {
  administratorAccess,
  type ConsolePassword,
  type Group,
  otherMembersOf,
  type People,
  type Person,
  rightsAfterwards,
  sameName,
  willExist,
} from '../shared/people.js';
import type { AdministratorRoles } from '../shared/sign-ins.js';
import { sentenceOf } from '../shared/values.js';

/** The findings of the admin-user step: how the account differs from the config, and the changes that fix it. */

export interface Desired {
  readonly kind: 'iam-user' | 'identity-center';
  readonly name: string | undefined;
  readonly group: string;
  /** The user of the access-keys step, which that step creates. */
  readonly keyUser: string | undefined;
  /** create: in this run, stored in the chosen destination. no-destination, with-mfa: why it is not created in this run. */
  readonly consolePassword: 'none' | 'create' | 'no-destination' | 'with-mfa';
  readonly policy: { readonly minimumLength: number; readonly reusePrevention: number } | false;
  /** True for `check`, which assesses every user; `init` assesses only the administrator. */
  readonly audit: boolean;
}
export interface Observed {
  readonly accountId: string;
  readonly partition: string;
  readonly people: Reading<People>;
  /** How the administrator of the config signs in. */
  readonly login:
    | {
        /** The name as the account spells it. */
        readonly user: string;
        readonly password: Reading<ConsolePassword | undefined>;
        /** An interrupted run created the password and its value is lost. */
        readonly lost: boolean;
      }
    | undefined;
  readonly policy: Reading<PasswordPolicy | undefined>;
  readonly now: Date;
  /** Read when no user is named; empty otherwise. */
  readonly roles: Reading<AdministratorRoles>;
  readonly audit: AuditReadings | undefined;
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
  /** By the password policy, as it will be. */
  readonly minimumLength: number;
}
export interface ReplaceLostPassword extends Change {
  readonly kind: 'replace-lost-password';
  readonly user: string;
  readonly minimumLength: number;
}
export type AdminChange = CompleteAdministrator | SetPasswordPolicy | CreateConsolePassword | ReplaceLostPassword;

export const assessAdministrator = (desired: Desired, observed: Observed): readonly Finding<AdminChange>[] => [
  ...policyFindings(desired, observed),
  ...administratorFindings(desired, observed),
  ...consoleFindings(desired, observed),
  ...(observed.audit === undefined ? [] : auditFindings(observed.audit, observed.now)),
];

const policyFindings = ({ policy: wanted }: Desired, { policy }: Observed): readonly Finding<AdminChange>[] => {
  const id = 'admin-user.password-policy';
  if (wanted === false) return [];
  if (!policy.ok) return [unknownFinding(id, policy)];
  const expected = `${wanted.minimumLength} characters, last ${wanted.reusePrevention} not reused`;
  const base = { id, expected, observed: describePolicy(policy.value), evidence: policy.evidence };
  if (meets(policy.value, wanted)) return [{ ...base, status: 'pass', reason: `Passwords need ${describePolicy(policy.value)}` }];
  const change: SetPasswordPolicy = {
    kind: 'set-password-policy',
    summary: `Set the password policy: at least ${expected}`,
    risk: 'none',
    calls: ['iam:UpdateAccountPasswordPolicy'],
    policy: merged(policy.value, wanted),
  };
  return [
    { ...base, status: 'fail', reason: `The current password policy is ${describePolicy(policy.value)}`, remedy: { by: 'init', change } },
  ];
};

const administratorFindings = (desired: Desired, observed: Observed): readonly Finding<AdminChange>[] => {
  const { people } = observed;
  if (desired.kind === 'identity-center') return identityCenterFindings(desired, observed);
  if (!people.ok) return [unknownFinding('admin-user.exists', people), unknownFinding('admin-user.via-group', people)];
  const { users, groups } = people.value;
  const { evidence } = people;
  if (desired.name === undefined)
    return [anyAdministrator(observed, users, evidence), ...users.flatMap((user) => directPolicies(user, evidence))];

  const name = desired.name;
  const user = users.find((one) => sameName(one.name, name));
  const group = groups.find((one) => sameName(one.name, desired.group));
  const others = users.filter((one) => one !== user);
  const rest = desired.audit ? others.flatMap((one) => directPolicies(one, evidence)) : [];
  const throughGroup = user !== undefined && groups.some((one) => one.admin && user.groups.some((member) => sameName(member, one.name)));
  const base = { id: 'admin-user.exists', resource: user?.arn ?? name, expected: `${name} with administrator rights`, evidence };
  const passed = (one: Person): Finding<AdminChange> => ({
    ...base,
    status: 'pass',
    reason: `${one.name} is an administrator ${by(one.rights)}`.trimEnd(),
  });

  if (user?.admin === true && throughGroup) return [passed(user), ...directPolicies(user, evidence), ...rest];
  const spelled = user?.name ?? name;
  const limit = limitOf(user?.rights ?? { kind: 'none' });
  if (limit !== undefined) {
    const reason = `${spelled} is not an administrator: ${limit}`;
    return [{ ...base, status: 'fail', reason, remedy: { by: 'hand', instructions: liftLimit(spelled) } }, ...rest];
  }
  const groupName = group?.name ?? desired.group;
  const otherMembers = otherMembersOf(people.value, name, desired.group);
  if (otherMembers.length > 0) {
    const instructions =
      `The group ${groupName} has ${otherMembers.length === 1 ? 'another member' : `${otherMembers.length} other members`} and does not give administrator rights. ` +
      'Choose another group (admin-user.group), or attach the policy yourself if all members should be administrators.';
    const remedy = { by: 'hand', instructions } as const;
    if (user?.admin === true) {
      const reason = `${ownRights(user)}, and the group ${groupName} is used for something else`;
      return [passed(user), { id: 'admin-user.via-group', resource: user.arn, status: 'fail', reason, evidence, remedy }, ...rest];
    }
    return [{ ...base, status: 'fail', reason: `The group ${groupName} is used for something else`, remedy }, ...rest];
  }
  const change = completion(desired.group, name, user, group, administratorAccess(observed.partition));
  if (user?.admin === true) {
    // The user's own rights are effective, but CIS requires permissions through groups.
    const reason = `${ownRights(user)}, not through a group`;
    return [
      passed(user),
      { id: 'admin-user.via-group', resource: user.arn, status: 'fail', reason, evidence, remedy: { by: 'init', change } },
      ...rest,
    ];
  }
  const reason = user === undefined ? `The user ${name} does not exist` : `The user ${user.name} is not an administrator`;
  const remainingLimit = limitOf(rightsAfterwards(people.value, user, group));
  if (remainingLimit !== undefined) {
    const instructions = `${name} would not be an administrator in the group ${groupName}: ${remainingLimit}. ${liftLimit(name)}`;
    return [{ ...base, status: 'fail', reason, remedy: { by: 'hand', instructions } }, ...rest];
  }
  return [{ ...base, status: 'fail', reason, remedy: { by: 'init', change } }, ...rest];
};

/** What gives the rights; empty for AdministratorAccess alone. */
const by = (rights: Rights): string => {
  const named = nameOfRights(rights);
  return named === 'AdministratorAccess' ? '' : `by ${named}`;
};

const ownRights = ({ name, attachedPolicies, rights }: Person): string =>
  attachedPolicies.some(isAdministratorAccess)
    ? `${name} has AdministratorAccess attached directly`
    : `${name} has its own administrator rights, by ${nameOfRights(rights)}`;

/** Someone limited this user on purpose, so `init` does not work around it. */
const liftLimit = (name: string): string =>
  `Someone set this limit, so \`init\` does not change it. Remove it if ${name} should be the administrator, or choose another user (admin-user.name).`;

/** Administrators who sign in through IAM Identity Center: AWS creates their roles, so `init` cannot create any. */
const identityCenterFindings = (desired: Desired, { people, roles, partition }: Observed): readonly Finding<AdminChange>[] => {
  const id = 'admin-user.exists';
  const rest = !desired.audit
    ? []
    : people.ok
      ? people.value.users.flatMap((user) => directPolicies(user, people.evidence))
      : [unknownFinding('admin-user.via-group', people)];
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
          'Enable IAM Identity Center in the console. Create a user and a permission set with AdministratorAccess, and assign both to this account. To use an IAM user instead, set admin-user.kind: iam-user.',
        url: `https://${partitionOf(partition).consoleHost}/singlesignon`,
      },
    },
    ...rest,
  ];
};

const signInThroughIdentityCenter = (roles: readonly string[]): string =>
  `Administrators sign in through IAM Identity Center: ${roles.join(', ')}`;

/** One change with only what is missing. */
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
    ...(user === undefined ? ['iam:CreateUser'] : []),
    ...(group?.admin === true ? [] : ['iam:AttachGroupPolicy']),
    ...(member ? [] : ['iam:AddUserToGroup']),
  ];
  const summary = sentenceOf([
    ...(group === undefined
      ? ([['create', `a group ${groupName} with AdministratorAccess`]] as const)
      : calls.includes('iam:AttachGroupPolicy')
        ? ([['attach', `AdministratorAccess to the group ${groupName}`]] as const)
        : []),
    ...(user === undefined
      ? ([['create', `a user ${name} in ${group === undefined ? 'it' : groupName}`]] as const)
      : member
        ? []
        : ([['add', `the existing user ${name} to ${group === undefined ? 'it' : groupName}`]] as const)),
  ]);
  return {
    kind: 'complete-administrator',
    summary,
    // The passwords and access keys that the user has already become those of an administrator.
    risk: user === undefined || user.admin || hasOwnTag(user.tags) ? 'none' : 'weaker',
    calls,
    user: name,
    group: groupName,
    policyArn,
  };
};

const anyAdministrator = ({ roles }: Observed, users: readonly Person[], evidence: Finding['evidence']): Finding<AdminChange> => {
  const id = 'admin-user.exists';
  const admins = users.filter((user) => user.admin).map(({ name, rights }) => (by(rights) === '' ? name : `${name} (${by(rights)})`));
  if (admins.length > 0) return { id, status: 'pass', reason: `Administrators: ${admins.join(', ')}`, evidence };
  if (!roles.ok) return unknownFinding(id, roles);
  const { identityCenter, access } = roles.value;
  if (identityCenter.length > 0) return { id, status: 'pass', reason: signInThroughIdentityCenter(identityCenter), evidence };
  if (access.length > 0) return { id, status: 'pass', reason: `Administrator roles that people assume: ${access.join(', ')}`, evidence };
  const limited = users.flatMap(({ name, rights }) => {
    const limit = limitOf(rights);
    return limit === undefined ? [] : [`${name} does not count because ${limit}`];
  });
  return {
    id,
    status: 'fail',
    reason: ['No user has administrator rights, so daily work is done as root', ...limited].join('; '),
    evidence,
    remedy: { by: 'hand', instructions: 'Create an administrator.', command: 'bootstrap init --only admin-user --admin-user NAME' },
  };
};

/** CIS 2.13. `init` never detaches policies, because that could lock a user out. */
const directPolicies = (user: Person, evidence: Finding['evidence']): readonly Finding<AdminChange>[] => {
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
        instructions: 'Give the user the permissions it needs through a group, then remove its own policies.',
        ...(attached === undefined
          ? {}
          : { command: `aws iam detach-user-policy --user-name ${shellWord(user.name)} --policy-arn ${shellWord(attached)}` }),
      },
    },
  ];
};

const consoleFindings = (desired: Desired, { people, login, policy }: Observed): readonly Finding<AdminChange>[] => {
  const id = 'admin-user.console';
  const { consolePassword } = desired;
  if (login === undefined || consolePassword === 'none') return [];
  const { user: name, password, lost } = login;
  if (!password.ok) return [unknownFinding(id, password, name)];
  const base = { id, resource: name, evidence: password.evidence };
  const wantedLength = desired.policy === false ? 0 : desired.policy.minimumLength;
  const minimumLength = map(policy, (current) => Math.max(current?.MinimumPasswordLength ?? defaultMinimumLength, wantedLength));
  if (lost) return [lostPassword(name, consolePassword, minimumLength, base)];
  if (password.value !== undefined) return [{ ...base, status: 'pass', reason: `${name} has a console password` }];
  if (!people.ok) return [unknownFinding(id, people, name)];
  const reason = `${name} has no console password`;
  if (!willExist(people.value, name, desired.group)) {
    return [
      {
        ...base,
        status: 'fail',
        reason: `${name} has no console password, because the user does not exist`,
        remedy: { by: 'hand', instructions: 'Create the administrator first.' },
      },
    ];
  }
  if (consolePassword === 'create') {
    if (!minimumLength.ok) return [unknownFinding(id, minimumLength, name)];
    const change: CreateConsolePassword = {
      kind: 'create-console-password',
      summary: `Create a console password for ${name}, to be changed at the first sign-in`,
      risk: 'secret',
      calls: ['iam:CreateLoginProfile'],
      user: name,
      minimumLength: minimumLength.value,
    };
    return [{ ...base, status: 'fail', reason, remedy: { by: 'init', change } }];
  }
  const instructions =
    consolePassword === 'no-destination'
      ? 'Choose a destination for the password. Without one, no password is created.'
      : 'Create the password and the MFA device together, at a terminal. To create both without a terminal, set mfa.assign: unattended.';
  const command =
    consolePassword === 'no-destination'
      ? 'bootstrap init --only admin-user,mfa --secrets-file FILE'
      : 'bootstrap init --only admin-user,mfa';
  return [{ ...base, status: 'fail', reason, remedy: { by: 'hand', instructions, command } }];
};

/** The password was never used, so replacing it locks no one out. */
const lostPassword = (
  user: string,
  wanted: Desired['consolePassword'],
  minimumLength: Reading<number>,
  base: Pick<Finding, 'id' | 'resource' | 'evidence'>,
): Finding<AdminChange> => {
  const reason = `The console password of ${user} was created by an interrupted run, is no longer where it was stored, and was never used`;
  if (wanted === 'create') {
    if (!minimumLength.ok) return unknownFinding(base.id, minimumLength, user);
    const change: ReplaceLostPassword = {
      kind: 'replace-lost-password',
      summary: `Replace the console password of ${user}, which an interrupted run lost; it must be changed at the first sign-in`,
      risk: 'secret',
      calls: ['iam:UpdateLoginProfile'],
      user,
      minimumLength: minimumLength.value,
    };
    return { ...base, status: 'fail', reason, remedy: { by: 'init', change } };
  }
  const instructions = 'Set a new password in the console, or choose a destination for a new one.';
  return {
    ...base,
    status: 'fail',
    reason,
    remedy: { by: 'hand', instructions, command: 'bootstrap init --only admin-user --secrets-file FILE' },
  };
};
