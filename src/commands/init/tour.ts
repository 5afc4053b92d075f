import type { Override } from '../../config/override.js';
import { PromptAborted } from '../../core/errors.js';
import type { Finding, Guide } from '../../core/finding.js';
import type { ObserveContext } from '../../core/step.js';
import { type AssessedStep, assessStep, type PreparedStep } from '../../engine/assess.js';
import { renderKeys, renderManualStep, renderManualStepEnd } from '../../report/tour.js';
import type { App } from '../../run/app.js';

/** One manual step, with its instructions for the console. */
interface ManualStep {
  readonly stepId: string;
  readonly finding: Finding;
  readonly title: string;
  readonly url: string;
  readonly guide: Guide;
}

export interface TourContext {
  readonly assessed: readonly AssessedStep[];
  /** The steps, prepared with more answers. */
  readonly preparedWith: (answers: readonly Override[]) => readonly PreparedStep[];
  readonly context: ObserveContext;
  readonly forget: () => void;
  /** Records a confirmation of the user. Returns a message that names where. */
  readonly record: (answer: Override) => Promise<string>;
  /** Findings to leave out, because fixing them would end this run. */
  readonly except: readonly string[];
  /** Whether a blank line is needed before the first manual step. */
  readonly separated: boolean;
}

export interface TourResult {
  readonly assessed: readonly AssessedStep[];
  /** The confirmations of the user, as answers. */
  readonly answers: readonly Override[];
  /** Ctrl-C. Earlier confirmations and results still count. */
  readonly interrupted: boolean;
}

/** How long to wait for one manual step, and how often to read AWS in the meantime. */
const maxWaitMs = 15 * 60_000;
const pollSeconds = 15;

/** Leads through the manual steps: shows the instructions, then polls until AWS shows that the step is done, or the user confirms it. */
export const tour = async (app: App, touring: TourContext): Promise<TourResult> => {
  const manualSteps = touring.assessed.flatMap((step) => manualStepsOf(step)).filter(({ finding }) => !touring.except.includes(finding.id));
  const answers: Override[] = [];
  if (manualSteps.length === 0) return { assessed: touring.assessed, answers, interrupted: false };
  let interrupted = false;
  try {
    for (const [index, manualStep] of manualSteps.entries()) {
      if (!(await showManualStep(app, manualStep, { at: index + 1, of: manualSteps.length }, touring, answers))) break;
    }
  } catch (error) {
    const end = endOfQuestions(error);
    if (end === undefined) throw error;
    interrupted = end === 'interrupt';
  }
  touring.forget();
  const prepared = touring.preparedWith(answers);
  const assessed = await Promise.all(
    touring.assessed.map(async (before) => {
      const now = prepared.find(({ step }) => step.id === before.step.id);
      // A declined step stays declined.
      return now === undefined || !manualSteps.some(({ stepId }) => stepId === before.step.id)
        ? before
        : assessStep({ ...now, wanted: before.wanted }, touring.context);
    }),
  );
  return { assessed, answers, interrupted };
};

/** Returns false if the rest of the tour makes no sense: no one responds, or AWS no longer allows the reads. */
const showManualStep = async (
  app: App,
  manualStep: ManualStep,
  place: { readonly at: number; readonly of: number },
  touring: TourContext,
  answers: Override[],
): Promise<boolean> => {
  const { guide, url, finding } = manualStep;
  const { messageStyle } = app.terminal;
  const notify = (text: string): void => app.terminal.stderr(text);
  if (place.at > 1 || touring.separated) notify('\n');
  notify(`${renderManualStep({ ...place, reason: finding.reason, url: app.sandboxed ? undefined : url, guide }, messageStyle)}\n`);
  if (guide.confirmation !== undefined) {
    const answer = await askForConfirmation(app, manualStep, guide.confirmation, touring);
    if (answer !== undefined) answers.push(answer);
    notify(renderManualStepEnd(answer !== undefined, answer === undefined ? 'Postponed.' : await touring.record(answer), messageStyle));
    return true;
  }
  const keys = ['Enter: check now', ...actionsOf(app, manualStep).map(({ key, does }) => `${key}: ${does}`), 'l: later'];
  if (!app.sandboxed) notify(renderKeys(keys, messageStyle));
  const end = await waitFor(app, manualStep, touring);
  notify(renderManualStepEnd(end === 'verified', describeEnd(end, manualStep), messageStyle));
  return end === 'verified' || end === 'later';
};

/** What the user can do with the link of a manual step. The link of a practice account would open a real account. */
const actionsOf = (app: App, { url }: ManualStep) => {
  const { copyText } = app;
  if (app.sandboxed) return [];
  return [
    { key: 'o', ends: 'open', does: 'open the link', run: () => app.openLink(url) },
    ...(copyText === undefined ? [] : [{ key: 'c', ends: 'copy', does: 'copy it', run: () => copyText(url) }]),
  ];
};

const manualStepsOf = (step: AssessedStep): readonly ManualStep[] =>
  step.findings.flatMap((finding) => {
    const spec = step.step.findings.find(({ id }) => id === finding.id);
    const open = finding.status === 'manual' || finding.status === 'fail';
    if (!open || spec?.guide === undefined || finding.remedy?.by !== 'hand' || finding.remedy.url === undefined) return [];
    // For steps that are not part of this run, only critical findings are shown.
    if (!step.wanted && spec.severity !== 'critical') return [];
    return [{ stepId: step.step.id, finding, title: spec.title, url: finding.remedy.url, guide: spec.guide }];
  });

const describeEnd = (end: 'verified' | 'later' | 'timeout' | 'unreadable', { title }: ManualStep): string => {
  if (end === 'verified') return `${title}: verified in AWS.`;
  if (end === 'unreadable') return 'This run is no longer allowed to read the account. The other manual steps are postponed.';
  return end === 'later' ? 'Postponed.' : `Not done within ${maxWaitMs / 60_000} minutes. Postponed.`;
};

const waitFor = async (
  app: App,
  manualStep: ManualStep,
  { assessed, context, forget }: TourContext,
): Promise<'verified' | 'later' | 'timeout' | 'unreadable'> => {
  const prompter = await app.prompter();
  const before = assessed.find(({ step }) => step.id === manualStep.stepId);
  if (before === undefined) return 'unreadable';
  const { clock } = context;
  const until = clock.now().getTime() + maxWaitMs;
  for (let turn = 0; clock.now().getTime() < until; turn += 1) {
    const minutes = Math.ceil((until - clock.now().getTime()) / 60_000);
    const text = app.sandboxed ? 'Practice: Enter does it for you; l: later' : `Waiting, ${minutes} min at most`;
    const end = await prompter.pause({ text, seconds: pollSeconds, again: turn > 0 });
    if (end === 'later') return 'later';
    const action = actionsOf(app, manualStep).find(({ ends }) => ends === end);
    if (action !== undefined) app.terminal.stderr(`${await action.run()}\n`);
    if (end === 'open' || end === 'copy') continue;
    if (app.sandboxed && end === 'now') await app.doInConsole(await context.accountId(), manualStep.finding.id);
    forget();
    const now = (await assessStep(before, context)).findings.filter(({ id }) => id === manualStep.finding.id);
    if (now.some(({ status, cause }) => status === 'unknown' && cause === 'denied')) return 'unreadable';
    if (now.every(({ status }) => status === 'pass' || status === 'not-applicable')) return 'verified';
  }
  return 'timeout';
};

/** AWS has no API to read this, so the user confirms it. The day is recorded, because the setting may change later. */
const askForConfirmation = async (
  app: App,
  manualStep: ManualStep,
  { path, flag, question }: NonNullable<Guide['confirmation']>,
  { context }: TourContext,
): Promise<Override | undefined> => {
  const { stepId } = manualStep;
  const prompter = await app.prompter();
  const value = context.clock.now().toISOString().slice(0, 10);
  const practice = app.sandboxed ? 'Practice: answering yes does it for you. ' : '';
  const hint = `${practice}AWS has no API to check this, so your answer is recorded with today's date: ${stepId}.${path}: ${value}.`;
  if (!(await prompter.confirm({ hint, question, default: false, actions: actionsOf(app, manualStep) }))) return undefined;
  if (app.sandboxed) await app.doInConsole(await context.accountId(), manualStep.finding.id);
  return { step: stepId, path, value, flag };
};

/** How the questions ended, if they did before the last one; undefined for any other error. */
export const endOfQuestions = (error: unknown): 'interrupt' | 'end' | undefined =>
  error instanceof PromptAborted && error.reason !== 'stopped' ? error.reason : undefined;
