import type { Boundary } from '../aws/boundary.js';
import { BootstrapError, type ErrorInfo, exitNames } from '../core/errors.js';
import type { RunReport } from '../core/report.js';
import { retryAfterSeconds } from '../engine/results.js';
import type { App } from './app.js';
import { asBootstrapError, printStack, signalExitCode, stoppedError } from './end.js';

/** What the commands share that change something outside of a plan of `init`: `keys` and `accounts`. */

/** As in `init`: what an unattended run must say before anything else. `look`: the command that only looks. */
export const guardUnattended = (
  { yes, look }: { readonly yes: boolean; readonly look: string },
  app: App,
  attended: boolean,
  accountId: string | undefined,
): void => {
  if (attended) return;
  if (!yes) {
    throw new BootstrapError({
      code: 'E-NO-TERMINAL',
      message: 'There is no terminal to approve the change at.',
      next: `Add --yes to approve it beforehand, or look only: \`${look}\`.`,
    });
  }
  if (app.sandboxed || accountId !== undefined) return;
  throw new BootstrapError({
    code: 'E-NO-ACCOUNT-ID',
    message: 'An unattended run that may change an account has to name it.',
    next: 'Add --account-id 123456789012, or account.id to bootstrap.yaml.',
  });
};

interface Approval {
  readonly attended: boolean;
  readonly look: string;
  /** For what cannot be taken back: what must be typed, and the words before it. */
  readonly typed?: { readonly question: string; readonly expected: string };
}

/** Asks at a terminal; `lines` say what is about to happen. Throws E-DECLINED. */
export const approve = async (
  app: App,
  { attended, look, typed }: Approval,
  question: string,
  lines: readonly string[] = [],
): Promise<void> => {
  for (const line of lines) if (!app.terminal.quiet || attended) app.terminal.stderr(`${line}\n`);
  if (!attended) return;
  const prompter = await app.prompter();
  const approved =
    typed === undefined
      ? await prompter.confirm({ question, default: false })
      : await prompter.typeToConfirm({ hint: question, question: typed.question, expected: typed.expected });
  if (!approved) throw declined(look);
};

const declined = (look: string): BootstrapError =>
  new BootstrapError({
    code: 'E-DECLINED',
    message: 'You declined; nothing was changed.',
    next: `Run the command again when you want it, or look only: \`${look}\`.`,
  });

const isInterrupted = (error: unknown): boolean =>
  error instanceof Error && error.name === 'PromptAborted' && (error as { reason?: string }).reason !== 'end';

export const totalCalls = (boundaries: readonly Pick<Boundary, 'counts'>[]): RunReport['apiCalls'] =>
  boundaries
    .map((boundary) => boundary.counts())
    .reduce((sum, one) => ({ total: sum.total + one.total, writes: sum.writes + one.writes }), { total: 0, writes: 0 });

/** How a run ended that an error or a signal stopped. `changed`: something was changed before. */
export const describeFailure = (
  app: App,
  error: unknown,
  changed: boolean,
): { readonly error: ErrorInfo; readonly exit: RunReport['exit'] } => {
  const { host } = app;
  if (host.signal.aborted || isInterrupted(error)) {
    const code = host.signal.aborted ? signalExitCode(app) : 130;
    return { error: stoppedError(changed), exit: { code, name: code === 143 ? 'terminated' : 'interrupted' } };
  }
  printStack(app, error);
  const plain = asBootstrapError(error, changed);
  const told = changed && plain.changed === false ? plain.with({ changed: true }) : plain;
  const retry = told.exit === 6 ? { retryAfterSeconds: retryAfterSeconds([told]) } : {};
  return { error: told.info(), exit: { code: told.exit, name: exitNames[told.exit], ...retry } };
};

export const declinedError = (message = 'You declined the plan; nothing was changed.'): BootstrapError =>
  new BootstrapError({
    code: 'E-DECLINED',
    message,
    next: 'Change the config or the flags and run the command again, or add --dry-run to look at the plan only.',
  });
