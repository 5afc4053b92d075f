import type { Prompter } from '../../src/ui/prompter.js';
import { PromptAborted } from '../../src/ui/prompter.js';

/** One expected question and what the person does: an answer, a yes or no, or Ctrl-C. */
export interface Exchange {
  readonly asked: string | RegExp;
  readonly answer: string | boolean;
}

export interface ScriptedPrompter extends Prompter {
  /** Every question put so far, in order. */
  readonly questions: readonly string[];
  /** Throws when the script holds answers that nobody asked for. */
  readonly done: () => void;
}

/** A prompter that follows a script. A question that is not next in it fails the test, as does an answer that does not validate. */
export const scriptedPrompter = (script: readonly Exchange[]): ScriptedPrompter => {
  const rest = [...script];
  const questions: string[] = [];
  const next = (question: string): string | boolean => {
    questions.push(question);
    const exchange = rest.shift();
    const fits = exchange && (typeof exchange.asked === 'string' ? question.includes(exchange.asked) : exchange.asked.test(question));
    if (!exchange || !fits) throw new Error(`unexpected question: ${question}${exchange ? ` (expected ${String(exchange.asked)})` : ''}`);
    if (exchange.answer === 'ctrl-c') throw new PromptAborted('interrupt');
    return exchange.answer;
  };
  return {
    questions,
    done: () => {
      if (rest.length > 0) throw new Error(`never asked: ${rest.map(({ asked }) => String(asked)).join(', ')}`);
    },
    ask: async ({ question, default: initial, validate }) => {
      const text = String(next(question)) || (initial ?? '');
      const problem = validate?.(text);
      if (problem !== undefined) throw new Error(`the answer ${JSON.stringify(text)} to "${question}" was refused: ${problem}`);
      return text;
    },
    confirm: async ({ question }) => next(question) === true,
    typeToConfirm: async ({ question, expected }) => next(question) === expected,
  };
};
