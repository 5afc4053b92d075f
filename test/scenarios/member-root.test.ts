import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { inOrganization } from '../support/organization-shell.js';
import type { OrganizationOptions } from '../support/organization-world.js';

/** moto has no AssumeRoot: the practice account answers, and the requests are compared with the service model in e2e/member-root. */
const checked = async (options: Partial<OrganizationOptions> & Pick<OrganizationOptions, 'members'>, ...argv: string[]) => {
  const place = await inOrganization({ centralRoot: true, ...options });
  const ran = await place.run(['check', '--org', '--only', 'organization.member-root', '--output', 'json', ...argv]);
  const report = JSON.parse(ran.stdout) as RunReport;
  return { ...place, ran, report, found: report.results.filter(({ id }) => id === 'organization.member-root') };
};

describe('organization.member-root', () => {
  it('fails for a member whose root has credentials, and passes for one without', async () => {
    const { found, ran, members, report, sandbox } = await checked({ members: [['root-credentials'], []] });
    expect(found).toMatchObject([
      {
        accountId: members[0],
        status: 'fail',
        severity: 'high',
        kind: 'audit',
        reason: 'Root of this member account has a password, an access key, a signing certificate, an MFA device',
        remediation: { by: 'hand', command: `bootstrap accounts secure-root ${members[0]}` },
        references: ['related: cis-7.0:2.1.1'],
      },
      { accountId: members[1], status: 'pass', reason: 'Root has no credentials' },
    ]);
    expect(found[0]?.evidence[0]).toMatchObject({ operation: 'sts:AssumeRoot' });
    expect([ran.code, report.apiCalls.writes]).toEqual([3, 0]);
    const tasks = sandbox.calls.filter(({ operation }) => operation === 'AssumeRoot').map(({ input }) => input['TaskPolicyArn']);
    expect(tasks).toEqual(members.map(() => ({ arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' })));
  });

  it('is manual, once for the organization, while central management is off', async () => {
    const { found, ran, sandbox } = await checked({ members: [[], []], centralRoot: false });
    expect(found).toMatchObject([
      { accountId: '111122223333', status: 'manual', remediation: { by: 'hand', command: 'bootstrap init --only organization' } },
    ]);
    expect(ran.code).toBe(0);
    expect(sandbox.calls.some(({ operation }) => operation === 'AssumeRoot')).toBe(false);
  });

  it('is not applicable without an active member', async () => {
    const { found } = await checked({ members: [['closed']] });
    expect(found).toMatchObject([{ status: 'not-applicable', reason: 'The organization has no active member accounts' }]);
  });

  it.each(['GetLoginProfile', 'ListAccessKeys', 'ListSigningCertificates', 'ListMFADevices'])(
    'is unknown, and never passes, when %s fails as root of the member',
    async (operation) => {
      const place = await inOrganization({ centralRoot: true, members: [[]] });
      const [account = ''] = place.members;
      place.sandbox.world.knobs.faults = [
        { operation: `iam:${operation}`, account, what: { kind: 'error', code: 'AccessDenied', status: 403 } },
      ];
      const ran = await place.run(['check', '--org', '--only', 'organization.member-root', '--output', 'json']);
      const { results } = JSON.parse(ran.stdout) as RunReport;
      expect([ran.code, results]).toMatchObject([4, [{ id: 'organization.member-root', status: 'unknown', cause: 'denied' }]]);
    },
  );

  it('is unknown, with the missing permission, for a caller who may not open such sessions', async () => {
    const { found, ran } = await checked({ members: [[]], policies: ['ReadOnlyAccess'] });
    expect(found).toMatchObject([{ status: 'unknown', cause: 'denied', missingPermission: 'sts:AssumeRoot' }]);
    expect(ran.code).toBe(4);
  });
});
