import { value } from '../../../src/core/reading.js';
import type { ObservedKey, WantedKey } from '../../../src/steps/access-keys/assess.js';
import type { Group, Person } from '../../../src/steps/shared/people.js';
import { accountId } from '../support/step-run.js';

export const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
export const person = (name: string, over: Partial<Person> = {}): Person => ({
  name,
  arn: `arn:aws:iam::${accountId}:user/${name}`,
  createdAt: undefined,
  groups: [],
  attachedPolicies: [],
  inlinePolicies: [],
  tags: {},
  held: [],
  boundary: undefined,
  rights: { kind: 'none' },
  admin: false,
  ...over,
});
export const group = (name: string, ...attachedPolicies: readonly string[]): Group => ({ name, attachedPolicies, held: [], admin: false });
export const people = (users: readonly Person[], groups: readonly Group[] = []): Pick<ObservedKey, 'people'> => ({
  people: value({ users, groups }),
});
/** A key of the user ci in the group ci-readers, to be stored in the profile practice, of an account without users. */
export const wanted: WantedKey = {
  user: 'ci',
  userIsAdmin: false,
  groupIsAdmins: false,
  adminComing: false,
  group: 'ci-readers',
  policies: ['ReadOnlyAccess'],
  profile: 'practice',
  profileProblem: undefined,
  replaceProfile: false,
  destination: false,
};
export const observed: ObservedKey = {
  user: 'ci',
  partition: 'aws',
  ...people([]),
  keys: value([]),
  policies: value([{ wanted: 'ReadOnlyAccess', name: 'ReadOnlyAccess' }]),
  held: [],
  lost: [],
};
