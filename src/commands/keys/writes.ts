import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { Clock } from '../../core/clock.js';
import type { Cloud } from '../../core/cloud.js';
import type { KeyAction } from '../../core/keys.js';
import type { Notify } from '../../core/step.js';
import { unconfirmed, writeError } from './errors.js';
import { readKeys, type UserKey } from './reads.js';

/** Sends signed requests: with the run's credentials, or with a new key. */
export interface Signer {
  readonly cloud: Cloud;
  readonly forget: () => void;
}

/** What functions that change keys need besides a signer. */
export interface KeyPort {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly notify: Notify;
  /** Called after each action, in order. */
  readonly onAction: (action: KeyAction['action'], key: Pick<UserKey, 'id' | 'user'>) => void;
}

type Named = Pick<UserKey, 'id' | 'user'>;

/** IAM is eventually consistent: it shows changes after a delay, and may not know a key that is seconds old. */
const waitMs = 60_000;
const maxSends = 3;

const owner = (user: string | null): { readonly UserName?: string } => (user === null ? {} : { UserName: user });

/** Enables or disables a key, and waits until AWS shows it. Repeating the request does no harm. */
export const setActive = async (signer: Signer, port: KeyPort, key: Named & { readonly user: string }, active: boolean): Promise<void> => {
  const Status = active ? 'Active' : 'Inactive';
  const shown = (keys: readonly UserKey[]): boolean => keys.some(({ id, active: now }) => id === key.id && now === active);
  await untilShown(signer, port, key.user, shown, `${key.id} is ${active ? 'active' : 'inactive'}`, () =>
    signer.cloud.write('iam:UpdateAccessKey', { UserName: key.user, AccessKeyId: key.id, Status }),
  );
  port.onAction(active ? 'enabled' : 'disabled', key);
};

/**
 * Deletes a key, and waits until AWS shows it. `signs`: the key signs this run, so nothing can be read afterwards. If the response
 * was lost, a refused request proves that the key is deleted.
 */
export const deleteKey = async (signer: Signer, port: KeyPort, key: Named, signs = false): Promise<void> => {
  const send = async (): Promise<void> => {
    try {
      await signer.cloud.write('iam:DeleteAccessKey', { ...owner(key.user), AccessKeyId: key.id });
    } catch (error) {
      // The key was deleted by the request whose response was lost, or by someone else.
      if (!isAwsError(error, 'NoSuchEntity') || error instanceof AmbiguousWriteError) throw error;
    }
  };
  const isDeleted = (keys: readonly UserKey[]): boolean => keys.every(({ id }) => id !== key.id);
  await untilShown(signer, port, key.user, isDeleted, `${key.id} is deleted`, send, signs);
  port.onAction('deleted', key);
};

/** Sends the write, and again only if AWS does not show its result. Repeating either write does no harm. */
const untilShown = async (
  signer: Signer,
  port: KeyPort,
  user: string | null,
  shown: (keys: readonly UserKey[]) => boolean,
  what: string,
  send: () => Promise<unknown>,
  signs = false,
): Promise<void> => {
  let ambiguous: AmbiguousWriteError | undefined;
  for (let sent = 1; sent <= maxSends; sent += 1) {
    ambiguous = undefined;
    try {
      await retryWhileUnknown(port, send);
      if (signs) return;
    } catch (error) {
      if (signs && sent > 1 && isAwsError(error, 'InvalidClientTokenId')) return;
      if (!(error instanceof AmbiguousWriteError)) throw writeError(error, user);
      ambiguous = error;
    }
    if (await waitUntil(signer, port, user, shown, ambiguous === undefined ? waitMs : waitMs / 4, signs)) return;
    if (ambiguous === undefined) throw unconfirmed(what);
  }
  throw writeError(ambiguous, user);
};

/** IAM may not know a key that is seconds old, although STS already does. */
const retryWhileUnknown = async <T>({ clock, signal }: KeyPort, send: () => Promise<T>): Promise<T> => {
  const until = clock.now().getTime() + newKeyMs;
  for (let delay = 500; ; delay = Math.min(delay * 2, 5_000)) {
    try {
      return await send();
    } catch (error) {
      if (!isAwsError(error, 'InvalidClientTokenId') || error instanceof AmbiguousWriteError || clock.now().getTime() >= until) throw error;
    }
    await clock.sleep(delay, signal);
  }
};
const newKeyMs = 20_000;

/** Reads the keys until `shown` is true; false after `limitMs`. */
const waitUntil = async (
  { cloud, forget }: Signer,
  { clock, signal, notify }: KeyPort,
  user: string | null,
  shown: (keys: readonly UserKey[]) => boolean,
  limitMs: number,
  signs: boolean,
): Promise<boolean> => {
  const start = clock.now().getTime();
  for (let delay = 500; ; delay = Math.min(delay * 2, 8_000)) {
    forget();
    const now = await readKeys(cloud, user);
    if (now.ok && shown(now.value ?? [])) return true;
    if (!now.ok && signs && now.code === 'InvalidClientTokenId') return true;
    const waitedMs = clock.now().getTime() - start;
    if (waitedMs >= limitMs) return false;
    if (delay >= 2_000) notify('waiting for AWS to show the change', { waitedMs, limitMs });
    await clock.sleep(delay, signal);
  }
};
