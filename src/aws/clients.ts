import { setImmediate } from 'node:timers/promises';
import type { ChecksumConstructor, HttpRequest, RequestSigningArguments } from '@smithy/types';
import type { Operation } from '../core/cloud.js';
import type { Service } from './endpoint.js';
import { type HandleOptions, type Handler, userAgent } from './identity-request.js';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** How one request is sent. */
export interface Sending {
  readonly signer: Credentials;
  readonly reads: boolean;
  readonly options: HandleOptions;
}

/** The SDK's clients, one for each service, created when first needed. The sessions of all accounts share them. */
export interface Clients {
  readonly send: (operation: Operation, input: object, sending: Sending) => Promise<Output>;
  /** How far AWS's clock is ahead of this computer's, by the last response; undefined before the first response with a date. */
  readonly clockAheadMs: () => number | undefined;
}

interface ClientsOptions {
  readonly regionOf: (service: Service) => string;
  readonly endpoints: Readonly<Partial<Record<Service, string>>>;
  readonly now: () => Date;
  readonly handlerOf: (service: Service) => Promise<Handler>;
}

/** Where the rules of an endpoint say what to sign for, it is not always the region of the client. */
interface AuthScheme {
  readonly signingName?: string;
  readonly signingRegion?: string;
}
interface Output {
  readonly $metadata?: { readonly requestId?: string };
}
interface Arguments {
  readonly input: object;
  readonly request: { readonly headers: Record<string, string> };
}
type Next = (args: Arguments) => Promise<{ readonly response: unknown }>;
interface SdkClient {
  readonly middlewareStack: {
    add(
      middleware: (next: Next) => Next,
      options: { step: 'deserialize' | 'finalizeRequest'; priority: 'low' | 'high'; name: string; override?: true },
    ): void;
    remove(name: string): boolean;
    addRelativeTo(middleware: (next: Next) => Next, options: { relation: 'before'; toMiddleware: string; name: string }): void;
  };
  readonly config: { readonly sha256: ChecksumConstructor };
  send(command: object): Promise<Output>;
}
/** The part of the SDK's command that is used here: `schema` is [kind, namespace, name, traits, input, output]. */
interface SdkCommand {
  readonly input: object;
  readonly schema: readonly unknown[];
}
interface ServiceModule {
  readonly Client: new (configuration: object) => SdkClient;
  readonly commands: Readonly<Record<string, new (input: object) => SdkCommand>>;
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

/** What the SDK adds to each request for its own statistics and for AWS Lambda, and a logger. */
const unusedMiddlewares = ['getUserAgentMiddleware', 'loggerMiddleware', 'recursionDetectionMiddleware'];

/** Other reads wait for what these answer, so their requests leave first. */
const leading: readonly Service[] = ['iam', 'budgets'];

/** A request under way. */
interface UnderWay extends Sending {
  /** Its response has no body. */
  bodiless?: boolean;
}

/**
 * The SDK makes a client for one identity, and resolves its thirty middlewares again for each request. In an organization, that would be six
 * clients for each account, and most of the memory of a run. So all accounts share the clients and their resolved middlewares, and what
 * differs between two requests is found by the request itself: a request that is not known is not signed.
 */
export const makeClients = ({ regionOf, endpoints, now, handlerOf }: ClientsOptions): Clients => {
  /** By the input of the command, and by the request at each place that needs it. */
  const underWay = new WeakMap<object, UnderWay>();
  const known = (key: object): UnderWay => {
    const sending = underWay.get(key);
    if (sending === undefined) throw new Error('the SDK sends a request that no session asked for');
    return sending;
  };
  let clockAheadMs: number | undefined;
  let common: object | undefined;
  let lastTurn: Promise<unknown> = Promise.resolve();
  /** One client in each turn of the event loop: the requests of one leave while the next is created. */
  const ownTurn = (): Promise<unknown> => {
    lastTurn = lastTurn.then(() => setImmediate());
    return lastTurn;
  };

  const create = async (service: Service) => {
    const [{ Client, commands }, { SignatureV4 }, { commonSettings }, { hasShape, isUnit }, handler] = await Promise.all([
      modules[service]() as Promise<ServiceModule>,
      import('./services/signature.js'),
      import('./services/settings.js'),
      import('./shape.js'),
      handlerOf(service),
    ]);
    if (!leading.includes(service)) await ownTurn();
    const endpoint = endpoints[service];
    common ??= commonSettings();
    const client = new Client({
      ...common,
      region: regionOf(service),
      // Not used: the signer takes those of the session.
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      signer: async (scheme: AuthScheme = {}) => ({
        sign: (request: HttpRequest, options: RequestSigningArguments) =>
          new SignatureV4({
            credentials: known(request).signer,
            region: scheme.signingRegion ?? regionOf(service),
            service: scheme.signingName ?? service,
            sha256: client.config.sha256,
          }).sign(request, options),
      }),
      cacheMiddleware: true,
      requestHandler: Object.assign(Object.create(handler) as Handler, {
        handle: (request: object) => handler.handle(request, known(request).options),
      }),
      // Endpoints are already resolved (endpoint.ts); the SDK must not find others.
      ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }),
    });
    const beforeSigning =
      (next: Next): Next =>
      (args) => {
        underWay.set(args.request, known(args.input));
        Object.assign(args.request.headers, userAgent);
        return next(args);
      };
    /** Closest to the wire, so that error responses count as well. The SDK has an offset too, but only from five minutes up. */
    const atTheWire =
      (next: Next): Next =>
      async (args) => {
        const sending = known(args.input);
        underWay.set(args.request, sending);
        const sentAt = now().getTime();
        const result = await next(args);
        clockAheadMs = aheadOf(result.response, (sentAt + now().getTime()) / 2) ?? clockAheadMs;
        sending.bodiless = hasNoBody(result.response);
        return result;
      };
    for (const name of unusedMiddlewares) client.middlewareStack.remove(name);
    // Empty, because the SDK places the signature after it. Retries are done in request.ts.
    client.middlewareStack.add((next) => next, { step: 'finalizeRequest', priority: 'high', name: 'retryMiddleware', override: true });
    client.middlewareStack.addRelativeTo(beforeSigning, {
      relation: 'before',
      toMiddleware: 'httpSigningMiddleware',
      name: 'beforeSigning',
    });
    client.middlewareStack.add(atTheWire, { step: 'deserialize', priority: 'low', name: 'atTheWire' });
    return { client, commands, hasShape, isUnit };
  };
  const created = new Map<Service, ReturnType<typeof create>>();
  const clientOf = (service: Service): ReturnType<typeof create> => {
    const existing = created.get(service);
    if (existing) return existing;
    const creating = create(service);
    created.set(service, creating);
    return creating;
  };

  /**
   * A successful response without any field of the operation, such as a page from another server, is an error: the SDK turns it into an empty
   * object, which would mean "none exist".
   */
  const send: Clients['send'] = async (operation, input, how) => {
    const [service, name] = operation.split(':') as [Service, string];
    const { client, commands, hasShape, isUnit } = await clientOf(service);
    const Command = commands[name];
    if (!Command) throw new Error(`no command for ${operation}`);
    // A copy, because two sessions may send the same input at the same time.
    const command = new Command({ ...input });
    const sending: UnderWay = { ...how };
    underWay.set(command.input, sending);
    const output = await client.send(command);
    const shape = command.schema[5];
    // Budgets omits empty lists, so an answer without fields is valid there, and only one without a body is not.
    const isEmpty = service !== 'budgets' && !isUnit(shape) && Object.keys(output).every((key) => key === '$metadata');
    if (isEmpty || (how.reads && sending.bodiless))
      throw Object.assign(new Error(`AWS answered ${operation} with nothing`), { name: 'EmptyAnswer' });
    if (!hasShape(shape, output))
      throw Object.assign(new Error(`AWS answered ${operation} with something else`), { name: 'MisshapenAnswer' });
    return output;
  };

  return { send, clockAheadMs: () => clockAheadMs };
};

/** The Date header has whole seconds, rounded down. */
const aheadOf = (response: unknown, here: number): number | undefined => {
  const date = Date.parse(headerIn(response, 'date') ?? '');
  return Number.isNaN(date) ? undefined : date + 500 - here;
};

/** Before the SDK reads the body. A body that is a stream shows its length in the headers only. */
const hasNoBody = (response: unknown): boolean => {
  const { body } = response as { readonly body?: unknown };
  return headerIn(response, 'content-length') === '0' || (body instanceof Uint8Array && body.length === 0);
};

const headerIn = (response: unknown, name: string): string | undefined => {
  const { headers } = response as { readonly headers: Readonly<Record<string, string>> };
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
};
