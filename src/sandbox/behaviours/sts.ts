import { type Behaviours, Fault, type Scene } from '../behaviour.js';
import { checkConstraints, invalid, invalidValue } from './iam/constraints.js';
import { findRole, rootArn } from './iam/entities.js';
import { stepOfCode } from './iam/mfa-devices.js';
import { principalArn } from '../caller.js';
import { openSession } from '../credentials.js';
import {
  conditionsMet,
  denied,
  identityDecision,
  list,
  policyDocument,
  type Question,
  questionOf,
  statementsOf,
  wildcard,
} from '../permissions.js';
import type { RoleWorld } from '../world.js';

const sessionName = /^[\w+=,.@-]{2,64}$/;

export const sts: Behaviours = {
  /** Always allowed, whatever the policies. */
  GetCallerIdentity(_input, { account, caller }) {
    return { UserId: callerId({ account, caller }), Account: account.id, Arn: principalArn(account, caller) };
  },

  /** For long-lived keys only. Without an MFA code, the session cannot call IAM. */
  GetSessionToken(input, scene) {
    const { world, account, caller, accessKeyId, now, random } = scene;
    if (accessKeyId.startsWith('ASIA')) throw accessDenied('Cannot call GetSessionToken with session credentials');
    const longest = caller.kind === 'root' ? 3600 : 129_600;
    const seconds = duration(input.DurationSeconds ?? Math.min(43_200, longest), 900, longest);
    const mfa = mfaTime(input, scene);
    const opened = openSession(
      world,
      { accountId: account.id, principal: caller, now, seconds, random },
      mfa === undefined ? (caller.kind === 'root' ? {} : { refusedByIam: true }) : { mfaAt: mfa },
    );
    return { Credentials: credentials(opened) };
  },

  AssumeRole(input, scene) {
    const { world, account, caller, now, random } = scene;
    if (caller.kind === 'root') throw accessDenied('Roles may not be assumed by root accounts.');
    checkConstraints({ Tags: input.Tags, TransitiveTagKeys: input.TransitiveTagKeys });
    if (!sessionName.test(input.RoleSessionName)) {
      throw invalidValue('RoleSessionName', input.RoleSessionName, `Member must satisfy regular expression pattern: ${sessionName.source}`);
    }
    const [, owner, path] = /^arn:[\w-]+:iam::(\d{12}):role(\/.+)$/.exec(input.RoleArn) ?? [];
    if (owner === undefined || path === undefined) throw invalid(`${input.RoleArn} is invalid`);
    const mfaAt = input.TokenCode === undefined ? world.sessions[scene.accessKeyId]?.mfaAt : mfaTime(input, scene);
    const session = sessionFor(scene, mfaAt);
    const request = {
      service: 'sts',
      operation: 'AssumeRole',
      input,
      account,
      principal: caller,
      session,
      region: scene.region,
      now,
    } as const;
    const question = questionOf(world, request);
    const target = world.accounts[owner];
    const role = target?.roles.find((each) => each.path + each.name === path);
    // A role that does not exist, or in a closed or suspended account, is refused like a role that does not trust the caller.
    if (target === undefined || role === undefined || target.state !== 'ACTIVE') throw denied(request, question, 'silent');
    const own = identityDecision(account, caller, session, question);
    const trust = trustDecision(role, scene, question);
    // In its own account, a caller that the trust policy names needs no policy of its own.
    const named = trust === 'principal' && owner === account.id && own !== 'deny' && own !== 'boundary-deny';
    const both = (trust === 'principal' || trust === 'account') && own === 'allow';
    if (!named && !both) throw denied(request, question, trust === 'deny' ? 'deny' : own === 'allow' ? 'silent' : own);

    const longest = role.maxSessionDuration ?? 3600;
    const seconds = duration(input.DurationSeconds ?? 3600, 900, 43_200);
    if (seconds > longest) throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
    if (caller.kind === 'role' && seconds > 3600)
      throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
    const policies = sessionPolicies(input, scene);
    const principal = { kind: 'role', name: role.name, session: input.RoleSessionName } as const;
    const more = { ...(policies.length > 0 ? { policies } : {}), ...(mfaAt === undefined ? {} : { mfaAt }) };
    const opened = openSession(world, { accountId: owner, principal, now, seconds, random }, more);
    return {
      Credentials: credentials(opened),
      AssumedRoleUser: { AssumedRoleId: `${role.id}:${input.RoleSessionName}`, Arn: principalArn(target, principal) },
    };
  },

  /** From the account that manages the root credentials of its members, into a member, for one task. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html */
  AssumeRoot(input, scene) {
    const { world, account, caller, now, random } = scene;
    if (caller.kind === 'root') throw accessDenied('Root sessions may not be opened by root accounts.');
    const seconds = duration(input.DurationSeconds ?? 900, 0, 900);
    const [, task = ''] = /^arn:[\w-]+:iam::aws:policy\/root-task\/(\w+)$/.exec(input.TaskPolicyArn?.arn ?? '') ?? [];
    const actions = rootTasks[task];
    if (actions === undefined) throw invalid(`${input.TaskPolicyArn?.arn} is not a task policy of AssumeRoot`);
    const [, id = input.TargetPrincipal] = /^arn:[\w-]+:iam::(\d{12}):root$/.exec(input.TargetPrincipal) ?? [];
    const request = {
      service: 'sts',
      operation: 'AssumeRoot',
      input,
      account,
      principal: caller,
      session: world.sessions[scene.accessKeyId],
      region: scene.region,
      now,
    } as const;
    const question = questionOf(world, request);
    const own = identityDecision(account, caller, request.session, question);
    if (own !== 'allow') throw denied(request, question, own);
    const organization = world.organizations.find(({ managementAccountId }) => managementAccountId === account.id);
    const target = world.accounts[id];
    const isMember = id !== account.id && (organization?.members.some(({ accountId }) => accountId === id) ?? false);
    const enabled = account.rootCredentialsManagement && organization?.trustedServices.includes('iam.amazonaws.com') === true;
    if (target === undefined || target.state !== 'ACTIVE' || !isMember || !enabled) throw denied(request, question, 'silent');
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: rootArn(target) }],
    });
    const principal = { kind: 'root' } as const;
    return { Credentials: credentials(openSession(world, { accountId: id, principal, now, seconds, random }, { policies: [policy] })) };
  },
};

const seen = ['ListAccessKeys', 'ListSigningCertificates', 'GetLoginProfile', 'ListMFADevices', 'GetUser', 'GetAccessKeyLastUsed'];
const allowing = (...names: readonly string[]): readonly string[] => names.map((name) => `iam:${name}`);

/**
 * What AWS's task policies leave to root, on root itself. So a session cannot delete a virtual MFA device, which is a resource of its own,
 * although the policy names the operation.
 */
const rootTasks: Readonly<Record<string, readonly string[]>> = {
  IAMAuditRootUserCredentials: allowing(...seen, 'GetAccountSummary'),
  IAMDeleteRootUserCredentials: allowing(
    ...seen,
    'DeleteAccessKey',
    'DeleteSigningCertificate',
    'DeleteLoginProfile',
    'DeactivateMFADevice',
  ),
  IAMCreateRootUserPassword: allowing('CreateLoginProfile', 'GetLoginProfile'),
};

function callerId({ account, caller }: Pick<Scene, 'account' | 'caller'>): string {
  if (caller.kind === 'root') return account.id;
  if (caller.kind === 'user') return account.users.find((user) => user.name === caller.name)?.id ?? '';
  return `${findRole(account, caller.name).id}:${caller.session}`;
}

/** Whether a trust policy trusts the caller by name, through its account (then the caller's own policies decide), or not. */
function trustDecision(role: RoleWorld, { account, caller }: Scene, question: Question): 'principal' | 'account' | 'deny' | 'none' {
  const session = principalArn(account, caller);
  const arns = [session, question.context['aws:principalarn'] ?? session];
  const accountNames = [account.id, `arn:${account.partition}:iam::${account.id}:root`];
  let found: 'principal' | 'account' | 'none' = 'none';
  for (const statement of statementsOf(role.trust)) {
    const actions = list(statement.Action ?? []);
    if (!actions.some((action) => wildcard(action.toLowerCase(), 'sts:assumerole'))) continue;
    const names = statement.Principal === '*' ? ['*'] : list(statement.Principal?.AWS ?? []);
    const byName = names.some((name) => arns.includes(name));
    // `*` counts as the caller's account: its policies must allow the call as well.
    const byAccount = names.some((name) => accountNames.includes(name) || name === '*');
    const met = conditionsMet(statement.Condition ?? {}, question.context) ?? statement.Effect === 'Deny';
    if (!met || !(byName || byAccount)) continue;
    if (statement.Effect === 'Deny') return 'deny';
    if (byName) found = 'principal';
    else if (found === 'none') found = 'account';
  }
  return found;
}

function sessionPolicies(input: { Policy?: string; PolicyArns?: readonly { arn?: string }[] }, { account }: Scene): string[] {
  const malformed = (message: string) => new Fault('MalformedPolicyDocument', 400, message);
  const named = (input.PolicyArns ?? []).map(({ arn = '' }) => {
    const document = policyDocument(account, arn);
    if (document === undefined) throw malformed(`The policy ${arn} does not exist or is not attachable.`);
    return document;
  });
  if (input.Policy === undefined) return named;
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  if (input.Policy.length > 2_048) throw invalidValue('Policy', input.Policy, 'Member must have length less than or equal to 2048');
  try {
    if (statementsOf(input.Policy).length === 0) throw malformed('Syntax errors in policy.');
  } catch {
    throw malformed('Syntax errors in policy.');
  }
  return [...named, input.Policy];
}

/** If an MFA code was passed: checks it and marks it as used. */
function mfaTime(input: { SerialNumber?: string; TokenCode?: string }, { account, caller, now }: Scene): string | undefined {
  if (input.TokenCode === undefined && input.SerialNumber === undefined) return undefined;
  const refuse = () => accessDenied('MultiFactorAuthentication failed with invalid MFA one time pass code.');
  const owner = caller.kind === 'user' ? caller.name : ':root';
  const device = account.mfaDevices.find((each) => each.serial === input.SerialNumber && each.user === owner);
  const step = device === undefined ? undefined : stepOfCode(device, input.TokenCode ?? '', now);
  if (device === undefined || step === undefined) throw refuse();
  device.usedStep = step;
  return now.toISOString();
}

function sessionFor({ world, accessKeyId }: Scene, mfaAt: string | undefined) {
  const session = world.sessions[accessKeyId];
  if (mfaAt === undefined) return session;
  return { ...(session ?? { secret: '', token: '', accountId: '', principal: { kind: 'root' as const }, expiresAt: '' }), mfaAt };
}

function duration(seconds: number, least: number, most: number): number {
  if (seconds >= least && seconds <= most) return seconds;
  const bound = seconds < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw invalidValue('DurationSeconds', seconds, `Member must have value ${bound}`);
}

const accessDenied = (message: string): Fault => new Fault('AccessDenied', 403, message);

const credentials = ({ accessKeyId, session }: ReturnType<typeof openSession>) => ({
  AccessKeyId: accessKeyId,
  SecretAccessKey: session.secret,
  SessionToken: session.token,
  Expiration: new Date(session.expiresAt),
});
