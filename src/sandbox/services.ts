import type { StaticOperationSchema } from '@smithy/types';

/** The protocol of each service. The name is the one in the SigV4 credential scope. */
export interface Service {
  readonly protocol: 'query' | 'json-1.0' | 'json-1.1' | 'rest-json';
  /** Query: the XML namespace. JSON: the prefix of X-Amz-Target. */
  readonly dialect: string;
  /** Error code of the service for a missing required member or an invalid value. */
  readonly invalid: string;
  readonly denied: { readonly code: string; readonly status: number };
  /** Loads the schemas: `CreateUser$` and so on. A run that only uses IAM loads only those of IAM. */
  readonly schemas: () => Promise<Readonly<Record<string, unknown>>>;
}

const json = { code: 'AccessDeniedException', status: 400 };

export const services = {
  iam: {
    protocol: 'query',
    dialect: 'https://iam.amazonaws.com/doc/2010-05-08/',
    invalid: 'ValidationError',
    denied: { code: 'AccessDenied', status: 403 },
    schemas: () => import('./schemas/iam.js'),
  },
  sts: {
    protocol: 'query',
    dialect: 'https://sts.amazonaws.com/doc/2011-06-15/',
    invalid: 'ValidationError',
    denied: { code: 'AccessDenied', status: 403 },
    schemas: () => import('./schemas/sts.js'),
  },
  budgets: {
    protocol: 'json-1.1',
    dialect: 'AWSBudgetServiceGateway',
    invalid: 'InvalidParameterException',
    denied: json,
    schemas: () => import('./schemas/budgets.js'),
  },
  organizations: {
    protocol: 'json-1.1',
    dialect: 'AWSOrganizationsV20161128',
    invalid: 'InvalidInputException',
    denied: json,
    schemas: () => import('./schemas/organizations.js'),
  },
  cloudtrail: {
    protocol: 'json-1.1',
    dialect: 'CloudTrail_20131101',
    invalid: 'ValidationException',
    denied: json,
    schemas: () => import('./schemas/cloudtrail.js'),
  },
  freetier: {
    protocol: 'json-1.0',
    dialect: 'AWSFreeTierService',
    invalid: 'ValidationException',
    denied: json,
    schemas: () => import('./schemas/freetier.js'),
  },
  account: {
    protocol: 'rest-json',
    dialect: '',
    invalid: 'ValidationException',
    denied: { code: 'AccessDeniedException', status: 403 },
    schemas: () => import('./schemas/account.js'),
  },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof services;

export const isService = (name: string): name is ServiceName => Object.hasOwn(services, name);

/** The schema of an operation; undefined if the practice account does not support it. */
export async function operationSchema(service: ServiceName, operation: string): Promise<StaticOperationSchema | undefined> {
  const schemas: Readonly<Record<string, unknown>> = await services[service].schemas();
  return Object.hasOwn(schemas, `${operation}$`) ? (schemas[`${operation}$`] as StaticOperationSchema) : undefined;
}

/** Operations whose effect does not outlive the call (a session of STS does not count). */
export const isRead = (operation: string): boolean =>
  /^(Get|List|Describe|Lookup|GenerateCredentialReport$|AssumeRole$|AssumeRoot$)/.test(operation);
