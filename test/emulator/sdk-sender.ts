/** Sends an operation named as text, e.g. `iam:GetUser`, with the SDK; throws what the SDK throws. Chosen at run time, its output has no type. */
export type Send = (operation: string, input?: Readonly<Record<string, unknown>>) => Promise<any>;

export interface SenderOptions {
  readonly endpoint: string;
  /** Any key will do for moto, which maps the keys it issued to their owners and the rest to no one. */
  readonly credentials?: Credentials;
  /** Takes the requests in place of the network. */
  readonly requestHandler?: object;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What the SDK throws for a request that was answered. */
export interface SdkError {
  readonly name: string;
  /** Only on errors that AWS, or an emulator of it, has answered as such. */
  readonly $fault?: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode?: number };
  /** There, but hidden from enumeration. */
  readonly $response?: { readonly headers: Readonly<Record<string, string>> };
}

/** The error a call ends with, if it does. */
export const failureOf = async (call: Promise<unknown>): Promise<SdkError | undefined> =>
  call.then(
    () => undefined,
    (error: unknown) => error as SdkError,
  );

const packages: Readonly<Record<string, () => Promise<object>>> = {
  iam: () => import('@aws-sdk/client-iam'),
  sts: () => import('@aws-sdk/client-sts'),
  budgets: () => import('@aws-sdk/client-budgets'),
  organizations: () => import('@aws-sdk/client-organizations'),
  account: () => import('@aws-sdk/client-account'),
  cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
  freetier: async () => {
    // The SDK's client is not published.
    const { Client, commands } = await import('../../src/aws/services/freetier.js');
    return { FreeTierClient: Client, GetAccountPlanStateCommand: commands.GetAccountPlanState };
  },
};

interface SdkClient {
  send(command: object): Promise<unknown>;
}

/** One attempt per call: a second one would hide what the first was answered. */
export function createSender(options: SenderOptions): Send {
  const clients = new Map<string, SdkClient>();
  return async (name, input = {}) => {
    const [service = '', operation = ''] = name.split(':');
    const exported = new Map(Object.entries((await packages[service]?.()) ?? {}));
    const create = <Made>(exportName: string, argument: object): Made => {
      const made = exported.get(exportName) as (new (argument: object) => Made) | undefined;
      if (made === undefined) throw new Error(`the SDK has no ${exportName} for ${service}`);
      return new made(argument);
    };
    const client =
      clients.get(service) ??
      create<SdkClient>(clientNames[service] ?? '', {
        endpoint: options.endpoint,
        region: 'us-east-1',
        maxAttempts: 1,
        ...(options.requestHandler === undefined ? {} : { requestHandler: options.requestHandler }),
        credentials: options.credentials ?? { accessKeyId: 'AKIAUNKNOWNTOMOTO', secretAccessKey: 'unused' },
      });
    clients.set(service, client);
    return client.send(create(`${operation}Command`, input));
  };
}

const clientNames: Readonly<Record<string, string>> = {
  iam: 'IAMClient',
  sts: 'STSClient',
  budgets: 'BudgetsClient',
  organizations: 'OrganizationsClient',
  account: 'AccountClient',
  cloudtrail: 'CloudTrailClient',
  freetier: 'FreeTierClient',
};
