import type { Caller } from '../../core/account.js';
import { AmbiguousWriteError, sameCode } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import type { Journal, JournalEntry } from '../../core/journal.js';
import { keysCommand, type SigningKey } from '../../core/keys.js';
import { NotStoredError, type Secret, type SecretSink } from '../../core/secret.js';
import { sameName } from '../../steps/shared/people.js';
import { keyError, writeError } from './errors.js';
import { type ObservedKey, readKeys, readLastUse, type UserKey } from './reads.js';
import { type Discard, pendingEntries, type RotationPlan } from './rotation-plan.js';
import { deleteKey, type KeyPort, setActive, type Signer } from './writes.js';

export interface RotationPort extends KeyPort {
  /** Signs with the run's credentials. */
  readonly signer: Signer;
  readonly signerOf: (key: SigningKey) => Signer;
  readonly caller: Caller;
  /** The key that signs the run. */
  readonly inUse: string;
  readonly journal: Journal;
  readonly sink: SecretSink;
  readonly storedKey: (accessKeyId: string) => Promise<Secret | undefined>;
  /** Profiles to store the new key in; none: the other destination of the sink. */
  readonly profiles: readonly string[];
  /** The destination, for messages and the journal. */
  readonly place: string;
}

/** The new key, and a signer that still works: the run may have been signed with the old key. */
interface Rotated {
  readonly newKeyId: string;
  readonly signer: Signer;
}

/**
 * Rotates a key: a new one is created, stored and verified before the old one is disabled. At every moment at least one key works whose
 * secret is stored, and an open journal entry shows the next run where this one stopped.
 */
export const rotate = async (port: RotationPort, user: string, plan: RotationPlan): Promise<Rotated> => {
  if (plan.kind === 'finish') return finish(port, user, plan);
  const { old, discard } = plan;
  await port.sink.reserve(port.caller.accountId);
  for (const one of discard) await discardKey(port, user, one);
  // IAM may list the key that signs this run only later.
  const known = [...new Set([old.id, ...discard.map(({ key }) => key.id), port.inUse])];
  const { entry, key } = await createKey(port, user, old, known);
  await storeKey(port, user, old, key, entry);
  const signer = await switchKeys(port, user, old, key);
  await closeEntries(port, user);
  return { newKeyId: key.accessKeyId, signer };
};

/** Finishes an earlier run: the new key is stored, but not verified, or the old one is still active. */
const finish = async (port: RotationPort, user: string, { old, newKey }: Extract<RotationPlan, { kind: 'finish' }>): Promise<Rotated> => {
  port.notify(`an earlier rotation created and stored ${newKey.id}; continuing from there`);
  const secretAccessKey = await port.storedKey(newKey.id);
  const key = secretAccessKey === undefined ? undefined : { accessKeyId: newKey.id, secretAccessKey };
  // A key that signed a request works. If its use is not known, nothing proves that.
  const works = newKey.id === port.inUse || (newKey.lastUsed !== null && newKey.lastUsed !== 'unknown');
  if (key === undefined && !works && old?.active === true) throw unverifiedError(user, newKey);
  if (key !== undefined) {
    const missing = port.profiles.filter((name) => newKey.heldIn.every((place) => place.kind !== 'profile' || place.name !== name));
    if (missing.length > 0) await port.sink.reserve(port.caller.accountId);
    for (const profile of missing) await storeIn(port, user, key, profile);
  }
  const signer = old?.active === true ? await switchKeys(port, user, old, key) : port.signer;
  await closeEntries(port, user);
  return { newKeyId: newKey.id, signer };
};

const discardKey = async (port: RotationPort, user: string, { key, why }: Discard): Promise<void> => {
  port.notify(
    why === 'lost'
      ? `an earlier run created ${key.id}, and its secret was never stored; deleting it`
      : `deleting ${key.id}, which is inactive, to make room`,
  );
  await remove(port, user, key);
};

/** Disables the key first. If something uses it in between, it gets a different error. */
const remove = async (port: RotationPort, user: string, key: Pick<UserKey, 'id' | 'active'>): Promise<void> => {
  if (key.active) await setActive(port.signer, port, { id: key.id, user }, false);
  await deleteKey(port.signer, port, { id: key.id, user });
};

/** The journal is written before the request is sent, so the next run can recognize a key whose secret is lost. */
const createKey = async (
  port: RotationPort,
  user: string,
  old: ObservedKey,
  known: readonly string[],
): Promise<{ readonly entry: JournalEntry; readonly key: SigningKey }> => {
  const { journal, caller, signer, onAction } = port;
  const before = [...known];
  for (let attempt = 1; ; attempt += 1) {
    const entry = await journal.open({ accountId: caller.accountId, kind: 'access-key', user, before: [...before], replaces: old.id });
    try {
      const { AccessKey: created } = await signer.cloud.write('iam:CreateAccessKey', { UserName: user });
      // The secret must be stored even if the journal cannot be written.
      await journal.note(entry.id, { made: created.AccessKeyId }).catch(() => {});
      onAction('created', { id: created.AccessKeyId, user });
      return { entry, key: { accessKeyId: created.AccessKeyId, secretAccessKey: created.SecretAccessKey } };
    } catch (error) {
      // Refused: nothing was created, so a key that appears later was created by someone else.
      if (!(error instanceof AmbiguousWriteError)) await journal.note(entry.id, { state: 'closed' });
      const lost = error instanceof AmbiguousWriteError ? await findLost(port, user, before) : undefined;
      if (lost === undefined || attempt > 1) throw writeError(error, user);
      await journal.note(entry.id, { made: lost.id });
      await remove(port, user, lost);
      await journal.note(entry.id, { state: 'closed' });
      before.push(lost.id);
    }
  }
};

/** IAM may list a new key only after a delay. A second key created before that would leave the first one without a secret. */
const lostWaitMs = 30_000;

/** The key of a lost response: the only key that did not exist before, if it was never used. */
const findLost = async (
  { signer, clock, signal, notify }: RotationPort,
  user: string,
  before: readonly string[],
): Promise<UserKey | undefined> => {
  const until = clock.now().getTime() + lostWaitMs;
  notify('the response to CreateAccessKey was lost; checking whether the key was created');
  for (let delay = 1_000; ; delay *= 2) {
    signer.forget();
    const now = await readKeys(signer.cloud, user);
    const added = now.ok ? (now.value ?? []).filter(({ id }) => !before.includes(id)) : [];
    const [key] = added;
    if (key !== undefined) return added.length === 1 && (await readLastUse(signer.cloud, key.id)) === null ? key : undefined;
    if (clock.now().getTime() >= until) return undefined;
    await clock.sleep(delay, signal);
  }
};

/** Stores the new key in its destination. A key that cannot be stored is deleted again. */
const storeKey = async (port: RotationPort, user: string, old: ObservedKey, key: SigningKey, entry: JournalEntry): Promise<void> => {
  for (const profile of port.profiles.length > 0 ? port.profiles : ['']) {
    try {
      await storeIn(port, user, key, profile);
    } catch (error) {
      const held = await port.sink.holds();
      if (held.some((mark) => mark.kind === 'access-key' && mark.id === key.accessKeyId)) {
        // Partly stored: the error names what is missing, and the old key is not changed.
        await port.journal.note(entry.id, { state: 'stored', place: port.place });
        throw error;
      }
      await remove(port, user, { id: key.accessKeyId, active: true });
      // The copy in the fallback destination is no longer valid.
      if (error instanceof NotStoredError) await error.discard().catch(() => {});
      // The error about the destination matters more; an entry of a deleted key does no harm.
      await port.journal.note(entry.id, { state: 'closed' }).catch(() => {});
      throw keyError('E-KEY-NOT-STORED', {
        message: `The new key ${key.accessKeyId} could not be stored, so it was deleted again; ${old.id} still works. ${error instanceof Error ? error.message : String(error)}`,
        next:
          error instanceof BootstrapError && error.code === 'E-SECRETS-DESTINATION'
            ? error.next
            : 'Fix the cause and run the same command again.',
        changed: true,
        cause: error,
      });
    }
  }
  await port.journal.note(entry.id, { state: 'stored', place: port.place });
};

const storeIn = async (
  { sink, onAction }: RotationPort,
  user: string,
  { accessKeyId, secretAccessKey }: SigningKey,
  profile: string,
): Promise<void> => {
  await sink.store({ kind: 'access-key', user, accessKeyId, secretAccessKey, profile });
  onAction('stored', { id: accessKeyId, user });
};

/** Verifies the new key, then disables the old one, signed with the new key if the old one signs this run. */
const switchKeys = async (port: RotationPort, user: string, old: ObservedKey, key: SigningKey | undefined): Promise<Signer> => {
  const newSigner = key === undefined ? undefined : port.signerOf(key);
  if (key !== undefined && newSigner !== undefined) {
    await verifyKey(newSigner, port, { accessKeyId: key.accessKeyId, user, accountId: port.caller.accountId, old: old.id });
    port.onAction('proven', { id: key.accessKeyId, user });
  }
  if (old.id === port.inUse && newSigner === undefined) throw inUseError(user, old);
  const signer = old.id === port.inUse && newSigner !== undefined ? newSigner : port.signer;
  await setActive(signer, port, { id: old.id, user }, false);
  return signer;
};

/** Closes all journal entries of this user's keys, also those of earlier runs that created nothing. */
const closeEntries = async ({ journal, caller }: RotationPort, user: string): Promise<void> => {
  for (const entry of pendingEntries(await journal.entries(caller.accountId), user)) await journal.note(entry.id, { state: 'closed' });
};

const unverifiedError = (user: string, { id, lastUsed }: ObservedKey): BootstrapError =>
  keyError('E-KEY-UNPROVEN', {
    message: `An earlier run created the key ${id} of ${user} and stored it where this command cannot read it. ${lastUsed === null ? 'It was never used' : 'AWS did not report whether it was used'}, so it is not certain that it works.`,
    next: `Use it once (\`aws sts get-caller-identity\`) and run the same command again 30 minutes later, or delete it (\`${keysCommand('delete', user, id)} --even-if-active\`) and rotate again.`,
    retryable: true,
  });

const inUseError = (user: string, { id }: ObservedKey): BootstrapError =>
  keyError('E-KEY-IN-USE', {
    message: `The key ${id} of ${user} signs this run, and the new key cannot be read here to replace it.`,
    next: 'Sign in with the new key and run the same command again.',
  });

/** A new key may be unknown for a while; after this time the next run continues. */
const waitMs = 60_000;

/**
 * Verifies with GetCallerIdentity, which needs no permission, that a new key belongs to the same account and user. If this fails,
 * nothing is changed and the old key still works.
 */
const verifyKey = async (
  { cloud, forget }: Signer,
  { clock, signal, notify }: KeyPort,
  key: { readonly accessKeyId: string; readonly user: string; readonly accountId: string; readonly old: string },
): Promise<void> => {
  const { accessKeyId, user, accountId, old } = key;
  const until = clock.now().getTime() + waitMs;
  for (let delay = 500; ; delay = Math.min(delay * 2, 5_000)) {
    forget();
    const reading = await cloud.read('sts:GetCallerIdentity', {});
    if (reading.ok) {
      const { Account = '', Arn = '' } = reading.value;
      if (Account === accountId && /:user\//.test(Arn) && sameName(Arn.split('/').at(-1) ?? '', user)) return;
      throw keyError('E-KEY-OTHER', {
        message: `The new key ${accessKeyId} signs as ${Arn}, not as ${user} of ${accountId}; the old key ${old} was not changed.`,
        next: 'Check where the key is stored, and `bootstrap keys list`.',
        changed: true,
      });
    }
    const { code = '' } = reading;
    if (reading.cause === 'denied' && !sameCode(code, 'InvalidClientTokenId')) {
      throw keyError('E-KEY-OTHER', {
        message: `AWS does not accept the stored secret of the key ${accessKeyId} (${code}); the old key ${old} was not changed.`,
        next: `Delete the new key (\`${keysCommand('delete', user, accessKeyId)} --even-if-active\`) and rotate again.`,
        changed: true,
      });
    }
    if (clock.now().getTime() >= until) {
      throw keyError('E-KEY-UNPROVEN', {
        message: `The new key ${accessKeyId} is stored, but AWS does not accept it yet (${code}); the old key ${old} is still active.`,
        next: 'Run the same command again in a few minutes. It verifies the new key and continues.',
        retryable: true,
        changed: true,
      });
    }
    if (delay >= 2_000) notify(`waiting until AWS accepts the new key (${code})`);
    await clock.sleep(delay, signal);
  }
};
