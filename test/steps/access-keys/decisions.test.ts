import { describe, expect, it } from 'vitest';
import { profileMark } from '../../../src/core/profile-name.js';
import { value } from '../../../src/core/reading.js';
import { attachesPolicies, creationFindings, type ObservedKey, type WantedKey } from '../../../src/steps/access-keys/assess.js';
import type { AccessKey, Person } from '../../../src/steps/shared/people.js';
import { denied } from '../support/account.js';
import { described } from '../support/described.js';
import { group, observed, people, person, readOnly, wanted } from './fixtures.js';

/** Each row changes one thing about the account, the config or the destination, and has everything that the user sees of it. */

const key = (id: string, over: Partial<AccessKey> = {}): AccessKey => ({ id, user: 'ci', active: true, createdAt: undefined, ...over });
const keys = (...list: readonly AccessKey[]): Pick<ObservedKey, 'keys'> => ({ keys: value(list) });
const policies = (...names: readonly string[]): Pick<ObservedKey, 'policies'> => ({
  policies: value(names.map((name) => ({ wanted: name, name }))),
});
const ours = { tags: { 'created-by': 'aws-account-bootstrap' } };
const lost = (...ids: readonly string[]): Pick<ObservedKey, 'lost'> => ({ lost: ids.map((id) => ({ id, entry: `of ${id}` })) });
const unread = denied('iam:X');

const see = (seen: Partial<ObservedKey>, want: Partial<WantedKey> = {}) =>
  described(creationFindings({ ...wanted, ...want }, { ...observed, ...seen }));

describe('the access key', () => {
  const inFile = { kind: 'access-key', user: 'ci', id: 'AKIA1' } as const;
  it.each<[string, Partial<ObservedKey>, Partial<WantedKey>, readonly string[]]>([
    [
      'exists, in the profile',
      { ...keys(key('AKIA1')), held: [{ ...inFile }, profileMark('practice', 'AKIA1')] },
      {},
      [
        'access-keys.exists pass ci: ci has an access key: AKIA1',
        'access-keys.stored pass AKIA1: The secret of the key AKIA1 is in the profile practice',
      ],
    ],
    [
      'exists, in the secrets file',
      { ...keys(key('AKIA1')), held: [inFile] },
      {},
      [
        'access-keys.exists pass ci: ci has an access key: AKIA1',
        'access-keys.stored pass AKIA1: The secret of the key AKIA1 is in the secrets file',
      ],
    ],
    [
      'exists, in another place',
      { ...keys(key('AKIA1')), held: [{ ...inFile, place: 'the keychain' }] },
      {},
      [
        'access-keys.exists pass ci: ci has an access key: AKIA1',
        'access-keys.stored pass AKIA1: The secret of the key AKIA1 was stored: the keychain',
      ],
    ],
    [
      'exists, and another key is in the profile',
      { ...keys(key('AKIA1')), held: [profileMark('practice', 'AKIA2')] },
      {},
      [
        'access-keys.exists pass ci: ci has an access key: AKIA1',
        'access-keys.stored manual AKIA1: The secret of the key AKIA1 of ci was not found here; the key was created elsewhere, or its secret is lost',
        '  manual: If the key is in use elsewhere, leave it. If no one has its secret, rotate it. `bootstrap keys rotate --user ci`',
      ],
    ],
    [
      'exists, and a device of this name is in the secrets file',
      { ...keys(key('AKIA1')), held: [{ ...inFile, kind: 'mfa-seed' }] },
      {},
      [
        'access-keys.exists pass ci: ci has an access key: AKIA1',
        'access-keys.stored manual AKIA1: The secret of the key AKIA1 of ci was not found here; the key was created elsewhere, or its secret is lost',
        '  manual: If the key is in use elsewhere, leave it. If no one has its secret, rotate it. `bootstrap keys rotate --user ci`',
      ],
    ],
    [
      'exists twice',
      keys(key('AKIA1'), key('AKIA2')),
      {},
      [
        'access-keys.exists pass ci: ci has an access key: AKIA1, AKIA2',
        'access-keys.stored manual AKIA1: The secret of the key AKIA1 of ci was not found here; the key was created elsewhere, or its secret is lost',
        '  manual: If the key is in use elsewhere, leave it. If no one has its secret, rotate it. `bootstrap keys rotate --user ci`',
        'access-keys.stored manual AKIA2: The secret of the key AKIA2 of ci was not found here; the key was created elsewhere, or its secret is lost',
        '  manual: If the key is in use elsewhere, leave it. If no one has its secret, rotate it. `bootstrap keys rotate --user ci`',
      ],
    ],
    [
      'exists, beside an inactive one',
      keys(key('AKIA1', { active: false }), key('AKIA2')),
      {},
      [
        'access-keys.exists pass ci: ci has an access key: AKIA2',
        'access-keys.stored manual AKIA2: The secret of the key AKIA2 of ci was not found here; the key was created elsewhere, or its secret is lost',
        '  manual: If the key is in use elsewhere, leave it. If no one has its secret, rotate it. `bootstrap keys rotate --user ci`',
      ],
    ],
    [
      'exists, while users cannot be read',
      { ...keys(key('AKIA1')), people: unread },
      {},
      [
        'access-keys.exists pass ci: ci has an access key: AKIA1',
        'access-keys.stored manual AKIA1: The secret of the key AKIA1 of ci was not found here; the key was created elsewhere, or its secret is lost',
        '  manual: If the key is in use elsewhere, leave it. If no one has its secret, rotate it. `bootstrap keys rotate --user ci`',
      ],
    ],
    [
      'exists, without a destination',
      { ...keys(key('AKIA1')), held: [inFile] },
      { profile: '' },
      [
        'access-keys.exists pass ci: ci has an access key: AKIA1',
        'access-keys.stored pass AKIA1: The secret of the key AKIA1 is in the secrets file',
      ],
    ],
    [
      'is inactive',
      keys(key('AKIA1', { active: false })),
      {},
      [
        'access-keys.exists fail ci: The access key AKIA1 of ci is inactive',
        '  manual: Enable it again, or delete it and run init again. `bootstrap keys enable --user ci --key AKIA1`',
      ],
    ],
    [
      'is one of two that are inactive',
      keys(key('AKIA1', { active: false }), key('AKIA2', { active: false })),
      {},
      [
        'access-keys.exists fail ci: The access key AKIA1 of ci is inactive',
        '  manual: Enable it again, or delete it and run init again. `bootstrap keys enable --user ci --key AKIA1`',
      ],
    ],
    [
      'is inactive, and has no destination',
      keys(key('AKIA1', { active: false })),
      { profile: '' },
      [
        'access-keys.exists fail ci: The access key AKIA1 of ci is inactive',
        '  manual: Enable it again, or delete it and run init again. `bootstrap keys enable --user ci --key AKIA1`',
      ],
    ],
    ['cannot be read', { keys: unread }, {}, ['access-keys.exists unknown ci; needs iam:X', 'access-keys.stored unknown ci; needs iam:X']],
    ['does not exist, and users cannot be read', { people: unread }, {}, ['access-keys.exists unknown ci; needs iam:X']],
    ['does not exist, and policies cannot be read', { policies: unread }, {}, ['access-keys.exists unknown ci; needs iam:X']],
  ])('%s', (_, seen, want, expected) => expect(see(seen, want)).toEqual(expected));

  it('needs a user', () => {
    expect(described(creationFindings({ ...wanted, user: undefined }, undefined))).toEqual([
      'access-keys.exists fail: The config does not name a user for the access key',
      '  manual: Set access-keys.user in the config.',
    ]);
  });
});

describe('the destination of a new key', () => {
  const other = { kind: 'access-key', user: 'profile other', id: 'AKIA2' } as const;
  it.each<[string, Partial<ObservedKey>, Partial<WantedKey>, readonly string[]]>([
    [
      'is the secrets file',
      {},
      { profile: '', destination: true },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci (secret)',
      ],
    ],
    [
      'is missing',
      {},
      { profile: '' },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  manual: Choose a destination for the key: a profile (access-keys.profile in the config), or a file for secrets. `bootstrap init --only access-keys --secrets-file FILE`',
      ],
    ],
    [
      'is a profile without another destination',
      {},
      { destination: false },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'is a profile with a name that is not valid',
      {},
      { profileProblem: 'contains a space' },
      [
        'access-keys.exists fail ci: ci has no access key',
        "  manual: The profile's name contains a space. Set access-keys.profile in the config.",
      ],
    ],
    [
      'is a free profile beside others',
      { held: [other] },
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'is a free profile beside a secret of another kind',
      { held: [{ ...profileMark('practice', 'x'), kind: 'mfa-seed' }] },
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'is a profile with another key',
      { held: [profileMark('practice', 'AKIA2')] },
      {},
      [
        'access-keys.exists fail ci: The profile practice, the destination of the key, contains another key',
        '  manual: Choose another profile (access-keys.profile in the config), or replace the key in it. `bootstrap init --only access-keys --replace-profile`',
      ],
    ],
    [
      'is a profile with another key, which may be replaced',
      { held: [profileMark('practice', 'AKIA2')] },
      { replaceProfile: true },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice in place of the key AKIA2 (secret)',
      ],
    ],
    [
      'is a profile that signs in another way',
      { held: [profileMark('practice', '')] },
      {},
      [
        'access-keys.exists fail ci: The profile practice, the destination of the key, signs in another way',
        '  manual: Choose another profile: access-keys.profile in the config.',
      ],
    ],
    [
      'is a profile that signs in another way, and may be replaced',
      { held: [profileMark('practice', '')] },
      { replaceProfile: true },
      [
        'access-keys.exists fail ci: The profile practice, the destination of the key, signs in another way',
        '  manual: Choose another profile: access-keys.profile in the config.',
      ],
    ],
    [
      'is a profile with another key that signs in another way too',
      { held: [profileMark('practice', 'AKIA2'), profileMark('practice', '')] },
      { replaceProfile: true },
      [
        'access-keys.exists fail ci: The profile practice, the destination of the key, signs in another way',
        '  manual: Choose another profile: access-keys.profile in the config.',
      ],
    ],
    [
      'is the secrets file, which has a key of a profile without a name',
      { held: [profileMark('', 'AKIA2')] },
      { profile: '', destination: true },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci (secret)',
      ],
    ],
  ])('%s', (_, seen, want, expected) => expect(see(seen, want)).toEqual(expected));
});

describe('the user of a new key', () => {
  const alex: Partial<WantedKey> = { user: 'alex', userIsAdmin: true, group: undefined };
  it.each<[string, Partial<ObservedKey>, Partial<WantedKey>, readonly string[]]>([
    [
      'does not exist',
      people([person('bo', { groups: ['ci-readers'] })]),
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'does not exist, and its group does',
      people([], [group('CI-Readers', readOnly)]),
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateUser, iam:AddUserToGroup, iam:CreateAccessKey: Create the user ci in the group ci-readers and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'does not exist, and its group has no policy',
      people([], [group('ci-readers', 'arn:aws:iam::aws:policy/Other')]),
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Attach ReadOnlyAccess to the existing group ci-readers, create the user ci in the group ci-readers and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'does not exist, and gets no policy',
      { ...people([]), ...policies() },
      { policies: [] },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with no policy, the user ci in it and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'does not exist, and gets two policies',
      policies('ReadOnlyAccess', 'job-function/Billing'),
      { policies: ['ReadOnlyAccess', 'Billing'] },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with ReadOnlyAccess and job-function/Billing, the user ci in it and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'does not exist, and its group has one of two policies',
      { ...people([], [group('ci-readers', readOnly)]), ...policies('ReadOnlyAccess', 'job-function/Billing') },
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Attach job-function/Billing to the existing group ci-readers, create the user ci in the group ci-readers and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'does not exist, and the config names no group',
      {},
      { group: undefined },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-access with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'exists, outside of the group',
      people([person('CI', { groups: ['others'] })], [group('ci-readers', readOnly)]),
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:AddUserToGroup, iam:CreateAccessKey: Add the existing user ci to the group ci-readers and create an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'exists, and the group does not',
      people([person('ci')]),
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-readers with ReadOnlyAccess, add the existing user ci to the group ci-readers and create an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'exists, in the group',
      people([person('ci', { groups: ['CI-READERS'] })], [group('ci-readers', readOnly)]),
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateAccessKey: Create an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'exists, in the group without the policy',
      people([person('ci', { groups: ['ci-readers'] })], [group('ci-readers')]),
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:AttachGroupPolicy, iam:CreateAccessKey: Attach ReadOnlyAccess to the existing group ci-readers and create an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'exists, and the config names no group',
      people([person('ci')]),
      { group: undefined },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateAccessKey: Create an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'was created by this tool, and the config names no group',
      people([person('ci', ours)]),
      { group: undefined },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateGroup, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Create the group ci-access with ReadOnlyAccess, add the existing user ci to the group ci-access and create an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'was created by this tool, in the group that it creates',
      people([person('ci', { ...ours, groups: ['ci-access'] })], [group('ci-access', readOnly)]),
      { group: undefined },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateAccessKey: Create an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'is the administrator, beside others',
      { user: 'alex', ...people([person('bo'), person('Alex')]) },
      { user: 'alex', userIsAdmin: true, group: undefined },
      [
        'access-keys.exists fail alex: alex has no access key',
        '  iam:CreateAccessKey: Create an access key for alex, stored in the profile practice (secret)',
      ],
    ],
    [
      'is the administrator, who gets nothing of a group with others',
      { user: 'alex', ...people([person('alex'), person('bo', { groups: ['ci-readers'] })], [group('ci-readers')]) },
      { user: 'alex', userIsAdmin: true },
      [
        'access-keys.exists fail alex: alex has no access key',
        '  iam:CreateAccessKey: Create an access key for alex, stored in the profile practice (secret)',
      ],
    ],
    [
      'exists, and a user of several groups would get its policy',
      people([person('ci', { groups: ['ci-readers'] }), person('bo', { groups: ['others', 'ci-readers'] })], [group('ci-readers')]),
      {},
      [
        'access-keys.exists fail ci: The group ci-readers has other members (bo), who would get ReadOnlyAccess as well',
        '  manual: Choose another group (access-keys.group in the config). If all members should get ReadOnlyAccess, attach it to ci-readers yourself.',
      ],
    ],
    [
      'is the administrator',
      { user: 'alex', ...people([person('Alex')]) },
      alex,
      [
        'access-keys.exists fail alex: alex has no access key',
        '  iam:CreateAccessKey: Create an access key for alex, stored in the profile practice (secret)',
      ],
    ],
    [
      'is the administrator, whom this tool created',
      { user: 'alex', ...people([person('alex', ours)]) },
      { ...alex, group: 'ci-readers' },
      [
        'access-keys.exists fail alex: alex has no access key',
        '  iam:CreateAccessKey: Create an access key for alex, stored in the profile practice (secret)',
      ],
    ],
    [
      'is the administrator, who is created in this run',
      { user: 'alex' },
      { ...alex, adminComing: true },
      [
        'access-keys.exists fail alex: alex has no access key',
        '  iam:CreateAccessKey: Create an access key for alex, stored in the profile practice (secret)',
      ],
    ],
    [
      'is the administrator, who does not exist',
      { user: 'alex', ...people([person('bo')]) },
      alex,
      [
        'access-keys.exists fail alex: The user alex does not exist yet',
        '  manual: Create the administrator first. `bootstrap init --only admin-user,access-keys`',
      ],
    ],
    ['is the administrator, who may exist', { user: 'alex', people: unread }, alex, ['access-keys.exists unknown alex; needs iam:X']],
    [
      'does not exist in China',
      { ...people([], [group('ci-readers', 'arn:aws-cn:iam::aws:policy/ReadOnlyAccess')]), partition: 'aws-cn' },
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:CreateUser, iam:AddUserToGroup, iam:CreateAccessKey: Create the user ci in the group ci-readers and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
  ])('%s', (_, seen, want, expected) => expect(see(seen, want)).toEqual(expected));

  it.each<[string, readonly Person[], Partial<WantedKey>, boolean]>([
    ['of a new user', [], {}, true],
    ['of a new user without a group', [], { group: undefined }, true],
    ['of an existing user in the group of the config', [person('CI')], {}, true],
    ['of an existing user without a group', [person('ci')], { group: undefined }, false],
    ['of a user that this tool created', [person('ci', ours)], { group: undefined }, true],
    ['of a user while this tool created another', [person('bo', ours), person('ci')], { group: undefined }, false],
    ['of the administrator', [], { userIsAdmin: true }, false],
  ])('gets its policies attached or not: %s', (_, users, want, expected) => {
    expect(attachesPolicies({ ...wanted, ...want }, 'ci', { users, groups: [] })).toBe(expected);
  });
});

describe('a lost key', () => {
  it.each<[string, Partial<ObservedKey>, Partial<WantedKey>, readonly string[]]>([
    [
      'is replaced',
      { ...keys(key('AKIA1')), ...lost('AKIA1') },
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey, iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Delete the access key AKIA1 of an interrupted run, whose secret is lost; then create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
        'access-keys.stored fail AKIA1: The secret of the key AKIA1 of ci was lost because an earlier run ended before it was stored; the key was never used',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey, iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Delete the access key AKIA1 of an interrupted run, whose secret is lost; then create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'is replaced, with another one',
      { ...keys(key('AKIA1'), key('AKIA2', { active: false })), ...lost('AKIA1', 'AKIA2') },
      {},
      [
        'access-keys.exists fail ci: ci has no access key',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey, iam:UpdateAccessKey, iam:DeleteAccessKey, iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Delete the access keys AKIA1 and AKIA2 of an interrupted run, whose secret is lost; then create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
        'access-keys.stored fail AKIA1: The secret of the key AKIA1 of ci was lost because an earlier run ended before it was stored; the key was never used',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey, iam:UpdateAccessKey, iam:DeleteAccessKey, iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Delete the access keys AKIA1 and AKIA2 of an interrupted run, whose secret is lost; then create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
        'access-keys.stored fail AKIA2: The secret of the key AKIA2 of ci was lost because an earlier run ended before it was stored; the key was never used',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey, iam:UpdateAccessKey, iam:DeleteAccessKey, iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup, iam:CreateAccessKey: Delete the access keys AKIA1 and AKIA2 of an interrupted run, whose secret is lost; then create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice (secret)',
      ],
    ],
    [
      'is deleted, if the user has another one',
      { ...keys(key('AKIA1'), key('AKIA2')), ...lost('AKIA1'), held: [profileMark('practice', 'AKIA2')] },
      {},
      [
        'access-keys.exists pass ci: ci has an access key: AKIA2',
        'access-keys.stored fail AKIA1: The secret of the key AKIA1 of ci was lost because an earlier run ended before it was stored; the key was never used',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey: Delete the access key AKIA1 of an interrupted run, whose secret is lost',
        'access-keys.stored pass AKIA2: The secret of the key AKIA2 is in the profile practice',
      ],
    ],
    [
      'is deleted, if the user has another one that is inactive',
      { ...keys(key('AKIA1'), key('AKIA2', { active: false })), ...lost('AKIA1') },
      {},
      [
        'access-keys.exists fail ci: The access key AKIA2 of ci is inactive',
        '  manual: Enable it again, or delete it and run init again. `bootstrap keys enable --user ci --key AKIA2`',
        'access-keys.stored fail AKIA1: The secret of the key AKIA1 of ci was lost because an earlier run ended before it was stored; the key was never used',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey: Delete the access key AKIA1 of an interrupted run, whose secret is lost',
      ],
    ],
    [
      'is deleted, if there is no destination for another one',
      { ...keys(key('AKIA1')), ...lost('AKIA1') },
      { profile: '' },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  manual: Choose a destination for the key: a profile (access-keys.profile in the config), or a file for secrets. `bootstrap init --only access-keys --secrets-file FILE`',
        'access-keys.stored fail AKIA1: The secret of the key AKIA1 of ci was lost because an earlier run ended before it was stored; the key was never used',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey: Delete the access key AKIA1 of an interrupted run, whose secret is lost',
      ],
    ],
    [
      'is deleted, with another one, if there is no destination',
      { ...keys(key('AKIA1'), key('AKIA2')), ...lost('AKIA1', 'AKIA2') },
      { profile: '' },
      [
        'access-keys.exists fail ci: ci has no access key',
        '  manual: Choose a destination for the key: a profile (access-keys.profile in the config), or a file for secrets. `bootstrap init --only access-keys --secrets-file FILE`',
        'access-keys.stored fail AKIA1: The secret of the key AKIA1 of ci was lost because an earlier run ended before it was stored; the key was never used',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey, iam:UpdateAccessKey, iam:DeleteAccessKey: Delete the access keys AKIA1 and AKIA2 of an interrupted run, whose secret is lost',
        'access-keys.stored fail AKIA2: The secret of the key AKIA2 of ci was lost because an earlier run ended before it was stored; the key was never used',
        '  iam:UpdateAccessKey, iam:DeleteAccessKey, iam:UpdateAccessKey, iam:DeleteAccessKey: Delete the access keys AKIA1 and AKIA2 of an interrupted run, whose secret is lost',
      ],
    ],
  ])('%s', (_, seen, want, expected) => expect(see(seen, want)).toEqual(expected));

  it('is named in the change with its entry in the journal', () => {
    const [exists] = creationFindings(wanted, { ...observed, ...keys(key('AKIA1')), ...lost('AKIA1') });
    expect(exists?.remedy).toMatchObject({
      change: {
        kind: 'create-access-key',
        user: 'ci',
        profile: 'practice',
        replaces: null,
        createsUser: { group: 'ci-readers', policies: ['ReadOnlyAccess'] },
        retires: [{ id: 'AKIA1', entry: 'of AKIA1' }],
      },
    });
  });
});
