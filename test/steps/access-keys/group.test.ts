import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../src/engine/assess.js';
import { creationFindings, type ObservedKey, type WantedKey } from '../../../src/steps/access-keys/assess.js';
import { group, observed, people, person, readOnly, wanted } from './fixtures.js';

const assess = (want: Partial<WantedKey>, seen: Partial<ObservedKey>) => {
  const findings = creationFindings({ ...wanted, ...want }, { ...observed, ...seen });
  return { findings, changes: changesOf({ findings, wanted: true }) };
};

describe('the group of an access key', () => {
  it.each<[string, Partial<WantedKey>, readonly ReturnType<typeof group>[], boolean]>([
    ['of the administrators, and does not exist', { group: 'Administrators', groupIsAdmins: true }, [], false],
    ['of the administrators', { group: 'Administrators', groupIsAdmins: true }, [group('Administrators')], true],
    ['not of the administrators, and does not exist', { group: 'ci-readers' }, [], true],
  ])('is %s: whether the key is created', (_, want, groups, creates) => {
    const { findings, changes } = assess(want, people([], groups));
    expect(changes.length > 0).toBe(creates);
    if (!creates) expect(findings[0]).toMatchObject({ id: 'access-keys.exists', status: 'fail', remedy: { by: 'hand' } });
  });

  it.each<[string, Partial<WantedKey>]>([
    ['the group of the config', {}],
    ['the default group', { group: undefined }],
  ])('does not give its policies to other members of %s', (_, want) => {
    const name = want.group === undefined && 'group' in want ? 'CI-access' : 'CI-readers';
    const seen = people([person('bob', { groups: [name] }), person('eve', { groups: [name] })], [group(name)]);
    const { findings, changes } = assess(want, seen);
    expect(changes).toEqual([]);
    expect(findings[0]).toMatchObject({ id: 'access-keys.exists', status: 'fail', remedy: { by: 'hand' } });
    expect(findings[0]?.reason).toBe(`The group ${name} has other members (bob and eve), who would get ReadOnlyAccess as well`);
  });

  it('is created in a group with other members if that gives them nothing new', () => {
    const seen = people([person('bob', { groups: ['ci-readers'] })], [group('ci-readers', readOnly)]);
    expect(assess({}, seen).changes).toMatchObject([{ calls: ['iam:CreateUser', 'iam:AddUserToGroup', 'iam:CreateAccessKey'] }]);
  });

  it('states that an existing user is an administrator', () => {
    const admin = person('ci', { admin: true });
    const summary = 'Create an access key for ci (who is an administrator), stored in the profile practice';
    expect(assess({ group: undefined }, people([admin])).changes[0]?.summary).toBe(summary);
    expect(assess({ userIsAdmin: true }, people([admin])).changes[0]?.summary).not.toContain('administrator');
    expect(assess({}, people([{ ...admin, groups: ['ci-readers'] }], [group('ci-readers', readOnly)])).changes[0]?.summary).toBe(summary);
  });

  it('states what else the user gets from an existing group', () => {
    const admins = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const held = [
      { name: 'ReadOnlyAccess', arn: readOnly, document: undefined },
      { name: 'AdministratorAccess', arn: admins, document: undefined },
      { name: 'own', document: '{}' },
    ];
    const seen = people([], [{ ...group('ci-readers', readOnly, admins), held }]);
    expect(assess({}, seen).changes[0]?.summary).toBe(
      'Create the user ci in the group ci-readers (which also gives AdministratorAccess and own) and an access key for ci, stored in the profile practice',
    );
  });
});
