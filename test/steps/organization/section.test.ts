import { describe, expect, it } from 'vitest';
import type { DesireContext } from '../../../src/core/step.js';
import { accountSteps, organization } from '../../../src/steps/index.js';
import { sectionWith } from '../../../src/steps/organization/section.js';
import type { Desired } from '../../../src/steps/organization/state.js';
import * as z from 'zod/mini';

const section = sectionWith(accountSteps);

describe('the section', () => {
  const parse = (accounts: readonly object[]) => section.safeParse({ accounts });
  it('has defaults for everything', () => {
    expect(section.parse({})).toEqual({ features: 'all', 'central-root': false, accounts: [] });
  });
  it('accepts its practice values', () => {
    expect(section.parse(organization.practice(() => 'abcd')).accounts[0]?.role).toBe('OrganizationAccountAccessRole');
  });
  it('has a JSON Schema with a description of every key', () => {
    const schema = z.toJSONSchema(section, { io: 'input' }) as {
      properties: Record<string, { description?: string; items?: { properties: Record<string, { description?: string }> } }>;
    };
    const all = [...Object.entries(schema.properties), ...Object.entries(schema.properties.accounts?.items?.properties ?? {})];
    expect(all.filter(([, { description }]) => !description).map(([key]) => key)).toEqual([]);
    expect(all).toHaveLength(12);
  });
  const good = { name: 'sandbox', email: 'aws+sandbox@example.com' };
  it.each([
    ['an address twice', [good, { name: 'b', email: 'AWS+sandbox@example.com' }], [1, 'email']],
    ['a name twice', [good, { ...good, email: 'b@example.com' }], [1, 'name']],
    ['a long name', [{ ...good, name: 'x'.repeat(51) }], [0, 'name']],
    ['a name with an accent', [{ ...good, name: 'Caché' }], [0, 'name']],
    ['a short address', [{ ...good, email: 'a@b.c' }], [0, 'email']],
    ['a long address', [{ ...good, email: `${'x'.repeat(60)}@example.com` }], [0, 'email']],
    ['an address with an umlaut', [{ ...good, email: 'jürgen@example.com' }], [0, 'email']],
    ['two at signs', [{ ...good, email: 'a@b@example.com' }], [0, 'email']],
    ['a role of AWS', [{ ...good, role: 'AWSServiceRoleForX' }], [0, 'role']],
    ['an empty unit', [{ ...good, ou: 'Workloads//Prod' }], [0, 'ou']],
    ['a unit too deep', [{ ...good, ou: '1/2/3/4/5/6' }], [0, 'ou']],
    ['a tag of AWS', [{ ...good, tags: { 'aws:x': '1' } }], [0, 'tags']],
    ['an unknown key', [{ ...good, Ou: 'x' }], [0]],
  ])('refuses %s', (_name, accounts, path) => {
    const parsed = parse(accounts);
    expect(parsed.error?.issues.map((issue) => issue.path)).toEqual([['accounts', ...path]]);
  });

  const desire = (slice: object, over: Partial<DesireContext>) =>
    organization.desire(section.parse(slice), {
      intents: {},
      running: () => true,
      command: 'init',
      unattended: true,
      secrets: 'none',
      switches: [],
      ...over,
    }) as Desired;
  it.each([
    [{}, { unattended: true }, false],
    [{ 'free-tier-loss': 'accepted' }, { unattended: true }, true],
    [{}, { unattended: false }, true],
    [{}, { command: 'check' }, true],
  ] as const)('%o with %o may create: %s', (slice, over, mayCreate) => {
    expect(desire(slice, over).mayCreate).toBe(mayCreate);
  });
  it('passes the organization to other steps only if it runs', () => {
    expect(organization.intent(desire({ accounts: [good] }, {}))).toEqual({ organization: { accounts: [good] } });
    expect(organization.intent(desire({ accounts: [good] }, { running: () => false }))).toEqual({});
  });
});
