import { signInUrl } from '../../core/account.js';
import { AmbiguousWriteError, AwsError } from '../../core/aws-error.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Journal } from '../../core/journal.js';
import type { SecretSink } from '../../core/secret.js';
import type { ApplyContext } from '../../core/step.js';
import { unreadError } from '../../core/reading.js';
import { recordInJournal } from '../shared/journal.js';
import { type ConsolePassword, readConsolePassword, sameName } from '../shared/people.js';
import { readPasswordPolicy } from './password-policy.js';

/**
 * The password is ours to choose, so it is stored before AWS hears of it, and the journal knows that before AWS does: no crash can
 * lose it. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html
 */
export const makeConsolePassword = async (
  context: ApplyContext,
  user: string,
  operation: 'iam:CreateLoginProfile' | 'iam:UpdateLoginProfile',
): Promise<void> => {
  const { cloud, secrets, journal, caller } = context;
  const { accountId, partition } = await caller();
  await secrets.reserve(accountId);
  const policy = await readPasswordPolicy(cloud);
  if (!policy.ok)
    throw unreadError(policy, { step: 'admin-user', message: `The password policy in force could not be read: ${policy.message}.` });
  const password = secrets.newPassword(policy.value?.MinimumPasswordLength ?? 8);
  const { id: entry } = await journal.open({ accountId, kind: 'console-password', user, before: [], replaces: null });
  await secrets.store({ kind: 'console-password', user, password, signInUrl: signInUrl(partition, accountId) });
  // Not to be passed over when it fails: nothing is made yet.
  await journal.note(entry, { state: 'stored', place: secrets.place('console-password') });
  try {
    await cloud.write(operation, { UserName: user, Password: password, PasswordResetRequired: true });
  } catch (error) {
    // Refused: what was stored opens nothing.
    if (error instanceof AwsError && !(error instanceof AmbiguousWriteError))
      await recordInJournal(context, entry, { state: 'closed', place: null });
    if (!(error instanceof AmbiguousWriteError)) throw error;
    // The answer was lost, but the password in it is known. A new one shows; one that took the place of another does not, and the
    // same one may be sent again.
    if (operation === 'iam:UpdateLoginProfile')
      await cloud.write(operation, { UserName: user, Password: password, PasswordResetRequired: true });
    else {
      const there = await readConsolePassword(cloud, user);
      if (!there.ok || there.value === undefined) throw error;
    }
  }
  await recordInJournal(context, entry, { state: 'closed' });
};

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
