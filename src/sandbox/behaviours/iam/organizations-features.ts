import type { Behaviour, Behaviours, Scene } from '../../behaviour.js';
import { Fault } from '../../fault.js';
import type { OrganizationWorld } from '../../world.js';

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
