import { isAwsError } from '../../core/aws-error.js';
import type { Change } from '../../core/finding.js';
import type { Reading } from '../../core/reading.js';
import { defineUndo } from '../../core/step.js';
import { readAlias } from '../shared/account.js';

interface Desired {
  readonly name: string | undefined;
}
interface DeleteAlias extends Change {
  readonly kind: 'delete-alias';
  readonly name: string;
}

/** AWS cannot tag an alias, so only the one that the config names is deleted. */
export const undoAlias = defineUndo<Desired, Reading<string | undefined>, DeleteAlias>({
  observe: ({ cloud }) => readAlias(cloud),

  plan: (desired, observed) => {
    if (!observed.ok) return { changes: [], kept: [], unread: [observed] };
    const { value: name } = observed;
    if (name === undefined) return { changes: [], kept: [] };
    const what = `The alias ${name}`;
    if (desired.name === undefined)
      return { changes: [], kept: [{ what, why: `neither the config nor a flag names it; to remove it, pass --alias ${name}` }] };
    if (desired.name !== name)
      return { changes: [], kept: [{ what, why: `the alias to undo is ${desired.name}; to remove this one, pass --alias ${name}` }] };
    const change: DeleteAlias = {
      kind: 'delete-alias',
      summary: `Delete the account alias ${name}`,
      risk: 'hard-to-undo',
      calls: ['iam:DeleteAccountAlias'],
      name,
    };
    return { changes: [change], kept: [] };
  },

  apply: async ({ cloud }, { name }) => {
    await cloud.write('iam:DeleteAccountAlias', { AccountAlias: name }).catch((error: unknown) => {
      if (!isAwsError(error, 'NoSuchEntity')) throw error;
    });
  },
});
