import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { Clock } from '../../core/clock.js';
import type { Cloud } from '../../core/cloud.js';
import type { KeyAction } from '../../core/keys.js';
import { unconfirmed, writeError } from './errors.js';
import { readKeys, type UserKey } from './reads.js';

/** A signer of requests: the run's own, or a new key. */
export interface Signer {
  readonly cloud: Cloud;
  readonly forget: () => void;
}

/** What changing keys takes besides a signer. */
export interface KeyPort {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly notify: (text: string) => void;
  /** Hears what was done, in order. */
  readonly did: (action: KeyAction['action'], key: Pick<UserKey, 'id' | 'user'>) => void;
}

type Named = Pick<UserKey, 'id' | 'user'>;

/** IAM shows changes late, and takes a key that is seconds old for an unknown one. */
const patienceMs = 60_000;
const sends = 3;

const owner = (user: string | null): { readonly UserName?: string } => (user === null ? {} : { UserName: user });

/** Switches a key on or off, and looks until AWS shows it. Does nothing twice: the same status again is no change. */
export const setActive = async (signer: Signer, port: KeyPort, key: Named & { readonly user: string }, active: boolean): Promise<void> => {
  const Status = active ? 'Active' : 'Inactive';
  const shown = (keys: readonly UserKey[]): boolean => keys.some(({ id, active: now }) => id === key.id && now === active);
  await untilShown(signer, port, key.user, shown, `${key.id} is ${active ? 'active' : 'inactive'}`, () =>
    signer.cloud.write('iam:UpdateAccessKey', { UserName: key.user, AccessKeyId: key.id, Status }),
  );
  port.did(active ? 'enabled' : 'disabled', key);
};

/**
 * Deletes a key, and looks until AWS shows it. `signs`: the key signs this very run, so that nothing can be looked at afterwards
 * (unless the answer was lost: then being refused is the proof).
 */
export const deleteKey = async (signer: Signer, port: KeyPort, key: Named, signs = false): Promise<void> => {
  const send = async (): Promise<void> => {
    try {
      await signer.cloud.write('iam:DeleteAccessKey', { ...owner(key.user), AccessKeyId: key.id });
    } catch (error) {
      // Deleted by the request whose answer was lost, or by somebody else: it is gone.
      if (!isAwsError(error, 'NoSuchEntity') || error instanceof AmbiguousWriteError) throw error;
    }
  };
  const gone = (keys: readonly UserKey[]): boolean => keys.every(({ id }) => id !== key.id);
  await untilShown(signer, port, key.user, gone, `${key.id} is gone`, send, signs);
  port.did('deleted', key);
};

/** Both writes may be repeated without harm, but only after a look that says that they are needed still. */
const untilShown = async (
  signer: Signer,
  port: KeyPort,
  user: string | null,
  shown: (keys: readonly UserKey[]) => boolean,
  what: string,
  send: () => Promise<unknown>,
  signs = false,
): Promise<void> => {
  let doubt: AmbiguousWriteError | undefined;
  for (let sent = 1; sent <= sends; sent += 1) {
    doubt = undefined;
    try {
      await knownSoon(port, send);
      if (signs) return;
    } catch (error) {
      if (signs && sent > 1 && isAwsError(error, 'InvalidClientTokenId')) return;
      if (!(error instanceof AmbiguousWriteError)) throw writeError(error, user);
      doubt = error;
    }
    if (await look(signer, port, user, shown, doubt === undefined ? patienceMs : patienceMs / 4, signs)) return;
    if (doubt === undefined) throw unconfirmed(what);
  }
  throw writeError(doubt, user);
};

/** A key that is seconds old is unknown to IAM for a while, though STS knows it already. */
const knownSoon = async <T>({ clock, signal }: KeyPort, send: () => Promise<T>): Promise<T> => {
  const until = clock.now().getTime() + youngMs;
  for (let delay = 500; ; delay = Math.min(delay * 2, 5_000)) {
    try {
      return await send();
    } catch (error) {
      if (!isAwsError(error, 'InvalidClientTokenId') || error instanceof AmbiguousWriteError || clock.now().getTime() >= until) throw error;
    }
    await clock.sleep(delay, signal);
  }
};
const youngMs = 20_000;

const look = async (
  { cloud, forget }: Signer,
  { clock, signal, notify }: KeyPort,
  user: string | null,
  shown: (keys: readonly UserKey[]) => boolean,
  limitMs: number,
  signs: boolean,
): Promise<boolean> => {
  const until = clock.now().getTime() + limitMs;
  for (let delay = 500; ; delay = Math.min(delay * 2, 8_000)) {
    forget();
    const now = await readKeys(cloud, user);
    if (now.ok && shown(now.value ?? [])) return true;
    if (!now.ok && signs && now.code === 'InvalidClientTokenId') return true;
    if (clock.now().getTime() >= until) return false;
    if (delay >= 2_000) notify('waiting until AWS shows the change everywhere (IAM is eventually consistent)');
    await clock.sleep(delay, signal);
  }
};
