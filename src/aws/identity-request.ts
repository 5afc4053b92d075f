import { createHash, createHmac } from 'node:crypto';
import { stsRegion } from '../core/account.js';

/**
 * GetCallerIdentity, built and signed without the SDK, so that it can be sent while the SDK is loaded. The SDK decodes its answer as it
 * decodes every other.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export interface HttpRequest {
  readonly method: 'POST';
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query: Readonly<Record<string, never>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const body = 'Action=GetCallerIdentity&Version=2011-06-15';

/** Shown in CloudTrail, and for all requests of a run the same. */
export const userAgent = { 'user-agent': 'aws-account-bootstrap' };

/** The URL of STS in the partition `aws`, in the region that every account has. */
export const stsUrl = `https://sts.${stsRegion('aws')}.amazonaws.com`;

export const identityRequest = (url: string, region: string, signer: Signer, now: Date): HttpRequest => {
  const { protocol, hostname, port, host, pathname } = new URL(url);
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/sts/aws4_request`;
  const signed: Readonly<Record<string, string>> = {
    'content-type': 'application/x-www-form-urlencoded',
    host,
    'x-amz-date': time,
    ...(signer.sessionToken === undefined ? {} : { 'x-amz-security-token': signer.sessionToken }),
  };
  const names = Object.keys(signed).join(';');
  const lines = Object.entries(signed).map(([name, text]) => `${name}:${text}\n`);
  const canonical = ['POST', pathname, '', lines.join(''), names, sha256(body)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${signer.secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  return {
    method: 'POST',
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: pathname,
    query: {},
    headers: {
      ...signed,
      'content-length': String(body.length),
      ...userAgent,
      authorization: `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    },
    body,
  };
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export interface Handler {
  handle(request: object, options?: HandleOptions): Promise<object>;
}
export interface HandleOptions {
  readonly abortSignal?: AbortSignal;
  readonly requestTimeout?: number;
}

/** A handler whose first request is answered with the answer to `sent`, a request that was sent before, if any; then it is `handler`. */
export const answeredAhead = <H extends Handler>(handler: H, sent: Promise<object> | undefined, stop: (reason: unknown) => void): H => {
  let ahead = sent;
  const handle: Handler['handle'] = (request, options) => {
    const answer = ahead;
    ahead = undefined;
    if (answer === undefined) return handler.handle(request, options);
    const { abortSignal } = options ?? {};
    if (abortSignal?.aborted === true) stop(abortSignal.reason);
    abortSignal?.addEventListener('abort', () => stop(abortSignal.reason));
    return answer;
  };
  return Object.assign(Object.create(handler) as H, { handle });
};
