import { partitionOf } from '../../core/account.js';
import { type AnyStep, defineStep } from '../../core/step.js';
import { apply } from './apply.js';
import { assess } from './assess.js';
import { observe } from './observe.js';
import { permissions } from './permissions.js';
import { undoOrganization } from './undo.js';
import { sameEmail, type Section, sectionWith, wantedAccount } from './section.js';
import type { Desired, Observed, OrganizationChange } from './state.js';

/**
 * The organization and its member accounts. An existing organization is adopted, never replaced. Accounts that are not in the config are
 * not changed. Creating an organization ends a Free plan, so it is off by default. An unattended run needs `free-tier-loss: accepted`; at a
 * terminal, the user confirms it separately.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_introduction.html
 *
 * `steps`: the steps that may have a section in an entry of `accounts`.
 */
export const organizationOf = (steps: readonly AnyStep[]): AnyStep =>
  defineStep<Section, Desired, Observed, OrganizationChange>({
    id: 'organization',
    title: 'Organization',
    about: 'Creates an organization with member accounts, so that work is separate from the account that pays.',
    needs: [],
    findings: [
      {
        id: 'organization.exists',
        severity: 'medium',
        kind: 'wanted',
        title: 'The account is part of an organization',
        references: ['prowler:organizations_account_part_of_organizations'],
      },
      { id: 'organization.all-features', severity: 'medium', kind: 'wanted', title: 'The organization has all features', references: [] },
      {
        id: 'organization.central-root',
        severity: 'medium',
        kind: 'wanted',
        title: 'Root credentials of members are managed centrally',
        references: ['cis-7.0:2.1.1', 'prowler:iam_root_credentials_management_enabled'],
      },
      { id: 'organization.accounts', severity: 'medium', kind: 'wanted', title: 'The member account exists and is active', references: [] },
      {
        id: 'organization.access-role',
        severity: 'medium',
        kind: 'wanted',
        title: 'The access role of the member account can be assumed',
        references: [],
      },
      {
        id: 'organization.member-root',
        severity: 'high',
        kind: 'audit',
        title: 'Root of the member account has no credentials',
        references: ['related: cis-7.0:2.1.1'],
      },
    ],
    explain: async () => (await import('./explain.js')).pages,
    schema: sectionWith(steps),
    whenAbsent: 'skip',
    examples: { accounts: [{ name: 'sandbox', email: 'aws+sandbox@example.com' }] },
    practice: () => ({ 'free-tier-loss': 'accepted', accounts: [{ name: 'sandbox', email: 'you+sandbox@example.com' }] }),
    questions: [],

    permissions,
    desire: (slice, { unattended, command, running }) => ({
      wanted: running('organization'),
      // The fix that `check` shows is for a run at a terminal.
      mayCreate: slice['free-tier-loss'] === 'accepted' || !unattended || command === 'check',
      centralRoot: slice['central-root'],
      accounts: slice.accounts.map(wantedAccount),
    }),

    intent: ({ wanted, accounts }) => (wanted ? { organization: { accounts: accounts.map(({ name, email }) => ({ name, email })) } } : {}),

    observe,
    assess,
    apply,
    undo: undoOrganization,

    recap: ({ accounts }, { membership, members, partition }) => {
      if (!membership.ok || membership.value.role !== 'management') return [];
      const { consoleHost } = partitionOf(partition);
      const listed = members.ok ? members.value : [];
      return [
        { label: 'Organization', value: `${membership.value.id}, https://${consoleHost}/organizations/v2/home` },
        ...accounts.flatMap(({ name, email, role }) => {
          const member = listed.find((one) => sameEmail(one.email, email));
          return member === undefined ? [] : [{ label: `Account ${name}`, value: `${member.id}, by role ${role}` }];
        }),
      ];
    },
  });
