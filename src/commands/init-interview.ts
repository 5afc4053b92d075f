import type { App } from '../app.js';
import type { DestinationFlags } from '../config/destination.js';
import type { Override } from '../config/override.js';
import type { Resolved } from '../config/resolve.js';
import type { Caller } from '../core/account.js';
import type { LookContext } from '../core/step.js';
import { changesOf, type LookedStep, lookAt } from '../engine/look.js';
import type { PreparedStep } from '../engine/prepare.js';
import { renderKept } from '../report/kept.js';
import { titles } from '../steps/index.js';
import { declinedError } from './init-approval.js';
import { askForDestination, homeless } from './init-destination.js';
import { makesSecret } from './init-apply.js';
import { askOpen, type Asking, keptOf, overridesOf } from './init-questions.js';

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
  readonly context: LookContext;
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
  const placeless = !app.sandboxed && homeless(resolved, true).length > 0;
  if (resolved.open.length === 0 && !placeless) return { overrides, place, later: [], asked: false };
  /** How a step looks with more answers, and a place for what is secret. */
  const trial = async (stepId: string, answers: readonly Override[]): Promise<LookedStep | undefined> => {
    const now = prepareWith(resolveWith([...overrides, ...answers], place), 'chosen').find(({ step }) => step.id === stepId);
    return now === undefined ? undefined : lookAt(now, context);
  };
  const holds = async (stepId: string, answers: readonly Override[]): Promise<boolean> => {
    const looked = await trial(stepId, answers);
    return looked !== undefined && changesOf(looked).length === 0 && looked.findings.every(({ status }) => status !== 'unknown');
  };
  /** Whether a secret without a place would be made, as far as that is known before every question is answered. */
  const needsPlace = async (answers: readonly Override[], later: readonly string[]): Promise<boolean> => {
    const now = resolveWith([...overrides, ...answers], place);
    if (app.sandboxed || homeless(now, true).length === 0) return false;
    const open = now.missing.some(({ stepId }) => stepId === 'admin-user' && !later.includes(stepId));
    const looked = await Promise.all(secretSteps.filter((id) => !later.includes(id)).map((id) => trial(id, answers)));
    return open || looked.some((one) => one !== undefined && changesOf(one).some(makesSecret));
  };

  const asks = resolved.open;
  app.progress.stepStarted('Looking at what is there');
  const steps = prepareWith(resolved).filter(({ step }) => asks.some(({ stepId }) => stepId === step.id));
  const looked = await Promise.all(steps.map((step) => lookAt(step, context)));
  const asking: Asking = { open: asks, caller, observed: Object.fromEntries(looked.map((one) => [one.step.id, one.observed])), holds };
  const kept = await keptOf(app, asking);
  const more = (await needsPlace(overridesOf(kept), [])) ? 1 : 0;
  app.progress.stop();

  if (kept.length > 0 && !quiet) app.terminal.stderr(`${renderKept(kept, titles, app.terminal.messageLook)}\n`);
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

/** Whose changes yield what has to be kept somewhere. */
const secretSteps = ['admin-user', 'access-keys'] as const;
