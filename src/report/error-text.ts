import type { ErrorInfo } from '../core/errors.js';
import { plain } from '../core/text.js';
import { hang, labelled, type Layout, paragraph } from './layout.js';

/** What happened, and why. Config errors are one message of several lines; a message from AWS is never split into lines. */
export const errorMessage = (layout: Layout, indent: number, error: ErrorInfo): readonly string[] =>
  (error.aws === null ? error.message.split('\n') : [error.message]).flatMap((text) => paragraph(layout, indent, { text }));

/** What you or AWS Support need to investigate: the error code, the error from AWS, the request id. */
export const errorFacts = (layout: Layout, indent: number, error: ErrorInfo): readonly string[] => {
  const lead = ' '.repeat(indent);
  const facts: string[] = [...hang(layout, lead, indent, [{ text: error.code, paint: layout.dim }])];
  if (error.aws) {
    const { operation, error: answer, requestId } = error.aws;
    const request = requestId === undefined ? '' : `, request id ${requestId}`;
    facts.push(...hang(layout, lead, indent, [{ text: `${operation} returned ${answer}${request}`, paint: layout.dim }]));
  }
  return facts;
};

/** What happened to the planned changes when the error occurred; `these` names them in the sentence. */
export const changedWords = ({ changed }: ErrorInfo, these: string): string => {
  if (changed === false) return 'Not applied';
  return changed
    ? 'Not finished; completed changes stay, and the next run continues from there'
    : `It is unknown whether AWS applied ${these}; run the same command again to find out`;
};

/** The last line of every report: what to do next. */
export const nextLine = (layout: Layout, text: string): readonly string[] => labelled(layout, 0, 'Next', sentence(text), layout.strong);

/** Ends the text with a full stop, unless it ends in a link, which would then include the stop. */
export const sentence = (text: string): string => (/[.!?]$|:\/\/\S+$/.test(text) ? text : `${text}.`);

/** What happened, on one line. Config errors are a message of several lines; a message from AWS is never split into lines. */
export const errorLine = ({ message, aws }: Pick<ErrorInfo, 'message' | 'aws'>): string =>
  (aws === null ? message.split('\n') : [message]).map(plain).join(' ');
