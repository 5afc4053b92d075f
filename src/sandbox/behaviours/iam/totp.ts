import { Secret, TOTP } from 'otpauth';
import type { MfaDeviceWorld } from '../../world.js';

/** A step is 30 seconds. AWS accepts a device whose clock is slightly off. */
const stepMs = 30_000;
const tolerance = 2;

/**
 * The step of the first of two codes if they are consecutive, current and not used before; undefined otherwise.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html
 */
export function stepOfPair(device: MfaDeviceWorld, code1: string, code2: string, now: Date): number | undefined {
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
