import { type Behaviours, Fault, type Scene } from '../../behaviour.js';
import { checkPassword } from './account.js';
import { checkLength, invalid, invalidValue } from './constraints.js';
import {
  absent,
  byName,
  conflict,
  date,
  exists,
  findUser,
  implicitUser,
  listing,
  overQuota,
  quotas,
  readTags,
  rootShape,
  someTags,
  tagList,
  taken,
  underPath,
  userShape,
} from './entities.js';
import { boundaryShape, newBoundary } from './permissions-boundaries.js';
import { findKey } from '../../caller.js';
import { accessKeyId, secretKey, uniqueId } from '../../credentials.js';
import type { AccessKeyWorld, UserWorld } from '../../world.js';

export const users: Behaviours = {
  CreateUser(input, { account, now, random }) {
    checkLength('UserName', input.UserName, 64);
    if (taken(account.users, input.UserName)) throw exists(`User with name ${input.UserName} already exists.`);
    if (account.users.length >= quotas.users) throw overQuota('UsersPerAccount', quotas.users);
    const user: UserWorld = {
      id: uniqueId('AIDA', random),
      name: input.UserName,
      path: input.Path ?? '/',
      createdAt: now.toISOString(),
      tags: readTags(input.Tags),
      groups: [],
      attachedPolicies: [],
      inlinePolicies: {},
      password: null,
      accessKeys: [],
      ...newBoundary(account, input.PermissionsBoundary),
    };
    account.users.push(user);
    return { User: { ...userShape(account, user), PermissionsBoundary: boundaryShape(user), Tags: someTags(user.tags) } };
  },

  GetUser(input, scene) {
    const user = implicitUser(input.UserName, scene);
    if (user === 'root') return { User: rootShape(scene.account) };
    return { User: { ...userShape(scene.account, user), PermissionsBoundary: boundaryShape(user), Tags: someTags(user.tags) } };
  },

  /** Omits tags and the boundary, unlike GetUser. */
  ListUsers(input, { account }) {
    const found = underPath(byName(account.users), input.PathPrefix);
    return listing(
      'Users',
      found.map((user) => userShape(account, user)),
      input,
    );
  },

  DeleteUser(input, { account }) {
    const user = findUser(account, input.UserName);
    const must = (action: string) => conflict(`Cannot delete entity, must ${action} first.`);
    if (user.accessKeys.length > 0) throw must('delete access keys');
    if (account.mfaDevices.some((device) => device.user === user.name)) throw must('deactivate MFA devices');
    if (user.password !== null) throw must('delete login profile');
    if ((user.signingCertificates ?? []).length > 0) throw must('delete signing certificates');
    if ((user.sshPublicKeys ?? []).length > 0) throw must('delete SSH public keys');
    if ((user.serviceCredentials ?? []).length > 0) throw must('delete service specific credentials');
    if (user.groups.length > 0) throw must('remove users from group');
    if (user.attachedPolicies.length > 0) throw must('detach all policies');
    if (Object.keys(user.inlinePolicies).length > 0) throw must('delete policies');
    account.users = account.users.filter((each) => each !== user);
    return {};
  },

  TagUser(input, { account }) {
    const user = findUser(account, input.UserName);
    user.tags = readTags(input.Tags, user.tags);
    return {};
  },

  ListUserTags(input, { account }) {
    return listing('Tags', tagList(findUser(account, input.UserName).tags), input);
  },
};

export const accessKeys: Behaviours = {
  CreateAccessKey(input, scene) {
    const { account, now, random } = scene;
    const { owner, keys } = ownerOf(input.UserName, scene);
    if (keys.length >= quotas.accessKeysPerUser) throw overQuota('AccessKeysPerUser', quotas.accessKeysPerUser);
    const key: AccessKeyWorld = {
      id: accessKeyId('AKIA', account.id, random),
      secret: secretKey(random),
      status: 'Active',
      createdAt: now.toISOString(),
      lastUsed: null,
    };
    keys.push(key);
    return { AccessKey: { UserName: owner, AccessKeyId: key.id, Status: key.status, SecretAccessKey: key.secret, CreateDate: now } };
  },

  ListAccessKeys(input, scene) {
    const { owner, keys } = ownerOf(input.UserName, scene);
    const shapes = keys.map((key) => ({ UserName: owner, AccessKeyId: key.id, Status: key.status, CreateDate: date(key.createdAt) }));
    return listing('AccessKeyMetadata', shapes, input);
  },

  UpdateAccessKey(input, scene) {
    if (input.Status === 'Expired') throw invalidValue('Status', input.Status, 'Member must satisfy enum value set: [Active, Inactive]');
    keyOf(input, scene).status = input.Status;
    return {};
  },

  DeleteAccessKey(input, scene) {
    const { keys } = ownerOf(input.UserName, scene);
    keys.splice(keys.indexOf(keyOf(input, scene)), 1);
    return {};
  },

  /** A key of another account is refused like one that does not exist. */
  GetAccessKeyLastUsed(input, { world, account }) {
    const found = findKey(world, input.AccessKeyId);
    if (found === undefined || found.account.id !== account.id) {
      const what = `iam:GetAccessKeyLastUsed on resource: access key ${input.AccessKeyId}`;
      throw new Fault('AccessDenied', 403, `User is not authorized to perform: ${what}`);
    }
    const { lastUsed } = found.key;
    return {
      UserName: found.principal.kind === 'user' ? found.principal.name : account.id,
      AccessKeyLastUsed: {
        LastUsedDate: lastUsed === null ? undefined : date(lastUsed.at),
        ServiceName: lastUsed?.service ?? 'N/A',
        Region: lastUsed?.region ?? 'N/A',
      },
    };
  },
};

/** With temporary credentials, a user must pass the user name. If root passes none, root's own keys are used. */
function ownerOf(name: string | undefined, scene: Scene): { readonly owner: string | undefined; readonly keys: AccessKeyWorld[] } {
  if (name === undefined && scene.caller.kind === 'user' && scene.accessKeyId.startsWith('ASIA')) {
    throw invalid('Must specify userName when calling with temporary credentials');
  }
  const user = implicitUser(name, scene);
  return user === 'root' ? { owner: undefined, keys: scene.account.root.accessKeys } : { owner: user.name, keys: user.accessKeys };
}

function keyOf(input: { readonly UserName?: string; readonly AccessKeyId: string }, scene: Scene): AccessKeyWorld {
  const key = ownerOf(input.UserName, scene).keys.find((each) => each.id === input.AccessKeyId);
  return key ?? absent(`The Access Key with id ${input.AccessKeyId} cannot be found.`);
}

export const loginProfiles: Behaviours = {
  GetLoginProfile(input, scene) {
    if (isRoot(input, scene)) return { LoginProfile: rootProfile(scene) };
    return { LoginProfile: profileShape(withPassword(named(implicitUser(input.UserName, scene)))) };
  },

  CreateLoginProfile(input, scene) {
    // A session of AssumeRoot sets no password: root then chooses one on the sign-in page ("Forgot password?").
    if (isRoot(input, scene)) {
      if (scene.account.root.passwordPresent) throw exists('Login Profile for root already exists.');
      scene.account.root.passwordPresent = true;
      return { LoginProfile: rootProfile(scene) };
    }
    const user = named(implicitUser(input.UserName, scene));
    if (input.Password === undefined) throw invalidValue('Password', undefined, 'Member must not be null');
    if (user.password !== null) throw exists(`Login Profile for user ${user.name} already exists.`);
    checkPassword(scene.account, user, input.Password);
    user.password = {
      value: input.Password,
      createdAt: scene.now.toISOString(),
      resetRequired: input.PasswordResetRequired === true,
      lastUsed: null,
    };
    return { LoginProfile: profileShape({ ...user, password: user.password }) };
  },

  UpdateLoginProfile(input, { account, now }) {
    const user = withPassword(findUser(account, input.UserName));
    if (input.Password !== undefined && input.Password !== user.password.value) {
      checkPassword(account, user, input.Password);
      replace(user, input.Password, now);
    }
    if (input.PasswordResetRequired !== undefined) user.password.resetRequired = input.PasswordResetRequired;
    return {};
  },

  DeleteLoginProfile(input, scene) {
    if (isRoot(input, scene)) {
      rootProfile(scene);
      scene.account.root.passwordPresent = false;
      return {};
    }
    const user = named(implicitUser(input.UserName, scene));
    const { lastUsed } = withPassword(user).password;
    // AWS goes on reporting the last use to the next password of the user.
    if (lastUsed !== null) user.passwordLastUsed = lastUsed;
    user.password = null;
    return {};
  },
};

type UserWithPassword = UserWorld & { password: NonNullable<UserWorld['password']> };

/** Former passwords to compare new ones with: at most the 23 before the current one. */
function replace(user: UserWithPassword, value: string, now: Date): void {
  const former = [user.password.value, ...(user.password.former ?? [])].slice(0, 23);
  Object.assign(user.password, { value, former, changedAt: now.toISOString() });
}

/** AWS returns the same error if the user does not exist. */
function withPassword(user: UserWorld): UserWithPassword {
  if (user.password === null) absent(`Login Profile for User ${user.name} cannot be found.`);
  return user as UserWithPassword;
}

function named(user: UserWorld | 'root'): UserWorld {
  if (user === 'root') throw invalid('Must specify userName when calling with non-User credentials');
  return user;
}

/** Whether the request is about root's own password: only in a session of AssumeRoot. */
const isRoot = (input: { readonly UserName?: string }, { world, caller, accessKeyId: signer }: Scene): boolean =>
  input.UserName === undefined && caller.kind === 'root' && world.sessions[signer]?.policies !== undefined;

const rootProfile = ({ account }: Scene) =>
  account.root.passwordPresent
    ? { UserName: undefined, CreateDate: date(account.createdAt), PasswordResetRequired: false }
    : absent('Login Profile for User root cannot be found.');

const profileShape = (user: UserWithPassword) => ({
  UserName: user.name,
  CreateDate: date(user.password.createdAt),
  PasswordResetRequired: user.password.resetRequired,
});

/** X.509 certificates of root and of users. */
export const signingCertificates: Behaviours = {
  ListSigningCertificates(input, scene) {
    const owner = implicitUser(input.UserName, scene);
    const owned =
      owner === 'root'
        ? (scene.account.root.signingCertificates ?? [])
        : (owner.signingCertificates ?? []).map((id) => ({ id, status: 'Active', uploadedAt: owner.createdAt }));
    const shapes = owned.map(({ id, status, uploadedAt }) => ({
      UserName: owner === 'root' ? '<root_account>' : owner.name,
      CertificateId: id,
      CertificateBody: '-----BEGIN CERTIFICATE-----\npractice\n-----END CERTIFICATE-----',
      Status: status,
      UploadDate: date(uploadedAt),
    }));
    return listing('Certificates', shapes, input);
  },

  DeleteSigningCertificate(input, scene) {
    const { root } = scene.account;
    const owned = implicitUser(input.UserName, scene) === 'root' ? (root.signingCertificates ?? []) : [];
    if (!owned.some(({ id }) => id === input.CertificateId)) absent(`The Certificate with id ${input.CertificateId} cannot be found.`);
    root.signingCertificates = owned.filter(({ id }) => id !== input.CertificateId);
    return {};
  },
};

/** For CodeCommit and other services: users have them only if a test or the user's file put them there. */
export const serviceCredentials: Behaviours = {
  ListSSHPublicKeys(input, scene) {
    const { name: UserName, createdAt, sshPublicKeys = [] } = named(implicitUser(input.UserName, scene));
    const shapes = sshPublicKeys.map((SSHPublicKeyId) => ({ UserName, SSHPublicKeyId, Status: 'Active', UploadDate: date(createdAt) }));
    return listing('SSHPublicKeys', shapes, input);
  },

  ListServiceSpecificCredentials(input, scene) {
    const { name: UserName, createdAt, serviceCredentials: ids = [] } = named(implicitUser(input.UserName, scene));
    const shapes = ids.map((ServiceSpecificCredentialId) => ({
      UserName,
      Status: 'Active',
      CreateDate: date(createdAt),
      ServiceSpecificCredentialId,
      ServiceName: 'codecommit.amazonaws.com',
    }));
    return listing('ServiceSpecificCredentials', shapes, input);
  },
};
