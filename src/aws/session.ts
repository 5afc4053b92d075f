import type { AwsCredentialIdentity } from '@smithy/types';
import { readFile } from 'node:fs/promises';
import { partitionOfRegion, stsRegion } from '../core/account.js';
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
  const sendAhead = async (departed: () => void): Promise<object> => {
    const [credentials, http] = await Promise.all([signedIn(), handler()]);
    const request = identityRequest(options.endpoints.sts ?? stsUrl, regionFor('sts', options), credentials, options.now());
    const answer = http.handle(request, { abortSignal: stopAhead.signal, requestTimeout: options.timeoutMs ?? readTimeoutMs });
    departed();
    return answer;
  };
  /** Not at the endpoints of other partitions, which only the SDK knows. */
  const knowsEndpoint = options.endpoints.sts !== undefined || partitionOfRegion(options.region) === 'aws';
  const ahead = options.identifiesAhead !== undefined && knowsEndpoint ? sendAhead(options.identifiesAhead) : undefined;
  if (ahead === undefined) options.identifiesAhead?.();
  else void ahead.catch(options.identifiesAhead);
  const clients =
    options.through?.clients ??
    makeClients({
      regionOf: (service) => regionFor(service, options),
      endpoints: options.endpoints,
      now: options.now,
      handlerOf: async (service) =>
        service === 'sts' ? answeredAhead(await handler(), ahead, (reason) => stopAhead.abort(reason)) : handler(),
    });

  /** The account of this session, from its first GetCallerIdentity. */
  let account: string | undefined;
  /** By access key id: resolves if the key is of that account. */
  const keys = new Map<string, Promise<void>>();
  const remember = ({ accessKeyId }: Credentials, output: object): void => {
    account ??= (output as Identified).Account;
    if ((output as Identified).Account === account) keys.set(accessKeyId, Promise.resolve());
  };
  /**
   * Credentials are renewed from the profile, which may sign in to another account by then: someone ran `aws login` in another terminal.
   * Throws E-WRONG-ACCOUNT.
   */
  const staysInAccount = (signer: Credentials): Promise<void> => {
    if (account === undefined) return Promise.resolve();
    const known = keys.get(signer.accessKeyId);
    if (known !== undefined) return known;
    const checking = checkAccount(signer, account);
    keys.set(signer.accessKeyId, checking);
    checking.catch(() => keys.delete(signer.accessKeyId));
    return checking;
  };
  const checkAccount = async (signer: Credentials, wanted: string): Promise<void> => {
    const sending = { signer, reads: true, options: { requestTimeout: options.timeoutMs ?? readTimeoutMs } };
    // The request itself is not sent if this fails.
    const output = await clients.send(identityOperation, {}, sending).catch((cause: unknown) => {
      throw new NoCredentialsError(cause);
    });
    const { Account: found } = output as Identified;
    if (found !== wanted) throw otherAccount(options.credentials.how, wanted, found);
  };

  const send: Send = async (operation: Operation, input, signal) => {
    const reads = isRead(operation);
    // Here, so that a failed sign-in is not mistaken for a lost response of the operation.
    const signer = await signedIn();
    if (operation !== identityOperation) await staysInAccount(signer);
    const output = await clients.send(operation, input, {
      signer,
      reads,
      // A write is not aborted: it would not be known whether AWS carried it out.
      options: { requestTimeout: options.timeoutMs ?? (reads ? readTimeoutMs : writeTimeoutMs), ...(reads ? { abortSignal: signal } : {}) },
    });
    if (operation === identityOperation) remember(signer, output);
    return output;
  };

  return {
    send,
    accessKeyId: async () => (await signedIn()).accessKeyId,
    signInFailure: () => signInFailure,
    clockAheadMs: clients.clockAheadMs,
    clients,
  };
};

const identityOperation = 'sts:GetCallerIdentity';
interface Identified {
  readonly Account?: string;
}

const otherAccount = (how: string, wanted: string, found = 'unknown'): BootstrapError =>
  new BootstrapError({
    code: 'E-WRONG-ACCOUNT',
    message: `The credentials (${how}) were renewed during the run, and are now for account ${found} instead of ${wanted}. No request was sent with them.`,
    next: `Sign in to ${wanted} again, with a profile that nothing else uses, and run the same command again.`,
  });

/** The SDK quotes a failed `credential_process` in full, and its command may contain secrets. */
const withoutCommand = (cause: unknown): unknown => {
  const problem = cause instanceof Error ? processProblem(cause.message) : undefined;
  return problem === undefined ? cause : Object.assign(new Error(problem), { name: 'CredentialsProviderError' });
};

/**
 * All of these services but STS are global, so the configured region only shows the partition. At AWS's own endpoints, the SDK knows where each
 * one is; an endpoint that is set has no such rules, and needs a signature for the region in its name, or else for this one.
 */
const regionFor = (service: Service, { region, endpoints }: Pick<SessionOptions, 'region' | 'endpoints'>): string => {
  if (service === 'freetier') return 'us-east-1';
  const endpoint = endpoints[service];
  const named = endpoint === undefined ? undefined : /\.([a-z]{2,4}(?:-[a-z]+)+-\d)\./.exec(new URL(endpoint).hostname)?.[1];
  return named ?? stsRegion(partitionOfRegion(region));
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
  const profile = source.from === 'profile' ? source.profile : undefined;
  const assumers = roleAssumers({ ...clientConfig, profile });
  const callerClientConfig = { ...clientConfig, region: async () => options.region } as never;
  const provide =
    profile === undefined
      ? fromNodeProviderChain({ clientConfig, ...assumers })
      : fromIni({ profile, ignoreCache: true, clientConfig, ...assumers });
  return renewed(() => provide({ callerClientConfig }), options.now);
};

/** For profiles and tokens that assume a role: the SDK would use STS in the configured region, which may be disabled for the account. */
const roleAssumers = (common: { readonly requestHandler: Handler; readonly profile: string | undefined }) => {
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
    const fresh = provide().then((credentials) => {
      refreshAt = (credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - refreshBeforeMs;
      return credentials;
    });
    current = fresh;
    fresh.catch(() => {
      current = undefined;
    });
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
    httpsAgent: new Agent({ keepAlive: true, maxSockets: 50, ca }),
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
