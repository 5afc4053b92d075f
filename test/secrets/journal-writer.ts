import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeJournal } from '../../src/secrets/journal.js';

/** A process of its own that opens so many entries. Arguments: folder, account, count. */
const [folder = '', accountId = '', count = '0'] = process.argv.slice(2);
const journal = makeJournal({
  folder,
  clock: { now: () => new Date(), sleep: (ms) => sleep(ms) },
  random: (length, alphabet) => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join(''),
});
for (let number = 0; number < Number(count); number += 1) {
  await journal.open({ accountId, kind: 'access-key', user: 'ci', before: [], replaces: null });
}
