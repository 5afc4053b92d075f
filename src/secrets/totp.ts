import { Secret as Seed, TOTP } from 'otpauth';
import type { Clock } from '../core/clock.js';
import type { Enrol } from '../core/enrol.js';
import { Secret } from '../core/secret.js';

/** IAM's virtual devices: six digits, thirty seconds, SHA-1. https://datatracker.ietf.org/doc/html/rfc6238 */
const periodSeconds = 30;
const issuer = 'Amazon Web Services';

const totp = (seed: Secret, label = ''): TOTP =>
  new TOTP({ issuer, label, algorithm: 'SHA1', digits: 6, period: periodSeconds, secret: Seed.fromBase32(seed.reveal()) });

/**
 * Computes the two consecutive codes from the seed, for runs without a person. The first pair is the last window's and this one's,
 * so that nothing waits; the following ones wait for windows whose codes were not handed out, since AWS takes no code twice.
 */
export const makeUnattendedEnrol = ({ clock }: { readonly clock: Clock }): Enrol => {
  /** The newest window handed out, by seed. */
  const used = new Map<string, number>();
  const windowNow = (): number => Math.floor(clock.now().getTime() / 1000 / periodSeconds);

  return {
    codes: async ({ seed }) => {
      const first = Math.max(windowNow() - 1, (used.get(seed.reveal()) ?? -1) + 1);
      // Taken before the wait: two callers at once must not get the same pair.
      used.set(seed.reveal(), first + 1);
      for (let now = clock.now().getTime(); now < (first + 1) * periodSeconds * 1000; now = clock.now().getTime()) {
        await clock.sleep((first + 1) * periodSeconds * 1000 - now);
      }
      const device = totp(seed);
      const code = (window: number): Secret => new Secret(device.generate({ timestamp: window * periodSeconds * 1000 }));
      return [code(first), code(first + 1)];
    },
  };
};

/** The address that authenticator apps and password managers take, labelled as AWS labels its own. */
export const otpauthAddress = (seed: Secret, user: string, account: string): string => totp(seed, `${user}@${account}`).toString();
