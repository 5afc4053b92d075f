import type { Caller } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import { unreadExit, usage, worstExit } from '../../core/errors.js';
import type { KeyRow, KeysReport } from '../../core/keys.js';
import { keyError, unreadError } from './errors.js';
import { type KeyStorage, type ObservedKey, observeKeys, readKeys, readUserNames, rowOf } from './reads.js';
import type { KeysOutcome, KeysRun } from './types.js';
import type { Signer } from './writes.js';

/** `keys list`: every key of every user (or of one, with --user), and the number of root's keys. Read-only. */
export const listKeys = async (run: KeysRun): Promise<KeysOutcome> => {
  const { flags, connection, caller } = run;
  const { cloud } = connection.boundary;
  const storage = await readStorage(run);
  if (flags.user !== undefined) return { keys: await rowsOf(run, await keysOf(run, flags.user, storage)) };

  const isRoot = caller.identity.kind === 'root';
  const [names, rootKeys, own] = await Promise.all([
    readUserNames(cloud),
    countRootKeys(cloud),
    isRoot ? readKeys(cloud, null) : undefined,
  ]);
  const onlyOwn = !names.ok && names.cause === 'denied' && caller.identity.kind === 'user';
  if (!names.ok && !onlyOwn) throw unreadError(names, null);
  if (own !== undefined && !own.ok) throw unreadError(own, null);
  const users = names.ok ? names.value : [caller.identity.name];
  const lists = await Promise.all(users.map(async (user) => ({ user, keys: await readKeys(cloud, user) })));
  if (onlyOwn && lists[0]?.keys.ok === false) throw unreadError(lists[0].keys, caller.identity.name);
  const unread = lists.flatMap(({ user, keys }): KeysReport['unread'] =>
    keys.ok ? [] : [{ user, reason: keys.message, missingPermission: keys.missingPermission ?? null }],
  );
  const observed: readonly ObservedKey[] = await observeKeys(
    cloud,
    [...(own?.value ?? []), ...lists.flatMap(({ keys }) => (keys.ok ? (keys.value ?? []) : []))],
    storage,
  );
  return {
    keys: await rowsOf(run, observed),
    rootKeys,
    unread,
    notes: onlyOwn ? [`Only the keys of ${caller.identity.name} are shown: AWS denied iam:ListUsers.`] : [],
    next:
      (rootKeys ?? 0) > 0
        ? isRoot
          ? "Delete root's keys: `bootstrap keys delete --root --all`"
          : 'Sign in as root and delete its keys: `bootstrap keys delete --root --all --profile ROOT`'
        : null,
    exit: worstExit(lists.map(({ keys }) => (keys.ok ? 0 : unreadExit(keys.cause)))),
  };
};

/** Only root can list root's keys. Anyone who can read the account summary can see whether root has any. */
const countRootKeys = async (cloud: ReadCloud): Promise<number | null> => {
  const summary = await cloud.read('iam:GetAccountSummary', {});
  if (!summary.ok) return null;
  const map: Readonly<Record<string, number | undefined>> = summary.value.SummaryMap ?? {};
  return map['AccountAccessKeysPresent'] ?? null;
};

/** The keys stored on this computer: in profiles of the AWS files, and in the secrets file. */
export const readStorage = async ({ app, connection, secretsFile }: KeysRun): Promise<KeyStorage> => {
  const sink = await app.secrets({
    file: secretsFile,
    profiles: true,
    caller: connection.identify,
  });
  const held = await sink.holds();
  return { held, secretsFile: secretsFile ?? (app.sandboxed ? sink.place('console-password') : undefined) };
};

/** The user whose key is changed: --user, or else the caller. */
export const userOf = ({ flags, caller }: Pick<KeysRun, 'flags' | 'caller'>): string => {
  if (flags.user !== undefined) return flags.user;
  if (caller.identity.kind === 'user') return caller.identity.name;
  const unknown = flags.key === undefined ? '' : `no user with the key ${flags.key} was found, and `;
  throw usage(`Missing user: ${unknown}you are not signed in as an IAM user.`, 'Pass --user NAME.');
};

/** The user's keys. Throws if they cannot be read, or if the user does not exist. */
export const keysOf = async (run: KeysRun, user: string, storage: KeyStorage): Promise<readonly ObservedKey[]> => {
  const { cloud } = run.connection.boundary;
  const keys = await readKeys(cloud, user);
  if (!keys.ok) throw unreadError(keys, user);
  if (keys.value === undefined) throw noSuchUser(user, run.caller);
  return observeKeys(cloud, keys.value, storage);
};

const noSuchUser = (user: string, { accountId }: Caller) =>
  keyError('E-KEY-USER', {
    message: `Account ${accountId} has no user ${user}.`,
    next: '`bootstrap keys list` shows the users and their keys.',
  });

/** The user's keys after the change; empty if they can no longer be read. */
export const rowsAfter = async (run: KeysRun, signer: Signer, user: string | null): Promise<readonly KeyRow[]> => {
  signer.forget();
  const keys = await readKeys(signer.cloud, user);
  if (!keys.ok) return [];
  return rowsOf(run, await observeKeys(signer.cloud, keys.value ?? [], await readStorage(run)));
};

export const rowsOf = async ({ port, journal, caller, inUse }: KeysRun, observed: readonly ObservedKey[]): Promise<readonly KeyRow[]> => {
  const entries = await journal.entries(caller.accountId);
  return observed.map((key) => rowOf(key, { now: port.clock.now(), inUse, journal: entries }));
};
