import type { App } from '../app.js';
import type { Resolved, StepAsk } from '../config/resolve.js';
import { BootstrapError } from '../core/error.js';
import { guardDestination } from './init-destination.js';

/** What an unattended run must say before anything else; in this order, so that the account guard comes before missing values. */
export const guardUnattended = (
  flags: { readonly yes: boolean; readonly dryRun: boolean; readonly savePlan?: string },
  app: App,
  attended: boolean,
  resolved: Resolved,
): void => {
  if (attended) return;
  guardApproval(flags, app, resolved);
  if (resolved.missing.length > 0) {
    throw new BootstrapError({
      code: 'E-MISSING-VALUE',
      exit: 2,
      message: `Values are missing:\n${resolved.missing.map((ask) => `  ${ask.flag} or ${ask.stepId}.${ask.path}: ${ask.question}`).join('\n')}`,
      next: `Add ${resolved.missing.map(flagOf).join(', ')}, write them into bootstrap.yaml, or leave the steps out with --skip.`,
    });
  }
  // A plan that is kept has to hold what a run will need.
  if ((!flags.dryRun || flags.savePlan !== undefined) && !app.sandboxed) guardDestination(resolved);
};

const flagOf = ({ flag, stepId, unless }: StepAsk): string =>
  unless === undefined ? flag : `${flag} (not needed with ${stepId}.${unless.path}: ${unless.is})`;

/** An unattended run is approved beforehand, for an account that is named. */
export const guardApproval = (
  flags: { readonly yes: boolean; readonly dryRun: boolean },
  app: App,
  resolved: Pick<Resolved, 'accountId'>,
): void => {
  if (!flags.yes && !flags.dryRun) {
    throw new BootstrapError({
      code: 'E-NO-TERMINAL',
      exit: 2,
      message: 'There is no terminal to approve the plan at.',
      next: 'Add --yes to approve it beforehand, or --dry-run to look at it only.',
    });
  }
  if (!flags.dryRun && !app.sandboxed && resolved.accountId === undefined) {
    throw new BootstrapError({
      code: 'E-NO-ACCOUNT-ID',
      exit: 4,
      message: 'An unattended run that may change an account has to name it.',
      next: 'Add --account-id 123456789012, or account.id to bootstrap.yaml.',
    });
  }
};
