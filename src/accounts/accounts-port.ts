import type { Caller } from '../core/account.js';
import type { AccountAction } from '../core/accounts.js';
import type { Reading } from '../core/reading.js';
import type { OrganizationContext } from '../steps/support/organization/apply.js';

/** What changing accounts takes: as a step's `apply`, and somebody who hears what was done. */
export interface AccountsPort extends OrganizationContext {
  /** Hears what was done, in order. */
  readonly did: (action: AccountAction['action'], on: string) => void;
}

/** The way into a member by a role there, tried with the run's own credentials. */
export interface RoleDoor {
  readonly roleArn: () => Promise<string>;
  /** Assumes the role, or says why it cannot. */
  readonly enter: () => Promise<Reading<Caller>>;
}
