import { usage } from '../config/usage.js';
import { partitionOf } from '../core/account.js';
import { unreadError, useWords } from '../keys/key-error.js';
import { readKeys, type SeenKey, sameName } from '../keys/key-reading.js';
import { deleteKey, setActive } from '../keys/key-writes.js';
import { deleteRootKeys, keyNamed, onlyRoot, planDelete, planSwitch, rootOrder } from '../keys/removal.js';
import type { KeysOutcome, KeysRun } from './keys-run.js';
import { keysOf, rowsAfter, surroundings, userOf } from './keys-seen.js';

/** `keys disable | enable | delete`. */
export const changeKeys = async (run: KeysRun): Promise<KeysOutcome> => {
  const { flags, connection, inUse, port } = run;
  const { boundary } = connection;
  if (flags.root || (flags.user !== undefined && sameName(flags.user, 'root'))) return deleteOfRoot(run);
  if (flags.all) throw usage('--all belongs to --root: keys of users are deleted one by one.', 'Name the key: --key ID.');
  if (flags.key === undefined) throw usage('It is not said which key is meant.', 'Name it: --key ID; `bootstrap keys list` shows them.');
  const user = userOf(run);
  const found = keyNamed(user, flags.key, await keysOf(run, user, await surroundings(run)));
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
    : `Delete it when nothing misses it: ${run.commandLine(`delete --user ${user} --key ${key.id}`)}; or undo: ${run.commandLine(`enable --user ${user} --key ${key.id}`)}`;
  return { keys: await rowsAfter(run, boundary, user), notes: active ? [] : leftBehind(key, 'switched off'), next };
};

const leftBehind = ({ id, heldIn }: SeenKey, how: string): readonly string[] =>
  heldIn.flatMap((place) => (place.kind === 'profile' ? [`The profile ${place.name} still holds ${id}, which is ${how} now.`] : []));

/** Root's keys: the signing one last, as the last call of the run, since none can follow it. */
const deleteOfRoot = async (run: KeysRun): Promise<KeysOutcome> => {
  const { app, flags, connection, caller, inUse, port } = run;
  const { boundary } = connection;
  if (flags.verb !== 'delete')
    throw usage(
      `Root's keys are listed and deleted, and not switched ${flags.verb === 'enable' ? 'on' : 'off'}.`,
      'Delete them, signed in as root: bootstrap keys delete --root --all.',
    );
  if (flags.user !== undefined && !sameName(flags.user, 'root'))
    throw usage('--root and --user name two owners.', 'Leave one of them out.');
  if ((flags.key === undefined) === !flags.all)
    throw usage("Say which of root's keys: --key ID or --all, not both.", '`bootstrap keys list`, as root, shows their ids.');
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
