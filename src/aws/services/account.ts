import {
  AccountClient,
  GetAccountInformationCommand,
  GetAlternateContactCommand,
  PutAlternateContactCommand,
} from '@aws-sdk/client-account';

// Named imports, so that the bundle carries these commands and no others.
export const Client = AccountClient;
export const commands = {
  GetAccountInformation: GetAccountInformationCommand,
  GetAlternateContact: GetAlternateContactCommand,
  PutAlternateContact: PutAlternateContactCommand,
};
