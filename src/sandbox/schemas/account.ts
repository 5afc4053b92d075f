export {
  DeleteAlternateContact$,
  GetAccountInformation$,
  GetAlternateContact$,
  GetContactInformation$,
  PutAccountName$,
  PutAlternateContact$,
  PutContactInformation$,
} from '@aws-sdk/client-account';
