import type { StoredSecret } from './secret.js';

/**
 * Names of AWS profiles that every tool reads the same way: the SDKs take `[\w-@+.%:/]` in `[profile NAME]` and skip the section
 * otherwise; a name with a blank, a quote, a bracket or a comment sign is cut or refused by one or the other.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
const profileNamePattern = /^[\w@+.%:/-]{1,128}$/;

/** What is wrong with a profile's name, as words that follow it; undefined when nothing is. */
export const profileNameProblem = (name: string): string | undefined => {
  if (name === '') return 'is empty; a profile has a name';
  if (name.length > 128) return 'is longer than 128 characters';
  if (/^profile\s/.test(name)) return 'begins with "profile "; write the name alone';
  if (!profileNamePattern.test(name))
    return `${JSON.stringify(name)} has characters that other tools stumble over; use letters, digits and @ + . % : / _ -`;
  // The SDK keeps profiles in a plain object, where such names mean something else.
  if (name in {}) return `${JSON.stringify(name)} is a name that the AWS SDK for JavaScript cannot keep; choose another`;
  return undefined;
};

/**
 * What a profile of `~/.aws` is to a destination: an access key whose user is not known. No IAM user can be called so, since
 * their names have no blanks. `id` is empty when the profile signs in by other means than a key.
 */
export const profileMark = (profile: string, accessKeyId: string): StoredSecret => ({
  kind: 'access-key',
  user: `profile ${profile}`,
  id: accessKeyId,
});
