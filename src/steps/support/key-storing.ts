import { BootstrapError } from '../../core/error.js';
import { NotStoredError, type SecretEntry } from '../../core/secret-sink.js';
import type { ApplyContext } from '../../core/step.js';
import { noted } from './noted.js';
import { retireKey } from './retire-key.js';

type KeyEntry = Extract<SecretEntry, { kind: 'access-key' }>;

/**
 * Stores the secret of a key that AWS has just made. Throws E-SECRETS-STORE: the key is kept elsewhere than it was meant to be, or
 * no place took it and it was deleted again; never is it printed.
 */
export const storeKey = async (context: ApplyContext, entry: string, key: KeyEntry): Promise<void> => {
  const { secrets } = context;
  const { accessKeyId, profile } = key;
  await noted(context, entry, { made: accessKeyId });
  try {
    await secrets.store(key);
  } catch (error) {
    if (!isKept(error)) throw await takenBack(context, entry, key, error);
    // Not where it was meant to be; the error says where.
    await noted(context, entry, { state: 'closed', place: 'another place than the chosen one' });
    throw error;
  }
  const place = profile === '' ? secrets.place('console-password') : `the profile ${profile}`;
  await noted(context, entry, { state: 'closed', place });
};

const isKept = (error: unknown): boolean =>
  error instanceof BootstrapError && error.code === 'E-SECRETS-STORE' && !(error instanceof NotStoredError);

/** Nobody has the secret but this process: the key goes before it does. */
const takenBack = async (
  context: ApplyContext,
  entry: string,
  { user, accessKeyId }: KeyEntry,
  thrown: unknown,
): Promise<BootstrapError> => {
  const error =
    thrown instanceof NotStoredError
      ? thrown
      : new NotStoredError({
          message: `The access key ${accessKeyId} of ${user} could not be kept: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
          next: 'Mend the cause and run the same command again.',
          cause: thrown,
        });
  const told = (what: string, next: string): BootstrapError =>
    new BootstrapError({ ...error.info('access-keys'), exit: 7, message: `${error.message} ${what}`, next, changed: true, cause: error });
  try {
    await retireKey(context, user, accessKeyId);
  } catch {
    const place = error.secondPlace;
    if (place === null) {
      return told(
        `The access key ${accessKeyId} of ${user} could not be deleted either, so nobody can use it.`,
        'Mend the cause and run the same command again; it deletes that key first.',
      );
    }
    await noted(context, entry, { state: 'closed', place });
    return told(
      `The access key ${accessKeyId} of ${user} could not be deleted either; its secret is in ${place}.`,
      `Keep the secret from there, or delete the key: aws iam delete-access-key --user-name ${user} --access-key-id ${accessKeyId}.`,
    );
  }
  await noted(context, entry, { state: 'closed' });
  await error.discard().catch(() => {});
  return told(`The access key ${accessKeyId} was deleted again, so nothing is left of it.`, error.next);
};
