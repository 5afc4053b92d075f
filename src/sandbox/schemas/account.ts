export {
  DeleteAlternateContact$,
  GetAccountInformation$,
  GetAlternateContact$,
  GetContactInformation$,
  PutAlternateContact$,
} from '@aws-sdk/client-account';
