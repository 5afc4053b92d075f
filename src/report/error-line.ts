import type { ErrorInfo } from '../core/error.js';
import { plain } from '../core/text.js';

/** What happened, in one line. Config problems come as a message of several lines; what AWS wrote never does. */
export const errorLine = ({ message, aws }: Pick<ErrorInfo, 'message' | 'aws'>): string =>
  (aws === null ? message.split('\n') : [message]).map(plain).join(' ');
