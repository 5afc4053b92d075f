import type { Caller, Identity } from '../core/account.js';

/**
 * The caller out of GetCallerIdentity's ARN. Shapes: `arn:P:iam::A:root`, `:user/path/NAME`, `:assumed-role/ROLE/SESSION`,
 * `:federated-user/NAME`; an unknown shape that ends in `:user/NAME` counts as a user.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export const callerOf = (arn: string, accountId: string): Caller => {
  const [, partition = 'aws', , , , ...rest] = arn.split(':');
  const resource = rest.join(':');
  return { accountId, partition, identity: identityOf(arn, resource) };
};

const identityOf = (arn: string, resource: string): Identity => {
  if (resource === 'root') return { kind: 'root', arn, name: 'root' };
  const [kind, ...path] = resource.split('/');
  if (kind === 'assumed-role') return { kind: 'role', arn, name: path[0] ?? resource };
  if (kind === 'federated-user') return { kind: 'federated', arn, name: path.join('/') };
  return { kind: 'user', arn, name: path.at(-1) ?? resource };
};
