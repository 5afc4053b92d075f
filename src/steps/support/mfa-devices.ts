import { partitionOf } from '../../core/account.js';
import { unknownFinding } from '../../core/reading.js';
import { describeUser, deviceSeen, enrolled, type Found, nothingToProtect, userPage } from './mfa-enrolment.js';
import type { ConsoleUser, Desired, Observed } from './mfa-state.js';
import { sameName } from './people.js';
import { rootCredentialsPage } from './root-user.js';

/** The judgement of the mfa step: what is wanted, what was seen, and the gaps between them. */

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
  const admins = users.value.filter((user) => user.admin && !isNamed(observed, user.name));
  // Nobody gets a device behind their back: without a person this is for the administrator who is named.
  const inPerson = desired.assign === 'in-person' && desired.present;
  const findings = admins.flatMap((user) =>
    inPerson && user.password.ok && user.password.value !== undefined
      ? [enrolled(id, desired, observed, user)]
      : userFinding(id, user, observed.partition),
  );
  const elsewhere = identityCenterFinding(desired, observed, users.evidence);
  if (elsewhere !== undefined || findings.length > 0) return [...(elsewhere === undefined ? [] : [elsewhere]), ...findings];
  return [{ id, status: 'pass', reason: 'No administrator has a console password', evidence: users.evidence }];
};

/** Who signs in through IAM Identity Center has the MFA device there. IAM users who are administrators besides are judged all the same. */
const identityCenterFinding = (desired: Desired, { identityCenterRoles }: Observed, evidence: Found['evidence']): Found | undefined => {
  if (!desired.identityCenter && identityCenterRoles.length === 0) return undefined;
  const reason = 'Administrators sign in through IAM Identity Center, which asks for MFA itself; the account has no device of theirs';
  return { id: 'mfa.admin', status: 'not-applicable', reason, evidence };
};

const adminFinding = (desired: Desired, observed: Observed, user: ConsoleUser): Found => {
  const id = 'mfa.admin';
  const { missing, password } = user;
  if (deviceSeen(user) !== true && password.ok && password.value === undefined && (missing === true || !desired.passwordComing))
    return nothingToProtect(id, user);
  return enrolled(id, desired, observed, user);
};

/** Users that the config names besides the administrator. They are there already, or it is a slip of the pen. */
const namedFindings = (desired: Desired, observed: Observed): readonly Found[] =>
  observed.named.map((user) => ({ ...namedFinding('mfa.console-users', desired, observed, user), kind: 'wanted' }));

const namedFinding = (id: string, desired: Desired, observed: Observed, user: ConsoleUser): Found => {
  const { missing, name, devices, password } = user;
  if (missing === true) {
    const instructions = `Mend mfa.users in the config (or --mfa-users), or make the user ${name} first.`;
    const remedy = { by: 'hand', instructions } as const;
    return { id, status: 'fail', resource: name, reason: `There is no user ${name}`, evidence: devices.evidence, remedy };
  }
  if (deviceSeen(user) !== true && password.ok && password.value === undefined) return nothingToProtect(id, user);
  return enrolled(id, desired, observed, user);
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
  const others = users.value.filter(
    (user) => !isNamed(observed, user.name) && (adminName === undefined ? !user.admin : !sameName(user.name, adminName)),
  );
  const findings = others.flatMap((user) => userFinding(id, user, observed.partition));
  return findings.length > 0
    ? findings
    : [{ id, status: 'pass', reason: 'No other user has a console password', evidence: users.evidence }];
};

const isNamed = ({ named }: Observed, name: string): boolean => named.some((user) => sameName(user.name, name));

/** One user's finding; none without a console password. */
const userFinding = (id: string, user: ConsoleUser, partition: string): readonly Found[] => {
  const { name, password, devices } = user;
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
      reason: `${describeUser(user)} has a console password and no MFA device`,
      evidence,
      remedy: {
        by: 'hand',
        instructions: `Have ${name} assign an MFA device under Security credentials, or enrol ${name} at a terminal.`,
        command: `bootstrap init --only mfa --mfa-users ${name}`,
        url: userPage(partition, name),
      },
    },
  ];
};
