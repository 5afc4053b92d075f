import type { Change } from '../../core/finding.js';
import type { Reading } from '../../core/reading.js';
import { defineUndo, type Kept } from '../../core/step.js';
import { deleteDevice } from './apply.js';
import { readVirtualDevices } from './devices.js';
import type { Desired, VirtualDevice } from './state.js';
import { hasOwnTag, removeDevice } from '../shared/created-users.js';
import { type People, readPeople, sameName } from '../shared/people.js';

interface RemoveDevice extends Change {
  readonly kind: 'remove-device';
  readonly serial: string;
  /** null: it is not assigned. */
  readonly user: string | null;
}
interface Observed {
  readonly devices: Reading<readonly VirtualDevice[]>;
  readonly people: Reading<People>;
}

/** Removes the devices that this tool created for users that it did not create. The others are deleted together with their users. */
export const undoMfa = defineUndo<Desired, Observed, RemoveDevice>({
  observe: async (context) => {
    const [devices, people] = await Promise.all([readVirtualDevices(context, 'ours too'), readPeople(context.cloud)]);
    return { devices, people };
  },

  plan: (_, { devices, people }, { caller: { identity }, running }) => {
    if (!devices.ok) return { changes: [], kept: [], unread: [devices] };
    if (!people.ok) return { changes: [], kept: [], unread: [people] };
    const changes: RemoveDevice[] = [];
    const kept: Kept[] = [];
    const unread = devices.value.flatMap(({ ours }) => (ours.ok ? [] : [ours]));
    for (const { serial, holder, user, ours } of devices.value) {
      if (!ours.ok || !ours.value) continue;
      const what = `The MFA device ${serial}`;
      const owner = people.value.users.find(({ name }) => user !== undefined && sameName(name, user));
      if (owner === undefined) {
        if (holder === 'none') changes.push(removeFrom(null, serial));
      } else if (hasOwnTag(owner.tags)) {
        if (!running('admin-user'))
          kept.push({ what, why: `it is deleted with the user ${owner.name}, by the step that created the user` });
      } else if (identity.kind === 'user' && sameName(identity.name, owner.name)) {
        kept.push({ what, why: 'this run is signed in as its user', manual: 'Replace it in the IAM console, if you want another one.' });
      } else changes.push(removeFrom(owner.name, serial));
    }
    return { changes, kept, unread };
  },

  apply: async (context, { user, serial }) => {
    if (user === null) await deleteDevice(context, serial);
    else await removeDevice(context, user, serial);
  },
});

const removeFrom = (user: string | null, serial: string): RemoveDevice => ({
  kind: 'remove-device',
  summary: user === null ? `Delete the unassigned MFA device ${serial}` : `Remove the MFA device ${serial} from the user ${user}`,
  risk: user === null ? 'none' : 'weaker',
  calls: [...(user === null ? [] : ['iam:DeactivateMFADevice']), 'iam:DeleteVirtualMFADevice'],
  serial,
  user,
});
