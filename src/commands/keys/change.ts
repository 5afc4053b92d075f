import { partitionOf } from '../../core/account.js';
import type { BootstrapError } from '../../core/errors.js';
import { describeUse, keyError, unreadError } from './errors.js';
import { keysOf, rowsAfter, surroundings, userOf } from './list.js';
import { type ObservedKey, readKeys, type UserKey } from './reads.js';
import { unknownKey } from './rotation-plan.js';
import { isAboutRoot, type KeysOutcome, type KeysRun } from './types.js';
import { deleteKey, type KeyPort, setActive, type Signer } from './writes.js';

/** `keys disable | enable | delete`. */
export const changeKeys = async (run: KeysRun): Promise<KeysOutcome> => {
  const { flags, connection, inUse, port } = run;
  const { boundary } = connection;
  const { key: named } = flags;
  // guardFlags has seen to it: a key is named, unless it is about root.
  if (isAboutRoot(flags) || named === undefined) return deleteOfRoot(run);
  const user = userOf(run);
  const found = keyNamed(user, named, await keysOf(run, user, await surroundings(run)));
  const key = { ...found, user };
  const what = `the access key ${key.id} of ${user} (${key.active ? 'active' : 'inactive'}, ${describeUse(key.lastUsed)})`;

  if (flags.verb === 'delete') {
    planDelete(key, flags.evenIfActive, inUse);
    await run.approve(`Delete ${what}? It cannot be brought back.`);
    await deleteKey(boundary, port, key);
    return { keys: await rowsAfter(run, boundary, user), notes: leftBehind(key, 'deleted') };
  }
  const active = flags.verb === 'enable';
  if (planSwitch(key, active, inUse) === undefined) {
    return { keys: await rowsAfter(run, boundary, user), notes: [`${key.id} is ${active ? 'active' : 'switched off'} already.`] };
  }
  await run.approve(`${active ? 'Switch on' : 'Switch off'} ${what}?`);
  await setActive(boundary, port, key, active);
  const next = active
    ? null
    : `Delete it when nothing misses it: \`bootstrap keys delete --user ${user} --key ${key.id}\`; or undo: \`bootstrap keys enable --user ${user} --key ${key.id}\``;
  return { keys: await rowsAfter(run, boundary, user), notes: active ? [] : leftBehind(key, 'switched off'), next };
};

const leftBehind = ({ id, heldIn }: ObservedKey, how: string): readonly string[] =>
  heldIn.flatMap((place) => (place.kind === 'profile' ? [`The profile ${place.name} still holds ${id}, which is ${how} now.`] : []));

/** Root's keys: the signing one last, as the last call of the run, since none can follow it. */
const deleteOfRoot = async (run: KeysRun): Promise<KeysOutcome> => {
  const { app, flags, connection, caller, inUse, port } = run;
  const { boundary } = connection;
  if (caller.identity.kind !== 'root')
    throw onlyRoot(caller.identity.arn, `https://${partitionOf(caller.partition).consoleHost}/iam/home#/security_credentials`);
  const keys = await readKeys(boundary.cloud, null);
  if (!keys.ok) throw unreadError(keys, null);
  const order = rootOrder(keys.value ?? [], { key: flags.key }, inUse);
  if (order.length === 0) return { rootKeys: 0, notes: ['Root has no access key.'] };
  const signs = order.some(({ id }) => id === inUse);
  const warning = `${inUse} signs this run: it is deleted last, as the last call, and nothing can be done with it afterwards.`;
  if (signs && app.terminal.quiet) app.terminal.stderr(`${warning}\n`);
  await run.approve(`Delete ${order.map(({ id }) => id).join(' and ')} of root? They cannot be brought back.`, signs ? [warning] : []);
  await deleteRootKeys(boundary, port, order, inUse);
  return {
    keys: signs ? [] : await rowsAfter(run, boundary, null),
    notes: signs ? [`${inUse} signed this run and is gone; remove it from where it was kept.`] : [],
    next: signs ? 'From now on sign in as the administrator, by `aws login`.' : null,
  };
};

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
