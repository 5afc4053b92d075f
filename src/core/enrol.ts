import type { Secret } from './secret.js';

/** Who provides the codes: you, from your authenticator, or the tool, which computes them from the seed. */
export type EnrolBy = 'person' | 'unattended';

export interface EnrolRequest {
  readonly by: EnrolBy;
  readonly user: string;
  readonly serial: string;
  readonly seed: Secret;
  /** The label of the entry in an authenticator: the device, and the account by alias or id. */
  readonly device: string;
  readonly account: string;
  /** 0 for the first pair of codes; one more for every pair that AWS refused. */
  readonly attempt: number;
}

/** Gets the two consecutive codes for `EnableMFADevice`: from you and your authenticator, or computed from the seed. */
export interface Enrol {
  /** Called again with the next `attempt` when AWS refused the last pair; no code is returned twice. `later`: you postponed it. */
  readonly codes: (request: EnrolRequest) => Promise<readonly [Secret, Secret] | 'later'>;
  /** AWS accepted the codes: the user now has MFA. */
  readonly accepted: (request: Pick<EnrolRequest, 'by' | 'user'>) => Promise<void>;
}

/** IAM's virtual devices: six digits, SHA-1, a new code in each window of thirty seconds. https://datatracker.ietf.org/doc/html/rfc6238 */
export const windowMs = 30_000;

/** A seed in the forms that an authenticator app takes, and the check of its codes. */
export interface Authenticator {
  /** The seed as addresses for a QR code, the most detailed first; shorter ones give smaller pictures. */
  readonly addresses: readonly string[];
  /** The seed in groups of four characters, for typing. */
  readonly seedGroups: readonly string[];
  /** Number of the window that has this code, the nearest to `window`; undefined when none within `reach` windows has it. */
  readonly windowOf: (code: string, window: number, reach: number) => number | undefined;
}
