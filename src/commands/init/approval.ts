import { operations } from '../../aws/operations.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Change } from '../../core/finding.js';
import type { AccountReport } from '../../core/report.js';
import { applyAll, type ApplyPort } from '../../engine/apply.js';
import { type AssessedStep, changesOf } from '../../engine/assess.js';
import type { App } from '../../run/app.js';
import { askApproval, lastDigits } from '../../run/approval.js';
import { hasOwnTag } from '../../steps/shared/created-users.js';
import { readPeople } from '../../steps/shared/people.js';

/**
 * Approval at the terminal, in proportion to the risk: a yes for an account that is not in use yet; the last four digits of the account id
 * if it is in use, or if a change is hard to undo. A change with a question of its own is confirmed separately; if the user declines it,
 * its step is left out. `summaryOf` gives the line above the prompt. Returns undefined if the user declined, and `edit` to change an answer.
 */
export const approvePlan = async (
  app: App,
  assessed: readonly AssessedStep[],
  account: Pick<AccountReport, 'id' | 'role'>,
  cloud: ReadCloud,
  { summaryOf, mayEdit }: { readonly summaryOf: (plan: readonly AssessedStep[]) => string; readonly mayEdit: boolean },
): Promise<readonly AssessedStep[] | 'edit' | undefined> => {
  const remaining: AssessedStep[] = [];
  /** The numbers of the declined changes in the plan. */
  const leftOut: number[] = [];
  let count = 0;
  for (const step of assessed) {
    const others = assessed.some((other) => other !== step && changesOf(other).length > 0);
    const accepted = await isAccepted(step, others, app);
    remaining.push(accepted ? step : { ...step, wanted: false });
    for (const _ of changesOf(step)) {
      count += 1;
      if (!accepted) leftOut.push(count);
    }
  }
  const changes = remaining.flatMap(changesOf);
  if (changes.length === 0) return undefined;
  const these = changes.length === 1 ? 'this change' : `these ${changes.length} changes`;
  const risks = [
    ...changes.filter(needsTypedApproval).map(({ consequence, summary }) => consequence ?? summary),
    ...(await usageRisks(account, cloud)),
  ];
  const hints = [
    ...(leftOut.length === 0 ? [] : [`Left out: ${leftOut.join(', ')}.`]),
    ...(risks.length === 0
      ? []
      : [`Warning: ${[...new Set(risks)].join('; ')}.`, `To make ${these}, type the last four digits of the account's id.`]),
  ];
  const prompter = await app.prompter();
  const approved = await prompter.approve({
    summary: summaryOf(remaining),
    mayEdit,
    ...(hints.length === 0 ? {} : { hint: hints.join('\n') }),
    ...(risks.length === 0 ? { question: `Make ${these}?` } : lastDigits(account.id)),
  });
  if (approved === 'edit') return 'edit';
  return approved === 'yes' ? remaining : undefined;
};

const needsTypedApproval = ({ risk }: Change): boolean => risk === 'billing' || risk === 'hard-to-undo';

/** Asks the questions of single changes. False if the user declines one. */
const isAccepted = async (step: AssessedStep, others: boolean, app: App): Promise<boolean> => {
  for (const { acceptance } of changesOf(step)) {
    if (acceptance === undefined) continue;
    const hint = others ? { hint: 'If you decline, the other steps continue.' } : {};
    if (!(await askApproval(app, { ...hint, question: acceptance }))) return false;
  }
  return true;
};

/** Whether the account is in use: the users that this tool created do not count. If that cannot be read, the answer is yes. */
const usageRisks = async ({ role }: Pick<AccountReport, 'role'>, cloud: ReadCloud): Promise<readonly string[]> => {
  const unreadable = ['this account may be in use (its users could not be read)'];
  const summary = await cloud.read('iam:GetAccountSummary', {});
  if (!summary.ok) return unreadable;
  const all = (summary.value.SummaryMap as Readonly<Record<string, number>> | undefined)?.['Users'];
  if (all === undefined) return unreadable;
  const people = all === 0 ? undefined : await readPeople(cloud);
  const listed = people?.ok === true ? people.value.users : [];
  const others = listed.filter(({ tags }) => !hasOwnTag(tags)).length;
  // A user that the list lacks counts as well.
  const users = Math.max(others, all - (listed.length - others));
  return [
    ...(users > 0 ? [`this account is in use (${users} IAM ${users === 1 ? 'user' : 'users'})`] : []),
    ...(role === 'standalone' || role === null ? [] : ['this account is in an organization']),
  ];
};

/** Reserves the destination for secrets before the first change: if it failed in the middle of a run, the account would be half set up. */
export const reserveAndApply = async (
  approved: readonly AssessedStep[],
  port: ApplyPort,
  accountId: string,
): ReturnType<typeof applyAll> => {
  try {
    if (approved.some((step) => changesOf(step).some(makesSecret))) await port.secrets.reserve(accountId);
    return await applyAll(approved, port);
  } finally {
    await port.secrets.close();
  }
};

export const makesSecret = ({ calls, stored }: Pick<Change, 'calls' | 'stored'>): boolean =>
  stored !== false && calls.some((call) => operations[call as keyof typeof operations]?.kind === 'secret');
