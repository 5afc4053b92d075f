import type { ErrorInfo } from '../core/error.js';
import { hang, labelled, paragraph, type Sheet } from './layout.js';

/** What happened, and why. Config problems come as one message of several lines; what AWS wrote never does. */
export const errorMessage = (sheet: Sheet, indent: number, error: ErrorInfo): readonly string[] =>
  (error.aws === null ? error.message.split('\n') : [error.message]).flatMap((text) => paragraph(sheet, indent, { text }));

/** What a person or AWS support needs to look further: the code, what AWS answered, the request id. */
export const errorFacts = (sheet: Sheet, indent: number, error: ErrorInfo): readonly string[] => {
  const lead = ' '.repeat(indent);
  const facts: string[] = [...hang(sheet, lead, indent, [{ text: error.code, paint: sheet.dim }])];
  if (error.aws) {
    const { operation, error: answer, requestId } = error.aws;
    const request = requestId === undefined ? '' : `, request id ${requestId}`;
    facts.push(...hang(sheet, lead, indent, [{ text: `${operation} answered ${answer}${request}`, paint: sheet.dim }]));
  }
  return facts;
};

/** What became of the changes that were planned when the error came; `these` names them. */
export const changedWords = ({ changed }: ErrorInfo, these: string): string => {
  if (changed === false) return 'Not made';
  return changed
    ? 'Not finished; what was made stays, and running again goes on from there'
    : `Whether AWS made ${these} is not known; running the same command again finds out`;
};

/** The last line of every report: the one thing to do next. */
export const nextLine = (sheet: Sheet, text: string): readonly string[] => labelled(sheet, 0, 'Next', sentence(text), sheet.strong);

/** With a full stop, unless a link ends the text and would swallow it. */
export const sentence = (text: string): string => (/[.!?]$|:\/\/\S+$/.test(text) ? text : `${text}.`);
