import { Secret, TOTP } from 'otpauth';
import { type Behaviours, Fault } from '../../behaviour.js';
import {
  absent,
  arnOf,
  conflict,
  date,
  exists,
  findUser,
  implicitUser,
  listing,
  optionalDate,
  overQuota,
  quotas,
  readTags,
  rootShape,
  someTags,
  tagList,
  userShape,
} from './entities.js';
import type { AccountWorld, MfaDeviceWorld, UserWorld } from '../../world.js';

const root = ':root';

export const mfaDevices: Behaviours = {
  CreateVirtualMFADevice(input, { account, now, random }) {
    const serial = arnOf(account, 'mfa', { path: input.Path ?? '/', name: input.VirtualMFADeviceName });
    if (devices(account).some((device) => device.serial.toLowerCase() === serial.toLowerCase())) {
      throw exists('MFADevice entity at the same path and name already exists.');
    }
    if (account.mfaDevices.length >= quotas.users) throw overQuota('VirtualMFADevicesPerAccount', quotas.users);
    const seed = random(64, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
    const tags = readTags(input.Tags);
    account.mfaDevices.push({ serial, seed, kind: 'virtual', user: null, enabledAt: null, createdAt: now.toISOString(), tags });
    return {
      VirtualMFADevice: {
        SerialNumber: serial,
        Base32StringSeed: Buffer.from(seed),
        QRCodePNG: Buffer.from(emptyPng, 'base64'),
        Tags: someTags(tags),
      },
    };
  },

  EnableMFADevice(input, { account, now }) {
    const user = findUser(account, input.UserName);
    const device = findDevice(account, input.SerialNumber);
    if (device.user !== null) throw exists('MFA Device is already in use.');
    if (account.mfaDevices.filter((each) => each.user === user.name).length >= quotas.mfaDevicesPerUser) {
      throw overQuota('MFADevicesPerUser', quotas.mfaDevicesPerUser);
    }
    useCodes(device, input, now);
    device.user = user.name;
    device.enabledAt = now.toISOString();
    return {};
  },

  ResyncMFADevice(input, { account, now }) {
    useCodes(deviceOf(account, input), input, now);
    return {};
  },

  DeactivateMFADevice(input, scene) {
    const user = implicitUser(input.UserName, scene);
    const device = deviceOf(scene.account, { UserName: user === 'root' ? root : user.name, SerialNumber: input.SerialNumber });
    device.user = null;
    device.enabledAt = null;
    if (user === 'root') scene.account.root.mfa = 'none';
    if (device.kind !== 'virtual') scene.account.mfaDevices = scene.account.mfaDevices.filter((each) => each !== device);
    return {};
  },

  DeleteVirtualMFADevice(input, { account }) {
    const device = findDevice(account, input.SerialNumber);
    if (device.user !== null) throw conflict('Cannot delete entity, must deactivate MFA device first.');
    account.mfaDevices = account.mfaDevices.filter((each) => each !== device);
    return {};
  },

  /** Devices of every kind. */
  ListMFADevices(input, scene) {
    const user = implicitUser(input.UserName, scene);
    const owned = devices(scene.account).filter((device) => device.user === (user === 'root' ? root : user.name));
    const shapes = owned.map((device) => ({
      UserName: user === 'root' ? undefined : user.name,
      SerialNumber: device.serial,
      EnableDate: date(device.enabledAt ?? device.createdAt),
    }));
    return listing('MFADevices', shapes, input);
  },

  /** Includes root's device. Without seeds, QR codes and tags. */
  ListVirtualMFADevices(input, { account }) {
    const status = input.AssignmentStatus ?? 'Any';
    const wanted = devices(account).filter(
      (device) => device.kind === 'virtual' && (status === 'Any' || (status === 'Assigned') === (device.user !== null)),
    );
    const shapes = wanted.map((device) => ({
      SerialNumber: device.serial,
      User: ownerShape(account, device),
      EnableDate: optionalDate(device.enabledAt),
    }));
    return listing('VirtualMFADevices', shapes, input);
  },

  ListMFADeviceTags(input, { account }) {
    return listing('Tags', tagList(findDevice(account, input.SerialNumber).tags), input);
  },
};

/** All devices. A world may state that root has a virtual device without listing one. */
export function devices(account: AccountWorld): readonly MfaDeviceWorld[] {
  const listed = account.mfaDevices;
  if (account.root.mfa !== 'virtual' || listed.some((device) => device.user === root)) return listed;
  const serial = arnOf(account, 'mfa', { path: '/', name: 'root-account-mfa-device' });
  return [
    ...listed,
    { serial, seed: null, kind: 'virtual', user: root, enabledAt: account.createdAt, createdAt: account.createdAt, tags: {} },
  ];
}

export const rootHasMfa = (account: AccountWorld): boolean =>
  account.root.mfa !== 'none' || account.mfaDevices.some((device) => device.user === root);

export const userHasMfa = (account: AccountWorld, user: UserWorld): boolean =>
  account.mfaDevices.some((device) => device.user === user.name);

const findDevice = (account: AccountWorld, serial: string): MfaDeviceWorld =>
  devices(account).find((device) => device.serial === serial) ?? absent(`VirtualMFADevice with serial number ${serial} doesn't exist.`);

function deviceOf(account: AccountWorld, named: { readonly UserName: string; readonly SerialNumber: string }): MfaDeviceWorld {
  if (named.UserName !== root) findUser(account, named.UserName);
  const device = devices(account).find((each) => each.serial === named.SerialNumber && each.user === named.UserName);
  return device ?? absent(`MFA Device ${named.SerialNumber} invalid for user.`);
}

function useCodes(
  device: MfaDeviceWorld,
  input: { readonly AuthenticationCode1: string; readonly AuthenticationCode2: string },
  now: Date,
): void {
  const step = stepOfPair(device, input.AuthenticationCode1, input.AuthenticationCode2, now);
  if (step === undefined) throw new Fault('InvalidAuthenticationCode', 403, 'Authentication code for device is not valid.');
  device.usedStep = step + 1;
}

function ownerShape(account: AccountWorld, device: MfaDeviceWorld): Record<string, unknown> | undefined {
  if (device.user === null) return undefined;
  return device.user === root ? rootShape(account) : userShape(account, findUser(account, device.user));
}

/** A picture of one white pixel. AWS returns a QR code of the otpauth URI; the seed contains the same information. */
const emptyPng = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==';

/** A step is 30 seconds. AWS accepts a device whose clock is slightly off. */
const stepMs = 30_000;
const tolerance = 2;

/**
 * The step of the first of two codes if they are consecutive, current and not used before; undefined otherwise.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html
 */
function stepOfPair(device: MfaDeviceWorld, code1: string, code2: string, now: Date): number | undefined {
  return steps(now).find((step) => fresh(device, step) && code(device, step) === code1 && code(device, step + 1) === code2);
}

/** The step of a single code, as passed to GetSessionToken and AssumeRole. */
export const stepOfCode = (device: MfaDeviceWorld, given: string, now: Date): number | undefined =>
  steps(now).find((step) => fresh(device, step) && code(device, step) === given);

function steps(now: Date): readonly number[] {
  const current = Math.floor(now.getTime() / stepMs);
  return Array.from({ length: 2 * tolerance + 1 }, (_, index) => current - tolerance + index);
}

const fresh = (device: MfaDeviceWorld, step: number): boolean => device.usedStep === undefined || step > device.usedStep;

const code = (device: MfaDeviceWorld, step: number): string =>
  device.seed === null
    ? ''
    : new TOTP({ secret: Secret.fromBase32(device.seed), digits: 6, period: 30 }).generate({ timestamp: step * stepMs });
