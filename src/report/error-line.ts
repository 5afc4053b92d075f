import type { ErrorInfo } from '../core/error.js';
import { plain } from '../core/text.js';

/** What happened, on one line. Config errors are a message of several lines; a message from AWS is never split into lines. */
export const errorLine = ({ message, aws }: Pick<ErrorInfo, 'message' | 'aws'>): string =>
  (aws === null ? message.split('\n') : [message]).map(plain).join(' ');
