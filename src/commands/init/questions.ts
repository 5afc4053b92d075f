import { declinedError } from '../../run/approval.js';
import type { DestinationFlags } from '../../config/destination.js';
import type { Override } from '../../config/override.js';
import type { Resolved, StepAsk } from '../../config/resolve.js';
import type { Caller } from '../../core/account.js';
import type { ObserveContext, Offer, QuestionContext } from '../../core/step.js';
import type { TextStyle } from '../../core/text.js';
import { type AssessedStep, assessStep, changesOf, type PreparedStep } from '../../engine/assess.js';
import { layoutOf, pageOf, paragraph } from '../../report/layout.js';
import { renderAdopted } from '../../report/tour.js';
import type { App } from '../../run/app.js';
import { titles } from '../../steps/index.js';
import { makesSecret } from './approval.js';
import { askForDestination, secretsForDestination } from './destination.js';

/** What the person answered, and what they leave for another run. */
export interface Answers {
  /** What was kept, too. */
  readonly answers: readonly Override[];
  /** Ids of steps. */
  readonly later: readonly string[];
  readonly asked: boolean;
}

/** An answer that the account gave, without a question. */
export interface AdoptedAnswers extends Override {
  readonly question: string;
  readonly reason: string;
  /** Printed instead of the value. */
  readonly shown?: string;
}

export interface QuestionRound {
  /** Questions that config and flags leave open, in the order of the steps. */
  readonly open: readonly StepAsk[];
  readonly caller: Caller;
  /** What is in the account, by step. */
  readonly observed: Readonly<Record<string, unknown>>;
  /** Whether a step would have nothing to change, and nothing unread, with these answers. */
  readonly holds: (stepId: string, answers: readonly Override[]) => Promise<boolean>;
}

/** Asks for what config and flags leave open and the account does not answer either, with what the account offers. */
export const askOpen = async (app: App, asking: QuestionRound, kept: readonly AdoptedAnswers[], more: number): Promise<Answers> => {
  const open = asking.open.filter(({ stepId }) => !kept.some(({ step }) => step === stepId));
  const answers: Override[] = [...overridesOf(kept)];
  const later: string[] = [];
  const count = open.filter((ask) => isAsked(ask, offersOf(app, asking, ask, answers))).length + more;
  if (count > 0 && !app.terminal.quiet) app.terminal.stderr(intro(count, app.terminal.messageStyle));
  for (const ask of open) {
    const offers = offersOf(app, asking, ask, answers);
    if (later.includes(ask.stepId) || !isAsked(ask, offers)) continue;
    const value = await askOne(app, ask, offers, asking.observed[ask.stepId]);
    if (value === undefined) later.push(ask.stepId);
    else answers.push({ step: ask.stepId, path: ask.path, value, flag: ask.flag });
  }
  // Half a step is none: what was answered before it was left for later says nothing.
  return { answers: answers.filter(({ step }) => !later.includes(step)), later, asked: count > more };
};

const isAsked = (ask: StepAsk, offers: readonly Offer[]): boolean => ask.onlyWithOffers !== true || offers.length > 0;

const overridesOf = (kept: readonly AdoptedAnswers[]): readonly Override[] =>
  kept.map(({ step, path, value, flag }) => ({ step, path, value, flag }));

const intro = (count: number, look: TextStyle): string => {
  const text = `${count === 1 ? 'One question' : `${count} questions`}, one plan, one approval. Nothing is changed before you approve the plan.`;
  return `${pageOf(paragraph(layoutOf(look), 0, { text }))}\n`;
};

const askOne = async (app: App, ask: StepAsk, offers: readonly Offer[], observed: unknown): Promise<string | undefined> => {
  const prompter = await app.prompter();
  const { question } = ask;
  const validate = (text: string): string | undefined => ask.validate(text, observed);
  if (offers.length < 2) {
    const [offer] = offers;
    const reason = offer === undefined ? undefined : `${offer.value}: ${offer.reason}.`;
    const hint = [ask.hint === undefined ? undefined : sentence(ask.hint), reason].filter((part) => part !== undefined).join(' ');
    return prompter.askOrLater({
      question,
      validate,
      ...(hint === '' ? {} : { hint }),
      ...(offer === undefined ? {} : { default: offer.value }),
    });
  }
  const choice = await prompter.select<Offer | 'another' | 'later'>({
    question,
    ...(ask.hint === undefined ? {} : { hint: sentence(ask.hint) }),
    choices: [
      ...offers.map((offer) => ({ value: offer, name: offer.value, reason: offer.reason })),
      { value: 'another', name: 'Another one' },
      { value: 'later', name: 'Leave it for later' },
    ],
  });
  if (choice === 'later') return undefined;
  return choice === 'another' ? prompter.askOrLater({ question, validate }) : choice.value;
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const offersOf = (app: App, { observed, caller }: QuestionRound, ask: StepAsk, overrides: readonly Override[]): readonly Offer[] => {
  const answers = Object.fromEntries(overrides.map(({ step, path, value }) => [`${step}.${path}`, value]));
  const around: QuestionContext = { caller, answers, person: personOf(app.host.env) };
  const offers = ask.offers?.(observed[ask.stepId], around) ?? [];
  // The account may hold what this tool would not make: it is no answer then.
  return offers.filter(({ value, instead }) => instead !== undefined || ask.validate(value, observed[ask.stepId]) === undefined);
};

/** Steps for which the account answers every question, and leaves nothing to be changed. */
export const adoptedAnswers = async (app: App, asking: QuestionRound): Promise<readonly AdoptedAnswers[]> => {
  const stepIds = asking.open.map(({ stepId }) => stepId).filter((id, at, all) => all.indexOf(id) === at);
  const found = await Promise.all(
    stepIds.map(async (step): Promise<readonly AdoptedAnswers[]> => {
      const kept: AdoptedAnswers[] = [];
      for (const ask of asking.open.filter(({ stepId }) => stepId === step)) {
        const sure = offersOf(app, asking, ask, kept).find((offer) => offer.sure === true);
        if (sure === undefined) return [];
        const { question } = ask;
        const { value, reason, instead } = sure;
        if (instead !== undefined) return [{ step, path: instead.path, flag: instead.flag, question, value, shown: instead.name, reason }];
        kept.push({ step, path: ask.path, flag: ask.flag, question, value, reason });
      }
      return (await asking.holds(step, overridesOf(kept))) ? kept : [];
    }),
  );
  return found.flat();
};

/** Names that belong to a machine or to everybody, and tell nothing of the person in front of it. */
const nobody = new Set([
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

/** The name that the person goes by on this computer; undefined where it is nobody's own. */
const personOf = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const name = env['USER'] || env['LOGNAME'] || env['USERNAME'] || undefined;
  return name === undefined || nobody.has(name.toLowerCase()) ? undefined : name;
};

/** A run before it is known what the person wants. */
export interface Undecided {
  /** As config and flags leave it. */
  readonly resolved: Resolved;
  readonly resolveWith: (overrides: readonly Override[], place: DestinationFlags) => Resolved;
  /** `chosen`: as if there were a place for secrets. */
  readonly prepareWith: (resolved: Resolved, secrets?: 'chosen') => readonly PreparedStep[];
  readonly overrides: readonly Override[];
  readonly place: DestinationFlags;
  readonly caller: Caller;
  readonly context: ObserveContext;
}

/** The same, decided. */
export interface Decided {
  /** Flags and answers. */
  readonly overrides: readonly Override[];
  readonly place: DestinationFlags;
  /** Steps that the person leaves for another run. */
  readonly later: readonly string[];
  /** Whether anything was asked: the account may look different by now. */
  readonly asked: boolean;
}

/** Everything that has to be known before there can be a plan: first what is in the account, then what only the person can say. */
export const interview = async (app: App, undecided: Undecided): Promise<Decided> => {
  const { resolved, resolveWith, prepareWith, overrides, place, caller, context } = undecided;
  const { quiet } = app.terminal;
  /** Steps that create a secret for which there is no place yet. */
  const secretSteps = (now: Resolved): readonly string[] =>
    app.sandboxed || now.destination !== undefined ? [] : secretsForDestination(prepareWith(now, 'chosen')).map(({ stepId }) => stepId);
  const placeless = secretSteps(resolved).length > 0;
  if (resolved.open.length === 0 && !placeless) return { overrides, place, later: [], asked: false };
  /** How a step looks with more answers, and a place for what is secret. */
  const trial = async (stepId: string, answers: readonly Override[]): Promise<AssessedStep | undefined> => {
    const now = prepareWith(resolveWith([...overrides, ...answers], place), 'chosen').find(({ step }) => step.id === stepId);
    return now === undefined ? undefined : assessStep(now, context);
  };
  const holds = async (stepId: string, answers: readonly Override[]): Promise<boolean> => {
    const assessed = await trial(stepId, answers);
    return assessed !== undefined && changesOf(assessed).length === 0 && assessed.findings.every(({ status }) => status !== 'unknown');
  };
  /** Whether a secret without a place would be made, as far as that is known before every question is answered. */
  const needsPlace = async (answers: readonly Override[], later: readonly string[]): Promise<boolean> => {
    const now = resolveWith([...overrides, ...answers], place);
    const making = secretSteps(now).filter((id) => !later.includes(id));
    const open = now.missing.some(({ stepId }) => making.includes(stepId));
    const assessed = await Promise.all(making.map((id) => trial(id, answers)));
    return open || assessed.some((one) => one !== undefined && changesOf(one).some(makesSecret));
  };

  const asks = resolved.open;
  app.progress.stepStarted('Looking at what is there');
  const steps = prepareWith(resolved).filter(({ step }) => asks.some(({ stepId }) => stepId === step.id));
  const assessed = await Promise.all(steps.map((step) => assessStep(step, context)));
  const asking: QuestionRound = {
    open: asks,
    caller,
    observed: Object.fromEntries(assessed.map((one) => [one.step.id, one.observed])),
    holds,
  };
  const kept = await adoptedAnswers(app, asking);
  const more = (await needsPlace(overridesOf(kept), [])) ? 1 : 0;
  app.progress.stop();

  if (kept.length > 0 && !quiet) app.terminal.stderr(`${renderAdopted(kept, titles, app.terminal.messageStyle)}\n`);
  const { answers, later, asked } = await askOpen(app, asking, kept, more);
  if (Object.entries(resolved.steps).every(([id, { wanted }]) => !wanted || later.includes(id))) throw declinedError();
  const placed = asked ? await needsPlace(answers, later) : more === 1;
  return {
    overrides: [...overrides, ...answers],
    place: placed ? await askForDestination(app, caller.accountId) : place,
    later,
    asked: asked || placed,
  };
};
