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
 * Computes the two consecutive codes from the seed, for unattended runs. The first pair is of the previous and the current window, so that
 * it needs no wait. Later pairs wait for windows whose codes were not returned yet, because AWS accepts no code twice.
 */
export const makeUnattendedEnrol = ({ clock }: { readonly clock: Clock }): UnattendedEnrol => {
  /** The newest window that was used, by seed. */
  const used = new Map<string, number>();
  const windowNow = (): number => Math.floor(clock.now().getTime() / windowMs);

  return {
    codes: async ({ seed }) => {
      const first = Math.max(windowNow() - 1, (used.get(seed.reveal()) ?? -1) + 1);
      // Set before the wait: two callers at the same time must not get the same pair.
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

/** The address for authenticator apps and password managers, with the same label as AWS's own. */
export const otpauthAddress = (seed: Secret, user: string, account: string): string => totp(seed, `${user}@${account}`).toString();

/**
 * The seed in the forms for an authenticator app. The addresses have the form of AWS's own QR code, which is as short as possible: on a
 * terminal with 24 lines every character counts. https://docs.aws.amazon.com/IAM/latest/APIReference/API_VirtualMFADevice.html
 */
export const makeAuthenticator = ({ seed, device, account }: Pick<EnrolRequest, 'seed' | 'device' | 'account'>): Authenticator => {
  const generator = totp(seed);
  const bare = `otpauth://totp/${encodeURIComponent(device).replace(/%40/g, '@')}@${encodeURIComponent(account)}?secret=${seed.reveal()}`;
  return {
    addresses: [`${bare}&issuer=${encodeURIComponent(issuer)}`, `${bare}&issuer=AWS`, bare],
    seedGroups: [...seed.reveal().matchAll(/.{1,4}/g)].map(([group]) => group),
    windowOf: (code, window, reach) => {
      for (let distance = 0; distance <= reach; distance += 1) {
        for (const near of [window - distance, window + distance]) {
          if (generator.generate({ timestamp: near * windowMs }) === code) return near;
        }
      }
      return undefined;
    },
  };
};
