import type { AwsCredentialIdentity } from '@smithy/types';
import { readFile } from 'node:fs/promises';
import { partitionOf, partitionOfRegion, stsRegion } from '../core/account.js';
import type { Operation } from '../core/cloud.js';
import { BootstrapError } from '../core/errors.js';
import { type Clients, type Credentials, makeClients } from './clients.js';
import type { Send } from './request.js';
import type { CredentialSource } from './credentials.js';
import type { Service } from './endpoint.js';
import { NoCredentialsError } from './errors.js';
import { answeredAhead, type Handler, identityRequest, stsUrl } from './identity-request.js';
import { isRead } from './operations.js';
import { processProblem } from './sign-in.js';

export interface SessionOptions {
  readonly credentials: CredentialSource;
  readonly region: string;
  readonly now: () => Date;
  readonly endpoints: Readonly<Partial<Record<Service, string>>>;
  /** Per request, in milliseconds; undefined: the defaults below. */
  readonly timeoutMs: number | undefined;
  readonly caBundle: string | undefined;
  /** Replaces the network: the handler of the practice account, or of a test. */
  readonly handler?: object;
  readonly staticCredentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  /** Returns the key, now and whenever it is about to expire; instead of `credentials`. */
  readonly provide?: () => Promise<Credentials>;
  /** Another session, whose clients and connections are shared. */
  readonly through?: Session;
  /** Sends GetCallerIdentity at once, while the SDK is loaded; for a session that will ask for it. Called when it is on its way, or is not sent. */
  readonly identifiesAhead?: (() => void) | undefined;
}

/** Credentials that expire within this time are renewed before they are used again, as in the SDK. */
const refreshBeforeMs = 300_000;
const connectionTimeoutMs = 3_000;
const readTimeoutMs = 10_000;
/** Longer than for a read: a lost response costs a read-back, and CreateOrganization is slow. */
const writeTimeoutMs = 30_000;

export interface Session {
  readonly send: Send;
  readonly accessKeyId: () => Promise<string>;
  /** Why there were no credentials the last time, in the SDK's words; undefined if there were. */
  readonly signInFailure: () => string | undefined;
  /** How far AWS's clock is ahead of this computer's, by the last response; undefined before the first response with a date. */
  readonly clockAheadMs: () => number | undefined;
  readonly clients: Clients;
}

/** Sends requests through the SDK's clients, which share one connection pool. */
export const openSession = (options: SessionOptions): Session => {
  const handler = lazily(() => httpHandler(options));
  const provider = lazily(() => credentialProvider(options, handler));
  let signInFailure: string | undefined;
  const signedIn = async (): Promise<Credentials> => {
    const provide = await provider();
    try {
      const credentials = await provide();
      signInFailure = undefined;
      return credentials;
    } catch (cause) {
      signInFailure = cause instanceof Error ? cause.message : '';
      throw cause instanceof BootstrapError ? cause : new NoCredentialsError(withoutCommand(cause));
    }
  };
  const stopAhead = new AbortController();
  const sendAhead = async (): Promise<object> => {
    const [credentials, http] = await Promise.all([signedIn(), handler()]);
    const request = identityRequest(options.endpoints.sts ?? stsUrl, regionFor('sts', options.region), credentials, options.now());
    const answer = http.handle(request, { abortSignal: stopAhead.signal, requestTimeout: options.timeoutMs ?? readTimeoutMs });
    options.identifiesAhead?.();
    return answer;
  };
  /** Not at the endpoints of other partitions, which only the SDK knows. */
  const sendsAhead =
    options.identifiesAhead !== undefined && (options.endpoints.sts !== undefined || partitionOfRegion(options.region) === 'aws');
  const ahead = sendsAhead ? sendAhead() : undefined;
  if (ahead === undefined) options.identifiesAhead?.();
  ahead?.catch(() => options.identifiesAhead?.());
  const clients =
    options.through?.clients ??
    makeClients({
      regionOf: (service) => regionFor(service, options.region),
      endpoints: options.endpoints,
      now: options.now,
      handlerOf: async (service) =>
        service === 'sts' && ahead !== undefined ? answeredAhead(await handler(), ahead, (reason) => stopAhead.abort(reason)) : handler(),
    });

  const send: Send = async (operation: Operation, input, signal) => {
    const reads = isRead(operation);
    // Here, so that a failed sign-in is not mistaken for a lost response of the operation.
    const signer = await signedIn();
    return clients.send(operation, input, {
      signer,
      reads,
      requestTimeout: options.timeoutMs ?? (reads ? readTimeoutMs : writeTimeoutMs),
      // A write is not aborted: it would not be known whether AWS carried it out.
      ...(reads ? { abortSignal: signal } : {}),
    });
  };

  return {
    send,
    accessKeyId: async () => (await signedIn()).accessKeyId,
    signInFailure: () => signInFailure,
    clockAheadMs: clients.clockAheadMs,
    clients,
  };
};

/** The SDK quotes a failed `credential_process` in full, and its command may contain secrets. */
const withoutCommand = (cause: unknown): unknown => {
  const problem = cause instanceof Error ? processProblem(cause.message) : undefined;
  return problem === undefined ? cause : Object.assign(new Error(problem), { name: 'CredentialsProviderError' });
};

/** Three services have a fixed region in each partition, whatever region is configured. */
const regionFor = (service: Service, configured: string): string => {
  const partition = partitionOfRegion(configured);
  if (service === 'freetier') return 'us-east-1';
  if (service === 'cloudtrail') return partitionOf(partition).globalEventsRegion;
  return service === 'sts' ? stsRegion(partition) : configured;
};

const lazily = <T>(create: () => Promise<T>): (() => Promise<T>) => {
  let created: Promise<T> | undefined;
  return () => {
    created ??= create();
    return created;
  };
};

/** Resolves credentials once for all clients, which would otherwise refresh the same login six times. */
const credentialProvider = async (options: SessionOptions, handler: () => Promise<Handler>): Promise<() => Promise<Credentials>> => {
  const { staticCredentials, credentials: source } = options;
  if (staticCredentials) return async () => staticCredentials;
  if (options.provide !== undefined) return renewed(options.provide, options.now);
  if (source.from === 'environment') {
    // Alone, because the other ways to sign in are much larger.
    const { fromEnv } = await import('./services/environment.js');
    const provide = fromEnv();
    return renewed(() => provide(), options.now);
  }
  const { fromIni, fromNodeProviderChain } = await import('./services/credentials.js');
  // The requests of a sign-in (to refresh a token, to assume a role) use the same handler as all others.
  const clientConfig = { requestHandler: await handler() };
  const assumers = roleAssumers({ ...clientConfig, ...(source.from === 'profile' ? { profile: source.profile } : {}) });
  const callerClientConfig = { ...clientConfig, region: async () => options.region } as never;
  const provide =
    source.from === 'profile'
      ? fromIni({ profile: source.profile, ignoreCache: true, clientConfig, ...assumers })
      : fromNodeProviderChain({ ignoreCache: true, clientConfig, ...assumers });
  return renewed(() => provide({ callerClientConfig }), options.now);
};

/** For profiles and tokens that assume a role: the SDK would use STS in the configured region, which may be disabled for the account. */
const roleAssumers = (common: { readonly requestHandler: Handler; readonly profile?: string }) => {
  const optionsFor = (roleArn: string) => ({ ...common, region: stsRegion(roleArn.split(':')[1] ?? '') }) as never;
  return {
    roleAssumer: async (source: AwsCredentialIdentity, params: { readonly RoleArn: string; readonly RoleSessionName: string }) => {
      const { getDefaultRoleAssumer } = await import('./services/sts.js');
      return getDefaultRoleAssumer(optionsFor(params.RoleArn))(source, params);
    },
    roleAssumerWithWebIdentity: async (params: WebIdentity) => {
      const { getDefaultRoleAssumerWithWebIdentity } = await import('./services/sts.js');
      return getDefaultRoleAssumerWithWebIdentity(optionsFor(params.RoleArn))(params);
    },
  };
};
interface WebIdentity {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly WebIdentityToken: string;
}

/** Requested once, and again when they are about to expire or the last request failed. */
const renewed = (provide: () => Promise<Credentials>, now: () => Date): (() => Promise<Credentials>) => {
  let current: Promise<Credentials> | undefined;
  let refreshAt = Number.POSITIVE_INFINITY;
  return () => {
    if (current !== undefined && now().getTime() < refreshAt) return current;
    refreshAt = Number.POSITIVE_INFINITY;
    const fresh = provide();
    current = fresh;
    fresh.then(
      ({ expiration }) => {
        if (expiration !== undefined) refreshAt = expiration.getTime() - refreshBeforeMs;
      },
      () => {
        current = undefined;
      },
    );
    return fresh;
  };
};

const httpHandler = async (options: SessionOptions): Promise<Handler> => {
  if (options.handler) return options.handler as Handler;
  const { NodeHttpHandler, Agent } = await import('./services/http.js');
  const ca = options.caBundle === undefined ? undefined : await readBundle(options.caBundle);
  return new NodeHttpHandler({
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: options.timeoutMs ?? writeTimeoutMs,
    // By default the SDK only warns.
    throwOnRequestTimeout: true,
    ...(ca === undefined ? {} : { httpsAgent: new Agent({ keepAlive: true, maxSockets: 50, ca }) }),
  });
};

const readBundle = async (file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new BootstrapError({
      code: 'E-CA-BUNDLE',
      message: `The CA bundle ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      next: 'Pass a file with certificates in PEM format: --ca-bundle or AWS_CA_BUNDLE.',
      cause,
    });
  }
};
