import { Secret as Seed, TOTP } from 'otpauth';
import type { Clock } from '../core/clock.js';
import { type Authenticator, type Enrol, type EnrolRequest, windowMs } from '../core/enrol.js';
import { Secret } from '../core/secret.js';

const issuer = 'Amazon Web Services';

const totp = (seed: Secret, label = ''): TOTP =>
  new TOTP({ issuer, label, algorithm: 'SHA1', digits: 6, period: windowMs / 1000, secret: Seed.fromBase32(seed.reveal()) });

interface UnattendedEnrol extends Enrol {
  readonly codes: (request: Pick<EnrolRequest, 'seed'>) => Promise<readonly [Secret, Secret]>;
}

/**
 * Computes the two consecutive codes from the seed, for runs without a person. The first pair is the last window's and this one's,
 * so that nothing waits; the following ones wait for windows whose codes were not handed out, since AWS takes no code twice.
 */
export const makeUnattendedEnrol = ({ clock }: { readonly clock: Clock }): UnattendedEnrol => {
  /** The newest window handed out, by seed. */
  const used = new Map<string, number>();
  const windowNow = (): number => Math.floor(clock.now().getTime() / windowMs);

  return {
    codes: async ({ seed }) => {
      const first = Math.max(windowNow() - 1, (used.get(seed.reveal()) ?? -1) + 1);
      // Taken before the wait: two callers at once must not get the same pair.
      used.set(seed.reveal(), first + 1);
      for (let now = clock.now().getTime(); now < (first + 1) * windowMs; now = clock.now().getTime()) {
        await clock.sleep((first + 1) * windowMs - now);
      }
      const device = totp(seed);
      const code = (window: number): Secret => new Secret(device.generate({ timestamp: window * windowMs }));
      return [code(first), code(first + 1)];
    },
    accepted: async () => {},
  };
};

/** The address that authenticator apps and password managers take, labelled as AWS labels its own. */
export const otpauthAddress = (seed: Secret, user: string, account: string): string => totp(seed, `${user}@${account}`).toString();

/**
 * The seed as a person needs it. The addresses are spelled as AWS spells the one in its own QR code, which is as short as it can be:
 * at 24 lines of a terminal every character counts. https://docs.aws.amazon.com/IAM/latest/APIReference/API_VirtualMFADevice.html
 */
export const makeAuthenticator = ({ seed, device, account }: Pick<EnrolRequest, 'seed' | 'device' | 'account'>): Authenticator => {
  const device6 = totp(seed);
  const bare = `otpauth://totp/${encodeURIComponent(device).replace(/%40/g, '@')}@${encodeURIComponent(account)}?secret=${seed.reveal()}`;
  return {
    addresses: [`${bare}&issuer=${encodeURIComponent(issuer)}`, `${bare}&issuer=AWS`, bare],
    seedGroups: seed.reveal().match(/.{1,4}/g) ?? [],
    windowOf: (code, window, reach) => {
      for (let distance = 0; distance <= reach; distance += 1) {
        for (const near of distance === 0 ? [window] : [window - distance, window + distance]) {
          if (near >= 0 && device6.generate({ timestamp: near * windowMs }) === code) return near;
        }
      }
      return undefined;
    },
  };
};
