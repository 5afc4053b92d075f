import { map, type Reading } from '../../core/reading.js';
import { defineUndo } from '../../core/step.js';
import type { Desired } from './assess.js';
import { readPasswordPolicy } from './password-policy.js';
import {
  applyDeletion,
  type DeletePeople,
  hasOwnTag,
  type ObservedUsers,
  planDeletion,
  readCreatedUsers,
} from '../shared/created-users.js';
import { readPeople, sameName } from '../shared/people.js';

interface Observed {
  readonly users: Reading<ObservedUsers>;
  readonly hasPolicy: Reading<boolean>;
  /** The administrator of the config exists, and this tool did not create it. */
  readonly adopted: string | undefined;
}

/** Deletes every user with the tag of this tool, except for the one of the access-keys step, and the group of the config. */
export const undoAdministrator = defineUndo<Desired, Observed, DeletePeople>({
  observe: async (context, { name }) => {
    const [users, policy, people] = await Promise.all([
      readCreatedUsers(context),
      readPasswordPolicy(context.cloud),
      readPeople(context.cloud),
    ]);
    const person = people.ok && name !== undefined ? people.value.users.find((one) => sameName(one.name, name)) : undefined;
    return {
      users,
      hasPolicy: map(policy, (current) => current !== undefined),
      adopted: person !== undefined && !hasOwnTag(person.tags) ? person.name : undefined,
    };
  },

  plan: ({ keyUser, group }, { users, hasPolicy, adopted }, context) => {
    const owns = (user: string): boolean => keyUser === undefined || !sameName(user, keyUser);
    const { changes, kept, unread = [] } = planDeletion({ owns, group, policies: ['AdministratorAccess'] }, users, context);
    return {
      changes,
      kept: [
        ...kept,
        ...(adopted === undefined ? [] : [{ what: `The user ${adopted}`, why: 'this tool did not create it' }]),
        ...(hasPolicy.ok && hasPolicy.value
          ? [{ what: 'The password policy', why: 'it protects every user, and nothing shows how it was before' }]
          : []),
      ],
      unread: [...unread, ...(hasPolicy.ok ? [] : [hasPolicy])],
    };
  },

  apply: applyDeletion,
});
