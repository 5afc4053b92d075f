import type { App } from '../app.js';
import type { ReadCloud } from '../core/cloud.js';
import { BootstrapError } from '../core/error.js';
import type { Change } from '../core/finding.js';
import type { AccountReport } from '../core/report.js';
import { changesOf, type LookedStep } from '../engine/look.js';

/**
 * Approval at the terminal, in proportion: a key press for an account that nobody uses yet; the last four digits of the account's id
 * where somebody works already, or where a change is hard to take back. An organization costs a free plan and is asked for by itself;
 * declined, its step is left out. undefined: declined.
 */
export const approve = async (
  app: App,
  looked: readonly LookedStep[],
  account: Pick<AccountReport, 'id' | 'role'>,
  cloud: Pick<ReadCloud, 'read'>,
): Promise<readonly LookedStep[] | undefined> => {
  const prompter = await app.prompter();
  const costly = looked.find((step) => changesOf(step).some(isCostly));
  const declined =
    costly !== undefined &&
    !(await prompter.confirm({
      hint: `${changesOf(costly).find(isCostly)?.summary}.\nWithout it the other steps go on.`,
      question: 'Is the loss of a Free plan accepted?',
      default: false,
    }));
  const kept = declined ? looked.map((step) => (step === costly ? { ...step, wanted: false } : step)) : looked;
  const changes = kept.flatMap(changesOf);
  if (changes.length === 0) return undefined;
  const these = changes.length === 1 ? 'this change' : `these ${changes.length} changes`;
  const grounds = [...changes.filter(isGrave).map(groundOf), ...(await groundsOfUse(account, cloud))];
  const approved =
    grounds.length === 0
      ? await prompter.confirm({ question: `Make ${these}?`, default: false })
      : await prompter.typeToConfirm({
          hint: `Think twice: ${[...new Set(grounds)].join('; ')}.\nTo make ${these}, type the last four digits of the account's id.`,
          question: `Last four digits of ${account.id}:`,
          expected: account.id.slice(-4),
        });
  return approved ? kept : undefined;
};

export const declinedError = (message = 'You declined the plan; nothing was changed.'): BootstrapError =>
  new BootstrapError({
    code: 'E-DECLINED',
    exit: 3,
    message,
    next: 'Change the config or the flags and run the command again, or add --dry-run to look at the plan only.',
  });

const isCostly = ({ risk }: Change): boolean => risk === 'billing';
const isGrave = ({ risk }: Change): boolean => risk === 'billing' || risk === 'hard-to-undo';

/** By the call that cannot be taken back; whatever else is grave is named by its summary. */
const groundOf = ({ calls, summary }: Change): string => calls.map((call) => grave[call]).find((text) => text !== undefined) ?? summary;
const grave: Readonly<Record<string, string>> = {
  'organizations:CreateOrganization': 'an organization ends a Free plan',
  'organizations:CreateAccount': 'a member account cannot simply be deleted',
  'organizations:EnableAllFeatures': 'all features cannot be turned back',
  'iam:CreateAccountAlias': 'the sign-in URL of the old alias stops working',
};

/** Whether somebody works in the account. What cannot be read is taken for a yes. */
const groundsOfUse = async ({ role }: Pick<AccountReport, 'role'>, cloud: Pick<ReadCloud, 'read'>): Promise<readonly string[]> => {
  const summary = await cloud.read('iam:GetAccountSummary', {});
  if (!summary.ok) return ['whether this account is in use cannot be seen'];
  const users = (summary.value.SummaryMap as Readonly<Record<string, number>> | undefined)?.['Users'] ?? 0;
  return [
    ...(users > 0 ? [`this account is in use (${users} IAM ${users === 1 ? 'user' : 'users'})`] : []),
    ...(role === 'standalone' || role === null ? [] : ['this account is in an organization']),
  ];
};
