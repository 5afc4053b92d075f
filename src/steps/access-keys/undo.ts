import { keysCommand } from '../../core/keys.js';
import type { Reading } from '../../core/reading.js';
import { defineUndo, type Kept } from '../../core/step.js';
import { applyDeletion, type DeletePeople, type ObservedUsers, planDeletion, readCreatedUsers } from '../shared/created-users.js';
import { type AccessKey, readAccessKeys, sameName } from '../shared/people.js';
import { defaultGroup, type WantedKey } from './assess.js';

interface Desired {
  readonly key: Pick<WantedKey, 'user' | 'userIsAdmin' | 'group' | 'policies'> | undefined;
}
interface Observed {
  readonly users: Reading<ObservedUsers>;
  /** Of the user of the config. */
  readonly keys: Reading<readonly AccessKey[]> | undefined;
}

/** Deletes the user of the config with its keys and its group, if this tool created the user. AWS does not show who created a key. */
export const undoAccessKeys = defineUndo<Desired, Observed, DeletePeople>({
  observe: async (context, { key }) => {
    const [users, keys] = await Promise.all([
      readCreatedUsers(context),
      key?.user === undefined ? undefined : readAccessKeys(context.cloud, key.user),
    ]);
    return { users, keys };
  },

  plan: ({ key }, { users, keys }, context) => {
    const user = key?.user;
    if (key === undefined || user === undefined || keys === undefined) return { changes: [], kept: [] };
    const owns = (name: string): boolean => !key.userIsAdmin && sameName(name, user);
    const created = users.ok && users.value.created.some(({ person }) => sameName(person.name, user));
    // Without a name in the config, only a user of this tool shows that the group is one, too.
    const group = key.group ?? (created && !key.userIsAdmin ? defaultGroup(user) : undefined);
    const { changes, kept, unread = [] } = planDeletion({ owns, group, policies: key.policies }, users, context);
    const count = keys.ok ? keys.value.length : 0;
    const keysStay = users.ok && count > 0 && (!created || (key.userIsAdmin && !context.running('admin-user')));
    const why = created ? 'they are deleted with the user, by the step admin-user' : 'this tool did not create the user';
    const left: readonly Kept[] = keysStay ? [{ what: `The access keys of ${user}`, why, manual: deleteThem(user) }] : [];
    return { changes, kept: [...kept, ...left], unread: [...unread, ...(keys.ok ? [] : [keys])] };
  },

  apply: applyDeletion,
});

const deleteThem = (user: string): string => `If nothing uses them, delete them: \`${keysCommand('list', user)}\` shows them.`;
