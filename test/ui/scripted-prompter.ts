import type { Prompter, Question } from '../../src/ui/prompter.js';
import { PromptAborted, WentBack } from '../../src/core/errors.js';
import type { PauseEnd } from '../../src/ui/pause.js';

/**
 * One expected question and what the user does: an answer, a yes or no, part of the name of a choice, `esc` to postpone it,
 * `back` to go back, `ctrl-c`; at the approval `edit`; at a pause `now`, `later`, `open`,
 * `copy` or `time`; at a confirmation the letter of an action.
 */
export interface Exchange {
  readonly asked: string | RegExp;
  readonly answer: string | boolean;
}

export interface ScriptedPrompter extends Prompter {
  /** Every question asked so far, in order. */
  readonly questions: readonly string[];
  /** Throws if the script contains answers that were not asked for. */
  readonly done: () => void;
}

/** A prompter that follows a script. A question that is not next in it fails the test, and so does an invalid answer. */
export const scriptedPrompter = (script: readonly Exchange[]): ScriptedPrompter => {
  const rest = [...script];
  const questions: string[] = [];
  const next = (question: string): string | boolean => {
    questions.push(question);
    const exchange = rest.shift();
    const fits = exchange && (typeof exchange.asked === 'string' ? question.includes(exchange.asked) : exchange.asked.test(question));
    if (!exchange || !fits) throw new Error(`unexpected question: ${question}${exchange ? ` (expected ${String(exchange.asked)})` : ''}`);
    if (exchange.answer === 'ctrl-c') throw new PromptAborted('interrupt');
    if (exchange.answer === 'back') throw new WentBack();
    return exchange.answer;
  };
  return {
    questions,
    done: () => {
      if (rest.length > 0) throw new Error(`never asked: ${rest.map(({ asked }) => String(asked)).join(', ')}`);
    },
    ask: async (question) => answerTo(question, next(question.question)),
    askOrSkip: async (question) => {
      const answer = next(question.question);
      return answer === 'esc' ? undefined : answerTo(question, answer);
    },
    select: async ({ question, choices }) => {
      const answer = next(question);
      const chosen = answer === '' ? choices[0] : choices.find(({ name }) => name.includes(String(answer)));
      if (chosen === undefined) throw new Error(`"${question}" offers no ${String(answer)}: ${choices.map(({ name }) => name).join(', ')}`);
      return chosen.value;
    },
    confirm: async ({ question, actions = [] }) => {
      for (;;) {
        const answer = next(question);
        const action = actions.find(({ key }) => key === answer);
        if (action === undefined) return answer === true;
        await action.run();
      }
    },
    approve: async ({ question, expected, mayEdit }) => {
      const answer = next(question);
      if (answer === 'edit' && !mayEdit) throw new Error(`"${question}" does not offer to edit an answer`);
      return answer === 'edit' ? 'edit' : answer === (expected ?? true) ? 'yes' : 'no';
    },
    pause: async ({ text }) => next(text) as PauseEnd,
  };
};

const answerTo = ({ question, default: initial, validate }: Question, answer: string | boolean): string => {
  const text = String(answer) || (initial ?? '');
  const problem = validate?.(text);
  if (problem !== undefined) throw new Error(`the answer ${JSON.stringify(text)} to "${question}" was refused: ${problem}`);
  return text;
};
