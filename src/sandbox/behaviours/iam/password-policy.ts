import type { Behaviours } from '../../behaviour.js';
import { Fault } from '../../fault.js';
import type { AccountWorld, UserWorld } from '../../world.js';
import { absent } from './entities.js';

/** Default of each field that UpdateAccountPasswordPolicy omits: there are no partial updates. */
const defaults = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
} as const;

export const passwordPolicy: Behaviours = {
  GetAccountPasswordPolicy(_input, { account }) {
    if (account.passwordPolicy === null) absent(`The Password Policy with domain name ${account.id} cannot be found.`);
    return { PasswordPolicy: { ...account.passwordPolicy } };
  },

  UpdateAccountPasswordPolicy(input, { account }) {
    const { MaxPasswordAge, PasswordReusePrevention, HardExpiry, ...rest } = input;
    account.passwordPolicy = {
      ...defaults,
      ...Object.fromEntries(Object.entries(rest).filter(([name]) => name in defaults)),
      ExpirePasswords: MaxPasswordAge !== undefined,
      ...(MaxPasswordAge === undefined ? {} : { MaxPasswordAge }),
      ...(PasswordReusePrevention === undefined ? {} : { PasswordReusePrevention }),
      ...(HardExpiry === undefined ? {} : { HardExpiry }),
    };
    return {};
  },

  DeleteAccountPasswordPolicy(_input, { account }) {
    if (account.passwordPolicy === null) absent(`The account policy with name PasswordPolicy cannot be found.`);
    account.passwordPolicy = null;
    return {};
  },
};

const symbols = /[!@#$%^&*()_+\-=[\]{}|']/;

/** Throws PasswordPolicyViolation if the account's policy does not allow the password. Without a policy, AWS's default applies. */
export function checkPassword(account: AccountWorld, user: UserWorld, password: string): void {
  const refuse = (message: string) => new Fault('PasswordPolicyViolation', 400, message);
  const classes = [/[A-Z]/, /[a-z]/, /[0-9]/, symbols].filter((each) => each.test(password)).length;
  const policy = account.passwordPolicy;
  if (policy === null) {
    if (password.length < 8) throw refuse('Password should have a minimum length of 8');
    if (classes < 3) throw refuse('Password should have at least three of: uppercase letters, lowercase letters, numbers, symbols');
    if ([account.name, account.email, account.alias ?? ''].includes(password))
      throw refuse('Password must not be the name or the email address of the account');
    return;
  }
  const least = Number(policy.MinimumPasswordLength ?? 6);
  if (password.length < least) throw refuse(`Password should have a minimum length of ${least}`);
  const required = [
    ['RequireUppercaseCharacters', /[A-Z]/, 'uppercase letter'],
    ['RequireLowercaseCharacters', /[a-z]/, 'lowercase letter'],
    ['RequireNumbers', /[0-9]/, 'number'],
    ['RequireSymbols', symbols, 'symbol'],
  ] as const;
  for (const [name, pattern, what] of required) {
    if (policy[name] === true && !pattern.test(password)) throw refuse(`Password should have at least one ${what}`);
  }
  const reuse = Number(policy.PasswordReusePrevention ?? 0);
  const former = user.password === null ? [] : [user.password.value, ...(user.password.former ?? [])];
  if (former.slice(0, reuse).includes(password)) throw refuse('Password has been used previously');
}
