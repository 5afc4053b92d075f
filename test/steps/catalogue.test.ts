import { describe, expect, it } from 'vitest';
import { steps } from '../../src/steps/index.js';

/** The documented catalogue: id, severity, kind (`audit`: only reported by `check`), and the same check in other catalogues. */
const catalogue: readonly (readonly [id: string, severity: string, kind: string, ...references: string[]])[] = [
  ['billing-access.switch', 'low', 'wanted'],
  [
    'billing-access.contact',
    'low',
    'wanted',
    'related: prowler:account_maintain_different_contact_details_to_security_billing_and_operations',
  ],
  ['billing-access.security-contact', 'low', 'wanted', 'cis-7.0:2.3', 'prowler:account_security_contact_information_is_registered'],
  ['billing-access.operations-contact', 'low', 'wanted', 'related: cis-7.0:2.2'],
  ['billing-access.primary-contact', 'low', 'audit', 'cis-7.0:2.2', 'related: prowler:account_maintain_current_contact_details'],
  ['budget.exists', 'high', 'wanted'],
  ['budget.limit', 'medium', 'wanted'],
  ['budget.alerts', 'high', 'wanted'],
  ['budget.subscribers', 'high', 'wanted'],
  ['budget.spend', 'medium', 'audit'],
  ['budget.free-plan', 'medium', 'audit'],
  ['admin-user.exists', 'high', 'wanted'],
  ['admin-user.via-group', 'low', 'wanted', 'cis-7.0:2.13', 'prowler:iam_policy_attached_only_to_group_or_roles'],
  ['admin-user.console', 'low', 'wanted'],
  [
    'admin-user.password-policy',
    'medium',
    'wanted',
    'cis-7.0:2.8',
    'cis-7.0:2.9',
    'prowler:iam_password_policy_minimum_length_14',
    'prowler:iam_password_policy_reuse_24',
  ],
  ['mfa.root', 'critical', 'wanted', 'cis-7.0:2.5', 'prowler:iam_root_mfa_enabled'],
  ['mfa.root-hardware', 'low', 'audit', 'cis-7.0:2.6', 'prowler:iam_root_hardware_mfa_enabled'],
  ['mfa.admin', 'high', 'wanted', 'cis-7.0:2.10', 'prowler:iam_administrator_access_with_mfa'],
  ['mfa.console-users', 'high', 'audit', 'cis-7.0:2.10', 'prowler:iam_user_mfa_enabled_console_access'],
  ['mfa.leftover', 'low', 'wanted'],
  ['alias.set', 'low', 'wanted'],
  ['alias.name', 'medium', 'wanted'],
  ['access-keys.root', 'critical', 'wanted', 'cis-7.0:2.4', 'prowler:iam_no_root_access_key'],
  ['access-keys.age', 'medium', 'audit', 'cis-7.0:2.12', 'prowler:iam_rotate_access_key_90_days'],
  ['access-keys.unused', 'medium', 'audit', 'part of cis-7.0:2.11', 'prowler:iam_user_accesskey_unused'],
  ['admin-user.unused-password', 'medium', 'audit', 'part of cis-7.0:2.11', 'prowler:iam_user_console_access_unused'],
  ['access-keys.two-active', 'low', 'audit', 'prowler:iam_user_two_active_access_key'],
  ['access-keys.exists', 'high', 'wanted'],
  ['access-keys.stored', 'medium', 'wanted'],
  ['organization.exists', 'medium', 'wanted', 'prowler:organizations_account_part_of_organizations'],
  ['organization.all-features', 'medium', 'wanted'],
  ['organization.accounts', 'medium', 'wanted'],
  ['organization.access-role', 'medium', 'wanted'],
  ['organization.central-root', 'medium', 'wanted', 'cis-7.0:2.1.1', 'prowler:iam_root_credentials_management_enabled'],
  ['organization.member-root', 'high', 'audit', 'related: cis-7.0:2.1.1'],
  ['admin-user.root-at-rest', 'low', 'audit', 'cis-7.0:2.7', 'prowler:iam_avoid_root_usage'],
];

const specs = steps.flatMap(({ id: step, findings }) => findings.map((spec) => ({ step, ...spec })));

describe('the catalogue of checks', () => {
  it('has exactly the documented checks', () => {
    expect(specs.map(({ id }) => id).toSorted()).toEqual(catalogue.map(([id]) => id).toSorted());
  });

  it.each(catalogue)('documents the severity, kind and references of %s', (id, severity, kind, ...references) => {
    expect(specs.find((spec) => spec.id === id)).toMatchObject({ severity, kind, references });
  });

  it('starts each id with the name of its step, and has a title that describes a pass', () => {
    for (const { id, step, title } of specs) {
      expect(id.split('.')[0]).toBe(step);
      expect([title, /\b(wrong|missing|fails?)\b/i.test(title)]).toEqual([title, false]);
      expect(title.endsWith('.')).toBe(false);
    }
  });
});
