import type { CodeVerdict } from './code-verdict.js';

/** Every sentence of an enrolment, in one place. */

export const commands = {
  q: 'the QR code again',
  s: 'the seed as text',
  i: 'swap light and dark',
  l: 'leave it for later',
} as const;
export type Command = keyof typeof commands;

/** A span of time in words, to the half minute: windows are no finer. */
const span = (windows: number): string => {
  const minutes = Math.abs(windows) / 2;
  if (minutes < 1) return '30 seconds';
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
};

/** Whose clock is wrong, as far as one can tell: against AWS's it must be the phone's. */
const clock = (aws: boolean): string => (aws ? 'The clock of what shows the codes' : 'The clock of what shows the codes (or this one)');

export const problemOf = (
  verdict: Exclude<CodeVerdict, { kind: 'good' }>,
  know: { readonly label: string; readonly aws: boolean },
): string => {
  switch (verdict.kind) {
    case 'foreign':
      return `That is no code of this device. Take it from the entry ${know.label}.`;
    case 'used':
      return 'That code was sent to AWS already, which takes none twice. Type the next one.';
    case 'same':
      return 'That is the first code once more. Wait until it changes, and type the new one.';
    case 'swapped':
      return 'That code is older than the first one. Type the one that comes after it.';
    case 'gap':
      return 'A code in between was missed. This one counts as the first; type the one that comes next.';
    case 'late':
      return 'That code is too old by now, and AWS wants two in a row. Begin again with the code that is shown now.';
    case 'old':
      return `That code was shown ${span(verdict.off)} ago. Type the one that is shown now.`;
    case 'behind':
    case 'ahead': {
      const way = verdict.kind === 'behind' ? 'behind' : 'ahead';
      return `${clock(know.aws)} is about ${span(verdict.off)} ${way}. Set it, best automatically, and type the code that it shows then.`;
    }
  }
};

export const refused = 'AWS did not take these two codes. Type two new ones, from the same entry.';
export const firstTaken = 'The first code is right. Now the one that comes after it.';
export const tooSmall = (command: string): string =>
  `The window has no room for a QR code. Make it larger and type ${command}, or type the seed.`;

/** Behind the question: when the code changes. */
export const countdown = (secondsLeft: number, waiting: boolean): string => {
  const seconds = secondsLeft === 1 ? '1 second' : `${secondsLeft} seconds`;
  return waiting ? `the next code comes in ${seconds}` : `the code changes in ${seconds}`;
};
