import type { Config } from '../../config/schema.js';
import type { Caller } from '../../core/account.js';
import type { AccountAction, AccountsReport, AccountVerb } from '../../core/accounts.js';
import type { ExitCode } from '../../core/errors.js';
import type { Reading } from '../../core/reading.js';
import type { App, Connection } from '../../run/app.js';
import type { OrganizationContext } from '../../steps/organization/apply.js';
import type { Section } from '../../steps/organization/section.js';

export interface AccountsFlags {
  readonly verb: AccountVerb;
  readonly yes: boolean;
  /** create */
  readonly name?: string;
  readonly email?: string;
  readonly emailFrom?: string;
  readonly ou?: string;
  readonly tag?: readonly string[];
  readonly role?: string;
  readonly billingAccess?: string;
  readonly profileToWrite?: string;
  readonly sourceProfile?: string;
  /** invite, cancel: `email` too */
  readonly id?: string;
  readonly notes?: string;
  readonly handshake?: string;
  /** accept */
  readonly managementAccountId?: string;
  readonly managementProfile?: string;
  readonly freeTierLoss?: string;
  readonly transferFrom?: string;
}

/** What a subcommand works with, once it is known who calls, and where. */
export interface AccountsRun {
  readonly app: App;
  readonly flags: AccountsFlags;
  readonly connection: Connection;
  readonly caller: Caller;
  /** The config file in force, which is about the account that signs this run. */
  readonly config: Config | undefined;
  /** The config's section, defaults where it has none. */
  readonly section: Section;
  readonly port: AccountsPort;
  /** A person can be asked. */
  readonly attended: boolean;
  /** A second way to AWS, by another profile; its calls count too. */
  readonly connectAs: (profile: string) => Promise<Connection>;
  /** Asks at a terminal; `lines` say what is about to happen. Throws E-DECLINED. */
  readonly approve: (
    question: string,
    lines?: readonly string[],
    typed?: { readonly question: string; readonly expected: string },
  ) => Promise<void>;
}

/** What a subcommand comes to. */
export type AccountsOutcome = Partial<Pick<AccountsReport, 'organizationId' | 'accounts' | 'invitations' | 'recap' | 'notes' | 'next'>> & {
  readonly exit?: ExitCode;
};

/** What changing accounts takes: as a step's `apply`, and somebody who hears what was done. */
export interface AccountsPort extends OrganizationContext {
  /** Hears what was done, in order. */
  readonly did: (action: AccountAction['action'], on: string) => void;
}

/** The way into a member by a role there, tried with the run's own credentials. */
export interface RoleAccess {
  readonly roleArn: () => Promise<string>;
  /** Assumes the role, or says why it cannot. */
  readonly enter: () => Promise<Reading<Caller>>;
}
