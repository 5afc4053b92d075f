import { partitionOf } from '../../core/account.js';
import type { EnrolBy } from '../../core/enrol.js';
import type { Finding } from '../../core/finding.js';
import { unknownFinding } from '../../core/reading.js';
import type { ConsoleUser, Desired, EnrolMfa, MfaChange, Observed, VirtualDevice } from './mfa-state.js';
import { sameName } from './people.js';

/** A user who needs a device, and the change that gives it to them. */
export type Found = Finding<MfaChange>;

/** Whether the user has a device; undefined when that cannot be seen. */
export const deviceSeen = ({ devices }: ConsoleUser): boolean | undefined => (devices.ok ? devices.value.length > 0 : undefined);

/** The name, and the condition under which the user is an administrator. */
export const describeUser = ({ name, conditions = [] }: ConsoleUser): string =>
  conditions.length === 0 ? name : `${name}, an administrator under a condition on ${conditions.join(', ')},`;

export const nothingToProtect = (id: string, { name, devices, password }: ConsoleUser): Found => {
  if (!devices.ok) return unknownFinding(id, devices, name);
  const reason = `${name} has no console password, so there is nothing for MFA to protect`;
  return { id, status: 'not-applicable', resource: name, reason, evidence: password.evidence };
};

/** A user who needs a device: has one, gets one here, or has to be left to a person. */
export const enrolled = (id: string, desired: Desired, observed: Observed, user: ConsoleUser): Found => {
  const { name, password, devices } = user;
  const resource = name;
  if (!devices.ok) return unknownFinding(id, devices, resource);
  const { evidence } = devices;
  if (devices.value.length > 0)
    return { id, status: 'pass', resource, reason: `${name} has an MFA device`, observed: devices.value.join(', '), evidence };
  if (!password.ok) return unknownFinding(id, password, resource);
  const gap = { id, status: 'fail', resource, reason: `${describeUser(user)} has no MFA device`, evidence } as const;
  const inPerson = desired.assign === 'in-person';
  if (inPerson && !desired.present) {
    const url = userPage(observed.partition, name);
    const instructions = `Run \`init\` at a terminal with ${name} there, who scans a code; or have ${name} sign in to the console and choose Assign MFA device under Security credentials. Without a person: mfa.assign: unattended.`;
    return { ...gap, remedy: { by: 'hand', instructions, command: 'bootstrap init --only mfa', url } };
  }
  const stored = !inPerson || desired.keepSeed;
  if (stored && !desired.destination) {
    const instructions = 'Say where the seed of the device is to go; without a place for it no device is made.';
    return { ...gap, remedy: { by: 'hand', instructions, command: 'bootstrap init --only mfa --secrets-file FILE' } };
  }
  if (!observed.virtual.ok) return unknownFinding(id, observed.virtual, resource);
  return {
    ...gap,
    remedy: { by: 'init', change: enrolment(name, observed.virtual.value, { by: inPerson ? 'person' : 'nobody', stored }) },
  };
};

const enrolment = (user: string, virtual: readonly VirtualDevice[], how: Pick<EnrolMfa, 'by' | 'stored'>): EnrolMfa => {
  const leftover = virtual.find((device) => isOurLeftover(device) && (sameName(nameOf(device), user) || isNumbered(nameOf(device), user)));
  const deviceName = leftover === undefined ? freeName(user, virtual) : nameOf(leftover);
  return {
    kind: 'enrol-mfa',
    summary: `${leftover === undefined ? '' : 'Delete the device of an unfinished enrolment, and '}${leftover === undefined ? 'E' : 'e'}nrol a virtual MFA device for ${user} ${summaries[how.by][how.stored ? 'stored' : 'shown']}`,
    risk: how.stored ? 'weaker' : 'none',
    calls: [
      ...(leftover === undefined ? [] : ['iam:DeleteVirtualMFADevice']),
      'iam:CreateVirtualMFADevice',
      'iam:EnableMFADevice',
      // When the person puts it off.
      ...(how.by === 'person' ? ['iam:DeleteVirtualMFADevice'] : []),
    ],
    user,
    deviceName,
    replacesLeftover: leftover?.serial ?? null,
    ...how,
  };
};

const summaries = {
  person: {
    shown: '(a QR code to scan here, then two codes to type)',
    stored: '(a QR code to scan here, then two codes to type); its seed is stored too, which is weaker than a device in a hand alone',
  },
  nobody: {
    shown: '',
    stored: 'without a person; its seed is stored with the password, which is weaker than a device in a hand',
  },
} as const satisfies Readonly<Record<EnrolBy, object>>;

const isOurLeftover = ({ holder, ours }: VirtualDevice): boolean => holder === 'nobody' && ours.ok && ours.value;

/** What follows `mfa/` in the ARN, a path included. */
const nameOf = ({ serial }: VirtualDevice): string => serial.slice(serial.indexOf(':mfa/') + ':mfa/'.length);

const isNumbered = (name: string, user: string): boolean => /-\d+$/.test(name) && sameName(name.replace(/-\d+$/, ''), user);

const freeName = (user: string, virtual: readonly VirtualDevice[]): string => {
  const taken = (name: string): boolean => virtual.some((device) => sameName(nameOf(device), name));
  if (!taken(user)) return user;
  for (let number = 2; ; number += 1) {
    if (!taken(`${user}-${number}`)) return `${user}-${number}`;
  }
};

export const userPage = (partition: string, user: string): string =>
  `https://${partitionOf(partition).consoleHost}/iam/home#/users/details/${encodeURIComponent(user)}?section=security_credentials`;
