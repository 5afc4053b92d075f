export { LookupEvents$ } from '@aws-sdk/client-cloudtrail';
