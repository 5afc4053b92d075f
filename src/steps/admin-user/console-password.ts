import { signInUrl } from '../../core/account.js';
import { AmbiguousWriteError, AwsError } from '../../core/aws-error.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Journal, JournalEntry } from '../../core/journal.js';
import type { StoredSecrets } from '../../core/secret.js';
import type { ApplyContext } from '../../core/step.js';
import type { CreateConsolePassword } from './assess.js';
import { recordInJournal } from '../shared/journal.js';
import { type ConsolePassword, readConsolePassword, sameName } from '../shared/people.js';

/**
 * Creates or replaces a console password. The tool chooses the password, so it is stored, and recorded in the journal, before it is
 * sent to AWS: a crash cannot lose it. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html
 */
export const setConsolePassword = async (
  context: ApplyContext,
  { user, minimumLength }: Pick<CreateConsolePassword, 'user' | 'minimumLength'>,
  operation: 'iam:CreateLoginProfile' | 'iam:UpdateLoginProfile',
): Promise<void> => {
  const { cloud, secrets, journal, caller } = context;
  const { accountId, partition } = await caller();
  await secrets.reserve(accountId);
  const password = secrets.newPassword(minimumLength);
  const { id: entry } = await journal.open({
    accountId,
    kind: 'console-password',
    user,
    before: [],
    replaces: operation === 'iam:UpdateLoginProfile' ? user : null,
  });
  await secrets.store({ kind: 'console-password', user, password, signInUrl: signInUrl(partition, accountId) });
  // A failure here must stop the run: nothing has been created yet.
  await journal.note(entry, { state: 'stored', place: secrets.place('console-password') });
  try {
    await cloud.write(operation, { UserName: user, Password: password, PasswordResetRequired: true });
  } catch (error) {
    // Refused: the stored password is not valid.
    if (error instanceof AwsError && !(error instanceof AmbiguousWriteError))
      await recordInJournal(context, entry, { state: 'closed', place: null });
    if (!(error instanceof AmbiguousWriteError)) throw error;
    // The response was lost, but the password is known. A created password can be read back; a replaced one cannot, but the same
    // password can be sent again.
    if (operation === 'iam:UpdateLoginProfile')
      await cloud.write(operation, { UserName: user, Password: password, PasswordResetRequired: true });
    else {
      const current = await readConsolePassword(cloud, user);
      if (!current.ok || current.value === undefined) throw error;
    }
  }
  await recordInJournal(context, entry, { state: 'closed' });
};

/** Largest expected difference between AWS's clock and this computer's. */
const maxSkewMs = 5 * 60_000;
/** A password is created within this time after its journal entry was opened. */
const maxDelayMs = 15 * 60_000;

/**
 * Whether a console password was created by this tool, is no longer where it was stored, and was never used: then it is lost.
 * Only the destination of this run can be checked, so a password that was stored elsewhere counts as stored. If a password was
 * used since it was created, someone knows it.
 */
export const isPasswordLost = async (
  { cloud, journal, secrets }: { readonly cloud: ReadCloud; readonly journal: Pick<Journal, 'entries'>; readonly secrets: StoredSecrets },
  accountId: string,
  user: string,
  { createdAt }: ConsolePassword,
): Promise<boolean> => {
  if (createdAt === undefined) return false;
  const place = await secrets.place('console-password');
  const wasUsedSince = async (time: number): Promise<boolean> => {
    const read = await cloud.read('iam:GetUser', { UserName: user });
    return !read.ok || (read.value.User?.PasswordLastUsed?.getTime() ?? 0) >= time;
  };
  const entries = (await journal.entries(accountId)).filter(({ kind, user: of }) => kind === 'console-password' && sameName(of, user));
  const newest = entries.at(-1);
  if (newest !== undefined && isIncompleteReplacement(newest) && (newest.place ?? place) === place) {
    const at = Date.parse(newest.at);
    return createdAt.getTime() <= at + maxSkewMs && !(await wasUsedSince(at));
  }
  const created = entries.findLast((entry) => {
    const delay = createdAt.getTime() - Date.parse(entry.at);
    return entry.state === 'stored' && entry.place === place && delay >= -maxSkewMs && delay <= maxDelayMs;
  });
  if (created === undefined) return false;
  const held = await secrets.holds();
  if (held.some((mark) => mark.kind === 'console-password' && sameName(mark.user, user))) return false;
  return !(await wasUsedSince(createdAt.getTime()));
};

/**
 * The password that replaces a lost one is stored, and AWS refused it, or it is not known whether AWS has it: AWS may still have the lost
 * one, and a replacement does not change the date of the password.
 */
const isIncompleteReplacement = ({ replaces, state, place }: JournalEntry): boolean =>
  replaces !== null && (state !== 'closed' || place === null);
