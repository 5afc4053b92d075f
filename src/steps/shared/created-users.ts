import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Change } from '../../core/finding.js';
import { all, map, type Reading, unreadError } from '../../core/reading.js';
import type { ApplyContext, Kept, ObserveContext, UndoContext, UndoPlan } from '../../core/step.js';
import { listed } from '../../core/text.js';
import {
  type AccessKey,
  type Group,
  type People,
  type Person,
  readAccessKeys,
  readLastUse,
  readMfaDevices,
  readPeople,
  sameName,
} from './people.js';

/** The users that this tool created, by its tag: whether an undo may delete them, and how. */

interface CreatedUser {
  readonly person: Person;
  readonly keys: readonly (AccessKey & { readonly lastUsed: Date | undefined })[];
  /** Ids of credentials of other kinds, without which AWS does not delete a user. */
  readonly others: readonly string[];
}

export interface ObservedUsers {
  readonly people: People;
  readonly created: readonly CreatedUser[];
  readonly now: Date;
}

/** Every user and group, and the users with the tag of this tool with their access keys. */
export const readCreatedUsers = async ({ cloud, clock }: Pick<ObserveContext, 'cloud' | 'clock'>): Promise<Reading<ObservedUsers>> => {
  const people = await readPeople(cloud);
  if (!people.ok) return people;
  const tagged = people.value.users.filter(({ tags }) => hasOwnTag(tags));
  const created = await Promise.all(tagged.map((person) => readCreatedUser(cloud, person)));
  return map(all<CreatedUser[]>(...created), (users) => ({ people: people.value, created: users, now: clock.now() }));
};

const readCreatedUser = async (cloud: ReadCloud, person: Person): Promise<Reading<CreatedUser>> => {
  const user = { UserName: person.name };
  const [keys, ...others] = await Promise.all([
    readAccessKeys(cloud, person.name),
    cloud.findAll('iam:ListSSHPublicKeys', user, ['NoSuchEntity']),
    cloud.findAll('iam:ListServiceSpecificCredentials', user, ['NoSuchEntity']),
    cloud.findAll('iam:ListSigningCertificates', user, ['NoSuchEntity']),
  ]);
  if (!keys.ok) return keys;
  const used = await Promise.all(keys.value.map(async (key) => map(await readLastUse(cloud, key), (lastUsed) => ({ ...key, lastUsed }))));
  return map(all(all<CreatedUser['keys'][number][]>(...used), ...others), ([of, ssh = [], service = [], signing = []]) => ({
    person,
    keys: of,
    others: [
      ...ssh.flatMap(({ SSHPublicKeys = [] }) => SSHPublicKeys).map((one) => `SSH public key ${one.SSHPublicKeyId}`),
      ...service
        .flatMap((page) => page.ServiceSpecificCredentials ?? [])
        .map((one) => `service-specific credential ${one.ServiceSpecificCredentialId}`),
      ...signing.flatMap((page) => page.Certificates ?? []).map((one) => `signing certificate ${one.CertificateId}`),
    ],
  }));
};

interface DeleteGroup extends Change {
  readonly kind: 'delete-group';
  readonly group: string;
  /** The members that it may lose: the users that are deleted. */
  readonly users: readonly string[];
  /** Names of the policies that are detached. */
  readonly policies: readonly string[];
}
interface DeleteUser extends Change {
  readonly kind: 'delete-user';
  readonly user: string;
}
export type DeletePeople = DeleteGroup | DeleteUser;

/** What a step's undo is about: which of the created users are its own, and the group that it creates for them. */
interface Own {
  readonly owns: (user: string) => boolean;
  readonly group: string | undefined;
  /** Names of the policies that the step attaches to the group. */
  readonly policies: readonly string[];
}

/**
 * The group comes first: AWS cannot tag a group, so as long as one of the step's users exists, an interrupted undo finds the group again
 * without a config.
 */
export const planDeletion = (own: Own, observed: Reading<ObservedUsers>, context: UndoContext): UndoPlan<DeletePeople> => {
  if (!observed.ok) return { changes: [], kept: [], unread: [observed] };
  const users = observed.value.created.filter(({ person }) => own.owns(person.name));
  const reasons = new Map(users.map((user) => [user.person.name, reasonToKeep(user, observed.value, context)] as const));
  const kept: Kept[] = [];
  for (const [user, reason] of reasons) if (reason !== undefined) kept.push({ what: `The user ${user}`, ...reason });
  const deleted = [...reasons].filter(([, reason]) => reason === undefined).map(([user]) => user);
  const changes: DeletePeople[] = [];
  const group = observed.value.people.groups.find(({ name }) => own.group !== undefined && sameName(name, own.group));
  if (group !== undefined && (context.named || users.length > 0)) {
    const why = reasonToKeepGroup(group, own, deleted, observed.value.people);
    if (why === undefined) changes.push(deleteGroup(group.name, deleted, own.policies.map(nameOf)));
    else kept.push({ what: `The group ${group.name}`, why });
  }
  return { changes: [...changes, ...deleted.map(deleteUser)], kept };
};

const hourMs = 3_600_000;

const reasonToKeep = (
  { person, keys, others: credentials }: CreatedUser,
  { people, created, now }: ObservedUsers,
  { caller, evenIfUsed }: UndoContext,
): Omit<Kept, 'what'> | undefined => {
  const { identity } = caller;
  if (identity.kind === 'user' && sameName(identity.name, person.name))
    return {
      why: 'this run is signed in as this user',
      manual: 'Run it as another administrator, or as root: `bootstrap undo --profile ROOT`.',
    };
  const used = keys.find(({ lastUsed }) => !evenIfUsed && lastUsed !== undefined && now.getTime() - lastUsed.getTime() < hourMs);
  if (used !== undefined)
    return {
      why: `its access key ${used.id} was used within the last hour`,
      manual: 'Stop what uses the key and run `bootstrap undo` again later, or run `bootstrap undo --even-if-used`.',
    };
  const others = people.users.some(({ admin, name }) => admin && !created.some((one) => one.person.name === name));
  const callerStays = identity.kind === 'user' && people.users.some(({ name, admin }) => admin && sameName(name, identity.name));
  if (person.admin && !others && !callerStays && identity.kind !== 'root')
    return { why: 'no other IAM user is an administrator', manual: 'Sign in as root, and run `bootstrap undo` again.' };
  if (person.inlinePolicies.length > 0)
    return {
      why: `it has inline policies, which this tool does not create: ${listed(person.inlinePolicies)}`,
      manual: `Delete the inline policies or the user ${person.name} in the IAM console.`,
    };
  if (credentials.length > 0)
    return {
      why: `it has credentials that this tool does not create: ${listed(credentials)}`,
      manual: `Delete these credentials or the user ${person.name} in the IAM console, and run \`bootstrap undo\` again.`,
    };
  return undefined;
};

const reasonToKeepGroup = (group: Group, own: Own, deleted: readonly string[], people: People): string | undefined => {
  const members = people.users.filter(({ groups }) => groups.some((name) => sameName(name, group.name))).map(({ name }) => name);
  const others = members.filter((name) => !deleted.some((user) => sameName(user, name)));
  if (others.length > 0) return `it has other members: ${listed(others)}`;
  const foreign = group.held.filter(({ name, arn }) => arn === undefined || !own.policies.some((policy) => nameOf(policy) === name));
  return foreign.length === 0 ? undefined : `it has other policies: ${listed(foreign.map(({ name }) => name))}`;
};

/** Of a policy's ARN, or of its name with the path. */
const nameOf = (policy: string): string => policy.slice(policy.lastIndexOf('/') + 1);

const deleteGroup = (group: string, users: readonly string[], policies: readonly string[]): DeleteGroup => ({
  kind: 'delete-group',
  summary: `Delete the group ${group}`,
  risk: 'none',
  calls: ['iam:RemoveUserFromGroup', 'iam:DetachGroupPolicy', 'iam:DeleteGroup'],
  group,
  users,
  policies,
});

const deleteUser = (user: string): DeleteUser => ({
  kind: 'delete-user',
  summary: `Delete the user ${user} with its password, MFA devices and access keys`,
  risk: 'hard-to-undo',
  calls: [
    'iam:DeleteLoginProfile',
    'iam:DeleteAccessKey',
    'iam:DeactivateMFADevice',
    'iam:DeleteVirtualMFADevice',
    'iam:DetachUserPolicy',
    'iam:RemoveUserFromGroup',
    'iam:DeleteUser',
  ],
  user,
});

/** Deletes what a group or user has, and then itself. All of it is read now: an interrupted run may have deleted parts. */
export const applyDeletion = async (context: ApplyContext, change: DeletePeople): Promise<void> => {
  const { cloud } = context;
  context.forget();
  const people = found(await readPeople(cloud));
  if (change.kind === 'delete-group') {
    const { group: GroupName } = change;
    const members = people.users.filter(
      ({ name, groups }) => change.users.includes(name) && groups.some((one) => sameName(one, GroupName)),
    );
    for (const { name } of members) await gone(cloud.write('iam:RemoveUserFromGroup', { GroupName, UserName: name }));
    const attached = people.groups.find(({ name }) => sameName(name, GroupName))?.attachedPolicies ?? [];
    for (const PolicyArn of attached.filter((arn) => change.policies.includes(nameOf(arn))))
      await gone(cloud.write('iam:DetachGroupPolicy', { GroupName, PolicyArn }));
    await gone(cloud.write('iam:DeleteGroup', { GroupName }));
    return;
  }
  const { user: UserName } = change;
  const person = people.users.find(({ name }) => sameName(name, UserName));
  if (person === undefined) return;
  const password = found(await cloud.find('iam:GetLoginProfile', { UserName }, ['NoSuchEntity']));
  if (password !== undefined) await gone(cloud.write('iam:DeleteLoginProfile', { UserName }));
  for (const { id } of found(await readAccessKeys(cloud, UserName)))
    await gone(cloud.write('iam:DeleteAccessKey', { UserName, AccessKeyId: id }));
  for (const serial of found(await readMfaDevices(cloud, UserName))) await removeDevice(context, UserName, serial);
  for (const PolicyArn of person.attachedPolicies) await gone(cloud.write('iam:DetachUserPolicy', { UserName, PolicyArn }));
  for (const GroupName of person.groups) await gone(cloud.write('iam:RemoveUserFromGroup', { GroupName, UserName }));
  await gone(cloud.write('iam:DeleteUser', { UserName }));
};

/**
 * Deactivates a device and, if it is virtual, deletes it. If the answer to the first call is lost, the second shows whether it was carried
 * out: AWS does not delete an assigned device.
 */
export const removeDevice = async ({ cloud }: Pick<ApplyContext, 'cloud'>, user: string, serial: string): Promise<void> => {
  const isVirtual = serial.includes(':mfa/');
  let lost: AmbiguousWriteError | undefined;
  try {
    await gone(cloud.write('iam:DeactivateMFADevice', { UserName: user, SerialNumber: serial }));
  } catch (error) {
    if (!isVirtual || !(error instanceof AmbiguousWriteError)) throw error;
    lost = error;
  }
  if (!isVirtual) return;
  try {
    await gone(cloud.write('iam:DeleteVirtualMFADevice', { SerialNumber: serial }));
  } catch (error) {
    throw lost !== undefined && isAwsError(error, 'DeleteConflict') ? lost : error;
  }
};

/** Someone else deleted it first, which has the same result. */
const gone = async (write: Promise<unknown>): Promise<void> => {
  await write.catch((error: unknown) => {
    if (!isAwsError(error, 'NoSuchEntity')) throw error;
  });
};

const found = <T>(reading: Reading<T>): T => {
  if (!reading.ok) throw unreadError(reading, { message: `${reading.message}.` });
  return reading.value;
};

/** The tag of everything that this tool creates, where AWS can tag it. Later runs recognize their own things by it. */
export const ownTag = { Key: 'created-by', Value: 'aws-account-bootstrap' } as const;

export const hasOwnTag = (tags: Readonly<Record<string, string>>): boolean => tags[ownTag.Key] === ownTag.Value;
