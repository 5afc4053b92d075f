import * as z from 'zod';
import { managedPolicyArn, partitionOf } from '../core/account.js';
import { AmbiguousWriteError, type AwsError, isAwsError } from '../core/aws-error.js';
import { BootstrapError } from '../core/error.js';
import type { Finding } from '../core/finding.js';
import { profileMark, profileNameProblem } from '../core/profile-name.js';
import { type Reading, unknownFinding, value } from '../core/reading.js';
import { type ApplyContext, defineStep, type DesireContext } from '../core/step.js';
import { auditFindings, readAllKeys, readLastUse, type UserKeys } from './support/access-key-audit.js';
import { type CreateAccessKey, creationFindings, ownTag, type SeenKey, type WantedKey } from './support/access-key-creation.js';
import { type AccessKey, readAccessKeys, readPeople, sameName } from './support/people.js';
import { type RootUser, readRootUser, rootCredentialsPage } from './support/root-user.js';
import { spelledAs } from './support/spelling.js';
import { iamName } from './support/values.js';

/**
 * Access keys: none is best, since `aws login` works without. One that is wanted all the same belongs to a user who can do little.
 * Root never gets one: CreateAccessKey without a UserName would make it for whoever calls.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
 */
const keyUser = iamName.refine((name) => !sameName(name, 'root'), { error: '"root" is not a user to make a key for; name another' });
const managedPolicy = z.string().regex(/^[\w+=,.@/-]{1,128}$/, {
  error: ({ input }) => `${JSON.stringify(input)} is not the name of a policy that AWS manages; write it like ReadOnlyAccess`,
});
/** Checked behind the union: inside it, zod would only say that neither side fits. */
const profileOrFalse = z
  .union([z.string(), z.literal(false)], { error: 'is the name of a profile, or false' })
  .superRefine((name, context) => {
    const problem = name === false ? undefined : profileNameProblem(name);
    if (problem !== undefined) context.addIssue(problem);
  });
const schema = z.strictObject({
  mode: z.enum(['none', 'create']).default('none').describe('Whether an access key is wanted at all; `aws login` needs none'),
  user: keyUser.optional().describe('Who gets the key: the administrator by default, better a user who can do less. Made here when absent'),
  group: iamName.optional().describe('Group of that user, made here when absent, with the policies'),
  policies: z.array(managedPolicy).default(['ReadOnlyAccess']).describe('Policies that AWS manages, by name, attached to the group'),
  profile: profileOrFalse
    .optional()
    .describe("Profile of ~/.aws that the key goes to, the user's name by default; `false` puts it with the other secrets"),
  'max-age-days': z.number().int().min(1).default(90).describe('How old an active key of any user may become'),
});

interface Desired {
  /** undefined: no key is asked for. */
  readonly key: WantedKey | undefined;
  readonly maxAgeDays: number;
  /** `check` looks at every user; `init` at the one of the config. */
  readonly audit: boolean;
}
interface Observed {
  readonly root: Reading<RootUser>;
  readonly now: Date;
  readonly everybody: Reading<readonly UserKeys[]> | undefined;
  readonly seen: SeenKey | undefined;
  readonly partition: string;
}

export const accessKeys = defineStep<z.infer<typeof schema>, Desired, Observed, CreateAccessKey>({
  id: 'access-keys',
  title: 'Access keys',
  about: 'Makes an access key where one is wanted, and finds those that are old, unused or of root.',
  // Only a key of the administrator waits for the admin-user step, and its change is not planned before that user exists or is
  // planned; CreateAccessKey for a user who failed to appear is refused by AWS. A key of another user must not be blocked.
  needs: [],
  findings: [
    {
      id: 'access-keys.root',
      severity: 'critical',
      kind: 'wanted',
      title: 'Root has no access key',
      references: ['cis-7.0:2.4', 'prowler:iam_no_root_access_key'],
    },
    { id: 'access-keys.exists', severity: 'high', kind: 'wanted', title: 'The wanted access key exists', references: [] },
    { id: 'access-keys.stored', severity: 'medium', kind: 'wanted', title: 'The secret of the access key is at its place', references: [] },
    {
      id: 'access-keys.age',
      severity: 'medium',
      kind: 'audit',
      title: 'No active access key is too old',
      references: ['cis-7.0:2.12', 'prowler:iam_rotate_access_key_90_days'],
    },
    {
      id: 'access-keys.unused',
      severity: 'medium',
      kind: 'audit',
      title: 'No active access key lies unused',
      references: ['part of cis-7.0:2.11', 'prowler:iam_user_accesskey_unused'],
    },
    {
      id: 'access-keys.two-active',
      severity: 'low',
      kind: 'audit',
      title: 'No user has two active access keys',
      references: ['prowler:iam_user_two_active_access_key'],
    },
  ],
  schema,
  whenAbsent: 'audit',
  practice: () => ({ mode: 'create', user: 'ci', group: 'ci-readers', policies: ['ReadOnlyAccess'], profile: 'practice' }),
  asks: [],

  desire: (slice, context) => ({
    key: slice.mode === 'none' ? undefined : wantedKey(slice, context),
    maxAgeDays: slice['max-age-days'],
    audit: context.command === 'check',
  }),
  intent: () => ({}),

  observe: async ({ cloud, caller, clock, secrets }, { key, audit }) => {
    const user = key?.user;
    const [{ partition }, root, everybody, people, asWritten, held] = await Promise.all([
      caller(),
      readRootUser(cloud),
      audit ? readAllKeys(cloud) : undefined,
      key === undefined ? undefined : readPeople(cloud),
      // Asked by name, without waiting for the list of users.
      user === undefined ? value<readonly AccessKey[]>([]) : readAccessKeys(cloud, user),
      key === undefined ? [] : secrets.holds(),
    ]);
    if (people === undefined || user === undefined) return { root, partition, now: clock.now(), everybody, seen: undefined };
    // Read again in the rare case that the account spells the name otherwise.
    const spelled = spelledAs(people, user);
    const keys = spelled === user ? asWritten : await readAccessKeys(cloud, spelled);
    return { root, partition, now: clock.now(), everybody, seen: { partition, people, keys, held, user: spelled } };
  },

  assess: ({ key, maxAgeDays }, { root, partition, now, everybody, seen }) => [
    rootFinding(root, partition),
    ...(key === undefined ? [] : creationFindings(key, seen)),
    ...(everybody === undefined ? [] : auditFindings(everybody, now, maxAgeDays)),
  ],

  apply: async (context, change) => {
    await context.secrets.reserve(await context.accountId());
    await guardProfile(context, change);
    await prepareUser(context, change);
    await createKey(context, change);
  },

  recap: ({ key }, { seen }) => {
    if (key === undefined || seen?.keys.ok !== true) return [];
    const [own] = seen.keys.value.filter(
      ({ active, id }) => active && seen.held.some((mark) => mark.kind === 'access-key' && mark.id === id),
    );
    if (own === undefined) return [];
    return [{ label: 'Access key', value: `${own.id} of ${own.user}${key.profile === '' ? '' : `, in the profile ${key.profile}`}` }];
  },
});

const wantedKey = (slice: z.infer<typeof schema>, { intents, running, command, secrets, replaceProfile }: DesireContext): WantedKey => {
  const admin = intents.admin?.name;
  const user = slice.user ?? admin;
  const userIsAdmin = user !== undefined && admin !== undefined && sameName(user, admin);
  const profile = slice.profile === false ? '' : (slice.profile ?? user ?? '');
  // `default` changes what every tool does that names no profile: only who writes it means it.
  const byAccident = slice.profile === undefined && profile === 'default';
  return {
    user,
    userIsAdmin,
    adminComing: userIsAdmin && command === 'init' && running('admin-user'),
    group: slice.group,
    policies: slice.policies,
    profile,
    profileProblem: profile === '' ? undefined : byAccident ? 'would be "default"' : profileNameProblem(profile),
    replaceProfile,
    destination: secrets === 'chosen',
  };
};

const rootFinding = (root: Reading<RootUser>, partition: string): Finding<never> => {
  const id = 'access-keys.root';
  if (!root.ok) return unknownFinding(id, root);
  const { evidence } = root;
  if (!root.value.accessKey) return { id, status: 'pass', reason: 'Root has no access key', evidence };
  return {
    id,
    status: 'fail',
    reason: 'Root has an access key, which can do everything and cannot be limited',
    evidence,
    remedy: {
      by: 'hand',
      instructions: 'Sign in to the console as root and delete the key; use `aws login` where it was used.',
      url: rootCredentialsPage(partitionOf(partition).consoleHost),
    },
  };
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

/** "Already exists" is an answer to look into: the engine looks again, and goes on from what it sees. */
const lookedInto = async (write: Promise<unknown>): Promise<void> => {
  try {
    await write;
  } catch (error) {
    if (!isAwsError(error, 'EntityAlreadyExists') || error instanceof AmbiguousWriteError) throw error;
    const { operation, code, message, status, requestId } = error;
    throw new AmbiguousWriteError({ operation, code, message, status, requestId, cause: error });
  }
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
