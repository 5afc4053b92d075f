export { fromEnv, fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
