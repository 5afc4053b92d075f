import { AmbiguousWriteError, type AwsError, awsInfo, isAwsError, malformedSeed } from '../../core/aws-error.js';
import type { EnrolRequest } from '../../core/enrol.js';
import { BootstrapError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import type { ApplyContext } from '../../core/step.js';
import { readAlias } from '../shared/account.js';
import { readBackIfExists, recordInJournal } from '../shared/journal.js';
import { readMfaDevices } from '../shared/people.js';
import type { EnrolMfa } from './state.js';

/** By this tag a later run knows a device for ours. */
export const ownTag = { Key: 'created-by', Value: 'aws-account-bootstrap' } as const;

/** How many pairs of codes are tried: a clock that is a little off needs a second one. */
const attempts = 3;

/**
 * Makes a device and assigns it with two codes. A seed that is kept is stored before: from then on the console asks for its codes, and
 * nobody else may have them. A run that dies before leaves a device of nobody with our tag, which the next run replaces.
 */
export const enrol = async (context: ApplyContext, change: EnrolMfa): Promise<void> => {
  const { cloud, secrets, journal } = context;
  const { user, by, stored, deviceName, replacesLeftover } = change;
  const accountId = await context.accountId();
  if (stored) await secrets.reserve(accountId);
  const { id: entry } = await journal.open({ accountId, kind: 'mfa-seed', user, before: [], replaces: null });
  if (replacesLeftover !== null) {
    context.notify(`deleting the MFA device ${replacesLeftover} of an unfinished enrolment`);
    await deleteDevice(context, replacesLeftover);
  }
  const { VirtualMFADevice: device } = await readBackIfExists(
    cloud.write('iam:CreateVirtualMFADevice', { VirtualMFADeviceName: deviceName, Tags: [ownTag] }),
  ).catch(async (error: unknown) => {
    if (!isAwsError(error, malformedSeed)) throw error;
    // Nothing was stored and no one has scanned it.
    const { partition } = await context.caller();
    await takeBack(context, `arn:${partition}:iam::${accountId}:mfa/${deviceName}`, user);
    await recordInJournal(context, entry, { state: 'closed' });
    throw seedRefused(user, error);
  });
  const { SerialNumber: serial, Base32StringSeed: seed } = device;
  await recordInJournal(context, entry, { made: serial });
  const store = async (): Promise<void> => {
    await secrets.store({ kind: 'mfa-seed', user, serial, seed });
    await recordInJournal(context, entry, { state: 'stored', place: secrets.place('mfa-seed') });
  };
  // A person may put it off: then there is nothing to keep.
  if (stored && by === 'nobody') await store();
  const request = { by, user, serial, seed, device: deviceName, account: await accountName(context, accountId) };
  const enabled = await enable(context, request, stored && by === 'person' ? store : async () => {});
  if (!enabled) await takeBack(context, serial, user);
  await recordInJournal(context, entry, { state: 'closed' });
  if (!enabled) throw putOff(user);
  await context.enrol.accepted(request);
};

/** Whether the device is assigned now; false when the person put it off. */
const enable = async (context: ApplyContext, request: Omit<EnrolRequest, 'attempt'>, before: () => Promise<void>): Promise<boolean> => {
  const { user, serial } = request;
  let kept = false;
  for (let attempt = 0; ; attempt += 1) {
    const pair = await context.enrol.codes({ ...request, attempt });
    if (pair === 'later') return false;
    if (!kept) await before();
    kept = true;
    try {
      await assign(context, user, serial, pair);
      return true;
    } catch (error) {
      const last = attempt + 1 >= attempts;
      if (isAwsError(error, 'InvalidAuthenticationCode')) {
        if (last) throw codesRefused(user, error);
      } else if (last || request.by === 'nobody' || !(error instanceof AmbiguousWriteError)) throw error;
      // A lost answer that came to nothing, as far as one can see: new codes for the device that a person has scanned already. Should
      // it have come to something after all, AWS says that the device is in use.
    }
  }
};

/** The answer may get lost, and "already in use" follows a first try that worked: what counts is whether the user has this device. */
const assign = async ({ cloud }: ApplyContext, user: string, serial: string, [one, two]: readonly [Secret, Secret]): Promise<void> => {
  try {
    await readBackIfExists(
      cloud.write('iam:EnableMFADevice', { UserName: user, SerialNumber: serial, AuthenticationCode1: one, AuthenticationCode2: two }),
    );
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) throw error;
    const seen = await readMfaDevices(cloud, user);
    if (!seen.ok || !seen.value.includes(serial)) throw error;
  }
};

/** A device that the person wants no more. Should this fail, it is ours, and the next run deletes it. */
const takeBack = async (context: ApplyContext, serial: string, user: string): Promise<void> => {
  try {
    await deleteDevice(context, serial);
  } catch (error) {
    context.notify(
      `the unassigned device of ${user} is left for the next run to delete: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

/** As AWS writes it into its own QR code: the alias, which tells a person more, else the number. */
const accountName = async ({ cloud }: ApplyContext, accountId: string): Promise<string> => {
  const alias = await readAlias(cloud);
  return (alias.ok ? alias.value : undefined) ?? accountId;
};

export const deleteDevice = async ({ cloud }: Pick<ApplyContext, 'cloud'>, serial: string): Promise<void> => {
  try {
    // AWS refuses with DeleteConflict when somebody has finished the enrolment meanwhile.
    await cloud.write('iam:DeleteVirtualMFADevice', { SerialNumber: serial });
  } catch (error) {
    if (!isAwsError(error, 'NoSuchEntity')) throw error;
  }
};

const putOff = (user: string): BootstrapError =>
  new BootstrapError({
    code: 'E-MFA-LATER',
    step: 'mfa',
    message: `${user} has no MFA device: you left it for later. The one just made is deleted; if you scanned it, remove its entry.`,
    next: `run \`bootstrap init --only mfa --mfa-users ${user}\` when an authenticator is at hand; it makes a new device.`,
    retryable: true,
    changed: true,
  });

const seedRefused = (user: string, error: AwsError): BootstrapError =>
  new BootstrapError({
    code: 'E-MFA-SEED',
    step: 'mfa',
    message: `The seed that AWS gave for the MFA device of ${user} is not base32, so no authenticator can use it. The device was not assigned.`,
    next: 'If requests go to another endpoint than AWS itself, fix that endpoint; otherwise run the same command again.',
    changed: true,
    aws: { operation: error.operation, error: error.code, ...(error.requestId === undefined ? {} : { requestId: error.requestId }) },
    cause: error,
  });

const codesRefused = (user: string, error: AwsError): BootstrapError =>
  new BootstrapError({
    code: 'E-MFA-CODES',
    step: 'mfa',
    message: `AWS refused ${attempts} pairs of codes for the MFA device of ${user}; the device is made, but not assigned.`,
    next: 'Set the clocks of this computer and of what shows the codes (codes depend on the time), and run the same command again.',
    changed: true,
    aws: awsInfo(error),
    cause: error,
  });
