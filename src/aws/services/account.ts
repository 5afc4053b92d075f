import {
  AccountClient,
  GetAccountInformationCommand,
  GetAlternateContactCommand,
  GetContactInformationCommand,
  PutAlternateContactCommand,
} from '@aws-sdk/client-account';

// Named imports, so that the bundle carries these commands and no others.
export const Client = AccountClient;
export const commands = {
  GetAccountInformation: GetAccountInformationCommand,
  GetAlternateContact: GetAlternateContactCommand,
  GetContactInformation: GetContactInformationCommand,
  PutAlternateContact: PutAlternateContactCommand,
};
