import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '../../../src/aws/operations.js';
import type { PolicyDocument } from '../../../src/commands/policy/document.js';
import type { Operation } from '../../../src/core/cloud.js';
import type { AccountWorld, World } from '../../../src/sandbox/world.js';
import { signedIn } from '../../scenarios/practice-account.js';
import { testShell } from '../../support/host.js';

const key = { id: 'AKIALIMITEDUSER11111', secret: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00' };

/** The policy that the program prints. */
export const printed = async (argv: readonly string[], yaml?: string): Promise<PolicyDocument> => {
  const shell = testShell();
  if (yaml !== undefined) writeFileSync(join(shell.home, 'bootstrap.yaml'), yaml);
  const { code, stdout, stderr } = await shell.run(['policy', ...argv, '--output', 'json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as PolicyDocument;
};

export const actionsOf = ({ Statement }: PolicyDocument): readonly string[] =>
  [...new Set(Statement.flatMap(({ Action }) => Action))].toSorted();

export const without = (policy: PolicyDocument, action: string): PolicyDocument => ({
  ...policy,
  Statement: policy.Statement.map((statement) => ({ ...statement, Action: statement.Action.filter((one) => one !== action) })).filter(
    ({ Action }) => Action.length > 0,
  ),
});

/** A shell of an IAM user who may do what the policy says and nothing else, in an account that enforces it. */
export const limitedUser = async (
  policy: PolicyDocument,
  options: { readonly world?: World; readonly yaml?: string; readonly edit?: (account: AccountWorld, world: World) => void } = {},
) => {
  const shell = await signedIn({
    ...(options.world === undefined ? {} : { world: options.world }),
    env: { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret, AWS_SESSION_TOKEN: '' },
    edit: (account, world) => {
      account.users.push({
        id: 'AIDALIMITED1111111111',
        name: 'limited',
        path: '/',
        createdAt: account.createdAt,
        tags: {},
        groups: [],
        attachedPolicies: [],
        inlinePolicies: { only: JSON.stringify(policy) },
        password: null,
        accessKeys: [{ ...key, status: 'Active', createdAt: account.createdAt, lastUsed: null }],
      });
      options.edit?.(account, world);
    },
  });
  if (options.yaml !== undefined) writeFileSync(join(shell.home, 'bootstrap.yaml'), options.yaml);
  return {
    ...shell,
    /** What the user signs with. */
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
    /** Actions that AWS was asked for so far; GetCallerIdentity needs none. */
    used: (): readonly string[] =>
      shell.sandbox.calls
        .map(({ service, operation }) => `${service}:${operation}` as Operation)
        .filter((operation) => operation !== 'sts:GetCallerIdentity')
        .map((operation) => operations[operation].action),
    denied: (): readonly string[] =>
      shell.sandbox.calls
        .filter(({ error }) => error?.startsWith('AccessDenied'))
        .map(({ service, operation }) => `${service}:${operation}`),
  };
};
