import type { StoredSecret } from './secret.js';

/**
 * Names of AWS profiles that every tool reads the same way. The SDKs accept `[\w-@+.%:/]` in `[profile NAME]` and skip the section
 * otherwise; some tools cut or refuse a name with a blank, a quote, a bracket or a comment sign.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
const profileNamePattern = /^[\w@+.%:/-]{1,128}$/;

/** Why a profile name is invalid, as the end of a sentence that starts with the name; undefined when it is valid. */
export const profileNameProblem = (name: string): string | undefined => {
  if (name === '') return 'is empty';
  if (name.length > 128) return 'is longer than 128 characters';
  if (/^profile\s/.test(name)) return 'begins with "profile "; write the name alone';
  if (!profileNamePattern.test(name))
    return `${JSON.stringify(name)} has characters that some AWS tools cannot read; use letters, digits and @ + . % : / _ -`;
  // The SDK stores profiles in a plain object, where such names are properties of every object.
  if (name in {}) return `${JSON.stringify(name)} is a name that the AWS SDK for JavaScript cannot read; choose another`;
  return undefined;
};

/**
 * A profile of `~/.aws` as a stored secret: an access key whose user is not known. No IAM user can have this name, because IAM user names
 * have no blanks. `id` is empty when the profile does not sign in with a key.
 */
export const profileMark = (profile: string, accessKeyId: string): StoredSecret => ({
  kind: 'access-key',
  user: `profile ${profile}`,
  id: accessKeyId,
});
