import { managedPolicyArn } from '../../core/account.js';
import { awsInfo, AmbiguousWriteError, AwsError, isAwsError } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import { profileMark } from '../../core/profile-name.js';
import { type Unread, unreadError } from '../../core/reading.js';
import { NotStoredError, type SecretEntry } from '../../core/secret.js';
import type { ApplyContext } from '../../core/step.js';
import { readBackIfExists, recordInJournal } from '../shared/journal.js';
import { type AccessKey, readAccessKeys } from '../shared/people.js';
import { retireKey } from '../shared/retire-key.js';
import { type AccessKeyChange, type CreateAccessKey, ownTag } from './assess.js';
import { readLastUse } from './audit.js';

export const applyKeyChange = async (context: ApplyContext, change: AccessKeyChange): Promise<void> => {
  if (change.kind === 'create-access-key') return makeAccessKey(context, change);
  await retireLost(context, change);
};

/** Makes the key, and before it what the plan found missing around it. Nothing is made before its place is sure. */
const makeAccessKey = async (context: ApplyContext, change: CreateAccessKey): Promise<void> => {
  await context.secrets.reserve(await context.accountId());
  await guardProfile(context, change);
  await retireLost(context, change);
  await prepareUser(context, change);
  await createKey(context, change);
};

const retireLost = async (context: ApplyContext, { user, retires }: Pick<AccessKeyChange, 'user' | 'retires'>): Promise<void> => {
  for (const { id, entry } of retires) {
    context.notify(`deleting the access key ${id}, whose secret an interrupted run lost`);
    await retireKey(context, user, id);
    await recordInJournal(context, entry, { made: id, state: 'closed' });
  }
};

/** Just before the key is made: what the profile holds is what it held in the plan. */
const guardProfile = async ({ secrets }: ApplyContext, { profile, replaces }: CreateAccessKey): Promise<void> => {
  if (profile === '') return;
  const { user } = profileMark(profile, '');
  const taken = (await secrets.holds()).find((mark) => mark.kind === 'access-key' && mark.user === user && mark.id !== replaces);
  if (taken === undefined) return;
  throw new BootstrapError({
    code: 'E-SECRETS-DESTINATION',
    step: 'access-keys',
    message: `The profile ${profile} is taken meanwhile${taken.id === '' ? '' : `: it holds the key ${taken.id}`}.`,
    next: 'Choose another profile: access-keys.profile in the config.',
  });
};

const prepareUser = async ({ cloud, caller }: ApplyContext, { user, createsUser, calls }: CreateAccessKey): Promise<void> => {
  if (createsUser === null) return;
  const { group, policies } = createsUser;
  const { partition } = await caller();
  if (calls.includes('iam:CreateGroup')) await readBackIfExists(cloud.write('iam:CreateGroup', { GroupName: group }));
  for (const policy of policies) {
    try {
      await cloud.write('iam:AttachGroupPolicy', { GroupName: group, PolicyArn: managedPolicyArn(partition, policy) });
    } catch (error) {
      throw isAwsError(error, 'NoSuchEntity') && !(error instanceof AmbiguousWriteError) ? noSuchPolicy(policy, error) : error;
    }
  }
  if (calls.includes('iam:CreateUser')) await readBackIfExists(cloud.write('iam:CreateUser', { UserName: user, Tags: [ownTag] }));
  if (calls.includes('iam:AddUserToGroup')) await cloud.write('iam:AddUserToGroup', { GroupName: group, UserName: user });
};

/** A key whose answer is lost is taken away again and made anew, so often in one run. */
const secondChances = 2;

/**
 * The journal is written before AWS is asked, so that whatever happens from here on the next run knows: a key of this user that
 * is not in `before` and was not stored is ours, and lost.
 */
const createKey = async (context: ApplyContext, { user, profile }: CreateAccessKey): Promise<void> => {
  const { cloud, journal, notify } = context;
  const accountId = await context.accountId();
  for (let chance = 0; ; chance += 1) {
    const before = await readAccessKeys(cloud, user);
    if (!before.ok) throw unreadable(user, before);
    const known = before.value.map(({ id }) => id);
    const { id: entry } = await journal.open({ accountId, kind: 'access-key', user, before: known, replaces: null });
    try {
      const { AccessKey: made } = await cloud.write('iam:CreateAccessKey', { UserName: user });
      await storeKey(context, entry, {
        kind: 'access-key',
        user,
        accessKeyId: made.AccessKeyId,
        secretAccessKey: made.SecretAccessKey,
        profile,
      });
      return;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      // Refused: there is no key. In doubt the entry stays open, for whoever finds the key.
      if (!(error instanceof AmbiguousWriteError)) {
        await recordInJournal(context, entry, { state: 'closed' });
        throw error;
      }
      const lost = await findLostKey(context, user, known);
      if (lost === undefined) throw error;
      if (chance >= secondChances) throw secretLost(lost, error);
      notify(`the answer about the access key ${lost.id} was lost, and its secret with it; it is deleted, and another one made`);
      await retireKey(context, user, lost.id);
      await recordInJournal(context, entry, { made: lost.id, state: 'closed' });
    }
  }
};

const unreadable = (user: string, unread: Unread): BootstrapError =>
  unreadError(unread, {
    step: 'access-keys',
    message: `The access keys of ${user} could not be read just before a new one was to be made: ${unread.message}.`,
  });

/** IAM shows a new key late; a second one made too early would be an orphan. */
const patienceMs = 30_000;

/** The key that a lost answer was about: the one that was not there before and that nobody has used. */
const findLostKey = async (
  { cloud, clock, signal, forget, notify }: ApplyContext,
  user: string,
  known: readonly string[],
): Promise<AccessKey | undefined> => {
  for (let waited = 0, delay = 1_000; ; waited += delay, delay *= 2) {
    forget();
    const now = await readAccessKeys(cloud, user);
    const fresh = now.ok ? now.value.filter(({ id }) => !known.includes(id)) : [];
    const [key] = fresh;
    if (key !== undefined) {
      const used = await readLastUse(cloud, key);
      return fresh.length === 1 && used.ok && used.value === undefined ? key : undefined;
    }
    if (waited >= patienceMs) return undefined;
    if (waited === 0) notify('the answer to CreateAccessKey was lost; looking whether the key was made');
    await clock.sleep(delay, signal);
  }
};

const secretLost = ({ id, user }: AccessKey, error: AmbiguousWriteError): BootstrapError =>
  new BootstrapError({
    code: 'E-KEY-SECRET-LOST',
    step: 'access-keys',
    message: `AWS made the access key ${id} for ${user}, but its answer was lost, as it was before, and with it the secret; nobody can use that key.`,
    next: 'Run the same command again when the connection is better; it deletes that key first.',
    retryable: true,
    changed: true,
    aws: awsInfo(error),
    cause: error,
  });

const noSuchPolicy = (policy: string, error: AwsError): BootstrapError =>
  new BootstrapError({
    code: 'E-POLICY-UNKNOWN',
    step: 'access-keys',
    message: `AWS manages no policy named ${policy}, or the group that it was to be attached to is gone.`,
    next: 'Write the name of a policy that AWS manages into access-keys.policies, such as ReadOnlyAccess, and run the same command again.',
    aws: awsInfo(error),
    cause: error,
  });

type KeyEntry = Extract<SecretEntry, { kind: 'access-key' }>;

/**
 * Stores the secret of a key that AWS has just made. Throws E-SECRETS-STORE: the key is kept elsewhere than it was meant to be, or
 * no place took it and it was deleted again; never is it printed.
 */
const storeKey = async (context: ApplyContext, entry: string, key: KeyEntry): Promise<void> => {
  const { secrets } = context;
  const { accessKeyId, profile } = key;
  await recordInJournal(context, entry, { made: accessKeyId });
  try {
    await secrets.store(key);
  } catch (error) {
    if (!isKept(error)) throw await takenBack(context, entry, key, error);
    // Not where it was meant to be; the error says where.
    await recordInJournal(context, entry, { state: 'closed', place: 'another place than the chosen one' });
    throw error;
  }
  const place = profile === '' ? secrets.place('console-password') : `the profile ${profile}`;
  await recordInJournal(context, entry, { state: 'closed', place });
};

const isKept = (error: unknown): boolean =>
  error instanceof BootstrapError && error.code === 'E-SECRETS-STORE' && !(error instanceof NotStoredError);

/** Nobody has the secret but this process: the key goes before it does. */
const takenBack = async (
  context: ApplyContext,
  entry: string,
  { user, accessKeyId }: KeyEntry,
  thrown: unknown,
): Promise<BootstrapError> => {
  const error =
    thrown instanceof NotStoredError
      ? thrown
      : new NotStoredError({
          message: `The access key ${accessKeyId} of ${user} could not be kept: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
          next: 'Mend the cause and run the same command again.',
          cause: thrown,
        });
  const told = (what: string, next: string): BootstrapError =>
    error.with({ step: 'access-keys', message: `${error.message} ${what}`, next, changed: true, cause: error });
  try {
    await retireKey(context, user, accessKeyId);
  } catch {
    const place = error.fallback;
    if (place === null) {
      return told(
        `The access key ${accessKeyId} of ${user} could not be deleted either, so nobody can use it.`,
        'Mend the cause and run the same command again; it deletes that key first.',
      );
    }
    await recordInJournal(context, entry, { state: 'closed', place });
    return told(
      `The access key ${accessKeyId} of ${user} could not be deleted either; its secret is in ${place}.`,
      `Keep the secret from there, or delete the key: aws iam delete-access-key --user-name ${user} --access-key-id ${accessKeyId}.`,
    );
  }
  await recordInJournal(context, entry, { state: 'closed' });
  await error.discard().catch(() => {});
  return told(`The access key ${accessKeyId} was deleted again, so nothing is left of it.`, error.next);
};
