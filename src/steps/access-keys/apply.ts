import { managedPolicyArn } from '../../core/account.js';
import { AmbiguousWriteError, AwsError, awsInfo, isAwsError } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import { keysCommand } from '../../core/keys.js';
import { profileMark } from '../../core/profile-name.js';
import { type Unread, unreadError, value } from '../../core/reading.js';
import { NotStoredError, type SecretEntry } from '../../core/secret.js';
import type { ApplyContext } from '../../core/step.js';
import type { AccessKeyChange, CreateAccessKey } from './assess.js';
import { retireKey } from './retire-key.js';
import { recordInJournal } from '../shared/journal.js';
import { type AccessKey, readAccessKeys, readLastUse } from '../shared/people.js';
import { createUserInGroup } from '../shared/user-in-group.js';

export const applyKeyChange = async (context: ApplyContext, change: AccessKeyChange): Promise<void> => {
  if (change.kind === 'create-access-key') return createAccessKey(context, change);
  await deleteLostKeys(context, change);
};

/** Creates the key, and before it the user and group if they are missing. Nothing is created before the destination is reserved. */
const createAccessKey = async (context: ApplyContext, change: CreateAccessKey): Promise<void> => {
  await context.secrets.reserve(await context.accountId());
  await guardProfile(context, change);
  await deleteLostKeys(context, change);
  await prepareUser(context, change);
  await createKey(context, change);
};

const deleteLostKeys = async (context: ApplyContext, { user, retires }: Pick<AccessKeyChange, 'user' | 'retires'>): Promise<void> => {
  for (const { id, entry } of retires) {
    context.notify(`deleting the access key ${id}, whose secret an interrupted run lost`);
    await retireKey(context, user, id);
    await recordInJournal(context, entry, { made: id, state: 'closed' });
  }
};

/** Just before the key is created, checks that the profile still contains what it did when the plan was made. */
const guardProfile = async ({ secrets }: ApplyContext, { profile, replaces }: CreateAccessKey): Promise<void> => {
  if (profile === '') return;
  const { user } = profileMark(profile, '');
  const taken = (await secrets.holds()).find((mark) => mark.kind === 'access-key' && mark.user === user && mark.id !== replaces);
  if (taken === undefined) return;
  throw new BootstrapError({
    code: 'E-SECRETS-DESTINATION',
    step: 'access-keys',
    message: `The profile ${profile} has been used for something else since the plan was made${taken.id === '' ? '' : `: it contains the key ${taken.id}`}.`,
    next: 'Choose another profile: access-keys.profile in the config.',
  });
};

const prepareUser = async (context: ApplyContext, { user, createsUser, calls }: CreateAccessKey): Promise<void> => {
  if (createsUser === null) return;
  const { group, policies } = createsUser;
  const { partition } = await context.caller();
  const policyArns = policies.map((policy) => managedPolicyArn(partition, policy));
  try {
    await createUserInGroup(context, { user, group, policyArns, calls });
  } catch (error) {
    const isMissing = isAwsError(error, 'NoSuchEntity') && !(error instanceof AmbiguousWriteError);
    throw isMissing && error.operation === 'iam:AttachGroupPolicy' ? noSuchPolicy(policies, error) : error;
  }
};

/** How often, in one run, a key whose response was lost is deleted and created again. */
const maxRetries = 2;

/**
 * The journal is written before the request is sent. So whatever happens afterwards, the next run knows that a key of this user that
 * is not in `before` and was not stored was created by this tool and is lost.
 */
const createKey = async (context: ApplyContext, { user, profile, calls }: CreateAccessKey): Promise<void> => {
  const { cloud, journal, notify } = context;
  const accountId = await context.accountId();
  for (let retries = 0; ; retries += 1) {
    // A user that this change has just created has no keys.
    const isNew = retries === 0 && calls.includes('iam:CreateUser');
    const before = isNew ? value<readonly AccessKey[]>([]) : await readAccessKeys(cloud, user);
    if (!before.ok) throw unreadable(user, before);
    const { signingKey } = await context.caller();
    // IAM may list the key that signs this run only later.
    const known = [...before.value.map(({ id }) => id), ...(signingKey === undefined ? [] : [signingKey])];
    const { id: entry } = await journal.open({ accountId, kind: 'access-key', user, before: known, replaces: null });
    try {
      const { AccessKey: created } = await cloud.write('iam:CreateAccessKey', { UserName: user });
      await storeKey(context, entry, {
        kind: 'access-key',
        user,
        accessKeyId: created.AccessKeyId,
        secretAccessKey: created.SecretAccessKey,
        profile,
      });
      return;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      // Refused: no key was created. If that is uncertain, the entry stays open for the run that finds the key.
      if (!(error instanceof AmbiguousWriteError)) {
        await recordInJournal(context, entry, { state: 'closed' });
        throw error;
      }
      const lost = await findLostKey(context, user, known);
      if (lost === undefined) throw error;
      if (retries >= maxRetries) throw secretLost(lost, error);
      notify(`the response with the secret of the access key ${lost.id} was lost; deleting the key and creating another one`);
      await retireKey(context, user, lost.id);
      await recordInJournal(context, entry, { made: lost.id, state: 'closed' });
    }
  }
};

const unreadable = (user: string, unread: Unread): BootstrapError =>
  unreadError(unread, {
    step: 'access-keys',
    message: `The access keys of ${user} could not be read just before a new one was to be created: ${unread.message}.`,
  });

/** IAM may list a new key only after a delay. A second key created before that would leave the first one without a secret. */
const patienceMs = 30_000;

/** The key of a lost response: the only key that did not exist before, if it was never used. */
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
    if (waited === 0) notify('the response to CreateAccessKey was lost; checking whether the key was created');
    await clock.sleep(delay, signal);
  }
};

const secretLost = ({ id, user }: AccessKey, error: AmbiguousWriteError): BootstrapError =>
  new BootstrapError({
    code: 'E-KEY-SECRET-LOST',
    step: 'access-keys',
    message: `AWS created the access key ${id} for ${user}, but the response with the secret was lost again, so no one can use that key.`,
    next: 'Run the same command again when the connection is stable; it deletes that key first.',
    retryable: true,
    changed: true,
    aws: awsInfo(error),
    cause: error,
  });

const noSuchPolicy = (policies: readonly string[], error: AwsError): BootstrapError =>
  new BootstrapError({
    code: 'E-POLICY-UNKNOWN',
    step: 'access-keys',
    message: `AWS has no managed policy named ${policies.join(' or ')}, or the group to attach it to was deleted.`,
    next: 'Correct access-keys.policies in the config (for example ReadOnlyAccess), and run the same command again.',
    aws: awsInfo(error),
    cause: error,
  });

type KeyEntry = Extract<SecretEntry, { kind: 'access-key' }>;

/**
 * Stores the secret of a key that AWS has just created. Throws E-SECRETS-STORE if the secret was stored somewhere other than the
 * chosen destination, or nowhere, in which case the key is deleted again. The secret is never printed.
 */
const storeKey = async (context: ApplyContext, entry: string, key: KeyEntry): Promise<void> => {
  const { secrets } = context;
  const { accessKeyId, profile } = key;
  await recordInJournal(context, entry, { made: accessKeyId });
  try {
    await secrets.store(key);
  } catch (error) {
    if (!isStoredElsewhere(error)) throw await discardKey(context, entry, key, error);
    // The error message names the place.
    await recordInJournal(context, entry, { state: 'closed', place: 'another place than the chosen one' });
    throw error;
  }
  const place = profile === '' ? secrets.place('console-password') : `the profile ${profile}`;
  await recordInJournal(context, entry, { state: 'closed', place });
};

const isStoredElsewhere = (error: unknown): boolean =>
  error instanceof BootstrapError && error.code === 'E-SECRETS-STORE' && !(error instanceof NotStoredError);

/** Deletes a key whose secret only this process has. Returns the error to throw. */
const discardKey = async (
  context: ApplyContext,
  entry: string,
  { user, accessKeyId }: KeyEntry,
  thrown: unknown,
): Promise<BootstrapError> => {
  const error =
    thrown instanceof NotStoredError
      ? thrown
      : new NotStoredError({
          message: `The access key ${accessKeyId} of ${user} could not be stored: ${sentence(thrown instanceof Error ? thrown.message : String(thrown))}`,
          next: 'Fix the cause and run the same command again.',
          cause: thrown,
        });
  const withOutcome = (what: string, next: string): BootstrapError =>
    error.with({ step: 'access-keys', message: `${error.message} ${what}`, next, changed: true, cause: error });
  try {
    await retireKey(context, user, accessKeyId);
  } catch {
    const place = error.fallback;
    if (place === null) {
      return withOutcome(
        `The access key ${accessKeyId} of ${user} could not be deleted either, so no one can use it.`,
        'Fix the cause and run the same command again; it deletes that key first.',
      );
    }
    await recordInJournal(context, entry, { state: 'closed', place });
    return withOutcome(
      `The access key ${accessKeyId} of ${user} could not be deleted either; its secret is in ${place}.`,
      `Move the secret from there to where you need it, or delete the key: \`${keysCommand('delete', user, accessKeyId)} --even-if-active\`.`,
    );
  }
  await recordInJournal(context, entry, { state: 'closed' });
  await error.discard().catch(() => {});
  return withOutcome(`The access key ${accessKeyId} was deleted again.`, error.next);
};

const sentence = (text: string): string => text.replace(/\.?$/, '.');
