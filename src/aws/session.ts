import type { AwsCredentialIdentity } from '@smithy/types';
import { readFile } from 'node:fs/promises';
import { partitionOf, partitionOfRegion, stsRegion } from '../core/account.js';
import type { Operation } from '../core/cloud.js';
import { BootstrapError } from '../core/errors.js';
import type { Send } from './request.js';
import type { CredentialSource } from './credentials.js';
import type { Service } from './endpoint.js';
import { NoCredentialsError } from './errors.js';
import { answeredAhead, type Handler, identityRequest, stsUrl } from './identity-request.js';
import { isRead } from './operations.js';
import { processProblem } from './sign-in.js';

type HttpHandler = Handler;

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
  /** Another session, whose connections are shared. */
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

interface MiddlewareStack {
  add(middleware: (next: Deserialize) => Deserialize, options: { step: 'deserialize'; priority: 'low'; name: string }): void;
}
interface SdkClient {
  readonly middlewareStack: MiddlewareStack;
  send(command: object, options: { abortSignal?: AbortSignal; requestTimeout?: number }): Promise<{ $metadata?: { requestId?: string } }>;
}
type Deserialize = (args: object) => Promise<{ readonly response: unknown }>;
interface ServiceModule {
  readonly Client: new (configuration: object) => SdkClient;
  readonly commands: Readonly<Record<string, new (input: object) => SdkCommand>>;
}
/** The part of the SDK's command that is used here: `schema` is [kind, namespace, name, traits, input, output]. */
interface SdkCommand {
  readonly middlewareStack: MiddlewareStack;
  readonly schema?: readonly unknown[];
}
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

const modules: Readonly<Record<Service, () => Promise<unknown>>> = {
  iam: () => import('./services/iam.js'),
  sts: () => import('./services/sts.js'),
  budgets: () => import('./services/budgets.js'),
  organizations: () => import('./services/organizations.js'),
  account: () => import('./services/account.js'),
  cloudtrail: () => import('./services/cloudtrail.js'),
  freetier: () => import('./services/freetier.js'),
};

export interface Session {
  readonly send: Send;
  readonly accessKeyId: () => Promise<string>;
  /** Why there were no credentials the last time, in the SDK's words; undefined if there were. */
  readonly signInFailure: () => string | undefined;
  /** How far AWS's clock is ahead of this computer's, by the last response; undefined before the first response with a date. */
  readonly clockAheadMs: () => number | undefined;
  readonly handler: () => Promise<HttpHandler>;
}

/** Sends requests through the SDK's clients. Each is loaded when it is first needed; all share one connection pool. */
export const openSession = (options: SessionOptions): Session => {
  const handler = options.through?.handler ?? lazily(() => httpHandler(options));
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
  let clockAheadMs: number | undefined;
  /** The SDK has an offset too, but only from five minutes up. Closest to the wire, so that error responses count as well. */
  const noteClock =
    (next: Deserialize): Deserialize =>
    async (args) => {
      const sentAt = options.now().getTime();
      const result = await next(args);
      clockAheadMs = aheadOf(result.response, (sentAt + options.now().getTime()) / 2) ?? clockAheadMs;
      return result;
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
  const clients = new Map<Service, Promise<{ client: SdkClient; commands: ServiceModule['commands'] }>>();

  const clientOf = (service: Service) => {
    const known = clients.get(service);
    if (known) return known;
    const created = (async () => {
      const [module, credentials, requestHandler] = await Promise.all([
        modules[service]() as Promise<ServiceModule>,
        provider(),
        handler(),
      ]);
      const endpoint = options.endpoints[service];
      const client = new module.Client({
        region: regionFor(service, options.region),
        credentials,
        requestHandler:
          service === 'sts' && ahead !== undefined
            ? answeredAhead(requestHandler, ahead, (reason) => stopAhead.abort(reason))
            : requestHandler,
        // Retries are done in request.ts.
        maxAttempts: 1,
        // Endpoints are already resolved (endpoint.ts); the SDK must not find others.
        ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }),
        customUserAgent: 'aws-account-bootstrap',
        // For its default logger, which prints nothing, the SDK copies each input and output.
        logger: {},
      });
      client.middlewareStack.add(noteClock, { step: 'deserialize', priority: 'low', name: 'noteClock' });
      return { client, commands: module.commands };
    })();
    clients.set(service, created);
    return created;
  };

  const send: Send = async (operation: Operation, input, signal) => {
    const [service, name] = operation.split(':') as [Service, string];
    const { client, commands } = await clientOf(service);
    const Command = commands[name];
    if (!Command) throw new Error(`no command for ${operation}`);
    const reads = isRead(operation);
    // Resolved here, so that a failed sign-in is not mistaken for a lost response of the operation.
    await signedIn();
    const command = new Command(input);
    let bodiless = false;
    const noteBody =
      (next: Deserialize): Deserialize =>
      async (args) => {
        const result = await next(args);
        bodiless = hasNoBody(result.response);
        return result;
      };
    command.middlewareStack.add(noteBody, { step: 'deserialize', priority: 'low', name: 'noteBody' });
    const output = await client.send(command, {
      requestTimeout: options.timeoutMs ?? (reads ? readTimeoutMs : writeTimeoutMs),
      // A write is not aborted: it would not be known whether AWS carried it out.
      ...(reads ? { abortSignal: signal } : {}),
    });
    if (isEmpty(service, command, output) || (reads && bodiless))
      throw Object.assign(new Error(`AWS answered ${operation} with nothing`), { name: 'EmptyAnswer' });
    if (command.schema !== undefined && !(await import('./shape.js')).hasShape(command.schema[5], output))
      throw Object.assign(new Error(`AWS answered ${operation} with something else`), { name: 'MisshapenAnswer' });
    return output;
  };

  return {
    send,
    accessKeyId: async () => (await signedIn()).accessKeyId,
    signInFailure: () => signInFailure,
    clockAheadMs: () => clockAheadMs,
    handler: handler,
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

/** The Date header has whole seconds, rounded down. */
const aheadOf = (response: unknown, here: number): number | undefined => {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> };
  const name = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === 'date');
  const date = Date.parse((name === undefined ? undefined : headers?.[name]) ?? '');
  return Number.isNaN(date) ? undefined : date + 500 - here;
};

/**
 * A successful response without any field of the operation: an empty body, or a page from another server. The SDK turns it into an empty
 * object, which would mean "none exist". Budgets omits empty lists, so an empty object is valid there, and only an empty body is not.
 */
const isEmpty = (service: Service, { schema }: SdkCommand, output: object): boolean =>
  service !== 'budgets' && schema?.[5] !== undefined && !isUnit(schema[5]) && Object.keys(output).every((key) => key === '$metadata');

/** Before the SDK reads the body. A body that is a stream shows its length in the headers only. */
const hasNoBody = (response: unknown): boolean => {
  const { headers = {}, body } = response as { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };
  const length = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  return length === '0' || (body instanceof Uint8Array && body.length === 0);
};

const isUnit = (output: unknown): boolean => {
  const schema: unknown = typeof output === 'function' ? (output as () => unknown)() : output;
  return schema === 'unit' || (Array.isArray(schema) && Object.keys((schema[4] as object | undefined) ?? {}).length === 0);
};

const lazily = <T>(create: () => Promise<T>): (() => Promise<T>) => {
  let created: Promise<T> | undefined;
  return () => {
    created ??= create();
    return created;
  };
};

/** Resolves credentials once for all clients, which would otherwise refresh the same login six times. */
const credentialProvider = async (options: SessionOptions, handler: () => Promise<HttpHandler>): Promise<() => Promise<Credentials>> => {
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
const roleAssumers = (common: { readonly requestHandler: HttpHandler; readonly profile?: string }) => {
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

const httpHandler = async (options: SessionOptions): Promise<HttpHandler> => {
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
