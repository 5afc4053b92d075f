import { partitionOf } from '../core/account.js';
import { unreadError, useWords } from '../keys/key-error.js';
import { readKeys, type SeenKey } from '../keys/key-reading.js';
import { deleteKey, setActive } from '../keys/key-writes.js';
import { deleteRootKeys, keyNamed, onlyRoot, planDelete, planSwitch, rootOrder } from '../keys/removal.js';
import { isAboutRoot } from './keys-guards.js';
import type { KeysOutcome, KeysRun } from './keys-run.js';
import { keysOf, rowsAfter, surroundings, userOf } from './keys-seen.js';

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
  const what = `the access key ${key.id} of ${user} (${key.active ? 'active' : 'inactive'}, ${useWords(key.lastUsed)})`;

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

const leftBehind = ({ id, heldIn }: SeenKey, how: string): readonly string[] =>
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
