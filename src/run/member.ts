import type { Boundary } from '../aws/boundary.js';
import { callerOf } from '../aws/identity.js';
import type { Credentials } from '../aws/clients.js';
import type { Session } from '../aws/session.js';
import type { Caller } from '../core/account.js';
import type { RoleSession, RootTask } from '../core/cloud.js';
import type { Reading, Unread } from '../core/reading.js';
import { plainKey } from '../secrets/signing-key.js';
import type { MemberAccess } from './host.js';

export interface MemberParts {
  /** The run's own connection to AWS, which assumes the role. */
  readonly boundary: Boundary;
  readonly identify: () => Promise<Caller>;
  /** Opens a session over the same connections, signed with the credentials of `provide`. */
  readonly open: (provide: () => Promise<Credentials>) => Session;
  readonly boundaryOf: (session: Session) => Boundary;
}

/** Access to a member account through a role in it. */
export const memberAccess = ({ boundary, identify, open, boundaryOf }: MemberParts, accountId: string, roleName: string): MemberAccess => {
  const roleArn = async (): Promise<string> => `arn:${(await identify()).partition}:iam::${accountId}:role/${roleName}`;
  const assume = async (): Promise<Reading<RoleSession>> => boundary.cloud.assume(await roleArn());
  return { roleArn, ...access({ identify, open, boundaryOf }, accountId, assume) };
};

/** Access to a member account as its root, for one task. */
export const memberRootAccess = (
  { boundary, identify, open, boundaryOf }: MemberParts,
  accountId: string,
  task: RootTask,
): Omit<MemberAccess, 'roleArn'> => {
  const assume = async (): Promise<Reading<RoleSession>> =>
    boundary.assumeRoot(`arn:${(await identify()).partition}:iam::${accountId}:root`, task);
  return access({ identify, open, boundaryOf }, accountId, assume);
};

const access = (
  { identify, open, boundaryOf }: Omit<MemberParts, 'boundary'>,
  accountId: string,
  request: () => Promise<Reading<RoleSession>>,
): Omit<MemberAccess, 'roleArn'> => {
  const assume = async (): Promise<Reading<RoleSession>> => ((await identify()).identity.kind === 'root' ? rootCannot : request());
  /** The session that `enter` opened. The first request uses it; after that, the SDK renews the credentials through `provide`. */
  let entered: Promise<Reading<RoleSession>> | undefined;
  let unused = false;
  const provide = async (): Promise<Credentials> => {
    const opened = unused ? entered : undefined;
    unused = false;
    const session = await (opened ?? assume());
    if (!session.ok) throw signInError(session);
    const { key, expiresAt } = session.value;
    return { ...plainKey(key), ...(expiresAt === undefined ? {} : { expiration: expiresAt }) };
  };
  return {
    enter: async () => {
      if (entered === undefined) {
        entered = assume();
        unused = true;
      }
      const session = await entered;
      if (!session.ok) entered = undefined;
      return session.ok ? { ...session, value: callerOf(session.value.arn, accountId) } : session;
    },
    boundary: boundaryOf(open(provide)),
  };
};

/** What AWS would answer: "You cannot call AssumeRole with the access key for the root account". */
const rootCannot: Unread = { ok: false, cause: 'denied', message: 'root cannot assume roles', evidence: [] };

/** In the shape of the SDK's errors, so that the boundary handles it like any other failed sign-in. */
const signInError = ({ message, code, cause }: Unread): Error =>
  Object.assign(new Error(message), {
    name: code ?? 'CredentialsProviderError',
    ...(cause === 'denied' ? { $metadata: { httpStatusCode: 403 } } : {}),
  });
