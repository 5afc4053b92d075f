import { type Behaviour, type Behaviours, Fault, type Scene } from '../../behaviour.js';
import { invalidValue } from './constraints.js';
import { absent, exists, listing, quotas } from './entities.js';
import { devices, rootHasMfa } from './mfa-devices.js';
import type { AccountWorld, OrganizationWorld, UserWorld } from '../../world.js';

/** Aliases of customers outside the practice world. */
const takenAliases: readonly string[] = [
  'acme',
  'amazon',
  'aws',
  'company',
  'dev',
  'example',
  'prod',
  'production',
  'sandbox',
  'taken',
  'test',
];

export const alias: Behaviours = {
  /**
   * Silently replaces the existing alias; the old sign-in URL stops working at once. A name that any account has is refused,
   * including this account's own. https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html
   */
  CreateAccountAlias(input, { world, account }) {
    if (/^\d{12}$/.test(input.AccountAlias)) throw invalidValue('AccountAlias', input.AccountAlias, 'Member must not be a 12-digit number');
    const inUse = Object.values(world.accounts).some((each) => each.partition === account.partition && each.alias === input.AccountAlias);
    if (inUse || takenAliases.includes(input.AccountAlias)) throw exists(`The account alias ${input.AccountAlias} already exists.`);
    account.alias = input.AccountAlias;
    return {};
  },

  DeleteAccountAlias(input, { account }) {
    if (account.alias !== input.AccountAlias) absent(`The account alias ${input.AccountAlias} cannot be found.`);
    account.alias = null;
    return {};
  },

  ListAccountAliases(input, { account }) {
    return listing('AccountAliases', account.alias === null ? [] : [account.alias], input);
  },
};

const flag = (value: boolean): number => (value ? 1 : 0);

export const summary: Behaviours = {
  /** `AccountMFAEnabled` is about root only, `MFADevicesInUse` about all users. */
  GetAccountSummary(_input, { account }) {
    const known = devices(account);
    const hardwareRoot = flag(account.root.mfa === 'hardware' && !known.some((device) => device.user === ':root'));
    return {
      SummaryMap: {
        Users: account.users.length,
        UsersQuota: quotas.users,
        Groups: account.groups.length,
        GroupsQuota: quotas.groups,
        Roles: account.roles.length,
        RolesQuota: quotas.roles,
        Policies: account.policies.length,
        PoliciesQuota: quotas.policies,
        PolicySizeQuota: 6144,
        PolicyVersionsInUse: account.policies.length,
        PolicyVersionsInUseQuota: 10_000,
        VersionsPerPolicyQuota: 5,
        InstanceProfiles: 0,
        InstanceProfilesQuota: 1000,
        Providers: 0,
        ServerCertificates: 0,
        ServerCertificatesQuota: 20,
        SigningCertificatesPerUserQuota: 2,
        UserPolicySizeQuota: 2048,
        GroupPolicySizeQuota: 5120,
        RolePolicySizeQuota: 10_240,
        AssumeRolePolicySizeQuota: 2048,
        GroupsPerUserQuota: quotas.groupsPerUser,
        AccessKeysPerUserQuota: quotas.accessKeysPerUser,
        AttachedPoliciesPerUserQuota: quotas.policiesPerEntity,
        AttachedPoliciesPerGroupQuota: quotas.policiesPerEntity,
        AttachedPoliciesPerRoleQuota: quotas.policiesPerEntity,
        GlobalEndpointTokenVersion: 1,
        MFADevices: known.length + hardwareRoot,
        MFADevicesInUse: known.filter((device) => device.user !== null).length + hardwareRoot,
        AccountMFAEnabled: flag(rootHasMfa(account)),
        AccountAccessKeysPresent: flag(account.root.accessKeys.length > 0),
        AccountPasswordPresent: flag(account.root.passwordPresent),
        AccountSigningCertificatesPresent: account.root.signingCertificates?.length ?? 0,
      },
    };
  },
};

/** Central management of root credentials in member accounts, and short root sessions in them. */
const features = { RootCredentialsManagement: 'rootCredentialsManagement', RootSessions: 'rootSessions' } as const;

export const organizationsFeatures: Behaviours = {
  ListOrganizationsFeatures: (_input, scene) => answer(managed(scene), scene),
  EnableOrganizationsRootCredentialsManagement: turn('RootCredentialsManagement', true),
  DisableOrganizationsRootCredentialsManagement: turn('RootCredentialsManagement', false),
  EnableOrganizationsRootSessions: turn('RootSessions', true),
};

function turn(feature: keyof typeof features, on: boolean): Behaviour {
  return (_input, scene) => {
    const organization = managed(scene);
    scene.account[features[feature]] = on;
    return answer(organization, scene);
  };
}

const answer = (organization: OrganizationWorld, { account }: Scene) => ({
  OrganizationId: organization.id,
  EnabledFeatures: Object.entries(features).flatMap(([name, field]) => (account[field] ? [name] : [])),
});

/** The caller's organization. Throws if the caller does not manage it or IAM has no trusted access to it. */
function managed({ world, account }: Scene): OrganizationWorld {
  const refuse = (code: string, message: string) => new Fault(code, 400, message);
  const organization = world.organizations.find((each) => each.members.some((member) => member.accountId === account.id));
  if (organization === undefined) throw refuse('OrganizationNotFoundException', 'Your account is not a member of an organization.');
  if (organization.managementAccountId !== account.id) {
    const message =
      'The account making the request is neither the management account nor the delegated administrator for centralized root access.';
    throw refuse('AccountNotManagementOrDelegatedAdministratorException', message);
  }
  if (organization.featureSet !== 'ALL')
    throw refuse('OrganizationNotInAllFeaturesModeException', 'Your organization does not have all features enabled.');
  if (!organization.trustedServices.includes('iam.amazonaws.com')) {
    throw refuse('ServiceAccessNotEnabledException', 'Trusted access for IAM is not enabled in your organization.');
  }
  return organization;
}

/** Default of each field that UpdateAccountPasswordPolicy omits: there are no partial updates. */
const defaults = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
} as const;

export const passwordPolicy: Behaviours = {
  GetAccountPasswordPolicy(_input, { account }) {
    if (account.passwordPolicy === null) absent(`The Password Policy with domain name ${account.id} cannot be found.`);
    return { PasswordPolicy: { ...account.passwordPolicy } };
  },

  UpdateAccountPasswordPolicy(input, { account }) {
    const { MaxPasswordAge, PasswordReusePrevention, HardExpiry, ...rest } = input;
    account.passwordPolicy = {
      ...defaults,
      ...Object.fromEntries(Object.entries(rest).filter(([name]) => name in defaults)),
      ExpirePasswords: MaxPasswordAge !== undefined,
      ...(MaxPasswordAge === undefined ? {} : { MaxPasswordAge }),
      ...(PasswordReusePrevention === undefined ? {} : { PasswordReusePrevention }),
      ...(HardExpiry === undefined ? {} : { HardExpiry }),
    };
    return {};
  },

  DeleteAccountPasswordPolicy(_input, { account }) {
    if (account.passwordPolicy === null) absent(`The account policy with name PasswordPolicy cannot be found.`);
    account.passwordPolicy = null;
    return {};
  },
};

const symbols = /[!@#$%^&*()_+\-=[\]{}|']/;

/** Throws PasswordPolicyViolation if the account's policy does not allow the password. Without a policy, AWS's default applies. */
export function checkPassword(account: AccountWorld, user: UserWorld, password: string): void {
  const refuse = (message: string) => new Fault('PasswordPolicyViolation', 400, message);
  const classes = [/[A-Z]/, /[a-z]/, /[0-9]/, symbols].filter((each) => each.test(password)).length;
  const policy = account.passwordPolicy;
  if (policy === null) {
    if (password.length < 8) throw refuse('Password should have a minimum length of 8');
    if (classes < 3) throw refuse('Password should have at least three of: uppercase letters, lowercase letters, numbers, symbols');
    if ([account.name, account.email, account.alias ?? ''].includes(password))
      throw refuse('Password must not be the name or the email address of the account');
    return;
  }
  const least = Number(policy.MinimumPasswordLength ?? 6);
  if (password.length < least) throw refuse(`Password should have a minimum length of ${least}`);
  const required = [
    ['RequireUppercaseCharacters', /[A-Z]/, 'uppercase letter'],
    ['RequireLowercaseCharacters', /[a-z]/, 'lowercase letter'],
    ['RequireNumbers', /[0-9]/, 'number'],
    ['RequireSymbols', symbols, 'symbol'],
  ] as const;
  for (const [name, pattern, what] of required) {
    if (policy[name] === true && !pattern.test(password)) throw refuse(`Password should have at least one ${what}`);
  }
  const reuse = Number(policy.PasswordReusePrevention ?? 0);
  const former = user.password === null ? [] : [user.password.value, ...(user.password.former ?? [])];
  if (former.slice(0, reuse).includes(password)) throw refuse('Password has been used previously');
}
