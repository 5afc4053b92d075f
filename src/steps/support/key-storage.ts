import type { Change, Finding } from '../../core/finding.js';
import type { Held } from '../../core/secret-sink.js';
import type { AccessKey } from './people.js';

/** Where the secret of a user's access key is, and what `init` does about one that is lost. */

export const lostFinding = <C extends Change>({ id, user }: AccessKey, change: C, evidence: Finding['evidence']): Finding<C> => ({
  id: 'access-keys.stored',
  resource: id,
  status: 'fail',
  reason: `The secret of the key ${id} of ${user} was lost when an earlier run ended before it was stored; nobody has used the key`,
  evidence,
  remedy: { by: 'init', change },
});

/** The key's id is all there is to go by: AWS shows the secret once, and nobody can ask for it again. */
export const storedFinding = (key: AccessKey, held: readonly Held[], evidence: Finding['evidence']): Finding<never> => {
  const base = { id: 'access-keys.stored', resource: key.id, evidence };
  const there = held.filter(({ kind, id }) => kind === 'access-key' && id === key.id);
  const [mark] = there;
  if (mark !== undefined) {
    const profile = there.find(({ user }) => user.startsWith('profile '))?.user;
    const where =
      profile === undefined
        ? mark.place === undefined
          ? 'is in the secrets file'
          : `went to its place: ${mark.place}`
        : `is in the ${profile}`;
    return { ...base, status: 'pass', reason: `The secret of the key ${key.id} ${where}` };
  }
  return {
    ...base,
    status: 'manual',
    reason: `The secret of the key ${key.id} of ${key.user} is not here; the key was made elsewhere, or its secret is lost`,
    remedy: {
      by: 'hand',
      instructions: 'If the key is in use elsewhere, leave it. If nobody has its secret, rotate it.',
      command: `bootstrap keys rotate --user ${key.user}`,
    },
  };
};
