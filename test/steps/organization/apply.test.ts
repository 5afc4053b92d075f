import { describe, expect, it } from 'vitest';
import {
  createAccount,
  createOrganization,
  enableAllFeatures,
  enableCentralRoot,
  moveAccount,
} from '../../../src/steps/organization/apply.js';
import { organization } from '../../../src/steps/index.js';
import { child, wanted, member, units } from './fixtures.js';
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

describe('all features, by the answer of AWS', () => {
  const change = enableAllFeatures(undefined, true);
  const asked = { 'organizations:EnableAllFeatures': () => ({ Handshake: { Id: 'h-1' } }) };
  const failing = (operation: string, error: Error) => ({
    [operation]: () => {
      throw error;
    },
  });
  const constraint = (reason?: string) =>
    failing('organizations:EnableAllFeatures', refusal('organizations:EnableAllFeatures', 'HandshakeConstraintViolationException', reason));
  const pending = 'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION';
  const listed = (answer: () => unknown) => ({ 'organizations:ListHandshakesForOrganization': answer });
  const ask = 'organizations:EnableAllFeatures';
  const list = 'organizations:ListHandshakesForOrganization';
  const finish = 'organizations:AcceptHandshake';
  it.each<[string, Parameters<typeof fakeContext>[0], readonly string[], string]>([
    ['asked and finished', { ...asked, [finish]: () => ({}) }, [ask, finish], 'works'],
    ['asked without an id', { [ask]: () => ({}) }, [ask], 'works'],
    [
      'finished by someone else',
      { ...asked, ...failing(finish, refusal(finish, 'HandshakeAlreadyInStateException')) },
      [ask, finish],
      'works',
    ],
    [
      'not finished',
      { ...asked, ...failing(finish, refusal(finish, 'ConcurrentModificationException')) },
      [ask, finish],
      'ConcurrentModificationException',
    ],
    ['enabled already', constraint('ORGANIZATION_ALREADY_HAS_ALL_FEATURES'), [ask], 'works'],
    [
      'refused for another reason',
      {
        ...constraint('TOO_MANY_ORGANIZATIONS'),
        ...listed(() => ({ Handshakes: [{ Id: 'h-2', Action: 'ENABLE_ALL_FEATURES', State: 'REQUESTED' }] })),
        [finish]: () => ({}),
      },
      [ask],
      'HandshakeConstraintViolationException',
    ],
    ['refused', failing(ask, refusal(ask, 'AccessDeniedException')), [ask], 'AccessDeniedException'],
    [
      'asked by someone else, whose request is gone',
      { ...constraint(pending), ...listed(() => ({ Handshakes: [] })) },
      [ask, list],
      'HandshakeConstraintViolationException',
    ],
    [
      'asked by someone else, whose request cannot be read',
      { ...constraint(pending), ...failing(list, refusal(list, 'AccessDeniedException')) },
      [ask, list],
      'E-READ-DENIED',
    ],
  ])('%s', async (_, answers, expected, ends) => {
    const fake = fakeContext(answers);
    const ended = await organization.apply(fake.context, change).then(
      () => 'works',
      (error: unknown) => (error as { readonly code?: string }).code,
    );
    expect([...fake.sent, ended]).toEqual([...expected, ends]);
  });

  it.each([ask, finish])('does not count %s as done if its answer is lost', async (operation) => {
    const gone = Object.assign(lost(operation), {
      code: operation === ask ? 'HandshakeConstraintViolationException' : 'HandshakeAlreadyInStateException',
    });
    const fake = fakeContext({ ...asked, ...failing(operation, gone) });
    await expect(organization.apply(fake.context, change)).rejects.toBe(gone);
  });
});

describe('central root access', () => {
  it('is trusted access for IAM', async () => {
    const inputs: unknown[] = [];
    const keep = (input: unknown) => {
      inputs.push(input);
      return {};
    };
    const fake = fakeContext({ 'organizations:EnableAWSServiceAccess': keep, 'iam:EnableOrganizationsRootCredentialsManagement': keep });
    await organization.apply(fake.context, enableCentralRoot());
    expect(inputs).toEqual([{ ServicePrincipal: 'iam.amazonaws.com' }, {}]);
  });
});

describe('the role of a new account', () => {
  const create = createAccount(wanted(), null, 0);
  const assume = 'sts:AssumeRole';
  const later = (times: number) => {
    let left = times;
    return {
      [assume]: () => {
        if (left-- > 0) throw refusal(assume, 'AccessDenied');
        return {};
      },
    };
  };
  it.each([
    [0, 1, []],
    [2, 3, ['1000', '3000']],
  ])('is assumed until it works: after %i refusals', async (refusals, assumed, waits) => {
    const fake = fakeContext({ ...creating({ looks: 0 }).answers, ...later(refusals) });
    const notified: string[] = [];
    const context = {
      ...fake.context,
      cloud: {
        ...fake.context.cloud,
        assume: (arn: string) => {
          fake.context.forget();
          return fake.context.cloud.assume(arn);
        },
      },
      notify: (text: string, progress?: { readonly waitedMs: number; readonly limitMs: number }) =>
        void notified.push(`${text} ${progress?.waitedMs} of ${progress?.limitMs}`),
    };
    await organization.apply(context, create);
    expect(fake.sent.filter((operation) => operation === assume)).toHaveLength(assumed);
    expect(notified.filter((text) => text.includes('can be assumed'))).toEqual(
      waits.map((ms) => `waiting until arn:aws:iam::${child}:role/OrganizationAccountAccessRole can be assumed ${ms} of 60000`),
    );
  });

  it('is waited for about a minute, and then the account is created all the same', async () => {
    const fake = fakeContext({ ...creating({ looks: 0 }).answers, ...later(Number.POSITIVE_INFINITY) });
    await expect(organization.apply(fake.context, create)).resolves.toBeUndefined();
    expect(fake.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(63_000);
  });

  it('is not assumed by root, which cannot', async () => {
    const fake = fakeContext({ ...creating({ looks: 0 }).answers, ...later(0) });
    const caller = { ...(await fake.context.caller()), identity: { kind: 'root', arn: '', name: 'root' } } as const;
    await organization.apply({ ...fake.context, caller: async () => caller }, create);
    expect(fake.sent).not.toContain(assume);
  });
});

describe('the consequences of a change', () => {
  it('are named once, when it is first sent', () => {
    const pending = { handshakeId: 'h-1', ready: true };
    expect([enableAllFeatures(undefined, true), enableAllFeatures(pending, true)].map(({ consequence }) => consequence)).toEqual([
      'all features cannot be turned off again',
      undefined,
    ]);
    expect([createAccount(wanted(), null, 0), createAccount(wanted(), 'car-1', 0)].map(({ consequence }) => consequence)).toEqual([
      'a member account cannot simply be deleted',
      undefined,
    ]);
  });
});
