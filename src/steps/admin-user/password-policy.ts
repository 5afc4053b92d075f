import type { PasswordPolicy, UpdateAccountPasswordPolicyCommandInput } from '@aws-sdk/client-iam';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';

export interface WantedPolicy {
  readonly minimumLength: number;
  readonly reusePrevention: number;
}

/** In the default policy of AWS, which also asks for 3 of 4 classes of characters. */
export const defaultMinimumLength = 8;

/** The account's own password policy; undefined if it has none, so the default of AWS applies. */
export const readPasswordPolicy = async (cloud: ReadCloud): Promise<Reading<PasswordPolicy | undefined>> =>
  map(await cloud.find('iam:GetAccountPasswordPolicy', {}, ['NoSuchEntity']), (output) => output?.PasswordPolicy);

export const meets = (policy: PasswordPolicy | undefined, wanted: WantedPolicy): boolean =>
  policy !== undefined &&
  (policy.MinimumPasswordLength ?? 0) >= wanted.minimumLength &&
  (policy.PasswordReusePrevention ?? 0) >= wanted.reusePrevention;

/**
 * The input that makes the policy at least as strict as wanted and loosens nothing. UpdateAccountPasswordPolicy has no partial
 * update: a field that is left out is reset to its default. A first custom policy would drop the default's character classes and
 * the users' permission to change their password, so both are sent. Expiry is only sent if it is already set.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
 */
export const merged = (policy: PasswordPolicy | undefined, wanted: WantedPolicy): UpdateAccountPasswordPolicyCommandInput => ({
  MinimumPasswordLength: Math.max(policy?.MinimumPasswordLength ?? 0, wanted.minimumLength),
  PasswordReusePrevention: Math.max(policy?.PasswordReusePrevention ?? 0, wanted.reusePrevention),
  RequireLowercaseCharacters: policy?.RequireLowercaseCharacters ?? true,
  RequireUppercaseCharacters: policy?.RequireUppercaseCharacters ?? true,
  RequireNumbers: policy?.RequireNumbers ?? true,
  RequireSymbols: policy?.RequireSymbols ?? true,
  AllowUsersToChangePassword: policy?.AllowUsersToChangePassword ?? true,
  ...(policy?.MaxPasswordAge ? { MaxPasswordAge: policy.MaxPasswordAge } : {}),
  ...(policy?.HardExpiry === undefined ? {} : { HardExpiry: policy.HardExpiry }),
});

export const describePolicy = (policy: PasswordPolicy | undefined): string =>
  policy === undefined
    ? "AWS's default (8 characters, no reuse prevention)"
    : `${policy.MinimumPasswordLength ?? 6} characters, ${policy.PasswordReusePrevention ? `last ${policy.PasswordReusePrevention} not reused` : 'no reuse prevention'}`;
