/** The person pressed Ctrl-C (`interrupt`), the input ended (`end`, Ctrl-D too), or the run was stopped from outside (`stopped`). */
export class PromptAborted extends Error {
  readonly reason: 'interrupt' | 'end' | 'stopped';

  constructor(reason: PromptAborted['reason'], cause?: unknown) {
    super(reason === 'end' ? 'The input ended before the question was answered.' : 'The question was left unanswered.', {
      cause,
    });
    this.name = 'PromptAborted';
    this.reason = reason;
  }
}
