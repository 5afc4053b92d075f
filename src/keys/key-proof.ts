import { sameCode } from '../core/aws-error.js';
import { keyError } from './key-error.js';
import { sameName } from './key-reading.js';
import type { KeyPort, Signer } from './key-writes.js';

/** A new key may be unknown for a while; after this it is left to the next run. */
const patienceMs = 60_000;

/**
 * Proves a new key by asking AWS who it is: the same account, the same user. GetCallerIdentity needs no permission. Nothing is changed
 * when it fails: the old key goes on working.
 */
export const proveKey = async (
  { cloud, forget }: Signer,
  { clock, signal, say }: KeyPort,
  key: { readonly accessKeyId: string; readonly user: string; readonly accountId: string; readonly old: string },
): Promise<void> => {
  const { accessKeyId, user, accountId, old } = key;
  const until = clock.now().getTime() + patienceMs;
  for (let delay = 500; ; delay = Math.min(delay * 2, 5_000)) {
    forget();
    const reading = await cloud.read('sts:GetCallerIdentity', {});
    if (reading.ok) {
      const { Account = '', Arn = '' } = reading.value;
      if (Account === accountId && /:user\//.test(Arn) && sameName(Arn.split('/').at(-1) ?? '', user)) return;
      throw keyError('E-KEY-OTHER', {
        message: `The new key ${accessKeyId} signs as ${Arn} and not as ${user} of ${accountId}; the old key ${old} was left as it is.`,
        next: 'Look at the place where the key is stored, and at `bootstrap keys list`.',
        changed: true,
      });
    }
    const { code = '' } = reading;
    if (reading.cause === 'denied' && !sameCode(code, 'InvalidClientTokenId')) {
      throw keyError('E-KEY-OTHER', {
        message: `AWS does not take the stored secret for that of the key ${accessKeyId} (${code}); the old key ${old} was left as it is.`,
        next: `Delete the new key (\`bootstrap keys delete --user ${user} --key ${accessKeyId} --even-if-active\`) and rotate again.`,
        changed: true,
      });
    }
    if (clock.now().getTime() >= until) {
      throw keyError('E-KEY-UNPROVEN', {
        message: `The new key ${accessKeyId} is stored, but AWS does not accept it yet (${code}); the old key ${old} was left active.`,
        next: 'Run the same command again in a few minutes; it proves the new key and goes on from there.',
        retryable: true,
        changed: true,
      });
    }
    if (delay >= 2_000) say(`waiting until AWS knows the new key (${code})`);
    await clock.sleep(delay, signal);
  }
};
