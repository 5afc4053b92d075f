import type { App } from '../app.js';
import type { Override } from '../config/override.js';
import type { Resolved } from '../config/resolve.js';

/** Plain prompts for what config and flags leave open. */
export const askForMissing = async (app: App, resolved: Resolved): Promise<readonly Override[]> => {
  const answers: Override[] = [];
  const prompter = await app.prompter();
  for (const ask of resolved.missing) {
    const value = await prompter.ask({
      question: ask.question,
      validate: ask.validate,
      ...(ask.hint === undefined ? {} : { hint: ask.hint }),
    });
    answers.push({ step: ask.stepId, path: ask.path, value, flag: ask.flag });
  }
  return answers;
};
