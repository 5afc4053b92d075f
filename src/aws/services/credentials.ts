export { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
