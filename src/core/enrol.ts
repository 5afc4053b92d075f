import type { Secret } from './secret.js';

/** Who has the authenticator: a person who is there, or nobody, and the codes are computed from the seed. */
export type EnrolBy = 'person' | 'nobody';

export interface EnrolRequest {
  readonly by: EnrolBy;
  readonly user: string;
  readonly serial: string;
  readonly seed: Secret;
  /** What the entry in an authenticator is called: the device, and the account by alias or number. */
  readonly device: string;
  readonly account: string;
  /** 0 at first; one more for every pair of codes that AWS refused. */
  readonly attempt: number;
}

/** Gets the two consecutive codes that `EnableMFADevice` wants: from a person with an authenticator, or computed from the seed. */
export interface Enrol {
  /** Called again with the next `attempt` when AWS refused the pair before; no code is handed out twice. `later`: the person gave up. */
  readonly codes: (request: EnrolRequest) => Promise<readonly [Secret, Secret] | 'later'>;
  /** AWS took the codes: the user has MFA from now on. */
  readonly accepted: (request: Pick<EnrolRequest, 'by' | 'user'>) => Promise<void>;
}

/** IAM's virtual devices: six digits, SHA-1, a new code in each window of thirty seconds. https://datatracker.ietf.org/doc/html/rfc6238 */
export const windowMs = 30_000;

/** What a person's authenticator is given, and what its codes are held against. */
export interface Authenticator {
  /** The same seed as addresses for a QR code, the fullest first; the shorter ones make smaller pictures. */
  readonly addresses: readonly string[];
  /** The seed to be typed, in groups of four. */
  readonly seedGroups: readonly string[];
  /** Number of the window whose code this is, the nearest one to `window`; undefined when it is none within `reach` windows. */
  readonly windowOf: (code: string, window: number, reach: number) => number | undefined;
}
