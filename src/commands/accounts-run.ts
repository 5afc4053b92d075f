import type { AccountsPort } from '../accounts/accounts-port.js';
import type { App, Connection } from '../app.js';
import type { Config } from '../config/schema.js';
import type { Caller } from '../core/account.js';
import type { AccountsReport, AccountVerb } from '../core/accounts.js';
import type { ExitCode } from '../core/error.js';
import type { Section } from '../steps/support/organization/section.js';

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
