import type { Behaviours } from '../../behaviour.js';
import type { Scene } from '../../behaviour.js';
import { Fault } from '../../fault.js';
import type { UserWorld } from '../../world.js';
import { invalid, invalidValue } from './constraints.js';
import { absent, date, exists, findUser, implicitUser } from './entities.js';
import { checkPassword } from './password-policy.js';

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

  /** For the calling user only, not for root. */
  ChangePassword(input, { account, caller, now }) {
    if (caller.kind !== 'user') throw new Fault('InvalidUserType', 400, 'Only IAM Users can change their own password');
    const user = withPassword(findUser(account, caller.name));
    if (input.OldPassword !== user.password.value) throw new Fault('AccessDenied', 403, 'The old password was incorrect.');
    checkPassword(account, user, input.NewPassword);
    replace(user, input.NewPassword, now);
    user.password.resetRequired = false;
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
const isRoot = (input: { readonly UserName?: string }, { world, caller, accessKeyId }: Scene): boolean =>
  input.UserName === undefined && caller.kind === 'root' && world.sessions[accessKeyId]?.policies !== undefined;

const rootProfile = ({ account }: Scene) =>
  account.root.passwordPresent
    ? { UserName: undefined, CreateDate: date(account.createdAt), PasswordResetRequired: false }
    : absent('Login Profile for User root cannot be found.');

const profileShape = (user: UserWithPassword) => ({
  UserName: user.name,
  CreateDate: date(user.password.createdAt),
  PasswordResetRequired: user.password.resetRequired,
});
