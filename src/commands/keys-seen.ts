import type { Caller } from '../core/account.js';
import { usage } from '../config/usage.js';
import type { KeyRow } from '../core/keys.js';
import { keyError, unreadError } from '../keys/key-error.js';
import { readKeys, rowOf, type SeenKey, see, type Surroundings } from '../keys/key-reading.js';
import type { Signer } from '../keys/key-writes.js';
import type { KeysRun } from './keys-run.js';

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
export const keysOf = async (run: KeysRun, user: string, around: Surroundings): Promise<readonly SeenKey[]> => {
  const { cloud } = run.connection.boundary;
  const keys = await readKeys(cloud, user);
  if (!keys.ok) throw unreadError(keys, user);
  if (keys.value === undefined) throw noSuchUser(user, run.caller);
  return see(cloud, keys.value, around);
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
  const seen = await see(signer.cloud, keys.value ?? [], await surroundings(run));
  return rowsOf(run, seen);
};

export const rowsOf = async ({ app, journal, caller, inUse }: KeysRun, seen: readonly SeenKey[]): Promise<readonly KeyRow[]> => {
  const entries = await journal.entries(caller.accountId);
  return seen.map((key) => rowOf(key, { now: app.host.clock.now(), inUse, journal: entries }));
};
