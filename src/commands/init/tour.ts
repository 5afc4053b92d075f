import type { Override } from '../../config/override.js';
import { PromptAborted } from '../../core/errors.js';
import type { Finding, Guide } from '../../core/finding.js';
import type { ObserveContext } from '../../core/step.js';
import { type AssessedStep, assessStep, type PreparedStep } from '../../engine/assess.js';
import { renderStop, renderStopEnd } from '../../report/tour.js';
import type { App } from '../../run/app.js';

/** One thing that only a person can do, with its way through the console. */
interface Stop {
  readonly stepId: string;
  readonly finding: Finding;
  readonly title: string;
  readonly url: string;
  readonly guide: Guide;
}

export interface Touring {
  readonly assessed: readonly AssessedStep[];
  /** The steps as they are with more answers. */
  readonly preparedWith: (answers: readonly Override[]) => readonly PreparedStep[];
  readonly context: ObserveContext;
  readonly forget: () => void;
  /** Puts the person's word on record; says in words where it is. */
  readonly record: (answer: Override) => Promise<string>;
  /** Findings that are left out: what would end this very run. */
  readonly except: readonly string[];
}

export interface Toured {
  readonly assessed: readonly AssessedStep[];
  /** What the person said, as answers. */
  readonly answers: readonly Override[];
  /** Ctrl-C: what was said and seen before it counts. */
  readonly interrupted: boolean;
}

/** How long one thing is waited for, and how often AWS is asked meanwhile. */
const patienceMs = 15 * 60_000;
const pollSeconds = 15;

/** Leads through what is left by hand: shows the way, then looks until AWS says that it is done, or the person does. */
export const tour = async (app: App, touring: Touring): Promise<Toured> => {
  const stops = touring.assessed.flatMap((step) => stopsOf(step)).filter(({ finding }) => !touring.except.includes(finding.id));
  const answers: Override[] = [];
  if (stops.length === 0) return { assessed: touring.assessed, answers, interrupted: false };
  let interrupted = false;
  try {
    for (const [index, stop] of stops.entries()) {
      if (!(await visit(app, stop, { at: index + 1, of: stops.length }, touring, answers))) break;
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
      // A step that was declined stays declined.
      return now === undefined || !stops.some(({ stepId }) => stepId === before.step.id)
        ? before
        : assessStep({ ...now, wanted: before.wanted }, touring.context);
    }),
  );
  return { assessed, answers, interrupted };
};

/** False when the rest would end no better: nobody is there any more, or nothing can be seen any more. */
const visit = async (
  app: App,
  stop: Stop,
  place: { readonly at: number; readonly of: number },
  touring: Touring,
  answers: Override[],
): Promise<boolean> => {
  const { guide, url, finding } = stop;
  const { messageStyle } = app.terminal;
  const notify = (text: string): void => app.terminal.stderr(text);
  notify(`${renderStop({ ...place, reason: finding.reason, url: app.sandboxed ? undefined : url, guide }, messageStyle)}\n`);
  if (guide.confirmation !== undefined) {
    const answer = await askForWord(app, stop, guide.confirmation, touring);
    if (answer !== undefined) answers.push(answer);
    notify(renderStopEnd(answer !== undefined, answer === undefined ? 'Left for later.' : await touring.record(answer), messageStyle));
    return true;
  }
  const end = await waitFor(app, stop, touring);
  notify(renderStopEnd(end === 'seen', endWords(end, stop), messageStyle));
  return end === 'seen' || end === 'later';
};

const stopsOf = (step: AssessedStep): readonly Stop[] =>
  step.findings.flatMap((finding) => {
    const spec = step.step.findings.find(({ id }) => id === finding.id);
    const open = finding.status === 'manual' || finding.status === 'fail';
    if (!open || spec?.guide === undefined || finding.remedy?.by !== 'hand' || finding.remedy.url === undefined) return [];
    // Of steps that nobody wants, only what is dangerous is spoken of.
    if (!step.wanted && spec.severity !== 'critical') return [];
    return [{ stepId: step.step.id, finding, title: spec.title, url: finding.remedy.url, guide: spec.guide }];
  });

const endWords = (end: 'seen' | 'later' | 'overdue' | 'blind', { title }: Stop): string => {
  if (end === 'seen') return `${title}: seen in AWS.`;
  if (end === 'blind') return 'AWS does not let this run look any more; the rest is for later.';
  return end === 'later' ? 'Left for later.' : `Not seen within ${patienceMs / 60_000} minutes; left for later.`;
};

const waitFor = async (app: App, stop: Stop, { assessed, context, forget }: Touring): Promise<'seen' | 'later' | 'overdue' | 'blind'> => {
  const prompter = await app.prompter();
  const before = assessed.find(({ step }) => step.id === stop.stepId);
  if (before === undefined) return 'blind';
  const { clock } = context;
  const until = clock.now().getTime() + patienceMs;
  for (let turn = 0; clock.now().getTime() < until; turn += 1) {
    const minutes = Math.ceil((until - clock.now().getTime()) / 60_000);
    const text = app.sandboxed ? 'Practice: Enter does it for you; l: later' : `Waiting, ${minutes} min at most. Enter: look now; l: later`;
    const end = await prompter.pause({ text, seconds: pollSeconds, again: turn > 0 });
    if (end === 'later') return 'later';
    if (app.sandboxed && end === 'now') await app.doInConsole(await context.accountId(), stop.finding.id);
    forget();
    const now = (await assessStep(before, context)).findings.filter(({ id }) => id === stop.finding.id);
    if (now.some(({ status, cause }) => status === 'unknown' && cause === 'denied')) return 'blind';
    if (now.every(({ status }) => status === 'pass' || status === 'not-applicable')) return 'seen';
  }
  return 'overdue';
};

/** AWS has no answer, so the person has; with the day, because it may change afterwards. */
const askForWord = async (
  app: App,
  { stepId }: Stop,
  { path, flag, question }: NonNullable<Guide['confirmation']>,
  { context }: Touring,
): Promise<Override | undefined> => {
  const prompter = await app.prompter();
  const value = context.clock.now().toISOString().slice(0, 10);
  const practice = app.sandboxed ? 'Practice: say that it does. ' : '';
  const hint = `${practice}AWS has no way to ask. Your word counts, with its day: ${stepId}.${path}: ${value}.`;
  return (await prompter.confirm({ hint, question, default: false })) ? { step: stepId, path, value, flag } : undefined;
};

/** How the questions ended, if they did before the last one; undefined for any other error. */
export const endOfQuestions = (error: unknown): 'interrupt' | 'end' | undefined =>
  error instanceof PromptAborted && error.reason !== 'stopped' ? error.reason : undefined;
