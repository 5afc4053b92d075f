import type { Caller } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import { unreadExit, usage, worstExit } from '../../core/errors.js';
import type { KeyRow, KeysReport } from '../../core/keys.js';
import { keyError, unreadError } from './errors.js';
import { type ObservedKey, observeKeys, readKeys, readUserNames, rowOf, type Surroundings } from './reads.js';
import type { KeysOutcome, KeysRun } from './types.js';
import type { Signer } from './writes.js';

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
  const seen: readonly ObservedKey[] = await observeKeys(
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

/** What this computer holds of keys: the profiles of the AWS files, and the secrets file. */
export const surroundings = async ({ app, connection, secretsFile }: KeysRun): Promise<Surroundings> => {
  const sink = await app.secrets({
    file: secretsFile,
    profiles: true,
    profile: undefined,
    replaceProfile: false,
    caller: connection.identify,
  });
  const held = await sink.holds();
  return { held, secretsFile: secretsFile ?? (app.sandboxed ? sink.place('console-password') : undefined) };
};

/** The user that a change is about: the one named, else the user who calls. */
export const userOf = ({ flags, caller }: Pick<KeysRun, 'flags' | 'caller'>): string => {
  if (flags.user !== undefined) return flags.user;
  if (caller.identity.kind === 'user') return caller.identity.name;
  throw usage('It is not said whose key is meant.', 'Name the user: --user NAME.');
};

/** The user's keys; throws when they cannot be read, or when there is no such user. */
export const keysOf = async (run: KeysRun, user: string, around: Surroundings): Promise<readonly ObservedKey[]> => {
  const { cloud } = run.connection.boundary;
  const keys = await readKeys(cloud, user);
  if (!keys.ok) throw unreadError(keys, user);
  if (keys.value === undefined) throw noSuchUser(user, run.caller);
  return observeKeys(cloud, keys.value, around);
};

const noSuchUser = (user: string, { accountId }: Caller) =>
  keyError('E-KEY-USER', {
    message: `Account ${accountId} has no user ${user}.`,
    next: 'Look with `bootstrap keys list`; names are to be written as AWS has them.',
  });

/** How the keys look afterwards; empty when they cannot be read any more. */
export const rowsAfter = async (run: KeysRun, signer: Signer, user: string | null): Promise<readonly KeyRow[]> => {
  signer.forget();
  const keys = await readKeys(signer.cloud, user);
  if (!keys.ok) return [];
  const seen = await observeKeys(signer.cloud, keys.value ?? [], await surroundings(run));
  return rowsOf(run, seen);
};

export const rowsOf = async ({ app, journal, caller, inUse }: KeysRun, seen: readonly ObservedKey[]): Promise<readonly KeyRow[]> => {
  const entries = await journal.entries(caller.accountId);
  return seen.map((key) => rowOf(key, { now: app.host.clock.now(), inUse, journal: entries }));
};
