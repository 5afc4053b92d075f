import type { Operation } from '../../src/core/cloud.js';
import { makeBoundary } from '../../src/aws/boundary.js';
import { openSession, type SessionOptions } from '../../src/aws/session.js';
import { testClock } from '../support/host.js';

/** A request as it leaves the SDK's client. */
export interface SentRequest {
  readonly host: string;
  readonly protocol: string;
  readonly path: string;
  readonly body: string;
  /** Query's Action, or the name behind X-Amz-Target's dot. */
  readonly action: string;
  /** Region and service that the signature is for; undefined for unsigned requests. */
  readonly scope: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}
export interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request handler for the SDK: records every request and returns the test's response. No request leaves the process. */
export const fakeHandler = (answer: (request: SentRequest, nth: number) => Answer | Promise<Answer>) => {
  const requests: SentRequest[] = [];
  return {
    requests,
    metadata: { handlerProtocol: 'http/1.1' },
    destroy: () => undefined,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    handle: async (request: SdkRequest) => {
      const body = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
      const scope = /Credential=[^/]+\/\d+\/([^/]+\/[^/]+)\//.exec(request.headers['authorization'] ?? '')?.[1];
      const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? request.headers['x-amz-target']?.split('.')[1] ?? request.path;
      const { hostname, port, protocol, path, headers } = request;
      const seen: SentRequest = {
        host: port === undefined ? hostname : `${hostname}:${port}`,
        protocol,
        path,
        body,
        action,
        scope,
        headers,
      };
      requests.push(seen);
      const { status = 200, body: text = '', headers: more = {} } = await answer(seen, requests.length);
      return {
        response: { statusCode: status, headers: { 'x-amzn-requestid': `r-${requests.length}`, ...more }, body: Buffer.from(text) },
      };
    },
  };
};

/** For code that must not send requests. */
export const noRequests = () =>
  fakeHandler(({ host, action }) => {
    throw new Error(`unexpected request: ${action} to ${host}`);
  });

/** Query's XML, as IAM and STS answer. */
export const xml = (action: string, result: string): Answer => ({
  body: `<${action}Response><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`,
});
export const xmlError = (code: string, status = 400): Answer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>said ${code}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
});
export const jsonError = (code: string, status = 400): Answer => ({
  status,
  body: JSON.stringify({ __type: code, message: `said ${code}` }),
});
export const identityXml = (account: string, arn = `arn:aws:iam::${account}:user/alex`): Answer =>
  xml('GetCallerIdentity', `<Arn>${arn}</Arn><UserId>U</UserId><Account>${account}</Account>`);

export const sessionThrough = (handler: object, more: Partial<SessionOptions> = {}) =>
  openSession({
    credentials: { from: 'sandbox', how: 'test' },
    region: 'us-east-1',
    now: () => new Date(),
    endpoints: {},
    timeoutMs: undefined,
    caBundle: undefined,
    handler,
    ...('credentials' in more ? {} : { staticCredentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' } }),
    ...more,
  });

/** A boundary over real SDK clients, with a clock that does not wait. */
export const boundaryThrough = (
  handler: object,
  more: Partial<SessionOptions> & { readonly mode?: 'read' | 'write' } = {},
  session = sessionThrough(handler, more),
) => {
  const { mode = 'write' } = more;
  const trace: object[] = [];
  const signal = new AbortController();
  const boundary = makeBoundary({
    send: session.send,
    clock: testClock(),
    mode,
    signal: signal.signal,
    trace: (line) => trace.push(line),
  });
  return { ...boundary, trace, abort: (reason: unknown) => signal.abort(reason) };
};

type Reply = object | Error | (() => object | Promise<object>);

/** A boundary over given responses: one after the other; the last one repeats. */
export const boundaryOver = (
  replies: readonly Reply[] | ((operation: Operation, input: any, nth: number) => Reply),
  mode: 'read' | 'write' = 'write',
  endpoints: Readonly<Record<string, string>> = {},
) => {
  const sent: { readonly operation: Operation; readonly input: any }[] = [];
  const trace: object[] = [];
  const said: string[] = [];
  const clock = testClock();
  const start = clock.now().getTime();
  const controller = new AbortController();
  const boundary = makeBoundary({
    mode,
    clock,
    endpoints,
    signal: controller.signal,
    notify: (text) => said.push(text),
    trace: (line) => trace.push(line),
    send: async (operation, input) => {
      sent.push({ operation, input });
      const reply =
        typeof replies === 'function' ? replies(operation, input, sent.length) : replies[Math.min(sent.length, replies.length) - 1];
      const given = typeof reply === 'function' ? await reply() : reply;
      if (given instanceof Error) throw given;
      return given as object;
    },
  });
  return { ...boundary, sent, trace, said, controller, waitedMs: () => clock.now().getTime() - start };
};

/** Errors as the SDK throws them. */
export const awsError = (name: string, status = 400): Error =>
  Object.assign(new Error(`said ${name}`), { name, $metadata: { httpStatusCode: status, requestId: 'r-error' } });
export const socketError = (code: string): Error => Object.assign(new Error(`socket ${code}`), { code });
