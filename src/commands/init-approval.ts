import type { App } from '../app.js';
import { changesOf, type LookedStep } from '../engine/look.js';

/** Approval at the terminal. What cannot easily be taken back is asked for by itself, and left out when declined. */
export const approve = async (app: App, looked: readonly LookedStep[]): Promise<readonly LookedStep[] | undefined> => {
  const prompter = await app.prompter();
  const grave = looked.filter((step) => changesOf(step).some((change) => change.risk === 'billing' || change.risk === 'hard-to-undo'));
  const refused = new Set<string>();
  for (const step of grave) {
    for (const change of changesOf(step).filter((one) => one.risk === 'billing' || one.risk === 'hard-to-undo')) {
      if (refused.has(step.step.id)) break;
      if (!(await prompter.confirm({ question: `${change.summary}: really?`, default: false }))) refused.add(step.step.id);
    }
  }
  const kept = looked.map((step) => (refused.has(step.step.id) ? { ...step, wanted: false } : step));
  const count = kept.reduce((sum, step) => sum + changesOf(step).length, 0);
  if (count === 0) return undefined;
  const ok = await prompter.confirm({ question: `Make ${count === 1 ? 'this change' : `these ${count} changes`}?`, default: false });
  return ok ? kept : undefined;
};
