import type { Behaviour, Behaviours, Scene } from '../../behaviour.js';
import { Fault } from '../../fault.js';
import type { OrganizationWorld } from '../../world.js';
import { invalidValue } from './constraints.js';
import { absent, exists, listing, quotas } from './entities.js';
import { devices, rootHasMfa } from './mfa-devices.js';

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
  DisableOrganizationsRootSessions: turn('RootSessions', false),
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
