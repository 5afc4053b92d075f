import { BootstrapError } from '../core/error.js';
import { NotStoredError, type SecretEntry } from '../core/secret-sink.js';
import { isKept, storeError, whyRefused } from './destination-error.js';
import type { ProfileWriter } from './profile.js';
import { nameOf } from './secrets-document.js';

/**
 * Brings an entry to where it belongs: an access key with a profile into that profile, everything else to the chosen place, which
 * also takes a key that its profile refuses. Throws E-SECRETS-STORE (exit 7): the entry is elsewhere than it was meant to be, or,
 * as `NotStoredError`, nowhere.
 */
export const storeAt = async (
  entry: SecretEntry,
  to: { readonly keep: (entry: SecretEntry) => Promise<void>; readonly place: string; readonly profiles: ProfileWriter | undefined },
): Promise<void> => {
  const { place, profiles } = to;
  const keep = async (): Promise<void> => {
    try {
      await to.keep(entry);
    } catch (error) {
      const why = error instanceof BootstrapError ? error.message : whyRefused(error);
      throw new NotStoredError({
        message: `The ${nameOf(entry)} could not be kept in ${place}: ${why}`,
        next: 'Mend the cause and run the same command again.',
        cause: error,
      });
    }
  };
  if (entry.kind !== 'access-key' || profiles === undefined || entry.profile === '') return keep();
  try {
    await profiles.write(entry);
  } catch (error) {
    if (isKept(error)) throw error;
    // The secret exists only here: the other place that was chosen takes it.
    await keep();
    const why = error instanceof Error ? error.message : String(error);
    throw storeError(
      `The access key ${entry.accessKeyId} is in ${place} instead of the profile ${entry.profile}: ${why}`,
      'Copy it into a profile by hand.',
      error,
    );
  }
};
