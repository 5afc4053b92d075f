import type { RoleSession } from '../core/cloud.js';
import type { Evidence } from '../core/finding.js';
import type { SigningKey } from '../core/keys.js';
import type { Reading } from '../core/reading.js';
import { Secret } from '../core/secret.js';
import { readingPolicy } from './operations.js';

/** What is asked of AssumeRole, and what its answer becomes. */

/** In a run that only reads, AWS holds the session to reading too, whatever the role may do. The name stands in the member's event history. */
export const assumeInput = (roleArn: string, mode: 'read' | 'write') => ({
  RoleArn: roleArn,
  RoleSessionName: 'aws-account-bootstrap',
  ...(mode === 'read' ? { Policy: readingPolicy() } : {}),
});

/** An answer whose secrets are wrapped; without credentials when AWS gave none. */
export interface Assumed {
  readonly $metadata?: { readonly requestId?: string };
  readonly Credentials?: SigningKey & { readonly expiration: Date | undefined };
  readonly AssumedRoleUser?: { readonly Arn?: string };
}

export const wrappedSession = (output: object): Assumed => {
  const { Credentials: given, ...rest } = output as Omit<Assumed, 'Credentials'> & {
    readonly Credentials?: {
      readonly AccessKeyId?: string;
      readonly SecretAccessKey?: string;
      readonly SessionToken?: string;
      readonly Expiration?: Date;
    };
  };
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken) return rest;
  return {
    ...rest,
    Credentials: {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: new Secret(given.SecretAccessKey),
      sessionToken: new Secret(given.SessionToken),
      expiration: given.Expiration,
    },
  };
};

export const sessionIn = ({ Credentials, AssumedRoleUser }: Assumed, evidence: readonly Evidence[]): Reading<RoleSession> => {
  const arn = AssumedRoleUser?.Arn;
  if (Credentials === undefined || arn === undefined)
    return { ok: false, cause: 'failed', message: 'sts:AssumeRole answered without credentials', evidence };
  const { expiration, ...key } = Credentials;
  return { ok: true, value: { key, expiresAt: expiration, arn }, evidence };
};

/** Accounts that an answer of Organizations names: in a list, or as the one that was made. */
export const membersIn = (output: object): readonly string[] => {
  const { Accounts, CreateAccountStatus } = output as {
    readonly Accounts?: readonly { readonly Id?: string }[];
    readonly CreateAccountStatus?: { readonly AccountId?: string };
  };
  return [...(Accounts ?? []).map(({ Id }) => Id), CreateAccountStatus?.AccountId].filter((id) => id !== undefined);
};
