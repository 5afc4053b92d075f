import { managedPolicyArn } from '../../core/account.js';
import type { Change, Finding } from '../../core/finding.js';
import { keysCommand } from '../../core/keys.js';
import { profileMark } from '../../core/profile-name.js';
import { type Reading, unknownFinding } from '../../core/reading.js';
import type { StoredSecret } from '../../core/secret.js';
import { listed } from '../../core/text.js';
import type { LostKey } from './lost-keys.js';
import type { NamedPolicy } from './managed-policies.js';
import { retireKeyCalls } from './retire-key.js';
import { hasOwnTag } from '../shared/created-users.js';
import { type AccessKey, type Group, type People, sameName } from '../shared/people.js';
import { sentenceOf } from '../shared/values.js';

/** The access key of the config: whether it exists, whether its secret is stored, and the change that creates it. */

export interface WantedKey {
  /** undefined: the config names neither this user nor an administrator. */
  readonly user: string | undefined;
  /** The administrator has its own permissions, and the admin-user step creates it. */
  readonly userIsAdmin: boolean;
  /** The group is that of the administrators, which the admin-user step creates. */
  readonly groupIsAdmins: boolean;
  /** The administrator may be created in this run. */
  readonly adminComing: boolean;
  /** undefined: the permissions of an existing user are not changed. */
  readonly group: string | undefined;
  /** Names of AWS managed policies, as in the config. */
  readonly policies: readonly string[];
  /** Empty: the key is stored with the other secrets. */
  readonly profile: string;
  /** Why the name of the profile is not valid, as the end of a sentence. */
  readonly profileProblem: string | undefined;
  readonly replaceProfile: boolean;
  /** Whether the run has a destination for secrets other than profiles. */
  readonly destination: boolean;
}
export interface ObservedKey {
  /** The user's name as the account spells it. */
  readonly user: string;
  readonly partition: string;
  readonly people: Reading<People>;
  readonly keys: Reading<readonly AccessKey[]>;
  /** The policies of the config, as AWS names them; empty if none is to be attached. */
  readonly policies: Reading<readonly NamedPolicy[]>;
  readonly held: readonly StoredSecret[];
  /** Keys of interrupted runs, whose secret is lost. */
  readonly lost: readonly LostKey[];
}

export interface CreateAccessKey extends Change {
  readonly kind: 'create-access-key';
  readonly user: string;
  readonly profile: string;
  /** The key id that is replaced in the profile, with `--replace-profile`. */
  readonly replaces: string | null;
  /** What must be created or changed before the key; null if the user exists as wanted. */
  readonly createsUser: { readonly group: string; readonly policies: readonly string[] } | null;
  /** Keys whose secret was lost, which are deleted first. */
  readonly retires: readonly LostKey[];
}
/** Deletes keys whose secret was lost, without creating a new one. */
export interface RetireLostKeys extends Change {
  readonly kind: 'retire-lost-keys';
  readonly user: string;
  readonly retires: readonly LostKey[];
}
export type AccessKeyChange = CreateAccessKey | RetireLostKeys;

type Found = Finding<AccessKeyChange>;

/** `observed` is undefined if no user is named. */
export const creationFindings = (wanted: WantedKey, observed: ObservedKey | undefined): readonly Found[] => {
  if (observed === undefined)
    return [manual('The config does not name a user for the access key', 'Set access-keys.user in the config.', [])];
  const { keys, held, user } = observed;
  if (!keys.ok) return [unknownFinding('access-keys.exists', keys, user), unknownFinding('access-keys.stored', keys, user)];
  const isLost = ({ id }: AccessKey): boolean => observed.lost.some((lost) => lost.id === id);
  const usable = keys.value.filter((key) => !isLost(key));
  const exists = existsFinding(wanted, observed, user, usable);
  const repair = exists.remedy?.by === 'init' ? exists.remedy.change : deletion(user, observed.lost);
  return [
    exists,
    ...keys.value.filter(isLost).map((key) => lostFinding(key, repair, keys.evidence)),
    ...usable.filter((key) => key.active).map((key) => storedFinding(key, held, keys.evidence)),
  ];
};

const manual = (
  reason: string,
  instructions: string,
  evidence: Finding['evidence'],
  more: { resource?: string; command?: string; url?: string } = {},
): Found => {
  const { resource, ...remedy } = more;
  return {
    id: 'access-keys.exists',
    status: 'fail',
    ...(resource === undefined ? {} : { resource }),
    reason,
    evidence,
    remedy: { by: 'hand', instructions, ...remedy },
  };
};

const existsFinding = (wanted: WantedKey, observed: ObservedKey, user: string, keys: readonly AccessKey[]): Found => {
  const { evidence } = observed.keys;
  const active = keys.filter((key) => key.active).map((key) => key.id);
  if (active.length > 0) {
    return {
      id: 'access-keys.exists',
      status: 'pass',
      resource: user,
      reason: `${user} has an access key: ${active.join(', ')}`,
      evidence,
    };
  }
  const [inactive] = keys;
  if (inactive !== undefined) {
    // Someone disabled it on purpose, so no new key is created without asking.
    return manual(`The access key ${inactive.id} of ${user} is inactive`, 'Enable it again, or delete it and run init again.', evidence, {
      resource: user,
      command: keysCommand('enable', user, inactive.id),
    });
  }
  const reason = `${user} has no access key`;
  const obstacle = destinationObstacle(wanted, observed.held) ?? userObstacle(wanted, user, observed.people);
  if (obstacle !== undefined) {
    const { instructions, command } = obstacle;
    return manual(obstacle.reason ?? reason, instructions, evidence, { resource: user, ...(command === undefined ? {} : { command }) });
  }
  if (!observed.people.ok) return unknownFinding('access-keys.exists', observed.people, user);
  if (!observed.policies.ok) return unknownFinding('access-keys.exists', observed.policies, user);
  const named = { ...wanted, policies: observed.policies.value.flatMap(({ name }) => name ?? []) };
  const shared = sharedGroup(named, user, observed.people.value, observed.partition);
  if (shared !== undefined) return manual(shared.reason, shared.instructions, evidence, { resource: user });
  const change = withDeletion(
    creation(named, user, observed.people.value, observed.partition, replacedKey(wanted, observed.held)),
    observed.lost,
  );
  return { id: 'access-keys.exists', status: 'fail', resource: user, reason, evidence, remedy: { by: 'init', change } };
};

/** Whether the policies of the config are attached for this user. The administrator, and users that others created, stay unchanged. */
export const attachesPolicies = ({ userIsAdmin, group }: WantedKey, user: string, { users }: People): boolean => {
  const person = users.find(({ name }) => sameName(name, user));
  const ours = person !== undefined && hasOwnTag(person.tags);
  return !userIsAdmin && (person === undefined || ours || group !== undefined);
};

interface Obstacle {
  readonly reason?: string;
  readonly instructions: string;
  readonly command?: string;
}

/** Why the key could not be stored. */
const destinationObstacle = (wanted: WantedKey, held: readonly StoredSecret[]): Obstacle | undefined => {
  const { profile, profileProblem } = wanted;
  if (profile === '') {
    if (wanted.destination) return undefined;
    const instructions = 'Choose a destination for the key: a profile (access-keys.profile in the config), or a file for secrets.';
    return { instructions, command: 'bootstrap init --only access-keys --secrets-file FILE' };
  }
  if (profileProblem !== undefined) return { instructions: `The profile's name ${profileProblem}. Set access-keys.profile in the config.` };
  const taken = marksOf(profile, held);
  if (taken.length === 0) return undefined;
  if (taken.some(({ id }) => id === '')) {
    return {
      reason: `The profile ${profile}, the destination of the key, signs in another way`,
      instructions: 'Choose another profile: access-keys.profile in the config.',
    };
  }
  if (wanted.replaceProfile) return undefined;
  return {
    reason: `The profile ${profile}, the destination of the key, contains another key`,
    instructions: 'Choose another profile (access-keys.profile in the config), or replace the key in it.',
    command: 'bootstrap init --only access-keys --replace-profile',
  };
};

const marksOf = (profile: string, held: readonly StoredSecret[]): readonly StoredSecret[] => {
  const { user } = profileMark(profile, '');
  return held.filter((mark) => mark.kind === 'access-key' && mark.user === user);
};

const replacedKey = ({ profile }: WantedKey, held: readonly StoredSecret[]): string | null =>
  profile === '' ? null : (marksOf(profile, held)[0]?.id ?? null);

const userObstacle = (wanted: WantedKey, user: string, people: Reading<People>): Obstacle | undefined => {
  if (!wanted.userIsAdmin || wanted.adminComing || !people.ok) return undefined;
  if (people.value.users.some(({ name }) => sameName(name, user))) return undefined;
  return {
    reason: `The user ${user} does not exist yet`,
    instructions: 'Create the administrator first.',
    command: 'bootstrap init --only admin-user,access-keys',
  };
};

interface GroupPlan {
  readonly name: string;
  /** undefined: it does not exist. */
  readonly group: Group | undefined;
  /** The policies of the config that it does not have. */
  readonly missing: readonly string[];
  /** Names of the policies that it has and the config does not name: the user gets those as well. */
  readonly more: readonly string[];
}

/** The group of a user that this tool creates, if the config names none. */
export const defaultGroup = (user: string): string => `${user}-access`;

const groupPlan = ({ group: configured, policies }: WantedKey, user: string, { groups }: People, partition: string): GroupPlan => {
  const name = configured ?? defaultGroup(user);
  const group = groups.find((one) => sameName(one.name, name));
  const arns: readonly (string | undefined)[] = policies.map((policy) => managedPolicyArn(partition, policy));
  const missing = policies.filter((_, index) => !(group?.attachedPolicies ?? []).includes(arns[index] as string));
  const more = (group?.held ?? []).filter(({ arn }) => !arns.includes(arn)).map((policy) => policy.name);
  return { name, group, missing, more };
};

/** Policies that are attached to a group are given to all its members. */
const sharedGroup = (
  wanted: WantedKey,
  user: string,
  people: People,
  partition: string,
): Required<Pick<Obstacle, 'reason' | 'instructions'>> | undefined => {
  if (!attachesPolicies(wanted, user, people)) return undefined;
  const { name: configured, group, missing } = groupPlan(wanted, user, people, partition);
  if (group === undefined && wanted.groupIsAdmins) {
    return {
      reason: `The group ${configured} is that of the administrators, and does not exist yet`,
      instructions: 'Choose another group (access-keys.group in the config), or create the administrator first.',
    };
  }
  if (group === undefined || missing.length === 0) return undefined;
  const { name } = group;
  const others = people.users.filter((one) => !sameName(one.name, user) && one.groups.some((member) => sameName(member, name)));
  if (others.length === 0) return undefined;
  return {
    reason: `The group ${name} has other members (${listed(others.map((one) => one.name))}), who would get ${listed(missing)} as well`,
    instructions: `Choose another group (access-keys.group in the config). If all members should get ${listed(missing)}, attach it to ${name} yourself.`,
  };
};

/** The key and what is missing for it. An existing group or user gets no more permissions than the summary states. */
const creation = (wanted: WantedKey, user: string, people: People, partition: string, replaces: string | null): CreateAccessKey => {
  const where = wanted.profile === '' ? '' : `, stored in the profile ${wanted.profile}`;
  const instead = replaces === null ? '' : ` in place of the key ${replaces}`;
  const base = { kind: 'create-access-key', risk: 'secret', user, profile: wanted.profile, replaces } as const;
  const person = people.users.find(({ name }) => sameName(name, user));
  const owner = person?.admin === true && !wanted.userIsAdmin ? `${user} (who is an administrator)` : user;
  if (!attachesPolicies(wanted, user, people)) {
    return {
      ...base,
      summary: `Create an access key for ${owner}${where}${instead}`,
      calls: ['iam:CreateAccessKey'],
      createsUser: null,
      retires: [],
    };
  }
  const { name: groupName, group, missing, more } = groupPlan(wanted, user, people, partition);
  const member = person?.groups.some((name) => sameName(name, groupName)) ?? false;
  const calls = [
    ...(group === undefined ? ['iam:CreateGroup'] : []),
    ...(person === undefined ? ['iam:CreateUser'] : []),
    ...missing.map(() => 'iam:AttachGroupPolicy'),
    ...(member ? [] : ['iam:AddUserToGroup']),
    'iam:CreateAccessKey',
  ];
  const also = more.length === 0 ? '' : ` (which also gives ${listed(more)})`;
  const summary = sentenceOf([
    ...(group === undefined
      ? ([['create', `the group ${groupName} with ${missing.length === 0 ? 'no policy' : listed(missing)}`]] as const)
      : missing.length > 0
        ? ([['attach', `${listed(missing)} to the existing group ${groupName}`]] as const)
        : []),
    ...(person === undefined
      ? ([['create', `the user ${user} in ${group === undefined ? 'it' : `the group ${groupName}${also}`}`]] as const)
      : member
        ? []
        : ([['add', `the existing user ${user} to the group ${groupName}${also}`]] as const)),
    ['create', `an access key for ${owner}${where}${instead}`],
  ]);
  const createsUser = calls.length === 1 ? null : { group: groupName, policies: missing };
  return { ...base, summary, calls, createsUser, retires: [] };
};

/** The same change, after the lost keys of interrupted runs are deleted: AWS allows two keys per user. */
const withDeletion = (change: CreateAccessKey, lost: readonly LostKey[]): CreateAccessKey => {
  if (lost.length === 0) return change;
  const summary = `Delete ${describeKeys(lost)} of an interrupted run, whose secret is lost; then ${change.summary.replace(/./, (first) => first.toLowerCase())}`;
  return { ...change, summary, calls: [...lost.flatMap(() => retireKeyCalls), ...change.calls], retires: lost };
};

const describeKeys = (lost: readonly LostKey[]): string =>
  `${lost.length === 1 ? 'the access key' : 'the access keys'} ${lost.map(({ id }) => id).join(' and ')}`;

const deletion = (user: string, lost: readonly LostKey[]): RetireLostKeys => ({
  kind: 'retire-lost-keys',
  summary: `Delete ${describeKeys(lost)} of an interrupted run, whose secret is lost`,
  risk: 'none',
  calls: lost.flatMap(() => retireKeyCalls),
  user,
  retires: lost,
});

const lostFinding = <C extends Change>({ id, user }: AccessKey, change: C, evidence: Finding['evidence']): Finding<C> => ({
  id: 'access-keys.stored',
  resource: id,
  status: 'fail',
  reason: `The secret of the key ${id} of ${user} was lost because an earlier run ended before it was stored; the key was never used`,
  evidence,
  remedy: { by: 'init', change },
});

/** Only the key id can be compared: AWS returns the secret only once. */
const storedFinding = (key: AccessKey, held: readonly StoredSecret[], evidence: Finding['evidence']): Finding<never> => {
  const base = { id: 'access-keys.stored', resource: key.id, evidence };
  const matches = held.filter(({ kind, id }) => kind === 'access-key' && id === key.id);
  const [mark] = matches;
  if (mark !== undefined) {
    const profile = matches.find(({ user }) => user.startsWith('profile '))?.user;
    const where =
      profile === undefined ? (mark.place === undefined ? 'is in the secrets file' : `was stored: ${mark.place}`) : `is in the ${profile}`;
    return { ...base, status: 'pass', reason: `The secret of the key ${key.id} ${where}` };
  }
  return {
    ...base,
    status: 'manual',
    reason: `The secret of the key ${key.id} of ${key.user} was not found here; the key was created elsewhere, or its secret is lost`,
    remedy: {
      by: 'hand',
      instructions: 'If the key is in use elsewhere, leave it. If no one has its secret, rotate it.',
      command: keysCommand('rotate', key.user),
    },
  };
};
