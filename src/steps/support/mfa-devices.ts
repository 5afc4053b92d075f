import { partitionOf } from '../../core/account.js';
import type { Change, Finding } from '../../core/finding.js';
import { type Reading, unknownFinding } from '../../core/reading.js';
import { type ConsolePassword, sameName } from './people.js';
import { type RootUser, rootCredentialsPage } from './root-user.js';

/** The judgement of the mfa step: what is wanted, what was seen, and the gaps between them. */

export interface Desired {
  readonly root: boolean;
  readonly admin: boolean;
  readonly assign: 'in-person' | 'unattended';
  /** The administrator of the config; undefined: every administrator that is found. */
  readonly adminName: string | undefined;
  readonly adminGroup: string;
  /** This run gives the administrator its password, so that a device is due though there is none to protect yet. */
  readonly passwordComing: boolean;
  /** Whether there is a place for the seed. */
  readonly destination: boolean;
  /** `check` looks at every user; `init` at the administrator. */
  readonly audit: boolean;
}
export interface ConsoleUser {
  readonly name: string;
  /** Not there, and `init` cannot make it. */
  readonly missing?: boolean;
  readonly admin: boolean;
  readonly password: Reading<ConsolePassword | undefined>;
  /** Serial numbers of devices of every kind. */
  readonly devices: Reading<readonly string[]>;
}
export interface VirtualDevice {
  readonly serial: string;
  readonly holder: 'root' | 'user' | 'nobody';
  /** For a device of nobody: whether this tool made it. */
  readonly ours: Reading<boolean>;
}
export interface Observed {
  readonly partition: string;
  readonly root: Reading<RootUser>;
  readonly virtual: Reading<readonly VirtualDevice[]>;
  readonly admin: ConsoleUser | undefined;
  /** All users; undefined when nobody asked. */
  readonly users: Reading<readonly ConsoleUser[]> | undefined;
}

export interface EnrolMfa extends Change {
  readonly kind: 'enrol-mfa';
  readonly user: string;
  readonly deviceName: string;
  /** A device of an unfinished enrolment of ours, which gives way to the new one. */
  readonly replacesLeftover: string | null;
}
export interface DeleteLeftoverDevice extends Change {
  readonly kind: 'delete-leftover-device';
  readonly serial: string;
}
export type MfaChange = EnrolMfa | DeleteLeftoverDevice;

type Found = Finding<MfaChange>;

export const assessMfa = (desired: Desired, observed: Observed): readonly Found[] => {
  const admins = adminFindings(desired, observed);
  return [...rootFindings(desired, observed), ...leftoverFindings(observed, admins), ...admins, ...otherFindings(desired, observed)];
};

const rootFindings = (desired: Desired, { root, virtual, partition }: Observed): readonly Found[] => {
  const id = 'mfa.root';
  // CIS exempts GovCloud: its root has neither console nor MFA of its own. https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-iam.html
  if (partition === 'aws-us-gov')
    return [{ id, status: 'not-applicable', reason: 'In GovCloud the root user cannot sign in to the console', evidence: [] }];
  if (!root.ok) return [unknownFinding(id, root), ...(desired.audit ? [unknownFinding('mfa.root-hardware', root)] : [])];
  const { evidence } = root;
  if (!root.value.mfa && !root.value.password && !root.value.accessKey) {
    return [{ id, status: 'not-applicable', reason: 'Root has no password and no access key, so nobody can sign in as root', evidence }];
  }
  if (!root.value.mfa) {
    if (!desired.root) return [{ id, status: 'not-applicable', reason: 'The config does not ask for MFA of root', evidence }];
    return [
      {
        id,
        status: 'fail',
        reason: 'Root has no MFA device',
        evidence,
        remedy: {
          by: 'hand',
          instructions:
            'Sign in to the console as root and assign an MFA device; a passkey or a hardware key is best. AWS has no API for it.',
          url: rootCredentialsPage(partitionOf(partition).consoleHost),
        },
      },
    ];
  }
  return [{ id, status: 'pass', reason: 'Root has an MFA device', evidence }, rootHardware(virtual, partition)];
};

/** A device of root that is not in the list of virtual ones is a hardware key or a passkey. */
const rootHardware = (virtual: Observed['virtual'], partition: string): Found => {
  const id = 'mfa.root-hardware';
  if (!virtual.ok) return unknownFinding(id, virtual);
  const { evidence } = virtual;
  const device = virtual.value.find(({ holder }) => holder === 'root');
  if (device === undefined) return { id, status: 'pass', reason: 'The MFA device of root is a hardware key or a passkey', evidence };
  return {
    id,
    status: 'fail',
    reason: 'The MFA device of root is a virtual one, a seed that can be copied',
    observed: device.serial,
    evidence,
    remedy: {
      by: 'hand',
      instructions: 'Sign in to the console as root, assign a passkey or a hardware key, and remove the virtual device.',
      url: rootCredentialsPage(partitionOf(partition).consoleHost),
    },
  };
};

const adminFindings = (desired: Desired, observed: Observed): readonly Found[] => {
  const id = 'mfa.admin';
  if (!desired.admin)
    return [{ id, status: 'not-applicable', reason: 'The config does not ask for MFA of the administrator', evidence: [] }];
  if (observed.admin !== undefined) return [adminFinding(desired, observed, observed.admin)];
  const { users } = observed;
  if (users === undefined) return [];
  if (!users.ok) return [unknownFinding(id, users)];
  const findings = users.value.filter((user) => user.admin).flatMap((user) => userFinding(id, user, observed.partition));
  return findings.length > 0
    ? findings
    : [{ id, status: 'pass', reason: 'No administrator has a console password', evidence: users.evidence }];
};

const adminFinding = (desired: Desired, observed: Observed, { name, missing, password, devices }: ConsoleUser): Found => {
  const id = 'mfa.admin';
  const resource = name;
  if (!devices.ok) return unknownFinding(id, devices, resource);
  const { evidence } = devices;
  if (devices.value.length > 0) {
    return { id, status: 'pass', resource, reason: `${name} has an MFA device`, observed: devices.value.join(', '), evidence };
  }
  if (!password.ok) return unknownFinding(id, password, resource);
  if (password.value === undefined && (missing === true || !desired.passwordComing)) {
    return {
      id,
      status: 'not-applicable',
      resource,
      reason: `${name} has no console password, so there is nothing for MFA to protect`,
      evidence: password.evidence,
    };
  }
  const gap = { id, status: 'fail', resource, reason: `${name} has no MFA device`, evidence } as const;
  if (desired.assign === 'in-person') {
    const url = userPage(observed.partition, name);
    const instructions = `Sign in to the console as ${name}, open Security credentials and choose Assign MFA device. To have it done here, set mfa.assign: unattended.`;
    return { ...gap, remedy: { by: 'hand', instructions, url } };
  }
  if (!desired.destination) {
    const instructions = 'Say where the seed of the device is to go; without a place for it no device is made.';
    return { ...gap, remedy: { by: 'hand', instructions, command: 'bootstrap init --only mfa --secrets-file FILE' } };
  }
  if (!observed.virtual.ok) return unknownFinding(id, observed.virtual, resource);
  return { ...gap, remedy: { by: 'init', change: enrolment(name, observed.virtual.value) } };
};

const enrolment = (user: string, virtual: readonly VirtualDevice[]): EnrolMfa => {
  const leftover = virtual.find((device) => isOurLeftover(device) && (sameName(nameOf(device), user) || isNumbered(nameOf(device), user)));
  const deviceName = leftover === undefined ? freeName(user, virtual) : nameOf(leftover);
  return {
    kind: 'enrol-mfa',
    summary:
      `${leftover === undefined ? '' : 'Delete the device of an unfinished enrolment, and '}${leftover === undefined ? 'E' : 'e'}nrol a virtual MFA device for ${user} ` +
      'without a person; its seed is stored with the password, which is weaker than a device in a hand',
    risk: 'weaker',
    calls: [...(leftover === undefined ? [] : ['iam:DeleteVirtualMFADevice']), 'iam:CreateVirtualMFADevice', 'iam:EnableMFADevice'],
    user,
    deviceName,
    replacesLeftover: leftover?.serial ?? null,
  };
};

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

/**
 * Devices that belong to nobody. Ours go when a person approves the plan; one that was not made here may be somebody's enrolment
 * that is going on in this minute, so it is named and left alone, and is no gap: nothing that `init` could do would end it.
 */
const leftoverFindings = ({ virtual }: Observed, admins: readonly Found[]): readonly Found[] => {
  const id = 'mfa.leftover';
  if (!virtual.ok) return [unknownFinding(id, virtual)];
  const unassigned = virtual.value.filter(({ holder }) => holder === 'nobody');
  if (unassigned.length === 0) return [{ id, status: 'pass', reason: 'Every virtual MFA device is assigned', evidence: virtual.evidence }];
  const enrolments = admins.flatMap(({ remedy }) => (remedy?.by === 'init' ? [remedy.change] : []));
  return unassigned.map(({ serial, ours }): Found => {
    if (!ours.ok) return unknownFinding(id, ours, serial);
    const base = { id, resource: serial, evidence: [...virtual.evidence, ...ours.evidence] };
    if (!ours.value)
      return { ...base, status: 'pass', reason: 'The device is assigned to nobody, but was not made here, so it is left alone' };
    const replacing = enrolments.find((change) => change.kind === 'enrol-mfa' && change.replacesLeftover === serial);
    const change = replacing ?? {
      kind: 'delete-leftover-device',
      summary: `Delete the MFA device ${serial}, left from an unfinished enrolment`,
      risk: 'none',
      calls: ['iam:DeleteVirtualMFADevice'],
      serial,
    };
    return { ...base, status: 'fail', reason: 'The device is left from an unfinished enrolment', remedy: { by: 'init', change } };
  });
};

const otherFindings = (desired: Desired, observed: Observed): readonly Found[] => {
  const id = 'mfa.console-users';
  const { users } = observed;
  if (!desired.audit || users === undefined) return [];
  if (!users.ok) return [unknownFinding(id, users)];
  const { adminName } = desired;
  const others = users.value.filter((user) => (adminName === undefined ? !user.admin : !sameName(user.name, adminName)));
  const findings = others.flatMap((user) => userFinding(id, user, observed.partition));
  return findings.length > 0
    ? findings
    : [{ id, status: 'pass', reason: 'No other user has a console password', evidence: users.evidence }];
};

/** One user's finding; none without a console password. */
const userFinding = (id: string, { name, password, devices }: ConsoleUser, partition: string): readonly Found[] => {
  const resource = name;
  if (!password.ok) return [unknownFinding(id, password, resource)];
  if (password.value === undefined) return [];
  if (!devices.ok) return [unknownFinding(id, devices, resource)];
  const { evidence } = devices;
  if (devices.value.length > 0)
    return [{ id, status: 'pass', resource, reason: `${name} has an MFA device`, observed: devices.value.join(', '), evidence }];
  return [
    {
      id,
      status: 'fail',
      resource,
      reason: `${name} has a console password and no MFA device`,
      evidence,
      remedy: { by: 'hand', instructions: `Have ${name} assign an MFA device under Security credentials.`, url: userPage(partition, name) },
    },
  ];
};

const userPage = (partition: string, user: string): string =>
  `https://${partitionOf(partition).consoleHost}/iam/home#/users/details/${encodeURIComponent(user)}?section=security_credentials`;
