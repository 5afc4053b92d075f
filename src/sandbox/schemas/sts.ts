export { AssumeRole$, GetCallerIdentity$, GetSessionToken$ } from '@aws-sdk/client-sts';
