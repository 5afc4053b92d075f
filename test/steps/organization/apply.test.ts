import { describe, expect, it } from 'vitest';
import {
  createAccount,
  createOrganization,
  enableAllFeatures,
  enableCentralRoot,
  moveAccount,
} from '../../../src/steps/organization/apply.js';
import { organization } from '../../../src/steps/index.js';
import { wanted, member, units } from './fixtures.js';
import { fakeContext, refusal, lost, refusalOf, creating, growing } from './fake-organization.js';

const move = moveAccount(member(), units, 2);

describe('moving an account into its unit', () => {
  it('creates the missing units and moves the account', async () => {
    const grown = growing();
    const fake = fakeContext(grown.answers);
    await organization.apply(fake.context, move);
    expect(fake.writes()).toEqual(move.calls);
    expect(grown.parent()).toBe('ou-Prod');
  });

  it('uses existing units, and waits until AWS knows them', async () => {
    const grown = growing({ 'r-root/Workloads': 'ou-Workloads' });
    let refusals = 2;
    const fake = fakeContext({
      ...grown.answers,
      'organizations:MoveAccount': (input: never, clock) => {
        if (refusals-- > 0) throw refusal('organizations:MoveAccount', 'DestinationParentNotFoundException');
        return grown.answers['organizations:MoveAccount']?.(input, clock);
      },
    });
    await organization.apply(fake.context, move);
    expect(grown.parent()).toBe('ou-Prod');
    expect(fake.writes().filter((call) => call.endsWith('Unit'))).toHaveLength(1);
    expect(fake.sleeps).toEqual([1_000, 2_000]);
  });

  it.each(['organizations:CreateOrganizationalUnit', 'organizations:MoveAccount'])(
    'checks whether %s happened if its response is lost',
    async (operation) => {
      const grown = growing({ 'r-root/Workloads': 'ou-Workloads' });
      const fake = fakeContext({
        ...grown.answers,
        [operation]: (input: never, clock: () => Date) => {
          grown.answers[operation]?.(input, clock);
          throw lost(operation);
        },
      });
      await organization.apply(fake.context, move);
      expect(grown.parent()).toBe('ou-Prod');
      expect(fake.writes().filter((call) => call === operation)).toHaveLength(1);
    },
  );

  it.each(['organizations:CreateOrganizationalUnit', 'organizations:MoveAccount'])(
    'sends %s again if its response is lost and nothing happened',
    async (operation) => {
      const grown = growing({ 'r-root/Workloads': 'ou-Workloads' });
      let losses = 1;
      const fake = fakeContext({
        ...grown.answers,
        [operation]: (input: never, clock: () => Date) => {
          if (losses-- > 0) throw lost(operation);
          return grown.answers[operation]?.(input, clock);
        },
      });
      await organization.apply(fake.context, move);
      expect(grown.parent()).toBe('ou-Prod');
      expect(fake.writes().filter((call) => call === operation)).toHaveLength(2);
    },
  );

  it('treats an account that is already in the unit as moved', async () => {
    const grown = growing();
    const fake = fakeContext({
      ...grown.answers,
      'organizations:MoveAccount': () => {
        throw refusal('organizations:MoveAccount', 'DuplicateAccountException');
      },
    });
    await expect(organization.apply(fake.context, move)).resolves.toBeUndefined();
  });

  it('moves a new account into its unit', async () => {
    const grown = growing();
    const fake = fakeContext({ ...creating().answers, ...grown.answers });
    const change = createAccount(wanted({ unit: units }), null, 2);
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual(change.calls);
    expect(grown.parent()).toBe('ou-Prod');
  });
});

describe('the organization itself', () => {
  it('is created with all features', async () => {
    const inputs: unknown[] = [];
    const fake = fakeContext({ 'organizations:CreateOrganization': (input) => inputs.push(input) && {} });
    await organization.apply(fake.context, createOrganization());
    expect(inputs).toEqual([{ FeatureSet: 'ALL' }]);
  });

  it.each([
    ['AlreadyInOrganizationException', 'E-ORGANIZATION-EXISTS', 6],
    ['AccessDeniedForDependencyException', 'E-WRITE-DENIED', 7],
  ])('explains %s', async (code, ours, exit) => {
    const fake = fakeContext({
      'organizations:CreateOrganization': () => {
        throw refusal('organizations:CreateOrganization', code);
      },
    });
    expect(await refusalOf(fake.context, createOrganization())).toMatchObject({ code: ours, exit });
  });

  const accept = { 'organizations:AcceptHandshake': () => ({}) };
  it('asks for all features and finishes them', async () => {
    const change = enableAllFeatures(undefined, true);
    const fake = fakeContext({ ...accept, 'organizations:EnableAllFeatures': () => ({ Handshake: { Id: 'h-1' } }) });
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual(change.calls);
  });

  it('only sends the request if invited members must approve', async () => {
    const change = enableAllFeatures(undefined, false);
    const fake = fakeContext({ 'organizations:EnableAllFeatures': () => ({ Handshake: { Id: 'h-1' } }) });
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual(change.calls);
  });

  it('finishes a request in progress', async () => {
    const change = enableAllFeatures({ handshakeId: 'h-1', ready: true }, true);
    const fake = fakeContext(accept);
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual(change.calls);
  });

  it('finds a request that someone else sent in the meantime', async () => {
    let accepted: unknown;
    const fake = fakeContext({
      'organizations:EnableAllFeatures': () => {
        throw refusal(
          'organizations:EnableAllFeatures',
          'HandshakeConstraintViolationException',
          'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION',
        );
      },
      'organizations:ListHandshakesForOrganization': () => ({
        Handshakes: [
          { Id: 'h-0', Action: 'ENABLE_ALL_FEATURES', State: 'CANCELED' },
          { Id: 'h-2', Action: 'ENABLE_ALL_FEATURES', State: 'REQUESTED' },
        ],
      }),
      'organizations:AcceptHandshake': (input) => {
        accepted = input;
        return {};
      },
    });
    await organization.apply(fake.context, enableAllFeatures(undefined, true));
    expect(accepted).toEqual({ HandshakeId: 'h-2' });
  });

  it('waits until IAM knows about its trusted access', async () => {
    let refusals = 1;
    const fake = fakeContext({
      'organizations:EnableAWSServiceAccess': () => ({}),
      'iam:EnableOrganizationsRootCredentialsManagement': () => {
        if (refusals-- > 0) throw refusal('iam:EnableOrganizationsRootCredentialsManagement', 'ServiceAccessNotEnabled');
        return {};
      },
    });
    await organization.apply(fake.context, enableCentralRoot());
    expect(fake.sleeps).toEqual([1_000]);
  });
});
