import { BootstrapError } from '../core/errors.js';
import type { App } from './app.js';

/** How changes are approved: at the terminal, or beforehand by `--yes`. */

/** Whether a user at the terminal approves the changes of this run. */
export const isAttended = ({ terminal }: App, { yes }: { readonly yes: boolean }): boolean => terminal.interactive && !yes;

interface Unattended {
  readonly yes: boolean;
  /** The account that the flags or the config name. */
  readonly accountId: string | undefined;
  /** What there is to approve. */
  readonly approves: 'plan' | 'change';
  /** How to see it without changing anything, as the end of "Approve it with --yes, or …". */
  readonly preview: string;
}

/** Refuses a run that can change something if it was not approved beforehand, or does not name its account. */
export const guardUnattended = ({ sandboxed }: App, { yes, accountId, approves, preview }: Unattended): void => {
  if (!yes) {
    throw new BootstrapError({
      code: 'E-NO-TERMINAL',
      message: `There is no terminal to approve the ${approves}.`,
      next: `Approve it beforehand with --yes, or ${preview}.`,
    });
  }
  if (sandboxed || accountId !== undefined) return;
  throw new BootstrapError({
    code: 'E-NO-ACCOUNT-ID',
    message: 'An unattended run that can change an account must name it.',
    next: 'Pass --account-id 123456789012, or set account.id in bootstrap.yaml.',
  });
};

export interface Question {
  readonly question: string;
  /** Printed above the question. */
  readonly hint?: string;
  /** What to type instead of `y`, for changes that are hard to undo. */
  readonly expected?: string;
}

/** Asks at the terminal. False if the user declines. */
export const askApproval = async (app: App, { question, hint, expected }: Question): Promise<boolean> => {
  const prompter = await app.prompter();
  const text = { question, ...(hint === undefined ? {} : { hint }) };
  return expected === undefined ? prompter.confirm({ ...text, default: false }) : prompter.typeToConfirm({ ...text, expected });
};

/** The user declined. The defaults are those of `init`. */
export const declinedError = (
  message = 'You declined the plan; nothing was changed.',
  next = 'Change the config or the flags and run the command again, or add --dry-run to see only the plan.',
): BootstrapError => new BootstrapError({ code: 'E-DECLINED', message, next });

/** The same for a command that makes one change. */
export const declinedChange = (next: string): BootstrapError => declinedError('You declined; nothing was changed.', next);

/** Approval for `keys` and `accounts`. `list`: the command that shows what there is. `rehearses`: the command has --dry-run. */
export const makeApproval = (
  app: App,
  { yes, list, rehearses = false }: { readonly yes: boolean; readonly list: string; readonly rehearses?: boolean },
) => {
  const attended = isAttended(app, { yes });
  return {
    attended,
    /** Refuses an unattended run that was not approved beforehand. */
    guard: (accountId: string | undefined): void => {
      const preview = rehearses ? 'print only what it would do with --dry-run' : `only list what exists: \`${list}\``;
      if (!attended) guardUnattended(app, { yes, accountId, approves: 'change', preview });
    },
    /** Prints `lines`, then asks if the run is attended. Throws E-DECLINED. */
    approve: async (question: Question, lines: readonly string[] = []): Promise<void> => {
      for (const line of lines) if (!app.terminal.quiet || attended) app.terminal.stderr(`${line}\n`);
      if (attended && !(await askApproval(app, question)))
        throw declinedChange(`Run the command again to make the change, or list what exists: \`${list}\`.`);
    },
  };
};
