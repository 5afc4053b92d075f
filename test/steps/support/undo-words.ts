import type { Identity } from '../../../src/core/account.js';
import type { AnyStep, UndoContext } from '../../../src/core/step.js';
import { accountId, accountOf, type Answers, desiredOf, root } from './account.js';

interface Run extends Partial<Omit<UndoContext, 'caller'>> {
  readonly identity?: Identity;
  readonly intents?: Parameters<typeof desiredOf>[4];
}

/** What an undo of a step removes, what it leaves and why, and what it could not read. */
export const undoWords = async (step: AnyStep, section: object, answers: Answers, run: Run = {}): Promise<readonly string[]> => {
  const { identity = root, intents, named = true, evenIfUsed = false, running = () => true } = run;
  const { context } = accountOf(answers, { identity });
  const desired = desiredOf(step, section, 'init', [], intents);
  const { undo } = step;
  if (undo === undefined) throw new Error('the step has no undo');
  const caller = { accountId, partition: 'aws', identity };
  const { changes, kept, unread = [] } = undo.plan(desired, await undo.observe(context, desired), { caller, named, evenIfUsed, running });
  return [
    ...changes.map(({ calls, summary, risk }) => `${calls.join(', ')}: ${summary}${risk === 'none' ? '' : ` (${risk})`}`),
    ...kept.map(({ what, why, manual }) => `kept: ${what}: ${why}${manual === undefined ? '' : `. ${manual}`}`),
    ...unread.map((one) => `unread: ${one.missingPermission ?? one.message}`),
  ];
};
