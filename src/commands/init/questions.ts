import { declinedError } from '../../run/approval.js';
import type { DestinationFlags } from '../../config/destination.js';
import type { Override } from '../../config/override.js';
import type { Resolved, StepAsk } from '../../config/resolve.js';
import type { Caller } from '../../core/account.js';
import { WentBack } from '../../core/errors.js';
import type { ObserveContext, Offer, QuestionContext } from '../../core/step.js';
import type { TextStyle } from '../../core/text.js';
import { type AssessedStep, assessStep, changesOf, type PreparedStep } from '../../engine/assess.js';
import { layoutOf, pageOf, paragraph } from '../../report/layout.js';
import { renderAdopted } from '../../report/tour.js';
import type { App } from '../../run/app.js';
import { titles } from '../../steps/index.js';
import { makesSecret } from './approval.js';
import { askForDestination, secretsForDestination } from './destination.js';

/** The answers of the user, and the skipped steps. */
export interface Answers {
  /** Includes adopted answers. */
  readonly answers: readonly Override[];
  /** Ids of steps. */
  readonly skipped: readonly string[];
  readonly asked: boolean;
}

/** An answer taken from the account, without a question. */
export interface AdoptedAnswer extends Override {
  readonly question: string;
  readonly reason: string;
  /** Printed instead of the value. */
  readonly shown?: string;
}

export interface QuestionRound {
  /** Questions without an answer in config or flags, in the order of the steps. */
  readonly open: readonly StepAsk[];
  readonly caller: Caller;
  /** The observed state, by step. */
  readonly observed: Readonly<Record<string, unknown>>;
  /** Whether a step would change nothing with these answers, and could read everything. */
  readonly needsNoChange: (stepId: string, answers: readonly Override[]) => Promise<boolean>;
}

/** A question that was asked. `value` is undefined if the user skipped it, and its step with it. */
interface Asked {
  readonly ask: StepAsk;
  readonly value: string | undefined;
}

/** The questions asked so far, in order. */
export interface Trail {
  readonly asked: readonly Asked[];
  /** Answers that the user went back from: they are suggested again. */
  readonly earlier: ReadonlyMap<StepAsk, string>;
}

const start: Trail = { asked: [], earlier: new Map() };

/** The trail without its last question. */
const backFrom = ({ asked, earlier }: Trail): Trail => {
  const last = asked.at(-1);
  return {
    asked: asked.slice(0, -1),
    earlier: last?.value === undefined ? earlier : new Map([...earlier, [last.ask, last.value]]),
  };
};

/**
 * Asks the questions that neither config, flags nor the account answer, with suggestions from the account. `more`: whether a question
 * follows these.
 */
export const askOpen = async (
  app: App,
  asking: QuestionRound,
  adopted: readonly AdoptedAnswer[],
  more: (answers: readonly Override[], skipped: readonly string[]) => Promise<boolean>,
  trail: Trail = start,
): Promise<Answers & { readonly trail: Trail }> => {
  const open = asking.open.filter(({ stepId }) => !adopted.some(({ step }) => step === stepId));
  const answersOf = (asked: Trail['asked']): readonly Override[] => [
    ...overridesOf(adopted),
    ...asked.flatMap(({ ask: { stepId, path, flag }, value }) => (value === undefined ? [] : [{ step: stepId, path, value, flag }])),
  ];
  const skippedOf = (asked: Trail['asked']): readonly string[] =>
    asked.flatMap(({ ask, value }) => (value === undefined ? [ask.stepId] : []));
  const pending = (asked: Trail['asked']): readonly StepAsk[] =>
    open.filter(
      (ask) =>
        !asked.some((one) => one.ask === ask) &&
        !skippedOf(asked).includes(ask.stepId) &&
        isNeeded(ask, offersOf(app, asking, ask, answersOf(asked))),
    );
  let now = trail;
  for (;;) {
    const { asked, earlier } = now;
    const [ask, ...rest] = pending(asked);
    const answers = answersOf(asked);
    const skipped = skippedOf(asked);
    // The answers of a step that was then skipped are dropped.
    const kept = answers.filter(({ step }) => !skipped.includes(step));
    const isStart = now === start;
    if (ask === undefined && !isStart) return { answers: kept, skipped, asked: asked.length > 0, trail: now };
    const of = asked.length + (ask === undefined ? 0 : 1 + rest.length) + ((await more(kept, skipped)) ? 1 : 0);
    if (isStart && of > 0 && !app.terminal.quiet) app.terminal.stderr(intro(of, app.terminal.messageStyle));
    if (ask === undefined) return { answers: kept, skipped, asked: false, trail: now };
    const given = earlier.get(ask);
    const offers = offersOf(app, asking, ask, answers);
    const own = given === undefined ? [] : [{ value: given, reason: 'your answer' }];
    // A single suggestion gives way to the answer; several stay a list.
    const others = own.length > 0 && offers.length < 2 ? [] : offers.filter(({ value }) => value !== given);
    const suggested = [...own, ...others];
    try {
      const value = await askOne(app, ask, suggested, asking.observed[ask.stepId], placeOf(asked.length + 1, of));
      now = { asked: [...asked, { ask, value }], earlier };
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      now = backFrom(now);
    }
  }
};

interface Place {
  readonly position?: string;
  readonly mayGoBack: boolean;
}

/** Question `at` of `of`. */
const placeOf = (at: number, of: number): Place => ({ ...(of > 1 ? { position: `${at} of ${of}` } : {}), mayGoBack: at > 1 });

export const isNeeded = (ask: StepAsk, offers: readonly Offer[]): boolean => ask.onlyWithOffers !== true || offers.length > 0;

const overridesOf = (adopted: readonly AdoptedAnswer[]): readonly Override[] =>
  adopted.map(({ step, path, value, flag }) => ({ step, path, value, flag }));

const intro = (count: number, style: TextStyle): string => {
  const text = `${count === 1 ? 'One question' : `${count} questions`}, one plan, one approval. Nothing is changed before you approve the plan.`;
  return `${pageOf(paragraph(layoutOf(style), 0, { text }))}\n`;
};

export const askOne = async (
  app: App,
  ask: StepAsk,
  offers: readonly Offer[],
  observed: unknown,
  place: Partial<Place> = {},
): Promise<string | undefined> => {
  const prompter = await app.prompter();
  const { question } = ask;
  const validate = (text: string): string | undefined => ask.validate(text, observed);
  if (offers.length < 2) {
    const [offer] = offers;
    const reason = offer === undefined ? undefined : `${offer.value}: ${offer.reason}.`;
    const hint = [ask.hint === undefined ? undefined : sentence(ask.hint), reason].filter((part) => part !== undefined).join(' ');
    return prompter.askOrSkip({
      ...place,
      question,
      validate,
      ...(hint === '' ? {} : { hint }),
      ...(offer === undefined ? {} : { default: offer.value }),
    });
  }
  const choice = await prompter.select<Offer | 'another' | 'skipped'>({
    ...place,
    question,
    ...(ask.hint === undefined ? {} : { hint: sentence(ask.hint) }),
    choices: [
      ...offers.map((offer) => ({ value: offer, name: offer.value, reason: offer.reason })),
      { value: 'another', name: 'Another one' },
      { value: 'skipped', name: 'Skip for now', short: 'skipped' },
    ],
  });
  if (choice === 'skipped') return undefined;
  return choice === 'another' ? prompter.askOrSkip({ ...place, question, validate }) : choice.value;
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

export const offersOf = (app: App, { observed, caller }: QuestionRound, ask: StepAsk, overrides: readonly Override[]): readonly Offer[] => {
  const answers = Object.fromEntries(overrides.map(({ step, path, value }) => [`${step}.${path}`, value]));
  const context: QuestionContext = { caller, answers, person: localUserName(app.host.env) };
  const offers = ask.offers?.(observed[ask.stepId], context) ?? [];
  // The account may have a value that this tool would not create. It is not offered then.
  return offers.filter(({ value, instead }) => instead !== undefined || ask.validate(value, observed[ask.stepId]) === undefined);
};

/** The answers of steps for which the account answers every question and nothing needs a change. */
export const adoptedAnswers = async (app: App, asking: QuestionRound): Promise<readonly AdoptedAnswer[]> => {
  const stepIds = asking.open.map(({ stepId }) => stepId).filter((id, at, all) => all.indexOf(id) === at);
  const found = await Promise.all(
    stepIds.map(async (step): Promise<readonly AdoptedAnswer[]> => {
      const adopted: AdoptedAnswer[] = [];
      for (const ask of asking.open.filter(({ stepId }) => stepId === step)) {
        const sure = offersOf(app, asking, ask, adopted).find((offer) => offer.sure === true);
        if (sure === undefined) return [];
        const { question } = ask;
        const { value, reason, instead } = sure;
        if (instead !== undefined) return [{ step, path: instead.path, flag: instead.flag, question, value, shown: instead.name, reason }];
        adopted.push({ step, path: ask.path, flag: ask.flag, question, value, reason });
      }
      return (await asking.needsNoChange(step, overridesOf(adopted))) ? adopted : [];
    }),
  );
  return found.flat();
};

/** User names that are shared or belong to a machine, so they do not identify the user. */
const sharedUserNames = new Set([
  'root',
  'admin',
  'administrator',
  'user',
  'node',
  'runner',
  'vscode',
  'ubuntu',
  'ec2-user',
  'cloudshell-user',
  'codespace',
  'gitpod',
]);

/** The user name on this computer; undefined if it is a shared one. */
const localUserName = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const name = env['USER'] || env['LOGNAME'] || env['USERNAME'] || undefined;
  return name === undefined || sharedUserNames.has(name.toLowerCase()) ? undefined : name;
};

/** A run before the questions. */
export interface InterviewInput {
  /** The values from config and flags. */
  readonly resolved: Resolved;
  readonly resolveWith: (overrides: readonly Override[], place: DestinationFlags, skipped?: readonly string[]) => Resolved;
  /** `chosen`: as if a destination for secrets were set. */
  readonly prepareWith: (resolved: Resolved, secrets?: 'chosen') => readonly PreparedStep[];
  readonly overrides: readonly Override[];
  readonly place: DestinationFlags;
  readonly caller: Caller;
  readonly context: ObserveContext;
}

/** A run after the questions. */
export interface Decided {
  /** From flags and answers. */
  readonly overrides: readonly Override[];
  readonly place: DestinationFlags;
  /** Steps that the user skipped. */
  readonly skipped: readonly string[];
  /** Whether anything was asked: then the account may have changed in the meantime. */
  readonly asked: boolean;
  /** Whether the user was asked where to store secrets. */
  readonly placed: boolean;
  /** What the answers can be edited with; undefined without a question. */
  readonly round: QuestionRound | undefined;
}

/** The inputs of a run with answers, of which some may be missing. */
export type DecidedSoFar = Pick<Decided, 'overrides' | 'place' | 'skipped'>;

/**
 * Collects everything that a plan needs: first from the account, then from the user. `noteAnswers` is called before each question after the first
 * with the answers so far, and with undefined if there are none.
 */
export const interview = async (
  app: App,
  undecided: InterviewInput,
  noteAnswers: (soFar: DecidedSoFar | undefined) => void,
): Promise<Decided> => {
  const { resolved, prepareWith, overrides, place, caller, context } = undecided;
  const { quiet } = app.terminal;
  const { needsDestinationNow, needsNoChange, lacksDestination } = readsOf(app, undecided);
  if (resolved.open.length === 0 && !needsDestinationNow)
    return { overrides, place, skipped: [], asked: false, placed: false, round: undefined };

  const asks = resolved.open;
  app.progress.busy('Reading the account');
  const steps = prepareWith(resolved).filter(({ step }) => asks.some(({ stepId }) => stepId === step.id));
  const assessed = await Promise.all(steps.map((step) => assessStep(step, context)));
  const round: QuestionRound = {
    open: asks,
    caller,
    observed: Object.fromEntries(assessed.map((one) => [one.step.id, one.observed])),
    needsNoChange,
  };
  const adopted = await adoptedAnswers(app, round);
  const unasked = await lacksDestination(overridesOf(adopted), []);
  app.progress.stop();

  if (adopted.length > 0 && !quiet) app.terminal.stderr(`${renderAdopted(adopted, titles, app.terminal.messageStyle)}\n`);
  /** Whether a question for a destination follows. */
  const destinationFollows = (answers: readonly Override[], skipped: readonly string[]): Promise<boolean> => {
    noteAnswers(answers.length + skipped.length > adopted.length ? { overrides: [...overrides, ...answers], place, skipped } : undefined);
    return lacksDestination(answers, skipped);
  };
  let trail: Trail | undefined;
  for (;;) {
    const given = await askOpen(app, round, adopted, destinationFollows, trail);
    const { answers, skipped, asked } = given;
    if (Object.entries(resolved.steps).every(([id, { wanted }]) => !wanted || skipped.includes(id))) {
      noteAnswers(undefined);
      throw declinedError();
    }
    const placed = asked ? await destinationFollows(answers, skipped) : unasked;
    const decided = { overrides: [...overrides, ...answers], skipped, asked: asked || placed, placed, round };
    if (!placed) return { ...decided, place };
    const count = given.trail.asked.length + 1;
    try {
      return { ...decided, place: await askForDestination(app, caller.accountId, placeOf(count, count)) };
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      trail = backFrom(given.trail);
    }
  }
};

/** What the account shows about answers that are not applied yet. */
export const readsOf = (app: App, { resolved, resolveWith, prepareWith, overrides, place, context }: InterviewInput) => {
  /** Steps that create a secret for which no destination is set yet. */
  const secretSteps = (now: Resolved): readonly string[] =>
    app.sandboxed || now.destination !== undefined ? [] : secretsForDestination(prepareWith(now, 'chosen')).map(({ stepId }) => stepId);
  const needsDestinationNow = secretSteps(resolved).length > 0;
  /** Assesses a step with more answers, and as if a destination for secrets were set. */
  const assessWith = async (stepId: string, answers: readonly Override[]): Promise<AssessedStep | undefined> => {
    const now = prepareWith(resolveWith([...overrides, ...answers], place), 'chosen').find(({ step }) => step.id === stepId);
    return now === undefined ? undefined : assessStep(now, context);
  };
  const needsNoChange = async (stepId: string, answers: readonly Override[]): Promise<boolean> => {
    const assessed = await assessWith(stepId, answers);
    return assessed !== undefined && changesOf(assessed).length === 0 && assessed.findings.every(({ status }) => status !== 'unknown');
  };
  /** Whether a secret would be created without a destination, as far as that is known before all questions are answered. */
  const lacksDestination = async (answers: readonly Override[], skipped: readonly string[]): Promise<boolean> => {
    const now = resolveWith([...overrides, ...answers], place);
    const creating = secretSteps(now).filter((id) => !skipped.includes(id));
    const open = now.missing.some(({ stepId }) => creating.includes(stepId));
    const assessed = await Promise.all(creating.map((id) => assessWith(id, answers)));
    return open || assessed.some((one) => one !== undefined && changesOf(one).some(makesSecret));
  };
  return { needsDestinationNow, needsNoChange, lacksDestination };
};
