import type { Random } from '../core/clock.js';
import { Secret } from '../core/secret.js';

/**
 * Characters by class, without those that look alike (I l 1, O 0) and without symbols that a keyboard makes by two strokes or
 * that a shell, a spreadsheet or a form treats on its own. All symbols count as such for AWS:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
 */
const classes = {
  upper: 'ABCDEFGHJKLMNPQRSTUVWXYZ',
  lower: 'abcdefghijkmnopqrstuvwxyz',
  digit: '23456789',
  symbol: '!@#*_+-=',
} as const;
const letters = classes.upper + classes.lower;
const everything = Object.values(classes).join('');

const shortest = 32;
/** IAM takes no longer one; a policy cannot ask for more. */
const longest = 128;

/** All four classes, so that it satisfies every password policy of IAM. Begins with a letter: no cell or flag begins so. */
export const newPassword = (minimumLength: number, random: Random): Secret => {
  const length = Math.min(Math.max(shortest, minimumLength), longest);
  const first = random(1, letters);
  const sure = Object.values(classes).map((alphabet) => random(1, alphabet));
  const rest = random(length - 1 - sure.length, everything);
  return new Secret(first + shuffled([...sure, ...rest], random).join(''));
};

/** As many different characters as there can be positions; only their place in the row matters. */
const positions = Array.from({ length: longest }, (_, index) => String.fromCharCode(0x100 + index)).join('');

/** Fisher and Yates. */
const shuffled = (characters: readonly string[], random: Random): readonly string[] => {
  const row = [...characters];
  for (let last = row.length - 1; last > 0; last -= 1) {
    const other = positions.indexOf(random(1, positions.slice(0, last + 1)));
    [row[last], row[other]] = [row[other] as string, row[last] as string];
  }
  return row;
};
