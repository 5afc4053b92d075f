import { managedPolicyArn } from '../../core/account.js';
import type { Change, Finding } from '../../core/finding.js';
import { profileMark } from '../../core/profile-name.js';
import { type Reading, unknownFinding } from '../../core/reading.js';
import type { StoredSecret } from '../../core/secret.js';
import { type AccessKey, type People, sameName } from '../shared/people.js';
import { listed, sentenceOf } from '../shared/values.js';
import type { LostKey } from './lost-keys.js';
import type { NamedPolicy } from './managed-policies.js';
import { retireKeyCalls } from './retire-key.js';

/** The access key that the config asks for: whether it is there, whether its secret is, and the change that makes it. */

export interface WantedKey {
  /** undefined: the config names none, and no administrator. */
  readonly user: string | undefined;
  /** The administrator brings its own permissions; it is made by another step, perhaps in this run. */
  readonly userIsAdmin: boolean;
  readonly adminComing: boolean;
  /** undefined: what an existing user may do is left as it is. */
  readonly group: string | undefined;
  /** Names of policies that AWS manages, as the config has them. */
  readonly policies: readonly string[];
  /** Empty: the key goes to the other secrets. */
  readonly profile: string;
  /** Why the name of the profile will not do. */
  readonly profileProblem: string | undefined;
  readonly replaceProfile: boolean;
  /** Whether there is a place for secrets besides profiles. */
  readonly destination: boolean;
}
export interface ObservedKey {
  /** The user's name as the account spells it. */
  readonly user: string;
  readonly partition: string;
  readonly people: Reading<People>;
  readonly keys: Reading<readonly AccessKey[]>;
  /** The policies of the config, as AWS has them; empty where none is to be attached. */
  readonly policies: Reading<readonly NamedPolicy[]>;
  readonly held: readonly StoredSecret[];
  /** Keys of interrupted runs of ours, of which nobody has the secret. */
  readonly lost: readonly LostKey[];
}

export interface CreateAccessKey extends Change {
  readonly kind: 'create-access-key';
  readonly user: string;
  readonly profile: string;
  /** The key id in the profile that gives way, with `--replace-profile`. */
  readonly replaces: string | null;
  /** What has to be made around the key first; null when the user is there as wanted. */
  readonly createsUser: { readonly group: string; readonly policies: readonly string[] } | null;
  /** Keys whose secret was lost, which are taken away first. */
  readonly retires: readonly LostKey[];
}
/** Takes away keys whose secret was lost, where no other is to be made. */
export interface RetireLostKeys extends Change {
  readonly kind: 'retire-lost-keys';
  readonly user: string;
  readonly retires: readonly LostKey[];
}
export type AccessKeyChange = CreateAccessKey | RetireLostKeys;

type Found = Finding<AccessKeyChange>;

/** What is made here carries it; a user without it belongs to somebody else. */
export const ownTag = { Key: 'created-by', Value: 'aws-account-bootstrap' } as const;

/** `seen` is undefined when there was nobody to ask about. */
export const creationFindings = (wanted: WantedKey, seen: ObservedKey | undefined): readonly Found[] => {
  if (seen === undefined)
    return [hand('The config does not say for which user the key is to be', 'Name the user: access-keys.user in the config.', [])];
  const { keys, held, user } = seen;
  if (!keys.ok) return [unknownFinding('access-keys.exists', keys, user), unknownFinding('access-keys.stored', keys, user)];
  const isLost = ({ id }: AccessKey): boolean => seen.lost.some((lost) => lost.id === id);
  const sound = keys.value.filter((key) => !isLost(key));
  const exists = existsFinding(wanted, seen, user, sound);
  const repair = exists.remedy?.by === 'init' ? exists.remedy.change : retirement(user, seen.lost);
  return [
    exists,
    ...keys.value.filter(isLost).map((key) => lostFinding(key, repair, keys.evidence)),
    ...sound.filter((key) => key.active).map((key) => storedFinding(key, held, keys.evidence)),
  ];
};

const hand = (
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

const existsFinding = (wanted: WantedKey, seen: ObservedKey, user: string, keys: readonly AccessKey[]): Found => {
  const { evidence } = seen.keys;
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
  const [off] = keys;
  if (off !== undefined) {
    // Somebody switched it off; a new key behind their back is not what they meant.
    return hand(`The access key ${off.id} of ${user} is switched off`, 'Switch it on again, or delete it and run init again.', evidence, {
      resource: user,
      command: `bootstrap keys enable --user ${user} --key ${off.id}`,
    });
  }
  const reason = `${user} has no access key`;
  const obstacle = destinationObstacle(wanted, seen.held) ?? userObstacle(wanted, user, seen.people);
  if (obstacle !== undefined) {
    const { instructions, command } = obstacle;
    return hand(obstacle.reason ?? reason, instructions, evidence, { resource: user, ...(command === undefined ? {} : { command }) });
  }
  if (!seen.people.ok) return unknownFinding('access-keys.exists', seen.people, user);
  if (!seen.policies.ok) return unknownFinding('access-keys.exists', seen.policies, user);
  const policies = seen.policies.value.flatMap(({ name }) => name ?? []);
  const change = repairing(
    creation({ ...wanted, policies }, user, seen.people.value, seen.partition, replacedKey(wanted, seen.held)),
    seen.lost,
  );
  return { id: 'access-keys.exists', status: 'fail', resource: user, reason, evidence, remedy: { by: 'init', change } };
};

/** Whether the policies of the config are attached for this user: those of the administrator, and of others' users, stay as they are. */
export const attachesPolicies = ({ userIsAdmin, group }: WantedKey, user: string, { users }: People): boolean => {
  const person = users.find(({ name }) => sameName(name, user));
  const ours = person?.tags[ownTag.Key] === ownTag.Value;
  return !userIsAdmin && (person === undefined || ours || group !== undefined);
};

interface Obstacle {
  readonly reason?: string;
  readonly instructions: string;
  readonly command?: string;
}

/** Why the key would have no place to go to. */
const destinationObstacle = (wanted: WantedKey, held: readonly StoredSecret[]): Obstacle | undefined => {
  const { profile, profileProblem } = wanted;
  if (profile === '') {
    if (wanted.destination) return undefined;
    const instructions = 'Say where the key is to go: a profile (access-keys.profile in the config), or a file for secrets.';
    return { instructions, command: 'bootstrap init --only access-keys --secrets-file FILE' };
  }
  if (profileProblem !== undefined)
    return { instructions: `The profile's name ${profileProblem}. Write access-keys.profile in the config.` };
  const taken = marksOf(profile, held);
  if (taken.length === 0) return undefined;
  if (taken.some(({ id }) => id === '')) {
    return {
      reason: `The profile ${profile}, where the key is to go, signs in by other means`,
      instructions: 'Choose another profile: access-keys.profile in the config.',
    };
  }
  if (wanted.replaceProfile) return undefined;
  return {
    reason: `The profile ${profile}, where the key is to go, holds another key`,
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
    reason: `There is no user ${user} yet`,
    instructions: 'Make the administrator first.',
    command: 'bootstrap init --only admin-user,access-keys',
  };
};

/** Everything around the key that is missing, as it was seen; a person's group or user is widened only as far as the line says. */
const creation = (wanted: WantedKey, user: string, people: People, partition: string, replaces: string | null): CreateAccessKey => {
  const where = wanted.profile === '' ? '' : `, kept in the profile ${wanted.profile}`;
  const instead = replaces === null ? '' : ` in place of the key ${replaces}`;
  const base = { kind: 'create-access-key', risk: 'secret', user, profile: wanted.profile, replaces } as const;
  const person = people.users.find(({ name }) => sameName(name, user));
  if (!attachesPolicies(wanted, user, people)) {
    return {
      ...base,
      summary: `Make an access key for ${user}${where}${instead}`,
      calls: ['iam:CreateAccessKey'],
      createsUser: null,
      retires: [],
    };
  }
  const groupName = wanted.group ?? `${user}-access`;
  const group = people.groups.find(({ name }) => sameName(name, groupName));
  const arns = wanted.policies.map((policy) => managedPolicyArn(partition, policy));
  const missing = wanted.policies.filter((_, index) => !(group?.attachedPolicies ?? []).includes(arns[index] as string));
  const member = person?.groups.some((name) => sameName(name, groupName)) ?? false;
  const calls = [
    ...(group === undefined ? ['iam:CreateGroup'] : []),
    ...missing.map(() => 'iam:AttachGroupPolicy'),
    ...(person === undefined ? ['iam:CreateUser'] : []),
    ...(member ? [] : ['iam:AddUserToGroup']),
    'iam:CreateAccessKey',
  ];
  const summary = sentenceOf([
    ...(group === undefined
      ? ([['make', `the group ${groupName} with ${listed(missing)}`]] as const)
      : missing.length > 0
        ? ([['attach', `${listed(missing)} to the existing group ${groupName}`]] as const)
        : []),
    ...(person === undefined
      ? ([['make', `the user ${user} in ${group === undefined ? 'it' : `the group ${groupName}`}`]] as const)
      : member
        ? []
        : ([['add', `the existing user ${user} to the group ${groupName}`]] as const)),
    ['make', `an access key for ${user}${where}${instead}`],
  ]);
  const createsUser = calls.length === 1 ? null : { group: groupName, policies: missing };
  return { ...base, summary, calls, createsUser, retires: [] };
};

/** The same, after the keys of interrupted runs are gone: a user has no more than two. */
const repairing = (change: CreateAccessKey, lost: readonly LostKey[]): CreateAccessKey => {
  if (lost.length === 0) return change;
  const summary = `Delete ${named(lost)} of an interrupted run, whose secret nobody has; then ${change.summary.replace(/^./, (first) => first.toLowerCase())}`;
  return { ...change, summary, calls: [...lost.flatMap(() => retireKeyCalls), ...change.calls], retires: lost };
};

const named = (lost: readonly LostKey[]): string =>
  `${lost.length === 1 ? 'the access key' : 'the access keys'} ${lost.map(({ id }) => id).join(' and ')}`;

const retirement = (user: string, lost: readonly LostKey[]): RetireLostKeys => ({
  kind: 'retire-lost-keys',
  summary: `Delete ${named(lost)} of an interrupted run, whose secret nobody has`,
  risk: 'none',
  calls: lost.flatMap(() => retireKeyCalls),
  user,
  retires: lost,
});

/** a / a and b / a, b and c; a group without policies has "no policy". */

/** Where the secret of a user's access key is, and what `init` does about one that is lost. */

const lostFinding = <C extends Change>({ id, user }: AccessKey, change: C, evidence: Finding['evidence']): Finding<C> => ({
  id: 'access-keys.stored',
  resource: id,
  status: 'fail',
  reason: `The secret of the key ${id} of ${user} was lost when an earlier run ended before it was stored; nobody has used the key`,
  evidence,
  remedy: { by: 'init', change },
});

/** The key's id is all there is to go by: AWS shows the secret once, and nobody can ask for it again. */
const storedFinding = (key: AccessKey, held: readonly StoredSecret[], evidence: Finding['evidence']): Finding<never> => {
  const base = { id: 'access-keys.stored', resource: key.id, evidence };
  const there = held.filter(({ kind, id }) => kind === 'access-key' && id === key.id);
  const [mark] = there;
  if (mark !== undefined) {
    const profile = there.find(({ user }) => user.startsWith('profile '))?.user;
    const where =
      profile === undefined
        ? mark.place === undefined
          ? 'is in the secrets file'
          : `went to its place: ${mark.place}`
        : `is in the ${profile}`;
    return { ...base, status: 'pass', reason: `The secret of the key ${key.id} ${where}` };
  }
  return {
    ...base,
    status: 'manual',
    reason: `The secret of the key ${key.id} of ${key.user} is not here; the key was made elsewhere, or its secret is lost`,
    remedy: {
      by: 'hand',
      instructions: 'If the key is in use elsewhere, leave it. If nobody has its secret, rotate it.',
      command: `bootstrap keys rotate --user ${key.user}`,
    },
  };
};
