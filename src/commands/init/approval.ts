import { operations } from '../../aws/operations.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Change } from '../../core/finding.js';
import type { AccountReport } from '../../core/report.js';
import type { ApplyContext } from '../../core/step.js';
import { applyAll, type ApplyPort } from '../../engine/apply.js';
import { type AssessedStep, changesOf } from '../../engine/assess.js';
import type { App, Connection } from '../../run/app.js';

/**
 * Approval at the terminal, in proportion: a key press for an account that nobody uses yet; the last four digits of the account's id
 * where somebody works already, or where a change is hard to take back. A change with a question of its own is asked for by itself;
 * when it is declined, its step is left out. undefined: declined.
 */
export const approve = async (
  app: App,
  assessed: readonly AssessedStep[],
  account: Pick<AccountReport, 'id' | 'role'>,
  cloud: Pick<ReadCloud, 'read'>,
): Promise<readonly AssessedStep[] | undefined> => {
  const prompter = await app.prompter();
  const kept: AssessedStep[] = [];
  for (const step of assessed) kept.push((await isAccepted(step, prompter)) ? step : { ...step, wanted: false });
  const changes = kept.flatMap(changesOf);
  if (changes.length === 0) return undefined;
  const these = changes.length === 1 ? 'this change' : `these ${changes.length} changes`;
  const grounds = [
    ...changes.filter(isSerious).map(({ consequence, summary }) => consequence ?? summary),
    ...(await groundsOfUse(account, cloud)),
  ];
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

const isSerious = ({ risk }: Change): boolean => risk === 'billing' || risk === 'hard-to-undo';

/** Whether what the step asks by itself is accepted. */
const isAccepted = async (step: AssessedStep, prompter: Pick<Awaited<ReturnType<App['prompter']>>, 'confirm'>): Promise<boolean> => {
  for (const { summary, acceptance } of changesOf(step)) {
    if (acceptance === undefined) continue;
    const hint = `${summary}.\nWithout it the other steps go on.`;
    if (!(await prompter.confirm({ hint, question: acceptance, default: false }))) return false;
  }
  return true;
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

/** The place is made sure of before the first change of all: one that turns out bad half-way would leave the account half made. */
export const applyReserved = async (approved: readonly AssessedStep[], port: ApplyPort, accountId: string): ReturnType<typeof applyAll> => {
  try {
    if (approved.some((step) => changesOf(step).some(makesSecret))) await port.secrets.reserve(accountId);
    return await applyAll(approved, port);
  } finally {
    await port.secrets.close();
  }
};

export const makesSecret = ({ calls, stored }: Pick<Change, 'calls' | 'stored'>): boolean =>
  stored !== false && calls.some((call) => operations[call as keyof typeof operations]?.kind === 'secret');

export const applyPort = async (
  app: App,
  connection: Pick<Connection, 'boundary' | 'clockAheadMs'>,
  context: Pick<ApplyContext, 'caller' | 'accountId' | 'clock' | 'journal'>,
  secrets: ApplyContext['secrets'],
  came: { done: readonly string[]; during: string | undefined },
) => {
  const { boundary } = connection;
  return {
    ...context,
    cloud: boundary.cloud,
    secrets,
    forget: boundary.forget,
    effects: boundary.effects,
    enrol: await app.enrol(connection),
    random: app.host.random,
    signal: app.host.signal,
    notify: app.progress.notify,
    progress: {
      stepStarted: (step: AssessedStep) => {
        came.during = step.step.title;
        app.progress.stepStarted(step.step.title);
      },
      stepEnded: (step: AssessedStep, status: Parameters<App['progress']['stepEnded']>[1], error: { readonly message: string } | null) => {
        came.during = undefined;
        if (status === 'done' || status === 'manual') came.done = [...came.done, step.step.title];
        app.progress.stepEnded(step.step.title, status, error?.message);
      },
    },
  };
};
