import { Fault } from './behaviour.js';
import { principalArn } from './caller.js';
import { awsManagedPolicy } from './managed-policies.js';
import { isRead, type ServiceName, services } from './services.js';
import type { AccountWorld, Principal, SessionWorld, World } from './world.js';

/** A request before it is executed. */
export interface Request {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly account: AccountWorld;
  readonly principal: Principal;
  readonly session: SessionWorld | undefined;
  readonly region: string;
  readonly now: Date;
}

/** Needs no permission, or is decided by the operation itself (AssumeRole: by the trust policy too). */
const ungoverned = new Set(['sts:GetCallerIdentity', 'sts:GetSessionToken', 'sts:AssumeRole', 'sts:AssumeRoot']);

/** Throws the AWS error for a caller whose policies do not allow the request. Root is allowed everything, except in a session of AssumeRoot. */
export function authorize(world: World, request: Request): void {
  const { service, operation, principal, account } = request;
  if ((principal.kind === 'root' && request.session?.policies === undefined) || ungoverned.has(`${service}:${operation}`)) return;
  const question = questionOf(world, request);
  const tagging = taggingAction(request);
  // What is asked about several resources has to be allowed on each.
  const questions =
    service === 'organizations' ? organizationResources(world, request).map((resource) => ({ ...question, resource })) : [question];
  // An account that is to be created has no number yet.
  const tagged = service === 'organizations' ? organizationArn(world, request, 'account', '*') : question.resource;
  for (const asked of [...questions, ...(tagging === undefined ? [] : [{ ...question, action: tagging, resource: tagged }])]) {
    const verdict = identityDecision(account, principal, request.session, asked);
    if (verdict !== 'allow') throw denied(request, asked, verdict);
  }
}

/** Creating a resource with tags also needs permission to tag it. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_permissions */
function taggingAction({ service, operation, input }: Request): string | undefined {
  if (!Array.isArray(input['Tags']) || input['Tags'].length === 0) return undefined;
  return tagging[`${service}:${operation}`];
}

const tagging: Readonly<Record<string, string>> = {
  'iam:CreateUser': 'iam:TagUser',
  'iam:CreateVirtualMFADevice': 'iam:TagMFADevice',
  'iam:CreateRole': 'iam:TagRole',
  'iam:CreatePolicy': 'iam:TagPolicy',
  'organizations:CreateAccount': 'organizations:TagResource',
};

/** What is missing, or in the way. */
type Refusal = 'deny' | 'silent' | 'boundary-deny' | 'boundary-silent';

export function denied(request: Request, question: Question, verdict: Refusal): Fault {
  const { code, status } = services[request.service].denied;
  const who = principalArn(request.account, request.principal);
  const why = {
    deny: 'with an explicit deny in an identity-based policy',
    silent: `because no identity-based policy allows the ${question.action} action`,
    'boundary-deny': 'with an explicit deny in a permissions boundary',
    'boundary-silent': `because no permissions boundary allows the ${question.action} action`,
  }[verdict];
  const message = `User: ${who} is not authorized to perform: ${question.action} on resource: ${question.resource} ${why}`;
  return new Fault(code, status, message);
}

/** The decision of the policies of a user (with groups) or role, limited by its permissions boundary and the session policies. */
export function identityDecision(
  account: AccountWorld,
  principal: Principal,
  session: SessionWorld | undefined,
  question: Question,
): 'allow' | Refusal {
  if (principal.kind === 'root')
    return session?.policies === undefined ? 'allow' : decide(session.policies.flatMap(statementsOf), question);
  const own = decide(statementsFor(account, principal), question);
  if (own !== 'allow') return own;
  const boundary = boundaryOf(account, principal);
  const inside: Decision = boundary === undefined ? 'allow' : decide(statementsOf(policyDocument(account, boundary) ?? nothing), question);
  if (inside !== 'allow') return `boundary-${inside}`;
  if (session?.policies === undefined) return own;
  return decide(session.policies.flatMap(statementsOf), question);
}

export function questionOf(world: World, request: Request): Question {
  const { service, operation, account, principal, session, input } = request;
  const role = principal.kind === 'role' ? account.roles.find((each) => each.name === principal.name) : undefined;
  // Conditions apply to the role, not to its session.
  const arn =
    role === undefined ? principalArn(account, principal) : `arn:${account.partition}:iam::${account.id}:role${role.path}${role.name}`;
  return {
    action: actionOf(service, operation),
    resource: resourceOf(request),
    context: {
      'aws:principalarn': arn,
      'aws:principalaccount': account.id,
      // Found only if a condition asks for it: an organization can have thousands of members.
      get 'aws:principalorgid'() {
        return world.organizations.find(({ members }) => members.some(({ accountId }) => accountId === account.id))?.id;
      },
      'aws:username': principal.kind === 'user' ? principal.name : undefined,
      'aws:requestedregion': request.region,
      'aws:resourceaccount': account.id,
      'aws:multifactorauthpresent': session === undefined ? undefined : String(session.mfaAt !== undefined),
      'aws:multifactorauthage':
        session?.mfaAt === undefined ? undefined : String((request.now.getTime() - Date.parse(session.mfaAt)) / 1000),
      'iam:policyarn': stringMember(input, 'PolicyArn'),
      'organizations:serviceprincipal': stringMember(input, 'ServicePrincipal'),
      'iam:permissionsboundary': stringMember(input, 'PermissionsBoundary'),
      'sts:externalid': stringMember(input, 'ExternalId'),
      'sts:rolesessionname': stringMember(input, 'RoleSessionName'),
      'sts:taskpolicyarn': (input['TaskPolicyArn'] as { readonly arn?: string } | undefined)?.arn,
    },
  };
}

/** Two separate actions cover all operations of Budgets. */
function actionOf(service: ServiceName, operation: string): string {
  if (service !== 'budgets') return `${service}:${operation}`;
  return isRead(operation) ? 'budgets:ViewBudget' : 'budgets:ModifyBudget';
}

/** The member that AssumeRoot names, by its id or by the ARN of its root. */
const rootOf = (partition: string, target: string | undefined): string | undefined =>
  target === undefined || target.startsWith('arn:') ? target : `arn:${partition}:iam::${target}:root`;

function resourceOf({ service, operation, account, principal, input }: Request): string {
  if (service === 'sts') return stringMember(input, 'RoleArn') ?? rootOf(account.partition, stringMember(input, 'TargetPrincipal')) ?? '*';
  if (service === 'budgets') return `arn:${account.partition}:budgets::${account.id}:budget/${budgetName(input) ?? '*'}`;
  // Without an AccountId, this is the caller's own account. The ARN of a member contains the organization; it is not needed here.
  if (service === 'account') return `arn:${account.partition}:account::${account.id}:account`;
  if (service !== 'iam') return '*';
  const arn = (kind: string, path: string, name: string) => `arn:${account.partition}:iam::${account.id}:${kind}${path}${name}`;
  const entities = [
    ['GroupName', 'group', account.groups],
    ['RoleName', 'role', account.roles],
    ['UserName', 'user', account.users],
  ] as const;
  for (const [member, kind, known] of entities) {
    const name = stringMember(input, member);
    if (name === undefined) continue;
    return arn(kind, known.find((each) => each.name === name)?.path ?? stringMember(input, 'Path') ?? '/', name);
  }
  // Only asked in a session of AssumeRoot: root works on itself, but a virtual MFA device is deleted as a resource of its own.
  if (principal.kind === 'root' && operation !== 'DeleteVirtualMFADevice') return `arn:${account.partition}:iam::${account.id}:root`;
  // The request names the key; the resource is its user.
  const keyId = stringMember(input, 'AccessKeyId');
  const owner = account.users.find(({ accessKeys }) => accessKeys.some(({ id }) => id === keyId));
  if (owner !== undefined) return arn('user', owner.path, owner.name);
  const device = stringMember(input, 'VirtualMFADeviceName');
  if (device !== undefined) return arn('mfa', stringMember(input, 'Path') ?? '/', device);
  const named = stringMember(input, 'SerialNumber') ?? stringMember(input, 'PolicyArn');
  if (named?.startsWith('arn:')) return named;
  if (/^List(Users|Groups|Roles)$/.test(operation)) return arn(operation.slice(4, -1).toLowerCase(), '/', '');
  if (operation === 'ListVirtualMFADevices') return arn('mfa', '/', '');
  if (operation === 'CreatePolicy') return arn('policy', stringMember(input, 'Path') ?? '/', stringMember(input, 'PolicyName') ?? '');
  return principal.kind === 'user' && selfService.has(operation) ? principalArn(account, principal) : '*';
}

/** By the organization of the caller, or of the handshake: its ARN has the account that manages it. */
function organizationArn(world: World, { account }: Request, kind: string, ...ids: readonly string[]): string {
  const organization = world.organizations.find(({ members }) => members.some(({ accountId }) => accountId === account.id));
  if (organization === undefined) return '*';
  return `arn:${account.partition}:organizations::${organization.managementAccountId}:${[kind, organization.id, ...ids].join('/')}`;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html */
function organizationResources(world: World, request: Request): readonly string[] {
  const { operation, input, account } = request;
  const handshake = world.handshakes.find(({ id }) => id === input['HandshakeId']);
  if (handshake !== undefined) {
    const sender = world.organizations.find(({ id }) => id === handshake.organizationId)?.managementAccountId ?? account.id;
    const path = ['handshake', handshake.organizationId, handshake.action.toLowerCase(), handshake.id].join('/');
    return [`arn:${account.partition}:organizations::${sender}:${path}`];
  }
  const members = resourceMembers[operation] ?? [];
  const ids = members.map((member) => stringMember(input, member)).filter((id) => id !== undefined);
  return ids.length === 0 ? ['*'] : ids.map((id) => organizationArn(world, request, kindOf(id), id));
}

/** The members of a request that name resources, where the service knows resources for the action. */
const resourceMembers: Readonly<Record<string, readonly string[]>> = {
  CloseAccount: ['AccountId'],
  CreateOrganizationalUnit: ['ParentId'],
  DescribeAccount: ['AccountId'],
  ListOrganizationalUnitsForParent: ['ParentId'],
  ListParents: ['ChildId'],
  MoveAccount: ['AccountId', 'SourceParentId', 'DestinationParentId'],
  RemoveAccountFromOrganization: ['AccountId'],
};

const kindOf = (id: string): string => (id.startsWith('ou-') ? 'ou' : id.startsWith('r-') ? 'root' : 'account');

/** Name of the budget that is read, created or changed. */
const budgetName = (input: Readonly<Record<string, unknown>>): string | undefined => {
  const { Budget, NewBudget } = input as { readonly Budget?: typeof input; readonly NewBudget?: typeof input };
  return stringMember(input, 'BudgetName') ?? stringMember(Budget ?? NewBudget ?? {}, 'BudgetName');
};

/** Operations that apply to the calling user if no user is named. */
const selfService = new Set([
  'CreateAccessKey',
  'CreateLoginProfile',
  'DeleteAccessKey',
  'GetLoginProfile',
  'GetUser',
  'ListAccessKeys',
  'ListMFADevices',
  'UpdateAccessKey',
]);

/** What every user is allowed if the password policy lets users change their own passwords. */
const ownPassword: readonly Statement[] = [
  { Effect: 'Allow', Action: ['iam:ChangePassword', 'iam:GetAccountPasswordPolicy'], Resource: '*' },
];

function statementsFor(account: AccountWorld, principal: Principal): readonly Statement[] {
  if (principal.kind === 'root') return [];
  const holders =
    principal.kind === 'role'
      ? account.roles.filter((role) => role.name === principal.name)
      : account.users
          .filter((user) => user.name === principal.name)
          .flatMap((user) => [user, ...account.groups.filter((group) => user.groups.includes(group.name))]);
  const fromPasswordPolicy = principal.kind === 'user' && account.passwordPolicy?.AllowUsersToChangePassword === true ? ownPassword : [];
  const fromPolicies = holders.flatMap((holder) => [
    ...Object.values(holder.inlinePolicies).flatMap(statementsOf),
    ...holder.attachedPolicies.flatMap((arn) => statementsOf(policyDocument(account, arn) ?? nothing)),
  ]);
  return [...fromPasswordPolicy, ...fromPolicies];
}

const boundaryOf = (account: AccountWorld, principal: Exclude<Principal, { kind: 'root' }>): string | undefined =>
  (principal.kind === 'role' ? account.roles : account.users).find(({ name }) => name === principal.name)?.permissionsBoundary;

const nothing = '{"Statement":[]}';

export const policyDocument = (account: AccountWorld, arn: string): string | undefined =>
  awsManagedPolicy(arn)?.document ?? account.policies.find((policy) => policy.arn === arn)?.document;

const stringMember = (input: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
};

/** A small evaluator of IAM policy documents: enough for the policies that an account bootstrap needs. */

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>>;
}

/** The request to decide on. Context keys are in lower case, because AWS compares them case-insensitively. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | undefined>>;
}

export type Decision = 'allow' | 'deny' | 'silent';

export const statementsOf = (document: string): readonly Statement[] => {
  const { Statement: found } = JSON.parse(document) as { Statement: Statement | readonly Statement[] };
  return list(found);
};

/** An explicit deny wins over every allow. */
function decide(statements: readonly Statement[], question: Question): Decision {
  const applying = statements.filter((statement) => applies(statement, question));
  if (applying.some((statement) => statement.Effect === 'Deny')) return 'deny';
  return applying.length > 0 ? 'allow' : 'silent';
}

function applies(statement: Statement, question: Question): boolean {
  const { action, resource, context } = question;
  const actionHit = (patterns: readonly string[]) => patterns.some((pattern) => wildcard(pattern.toLowerCase(), action.toLowerCase()));
  const resourceHit = (patterns: readonly string[]) => patterns.some((pattern) => wildcard(fill(pattern, context), resource));
  if (statement.Action !== undefined && !actionHit(list(statement.Action))) return false;
  if (statement.NotAction !== undefined && actionHit(list(statement.NotAction))) return false;
  if (statement.Resource !== undefined && !resourceHit(list(statement.Resource))) return false;
  if (statement.NotResource !== undefined && resourceHit(list(statement.NotResource))) return false;
  const met = conditionsMet(statement.Condition ?? {}, context);
  // A condition that is not supported must never widen access: then an allow does not apply, but a deny does.
  return met ?? statement.Effect === 'Deny';
}

/** Undefined: this evaluator does not support one of the conditions. */
export function conditionsMet(conditions: NonNullable<Statement['Condition']>, context: Question['context']): boolean | undefined {
  const verdicts = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) =>
      conditionMet(operator, context[key.toLowerCase()], list(wanted).map(String), key.toLowerCase() in context),
    ),
  );
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function conditionMet(operator: string, actual: string | undefined, wanted: readonly string[], known: boolean): boolean | undefined {
  const ifExists = operator.endsWith('IfExists');
  const name = ifExists ? operator.slice(0, -'IfExists'.length) : operator;
  const test = operators[name];
  if (test === undefined || !known) return undefined;
  if (name === 'Null') return wanted.some((text) => (text === 'true') === (actual === undefined));
  if (actual === undefined) return ifExists || name.includes('Not');
  const hit = wanted.some((text) => test(text, actual));
  return name.includes('Not') ? !hit : hit;
}

type Test = (wanted: string, actual: string) => boolean;
const same: Test = (wanted, actual) => wanted === actual;
const sameFolded: Test = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();
const like: Test = (wanted, actual) => wildcard(wanted, actual);
const operators: Readonly<Record<string, Test>> = {
  StringEquals: same,
  StringNotEquals: same,
  StringEqualsIgnoreCase: sameFolded,
  StringLike: like,
  StringNotLike: like,
  ArnEquals: like,
  ArnNotEquals: like,
  ArnLike: like,
  ArnNotLike: like,
  Bool: sameFolded,
  NumericLessThan: (wanted, actual) => Number(actual) < Number(wanted),
  Null: same,
};

/** `*` matches any text, `?` any single character. */
export function wildcard(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll(literals['*'], '\\*')
    .replaceAll(literals['?'], '\\?');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** Policy variables such as `${aws:username}`. */
const fill = (pattern: string, context: Question['context']): string =>
  pattern.replace(/\$\{([^}]+)\}/g, (whole, key: string) =>
    Object.hasOwn(literals, key) ? literals[key as keyof typeof literals] : (context[key.toLowerCase()] ?? whole),
  );

/** `${*}` is a literal asterisk, not a wildcard. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
const literals = { '*': '\u0001', '?': '\u0002', $: '$' } as const;

export const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);
