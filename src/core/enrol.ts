import type { Secret } from './secret.js';

/**
 * Gets the two consecutive codes that `EnableMFADevice` wants: from a person with an authenticator, or computed from the seed.
 * Called again with the next `attempt` when AWS refused the pair before; no code is handed out twice.
 */
export interface Enrol {
  readonly codes: (request: {
    readonly user: string;
    readonly serial: string;
    readonly seed: Secret;
    readonly attempt: number;
  }) => Promise<readonly [Secret, Secret]>;
}
