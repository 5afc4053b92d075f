import type { SigningKey } from '../core/keys.js';

/** A key for the SDK's clients. Unwraps the secrets only for a second signer. */
export const plainKey = ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: SigningKey): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } => ({
  accessKeyId,
  secretAccessKey: secretAccessKey.reveal(),
  ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
});
