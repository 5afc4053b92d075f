import { readFile } from 'node:fs/promises';
import type { Operation } from '../core/cloud.js';
import { partitionOf, partitionOfRegion } from '../core/account.js';
import type { Send } from './boundary.js';
import type { CredentialSource } from './credentials.js';
import type { Service } from './endpoint.js';

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
}

const connectionTimeoutMs = 3_000;
const readTimeoutMs = 10_000;
/** A write's lost answer costs a read-back, and CreateOrganization takes its time: more patience than for a read. */
const writeTimeoutMs = 30_000;

interface SdkClient {
  send(command: object, options: { abortSignal?: AbortSignal; requestTimeout?: number }): Promise<{ $metadata?: { requestId?: string } }>;
}
interface ServiceModule {
  readonly Client: new (configuration: object) => SdkClient;
  readonly commands: Readonly<Record<string, new (input: object) => object>>;
}

const modules: Readonly<Record<Service, () => Promise<unknown>>> = {
  iam: () => import('./services/iam.js'),
  sts: () => import('./services/sts.js'),
  budgets: () => import('./services/budgets.js'),
  organizations: () => import('./services/organizations.js'),
  account: () => import('./services/account.js'),
  cloudtrail: () => import('./services/cloudtrail.js'),
};

/** Sends requests through the SDK's clients, each loaded when first needed, all over one connection pool. */
export const openSession = (options: SessionOptions): { readonly send: Send; readonly accessKeyId: () => Promise<string> } => {
  const provider = lazily(() => credentialProvider(options));
  const handler = lazily(() => httpHandler(options));
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
        region: service === 'cloudtrail' ? partitionOf(partitionOfRegion(options.region)).globalEventsRegion : options.region,
        credentials,
        requestHandler,
        // Retries are ours (retry-table.ts).
        maxAttempts: 1,
        // Ours are worked out already; the SDK must not find others.
        ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }),
        customUserAgent: 'aws-account-bootstrap',
      });
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
    const reads = /^(Get|List|Describe|Lookup|Generate)/.test(name);
    return client.send(new Command(input), {
      requestTimeout: options.timeoutMs ?? (reads ? readTimeoutMs : writeTimeoutMs),
      // A write that is under way is not torn off: whether it happened would then be unknown.
      ...(reads ? { abortSignal: signal } : {}),
    });
  };

  const accessKeyId = async (): Promise<string> => {
    const credentials = await provider();
    const resolved = typeof credentials === 'function' ? await (credentials as () => Promise<{ accessKeyId: string }>)() : credentials;
    return (resolved as { accessKeyId: string }).accessKeyId;
  };

  return { send, accessKeyId };
};

const lazily = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const credentialProvider = async (options: SessionOptions): Promise<object> => {
  if (options.staticCredentials) return options.staticCredentials;
  const { fromEnv, fromIni, fromNodeProviderChain } = await import('./services/credentials.js');
  const source = options.credentials;
  const clientConfig = { region: options.region };
  const provide =
    source.from === 'environment'
      ? fromEnv()
      : source.from === 'profile'
        ? fromIni({ profile: source.profile, ignoreCache: true, clientConfig })
        : fromNodeProviderChain({ ignoreCache: true, clientConfig });
  // One resolution for all clients: six clients would otherwise each refresh the same login.
  let current: Promise<{ accessKeyId: string; expiration?: Date }> | undefined;
  return async () => {
    const held = await current?.catch(() => undefined);
    if (held === undefined || (held.expiration !== undefined && held.expiration.getTime() - options.now().getTime() < 300_000)) current = provide();
    return current;
  };
};

const httpHandler = async (options: SessionOptions): Promise<HttpHandler> => {
  if (options.handler) return options.handler;
  const { NodeHttpHandler, Agent } = await import('./services/http.js');
  const ca = options.caBundle === undefined ? undefined : await readFile(options.caBundle);
  return new NodeHttpHandler({
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: options.timeoutMs ?? writeTimeoutMs,
    // By default the SDK only warns.
    throwOnRequestTimeout: true,
    ...(ca === undefined ? {} : { httpsAgent: new Agent({ keepAlive: true, maxSockets: 50, ca }) }),
  });
};
