import type { StepAsk } from '../../config/resolve.js';
import { destinationFlags } from '../../config/destination.js';
import type { Override } from '../../config/override.js';
import type { App } from '../../run/app.js';
import { titles } from '../../steps/index.js';
import { askForDestination } from './destination.js';
import { askOne, type Decided, type InterviewInput, isNeeded, offersOf, type QuestionRound, readsOf } from './questions.js';

type Edited =
  | { readonly kind: 'answer'; readonly ask: StepAsk; readonly value: string }
  | { readonly kind: 'skipped'; readonly stepId: string }
  | { readonly kind: 'place' }
  | { readonly kind: 'back' };

interface Choice {
  readonly value: Edited;
  readonly name: string;
}

/** What the user can edit before the plan is approved: the answers of this run, the skipped steps, and the place of the secrets. */
export const editable = ({ round, overrides, skipped, placed, place }: Decided): readonly Choice[] => {
  if (round === undefined) return [];
  const answers = round.open.flatMap((ask): readonly Choice[] => {
    const given = overrides.find((one) => isAnswerTo(one, ask));
    return given === undefined ? [] : [{ value: { kind: 'answer', ask, value: given.value }, name: `${ask.question}: ${given.value}` }];
  });
  return [
    ...answers,
    ...skipped.map((stepId): Choice => ({ value: { kind: 'skipped', stepId }, name: `${titles[stepId] ?? stepId}: skipped` })),
    ...(placed
      ? [{ value: { kind: 'place' }, name: `Where to store secrets: ${destinationFlags(place).join(', ') || 'nowhere'}` } as const]
      : []),
  ];
};

const isAnswerTo = ({ step, path }: Override, ask: StepAsk): boolean => step === ask.stepId && path === ask.path;

/** Asks which answer to change, and asks that question again. Returns the same decisions if the user goes back. */
export const editAnswer = async (app: App, undecided: InterviewInput, decided: Decided): Promise<Decided> => {
  const { round } = decided;
  if (round === undefined) return decided;
  const prompter = await app.prompter();
  const chosen = await prompter.select<Edited>({
    question: 'Which answer to change',
    choices: [...editable(decided), { value: { kind: 'back' }, name: 'None: back to the plan' }],
  });
  switch (chosen.kind) {
    case 'back':
      return decided;
    case 'place':
      return { ...decided, place: await askForDestination(app, undecided.caller.accountId) };
    case 'answer': {
      const { ask, value } = chosen;
      const given = await askAgain(app, round, decided.overrides, ask, value);
      const answer = { step: ask.stepId, path: ask.path, value: given ?? '', flag: ask.flag };
      return withPlace(
        app,
        undecided,
        given === undefined
          ? withoutStep(decided, round, ask.stepId)
          : { ...decided, overrides: decided.overrides.map((one) => (isAnswerTo(one, ask) ? answer : one)) },
      );
    }
    case 'skipped':
      return withPlace(app, undecided, await resumed(app, round, decided, chosen.stepId));
  }
};

const askAgain = (
  app: App,
  round: QuestionRound,
  overrides: readonly Override[],
  ask: StepAsk,
  current: string,
): Promise<string | undefined> => {
  const others = offersOf(app, round, ask, overrides).filter(({ value, instead }) => value !== current && instead === undefined);
  return askOne(app, ask, [{ value: current, reason: 'your answer' }, ...others], round.observed[ask.stepId]);
};

/** The step is skipped, and its answers are dropped; flags of the command line stay. */
const withoutStep = (decided: Decided, { open }: QuestionRound, stepId: string): Decided => ({
  ...decided,
  overrides: decided.overrides.filter((one) => one.step !== stepId || !open.some((ask) => isAnswerTo(one, ask))),
  skipped: [...decided.skipped, stepId],
});

/** Asks the questions of a step that was skipped. */
const resumed = async (app: App, round: QuestionRound, decided: Decided, stepId: string): Promise<Decided> => {
  const answers: Override[] = [];
  for (const ask of round.open.filter((one) => one.stepId === stepId)) {
    const offers = offersOf(app, round, ask, [...decided.overrides, ...answers]);
    if (!isNeeded(ask, offers)) continue;
    const value = await askOne(app, ask, offers, round.observed[stepId]);
    if (value === undefined) return decided;
    answers.push({ step: stepId, path: ask.path, value, flag: ask.flag });
  }
  return { ...decided, overrides: [...decided.overrides, ...answers], skipped: decided.skipped.filter((id) => id !== stepId) };
};

/** Asks where to store secrets if the edited answers need it and no one asked before. */
const withPlace = async (app: App, undecided: InterviewInput, decided: Decided): Promise<Decided> => {
  if (decided.placed) return decided;
  const answers = decided.overrides.filter((one) => !undecided.overrides.includes(one));
  if (!(await readsOf(app, undecided).lacksDestination(answers, decided.skipped))) return decided;
  return { ...decided, place: await askForDestination(app, undecided.caller.accountId), placed: true };
};
