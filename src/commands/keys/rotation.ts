import type { Caller } from '../../core/account.js';
import { AmbiguousWriteError, sameCode } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import type { Journal, JournalEntry } from '../../core/journal.js';
import type { SigningKey } from '../../core/keys.js';
import { NotStoredError, type Secret, type SecretSink } from '../../core/secret.js';
import { keyError, writeError } from './errors.js';
import { type ObservedKey, readKeys, readLastUse, sameName, type UserKey } from './reads.js';
import { type Discard, pendingEntries, type RotationPlan } from './rotation-plan.js';
import { deleteKey, type KeyPort, setActive, type Signer } from './writes.js';

export interface RotationPort extends KeyPort {
  /** The run's own. */
  readonly signer: Signer;
  readonly signerOf: (key: SigningKey) => Signer;
  readonly caller: Caller;
  /** The key that signs the run. */
  readonly inUse: string;
  readonly journal: Journal;
  readonly sink: SecretSink;
  readonly storedKey: (accessKeyId: string) => Promise<Secret | undefined>;
  /** Profiles that the new key goes to; none: the sink's other place. */
  readonly profiles: readonly string[];
  /** Where the secret goes, in words. */
  readonly place: string;
}

/** The new key, and a signer that still works: the run's own may have signed with the old key. */
export interface Rotated {
  readonly fresh: string;
  readonly signer: Signer;
}

/**
 * Rotates a key: a new one is made, stored and proven before the old one is switched off. At every moment at least one key works whose
 * secret is known here, and an open entry of the journal tells the next run where this one was.
 */
export const rotate = async (port: RotationPort, user: string, plan: RotationPlan): Promise<Rotated> => {
  if (plan.kind === 'finish') return finish(port, user, plan);
  const { old, discard } = plan;
  await port.sink.reserve(port.caller.accountId);
  for (const one of discard) await discarded(port, user, one);
  const known = [old.id, ...discard.map(({ key }) => key.id)];
  const { entry, key } = await make(port, user, old, known);
  await keep(port, user, old, key, entry);
  const signer = await hand(port, user, old, key);
  await close(port, user);
  return { fresh: key.accessKeyId, signer };
};

/** What an earlier run left undone: the new key is stored, and not proven, or the old one is active still. */
const finish = async (port: RotationPort, user: string, { old, fresh }: Extract<RotationPlan, { kind: 'finish' }>): Promise<Rotated> => {
  port.notify(`an earlier rotation made and stored ${fresh.id}; going on from there`);
  const secretAccessKey = await port.storedKey(fresh.id);
  const key = secretAccessKey === undefined ? undefined : { accessKeyId: fresh.id, secretAccessKey };
  if (key === undefined && fresh.lastUsed === null && old?.active === true) throw unreadable(user, fresh);
  if (key !== undefined) {
    const missing = port.profiles.filter((name) => fresh.heldIn.every((place) => place.kind !== 'profile' || place.name !== name));
    if (missing.length > 0) await port.sink.reserve(port.caller.accountId);
    for (const profile of missing) await store(port, user, key, profile);
  }
  const signer = old?.active === true ? await hand(port, user, old, key) : port.signer;
  await close(port, user);
  return { fresh: fresh.id, signer };
};

const discarded = async (port: RotationPort, user: string, { key, why }: Discard): Promise<void> => {
  port.notify(
    why === 'lost'
      ? `an earlier run made ${key.id}, and its secret was never kept; deleting it`
      : `deleting ${key.id}, which is switched off, to make room`,
  );
  await remove(port, user, key);
};

/** Off first, then away: should anything use it after all, AWS says so by another error. */
const remove = async (port: RotationPort, user: string, key: Pick<UserKey, 'id' | 'active'>): Promise<void> => {
  if (key.active) await setActive(port.signer, port, { id: key.id, user }, false);
  await deleteKey(port.signer, port, { id: key.id, user });
};

/** Written down before AWS is asked: a key whose secret gets lost is known for what it is. */
const make = async (
  port: RotationPort,
  user: string,
  old: ObservedKey,
  known: readonly string[],
): Promise<{ readonly entry: JournalEntry; readonly key: SigningKey }> => {
  const { journal, caller, signer, did } = port;
  const before = [...known];
  for (let attempt = 1; ; attempt += 1) {
    const entry = await journal.open({ accountId: caller.accountId, kind: 'access-key', user, before: [...before], replaces: old.id });
    try {
      const { AccessKey: made } = await signer.cloud.write('iam:CreateAccessKey', { UserName: user });
      // The secret is in hand and goes on to its place, whatever becomes of the note.
      await journal.note(entry.id, { made: made.AccessKeyId }).catch(() => {});
      did('created', { id: made.AccessKeyId, user });
      return { entry, key: { accessKeyId: made.AccessKeyId, secretAccessKey: made.SecretAccessKey } };
    } catch (error) {
      // Refused: nothing was made, and a key that turns up later is somebody else's.
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

/** IAM shows a new key late; one made too early on top would be an orphan. */
const lostPatienceMs = 30_000;

/** The key that a lost answer was about: the only one that was not there before, and that nobody has used. */
const findLost = async (
  { signer, clock, signal, notify }: RotationPort,
  user: string,
  before: readonly string[],
): Promise<UserKey | undefined> => {
  const until = clock.now().getTime() + lostPatienceMs;
  notify('the answer to CreateAccessKey was lost; looking whether the key was made');
  for (let delay = 1_000; ; delay *= 2) {
    signer.forget();
    const now = await readKeys(signer.cloud, user);
    const fresh = now.ok ? (now.value ?? []).filter(({ id }) => !before.includes(id)) : [];
    const [key] = fresh;
    if (key !== undefined) return fresh.length === 1 && (await readLastUse(signer.cloud, key.id)) === null ? key : undefined;
    if (clock.now().getTime() >= until) return undefined;
    await clock.sleep(delay, signal);
  }
};

/** To its place. A key that cannot be kept is taken away again, before anybody could know its secret. */
const keep = async (port: RotationPort, user: string, old: ObservedKey, key: SigningKey, entry: JournalEntry): Promise<void> => {
  for (const profile of port.profiles.length > 0 ? port.profiles : ['']) {
    try {
      await store(port, user, key, profile);
    } catch (error) {
      const held = await port.sink.holds();
      if (held.some((mark) => mark.kind === 'access-key' && mark.id === key.accessKeyId)) {
        // Kept after all, in part: what is missing is said, and the old key stays as it is.
        await port.journal.note(entry.id, { state: 'stored', place: port.place });
        throw error;
      }
      await remove(port, user, { id: key.accessKeyId, active: true });
      // What the place of last resort has of it opens nothing any more.
      if (error instanceof NotStoredError) await error.discard().catch(() => {});
      // What could not be stored is what has to be said; an entry of a key that is gone does no harm.
      await port.journal.note(entry.id, { state: 'closed' }).catch(() => {});
      throw keyError('E-KEY-NOT-STORED', {
        message: `The new key ${key.accessKeyId} could not be stored, so it was deleted again; ${old.id} works as before. ${error instanceof Error ? error.message : String(error)}`,
        next:
          error instanceof BootstrapError && error.code === 'E-SECRETS-DESTINATION'
            ? error.next
            : 'Mend the cause and run the same command again.',
        changed: true,
        cause: error,
      });
    }
  }
  await port.journal.note(entry.id, { state: 'stored', place: port.place });
};

const store = async (
  { sink, did }: RotationPort,
  user: string,
  { accessKeyId, secretAccessKey }: SigningKey,
  profile: string,
): Promise<void> => {
  await sink.store({ kind: 'access-key', user, accessKeyId, secretAccessKey, profile });
  did('stored', { id: accessKeyId, user });
};

/** The new key takes over: proven first, then the old one is switched off - by the new one, when the old one signs this run. */
const hand = async (port: RotationPort, user: string, old: ObservedKey, key: SigningKey | undefined): Promise<Signer> => {
  const young = key === undefined ? undefined : port.signerOf(key);
  if (key !== undefined && young !== undefined) {
    await proveKey(young, port, { accessKeyId: key.accessKeyId, user, accountId: port.caller.accountId, old: old.id });
    port.did('proven', { id: key.accessKeyId, user });
  }
  if (old.id === port.inUse && young === undefined) throw signsItself(user, old);
  const signer = old.id === port.inUse && young !== undefined ? young : port.signer;
  await setActive(signer, port, { id: old.id, user }, false);
  return signer;
};

/** Nothing of this user is in flight any more; what earlier runs began and never made is over too. */
const close = async ({ journal, caller }: RotationPort, user: string): Promise<void> => {
  for (const entry of pendingEntries(await journal.entries(caller.accountId), user)) await journal.note(entry.id, { state: 'closed' });
};

const unreadable = (user: string, { id }: ObservedKey): BootstrapError =>
  keyError('E-KEY-UNPROVEN', {
    message: `An earlier run made the key ${id} of ${user} and stored it where this command cannot read it, and it was never used, so nothing proves that it works.`,
    next: `Use it once (aws sts get-caller-identity) and run the same command again half an hour later, or delete it (\`bootstrap keys delete --user ${user} --key ${id} --even-if-active\`) and rotate again.`,
    retryable: true,
  });

const signsItself = (user: string, { id }: ObservedKey): BootstrapError =>
  keyError('E-KEY-IN-USE', {
    message: `The key ${id} of ${user} signs this run, and the new one cannot be read here to take over.`,
    next: 'Sign in with the new key and run the same command again.',
  });

/** A new key may be unknown for a while; after this it is left to the next run. */
const patienceMs = 60_000;

/**
 * Proves a new key by asking AWS who it is: the same account, the same user. GetCallerIdentity needs no permission. Nothing is changed
 * when it fails: the old key goes on working.
 */
const proveKey = async (
  { cloud, forget }: Signer,
  { clock, signal, notify }: KeyPort,
  key: { readonly accessKeyId: string; readonly user: string; readonly accountId: string; readonly old: string },
): Promise<void> => {
  const { accessKeyId, user, accountId, old } = key;
  const until = clock.now().getTime() + patienceMs;
  for (let delay = 500; ; delay = Math.min(delay * 2, 5_000)) {
    forget();
    const reading = await cloud.read('sts:GetCallerIdentity', {});
    if (reading.ok) {
      const { Account = '', Arn = '' } = reading.value;
      if (Account === accountId && /:user\//.test(Arn) && sameName(Arn.split('/').at(-1) ?? '', user)) return;
      throw keyError('E-KEY-OTHER', {
        message: `The new key ${accessKeyId} signs as ${Arn} and not as ${user} of ${accountId}; the old key ${old} was left as it is.`,
        next: 'Look at the place where the key is stored, and at `bootstrap keys list`.',
        changed: true,
      });
    }
    const { code = '' } = reading;
    if (reading.cause === 'denied' && !sameCode(code, 'InvalidClientTokenId')) {
      throw keyError('E-KEY-OTHER', {
        message: `AWS does not take the stored secret for that of the key ${accessKeyId} (${code}); the old key ${old} was left as it is.`,
        next: `Delete the new key (\`bootstrap keys delete --user ${user} --key ${accessKeyId} --even-if-active\`) and rotate again.`,
        changed: true,
      });
    }
    if (clock.now().getTime() >= until) {
      throw keyError('E-KEY-UNPROVEN', {
        message: `The new key ${accessKeyId} is stored, but AWS does not accept it yet (${code}); the old key ${old} was left active.`,
        next: 'Run the same command again in a few minutes; it proves the new key and goes on from there.',
        retryable: true,
        changed: true,
      });
    }
    if (delay >= 2_000) notify(`waiting until AWS knows the new key (${code})`);
    await clock.sleep(delay, signal);
  }
};
