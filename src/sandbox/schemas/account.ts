export {
  DeleteAlternateContact$,
  GetAccountInformation$,
  GetAlternateContact$,
  GetContactInformation$,
  GetPrimaryEmail$,
  ListRegions$,
  PutAccountName$,
  PutAlternateContact$,
  PutContactInformation$,
} from '@aws-sdk/client-account';
