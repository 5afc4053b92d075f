export { fromEnv } from '@aws-sdk/credential-providers';
