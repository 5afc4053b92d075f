import type { Random } from '../core/clock.js';
import { Secret } from '../core/secret.js';

/**
 * Characters by class, without those that look alike (I l 1, O 0), and without symbols that need two key strokes or have a special meaning
 * in a shell, a spreadsheet or a form. AWS accepts all of them as symbols:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
 */
const classes = {
  upper: 'ABCDEFGHJKLMNPQRSTUVWXYZ',
  lower: 'abcdefghijkmnopqrstuvwxyz',
  digit: '23456789',
  symbol: '!@#*_+-=',
} as const;
const letters = classes.upper + classes.lower;
const allCharacters = Object.values(classes).join('');

const minLength = 32;
/** The maximum of IAM, also for a password policy. */
const maxLength = 128;

/** Has all four classes, so that it satisfies every password policy of IAM. Begins with a letter, so that it cannot be read as a formula or a flag. */
export const newPassword = (minimumLength: number, random: Random): Secret => {
  const length = Math.min(Math.max(minLength, minimumLength), maxLength);
  const first = random(1, letters);
  const required = Object.values(classes).map((alphabet) => random(1, alphabet));
  const rest = random(length - 1 - required.length, allCharacters);
  return new Secret(first + shuffled([...required, ...rest], random).join(''));
};

/** One distinct character for each possible position; only its index matters. */
const positions = Array.from({ length: maxLength }, (_, index) => String.fromCharCode(0x100 + index)).join('');

/** Fisher-Yates shuffle. */
const shuffled = (characters: readonly string[], random: Random): readonly string[] => {
  const row = [...characters];
  for (let last = row.length - 1; last > 0; last -= 1) {
    const other = positions.indexOf(random(1, positions.slice(0, last + 1)));
    [row[last], row[other]] = [row[other] as string, row[last] as string];
  }
  return row;
};
