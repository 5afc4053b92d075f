import type { Boundary } from '../../aws/boundary.js';
import type { Config } from '../../config/schema.js';
import type { Caller } from '../../core/account.js';
import type { AccountReport } from '../../core/report.js';
import type { AccountAction, AccountsReport, AccountVerb } from '../../core/accounts.js';
import type { ExitCode } from '../../core/errors.js';
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
  /** close */
  readonly account?: string;
  /** secure-root */
  readonly accounts?: readonly string[];
  readonly all?: boolean;
  /** close, secure-root */
  readonly dryRun?: boolean;
}

/** What a subcommand works with, once the caller and the account are known. */
export interface AccountsRun {
  readonly app: App;
  readonly flags: AccountsFlags;
  readonly connection: Connection;
  readonly caller: Caller;
  readonly account: AccountReport;
  /** The config file of the run, which is for the account of this run. */
  readonly config: Config | undefined;
  /** The section `organization` of the config, or its defaults. */
  readonly section: Section;
  readonly port: AccountsPort;
  /** Counts the calls and the changes of another boundary as those of this run. */
  readonly include: (boundary: Boundary) => void;
  /** Whether the user can be prompted. */
  readonly attended: boolean;
  /** Connects with another profile. Its calls are counted, too. */
  readonly connectAs: (profile: string) => Promise<Connection>;
  /** Prompts at a terminal. `lines` describe what is about to happen. Throws E-DECLINED. */
  readonly approve: (
    question: string,
    lines?: readonly string[],
    typed?: { readonly question: string; readonly expected: string },
  ) => Promise<void>;
}

/** The result of a subcommand. */
export type AccountsOutcome = Partial<
  Pick<
    AccountsReport,
    'account' | 'organizationId' | 'accounts' | 'invitations' | 'closing' | 'roots' | 'dryRun' | 'recap' | 'notes' | 'next'
  >
> & {
  readonly exit?: ExitCode;
};

/** What is needed to change accounts: the context of the step's `apply`, and a function that records each action. */
export interface AccountsPort extends OrganizationContext {
  /** Records an action for the report, in order. */
  readonly record: (action: AccountAction['action'], on: string) => void;
}
