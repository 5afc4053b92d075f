import { BootstrapError } from '../../core/errors.js';

/** The input ended (Ctrl-D) at a question. Nothing was changed yet. */
export const isUnanswered = (error: unknown): error is Error => error instanceof Error && error.name === 'PromptAborted';
export const unanswered = (cause: Error): BootstrapError =>
  new BootstrapError({
    code: 'E-NO-ANSWER',
    message: cause.message,
    next: 'Run the command again and answer, or pass the values as flags (see `bootstrap init --help`).',
    cause,
  });

/** Ctrl-C at a question: a terminal that reads single keys sends no signal. */
export const isAborted = (error: unknown): boolean =>
  error instanceof Error && error.name === 'PromptAborted' && (error as { reason?: string }).reason !== 'end';

/** How the user ended the questions early; undefined for any other error. */
export const endOfQuestions = (error: unknown): 'interrupt' | 'end' | undefined => {
  if (!(error instanceof Error) || error.name !== 'PromptAborted') return undefined;
  const { reason } = error as { reason?: string };
  return reason === 'end' || reason === 'interrupt' ? reason : undefined;
};
