import { fc } from '../support/fast-check.js';
import { Secret as Seed, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { Secret } from '../../src/core/secret.js';
import { makeAuthenticator, makeUnattendedEnrol, otpauthAddress } from '../../src/secrets/totp.js';

const base32 = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const request = (seed: Secret, attempt: number) => ({ user: 'alex', serial: 'arn:aws:iam::111122223333:mfa/alex', seed, attempt });

const clockAt = (start: number): Clock & { readonly slept: number[] } => {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(now),
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
};
const codeAt = (ms: number, seed = base32): string => new TOTP({ secret: Seed.fromBase32(seed) }).generate({ timestamp: ms });

describe('unattended enrolment', () => {
  it('gives the codes of the last window and this one at once', async () => {
    const now = Date.parse('2026-11-24T10:00:12.000Z');
    const clock = clockAt(now);
    const codes = await makeUnattendedEnrol({ clock }).codes(request(new Secret(base32), 0));
    expect(codes.map((code) => code.reveal())).toEqual([codeAt(now - 30_000), codeAt(now)]);
    expect(clock.slept).toEqual([]);
  });

  it('agrees with the vectors of RFC 6238', async () => {
    const rfc = new Secret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    for (const [seconds, expected] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_111_111_111, '050471'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
      [20_000_000_000, '353130'],
    ] as const) {
      const [, code] = await makeUnattendedEnrol({ clock: clockAt(seconds * 1000) }).codes(request(rfc, 0));
      expect(code.reveal()).toBe(expected);
    }
  });

  it('waits for windows that were not used, and hands no code out twice', async () => {
    const now = Date.parse('2026-11-24T10:00:12.000Z');
    const clock = clockAt(now);
    const enrol = makeUnattendedEnrol({ clock });
    const seed = new Secret(base32);
    await enrol.codes(request(seed, 0));
    const second = await enrol.codes(request(new Secret(base32), 1));
    expect(clock.slept).toEqual([48_000]);
    expect(second.map((code) => code.reveal())).toEqual([codeAt(now + 30_000), codeAt(now + 60_000)]);
  });

  it('never gives a window out twice nor one of the future, at any time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60_000, max: 4e12 }), fc.array(fc.nat(90_000), { maxLength: 5 }), async (start, pauses) => {
        const clock = clockAt(start);
        const enrol = makeUnattendedEnrol({ clock });
        const seed = new Secret(base32);
        let last = -1;
        for (const pause of [0, ...pauses]) {
          await clock.sleep(pause);
          const [one, two] = await enrol.codes(request(seed, 0));
          const window = Math.floor(clock.now().getTime() / 30_000);
          // The pair that the codes belong to is the newest that has begun.
          const first = window - 1;
          expect([one.reveal(), two.reveal()]).toEqual([codeAt(first * 30_000), codeAt(window * 30_000)]);
          expect(first).toBeGreaterThan(last);
          last = window;
        }
      }),
    );
  });

  it('does not make a new seed wait for an old one of the same device', async () => {
    const clock = clockAt(Date.parse('2026-11-24T10:00:12.000Z'));
    const enrol = makeUnattendedEnrol({ clock });
    await enrol.codes(request(new Secret(base32), 0));
    await enrol.codes(request(new Secret(base32.replaceAll('J', 'K')), 0));
    expect(clock.slept).toEqual([]);
  });

  it('labels the address for authenticators as AWS does', () => {
    const address = otpauthAddress(new Secret(base32), 'alex', '111122223333');
    expect(address).toMatch(/^otpauth:\/\/totp\/Amazon%20Web%20Services:alex(@|%40)111122223333\?/);
    expect(new URL(address).searchParams.get('secret')).toBe(base32);
  });
});

describe('a seed for an authenticator app', () => {
  const seed = new Secret(base32);
  const shown = () => makeAuthenticator({ seed, device: 'a b@c', account: '111122223333' });

  it('has the addresses of AWS, the shortest last', () => {
    const bare = `otpauth://totp/a%20b@c@111122223333?secret=${base32}`;
    expect(shown().addresses).toEqual([`${bare}&issuer=Amazon%20Web%20Services`, `${bare}&issuer=AWS`, bare]);
  });

  it('is shown in groups of four', () => {
    expect(shown().seedGroups.join('')).toBe(base32);
    expect(new Set(shown().seedGroups.map(({ length }) => length))).toEqual(new Set([4]));
    const odd = makeAuthenticator({ seed: new Secret('JBSWY3'), device: 'a', account: '1' });
    expect(odd.seedGroups).toEqual(['JBSW', 'Y3']);
  });

  it.each([
    ['this window', 100, 0, 2, 100],
    ['an earlier window within reach', 100, -2, 2, 98],
    ['a later window within reach', 100, 2, 2, 102],
    ['no window out of reach', 100, 3, 2, undefined],
    ['no earlier window out of reach', 100, -3, 2, undefined],
    ['no other window without reach', 100, 1, 0, undefined],
    ['the first window of all', 1, -1, 2, 0],
    ['a later window, where the earlier one is before the first', 0, 1, 2, 1],
  ])('finds %s', (_, window, distance, reach, expected) => {
    expect(shown().windowOf(codeAt((window + distance) * 30_000), window, reach)).toBe(expected);
  });

  it('finds no window for another code', () => expect(shown().windowOf('', 0, 2)).toBeUndefined());
});
