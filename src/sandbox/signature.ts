import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Fault } from './behaviour.js';
import type { WireRequest } from './codec.js';

/** The parts of a SigV4 Authorization header. */
export interface Signed {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Only with temporary credentials. */
  readonly token: string | undefined;
}

const shape =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** Undefined if the request has no SigV4 header. */
export function readSignature(request: WireRequest): Signed | undefined {
  const [, accessKeyId, region, service, signedHeaders, signature] = shape.exec(request.headers.authorization ?? '') ?? [];
  if (!accessKeyId || !region || !service || !signedHeaders || !signature) return undefined;
  const token = request.headers['x-amz-security-token'];
  return { accessKeyId, region, service, signedHeaders: signedHeaders.split(';'), signature, token };
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. ' +
  'Consult the service documentation for details.';

/**
 * Signs the request again with the secret of the key and compares the signatures. Ignores the age of the signature, because the
 * practice clock may differ from the caller's.
 */
export async function verifySignature(request: WireRequest, signed: Signed, secret: string): Promise<void> {
  const refuse = () => new Fault('SignatureDoesNotMatch', 403, mismatch);
  const declared = request.headers['x-amz-content-sha256'];
  const actual = createHash('sha256').update(request.body).digest('hex');
  if (declared !== undefined && declared !== actual) throw refuse();
  const at = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(request.headers['x-amz-date'] ?? '');
  if (at === null || !signed.signedHeaders.includes('host')) throw refuse();

  const names = new Set(signed.signedHeaders);
  const signer = new SignatureV4({
    service: signed.service,
    region: signed.region,
    sha256: Sha256,
    applyChecksum: false,
    credentials: { accessKeyId: signed.accessKeyId, secretAccessKey: secret, ...(signed.token ? { sessionToken: signed.token } : {}) },
  });
  const again = await signer.sign(
    {
      method: request.method,
      protocol: 'https:',
      hostname: request.headers.host ?? '',
      path: request.path,
      query: { ...request.query },
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => names.has(name))),
      body: request.body,
    },
    { signingDate: new Date(`${at[1]}-${at[2]}-${at[3]}T${at[4]}:${at[5]}:${at[6]}Z`), signableHeaders: names },
  );
  const expected = /Signature=([0-9a-f]{64})$/.exec(again.headers.authorization ?? '')?.[1] ?? '';
  if (!timingSafeEqual(Buffer.from(expected.padEnd(64)), Buffer.from(signed.signature))) throw refuse();
}
