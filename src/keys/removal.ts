import type { BootstrapError } from '../core/error.js';
import { keyError } from './key-error.js';
import type { UserKey } from './key-reading.js';
import { deleteKey, type KeyPort, type Signer } from './key-writes.js';
import { unknownKey } from './rotation-plan.js';

/** What `disable`, `enable` and `delete` are about to do; undefined when it is so already. Throws when it must not be done. Pure. */
export const planSwitch = (key: UserKey & { readonly user: string }, active: boolean, inUse: string): 'switch' | undefined => {
  if (key.active === active) return undefined;
  if (key.id === inUse) throw inUseError(key);
  return 'switch';
};

export const planDelete = (key: UserKey & { readonly user: string }, evenIfActive: boolean, inUse: string): 'delete' => {
  if (key.id === inUse) throw inUseError(key);
  if (!key.active || evenIfActive) return 'delete';
  const { id, user } = key;
  throw keyError('E-KEY-ACTIVE', {
    message: `The key ${id} of ${user} is active, and deleting cannot be undone.`,
    next: `Switch it off first (\`bootstrap keys disable --user ${user} --key ${id}\`), see whether anything misses it, then delete it; or add --even-if-active.`,
  });
};

const inUseError = ({ id, user }: UserKey & { readonly user: string }): BootstrapError =>
  keyError('E-KEY-IN-USE', {
    message: `The key ${id} of ${user} signs this very run; without it there is no way back.`,
    next: 'Sign in another way (aws login, or as the administrator with --profile) and run the same command again.',
  });

export const keyNamed = <Key extends UserKey>(user: string | null, id: string, keys: readonly Key[]): Key => {
  const found = keys.find((key) => key.id === id);
  if (found === undefined) throw unknownKey(user, id, keys);
  return found;
};

/** Which of root's keys go, in order: the one that signs the run is the last, since nothing can be done after it. */
export const rootOrder = (keys: readonly UserKey[], chosen: { readonly key: string | undefined }, inUse: string): readonly UserKey[] => {
  const picked = chosen.key === undefined ? keys : [keyNamed(null, chosen.key, keys)];
  return [...picked.filter(({ id }) => id !== inUse), ...picked.filter(({ id }) => id === inUse)];
};

/** Root's keys are root's alone to delete, by requests that name no user. */
export const deleteRootKeys = async (signer: Signer, port: KeyPort, keys: readonly UserKey[], inUse: string): Promise<void> => {
  for (const key of keys) await deleteKey(signer, port, key, key.id === inUse);
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html */
export const onlyRoot = (arn: string, consolePage: string): BootstrapError =>
  keyError('E-KEY-ROOT', {
    message: `Only root can delete root's access keys; you are signed in as ${arn}. No policy can allow it to anyone else.`,
    next: `Sign in as root (aws login) and run the same command again, or delete them in the console as root: ${consolePage}`,
  });
