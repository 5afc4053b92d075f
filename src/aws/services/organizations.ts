import {
  OrganizationsClient,
  AcceptHandshakeCommand,
  CreateAccountCommand,
  CreateOrganizationCommand,
  CreateOrganizationalUnitCommand,
  DescribeCreateAccountStatusCommand,
  DescribeOrganizationCommand,
  EnableAWSServiceAccessCommand,
  EnableAllFeaturesCommand,
  ListAccountsCommand,
  ListCreateAccountStatusCommand,
  ListHandshakesForOrganizationCommand,
  ListOrganizationalUnitsForParentCommand,
  ListParentsCommand,
  ListRootsCommand,
  MoveAccountCommand,
} from '@aws-sdk/client-organizations';

// Named imports, so that the bundle carries these commands and no others.
export const Client = OrganizationsClient;
export const commands = {
  AcceptHandshake: AcceptHandshakeCommand,
  CreateAccount: CreateAccountCommand,
  CreateOrganization: CreateOrganizationCommand,
  CreateOrganizationalUnit: CreateOrganizationalUnitCommand,
  DescribeCreateAccountStatus: DescribeCreateAccountStatusCommand,
  DescribeOrganization: DescribeOrganizationCommand,
  EnableAWSServiceAccess: EnableAWSServiceAccessCommand,
  EnableAllFeatures: EnableAllFeaturesCommand,
  ListAccounts: ListAccountsCommand,
  ListCreateAccountStatus: ListCreateAccountStatusCommand,
  ListHandshakesForOrganization: ListHandshakesForOrganizationCommand,
  ListOrganizationalUnitsForParent: ListOrganizationalUnitsForParentCommand,
  ListParents: ListParentsCommand,
  ListRoots: ListRootsCommand,
  MoveAccount: MoveAccountCommand,
};
