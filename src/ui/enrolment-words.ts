import type { CodeVerdict } from './code-verdict.js';

/** All messages of an enrolment. */

export const commands = {
  q: 'show the QR code',
  s: 'show the seed as text',
  i: 'swap light and dark',
  l: 'do it later',
} as const;
export type Command = keyof typeof commands;

/** A span of time as text, in half minutes: windows are no finer. */
const span = (windows: number): string => {
  const minutes = Math.abs(windows) / 2;
  if (minutes < 1) return '30 seconds';
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
};

/** Whose clock appears to be wrong: compared with AWS's clock it must be the authenticator's. */
const clock = (aws: boolean): string => (aws ? 'The clock of your authenticator' : 'The clock of your authenticator (or of this computer)');

export const problemOf = (
  verdict: Exclude<CodeVerdict, { kind: 'good' }>,
  know: { readonly label: string; readonly aws: boolean },
): string => {
  switch (verdict.kind) {
    case 'foreign':
      return `That code is not from this device. Use the entry ${know.label}.`;
    case 'used':
      return 'That code was already sent to AWS, which accepts each code once. Type the next one.';
    case 'same':
      return 'That is the first code again. Wait until it changes, then type the new one.';
    case 'swapped':
      return 'That code is older than the first one. Type the one that comes after it.';
    case 'gap':
      return 'A code in between is missing. This one counts as the first; type the next one.';
    case 'late':
      return 'That code is too old now, and AWS needs two in a row. Start again with the code shown now.';
    case 'old':
      return `That code was shown ${span(verdict.off)} ago. Type the one shown now.`;
    case 'behind':
    case 'ahead': {
      const way = verdict.kind === 'behind' ? 'behind' : 'ahead';
      return `${clock(know.aws)} is about ${span(verdict.off)} ${way}. Set it, preferably automatically, then type the code that it shows.`;
    }
  }
};

export const refused = 'AWS did not accept these two codes. Type two new ones from the same entry.';
export const firstTaken = 'The first code is correct. Now type the next one.';
export const tooSmall = (command: string): string =>
  `The window is too small for a QR code. Enlarge it and type ${command}, or enter the seed manually.`;

/** Shown after the question: when the code changes. */
export const countdown = (secondsLeft: number, waiting: boolean): string => {
  const seconds = secondsLeft === 1 ? '1 second' : `${secondsLeft} seconds`;
  return waiting ? `the next code appears in ${seconds}` : `the code changes in ${seconds}`;
};
