import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef, AwsCredentialIdentity } from '@smithy/types';
import { readFile } from 'node:fs/promises';
import { partitionOf, partitionOfRegion, stsRegion } from '../core/account.js';
import type { Operation } from '../core/cloud.js';
import { BootstrapError } from '../core/errors.js';
import type { Send } from './boundary.js';
import type { CredentialSource } from './credentials.js';
import type { Service } from './endpoint.js';
import { NoCredentialsError } from './errors.js';
import { isRead } from './operations.js';

type HttpHandler = object;

export interface SessionOptions {
  readonly credentials: CredentialSource;
  readonly region: string;
  readonly now: () => Date;
  readonly endpoints: Readonly<Partial<Record<Service, string>>>;
  /** Per request, in milliseconds; undefined: our defaults. */
  readonly timeoutMs: number | undefined;
  readonly caBundle: string | undefined;
  /** The practice account's door, or a test's: takes the place of the network. */
  readonly handler?: HttpHandler;
  readonly staticCredentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  /** Where the key comes from, now and whenever it is about to expire; instead of `credentials`. */
  readonly provide?: () => Promise<Credentials>;
  /** The way out of another session: its connections are used. */
  readonly through?: Session;
}

/** As the SDK does: credentials about to expire are renewed before they are used again. */
const refreshBeforeMs = 300_000;
const connectionTimeoutMs = 3_000;
const readTimeoutMs = 10_000;
/** A write's lost answer costs a read-back, and CreateOrganization takes its time: more patience than for a read. */
const writeTimeoutMs = 30_000;

interface SdkClient {
  readonly middlewareStack: {
    add(middleware: (next: Deserialize) => Deserialize, options: { step: 'deserialize'; priority: 'low'; name: string }): void;
  };
  send(command: object, options: { abortSignal?: AbortSignal; requestTimeout?: number }): Promise<{ $metadata?: { requestId?: string } }>;
}
type Deserialize = (args: object) => Promise<{ readonly response: unknown }>;
interface ServiceModule {
  readonly Client: new (configuration: object) => SdkClient;
  readonly commands: Readonly<Record<string, new (input: object) => SdkCommand>>;
}
/** As much of the SDK's command as we look at: `schema` is [kind, namespace, name, traits, input, output]. */
interface SdkCommand {
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
  /** How far AWS's clock is before this computer's, by the last answer; undefined when no answer told. */
  readonly clockAheadMs: () => number | undefined;
  readonly door: () => Promise<HttpHandler>;
}

/** Sends requests through the SDK's clients, each loaded when first needed, all over one connection pool. */
export const openSession = (options: SessionOptions): Session => {
  const handler = options.through?.door ?? lazily(() => httpHandler(options));
  const provider = lazily(() => credentialProvider(options, handler));
  const signedIn = async (): Promise<Credentials> => {
    const provide = await provider();
    try {
      return await provide();
    } catch (cause) {
      throw cause instanceof BootstrapError ? cause : new NoCredentialsError(cause);
    }
  };
  let clockAheadMs: number | undefined;
  /** The SDK keeps an offset too, but only one of five minutes or more. Closest to the wire, so that errors tell the time as well. */
  const noteClock =
    (next: Deserialize): Deserialize =>
    async (args) => {
      const sentAt = options.now().getTime();
      const result = await next(args);
      clockAheadMs = aheadOf(result.response, (sentAt + options.now().getTime()) / 2) ?? clockAheadMs;
      return result;
    };
  const clients = new Map<Service, Promise<{ client: SdkClient; commands: ServiceModule['commands'] }>>();

  const clientOf = (service: Service) => {
    const known = clients.get(service);
    if (known) return known;
    const made = (async () => {
      const [module, credentials, requestHandler] = await Promise.all([
        modules[service]() as Promise<ServiceModule>,
        provider(),
        handler(),
      ]);
      const endpoint = options.endpoints[service];
      const client = new module.Client({
        region: regionFor(service, options.region),
        credentials,
        requestHandler,
        // Retries are ours (retry-table.ts).
        maxAttempts: 1,
        // Ours are worked out already; the SDK must not find others.
        ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }),
        customUserAgent: 'aws-account-bootstrap',
      });
      client.middlewareStack.add(noteClock, { step: 'deserialize', priority: 'low', name: 'noteClock' });
      return { client, commands: module.commands };
    })();
    clients.set(service, made);
    return made;
  };

  const send: Send = async (operation: Operation, input, signal) => {
    const [service, name] = operation.split(':') as [Service, string];
    const { client, commands } = await clientOf(service);
    const Command = commands[name];
    if (!Command) throw new Error(`no command for ${operation}`);
    const reads = isRead(operation);
    // Asked for here, so that what goes wrong with a sign-in is not taken for a lost answer of the operation.
    await signedIn();
    const command = new Command(input);
    const output = await client.send(command, {
      requestTimeout: options.timeoutMs ?? (reads ? readTimeoutMs : writeTimeoutMs),
      // A write that is under way is not torn off: whether it happened would then be unknown.
      ...(reads ? { abortSignal: signal } : {}),
    });
    if (isEmpty(service, command, output))
      throw Object.assign(new Error(`AWS answered ${operation} with nothing`), { name: 'EmptyAnswer' });
    if (command.schema !== undefined && !hasShape(command.schema[5] as $SchemaRef, output))
      throw Object.assign(new Error(`AWS answered ${operation} with something else`), { name: 'MisshapenAnswer' });
    return output;
  };

  return { send, accessKeyId: async () => (await signedIn()).accessKeyId, clockAheadMs: () => clockAheadMs, door: handler };
};

/** Three services are asked in one certain region of the partition, whatever region is configured. */
const regionFor = (service: Service, configured: string): string => {
  const partition = partitionOfRegion(configured);
  if (service === 'freetier') return 'us-east-1';
  if (service === 'cloudtrail') return partitionOf(partition).globalEventsRegion;
  return service === 'sts' ? stsRegion(partition) : configured;
};

/** The header has whole seconds, cut off. */
const aheadOf = (response: unknown, here: number): number | undefined => {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> };
  const name = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === 'date');
  const told = Date.parse((name === undefined ? undefined : headers?.[name]) ?? '');
  return Number.isNaN(told) ? undefined : told + 500 - here;
};

/**
 * An answer that says "fine" and holds nothing of what the operation promises: an emptied body, or a page of somebody else's. The SDK
 * makes an empty object of it, which would read as "there are none". Budgets leaves empty lists out, so it may be silent.
 */
const isEmpty = (service: Service, { schema }: SdkCommand, output: object): boolean =>
  service !== 'budgets' && schema?.[5] !== undefined && !isUnit(schema[5]) && Object.keys(output).every((key) => key === '$metadata');

const isUnit = (output: unknown): boolean => {
  const of: unknown = typeof output === 'function' ? (output as () => unknown)() : output;
  return of === 'unit' || (Array.isArray(of) && Object.keys((of[4] as object | undefined) ?? {}).length === 0);
};

const lazily = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** Credentials when they are asked for: resolved once for all clients, which would otherwise refresh the same login six times. */
const credentialProvider = async (options: SessionOptions, handler: () => Promise<HttpHandler>): Promise<() => Promise<Credentials>> => {
  const { staticCredentials, credentials: source } = options;
  if (staticCredentials) return async () => staticCredentials;
  if (options.provide !== undefined) return renewed(options.provide, options.now);
  const { fromEnv, fromIni, fromNodeProviderChain } = await import('./services/credentials.js');
  // What a sign-in sends (a token to be refreshed, a role to be assumed) goes through the same door as everything else.
  const clientConfig = { requestHandler: await handler() };
  const assumers = roleAssumers({ ...clientConfig, ...(source.from === 'profile' ? { profile: source.profile } : {}) });
  const callerClientConfig = { ...clientConfig, region: async () => options.region } as never;
  const provide =
    source.from === 'environment'
      ? fromEnv()
      : source.from === 'profile'
        ? fromIni({ profile: source.profile, ignoreCache: true, clientConfig, ...assumers })
        : fromNodeProviderChain({ ignoreCache: true, clientConfig, ...assumers });
  return renewed(() => provide({ callerClientConfig }), options.now);
};

/** For profiles and tokens that assume a role: the SDK would ask the STS of the configured region, where the account may not be known. */
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

/** Asked for once, and again when they are about to expire or could not be had. */
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
  if (options.handler) return options.handler;
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
      next: 'Name a file with certificates in PEM form: --ca-bundle or AWS_CA_BUNDLE.',
      cause,
    });
  }
};

/**
 * Whether what the SDK read is of the shape that the service's model promises. The SDK does not look: of an element that comes twice it
 * makes a list where a text should be, and the first step that splits it would be a fault of ours. Members may be missing; the types
 * say so, and the steps heed it.
 */
const hasShape = (schema: $SchemaRef, value: unknown): boolean => shaped(NormalizedSchema.of(schema), value);

const shaped = (schema: NormalizedSchema, value: unknown): boolean => {
  if (schema.isUnitSchema()) return true;
  if (schema.isStructSchema()) {
    if (!isMapping(value)) return false;
    for (const [name, member] of schema.structIterator()) {
      const of = value[name];
      if (of !== undefined && of !== null && !shaped(member, of)) return false;
    }
    return true;
  }
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return Array.isArray(value) && value.every((of) => shaped(item, of));
  }
  if (schema.isMapSchema()) {
    const inner = schema.getValueSchema();
    return isMapping(value) && Object.values(value).every((of) => shaped(inner, of));
  }
  if (schema.isStringSchema()) return typeof value === 'string';
  if (schema.isBooleanSchema()) return typeof value === 'boolean';
  if (schema.isNumericSchema()) return typeof value === 'number' && !Number.isNaN(value);
  if (schema.isTimestampSchema()) return value instanceof Date && !Number.isNaN(value.getTime());
  if (schema.isBlobSchema()) return value instanceof Uint8Array;
  return true;
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
