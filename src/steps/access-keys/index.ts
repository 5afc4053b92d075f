import { partitionOf } from '../../core/account.js';
import { BootstrapError } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import { profileNameProblem } from '../../core/profile-name.js';
import { type Reading, unknownFinding, value } from '../../core/reading.js';
import { defineStep, type DesireContext } from '../../core/step.js';
import { applyKeyChange } from './apply.js';
import { type AccessKeyChange, attachesPolicies, creationFindings, type ObservedKey, type WantedKey } from './assess.js';
import { auditFindings, readAllKeys, type UserKeys } from './audit.js';
import { replaceProfile } from './flags.js';
import { readLostKeys } from './lost-keys.js';
import { type NamedPolicy, readManagedPolicies } from './managed-policies.js';
import { permissions } from './permissions.js';
import { undoAccessKeys } from './undo.js';
import {
  type AccessKey,
  readAccessKeys,
  readPeople,
  readRootUser,
  rootCredentialsPage,
  type RootUser,
  sameName,
  spelledAs,
} from '../shared/people.js';
import { iamName } from '../shared/values.js';
import * as z from 'zod/mini';

/**
 * Access keys: none is best, because `aws login` works without one. A key that is needed should belong to a user with few permissions.
 * Root never gets one: CreateAccessKey is always sent with a UserName, because without one it creates a key for the caller.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
 */
const keyUser = iamName.check(
  z.refine((name) => !sameName(name, 'root'), { error: '"root" is not a user that gets an access key; choose another user' }),
);
const managedPolicy = z.string().check(
  z.regex(/^[\w+=,.@/-]{1,128}$/, {
    error: ({ input }) => `${JSON.stringify(input)} is not the name of an AWS managed policy; write it like ReadOnlyAccess`,
  }),
);
/** Checked after the union: inside it, zod would only report that neither side matches. */
const profileOrFalse = z.union([z.string(), z.literal(false)], { error: 'must be the name of a profile, or false' }).check(
  z.superRefine((name, context) => {
    const problem = name === false ? undefined : profileNameProblem(name);
    if (problem !== undefined) context.addIssue(problem);
  }),
);
const schema = z.strictObject({
  mode: z._default(z.enum(['none', 'create']), 'none').check(z.describe('Whether to create an access key; `aws login` needs none')),
  user: z
    .optional(keyUser)
    .check(
      z.describe(
        'User that gets the key; the administrator by default, but a user with fewer permissions is better. Created if it does not exist',
      ),
    ),
  group: z.optional(iamName).check(z.describe('Group of that user, with the policies. Created if it does not exist')),
  policies: z
    ._default(z.array(managedPolicy), ['ReadOnlyAccess'])
    .check(z.describe('AWS managed policies to attach to the group, by name with or without the path')),
  profile: z
    .optional(profileOrFalse)
    .check(z.describe("Profile of ~/.aws to store the key in; the user's name by default. `false` stores it with the other secrets")),
  'max-age-days': z._default(z.int().check(z.minimum(1)), 90).check(z.describe('Maximum age of an active key of any user, in days')),
});

interface Desired {
  /** undefined: the config asks for no key. */
  readonly key: WantedKey | undefined;
  /** The key is stored in a profile of the AWS files, not with the other secrets. */
  readonly keyInProfile: boolean;
  readonly maxAgeDays: number;
  /** True for `check`, which assesses every user; `init` assesses only the user of the config. */
  readonly audit: boolean;
}
interface Observed {
  readonly root: Reading<RootUser>;
  readonly now: Date;
  /** All users; undefined if this run does not need them. */
  readonly allUsers: Reading<readonly UserKeys[]> | undefined;
  readonly key: ObservedKey | undefined;
  readonly partition: string;
  readonly isRoot: boolean;
}

export const accessKeys = defineStep<z.infer<typeof schema>, Desired, Observed, AccessKeyChange>({
  id: 'access-keys',
  title: 'Access keys',
  about: 'Creates an access key if the config asks for one, and finds keys that are old, unused, or of root.',
  // A key of another user must not be blocked by the admin-user step. A key of the administrator is planned only if that user exists
  // or is planned, and AWS refuses CreateAccessKey if the user was not created.
  needs: [],
  independent: ({ key }) => key === undefined || !(key.userIsAdmin || key.groupIsAdmins),
  findings: [
    {
      id: 'access-keys.root',
      severity: 'critical',
      kind: 'wanted',
      title: 'Root has no access key',
      references: ['cis-7.0:2.4', 'prowler:iam_no_root_access_key'],
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html
      guide: {
        clicks: [
          'Sign in as root: with the email address of the account.',
          'Under "Access keys" select the key, then "Actions" and "Delete".',
          'Choose "Deactivate", enter the id of the key, then "Delete". Anything that uses the key stops working.',
        ],
      },
    },
    { id: 'access-keys.exists', severity: 'high', kind: 'wanted', title: 'The access key of the config exists', references: [] },
    { id: 'access-keys.stored', severity: 'medium', kind: 'wanted', title: 'The secret of the access key is stored', references: [] },
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
      title: 'No active access key is unused',
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
  explain: async () => (await import('./explain.js')).pages,
  schema,
  member: { applies: [] },
  whenAbsent: 'audit',
  examples: { user: 'ci', group: 'ci-readers', profile: 'acme-prod' },
  practice: () => ({ mode: 'create', user: 'ci', group: 'ci-readers', policies: ['ReadOnlyAccess'], profile: 'practice' }),
  questions: [],

  permissions,
  desire: (slice, context) => ({
    key: slice.mode === 'none' ? undefined : wantedKey(slice, context),
    keyInProfile: slice.profile !== false,
    maxAgeDays: slice['max-age-days'],
    audit: context.command === 'check',
  }),
  secrets: ({ key, keyInProfile }) => {
    if (key === undefined) return [];
    return [
      keyInProfile
        ? { kind: 'access-key', storedIn: 'profile', mayReplace: key.replaceProfile }
        : { kind: 'access-key', storedIn: 'destination', name: 'an access key without a profile' },
    ];
  },
  undo: undoAccessKeys,
  intent: ({ key }) => (key?.user === undefined || key.userIsAdmin ? {} : { keyUser: key.user }),

  observe: async (context, { key, audit }) => {
    const { cloud, caller, clock, secrets, journal } = context;
    const user = key?.user;
    const [who, root, allUsers, people, asWritten, held] = await Promise.all([
      caller(),
      readRootUser(cloud),
      audit ? readAllKeys(context) : undefined,
      key === undefined ? undefined : readPeople(cloud),
      // Read by name, without waiting for the list of users.
      user === undefined ? value<readonly AccessKey[]>([]) : readAccessKeys(cloud, user),
      key === undefined ? [] : secrets.holds(),
    ]);
    const { partition, identity } = who;
    const isRoot = identity.kind === 'root';
    if (people === undefined || user === undefined) return { root, partition, isRoot, now: clock.now(), allUsers, key: undefined };
    // Read again in the rare case that the account spells the name differently.
    const spelled = spelledAs(people, user);
    const listed = spelled === user ? asWritten : await readAccessKeys(cloud, spelled);
    const { keys, lost } = await readLostKeys({ cloud, journal }, who, spelled, listed.ok ? listed.value : [], held);
    const isNew = key !== undefined && listed.ok && keys.every(({ id }) => lost.some((one) => one.id === id));
    const attaches = isNew && people.ok && attachesPolicies(key, spelled, people.value);
    // A plan with a name that AWS does not know would fail partway. `check` plans nothing, so it does not need this permission.
    const names = attaches ? key.policies : [];
    const policies = audit ? value(names.map((name) => ({ wanted: name, name }))) : await readManagedPolicies(cloud, names);
    if (policies.ok) guardPolicies(policies.value);
    const observed = { partition, people, keys: listed.ok ? { ...listed, value: keys } : listed, policies, held, lost, user: spelled };
    return { root, partition, isRoot, now: clock.now(), allUsers, key: observed };
  },

  assess: ({ key, maxAgeDays }, observed) => [
    rootFinding(observed),
    ...(key === undefined ? [] : creationFindings(key, observed.key)),
    ...(observed.allUsers === undefined ? [] : auditFindings(observed.allUsers, observed.now, maxAgeDays)),
  ],

  apply: applyKeyChange,

  recap: ({ key }, { key: observed }) => {
    if (key === undefined || observed?.keys.ok !== true) return [];
    const stored = observed.keys.value.find(
      ({ active, id }) => active && observed.held.some((mark) => mark.kind === 'access-key' && mark.id === id),
    );
    if (stored === undefined) return [];
    return [{ label: 'Access key', value: `${stored.id} of ${stored.user}${key.profile === '' ? '' : `, in the profile ${key.profile}`}` }];
  },
});

const guardPolicies = (policies: readonly NamedPolicy[]): void => {
  const problems = policies.flatMap(({ problem }) => problem ?? []);
  if (problems.length === 0) return;
  throw new BootstrapError({
    code: 'E-POLICY-NAME',
    step: 'access-keys',
    message: problems.join(' '),
    next: `Correct access-keys.policies in the config. \`aws iam list-policies --scope AWS\` lists the names.`,
  });
};

const wantedKey = (slice: z.infer<typeof schema>, { intents, running, command, secrets, switches }: DesireContext): WantedKey => {
  const admin = intents.admin?.name;
  const user = slice.user ?? admin;
  const userIsAdmin = user !== undefined && admin !== undefined && sameName(user, admin);
  const groupIsAdmins = slice.group !== undefined && intents.admin !== undefined && sameName(slice.group, intents.admin.group);
  const profile = slice.profile === false ? '' : (slice.profile ?? user ?? '');
  // The profile `default` affects every tool that names no profile, so it is used only if the config names it.
  const byAccident = slice.profile === undefined && profile === 'default';
  return {
    user,
    userIsAdmin,
    groupIsAdmins,
    adminComing: userIsAdmin && command === 'init' && running('admin-user'),
    group: slice.group,
    policies: slice.policies,
    profile,
    profileProblem: profile === '' ? undefined : byAccident ? 'would be "default"' : profileNameProblem(profile),
    replaceProfile: switches.includes(replaceProfile.flag),
    destination: secrets === 'chosen',
  };
};

const rootFinding = ({ root, partition, isRoot }: Observed): Finding<never> => {
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
      instructions: 'Replace the key with `aws login` wherever it is used. Then delete it as root, with this command or in the console.',
      command: `bootstrap keys delete --root --all${isRoot ? '' : ' --profile ROOT'}`,
      url: rootCredentialsPage(partitionOf(partition).consoleHost),
    },
  };
};
