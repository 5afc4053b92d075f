import {
  STSClient,
  AssumeRoleCommand,
  AssumeRootCommand,
  GetCallerIdentityCommand,
  getDefaultRoleAssumer,
  getDefaultRoleAssumerWithWebIdentity,
} from '@aws-sdk/client-sts';

// Named imports, so that the bundle carries these commands and no others.
export const Client = STSClient;
export { getDefaultRoleAssumer, getDefaultRoleAssumerWithWebIdentity };
export const commands = {
  AssumeRole: AssumeRoleCommand,
  AssumeRoot: AssumeRootCommand,
  GetCallerIdentity: GetCallerIdentityCommand,
};
