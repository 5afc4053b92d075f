import { unreadExit, worstExit } from '../core/error.js';
import type { KeysReport } from '../core/keys.js';
import type { ReadCloud } from '../core/cloud.js';
import { unreadError } from '../keys/key-error.js';
import { readKeys, readUserNames, type SeenKey, see } from '../keys/key-reading.js';
import type { KeysOutcome, KeysRun } from './keys-run.js';
import { keysOf, rowsOf, surroundings } from './keys-seen.js';

/** `keys list`: every key of every user (of one, with --user), and how many root has. Reads only. */
export const listKeys = async (run: KeysRun): Promise<KeysOutcome> => {
  const { flags, connection, caller } = run;
  const { cloud } = connection.boundary;
  const around = await surroundings(run);
  if (flags.user !== undefined) return { keys: await rowsOf(run, await keysOf(run, flags.user, around)) };

  const isRoot = caller.identity.kind === 'root';
  const [names, rootKeys, own] = await Promise.all([
    readUserNames(cloud),
    countRootKeys(cloud),
    isRoot ? readKeys(cloud, null) : undefined,
  ]);
  const alone = !names.ok && names.cause === 'denied' && caller.identity.kind === 'user';
  if (!names.ok && !alone) throw unreadError(names, null);
  if (own !== undefined && !own.ok) throw unreadError(own, null);
  const users = names.ok ? names.value : [caller.identity.name];
  const lists = await Promise.all(users.map(async (user) => ({ user, keys: await readKeys(cloud, user) })));
  if (alone && lists[0]?.keys.ok === false) throw unreadError(lists[0].keys, caller.identity.name);
  const unread = lists.flatMap(({ user, keys }): KeysReport['unread'] =>
    keys.ok ? [] : [{ user, reason: keys.message, missingPermission: keys.missingPermission ?? null }],
  );
  const seen: readonly SeenKey[] = await see(
    cloud,
    [...(own?.value ?? []), ...lists.flatMap(({ keys }) => (keys.ok ? (keys.value ?? []) : []))],
    around,
  );
  return {
    keys: await rowsOf(run, seen),
    rootKeys,
    unread,
    notes: alone ? [`Only the keys of ${caller.identity.name} are shown: AWS denied iam:ListUsers.`] : [],
    next:
      (rootKeys ?? 0) > 0
        ? isRoot
          ? "Delete root's keys: `bootstrap keys delete --root --all`"
          : 'Sign in as root and delete its keys: `bootstrap keys delete --root --all --profile ROOT`'
        : null,
    exit: worstExit(lists.map(({ keys }) => (keys.ok ? 0 : unreadExit(keys.cause)))),
  };
};

/** Only root can list root's keys; everybody who may read the account's summary sees whether there are any. */
const countRootKeys = async (cloud: ReadCloud): Promise<number | null> => {
  const summary = await cloud.read('iam:GetAccountSummary', {});
  if (!summary.ok) return null;
  const map: Readonly<Record<string, number | undefined>> = summary.value.SummaryMap ?? {};
  return map['AccountAccessKeysPresent'] ?? null;
};
