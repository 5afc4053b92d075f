import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading, value } from '../../core/reading.js';
import type { ObserveContext } from '../../core/step.js';
import type { VirtualDevice } from './state.js';
import { ownTag } from '../shared/created-users.js';

type Sources = Pick<ObserveContext, 'cloud' | 'secrets' | 'journal' | 'caller'>;

/** All virtual devices in one list: of users, of root, and unassigned. The tags of an unassigned device show who created it. */
export const readVirtualDevices = async (
  { cloud, secrets, journal, caller }: Sources,
  ofUsers: 'ours too' | 'not needed' = 'not needed',
): Promise<Reading<readonly VirtualDevice[]>> => {
  const [listed, created] = await Promise.all([
    cloud.readAll('iam:ListVirtualMFADevices', { AssignmentStatus: 'Any', MaxItems: 1000 }),
    readCreatedSerials({ secrets, journal, caller }),
  ]);
  if (!listed.ok) return listed;
  const devices = listed.value.flatMap((page) => page.VirtualMFADevices ?? []);
  const found = await Promise.all(
    devices.map(async ({ SerialNumber: serial = '', User: user, EnableDate: enabled }): Promise<VirtualDevice> => {
      const holder = user?.Arn?.endsWith(':root') ? 'root' : user !== undefined || enabled !== undefined ? 'user' : 'none';
      const needed = holder === 'none' || (holder === 'user' && ofUsers === 'ours too');
      return { serial, holder, user: user?.UserName, ours: needed ? await readOurs(cloud, { serial, holder }, created) : value(false) };
    }),
  );
  return { ...listed, value: found };
};

/** Serial numbers of the devices that this computer knows this tool created. */
const readCreatedSerials = async ({ secrets, journal, caller }: Omit<Sources, 'cloud'>): Promise<readonly string[]> => {
  const [stored, entries] = await Promise.all([secrets.holds(), caller().then(({ accountId }) => journal.entries(accountId))]);
  return [
    ...stored.filter(({ kind }) => kind === 'mfa-seed').map(({ id }) => id),
    ...entries.flatMap((entry) => (entry.kind === 'mfa-seed' && entry.made !== null ? [entry.made] : [])),
  ];
};

/**
 * The tags show it. Not every emulator of AWS returns them, so for an unassigned device, the secrets and the journal of this computer are
 * checked first. They do not prove it for an assigned one: its user may have replaced it by a device of the same name.
 */
const readOurs = async (
  cloud: ReadCloud,
  { serial, holder }: Pick<VirtualDevice, 'serial' | 'holder'>,
  created: readonly string[],
): Promise<Reading<boolean>> => {
  const isRecorded = created.includes(serial);
  if (isRecorded && holder === 'none') return value(true);
  const tags = await cloud.findAll('iam:ListMFADeviceTags', { SerialNumber: serial }, ['NoSuchEntity']);
  if (isRecorded && !tags.ok && tags.cause === 'unsupported') return value(true);
  return map(tags, (pages = []) =>
    pages.flatMap((page) => page.Tags ?? []).some(({ Key, Value }) => Key === ownTag.Key && Value === ownTag.Value),
  );
};
