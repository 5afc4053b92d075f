export { AssumeRole$, AssumeRoot$, GetCallerIdentity$, GetSessionToken$ } from '@aws-sdk/client-sts';
