import { describe, expect, it } from 'vitest';
import { value } from '../../../src/core/reading.js';
import { organization } from '../../../src/steps/index.js';
import type { Desired, Observed, RoleCheck } from '../../../src/steps/organization/state.js';
import {
  self,
  child,
  roleArn,
  wanted,
  desired,
  facts,
  member,
  request,
  denied,
  manages,
  standalone,
  assess,
  lines,
  finding,
  consolidated,
  tree,
  units,
  inUnit,
} from './fixtures.js';

it('the role of an account that root creates is a manual step', () => {
  const roles = (found: Parameters<typeof lines>[1], want = desired()) =>
    lines(want, found).filter((one) => /^access-role|^accounts/.test(one));
  expect(roles(manages({ callerIsRoot: true, roleChecks: {} }))).toEqual(['accounts fail create-account', 'access-role manual hand']);
  expect(roles(manages({ roleChecks: {} }))).toEqual(['accounts fail create-account']);
  // An account that exists has a role already.
  const moved = manages({ callerIsRoot: true, list: [member()], tree: tree({ parents: { [child]: 'r-root' } }) });
  expect(roles(moved, inUnit).filter((one) => one.startsWith('access-role'))).toHaveLength(1);
  expect(finding('organization.access-role', desired(), manages({ callerIsRoot: true, roleChecks: {} }))).toMatchObject({
    resource: 'aws+sandbox@example.com',
    reason: expect.stringMatching(/^Root cannot assume roles/),
    remedy: { instructions: expect.stringMatching(/run the command as the administrator/) },
  });
});

describe('assess', () => {
  const table: readonly (readonly [string, Desired, Observed, readonly string[]])[] = [
    [
      'plans everything on an empty account',
      desired({ centralRoot: true }),
      standalone,
      ['exists fail create-organization', 'central-root fail enable-central-root', 'accounts fail create-account'],
    ],
    [
      'creates nothing unattended if free-tier-loss is not accepted',
      desired({ mayCreate: false, centralRoot: true }),
      standalone,
      ['exists fail hand', 'central-root fail hand', 'accounts fail hand'],
    ],
    [
      'plans one change per account',
      desired({ accounts: [wanted(), wanted({ name: 'logs', email: 'logs@example.com' })] }),
      manages(),
      ['exists pass', 'all-features pass', 'accounts fail create-account', 'accounts fail create-account'],
    ],
    [
      'adopts an existing organization',
      desired({ centralRoot: true }),
      manages({ list: [member()], centralRoot: value(true) }),
      ['exists pass', 'all-features pass', 'central-root pass', 'accounts pass', 'access-role pass'],
    ],
    [
      'enables central root access before accounts are created',
      desired({ centralRoot: true }),
      manages({ centralRoot: value(false) }),
      ['exists pass', 'all-features pass', 'central-root fail enable-central-root', 'accounts fail create-account'],
    ],
    [
      'does not report central root access if the config does not ask for it',
      desired({ accounts: [] }),
      manages(),
      ['exists pass', 'all-features pass'],
    ],
    [
      'does not apply to a member account, with the reason',
      desired({ centralRoot: true }),
      { ...manages(), membership: value({ role: 'member', ...facts, managementId: '999999999999' }), members: denied },
      ['exists pass', 'all-features not-applicable', 'central-root not-applicable', 'accounts not-applicable'],
    ],
    [
      'is unknown if the organization cannot be read',
      desired(),
      { ...manages(), membership: denied },
      ['exists unknown', 'all-features unknown', 'accounts unknown', 'access-role unknown'],
    ],
    [
      'accounts are unknown if they cannot be read',
      desired(),
      manages({ members: denied }),
      ['exists pass', 'all-features pass', 'accounts unknown', 'access-role unknown'],
    ],
    [
      'creates no account if requests in progress cannot be read',
      desired(),
      manages({ requests: denied }),
      ['exists pass', 'all-features pass', 'accounts unknown'],
    ],
    [
      'finds an account without reading requests',
      desired(),
      manages({ list: [member()], requests: denied }),
      ['exists pass', 'all-features pass', 'accounts pass', 'access-role pass'],
    ],
    [
      'finishes all features if there are no invited members',
      desired({ accounts: [], centralRoot: true }),
      consolidated({ list: [member()], centralRoot: value(false) }),
      ['exists pass', 'all-features fail enable-all-features', 'central-root fail enable-central-root'],
    ],
    [
      'asks invited members for all features, and postpones changes that need them',
      desired({ accounts: [], centralRoot: true }),
      consolidated({ list: [member({ invited: true })], centralRoot: value(false) }),
      ['exists pass', 'all-features fail enable-all-features', 'central-root fail hand'],
    ],
    [
      'waits for the approval of invited members',
      desired({ accounts: [] }),
      consolidated({ list: [member({ invited: true })], pendingFeatures: value({ handshakeId: 'h-1', ready: false }) }),
      ['exists pass', 'all-features fail hand'],
    ],
    [
      'finishes all features when all members have approved',
      desired({ accounts: [] }),
      consolidated({ list: [member({ invited: true })], pendingFeatures: value({ handshakeId: 'h-1', ready: true }) }),
      ['exists pass', 'all-features fail enable-all-features'],
    ],
    [
      'features are unknown if handshakes cannot be read',
      desired({ accounts: [] }),
      consolidated({ pendingFeatures: denied }),
      ['exists pass', 'all-features unknown'],
    ],
    [
      'finds an account by its address in upper or lower case',
      desired(),
      manages({ list: [member({ email: 'AWS+Sandbox@Example.com', name: 'Old name' })] }),
      ['exists pass', 'all-features pass', 'accounts pass', 'access-role pass'],
    ],
    [
      'does not change an account with the same name and another address',
      desired(),
      manages({ list: [member({ email: 'typo@example.com' })] }),
      ['exists pass', 'all-features pass', 'accounts fail hand'],
    ],
    [
      'ignores a closed account of the same name',
      desired(),
      manages({ list: [member({ email: 'typo@example.com', state: 'CLOSED' })] }),
      ['exists pass', 'all-features pass', 'accounts fail create-account'],
    ],
    [
      'refuses the address of the management account',
      desired({ accounts: [wanted({ email: 'Root@example.com' })] }),
      manages(),
      ['exists pass', 'all-features pass', 'accounts fail hand'],
    ],
    [
      'creates no account in GovCloud',
      desired(),
      manages({ partition: 'aws-us-gov' }),
      ['exists pass', 'all-features pass', 'accounts fail hand'],
    ],
    [
      'passes an account in its unit',
      inUnit,
      manages({ list: [member()], tree: tree({ units: { Workloads: 'ou-1', 'Workloads/Prod': 'ou-2' }, parents: { [child]: 'ou-2' } }) }),
      ['exists pass', 'all-features pass', 'accounts pass', 'access-role pass'],
    ],
    [
      'moves an account from the root to its unit',
      inUnit,
      manages({ list: [member()], tree: tree({ parents: { [child]: 'r-root' } }) }),
      ['exists pass', 'all-features pass', 'accounts fail move-account', 'access-role pass'],
    ],
    [
      'does not move an account that is in another unit',
      inUnit,
      manages({ list: [member()], tree: tree({ units: { Workloads: 'ou-1', 'Workloads/Prod': 'ou-2' }, parents: { [child]: 'ou-9' } }) }),
      ['exists pass', 'all-features pass', 'accounts fail hand', 'access-role pass'],
    ],
    [
      'the unit is unknown if units cannot be read',
      inUnit,
      manages({ list: [member()], tree: denied }),
      ['exists pass', 'all-features pass', 'accounts unknown', 'access-role pass'],
    ],
    ...['PENDING_ACTIVATION', 'SUSPENDED', 'PENDING_CLOSURE', 'CLOSED', 'NEWER'].map(
      (state) =>
        [
          `leaves an account in state ${state} to the user`,
          desired(),
          manages({ list: [member({ state })] }),
          ['exists pass', 'all-features pass', 'accounts fail hand'],
        ] as const,
    ),
  ];
  it.each(table)('%s', (_name, want, found, expected) => {
    expect(lines(want, found)).toEqual(expected);
  });

  it('reports only findings in the catalogue, and reasons have no full stop', () => {
    for (const [, want, found] of table) {
      for (const each of assess(want, found)) {
        expect(organization.findings.map(({ id }) => id)).toContain(each.id);
        expect(each.reason).not.toMatch(/\.$/);
      }
    }
  });

  it('warns before it creates an organization that a Free plan ends', () => {
    const { remedy } = finding('organization.exists', desired(), standalone);
    expect(remedy).toMatchObject({ by: 'init', change: { risk: 'billing', summary: expect.stringContaining('ends a Free plan') } });
  });

  it('names the setting that lets an unattended run create the organization', () => {
    const { remedy } = finding('organization.exists', desired({ mayCreate: false }), standalone);
    expect(remedy).toMatchObject({ by: 'hand', instructions: expect.stringContaining('organization.free-tier-loss: accepted') });
  });

  it('waits for a request in progress and plans no second one', () => {
    const found = finding('organization.accounts', desired(), manages({ requests: value([request()]) }));
    expect(found.remedy).toMatchObject({ by: 'init', change: { request: 'car-00000001', calls: [] } });
  });

  it('reports why the last request failed, and plans a new one', () => {
    const failed = request({ state: 'FAILED', failureReason: 'EMAIL_ALREADY_EXISTS' });
    const found = finding('organization.accounts', desired(), manages({ requests: value([failed]) }));
    expect(found.reason).toContain('another AWS account uses this email address');
    expect(found.remedy).toMatchObject({ by: 'init', change: { request: null, calls: ['organizations:CreateAccount'] } });
  });

  it('creates a unit that two accounts share once', () => {
    const accounts = [wanted({ unit: units }), wanted({ name: 'logs', email: 'logs@example.com', unit: units })];
    const changes = assess(desired({ accounts }), manages({ tree: tree({ units: { Workloads: 'ou-1' } }) })).flatMap(({ remedy }) =>
      remedy?.by === 'init' ? [remedy.change.calls] : [],
    );
    expect(changes).toEqual([
      ['organizations:CreateAccount', 'organizations:CreateOrganizationalUnit', 'organizations:MoveAccount'],
      ['organizations:CreateAccount', 'organizations:MoveAccount'],
    ]);
  });

  const out = (over: Partial<Extract<RoleCheck, { assumed: false }>> = {}): Partial<Observed> => ({
    roleChecks: {
      [roleArn]: { assumed: false, unread: { ...denied, missingPermission: 'sts:AssumeRole' }, fullRights: value(true), ...over },
    },
  });
  it('reports the role as the cause if the caller has full permissions', () => {
    const found = finding('organization.access-role', desired(), manages({ list: [member()], ...out() }));
    expect(found).toMatchObject({ status: 'fail', resource: roleArn, remedy: { by: 'hand', instructions: expect.stringContaining(self) } });
  });
  it.each([
    ['has fewer permissions', { fullRights: value(false) }],
    ['could not be read', { fullRights: denied }],
    ['has credentials that AWS refuses', { fullRights: undefined }],
  ])('reports no cause if the caller %s', (_name, over) => {
    const found = finding('organization.access-role', desired(), manages({ list: [member()], ...out(over) }));
    expect(found).toMatchObject({ status: 'unknown', cause: 'denied', missingPermission: 'sts:AssumeRole' });
    expect(found.remedy).toBeUndefined();
  });

  it('shows root how to check the role', () => {
    const found = finding('organization.access-role', desired(), manages({ list: [member()], callerIsRoot: true }));
    expect(found).toMatchObject({
      resource: `arn:aws:iam::${child}:role/OrganizationAccountAccessRole`,
      reason: expect.stringContaining('Root cannot assume roles'),
      remedy: {
        command: `aws sts assume-role --role-arn arn:aws:iam::${child}:role/OrganizationAccountAccessRole --role-session-name check --region us-east-1`,
      },
    });
  });
});
