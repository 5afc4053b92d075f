import { signInUrl } from '../../core/account.js';
import { AmbiguousWriteError, AwsError } from '../../core/aws-error.js';
import type { ApplyContext } from '../../core/step.js';
import { unreadError } from '../../core/unread-error.js';
import { noted } from './noted.js';
import { readPasswordPolicy } from './password-policy.js';
import { readConsolePassword } from './people.js';

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
    if (error instanceof AwsError && !(error instanceof AmbiguousWriteError)) await noted(context, entry, { state: 'closed', place: null });
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
  await noted(context, entry, { state: 'closed' });
};
