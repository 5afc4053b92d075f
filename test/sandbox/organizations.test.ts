import { beforeEach, describe, expect, it } from 'vitest';
import { organizations } from '../../src/sandbox/behaviours/organizations.js';
import type { AccountWorld } from '../../src/sandbox/world.js';
import { type Calling, inDays, NOW, OTHER, OWN, testWorld, type TestWorld } from './world-of-test.js';

let test: TestWorld;
beforeEach(() => {
  test = testWorld(organizations);
});

const other: Calling = { account: OTHER };
const member = { Email: 'sandbox@example.com', AccountName: 'Sandbox' };
const organization = () => test.world.organizations[0];
const create = (FeatureSet?: string) => test.call('CreateOrganization', FeatureSet === undefined ? {} : { FeatureSet }).Organization;
const tagsOf = (id: string) => organization()?.members.find(({ accountId }) => accountId === id)?.tags;
const invite = (input: object = {}) =>
  test.call('InviteAccountToOrganization', { Target: { Id: OTHER, Type: 'ACCOUNT' }, ...input }).Handshake;
const join = () => test.call('AcceptHandshake', { HandshakeId: invite().Id }, other);
const createAccount = (input: object = {}) => test.call('CreateAccount', { ...member, ...input }).CreateAccountStatus;
const poll = (id: string) => test.call('DescribeCreateAccountStatus', { CreateAccountRequestId: id }).CreateAccountStatus;
/** The final state of a request, after the polls that return IN_PROGRESS. */
const finish = (id: string) => [poll(id), poll(id), poll(id)][2];

describe('an account outside any organization', () => {
  it('gets AWSOrganizationsNotInUseException from all operations except those that start a membership', () => {
    const beginnings = [
      'CreateOrganization',
      'ListHandshakesForAccount',
      'DescribeHandshake',
      'AcceptHandshake',
      'DeclineHandshake',
      'CancelHandshake',
    ];
    const input = { ...everything(), ServicePrincipal: 'iam.amazonaws.com' };
    for (const operation of Object.keys(organizations).filter((each) => !beginnings.includes(each))) {
      expect(test.fault(operation, input).code, operation).toBe('AWSOrganizationsNotInUseException');
    }
    expect(test.call('ListHandshakesForAccount')).toEqual({ Handshakes: [] });
  });
});

describe('a member', () => {
  it('is denied operations of the management account', () => {
    create();
    join();
    const own = ['CreateOrganization', 'DescribeOrganization', 'LeaveOrganization', 'ListHandshakesForAccount'];
    const handshakes = ['DescribeHandshake', 'AcceptHandshake', 'DeclineHandshake', 'CancelHandshake'];
    for (const operation of Object.keys(organizations).filter((each) => ![...own, ...handshakes].includes(each))) {
      expect(test.fault(operation, { ...everything(), ServicePrincipal: 'iam.amazonaws.com' }, other).code, operation).toBe(
        'AccessDeniedException',
      );
    }
    expect(test.call('DescribeOrganization', {}, other).Organization).toMatchObject({ MasterAccountId: OWN });
  });
});

function everything(): object {
  return {
    ...member,
    Target: { Id: '777788889999', Type: 'ACCOUNT' },
    AccountId: OTHER,
    ChildId: OTHER,
    ParentId: 'r-abcd',
    SourceParentId: 'r-abcd',
    DestinationParentId: 'r-abcd',
    ChildType: 'ACCOUNT',
    Name: 'unit',
    ResourceId: OTHER,
    Tags: [],
    TagKeys: [],
    OrganizationalUnitId: 'ou-abcd-12345678',
    CreateAccountRequestId: 'car-12345678',
  };
}

describe('CreateOrganization', () => {
  it('turns the caller into the management account and ends its free plan', () => {
    expect(test.own.plan).toBe('FREE');
    const made = create();
    expect(made).toEqual({
      Id: expect.stringMatching(/^o-[a-z0-9]{10}$/),
      Arn: `arn:aws:organizations::${OWN}:organization/${made.Id}`,
      FeatureSet: 'ALL',
      MasterAccountArn: `arn:aws:organizations::${OWN}:account/${made.Id}/${OWN}`,
      MasterAccountId: OWN,
      MasterAccountEmail: 'own@example.com',
      AvailablePolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
    });
    expect(test.call('DescribeOrganization').Organization).toEqual(made);
    expect(test.own.plan).toBe('PAID');
    expect(test.own.roles).toMatchObject([{ name: 'AWSServiceRoleForOrganizations' }]);
    expect(test.call('ListAccounts').Accounts).toMatchObject([{ Id: OWN, JoinedMethod: 'INVITED', Status: 'ACTIVE', State: 'ACTIVE' }]);
    expect(test.own.events).toMatchObject([{ name: 'CreateOrganization', source: 'organizations.amazonaws.com' }]);
  });

  it('is refused a second time, and for a member', () => {
    create();
    expect(test.fault('CreateOrganization').code).toBe('AlreadyInOrganizationException');
    join();
    expect(test.fault('CreateOrganization', {}, other).code).toBe('AlreadyInOrganizationException');
  });

  it.each<[string, Partial<AccountWorld>]>([
    ['ACCOUNT_CREATION_NOT_COMPLETE', { state: 'PENDING_ACTIVATION' }],
    ['MASTER_ACCOUNT_MISSING_CONTACT_INFO', { contact: {} }],
    ['MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED', { payment: 'missing' }],
    ['INVALID_PAYMENT_INSTRUMENT', { payment: 'invalid' }],
    ['MASTER_ACCOUNT_MISSING_BUSINESS_LICENSE', { businessLicense: 'missing' }],
  ])('is refused for %s, and the free plan does not end', (Reason, change) => {
    Object.assign(test.own, change);
    expect(test.fault('CreateOrganization')).toMatchObject({ code: 'ConstraintViolationException', fields: { Reason } });
    expect(test.own.plan).toBe('FREE');
  });

  it('refuses an unknown feature set', () => {
    expect(test.fault('CreateOrganization', { FeatureSet: 'SOME' })).toMatchObject({
      code: 'InvalidInputException',
      fields: { Reason: 'INVALID_ENUM' },
    });
  });

  it('needs permission to create the service-linked role', () => {
    const Statement = [{ Effect: 'Allow', Action: 'organizations:*', Resource: '*' }];
    const user = {
      id: 'AIDAX',
      name: 'ann',
      path: '/',
      createdAt: NOW.toISOString(),
      tags: {},
      groups: [],
      attachedPolicies: [],
      password: null,
      accessKeys: [],
    };
    test.own.users.push({ ...user, inlinePolicies: { p: JSON.stringify({ Statement }) } });
    const ann: Calling = { caller: { kind: 'user', name: 'ann' } };
    expect(test.fault('CreateOrganization', {}, ann).code).toBe('AccessDeniedForDependencyException');
    expect(test.world.organizations).toEqual([]);
    Statement.push({ Effect: 'Allow', Action: 'iam:CreateServiceLinkedRole', Resource: '*' });
    test.own.users = [{ ...user, inlinePolicies: { p: JSON.stringify({ Statement }) } }];
    test.call('CreateOrganization', {}, ann);
  });
});

describe('a new organization that is still being finalized', () => {
  it('accepts no accounts until then', () => {
    test.world.knobs.finalizingMs = 3600_000;
    create();
    expect(test.fault('CreateAccount', member).code).toBe('FinalizingOrganizationException');
    expect(test.fault('InviteAccountToOrganization', { Target: { Id: OTHER, Type: 'ACCOUNT' } }).code).toBe(
      'FinalizingOrganizationException',
    );
    test.call('CreateAccount', member, { now: inDays(1) });
  });
});

describe('DeleteOrganization', () => {
  it('is refused until the members have left', () => {
    create();
    join();
    expect(test.fault('DeleteOrganization').code).toBe('OrganizationNotEmptyException');
    test.call('LeaveOrganization', {}, other);
    const { Id: HandshakeId } = invite();
    test.call('DeleteOrganization');
    expect(test.fault('DescribeOrganization').code).toBe('AWSOrganizationsNotInUseException');
    expect(test.fault('DescribeHandshake', { HandshakeId }, other).code).toBe('HandshakeNotFoundException');
    expect(test.world.handshakes).toEqual([]);
  });

  it('waits for an account that is being created, which it would leave without an organization', () => {
    create();
    const { Id } = createAccount({ Email: 'fail+invalid_email@example.com' });
    expect(test.fault('DeleteOrganization').code).toBe('ConcurrentModificationException');
    expect(finish(Id).State).toBe('FAILED');
    test.call('DeleteOrganization');
  });

  it('is possible only for an empty organization when the account is there', () => {
    create();
    finish(createAccount().Id);
    expect(test.fault('DeleteOrganization').code).toBe('OrganizationNotEmptyException');
  });
});

describe('EnableAllFeatures', () => {
  const enable = () => test.call('EnableAllFeatures').Handshake;
  const accept = (HandshakeId: string, calling?: Calling) => test.call('AcceptHandshake', { HandshakeId }, calling).Handshake;
  const features = () => test.call('DescribeOrganization').Organization.FeatureSet;

  it('is finished by the management account alone if no one was invited', () => {
    create('CONSOLIDATED_BILLING');
    finish(createAccount().Id);
    const handshake = enable();
    expect(handshake).toMatchObject({ Action: 'ENABLE_ALL_FEATURES', State: 'REQUESTED', ExpirationTimestamp: inDays(90) });
    expect(handshake.Parties).toEqual([{ Id: organization()?.id, Type: 'ORGANIZATION' }]);
    expect(features()).toBe('CONSOLIDATED_BILLING');
    expect(accept(handshake.Id).State).toBe('ACCEPTED');
    expect(features()).toBe('ALL');
  });

  it('waits for the approval of each invited member', () => {
    create('CONSOLIDATED_BILLING');
    join();
    const parent = enable();
    expect(test.fault('AcceptHandshake', { HandshakeId: parent.Id }).code).toBe('InvalidHandshakeTransitionException');
    const [child] = test.call('ListHandshakesForAccount', { Filter: { ActionType: 'APPROVE_ALL_FEATURES' } }, other).Handshakes;
    expect(child.Resources).toContainEqual({ Type: 'PARENT_HANDSHAKE', Value: parent.Id });
    expect(test.call('ListHandshakesForOrganization', { Filter: { ParentHandshakeId: parent.Id } }).Handshakes).toEqual([child]);
    expect(test.fault('AcceptHandshake', { HandshakeId: child.Id }).code).toBe('AccessDeniedException');
    accept(child.Id, other);
    expect(test.call('DescribeHandshake', { HandshakeId: parent.Id }).Handshake.State).toBe('OPEN');
    accept(parent.Id);
    expect(features()).toBe('ALL');
  });

  it('is open only after the last of several members has approved', () => {
    const third = '777788889999';
    test.world.accounts[third] = { ...structuredClone(test.other), id: third, email: 'third@example.com' };
    create('CONSOLIDATED_BILLING');
    join();
    accept(invite({ Target: { Id: third, Type: 'ACCOUNT' } }).Id, { account: third });
    const parent = enable();
    const approve = (calling: Calling) => {
      const [child] = test.call('ListHandshakesForAccount', { Filter: { ActionType: 'APPROVE_ALL_FEATURES' } }, calling).Handshakes;
      accept(child.Id, calling);
      return test.call('DescribeHandshake', { HandshakeId: parent.Id }).Handshake.State;
    };
    expect(approve(other)).toBe('REQUESTED');
    expect(approve({ account: third })).toBe('OPEN');
  });

  it('is refused if it is done or in progress', () => {
    create('CONSOLIDATED_BILLING');
    const { Id } = enable();
    expect(test.fault('EnableAllFeatures').fields).toEqual({ Reason: 'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION' });
    expect(test.fault('InviteAccountToOrganization', { Target: { Id: OTHER, Type: 'ACCOUNT' } }).fields).toEqual({
      Reason: 'INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES',
    });
    accept(Id);
    expect(test.fault('EnableAllFeatures')).toMatchObject({
      code: 'HandshakeConstraintViolationException',
      fields: { Reason: 'ORGANIZATION_ALREADY_HAS_ALL_FEATURES' },
    });
  });

  it('cancels open invitations, and its own approvals if it is cancelled', () => {
    create('CONSOLIDATED_BILLING');
    join();
    const pending = invite({ Target: { Id: 'new@example.com', Type: 'EMAIL' } });
    const parent = enable();
    expect(test.call('DescribeHandshake', { HandshakeId: pending.Id }).Handshake.State).toBe('CANCELED');
    test.call('CancelHandshake', { HandshakeId: parent.Id });
    const [child] = test.call('ListHandshakesForAccount', { Filter: { ActionType: 'APPROVE_ALL_FEATURES' } }, other).Handshakes;
    expect(child.State).toBe('CANCELED');
  });
});

describe('an invitation', () => {
  const describe_ = (HandshakeId: string, calling?: Calling) => test.call('DescribeHandshake', { HandshakeId }, calling).Handshake;

  it('shows the inviting account, for 15 days', () => {
    const { Id: id } = create();
    const handshake = invite({ Notes: 'Join us' });
    expect(handshake).toEqual({
      Id: expect.stringMatching(/^h-[0-9a-z]{8,32}$/),
      Arn: `arn:aws:organizations::${OWN}:handshake/${id}/invite/${handshake.Id}`,
      Parties: [
        { Id: id, Type: 'ORGANIZATION' },
        { Id: OTHER, Type: 'ACCOUNT' },
      ],
      State: 'OPEN',
      RequestedTimestamp: NOW,
      ExpirationTimestamp: inDays(15),
      Action: 'INVITE',
      Resources: [
        {
          Type: 'ORGANIZATION',
          Value: id,
          Resources: [
            { Type: 'MASTER_EMAIL', Value: 'own@example.com' },
            { Type: 'MASTER_NAME', Value: 'Own' },
            { Type: 'ORGANIZATION_FEATURE_SET', Value: 'ALL' },
          ],
        },
        { Type: 'ACCOUNT', Value: OTHER },
        { Type: 'NOTES', Value: 'Join us' },
      ],
    });
    expect(test.call('ListHandshakesForAccount', { Filter: { ActionType: 'INVITE' } }, other).Handshakes).toEqual([handshake]);
    expect(test.call('ListHandshakesForOrganization').Handshakes).toEqual([handshake]);
    expect(describe_(handshake.Id, { now: inDays(15) }).State).toBe('EXPIRED');
    expect(test.fault('AcceptHandshake', { HandshakeId: handshake.Id }, { ...other, now: inDays(15) }).code).toBe(
      'InvalidHandshakeTransitionException',
    );
  });

  it('adds the account as a member when it accepts', () => {
    create();
    const handshake = invite({ Tags: [{ Key: 'team', Value: 'a' }] });
    expect(test.call('AcceptHandshake', { HandshakeId: handshake.Id }, other).Handshake.State).toBe('ACCEPTED');
    expect(test.other.plan).toBe('PAID');
    expect(test.call('DescribeAccount', { AccountId: OTHER }).Account).toMatchObject({
      JoinedMethod: 'INVITED',
      Email: 'Other@example.com',
    });
    expect(tagsOf(OTHER)).toEqual({ team: 'a' });
    // AWS does not create this role in an invited account.
    expect(test.other.roles.map(({ name }) => name)).toEqual(['AWSServiceRoleForOrganizations']);
    expect(test.other.events.map(({ name }) => name)).toEqual(['AcceptHandshake']);
  });

  describe('of another organization', () => {
    const third = '777788889999';
    const organizationsOf = (account: string) =>
      test.world.organizations.filter(({ members }) => members.some(({ accountId }) => accountId === account)).length;
    beforeEach(() => {
      create();
      join();
      test.world.accounts[third] = { ...structuredClone(test.own), id: third, email: 'third@example.com' };
      test.call('CreateOrganization', {}, { account: third });
    });
    const inviteOther = () =>
      test.call('InviteAccountToOrganization', { Target: { Id: OTHER, Type: 'ACCOUNT' } }, { account: third }).Handshake;

    it('transfers a member directly, without a card of its own and without a time between', () => {
      test.other.payment = 'missing';
      const { Id: HandshakeId } = inviteOther();
      expect(test.call('AcceptHandshake', { HandshakeId }, other).Handshake.State).toBe('ACCEPTED');
      expect(test.call('DescribeOrganization', {}, other).Organization.MasterAccountId).toBe(third);
      expect(organizationsOf(OTHER)).toBe(1);
    });

    it('lets no account go that was created less than four days ago', () => {
      const [request] = [createAccount()];
      const { AccountId } = finish(request.Id);
      const { Id: HandshakeId } = test.call(
        'InviteAccountToOrganization',
        { Target: { Id: AccountId, Type: 'ACCOUNT' } },
        { account: third },
      ).Handshake;
      expect(test.fault('AcceptHandshake', { HandshakeId }, { account: AccountId }).fields).toEqual({ Reason: 'WAIT_PERIOD_ACTIVE' });
      expect(organizationsOf(AccountId)).toBe(1);
    });

    it('is not sent to an account that manages one, or by the organization that has it', () => {
      const toThird = { Target: { Id: third, Type: 'ACCOUNT' } };
      expect(test.fault('InviteAccountToOrganization', toThird).fields).toEqual({ Reason: 'ALREADY_IN_AN_ORGANIZATION' });
      expect(test.fault('InviteAccountToOrganization', { Target: { Id: OTHER, Type: 'ACCOUNT' } }).fields).toEqual({
        Reason: 'ALREADY_IN_AN_ORGANIZATION',
      });
    });
  });

  it('finds the account by its email address, case-insensitively', () => {
    create();
    const handshake = invite({ Target: { Id: 'OTHER@example.com', Type: 'EMAIL' } });
    test.call('AcceptHandshake', { HandshakeId: handshake.Id }, other);
    expect(test.call('ListAccounts').Accounts).toHaveLength(2);
  });

  it.each([
    ['AcceptHandshake', 'ACCEPTED', other],
    ['DeclineHandshake', 'DECLINED', other],
    ['CancelHandshake', 'CANCELED', {}],
  ])('can end only once: %s', (operation, State, calling) => {
    create();
    const { Id: HandshakeId } = invite();
    expect(test.call(operation, { HandshakeId }, calling).Handshake.State).toBe(State);
    expect(test.fault(operation, { HandshakeId }, calling).code).toBe('HandshakeAlreadyInStateException');
    const another = operation === 'DeclineHandshake' ? 'AcceptHandshake' : 'DeclineHandshake';
    expect(test.fault(another, { HandshakeId }, other).code).toBe('InvalidHandshakeTransitionException');
  });

  it('is answered by its recipient and cancelled by its sender', () => {
    create();
    const { Id: HandshakeId } = invite();
    expect(test.fault('AcceptHandshake', { HandshakeId }).code).toBe('AccessDeniedException');
    expect(test.fault('DeclineHandshake', { HandshakeId }).code).toBe('AccessDeniedException');
    expect(test.fault('CancelHandshake', { HandshakeId }, other).code).toBe('AccessDeniedException');
  });

  it('does not exist for other accounts, or 30 days after it ended', () => {
    create();
    const { Id: HandshakeId } = invite({ Target: { Id: 'else@example.com', Type: 'EMAIL' } });
    expect(test.fault('DescribeHandshake', { HandshakeId }, other).code).toBe('HandshakeNotFoundException');
    expect(describe_(HandshakeId, { now: inDays(44) }).State).toBe('EXPIRED');
    expect(test.fault('DescribeHandshake', { HandshakeId }, { now: inDays(46) }).code).toBe('HandshakeNotFoundException');
    expect(test.call('ListHandshakesForOrganization', {}, { now: inDays(46) }).Handshakes).toEqual([]);
  });

  it('is not sent twice, by id or by email address', () => {
    create();
    const first = invite();
    const byMail = { Target: { Id: 'other@example.com', Type: 'EMAIL' } };
    expect(test.fault('InviteAccountToOrganization', byMail).code).toBe('DuplicateHandshakeException');
    test.call('DeclineHandshake', { HandshakeId: first.Id }, other);
    invite(byMail);
  });

  it.each([
    ['INVALID_PARTY_TYPE_TARGET', { Id: 'o-1234567890', Type: 'ORGANIZATION' }],
    ['INVALID_PATTERN_TARGET_ID', { Id: '1234', Type: 'ACCOUNT' }],
    ['INVALID_PATTERN_TARGET_ID', { Id: '999999999999', Type: 'ACCOUNT' }],
    ['INVALID_EMAIL_ADDRESS_TARGET', { Id: 'address', Type: 'EMAIL' }],
  ])('is refused for %s', (Reason, Target) => {
    create();
    expect(test.fault('InviteAccountToOrganization', { Target })).toMatchObject({ code: 'InvalidInputException', fields: { Reason } });
  });

  const whatever = { Target: { Id: 'x@example.com', Type: 'EMAIL' } };
  const toOther = { Target: { Id: OTHER, Type: 'ACCOUNT' } };
  const constraintOf = (input: object, calling?: Calling) => test.fault('InviteAccountToOrganization', input, calling).fields;

  it('is refused for members', () => {
    create();
    join();
    expect(constraintOf(toOther)).toEqual({ Reason: 'ALREADY_IN_AN_ORGANIZATION' });
    expect(constraintOf({ Target: { Id: OWN, Type: 'ACCOUNT' } })).toEqual({ Reason: 'ALREADY_IN_AN_ORGANIZATION' });
  });

  it('is refused if the seller differs or the card is missing', () => {
    create();
    test.other.seller = 'AIPL';
    expect(constraintOf(toOther)).toEqual({ Reason: 'ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD' });
    test.own.payment = 'missing';
    expect(constraintOf(whatever)).toEqual({ Reason: 'PAYMENT_INSTRUMENT_REQUIRED' });
  });

  it('is refused until the email address of the management account is verified', () => {
    create();
    test.own.emailVerified = false;
    expect(test.fault('InviteAccountToOrganization', whatever).code).toBe('AccountOwnerNotVerifiedException');
  });

  it('is refused beyond the account limit, including open invitations', () => {
    create();
    for (let index = 0; index < 9; index += 1) invite({ Target: { Id: `${index}@example.com`, Type: 'EMAIL' } });
    expect(constraintOf(whatever)).toEqual({ Reason: 'ACCOUNT_NUMBER_LIMIT_EXCEEDED' });
    expect(test.call('InviteAccountToOrganization', whatever, { now: inDays(16) }).Handshake.State).toBe('OPEN');
  });

  it('can be sent at most 20 times a day', () => {
    create();
    for (let index = 0; index < 20; index += 1) {
      test.call('CancelHandshake', { HandshakeId: invite({ Target: { Id: `${index}@example.com`, Type: 'EMAIL' } }).Id });
    }
    expect(constraintOf(whatever)).toEqual({ Reason: 'HANDSHAKE_RATE_LIMIT_EXCEEDED' });
    test.call('InviteAccountToOrganization', whatever, { now: inDays(1) });
  });

  it('cannot be accepted by an account that is in an organization or has no card', () => {
    create();
    const { Id: HandshakeId } = invite();
    test.other.payment = 'missing';
    expect(test.fault('AcceptHandshake', { HandshakeId }, other).fields).toEqual({ Reason: 'PAYMENT_INSTRUMENT_REQUIRED' });
    delete test.other.payment;
    test.call('CreateOrganization', {}, other);
    expect(test.fault('AcceptHandshake', { HandshakeId }, other).code).toBe('MasterCannotLeaveOrganizationException');
  });

  it('can be filtered by one criterion only', () => {
    create();
    const Filter = { ActionType: 'INVITE', ParentHandshakeId: 'h-12345678' };
    expect(test.fault('ListHandshakesForOrganization', { Filter }).fields).toEqual({ Reason: 'MAX_LIMIT_EXCEEDED_FILTER' });
  });
});

describe('CreateAccount', () => {
  beforeEach(() => create());

  it('is polled until the account exists', () => {
    test.own.contact = { FullName: 'Ann' };
    const request = createAccount({ Tags: [{ Key: 'team', Value: 'a' }] });
    expect(request).toEqual({
      Id: expect.stringMatching(/^car-[a-z0-9]{32}$/),
      AccountName: 'Sandbox',
      State: 'IN_PROGRESS',
      RequestedTimestamp: NOW,
    });
    expect([poll(request.Id).State, poll(request.Id).State]).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);
    expect(test.call('ListAccounts').Accounts).toHaveLength(1);
    const done = test.call('DescribeCreateAccountStatus', { CreateAccountRequestId: request.Id }).CreateAccountStatus;
    expect(done).toEqual({ ...request, State: 'SUCCEEDED', CompletedTimestamp: NOW, AccountId: expect.stringMatching(/^\d{12}$/) });
    const made = test.world.accounts[done.AccountId];
    expect(made).toMatchObject({
      email: 'sandbox@example.com',
      state: 'ACTIVE',
      plan: 'PAID',
      contact: { FullName: 'Ann' },
      events: [],
      root: { mfa: 'none', passwordPresent: true, accessKeys: [] },
      roles: [
        { name: 'OrganizationAccountAccessRole', attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
        { name: 'AWSServiceRoleForOrganizations' },
      ],
    });
    expect(JSON.parse(made?.roles[0]?.trust ?? '')).toMatchObject({
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OWN}:root` }, Action: 'sts:AssumeRole' }],
    });
    expect(test.call('DescribeAccount', { AccountId: done.AccountId }).Account).toMatchObject({ Name: 'Sandbox', JoinedMethod: 'CREATED' });
    expect(tagsOf(done.AccountId)).toEqual({ team: 'a' });
    expect(poll(request.Id)).toEqual(done);
  });

  it('uses the role name, and creates no root password with central root access', () => {
    test.own.rootCredentialsManagement = true;
    const { AccountId } = finish(createAccount({ RoleName: 'Admin' }).Id);
    expect(test.world.accounts[AccountId]).toMatchObject({ root: { passwordPresent: false }, roles: [{ name: 'Admin' }, {}] });
  });

  it('stays in progress for as many polls as the knob sets', () => {
    test.world.knobs.createAccountPolls = 0;
    expect(poll(createAccount().Id).State).toBe('SUCCEEDED');
  });

  it('fails at its end for an address that is taken, case-insensitively', () => {
    const end = finish(createAccount({ Email: 'OWN@example.com' }).Id);
    expect(end).toMatchObject({ State: 'FAILED', FailureReason: 'EMAIL_ALREADY_EXISTS', CompletedTimestamp: NOW });
    expect(end).not.toHaveProperty('AccountId');
    expect(Object.keys(test.world.accounts)).toHaveLength(2);
  });

  it('fails for the second of two equal requests in progress', () => {
    const first = createAccount();
    const second = createAccount();
    expect(second).not.toHaveProperty('FailureReason');
    expect(finish(second.Id).FailureReason).toBe('CONCURRENT_ACCOUNT_MODIFICATION');
    expect(finish(first.Id).State).toBe('SUCCEEDED');
  });

  it.each(['invalid_address', 'INTERNAL_FAILURE', 'missing_payment_instrument'])('fails on request: %s', (reason) => {
    const { Id } = createAccount({ Email: `fail+${reason}@example.com` });
    expect(poll(Id)).not.toHaveProperty('FailureReason');
    expect(finish(Id)).toMatchObject({ State: 'FAILED', FailureReason: reason.toUpperCase() });
  });

  it('fails if the last place is taken in the meantime, and is refused if there is none', () => {
    const limited = organization();
    if (limited !== undefined) limited.accountLimit = 2;
    const first = createAccount();
    const second = createAccount({ Email: 'second@example.com' });
    finish(first.Id);
    expect(finish(second.Id).FailureReason).toBe('ACCOUNT_LIMIT_EXCEEDED');
    expect(test.fault('CreateAccount', member)).toMatchObject({
      code: 'ConstraintViolationException',
      fields: { Reason: 'ACCOUNT_NUMBER_LIMIT_EXCEEDED' },
    });
  });

  it('is refused while five are in progress', () => {
    const requests = [1, 2, 3, 4, 5].map((index) => createAccount({ Email: `${index}@example.com` }));
    expect(test.fault('CreateAccount', member).fields).toEqual({ Reason: 'ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED' });
    finish(requests[0].Id);
    createAccount();
  });

  it.each([
    ['INPUT_REQUIRED', { Email: undefined }],
    ['INVALID_PATTERN', { Email: 'no-sign.example.com' }],
    ['INVALID_PATTERN', { Email: 'jürgen@example.com' }],
    ['MIN_LENGTH_EXCEEDED', { Email: 'a@b.c' }],
    ['MAX_LENGTH_EXCEEDED', { Email: `${'x'.repeat(60)}@example.com` }],
    ['MAX_LENGTH_EXCEEDED', { AccountName: 'x'.repeat(51) }],
    ['INVALID_PATTERN', { AccountName: 'Zürich' }],
    ['INVALID_ROLE_NAME', { RoleName: 'a role' }],
    ['INVALID_ENUM', { IamUserAccessToBilling: 'MAYBE' }],
    [
      'DUPLICATE_TAG_KEY',
      {
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'a', Value: '' },
        ],
      },
    ],
    ['INVALID_SYSTEM_TAGS_PARAMETER', { Tags: [{ Key: 'aws:a', Value: '' }] }],
    ['INVALID_PATTERN', { Tags: [{ Key: 'a&b', Value: '' }] }],
  ])('is refused with %s: %j', (Reason, change) => {
    expect(test.fault('CreateAccount', { ...member, ...change })).toMatchObject({ code: 'InvalidInputException', fields: { Reason } });
    expect(organization()?.requests).toEqual([]);
  });

  it('is listed by state', () => {
    const done = createAccount();
    finish(done.Id);
    const open = createAccount({ Email: 'open@example.com' });
    const list = (States: string[]) =>
      test.call('ListCreateAccountStatus', { States }).CreateAccountStatuses.map(({ Id }: { Id: string }) => Id);
    expect(list([])).toEqual([done.Id, open.Id]);
    expect(list(['IN_PROGRESS'])).toEqual([open.Id]);
    expect(list(['FAILED'])).toEqual([]);
    expect(poll(open.Id).State).toBe('IN_PROGRESS');
    expect(test.fault('DescribeCreateAccountStatus', { CreateAccountRequestId: 'car-12345678' }).code).toBe(
      'CreateAccountStatusNotFoundException',
    );
  });
});

describe('lists', () => {
  beforeEach(() => {
    create();
    for (let index = 0; index < 24; index += 1)
      test.call('CreateOrganizationalUnit', { ParentId: organization()?.rootId, Name: `U${index}` });
  });
  const list = (input: object = {}) => test.call('ListOrganizationalUnitsForParent', { ParentId: organization()?.rootId, ...input });

  it('have 20 entries per page', () => {
    const first = list();
    expect(first.OrganizationalUnits).toHaveLength(20);
    const second = list({ NextToken: first.NextToken });
    expect(second.OrganizationalUnits).toHaveLength(4);
    expect(second).not.toHaveProperty('NextToken');
  });

  it('can start with an empty page', () => {
    test.world.knobs.emptyFirstPage = true;
    const first = list();
    expect(first.OrganizationalUnits).toEqual([]);
    expect(list({ NextToken: first.NextToken }).OrganizationalUnits).toHaveLength(20);
  });

  it.each([
    ['MAX_VALUE_EXCEEDED', { MaxResults: 21 }],
    ['MIN_VALUE_EXCEEDED', { MaxResults: 0 }],
    ['INVALID_NEXT_TOKEN', { NextToken: 'nonsense' }],
  ])('return %s for %j', (Reason, input) => {
    expect(test.fault('ListAccounts', input)).toMatchObject({ code: 'InvalidInputException', fields: { Reason } });
  });
});

describe('the tree', () => {
  const root = () => organization()?.rootId ?? '';
  const unit = (Name: string, ParentId = root()) => test.call('CreateOrganizationalUnit', { ParentId, Name }).OrganizationalUnit;
  beforeEach(() => {
    create();
    join();
  });

  it('has one root', () => {
    expect(test.call('ListRoots').Roots).toMatchObject([{ Id: expect.stringMatching(/^r-[0-9a-z]{4}$/), Name: 'Root' }]);
    expect(test.call('ListRoots').Roots[0].PolicyTypes).toEqual([{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }]);
    expect(test.call('ListParents', { ChildId: OTHER }).Parents).toEqual([{ Id: root(), Type: 'ROOT' }]);
  });

  it('has units with unique names below each parent', () => {
    const prod = unit('Prod');
    expect(prod).toMatchObject({
      Id: expect.stringMatching(/^ou-[0-9a-z]{4}-[a-z0-9]{8}$/),
      Path: `${organization()?.id}/${root()}/${prod.Id}/`,
    });
    expect(test.fault('CreateOrganizationalUnit', { ParentId: root(), Name: 'Prod' }).code).toBe('DuplicateOrganizationalUnitException');
    const inner = unit('Prod', prod.Id);
    expect(test.call('ListParents', { ChildId: inner.Id }).Parents).toEqual([{ Id: prod.Id, Type: 'ORGANIZATIONAL_UNIT' }]);
    expect(test.call('ListOrganizationalUnitsForParent', { ParentId: prod.Id }).OrganizationalUnits).toEqual([inner]);
  });

  it('is at most five units deep', () => {
    const deepest = ['1', '2', '3', '4', '5'].reduce((parent, name) => unit(name, parent).Id, root());
    expect(test.fault('CreateOrganizationalUnit', { ParentId: deepest, Name: '6' }).fields).toEqual({ Reason: 'OU_DEPTH_LIMIT_EXCEEDED' });
  });

  it('moves accounts', () => {
    const prod = unit('Prod');
    const move = { AccountId: OTHER, SourceParentId: root(), DestinationParentId: prod.Id };
    test.call('MoveAccount', move);
    expect(test.call('DescribeAccount', { AccountId: OTHER }).Account.Paths).toEqual([
      `${organization()?.id}/${root()}/${prod.Id}/${OTHER}/`,
    ]);
    expect(test.fault('MoveAccount', move).code).toBe('DuplicateAccountException');
    expect(test.fault('MoveAccount', { ...move, DestinationParentId: root(), SourceParentId: root() }).code).toBe(
      'SourceParentNotFoundException',
    );
    expect(test.fault('MoveAccount', { ...move, DestinationParentId: 'r-none' }).code).toBe('DestinationParentNotFoundException');
    expect(test.fault('MoveAccount', { ...move, AccountId: '999999999999' }).code).toBe('AccountNotFoundException');
  });

  it('does not find unknown accounts and units', () => {
    expect(test.fault('ListParents', { ChildId: '999999999999' }).code).toBe('ChildNotFoundException');
    expect(test.fault('ListOrganizationalUnitsForParent', { ParentId: 'r-none' }).code).toBe('ParentNotFoundException');
    expect(test.fault('DescribeAccount', { AccountId: '999999999999' }).code).toBe('AccountNotFoundException');
  });

  it('carries 50 tags at most, whatever the operation', () => {
    const Tags = Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' }));
    const ParentId = test.call('ListRoots').Roots[0].Id;
    for (const [operation, input] of [
      ['CreateAccount', member],
      ['CreateOrganizationalUnit', { ParentId, Name: 'Tagged' }],
      ['InviteAccountToOrganization', { Target: { Id: 'new@example.com', Type: 'EMAIL' } }],
    ] as const) {
      const { code, fields } = test.fault(operation, { ...input, Tags });
      expect([operation, code, fields]).toEqual([operation, 'ConstraintViolationException', { Reason: 'MAX_TAG_LIMIT_EXCEEDED' }]);
      test.call(operation, { ...input, Tags: Tags.slice(1) });
    }
  });
});

describe('trusted access', () => {
  const principal = { ServicePrincipal: 'iam.amazonaws.com' };

  it('can be enabled twice', () => {
    create();
    test.call('EnableAWSServiceAccess', principal);
    test.call('EnableAWSServiceAccess', principal);
    expect(organization()?.trustedServices).toEqual([principal.ServicePrincipal]);
  });

  it('needs all features and a service', () => {
    create('CONSOLIDATED_BILLING');
    expect(test.fault('EnableAWSServiceAccess', principal).fields).toEqual({ Reason: 'ORGANIZATION_NOT_IN_ALL_FEATURES_MODE' });
    expect(test.fault('EnableAWSServiceAccess', { ServicePrincipal: 'iam' }).fields).toEqual({ Reason: 'UNRECOGNIZED_SERVICE_PRINCIPAL' });
  });
});

describe('leaving', () => {
  it('closes an account only once, and never the management account', () => {
    create();
    join();
    test.call('CloseAccount', { AccountId: OTHER });
    expect(test.call('DescribeAccount', { AccountId: OTHER }).Account).toMatchObject({
      State: 'PENDING_CLOSURE',
      Status: 'PENDING_CLOSURE',
    });
    expect(test.fault('CloseAccount', { AccountId: OTHER }).code).toBe('ConflictException');
    test.other.state = 'CLOSED';
    expect(test.call('DescribeAccount', { AccountId: OTHER }).Account).toMatchObject({ State: 'CLOSED', Status: 'SUSPENDED' });
    expect(test.fault('CloseAccount', { AccountId: OTHER }).code).toBe('AccountAlreadyClosedException');
    expect(test.fault('CloseAccount', { AccountId: OWN }).fields).toEqual({ Reason: 'CANNOT_CLOSE_MANAGEMENT_ACCOUNT' });
  });

  it('is allowed for an invited account, but not for the management account', () => {
    create();
    join();
    test.call('RemoveAccountFromOrganization', { AccountId: OTHER });
    expect(test.fault('DescribeOrganization', {}, other).code).toBe('AWSOrganizationsNotInUseException');
    expect(test.fault('RemoveAccountFromOrganization', { AccountId: OTHER }).code).toBe('AccountNotFoundException');
    expect(test.fault('RemoveAccountFromOrganization', { AccountId: OWN }).code).toBe('MasterCannotLeaveOrganizationException');
  });

  it('is refused for a created account for four days, and until it has a card', () => {
    create();
    const { AccountId } = finish(createAccount().Id);
    const removed = (now: Date) => test.fault('RemoveAccountFromOrganization', { AccountId }, { now }).fields['Reason'];
    expect(removed(inDays(3))).toBe('WAIT_PERIOD_ACTIVE');
    expect(removed(inDays(5))).toBe('MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED');
    delete test.world.accounts[AccountId]?.payment;
    test.call('RemoveAccountFromOrganization', { AccountId }, { now: inDays(5) });
  });
});
