export { AssumeRole$, AssumeRoot$, GetAccessKeyInfo$, GetCallerIdentity$, GetSessionToken$ } from '@aws-sdk/client-sts';
