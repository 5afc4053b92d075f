import type { ReadCloud } from '../../core/cloud.js';
import type { Journal } from '../../core/journal.js';
import type { SecretSink } from '../../core/secret-sink.js';
import { type ConsolePassword, sameName } from './people.js';

/** AWS's clock and this computer's may differ by so much, and a password is made soon after its entry was opened. */
const skewMs = 5 * 60_000;
const longestMs = 15 * 60_000;

/**
 * Whether a console password was made here, is not at the place it was stored at any more, and was never used: then nobody has it.
 * Only the place of this run can be looked at; a password that went elsewhere counts as being there. One that was used since it was
 * made is known to somebody.
 */
export const isPasswordLost = async (
  {
    cloud,
    journal,
    secrets,
  }: { readonly cloud: ReadCloud; readonly journal: Pick<Journal, 'entries'>; readonly secrets: Pick<SecretSink, 'holds' | 'place'> },
  accountId: string,
  user: string,
  { createdAt }: ConsolePassword,
): Promise<boolean> => {
  if (createdAt === undefined) return false;
  const place = secrets.place('console-password');
  const made = (await journal.entries(accountId)).findLast((entry) => {
    const late = createdAt.getTime() - Date.parse(entry.at);
    const ours = entry.kind === 'console-password' && sameName(entry.user, user) && entry.state === 'stored' && entry.place === place;
    return ours && late >= -skewMs && late <= longestMs;
  });
  if (made === undefined) return false;
  const held = await secrets.holds();
  if (held.some((mark) => mark.kind === 'console-password' && sameName(mark.user, user))) return false;
  const read = await cloud.read('iam:GetUser', { UserName: user });
  if (!read.ok) return false;
  const used = read.value.User?.PasswordLastUsed;
  return used === undefined || used.getTime() < createdAt.getTime();
};
