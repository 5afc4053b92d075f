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
  /** With `expected`: what is approved, in one line directly above the question. */
  readonly summary?: string;
}

/** The question for the last four digits of an account id. `of`: what the question calls the account. */
export const lastDigits = (accountId: string, of = accountId): { readonly question: string; readonly expected: string } => ({
  question: `Last four digits of ${of}:`,
  expected: accountId.slice(-4),
});

/** Asks at the terminal. False if the user declines. */
export const askApproval = async (app: App, { question, hint, expected, summary }: Question): Promise<boolean> => {
  const prompter = await app.prompter();
  const text = { question, ...(hint === undefined ? {} : { hint }) };
  if (expected === undefined) return prompter.confirm({ ...text, default: false });
  return (await prompter.approve({ ...text, expected, ...(summary === undefined ? {} : { summary }) })) === 'yes';
};

/** The user declined. The defaults are those of `init`. */
export const declinedError = (
  message = 'You declined the plan.',
  next = 'Change the config or the flags and run the command again.',
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
      app.separate();
      const shown = app.terminal.quiet && !attended ? [] : lines;
      for (const line of shown) app.terminal.message(line);
      if (!attended) {
        if (shown.length > 0) app.terminal.stderr('\n');
        return;
      }
      const approved = await askApproval(app, question);
      app.separate();
      if (!approved) throw declinedChange(`Run the command again to make the change, or list what exists: \`${list}\`.`);
      app.progress.busy('Making the change');
    },
  };
};
