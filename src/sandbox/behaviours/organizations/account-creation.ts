import type { Behaviours, Scene } from '../../behaviour.js';
import type { AccountWorld, CreateAccountRequestWorld, OrganizationWorld } from '../../world.js';
import { choice, constraint, fault, invalid, listed, PATTERNS, tags, text } from './faults.js';
import { accountIn, asManagement, join, lowerId, newAccountId, requireFinalized, roleId } from './membership.js';

/** Account creation is asynchronous: the request is accepted at once, and the caller polls for its result. */

const MOST_IN_PROGRESS = 5;
const DEFAULT_POLLS = 2;
const FAILURES = [
  'ACCOUNT_LIMIT_EXCEEDED',
  'EMAIL_ALREADY_EXISTS',
  'INVALID_ADDRESS',
  'INVALID_EMAIL',
  'CONCURRENT_ACCOUNT_MODIFICATION',
  'INTERNAL_FAILURE',
  'GOVCLOUD_ACCOUNT_ALREADY_EXISTS',
  'MISSING_BUSINESS_VALIDATION',
  'FAILED_BUSINESS_VALIDATION',
  'PENDING_BUSINESS_VALIDATION',
  'INVALID_IDENTITY_FOR_BUSINESS_VALIDATION',
  'UNKNOWN_BUSINESS_VALIDATION',
  'MISSING_PAYMENT_INSTRUMENT',
  'INVALID_PAYMENT_INSTRUMENT',
  'UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED',
];

export const creationReads: Behaviours = {
  /** Each call brings the request closer to its end, so that waiting takes the same number of calls at any clock speed. */
  DescribeCreateAccountStatus(input, scene) {
    const organization = asManagement(scene);
    const id = text(input.CreateAccountRequestId, 'CreateAccountRequestId', { max: 36, pattern: PATTERNS.request });
    const request = organization.requests.find((each) => each.id === id);
    if (request === undefined)
      throw fault('CreateAccountStatusNotFoundException', "You specified a create account request ID that doesn't exist.");
    if (request.state === 'IN_PROGRESS') {
      if (request.pollsLeft > 0) request.pollsLeft -= 1;
      else complete(request, organization, scene);
    }
    return { CreateAccountStatus: shown(request) };
  },

  ListCreateAccountStatus(input, scene) {
    const organization = asManagement(scene);
    const states = (input.States ?? []).map((each: unknown) => choice(each, 'States', ['IN_PROGRESS', 'SUCCEEDED', 'FAILED']));
    const wanted = organization.requests.filter(({ state }) => states.length === 0 || states.includes(state));
    const { items, next } = listed(wanted, input, scene);
    return { CreateAccountStatuses: items.map(shown), ...next };
  },
};

export const creationWrites: Behaviours = {
  CreateAccount(input, scene) {
    const { world, now } = scene;
    const organization = asManagement(scene);
    const email = text(input.Email, 'Email', { min: 6, max: 64, pattern: PATTERNS.email });
    const accountName = text(input.AccountName, 'AccountName', { max: 50, pattern: PATTERNS.accountName });
    const roleName = text(input.RoleName ?? 'OrganizationAccountAccessRole', 'RoleName', {
      max: 64,
      pattern: PATTERNS.roleName,
      reason: 'INVALID_ROLE_NAME',
    });
    const billingAccess = choice(input.IamUserAccessToBilling ?? 'ALLOW', 'IamUserAccessToBilling', ['ALLOW', 'DENY']);
    const accountTags = tags(input.Tags);
    requireFinalized(organization, now);
    if (organization.members.length >= organization.accountLimit) {
      throw constraint('ACCOUNT_NUMBER_LIMIT_EXCEEDED', 'You have exceeded the allowed number of AWS accounts.');
    }
    const running = organization.requests.filter(({ state }) => state === 'IN_PROGRESS');
    if (running.length >= MOST_IN_PROGRESS) {
      throw constraint(
        'ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED',
        'You have exceeded the number of accounts that can be in progress at a time.',
      );
    }
    const again = running.some((each) => sameEmail(each.email, email));
    const request: CreateAccountRequestWorld = {
      id: `car-${lowerId(scene, 32)}`,
      accountName,
      email,
      roleName,
      billingAccess,
      tags: accountTags,
      requestedAt: now.toISOString(),
      state: 'IN_PROGRESS',
      pollsLeft: world.knobs.createAccountPolls ?? DEFAULT_POLLS,
      accountId: null,
      failureReason: again ? 'CONCURRENT_ACCOUNT_MODIFICATION' : orderedFailure(email),
      completedAt: null,
    };
    organization.requests.push(request);
    return { CreateAccountStatus: shown(request) };
  },
};

/** `fail+invalid_address@…` fails with INVALID_ADDRESS. This way, a practice account can produce every failure reason of AWS. */
function orderedFailure(email: string): string | null {
  const wanted = /^fail\+([a-z_]+)@/i.exec(email)?.[1]?.toUpperCase();
  if (wanted === undefined) return null;
  if (!FAILURES.includes(wanted))
    throw invalid('INVALID_PATTERN', `The practice account does not support the failure ${wanted}. Supported: ${FAILURES.join(', ')}.`);
  return wanted;
}

function sameEmail(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function complete(request: CreateAccountRequestWorld, organization: OrganizationWorld, scene: Scene): void {
  const { world, now } = scene;
  request.completedAt = now.toISOString();
  request.failureReason ??= failureNow(request, organization, scene);
  if (request.failureReason !== null) {
    request.state = 'FAILED';
    return;
  }
  const account = newAccount(request, organization, scene);
  world.accounts[account.id] = account;
  join(organization, account, { method: 'CREATED', tags: request.tags }, scene);
  request.state = 'SUCCEEDED';
  request.accountId = account.id;
}

/** Since the request was made, the address or the last place may have been taken. */
function failureNow(request: CreateAccountRequestWorld, organization: OrganizationWorld, scene: Scene): string | null {
  if (Object.values(scene.world.accounts).some(({ email }) => sameEmail(email, request.email))) return 'EMAIL_ALREADY_EXISTS';
  return organization.members.length >= organization.accountLimit ? 'ACCOUNT_LIMIT_EXCEEDED' : null;
}

function newAccount(request: CreateAccountRequestWorld, organization: OrganizationWorld, scene: Scene): AccountWorld {
  const management = accountIn(scene.world, organization.managementAccountId);
  const createdAt = scene.now.toISOString();
  return {
    id: newAccountId(scene),
    partition: management.partition,
    name: request.accountName,
    email: request.email,
    createdAt,
    state: 'ACTIVE',
    plan: 'PAID',
    alias: null,
    // With central root access, AWS creates members without a root password.
    root: { mfa: 'none', passwordPresent: !management.rootCredentialsManagement, passwordLastUsed: null, accessKeys: [] },
    users: [],
    groups: [],
    roles: [
      {
        id: roleId(scene),
        name: request.roleName,
        path: '/',
        createdAt,
        trust: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { AWS: `arn:${management.partition}:iam::${management.id}:root` }, Action: 'sts:AssumeRole' },
          ],
        }),
        attachedPolicies: [`arn:${management.partition}:iam::aws:policy/AdministratorAccess`],
        inlinePolicies: {},
        tags: {},
      },
    ],
    policies: [],
    mfaDevices: [],
    passwordPolicy: null,
    credentialReport: null,
    budgets: [],
    alternateContacts: {},
    // AWS copies the management account's address but not its card, so the account cannot leave before it has a card.
    contact: { ...management.contact },
    payment: 'missing',
    ...(management.seller === undefined ? {} : { seller: management.seller }),
    events: [],
    rootCredentialsManagement: false,
    rootSessions: false,
  };
}

/** Only what AWS returns: never the email address, and the reason only after a failure. */
function shown(request: CreateAccountRequestWorld): Record<string, unknown> {
  const { id, accountName, state, requestedAt, completedAt, accountId, failureReason } = request;
  return {
    Id: id,
    AccountName: accountName,
    State: state,
    RequestedTimestamp: new Date(requestedAt),
    ...(completedAt === null ? {} : { CompletedTimestamp: new Date(completedAt) }),
    ...(accountId === null ? {} : { AccountId: accountId }),
    ...(state === 'FAILED' ? { FailureReason: failureReason } : {}),
  };
}
