import { AmbiguousWriteError, type AwsError, awsInfo, isAwsError, malformedSeed } from '../../core/aws-error.js';
import type { EnrolRequest } from '../../core/enrol.js';
import { BootstrapError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import type { ApplyContext } from '../../core/step.js';
import { shellWord } from '../../core/text.js';
import { type EnrolMfa, unattended } from './state.js';
import { readAlias } from '../shared/account.js';
import { ownTag } from '../shared/created-users.js';
import { readBackIfExists, recordInJournal } from '../shared/journal.js';
import { readMfaDevices } from '../shared/people.js';

/** How many pairs of codes are tried: if a clock is slightly off, a second pair is needed. */
const maxAttempts = 3;

/**
 * Creates a device and assigns it with two codes. A seed that is to be stored is stored before that, because from then on the console
 * asks for its codes. A run that ends before that leaves an unassigned device with our tag, which the next run replaces.
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
    // The seed was neither stored nor scanned.
    const { partition } = await context.caller();
    await discardDevice(context, `arn:${partition}:iam::${accountId}:mfa/${deviceName}`, user);
    await recordInJournal(context, entry, { state: 'closed' });
    throw invalidSeed(user, error);
  });
  const { SerialNumber: serial, Base32StringSeed: seed } = device;
  await recordInJournal(context, entry, { made: serial });
  const store = async (): Promise<void> => {
    await secrets.store({ kind: 'mfa-seed', user, serial, seed });
    await recordInJournal(context, entry, { state: 'stored', place: secrets.place('mfa-seed') });
  };
  // In person, the seed is stored only after the first codes were typed: the user may still choose to enrol later.
  if (stored && by === unattended) await store();
  // Shown in the authenticator, so only if someone scans the code.
  const account = by === 'person' ? await accountName(context, accountId) : accountId;
  const request = { by, user, serial, seed, device: deviceName, account };
  const enabled = await enable(context, request, stored && by === 'person' ? store : async () => {});
  if (!enabled) await discardDevice(context, serial, user);
  await recordInJournal(context, entry, { state: 'closed' });
  if (!enabled) throw deferred(user);
  await context.enrol.accepted(request);
};

/** Assigns the device; false if the user chose to enrol later. `beforeAssign` runs once, before the first pair of codes is sent. */
const enable = async (
  context: ApplyContext,
  request: Omit<EnrolRequest, 'attempt'>,
  beforeAssign: () => Promise<void>,
): Promise<boolean> => {
  const { user, serial } = request;
  let prepared = false;
  for (let attempt = 0; ; attempt += 1) {
    const pair = await context.enrol.codes({ ...request, attempt });
    if (pair === 'later') return false;
    if (!prepared) await beforeAssign();
    prepared = true;
    try {
      await assign(context, user, serial, pair);
      return true;
    } catch (error) {
      const last = attempt + 1 >= maxAttempts;
      if (isAwsError(error, 'InvalidAuthenticationCode')) {
        if (last) throw codesRefused(user, error);
      } else if (last || request.by === unattended || !(error instanceof AmbiguousWriteError)) throw error;
      // The response was lost and the device does not show as assigned: ask for new codes for the device that was already scanned. If
      // it was assigned after all, AWS answers that the device is in use.
    }
  }
};

/** If the response is lost, or AWS answers "already in use" after a first attempt that worked, check whether the user has this device. */
const assign = async ({ cloud }: ApplyContext, user: string, serial: string, [one, two]: readonly [Secret, Secret]): Promise<void> => {
  try {
    await readBackIfExists(
      cloud.write('iam:EnableMFADevice', { UserName: user, SerialNumber: serial, AuthenticationCode1: one, AuthenticationCode2: two }),
    );
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) throw error;
    const devices = await readMfaDevices(cloud, user);
    if (!devices.ok || !devices.value.includes(serial)) throw error;
  }
};

/** Deletes a device that is not going to be assigned. If this fails, the next run deletes it, because it has our tag. */
const discardDevice = async (context: ApplyContext, serial: string, user: string): Promise<void> => {
  try {
    await deleteDevice(context, serial);
  } catch (error) {
    context.notify(
      `the unassigned device of ${user} could not be deleted; the next run deletes it: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

/** The account name as in AWS's own QR code: the alias, or else the account id. */
const accountName = async ({ cloud }: ApplyContext, accountId: string): Promise<string> => {
  const alias = await readAlias(cloud);
  return (alias.ok ? alias.value : undefined) ?? accountId;
};

export const deleteDevice = async ({ cloud }: Pick<ApplyContext, 'cloud'>, serial: string): Promise<void> => {
  try {
    // AWS answers DeleteConflict if someone has finished the enrolment in the meantime.
    await cloud.write('iam:DeleteVirtualMFADevice', { SerialNumber: serial });
  } catch (error) {
    if (!isAwsError(error, 'NoSuchEntity')) throw error;
  }
};

const deferred = (user: string): BootstrapError =>
  new BootstrapError({
    code: 'E-MFA-LATER',
    step: 'mfa',
    message: `${user} has no MFA device: you chose to enrol later. The new device was deleted; if you scanned its code, remove the entry from your authenticator.`,
    next: `when your authenticator is ready, run \`bootstrap init --only mfa --mfa-users ${shellWord(user)}\`; it creates a new device.`,
    retryable: true,
    changed: true,
  });

const invalidSeed = (user: string, error: AwsError): BootstrapError =>
  new BootstrapError({
    code: 'E-MFA-SEED',
    step: 'mfa',
    message: `The seed that AWS returned for the MFA device of ${user} is not base32, so no authenticator can use it. The device was not assigned.`,
    next: 'If requests go to an endpoint other than AWS, fix that endpoint; otherwise run the same command again.',
    changed: true,
    aws: awsInfo(error),
    cause: error,
  });

const codesRefused = (user: string, error: AwsError): BootstrapError =>
  new BootstrapError({
    code: 'E-MFA-CODES',
    step: 'mfa',
    message: `AWS refused ${maxAttempts} pairs of codes for the MFA device of ${user}; the device was created, but not assigned.`,
    next: 'Check the clocks of this computer and of the authenticator (codes depend on the time), and run the same command again.',
    changed: true,
    aws: awsInfo(error),
    cause: error,
  });
