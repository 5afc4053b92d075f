import type { Journal } from '../core/journal.js';
import type { SecretSink } from '../core/secret.js';

/**
 * Closes entries of access keys that are where they belong: their run ended after it stored them and before it could say so. Left open,
 * an entry would take the key for a lost one as soon as a person moves it to another place.
 */
export const resolvePendingSecrets = async (
  journal: Pick<Journal, 'entries' | 'note'>,
  accountId: string,
  sink: Pick<SecretSink, 'holds' | 'place'>,
): Promise<void> => {
  const open = (await journal.entries(accountId)).filter(
    ({ kind, state, made, replaces }) => kind === 'access-key' && state === 'open' && made !== null && replaces === null,
  );
  if (open.length === 0) return;
  const held = await sink.holds();
  for (const { id, made } of open) {
    const mark = held.find((one) => one.kind === 'access-key' && one.id === made);
    if (mark === undefined) continue;
    const place = mark.user.startsWith('profile ') ? `the ${mark.user}` : sink.place('console-password');
    // A journal that cannot be written now is no reason to stop: the next run tries again.
    await journal.note(id, { state: 'closed', place }).catch(() => {});
  }
};
