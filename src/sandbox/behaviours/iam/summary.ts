import type { Behaviours } from '../../behaviour.js';
import { quotas } from './entities.js';
import { devices, rootHasMfa } from './mfa-devices.js';

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
        AccountSigningCertificatesPresent: 0,
      },
    };
  },
};
