import { BudgetsClient, type BudgetsClientConfig } from '@aws-sdk/client-budgets';
import { makeBuilder } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import { getAccountPlanState } from '../../core/account-plan.js';

interface Configuration {
  readonly region: string;
  readonly endpoint?: string;
}
interface Request {
  readonly request: { readonly headers: Record<string, string> };
}

const signing = (region: string) => [
  {
    schemeId: 'aws.auth#sigv4',
    signingProperties: { name: 'freetier', region },
    propertiesExtractor: (config: unknown, context: unknown) => ({ signingProperties: { config, context } }),
  },
];

/**
 * The SDK's client for AWS Free Tier is not published. The client of Budgets speaks the same protocol, so it serves with the name, the
 * endpoint and the operation of this service: signing, clock correction and decoding are the SDK's own.
 */
export class Client extends BudgetsClient {
  constructor({ endpoint = 'https://freetier.us-east-1.api.aws', ...configuration }: Configuration) {
    super({
      ...configuration,
      endpoint,
      serviceId: 'FreeTier',
      signingName: 'freetier',
      // There is one endpoint, and it is of neither kind.
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      httpAuthSchemeProvider: () => signing(configuration.region),
      protocolSettings: {
        defaultNamespace: 'com.amazonaws.freetier',
        errorTypeRegistries: [],
        version: '2023-09-07',
        serviceTarget: 'AWSFreeTierService',
      },
    } as BudgetsClientConfig);
    this.middlewareStack.add(
      (next) => (args) => {
        // Budgets speaks version 1.1 of the protocol.
        (args as unknown as Request).request.headers['content-type'] = 'application/x-amz-json-1.0';
        return next(args);
      },
      { step: 'build', name: 'jsonVersion' },
    );
  }
}

const builtIn = (name: string) => ({ type: 'builtInParams', name }) as const;
const parameters = {
  UseFIPS: builtIn('useFipsEndpoint'),
  Endpoint: builtIn('endpoint'),
  Region: builtIn('region'),
  UseDualStack: builtIn('useDualstackEndpoint'),
};
const command = makeBuilder(parameters, 'AWSFreeTierService', 'FreeTierClient', getEndpointPlugin);

export const commands = {
  GetAccountPlanState: command({}, () => [], 'GetAccountPlanState', getAccountPlanState),
};
