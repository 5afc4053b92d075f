import { isAdministrator, type Rights, rightsOf } from './administrator-rights.js';
import { administratorAccess, type Group, type People, type Person, sameName } from './people.js';

/** What becomes of the administrator that the config names, when `init` has done what it can. */

/** Attaching the policy to a group that people are in would make administrators of all of them. */
export const bystandersOf = ({ users, groups }: People, name: string, groupName: string): readonly Person[] => {
  const group = groups.find((one) => sameName(one.name, groupName));
  if (group === undefined || group.admin) return [];
  return users.filter((one) => !sameName(one.name, name) && one.groups.some((member) => sameName(member, group.name)));
};

/** Whether the administrator is there, or will be when `init` has done what it can. */
export const willExist = (people: People, name: string, groupName: string): boolean => {
  if (people.users.some((one) => sameName(one.name, name))) return true;
  const group = people.groups.find((one) => sameName(one.name, groupName));
  return bystandersOf(people, name, groupName).length === 0 && isAdministrator(rightsAfterwards(people, undefined, group));
};

/** What the user may do once it is in the group, and the group has AdministratorAccess. */
export const rightsAfterwards = ({ groups }: People, user: Person | undefined, group: Group | undefined): Rights => {
  const added = { name: 'AdministratorAccess', arn: administratorAccess('aws'), document: undefined };
  const through = groups.filter((one) => one === group || user?.groups.some((member) => sameName(member, one.name)));
  return rightsOf([...(user?.held ?? []), ...through.flatMap((one) => one.held), added], user?.boundary);
};
