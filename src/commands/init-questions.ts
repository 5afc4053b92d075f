import type { App } from '../app.js';
import type { Override } from '../config/override.js';
import type { StepAsk } from '../config/resolve.js';
import type { Caller } from '../core/account.js';
import type { AskedWith, Offer } from '../core/step.js';
import type { Look } from '../core/text.js';
import { pageOf, paragraph, sheetOf } from '../report/layout.js';
import { personOf } from './init-person.js';

/** What the person answered, and what they leave for another run. */
export interface Answers {
  /** What was kept, too. */
  readonly answers: readonly Override[];
  /** Ids of steps. */
  readonly later: readonly string[];
  readonly asked: boolean;
}

/** An answer that the account gave, without a question. */
export interface Kept extends Override {
  readonly question: string;
  readonly reason: string;
  /** Printed instead of the value. */
  readonly shown?: string;
}

export interface Asking {
  /** Questions that config and flags leave open, in the order of the steps. */
  readonly open: readonly StepAsk[];
  readonly caller: Caller;
  /** What is in the account, by step. */
  readonly observed: Readonly<Record<string, unknown>>;
  /** Whether a step would have nothing to change, and nothing unread, with these answers. */
  readonly holds: (stepId: string, answers: readonly Override[]) => Promise<boolean>;
}

/** Asks for what config and flags leave open and the account does not answer either, with what the account offers. */
export const askOpen = async (app: App, asking: Asking, kept: readonly Kept[], more: number): Promise<Answers> => {
  const open = asking.open.filter(({ stepId }) => !kept.some(({ step }) => step === stepId));
  const answers: Override[] = [...overridesOf(kept)];
  const later: string[] = [];
  const count = open.filter((ask) => isAsked(ask, offersOf(app, asking, ask, answers))).length + more;
  if (count > 0 && !app.terminal.quiet) app.terminal.stderr(intro(count, app.terminal.messageLook));
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

export const overridesOf = (kept: readonly Kept[]): readonly Override[] =>
  kept.map(({ step, path, value, flag }) => ({ step, path, value, flag }));

const intro = (count: number, look: Look): string => {
  const text = `${count === 1 ? 'One question' : `${count} questions`}, one plan, one approval. Nothing is changed before you approve the plan.`;
  return `${pageOf(paragraph(sheetOf(look), 0, { text }))}\n`;
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

const offersOf = (app: App, { observed, caller }: Asking, ask: StepAsk, overrides: readonly Override[]): readonly Offer[] => {
  const answers = Object.fromEntries(overrides.map(({ step, path, value }) => [`${step}.${path}`, value]));
  const around: AskedWith = { caller, answers, person: personOf(app.host.env) };
  const offers = ask.offers?.(observed[ask.stepId], around) ?? [];
  // The account may hold what this tool would not make: it is no answer then.
  return offers.filter(({ value, instead }) => instead !== undefined || ask.validate(value, observed[ask.stepId]) === undefined);
};

/** Steps for which the account answers every question, and leaves nothing to be changed. */
export const keptOf = async (app: App, asking: Asking): Promise<readonly Kept[]> => {
  const stepIds = asking.open.map(({ stepId }) => stepId).filter((id, at, all) => all.indexOf(id) === at);
  const found = await Promise.all(
    stepIds.map(async (step): Promise<readonly Kept[]> => {
      const kept: Kept[] = [];
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
