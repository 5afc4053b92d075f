import { BootstrapError, type ErrorInfo } from './errors.js';

/** An endpoint without the operation that was asked of it. `message` names both. Running again does not help. */
export const notOffered = (
  message: string,
  more: Partial<Pick<ErrorInfo, 'step' | 'changed' | 'aws'>> & { readonly cause?: unknown } = {},
): BootstrapError =>
  new BootstrapError({
    ...more,
    code: 'E-NOT-OFFERED',
    message,
    next: 'Run the command against AWS or an endpoint that offers the operation, or leave out with --skip the step that needs it.',
  });
