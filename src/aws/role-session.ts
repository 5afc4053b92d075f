import type { RoleSession, RootTask } from '../core/cloud.js';
import type { Evidence } from '../core/finding.js';
import type { SigningKey } from '../core/keys.js';
import type { Reading } from '../core/reading.js';
import { Secret } from '../core/secret.js';
import { readingPolicy } from './operations.js';

/** The input of AssumeRole. In a run that only reads, a session policy limits the session to reads. The session name appears in the member's CloudTrail events. */
export const assumeInput = (roleArn: string, mode: 'read' | 'write') => ({
  RoleArn: roleArn,
  RoleSessionName: 'aws-account-bootstrap',
  ...(mode === 'read' ? { Policy: readingPolicy() } : {}),
});

/**
 * The input of AssumeRoot. Every session is limited by one of AWS's task policies, and ends after at most 15 minutes.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
 */
export const assumeRootInput = (target: { readonly partition: string; readonly accountId: string; readonly task: RootTask }) => ({
  TargetPrincipal: target.accountId,
  TaskPolicyArn: { arn: `arn:${target.partition}:iam::aws:policy/root-task/${taskPolicies[target.task]}` },
  DurationSeconds: 900,
});
const taskPolicies: Readonly<Record<RootTask, string>> = {
  audit: 'IAMAuditRootUserCredentials',
  delete: 'IAMDeleteRootUserCredentials',
};

/** The response of AssumeRole or AssumeRoot with wrapped secrets; without credentials when AWS returned none. */
export interface Assumed {
  readonly $metadata?: { readonly requestId?: string };
  readonly Credentials?: SigningKey & { readonly expiration: Date | undefined };
  readonly AssumedRoleUser?: { readonly Arn?: string };
}

export const wrappedSession = (output: object): Assumed => {
  const { Credentials: plain, ...rest } = output as Omit<Assumed, 'Credentials'> & {
    readonly Credentials?: {
      readonly AccessKeyId?: string;
      readonly SecretAccessKey?: string;
      readonly SessionToken?: string;
      readonly Expiration?: Date;
    };
  };
  if (!plain?.AccessKeyId || !plain.SecretAccessKey || !plain.SessionToken) return rest;
  return {
    ...rest,
    Credentials: {
      accessKeyId: plain.AccessKeyId,
      secretAccessKey: new Secret(plain.SecretAccessKey),
      sessionToken: new Secret(plain.SessionToken),
      expiration: plain.Expiration,
    },
  };
};

/** The session in an answer. `arn`: of the assumed role, or of root, which the answer of AssumeRoot does not name. */
export const sessionIn = (
  operation: 'sts:AssumeRole' | 'sts:AssumeRoot',
  { Credentials }: Assumed,
  arn: string | undefined,
  evidence: readonly Evidence[],
): Reading<RoleSession> => {
  if (Credentials === undefined || arn === undefined)
    return { ok: false, cause: 'failed', message: `${operation} answered without credentials`, evidence };
  const { expiration, ...key } = Credentials;
  return { ok: true, value: { key, expiresAt: expiration, arn }, evidence };
};

/** The member accounts in a response of Organizations: in a list, or the created one. */
export const membersIn = (output: object): readonly string[] => {
  const { Accounts, CreateAccountStatus } = output as {
    readonly Accounts?: readonly { readonly Id?: string }[];
    readonly CreateAccountStatus?: { readonly AccountId?: string };
  };
  return [...(Accounts ?? []).map(({ Id }) => Id), CreateAccountStatus?.AccountId].filter((id) => id !== undefined);
};
