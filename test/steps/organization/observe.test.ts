import { describe, expect, it } from 'vitest';
import { organization } from '../../../src/steps/index.js';
import type { Desired, Observed } from '../../../src/steps/organization/state.js';
import { self, child, wanted, desired, management, member, lines, finding, units } from './fixtures.js';
import { fakeContext, refusal, shown, type Answers, growing } from './fake-organization.js';

describe('observe', () => {
  const described = (over: object = {}) => ({
    Organization: { Id: 'o-exampleorg1', MasterAccountId: self, MasterAccountEmail: 'root@example.com', FeatureSet: 'ALL', ...over },
  });
  const look = async (answers: Answers, want: Desired) => {
    const fake = fakeContext(answers);
    const observed = (await organization.observe(fake.context, want)) as Observed;
    return { observed, sent: fake.sent };
  };
  const refuses = (operation: string, code: string) => () => {
    throw refusal(operation, code);
  };

  it('accepts the refusals that a standalone account gets as a result', async () => {
    const none = (operation: string) => refuses(operation, 'AWSOrganizationsNotInUseException');
    const { observed } = await look(
      {
        'organizations:DescribeOrganization': none('organizations:DescribeOrganization'),
        'organizations:ListAccounts': none('organizations:ListAccounts'),
        'organizations:ListCreateAccountStatus': none('organizations:ListCreateAccountStatus'),
        'freetier:GetAccountPlanState': () => ({ accountPlanType: 'PAID', accountPlanStatus: 'ACTIVE' }),
      },
      desired(),
    );
    expect(observed.membership).toMatchObject({ ok: true, value: { role: 'standalone' } });
    expect(lines(desired(), observed)).toEqual(['exists fail create-organization', 'accounts fail create-account']);
  });

  it('reads no more than it needs if only the organization is in the config', async () => {
    const { sent } = await look(
      { 'organizations:DescribeOrganization': () => described(), 'organizations:ListAccounts': () => ({ Accounts: [] }) },
      desired({ accounts: [] }),
    );
    expect(sent).toEqual(['organizations:DescribeOrganization', 'organizations:ListAccounts']);
  });

  it('recognises a member by its management account', async () => {
    const { observed } = await look(
      {
        'organizations:DescribeOrganization': () => described({ MasterAccountId: '999999999999' }),
        'organizations:ListAccounts': refuses('organizations:ListAccounts', 'AccessDeniedException'),
      },
      desired({ accounts: [] }),
    );
    expect(finding('organization.exists', desired({ accounts: [] }), observed).reason).toBe(
      'This account is a member of organization o-exampleorg1, managed by account 999999999999',
    );
  });

  it('reads State, and Status only without State', async () => {
    const { observed } = await look(
      {
        'organizations:DescribeOrganization': () => described(),
        'organizations:ListAccounts': () => ({
          Accounts: [
            { Id: '1', State: 'CLOSED', Status: 'SUSPENDED' },
            { Id: '2', Status: 'ACTIVE' },
          ],
        }),
      },
      desired({ accounts: [] }),
    );
    expect(observed.members).toMatchObject({ value: [{ state: 'CLOSED' }, { state: 'ACTIVE' }] });
  });

  it('reads handshakes, central root access and units if needed', async () => {
    const want = desired({ centralRoot: true, accounts: [wanted({ unit: units })] });
    const { observed } = await look(
      {
        ...growing({ 'r-root/Workloads': 'ou-1' }).answers,
        'organizations:DescribeOrganization': () => described({ FeatureSet: 'CONSOLIDATED_BILLING' }),
        'organizations:ListAccounts': () => ({ Accounts: [management, member()].map(shown) }),
        'organizations:ListCreateAccountStatus': () => ({}),
        'organizations:ListHandshakesForOrganization': () => ({
          Handshakes: [{ Id: 'h-1', Action: 'ENABLE_ALL_FEATURES', State: 'OPEN' }],
        }),
        'iam:ListOrganizationsFeatures': refuses('iam:ListOrganizationsFeatures', 'ServiceAccessNotEnabled'),
      },
      want,
    );
    expect(observed.pendingFeatures).toMatchObject({ value: { handshakeId: 'h-1', ready: true } });
    expect(observed.centralRoot).toMatchObject({ value: false });
    expect(observed.tree).toMatchObject({ value: { rootId: 'r-root', units: { Workloads: 'ou-1' }, parents: { [child]: 'r-root' } } });
    expect(lines(want, observed)).toEqual([
      'exists pass',
      'all-features fail enable-all-features',
      'central-root fail enable-central-root',
      'accounts fail move-account',
      'access-role pass',
    ]);
  });

  it('does not interpret an empty response as "no organization"', async () => {
    const { observed } = await look(
      { 'organizations:DescribeOrganization': () => ({}), 'organizations:ListAccounts': () => ({}) },
      desired({ accounts: [] }),
    );
    expect(observed.membership.ok).toBe(false);
  });
});
