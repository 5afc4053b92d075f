import * as z from 'zod';
import { partitionOf } from '../../core/account.js';
import { BootstrapError } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import { profileNameProblem } from '../../core/profile-name.js';
import { type Reading, unknownFinding, value } from '../../core/reading.js';
import { defineStep, type DesireContext } from '../../core/step.js';
import { type AccessKey, readAccessKeys, readPeople, sameName, spelledAs } from '../shared/people.js';
import { readRootUser, rootCredentialsPage, type RootUser } from '../shared/root-user.js';
import { iamName } from '../shared/values.js';
import { applyKeyChange } from './apply.js';
import { type AccessKeyChange, attachesPolicies, creationFindings, type ObservedKey, type WantedKey } from './assess.js';
import { auditFindings, readAllKeys, type UserKeys } from './audit.js';
import { readLostKeys } from './lost-keys.js';
import { replaceProfile } from './flags.js';
import { type NamedPolicy, readManagedPolicies } from './managed-policies.js';
import { permissions } from './permissions.js';

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
  policies: z
    .array(managedPolicy)
    .default(['ReadOnlyAccess'])
    .describe('Policies that AWS manages, by name with or without the path, attached to the group'),
  profile: profileOrFalse
    .optional()
    .describe("Profile of ~/.aws that the key goes to, the user's name by default; `false` puts it with the other secrets"),
  'max-age-days': z.number().int().min(1).default(90).describe('How old an active key of any user may become'),
});

interface Desired {
  /** undefined: no key is asked for. */
  readonly key: WantedKey | undefined;
  /** The key is stored in a profile of the AWS files, not with the other secrets. */
  readonly keyInProfile: boolean;
  readonly maxAgeDays: number;
  /** `check` looks at every user; `init` at the one of the config. */
  readonly audit: boolean;
}
interface Observed {
  readonly root: Reading<RootUser>;
  readonly now: Date;
  readonly everybody: Reading<readonly UserKeys[]> | undefined;
  readonly seen: ObservedKey | undefined;
  readonly partition: string;
}

export const accessKeys = defineStep<z.infer<typeof schema>, Desired, Observed, AccessKeyChange>({
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
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html
      guide: {
        clicks: [
          'Sign in as root: with the e-mail address of the account.',
          'Under "Access keys" select the key, then "Actions" and "Delete".',
          'Choose "Deactivate", enter the id of the key, then "Delete". What used the key stops working.',
        ],
      },
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
  explain: async () => (await import('./explain.js')).pages,
  schema,
  member: { carried: [] },
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
        : { kind: 'access-key', storedIn: 'destination', name: 'an access key that no profile takes' },
    ];
  },
  intent: () => ({}),

  observe: async ({ cloud, caller, clock, secrets, journal }, { key, audit }) => {
    const user = key?.user;
    const [{ accountId, partition }, root, everybody, people, asWritten, held] = await Promise.all([
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
    const listed = spelled === user ? asWritten : await readAccessKeys(cloud, spelled);
    const { keys, lost } = await readLostKeys({ cloud, journal }, accountId, spelled, listed.ok ? listed.value : [], held);
    const isNew = key !== undefined && listed.ok && keys.every(({ id }) => lost.some((one) => one.id === id));
    const attaches = isNew && people.ok && attachesPolicies(key, spelled, people.value);
    // A plan with a name that AWS does not know would fail half-way. `check` plans nothing, and needs no permission for it.
    const names = attaches ? key.policies : [];
    const policies = audit ? value(names.map((name) => ({ wanted: name, name }))) : await readManagedPolicies(cloud, names);
    if (policies.ok) guardPolicies(policies.value);
    const seen = { partition, people, keys: listed.ok ? { ...listed, value: keys } : listed, policies, held, lost, user: spelled };
    return { root, partition, now: clock.now(), everybody, seen };
  },

  assess: ({ key, maxAgeDays }, { root, partition, now, everybody, seen }) => [
    rootFinding(root, partition),
    ...(key === undefined ? [] : creationFindings(key, seen)),
    ...(everybody === undefined ? [] : auditFindings(everybody, now, maxAgeDays)),
  ],

  apply: applyKeyChange,

  recap: ({ key }, { seen }) => {
    if (key === undefined || seen?.keys.ok !== true) return [];
    const [own] = seen.keys.value.filter(
      ({ active, id }) => active && seen.held.some((mark) => mark.kind === 'access-key' && mark.id === id),
    );
    if (own === undefined) return [];
    return [{ label: 'Access key', value: `${own.id} of ${own.user}${key.profile === '' ? '' : `, in the profile ${key.profile}`}` }];
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
    replaceProfile: switches.includes(replaceProfile.flag),
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
      instructions: 'Use `aws login` where the key is used. Then delete it, signed in as root: by the command, or in the console.',
      command: 'bootstrap keys delete --root --all',
      url: rootCredentialsPage(partitionOf(partition).consoleHost),
    },
  };
};
