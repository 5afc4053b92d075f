import type { AnyStep, DesireContext, Intents } from '../core/step.js';

/** How one step takes part in a run, after config and flags. */
export interface Part {
  readonly step: AnyStep;
  /** The step's parsed section. */
  readonly slice: unknown;
  /** Brought about by `init`. */
  readonly wanted: boolean;
  /** Looked at. A step can be judged without being wanted: `check` speaks of access keys that nobody asked for. */
  readonly judged: boolean;
  /** The config wants it, though it may not run now: other steps may rely on what it intends. */
  readonly intended: boolean;
}

export interface PreparedStep extends Part {
  readonly desired: unknown;
}

/**
 * Works out what every step wants, in two passes: the first collects what steps may rely on of each other, whatever their
 * order (the console password depends on how MFA is assigned, MFA on the administrator's name). Steps that do not run still
 * state their intent: `--only mfa` must know the administrator's name.
 */
export const prepare = (parts: readonly Part[], context: Omit<DesireContext, 'intents' | 'running'>): readonly PreparedStep[] => {
  const runs = new Set(parts.filter((part) => part.wanted && part.judged).map((part) => part.step.id));
  const running = (id: string): boolean => runs.has(id);
  let intents: Intents = {};
  for (const { step, slice, intended } of parts) {
    if (intended) intents = { ...intents, ...step.intent(step.desire(slice, { ...context, intents, running })) };
  }
  return parts.map((part) => ({ ...part, desired: part.step.desire(part.slice, { ...context, intents, running }) }));
};
