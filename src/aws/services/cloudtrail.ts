import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';

// Named imports, so that the bundle carries these commands and no others.
export const Client = CloudTrailClient;
export const commands = {
  LookupEvents: LookupEventsCommand,
};
