import type { Config } from '../../src/config/schema.js';
import { isAppliedToMembers, memberConfig, onlyForMembers } from '../../src/run/members.js';
import { steps } from '../../src/steps/index.js';
import { describe, expect, it } from 'vitest';

const contact = { name: 'Ops', title: 'On call', email: 'ops@example.com', phone: '+1 555 0100' };
const policy = { 'minimum-length': 20 };
const sections = {
  'billing-access': { 'confirmed-on': '2026-11-23', contact },
  budget: { limit: '10 USD' },
  'admin-user': { name: 'alex', 'password-policy': policy },
  mfa: { users: ['sam'] },
  'access-keys': { mode: 'create' },
  alias: { name: 'acme' },
  organization: { accounts: [{ name: 'lab', email: 'Lab@example.com', alias: { name: 'acme-lab' }, budget: { limit: '5 USD' } }] },
};
const none = { mfa: false, 'access-keys': false, organization: false };

describe('the config of a member account', () => {
  it.each<[what: string, written: Config['sections'], email: string, init: object, check: object]>([
    [
      'is its entry and what holds for all accounts',
      sections,
      'lab@example.com',
      {
        ...none,
        'billing-access': { contact },
        budget: { limit: '5 USD' },
        'admin-user': { 'password-policy': policy },
        alias: { name: 'acme-lab' },
      },
      {
        'billing-access': { contact },
        budget: { limit: '5 USD' },
        'admin-user': { 'password-policy': policy },
        alias: { name: 'acme-lab' },
        organization: false,
      },
    ],
    [
      'has no entry of its own when the config does not name it',
      sections,
      'other@example.com',
      { ...none, 'billing-access': { contact }, budget: false, 'admin-user': { 'password-policy': policy }, alias: false },
      { 'billing-access': { contact }, 'admin-user': { 'password-policy': policy }, organization: false },
    ],
    [
      'is little without a config',
      {},
      'lab@example.com',
      { ...none, 'billing-access': false, budget: false, 'admin-user': {}, alias: false },
      { organization: false },
    ],
    [
      'leaves out what the config leaves out everywhere',
      { 'billing-access': false, 'admin-user': false },
      'lab@example.com',
      { ...none, 'billing-access': false, budget: false, 'admin-user': false, alias: false },
      { 'billing-access': false, 'admin-user': false, organization: false },
    ],
  ])('%s', (_, written, email, init, check) => {
    const config: Config = { file: 'bootstrap.yaml', sections: written, waivers: [], warnings: [] };
    expect(memberConfig(steps, config, email, 'init').sections).toEqual(init);
    expect(memberConfig(steps, config, email, 'check').sections).toEqual(check);
  });

  it('is brought about by init --org where it is the same decision for every account', () => {
    const applied = steps.flatMap((step) => step.findings.filter(({ id }) => isAppliedToMembers(step, id)).map(({ id }) => id));
    expect(applied).toEqual([
      'billing-access.contact',
      'billing-access.security-contact',
      'billing-access.operations-contact',
      'budget.exists',
      'budget.limit',
      'budget.alerts',
      'budget.subscribers',
      'admin-user.password-policy',
      'alias.set',
      'alias.name',
    ]);
    expect(steps.map(onlyForMembers).flatMap(({ findings }) => findings.map(({ id }) => id))).toEqual(applied);
  });
});

it('is declared with findings of the step only', () => {
  const stray = steps.flatMap(({ member, findings }) =>
    (member === undefined || member.applies === 'all' ? [] : member.applies).filter((id) => !findings.some((finding) => finding.id === id)),
  );
  expect(stray).toEqual([]);
});
