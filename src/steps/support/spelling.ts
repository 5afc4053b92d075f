import type { Reading } from '../../core/reading.js';
import { type People, sameName } from './people.js';

/** The user's name as the account spells it; as the config does when there is no such user, or nobody could tell. */
export const spelledAs = (people: Reading<People>, name: string): string =>
  (people.ok ? people.value.users.find((user) => sameName(user.name, name))?.name : undefined) ?? name;
