import type { Principal, SessionWorld, World } from './world.js';

/** `(length, alphabet)` -> that many random characters of the alphabet. */
export type Random = (length: number, alphabet: string) => string;

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const hex = '0123456789ABCDEF';
const secretAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A unique id in IAM's format: AIDA… for users, AGPA… groups, AROA… roles, ANPA… policies. */
export const uniqueId = (prefix: string, random: Random): string => prefix + random(17, base32);

export const secretKey = (random: Random): string => random(40, secretAlphabet);

/**
 * A key id that encodes its account, as in AWS: the first 48 of its 80 bits hold the account number, shifted by 7.
 * https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
 */
export function accessKeyId(prefix: 'AKIA' | 'ASIA', account: string, random: Random): string {
  const low = BigInt(`0x${random(10, hex)}`);
  let bits = (1n << 79n) | (BigInt(account) << 39n) | (low & ((1n << 39n) - 1n));
  let text = '';
  for (let i = 0; i < 16; i += 1) {
    text = base32.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return prefix + text;
}

/** The account that a key id encodes, or undefined if it is not such an id. */
export function accountOf(keyId: string): string | undefined {
  if (!/^A[A-Z]IA[A-Z2-7]{16}$/.test(keyId)) return undefined;
  let bits = 0n;
  for (const char of keyId.slice(4)) bits = (bits << 5n) | BigInt(base32.indexOf(char));
  return String((bits >> 39n) & ((1n << 40n) - 1n)).padStart(12, '0');
}

export interface SessionRequest {
  readonly accountId: string;
  readonly principal: Principal;
  readonly now: Date;
  readonly seconds: number;
  readonly random: Random;
}

/** Sessions that ended more than a day ago. */
export function deleteOldSessions(world: World, now: Date): void {
  for (const [id, { expiresAt }] of Object.entries(world.sessions)) {
    if (Date.parse(expiresAt) < now.getTime() - 86_400_000) delete world.sessions[id];
  }
}

/** Issues temporary credentials. */
export function openSession(
  world: World,
  request: SessionRequest,
  more: Pick<SessionWorld, 'mfaAt' | 'refusedByIam' | 'policies'> = {},
): { readonly accessKeyId: string; readonly session: SessionWorld } {
  const { accountId, principal, now, seconds, random } = request;
  const id = accessKeyId('ASIA', accountId, random);
  const session: SessionWorld = {
    secret: secretKey(random),
    token: `IQoJb3JpZ2luX2Vj${random(180, secretAlphabet)}`,
    accountId,
    principal,
    expiresAt: new Date(now.getTime() + seconds * 1000).toISOString(),
    ...more,
  };
  world.sessions[id] = session;
  return { accessKeyId: id, session };
}
