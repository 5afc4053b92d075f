import { managedPolicyArn } from '../../core/account.js';
import { AmbiguousWriteError, type AwsError, isAwsError } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/error.js';
import { profileMark } from '../../core/profile-name.js';
import type { ApplyContext } from '../../core/step.js';
import { readLastUse } from './access-key-audit.js';
import { type CreateAccessKey, ownTag } from './access-key-creation.js';
import { lookedInto } from './looked-into.js';
import { type AccessKey, readAccessKeys } from './people.js';

/** Makes the key, and before it what the plan found missing around it. Nothing is made before its place is sure. */
export const makeAccessKey = async (context: ApplyContext, change: CreateAccessKey): Promise<void> => {
  await context.secrets.reserve(await context.accountId());
  await guardProfile(context, change);
  await prepareUser(context, change);
  await createKey(context, change);
};

/** Just before the key is made: what the profile holds is what it held in the plan. */
const guardProfile = async ({ secrets }: ApplyContext, { profile, replaces }: CreateAccessKey): Promise<void> => {
  if (profile === '') return;
  const { user } = profileMark(profile, '');
  const taken = (await secrets.holds()).find((mark) => mark.kind === 'access-key' && mark.user === user && mark.id !== replaces);
  if (taken === undefined) return;
  throw new BootstrapError({
    code: 'E-SECRETS-DESTINATION',
    exit: 2,
    step: 'access-keys',
    message: `The profile ${profile} is taken meanwhile${taken.id === '' ? '' : `: it holds the key ${taken.id}`}.`,
    next: 'Choose another profile: access-keys.profile in the config.',
  });
};

const prepareUser = async ({ cloud, caller }: ApplyContext, { user, createsUser, calls }: CreateAccessKey): Promise<void> => {
  if (createsUser === null) return;
  const { group, policies } = createsUser;
  const { partition } = await caller();
  if (calls.includes('iam:CreateGroup')) await lookedInto(cloud.write('iam:CreateGroup', { GroupName: group }));
  for (const policy of policies) {
    try {
      await cloud.write('iam:AttachGroupPolicy', { GroupName: group, PolicyArn: managedPolicyArn(partition, policy) });
    } catch (error) {
      throw isAwsError(error, 'NoSuchEntity') && !(error instanceof AmbiguousWriteError) ? noSuchPolicy(policy, error) : error;
    }
  }
  if (calls.includes('iam:CreateUser')) await lookedInto(cloud.write('iam:CreateUser', { UserName: user, Tags: [ownTag] }));
  if (calls.includes('iam:AddUserToGroup')) await cloud.write('iam:AddUserToGroup', { GroupName: group, UserName: user });
};

const createKey = async (context: ApplyContext, { user, profile }: CreateAccessKey): Promise<void> => {
  const { cloud, secrets } = context;
  const before = await readAccessKeys(cloud, user);
  try {
    const { AccessKey: made } = await cloud.write('iam:CreateAccessKey', { UserName: user });
    await secrets.store({ kind: 'access-key', user, accessKeyId: made.AccessKeyId, secretAccessKey: made.SecretAccessKey, profile });
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) throw error;
    const known = before.ok ? before.value.map(({ id }) => id) : undefined;
    const lost = known === undefined ? undefined : await findLostKey(context, user, known);
    throw lost === undefined ? error : secretLost(lost, error);
  }
};

/** IAM shows a new key late; a second one made too early would be an orphan. */
const patienceMs = 30_000;

/** The key that a lost answer was about: the one that was not there before and that nobody has used. */
const findLostKey = async (
  { cloud, clock, signal, forget, say }: ApplyContext,
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
    if (waited === 0) say('the answer to CreateAccessKey was lost; looking whether the key was made');
    await clock.sleep(delay, signal);
  }
};

const awsInfo = ({ operation, code, requestId }: AwsError) => ({
  operation,
  error: code,
  ...(requestId === undefined ? {} : { requestId }),
});

const secretLost = ({ id, user }: AccessKey, error: AmbiguousWriteError): BootstrapError =>
  new BootstrapError({
    code: 'E-KEY-SECRET-LOST',
    exit: 6,
    step: 'access-keys',
    message: `AWS made the access key ${id} for ${user}, but its answer was lost, and with it the secret; nobody can use that key.`,
    next: `Delete it (aws iam delete-access-key --user-name ${user} --access-key-id ${id}) and run the same command again.`,
    changed: true,
    aws: awsInfo(error),
    cause: error,
  });

const noSuchPolicy = (policy: string, error: AwsError): BootstrapError =>
  new BootstrapError({
    code: 'E-POLICY-UNKNOWN',
    exit: 7,
    step: 'access-keys',
    message: `AWS manages no policy named ${policy}, or the group that it was to be attached to is gone.`,
    next: 'Write the name of a policy that AWS manages into access-keys.policies, such as ReadOnlyAccess, and run the same command again.',
    aws: awsInfo(error),
    cause: error,
  });
