import { type Caller, partitionOf } from '../../core/account.js';
import type { BootstrapError } from '../../core/errors.js';
import { keysCommand } from '../../core/keys.js';
import { describeUse, keyError, unreadError } from './errors.js';
import { keysOf, readStorage, rowsAfter, userOf } from './list.js';
import { type ObservedKey, readKeys, type UserKey } from './reads.js';
import { unknownKey } from './rotation-plan.js';
import { isAboutRoot, type KeysFlags, type KeysOutcome, type KeysRun } from './types.js';
import { deleteKey, type KeyPort, setActive, type Signer } from './writes.js';

/** `keys disable | enable | delete`. */
export const changeKeys = async (run: KeysRun): Promise<KeysOutcome> => {
  const { flags, connection, inUse, port } = run;
  const { boundary } = connection;
  const { key: named } = flags;
  // guardFlags makes sure that --key is given, unless the command is about root.
  if (isAboutRoot(flags) || named === undefined) return deleteOfRoot(run);
  const owner = flags.user ?? (await ownerOf(run, named));
  const user = owner ?? userOf(run);
  const keys = await keysOf(run, user, await readStorage(run));
  // Without an owner, the error does not suggest your own keys.
  const found = keyNamed(user, named, owner === undefined ? keys.filter(({ id }) => id === named) : keys);
  const key = { ...found, user };
  const what = `the access key ${key.id} of ${user} (${key.active ? 'active' : 'inactive'}, ${describeUse(key.lastUsed)})`;

  if (flags.verb === 'delete') {
    guardDelete(key, flags.evenIfActive, inUse);
    await run.approve(`Delete ${what}? This cannot be undone.`);
    await deleteKey(boundary, port, key);
    return { keys: await rowsAfter(run, boundary, user), notes: profileNotes(key, 'deleted') };
  }
  const active = flags.verb === 'enable';
  if (!needsChange(key, active, inUse)) {
    return { keys: await rowsAfter(run, boundary, user), notes: [`${key.id} is already ${active ? 'active' : 'inactive'}.`] };
  }
  await run.approve(`${active ? 'Enable' : 'Disable'} ${what}?`);
  await setActive(boundary, port, key, active);
  const next = active
    ? null
    : `If nothing needs the key, delete it: \`${keysCommand('delete', user, key.id)}\`. To enable it again: \`${keysCommand('enable', user, key.id)}\``;
  return { keys: await rowsAfter(run, boundary, user), notes: active ? [] : profileNotes(key, 'inactive'), next };
};

/** The owner of the key; undefined if AWS does not name a user. For a key of root, AWS names the account. */
const ownerOf = async ({ connection, caller }: KeysRun, id: string): Promise<string | undefined> => {
  const use = await connection.boundary.cloud.read('iam:GetAccessKeyLastUsed', { AccessKeyId: id });
  return use.ok && use.value.UserName !== caller.accountId ? use.value.UserName : undefined;
};

const profileNotes = ({ id, heldIn }: ObservedKey, status: string): readonly string[] =>
  heldIn.flatMap((place) => (place.kind === 'profile' ? [`The profile ${place.name} still contains ${id}, which is now ${status}.`] : []));

/** Deletes root's keys. The key that signs the run is deleted by the last call, because no call can follow it. */
const deleteOfRoot = async (run: KeysRun): Promise<KeysOutcome> => {
  const { app, flags, connection, caller, inUse, port } = run;
  const { boundary } = connection;
  if (caller.identity.kind !== 'root') throw onlyRoot(caller, flags);
  const keys = await readKeys(boundary.cloud, null);
  if (!keys.ok) throw unreadError(keys, null);
  const order = rootOrder(keys.value ?? [], { key: flags.key }, inUse);
  if (order.length === 0) return { rootKeys: 0, notes: ['Root has no access key.'] };
  const signs = order.some(({ id }) => id === inUse);
  const warning = `${inUse} signs this run, so it is deleted last. It cannot be used afterwards.`;
  if (signs && app.terminal.quiet) app.terminal.stderr(`${warning}\n`);
  await run.approve(`Delete ${order.map(({ id }) => id).join(' and ')} of root? This cannot be undone.`, signs ? [warning] : []);
  await deleteRootKeys(boundary, port, order, inUse);
  return {
    keys: signs ? [] : await rowsAfter(run, boundary, null),
    notes: signs ? [`${inUse}, which signed this run, is deleted; remove it from where it was stored.`] : [],
    next: signs ? 'From now on, sign in as the administrator with `aws login`.' : null,
  };
};

/** Whether `enable` or `disable` has to change the key. Throws E-KEY-IN-USE. Pure. */
export const needsChange = (key: UserKey & { readonly user: string }, active: boolean, inUse: string): boolean => {
  if (key.active === active) return false;
  if (key.id === inUse) throw inUseError(key);
  return true;
};

/** Throws E-KEY-IN-USE for the key that signs the run, and E-KEY-ACTIVE for an active one without --even-if-active. Pure. */
export const guardDelete = (key: UserKey & { readonly user: string }, evenIfActive: boolean, inUse: string): void => {
  if (key.id === inUse) throw inUseError(key);
  if (!key.active || evenIfActive) return;
  const { id, user } = key;
  throw keyError('E-KEY-ACTIVE', {
    message: `The key ${id} of ${user} is active, and deleting it cannot be undone.`,
    next: `Disable it first (\`${keysCommand('disable', user, id)}\`), and delete it if nothing needs it; or add --even-if-active.`,
  });
};

const inUseError = ({ id, user }: UserKey & { readonly user: string }): BootstrapError =>
  keyError('E-KEY-IN-USE', {
    message: `The key ${id} of ${user} signs this run. Without it, you could not undo the change.`,
    next: 'Sign in another way (`aws login`, or as the administrator with --profile) and run the same command again.',
  });

const keyNamed = <Key extends UserKey>(user: string | null, id: string, keys: readonly Key[]): Key => {
  const found = keys.find((key) => key.id === id);
  if (found === undefined) throw unknownKey(user, id, keys);
  return found;
};

/** The keys of root to delete, in order: the key that signs the run comes last. Throws E-KEY-UNKNOWN. Pure. */
export const rootOrder = (keys: readonly UserKey[], chosen: { readonly key: string | undefined }, inUse: string): readonly UserKey[] => {
  const picked = chosen.key === undefined ? keys : [keyNamed(null, chosen.key, keys)];
  return [...picked.filter(({ id }) => id !== inUse), ...picked.filter(({ id }) => id === inUse)];
};

/** Only root can delete its keys, with requests that name no user. */
export const deleteRootKeys = async (signer: Signer, port: KeyPort, keys: readonly UserKey[], inUse: string): Promise<void> => {
  for (const key of keys) await deleteKey(signer, port, key, key.id === inUse);
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html */
const onlyRoot = ({ identity, partition }: Caller, { key }: KeysFlags): BootstrapError =>
  keyError('E-KEY-ROOT', {
    message: `Only root can delete root's access keys; you are signed in as ${identity.arn}. No policy can allow this for anyone else.`,
    next: `Sign in as root and run \`bootstrap keys delete --root ${key === undefined ? '--all' : `--key ${key}`} --profile ROOT\`, or delete the keys in the console as root: https://${partitionOf(partition).consoleHost}/iam/home#/security_credentials`,
  });
