import { partitionOf } from '../../core/account.js';
import type { Finding } from '../../core/finding.js';
import { unknownFinding } from '../../core/reading.js';
import { shellWord } from '../../core/text.js';
import { type ConsoleUser, type Desired, type EnrolMfa, type MfaChange, type Observed, unattended, type VirtualDevice } from './state.js';
import { rootCredentialsPage, sameName } from '../shared/people.js';

/** The findings of the mfa step: how the account differs from the config, and the changes that fix it. */

export const assessMfa = (desired: Desired, observed: Observed): readonly Found[] => {
  const admins = adminFindings(desired, observed);
  const named = namedFindings(desired, observed);
  const leftovers = leftoverFindings(observed, [...admins, ...named]);
  return [...rootFindings(desired, observed), ...leftovers, ...admins, ...named, ...otherFindings(desired, observed)];
};

const rootFindings = (desired: Desired, { root, virtual, partition }: Observed): readonly Found[] => {
  const id = 'mfa.root';
  // CIS exempts GovCloud: its root has neither console nor MFA of its own. https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-iam.html
  if (partition === 'aws-us-gov')
    return [{ id, status: 'not-applicable', reason: 'In GovCloud the root user cannot sign in to the console', evidence: [] }];
  if (!root.ok) return [unknownFinding(id, root), ...(desired.audit ? [unknownFinding('mfa.root-hardware', root)] : [])];
  const { evidence } = root;
  if (!root.value.mfa && !root.value.password && !root.value.accessKey) {
    return [{ id, status: 'not-applicable', reason: 'Root has no password and no access key, so no one can sign in as root', evidence }];
  }
  if (!root.value.mfa) {
    if (!desired.root) return [{ id, status: 'not-applicable', reason: 'The config does not require MFA for root', evidence }];
    return [
      {
        id,
        status: 'fail',
        reason: 'Root has no MFA device',
        evidence,
        remedy: {
          by: 'hand',
          instructions:
            'Sign in to the console as root and assign an MFA device; a passkey or a hardware key is best. AWS has no API for this.',
          url: rootCredentialsPage(partitionOf(partition).consoleHost),
        },
      },
    ];
  }
  return [{ id, status: 'pass', reason: 'Root has an MFA device', evidence }, rootHardware(virtual, partition)];
};

/** A device of root that is not in the list of virtual devices is a hardware key or a passkey. */
const rootHardware = (virtual: Observed['virtual'], partition: string): Found => {
  const id = 'mfa.root-hardware';
  if (!virtual.ok) return unknownFinding(id, virtual);
  const { evidence } = virtual;
  const device = virtual.value.find(({ holder }) => holder === 'root');
  if (device === undefined) return { id, status: 'pass', reason: 'The MFA device of root is a hardware key or a passkey', evidence };
  return {
    id,
    status: 'fail',
    reason: 'The MFA device of root is virtual: its seed can be copied',
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
    return [{ id, status: 'not-applicable', reason: 'The config does not require MFA for the administrator', evidence: [] }];
  if (observed.admin !== undefined) return [adminFinding(desired, observed, observed.admin)];
  const { users } = observed;
  if (users === undefined) return [];
  if (!users.ok) return [unknownFinding(id, users)];
  const admins = users.value.filter((user) => user.admin && !isNamed(observed, user.name));
  // Unattended, only the administrator of the config gets a device. Others are enrolled in person only.
  const inPerson = desired.assign === 'in-person' && desired.present;
  const findings = admins.flatMap((user) =>
    inPerson && user.password.ok && user.password.value !== undefined
      ? [enrolled(id, desired, observed, user)]
      : userFinding(id, user, observed.partition),
  );
  const elsewhere = identityCenterFinding(desired, observed, users.evidence);
  if (elsewhere !== undefined || findings.length > 0) return [...(elsewhere === undefined ? [] : [elsewhere]), ...findings];
  return [{ id, status: 'pass', reason: `No administrator has a console password${reportedAge(admins)}`, evidence: users.evidence }];
};

/** Users of IAM Identity Center have their MFA devices there. IAM users who are also administrators are still assessed. */
const identityCenterFinding = (desired: Desired, { identityCenterRoles }: Observed, evidence: Found['evidence']): Found | undefined => {
  if (!desired.identityCenter && identityCenterRoles.length === 0) return undefined;
  const reason = 'Administrators sign in through IAM Identity Center, which asks for MFA itself; their devices are not in this account';
  return { id: 'mfa.admin', status: 'not-applicable', reason, evidence };
};

const adminFinding = (desired: Desired, observed: Observed, user: ConsoleUser): Found => {
  const id = 'mfa.admin';
  const { missing, password } = user;
  if (hasDevice(user) !== true && password.ok && password.value === undefined && (missing === true || !desired.passwordComing))
    return nothingToProtect(id, user);
  return enrolled(id, desired, observed, user);
};

/** Other users of the config. `init` does not create them, so a name that does not exist is a mistake in the config. */
const namedFindings = (desired: Desired, observed: Observed): readonly Found[] =>
  observed.named.map((user) => ({ ...namedFinding('mfa.console-users', desired, observed, user), kind: 'wanted' }));

const namedFinding = (id: string, desired: Desired, observed: Observed, user: ConsoleUser): Found => {
  const { missing, name, devices, password } = user;
  if (missing === true) {
    const instructions = `Correct mfa.users in the config (or --mfa-users), or create the user ${name} first.`;
    const remedy = { by: 'hand', instructions } as const;
    return { id, status: 'fail', resource: name, reason: `The user ${name} does not exist`, evidence: devices.evidence, remedy };
  }
  if (hasDevice(user) !== true && password.ok && password.value === undefined) return nothingToProtect(id, user);
  return enrolled(id, desired, observed, user);
};

/**
 * Unassigned devices. Those of this tool are deleted after you approve the plan. One that this tool did not create may belong to an
 * enrolment in progress, so it is reported and not deleted. It passes, because `init` could not fix it.
 */
const leftoverFindings = ({ virtual }: Observed, admins: readonly Found[]): readonly Found[] => {
  const id = 'mfa.leftover';
  if (!virtual.ok) return [unknownFinding(id, virtual)];
  const unassigned = virtual.value.filter(({ holder }) => holder === 'none');
  if (unassigned.length === 0) return [{ id, status: 'pass', reason: 'Every virtual MFA device is assigned', evidence: virtual.evidence }];
  const enrolments = admins.flatMap(({ remedy }) => (remedy?.by === 'init' ? [remedy.change] : []));
  return unassigned.map(({ serial, ours }): Found => {
    if (!ours.ok) return unknownFinding(id, ours, serial);
    const base = { id, resource: serial, evidence: [...virtual.evidence, ...ours.evidence] };
    if (!ours.value)
      return { ...base, status: 'pass', reason: 'The device is not assigned, but this tool did not create it, so it is not deleted' };
    const replacement = enrolments.find((change) => change.kind === 'enrol-mfa' && change.replacesLeftover === serial);
    const change = replacement ?? {
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
  const others = users.value.filter(
    (user) => !isNamed(observed, user.name) && (adminName === undefined ? !user.admin : !sameName(user.name, adminName)),
  );
  const findings = others.flatMap((user) => userFinding(id, user, observed.partition));
  return findings.length > 0
    ? findings
    : [{ id, status: 'pass', reason: `No other user has a console password${reportedAge(others)}`, evidence: users.evidence }];
};

/** The age of the credential report that shows that users have no password; empty if all of them were read live. */
const reportedAge = (users: readonly ConsoleUser[]): string => users.find(({ reported }) => reported !== undefined)?.reported ?? '';

const isNamed = ({ named }: Observed, name: string): boolean => named.some((user) => sameName(user.name, name));

/** One user's finding; none without a console password. */
const userFinding = (id: string, user: ConsoleUser, partition: string): readonly Found[] => {
  const { name, password, devices, reported = '' } = user;
  const resource = name;
  if (!password.ok) return [unknownFinding(id, password, resource)];
  if (password.value === undefined) return [];
  if (!devices.ok) return [unknownFinding(id, devices, resource)];
  const { evidence } = devices;
  if (devices.value.length > 0)
    return [{ id, status: 'pass', resource, reason: `${name} has an MFA device${reported}`, observed: devices.value.join(', '), evidence }];
  return [
    {
      id,
      status: 'fail',
      resource,
      reason: `${describeUser(user)} has a console password and no MFA device${reported}`,
      evidence,
      remedy: {
        by: 'hand',
        instructions: `Have ${name} assign an MFA device under Security credentials, or enrol ${name} at a terminal.`,
        command: `bootstrap init --only mfa --mfa-users ${shellWord(name)}`,
        url: userPage(partition, name),
      },
    },
  ];
};

export type Found = Finding<MfaChange>;

/** Whether the user has a device; undefined if the devices could not be read. */
const hasDevice = ({ devices }: ConsoleUser): boolean | undefined => (devices.ok ? devices.value.length > 0 : undefined);

/** The name, and the condition under which the user is an administrator. */
const describeUser = ({ name, conditions = [] }: ConsoleUser): string =>
  conditions.length === 0 ? name : `${name}, an administrator under a condition on ${conditions.join(', ')},`;

const nothingToProtect = (id: string, { name, devices, password }: ConsoleUser): Found => {
  if (!devices.ok) return unknownFinding(id, devices, name);
  const reason = `${name} has no console password, so there is nothing for MFA to protect`;
  return { id, status: 'not-applicable', resource: name, reason, evidence: password.evidence };
};

/** A user who needs a device: passes with one, else `init` enrols one, or the finding explains what you can do. */
const enrolled = (id: string, desired: Desired, observed: Observed, user: ConsoleUser): Found => {
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
    const instructions = `Run \`init\` at a terminal, together with ${name}, who scans a code; or have ${name} sign in to the console and choose Assign MFA device under Security credentials. To enrol without a terminal, set mfa.assign: unattended.`;
    return { ...gap, remedy: { by: 'hand', instructions, command: 'bootstrap init --only mfa', url } };
  }
  const stored = !inPerson || desired.keepSeed;
  if (stored && !desired.destination) {
    const instructions = 'Choose a destination for the seed of the device. Without one, no device is created.';
    return { ...gap, remedy: { by: 'hand', instructions, command: 'bootstrap init --only mfa --secrets-file FILE' } };
  }
  if (!observed.virtual.ok) return unknownFinding(id, observed.virtual, resource);
  return {
    ...gap,
    remedy: { by: 'init', change: enrolment(name, observed.virtual.value, { by: inPerson ? 'person' : unattended, stored }) },
  };
};

const enrolment = (user: string, virtual: readonly VirtualDevice[], how: Pick<EnrolMfa, 'by' | 'stored'>): EnrolMfa => {
  const leftover = virtual.find(
    (device) => isOurLeftover(device) && [nameOf(device), withoutNumber(nameOf(device))].some((name) => sameName(name, user)),
  );
  const deviceName = leftover === undefined ? freeName(user, virtual) : nameOf(leftover);
  return {
    kind: 'enrol-mfa',
    summary: `${leftover === undefined ? '' : 'Delete the device of an unfinished enrolment, and '}${leftover === undefined ? 'E' : 'e'}nrol a virtual MFA device for ${user}${summaries[how.by][how.stored ? 'stored' : 'shown']}`,
    risk: how.stored ? 'weaker' : 'none',
    calls: [
      ...(leftover === undefined ? [] : ['iam:DeleteVirtualMFADevice']),
      'iam:CreateVirtualMFADevice',
      'iam:EnableMFADevice',
      // If the user chooses to enrol later.
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
    shown: ' (a QR code to scan here, then two codes to type)',
    stored: ' (a QR code to scan here, then two codes to type); its seed is stored too',
  },
  [unattended]: {
    shown: '',
    stored: '; its seed is stored with the password',
  },
} as const satisfies Readonly<Record<EnrolMfa['by'], object>>;

const isOurLeftover = ({ holder, ours }: VirtualDevice): boolean => holder === 'none' && ours.ok && ours.value;

/** The part after `mfa/` in the ARN, including a path. */
const nameOf = ({ serial }: VirtualDevice): string => serial.slice(serial.indexOf(':mfa/') + ':mfa/'.length);

/** `alex` for `alex-2`: this tool numbers the devices of a user. */
const withoutNumber = (name: string): string => name.replace(/-\d+$/, '');

const freeName = (user: string, virtual: readonly VirtualDevice[]): string => {
  const taken = (name: string): boolean => virtual.some((device) => sameName(nameOf(device), name));
  if (!taken(user)) return user;
  for (let number = 2; ; number += 1) {
    if (!taken(`${user}-${number}`)) return `${user}-${number}`;
  }
};

const userPage = (partition: string, user: string): string =>
  `https://${partitionOf(partition).consoleHost}/iam/home#/users/details/${encodeURIComponent(user)}?section=security_credentials`;
