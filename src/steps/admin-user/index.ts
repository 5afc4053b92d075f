import * as z from 'zod/mini';
import { partitionOf, signInUrl } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading, value } from '../../core/reading.js';
import { defineStep, type ObserveContext } from '../../core/step.js';
import { type ConsolePassword, readConsolePassword, readPeople, spelledAs } from '../shared/people.js';
import { readAdministratorRoles, readPasswordUse } from '../shared/sign-ins.js';
import { createUserInGroup } from '../shared/user-in-group.js';
import { administratorName, administratorNameProblem, iamName } from '../shared/values.js';
import { type AdminChange, assessAdministrator, type Desired, type Observed } from './assess.js';
import { isYoung } from './audit.js';
import { isPasswordLost, setConsolePassword } from './console-password.js';
import { readCredentialReport } from '../shared/credential-report.js';
import { administratorOffers, identityCenterAnswer } from './offers.js';
import { readPasswordPolicy } from './password-policy.js';
import { permissions } from './permissions.js';
import { undoAdministrator } from './undo.js';

/**
 * The IAM administrator, for all work that does not need root: a user, a group with AdministratorAccess (CIS requires permissions
 * through groups), a console password that must be changed at the first sign-in, and before it the password policy.
 */
const policySchema = z.strictObject({
  'minimum-length': z._default(z.int().check(z.minimum(6), z.maximum(128)), 14).check(z.describe('Shortest password allowed')),
  'reuse-prevention': z
    ._default(z.int().check(z.minimum(1), z.maximum(24)), 24)
    .check(z.describe('How many earlier passwords cannot be reused')),
});
const fields = z.strictObject({
  kind: z
    ._default(z.enum(['iam-user', 'identity-center']), 'iam-user')
    .check(
      z.describe(
        'With `identity-center` administrators sign in through IAM Identity Center, and no IAM user, password or MFA device is created. At a terminal, this is also used if the account has an administrator role of IAM Identity Center and you give no name',
      ),
    ),
  name: z.optional(administratorName).check(z.describe('User name of the administrator')),
  group: z._default(iamName, 'Administrators').check(z.describe('Group that has AdministratorAccess')),
  'console-password': z
    ._default(z.enum(['generate', 'none']), 'generate')
    .check(z.describe('Whether to create a console password, which must be changed at the first sign-in')),
  'password-policy': z
    ._default(z.union([z.literal(false), z.prefault(policySchema, {})]), { 'minimum-length': 14, 'reuse-prevention': 24 })
    .check(z.describe('Merged with the current policy, never loosened; `false` leaves the policy unchanged')),
});
const schema = fields.check(
  z.superRefine(({ kind, name }, context) => {
    if (kind !== 'identity-center' || name === undefined) return;
    const message = 'is for an IAM user, but `kind: identity-center` creates none; remove one of the two';
    context.addIssue({ code: 'custom', path: ['name'], message });
  }),
);

export const adminUser = defineStep<z.infer<typeof schema>, Desired, Observed, AdminChange>({
  id: 'admin-user',
  title: 'Administrator',
  about: 'Creates an IAM administrator with permissions from a group, so that you do not work as root.',
  needs: [],
  findings: [
    {
      id: 'admin-user.password-policy',
      severity: 'medium',
      kind: 'wanted',
      title: 'The password policy asks for long passwords that are not reused',
      references: ['cis-7.0:2.8', 'cis-7.0:2.9', 'prowler:iam_password_policy_minimum_length_14', 'prowler:iam_password_policy_reuse_24'],
    },
    { id: 'admin-user.exists', severity: 'high', kind: 'wanted', title: 'An administrator other than root exists', references: [] },
    {
      id: 'admin-user.via-group',
      severity: 'low',
      kind: 'wanted',
      title: 'Permissions come through groups',
      references: ['cis-7.0:2.13', 'prowler:iam_policy_attached_only_to_group_or_roles'],
    },
    { id: 'admin-user.console', severity: 'low', kind: 'wanted', title: 'The administrator can sign in to the console', references: [] },
    {
      id: 'admin-user.unused-password',
      severity: 'medium',
      kind: 'audit',
      title: 'No console password is unused',
      references: ['part of cis-7.0:2.11', 'prowler:iam_user_console_access_unused'],
    },
    {
      id: 'admin-user.root-at-rest',
      severity: 'low',
      kind: 'audit',
      title: 'Root is not used for daily work',
      references: ['cis-7.0:2.7', 'prowler:iam_avoid_root_usage'],
    },
  ],
  explain: async () => (await import('./explain.js')).pages,
  schema,
  member: { shared: ['password-policy'], applies: ['admin-user.password-policy'], byDefault: true },
  whenAbsent: 'wanted',
  examples: { name: 'alex' },
  practice: () => ({ name: 'admin' }),
  questions: [
    {
      path: 'name',
      flag: '--admin-user',
      question: 'User name of the administrator',
      hint: 'the administrator does the daily work, so that root is used only for what root alone can do',
      validate: administratorNameProblem,
      offers: administratorOffers,
      unless: identityCenterAnswer,
    },
  ],

  permissions,
  desire: (slice, { command, unattended, secrets, intents }) => {
    const policy = slice['password-policy'];
    const mfaIsDeferred = unattended && intents.mfa?.adminRequired === true && intents.mfa.assign !== 'unattended';
    return {
      kind: slice.kind,
      name: slice.name,
      group: slice.group,
      keyUser: intents.keyUser,
      consolePassword:
        slice['console-password'] === 'none' || slice.kind === 'identity-center'
          ? 'none'
          : // A password without MFA could exist for days, so both are created together.
            mfaIsDeferred
            ? 'with-mfa'
            : secrets === 'none'
              ? 'no-destination'
              : 'create',
      policy: policy === false ? false : { minimumLength: policy['minimum-length'], reusePrevention: policy['reuse-prevention'] },
      audit: command === 'check',
    };
  },
  secrets: ({ consolePassword }) =>
    consolePassword === 'create' ? [{ kind: 'console-password', storedIn: 'destination', name: 'a console password' }] : [],
  intent: ({ kind, name, group, consolePassword }) => {
    if (kind === 'identity-center') return { identityCenter: true };
    return name === undefined ? {} : { admin: { name, group, console: consolePassword !== 'none' } };
  },

  observe: async (context, { name, audit }) => {
    const { cloud, caller, accountId, clock } = context;
    const creation = audit ? caller().then(({ partition }) => readCreation(cloud, partition)) : undefined;
    const needed = async (): Promise<boolean> => {
      const created = await creation;
      return !(created?.ok === true && created.value !== undefined && isYoung(created.value, clock.now()));
    };
    const [who, people, asWritten, policy, roles, passwords, report, createdAt] = await Promise.all([
      caller(),
      readPeople(cloud),
      name === undefined ? undefined : readConsolePassword(cloud, name),
      readPasswordPolicy(cloud),
      name === undefined ? readAdministratorRoles(cloud, accountId) : value({ identityCenter: [], access: [] }),
      audit ? readPasswordUse(context) : undefined,
      audit ? readCredentialReport(context, needed) : undefined,
      creation,
    ]);
    const login =
      name === undefined || asWritten === undefined
        ? undefined
        : await readLogin(context, who.accountId, name, spelledAs(people, name), asWritten);
    return {
      accountId: who.accountId,
      partition: who.partition,
      people,
      login,
      policy,
      now: clock.now(),
      roles,
      audit: passwords === undefined || report === undefined || createdAt === undefined ? undefined : { passwords, report, createdAt },
    };
  },

  assess: assessAdministrator,

  apply: async (context, change) => {
    switch (change.kind) {
      case 'set-password-policy':
        await context.cloud.write('iam:UpdateAccountPasswordPolicy', change.policy);
        return;
      case 'complete-administrator':
        await createUserInGroup(context, { ...change, policyArns: [change.policyArn] });
        return;
      case 'create-console-password':
        await setConsolePassword(context, change, 'iam:CreateLoginProfile');
        return;
      case 'replace-lost-password':
        context.notify(`replacing the console password of ${change.user}, which an interrupted run lost`);
        await setConsolePassword(context, change, 'iam:UpdateLoginProfile');
    }
  },

  undo: undoAdministrator,

  recap: ({ kind }, { accountId, partition }) =>
    kind === 'identity-center'
      ? [{ label: 'Administrator', value: 'signs in through IAM Identity Center' }]
      : [{ label: 'Sign-in URL', value: signInUrl(partition, accountId) }],
});

/** `read`: the password of the name in the config. It is read again in the rare case that the account spells the name differently. */
const readLogin = async (
  { cloud, journal, secrets }: ObserveContext,
  accountId: string,
  name: string,
  spelled: string,
  read: Reading<ConsolePassword | undefined>,
): Promise<NonNullable<Observed['login']>> => {
  const password = spelled === name ? read : await readConsolePassword(cloud, spelled);
  const current = password.ok ? password.value : undefined;
  return {
    user: spelled,
    password,
    lost: current !== undefined && (await isPasswordLost({ cloud, journal, secrets }, accountId, spelled, current)),
  };
};

/** The billing-access step sends the same request, so AWS gets it once. Not every partition has the service. */
const readCreation = async (cloud: ReadCloud, partition: string): Promise<Reading<Date | undefined>> =>
  partitionOf(partition).billing
    ? map(await cloud.read('account:GetAccountInformation', {}), (output) => output.AccountCreatedDate)
    : value(undefined);
