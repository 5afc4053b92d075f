import { isAdministrator, type Rights, rightsOf } from './administrator-rights.js';
import { administratorAccess, type Group, type People, type Person, sameName } from './people.js';

/** The administrator of the config, as it will be after `init` has applied its changes. */

/** Other members of a group without administrator rights: if the policy were attached, all of them would become administrators. */
export const otherMembersOf = ({ users, groups }: People, name: string, groupName: string): readonly Person[] => {
  const group = groups.find((one) => sameName(one.name, groupName));
  if (group === undefined || group.admin) return [];
  return users.filter((one) => !sameName(one.name, name) && one.groups.some((member) => sameName(member, group.name)));
};

/** Whether the administrator exists, or will exist after `init` has applied its changes. */
export const willExist = (people: People, name: string, groupName: string): boolean => {
  if (people.users.some((one) => sameName(one.name, name))) return true;
  const group = people.groups.find((one) => sameName(one.name, groupName));
  return otherMembersOf(people, name, groupName).length === 0 && isAdministrator(rightsAfterwards(people, undefined, group));
};

/** The rights of the user after it is added to the group and the group has AdministratorAccess. */
export const rightsAfterwards = ({ groups }: People, user: Person | undefined, group: Group | undefined): Rights => {
  const added = { name: 'AdministratorAccess', arn: administratorAccess('aws'), document: undefined };
  const through = groups.filter((one) => one === group || user?.groups.some((member) => sameName(member, one.name)));
  return rightsOf([...(user?.held ?? []), ...through.flatMap((one) => one.held), added], user?.boundary);
};
