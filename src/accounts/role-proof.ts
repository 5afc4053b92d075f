import type { AccountsPort, RoleDoor } from './accounts-port.js';
import { accountError } from './account-error.js';

/** A role may be refused for minutes after its account, or itself, was made. */
const patienceMs = 5 * 60_000;

/**
 * Proves that the role lets this caller in, by assuming it and hearing from AWS whom the session stands for. Patient: after
 * CreateAccount "you might need to wait a few minutes".
 */
export const proveRole = async (
  { clock, signal, say, did }: Pick<AccountsPort, 'clock' | 'signal' | 'say' | 'did'>,
  accountId: string,
  door: RoleDoor,
  { limitMs = patienceMs }: { readonly limitMs?: number } = {},
): Promise<void> => {
  const until = clock.now().getTime() + limitMs;
  const arn = await door.roleArn();
  for (let delay = 1_000; ; delay = Math.min(delay * 2, 15_000)) {
    const entered = await door.enter();
    if (entered.ok) {
      did('proven', arn);
      return;
    }
    if (clock.now().getTime() >= until) {
      throw accountError('E-ROLE-UNPROVEN', {
        message: `The role ${arn} does not let you into the account ${accountId}: ${entered.message}.`,
        next: 'Run the same command again in a few minutes. If it stays so: your identity needs sts:AssumeRole on that role, and the role must trust this account.',
        retryable: true,
      });
    }
    if (delay >= 4_000)
      say(`waiting until the account ${accountId} lets the role in (AWS takes some minutes after an account or role was made)`);
    await clock.sleep(delay, signal);
  }
};
