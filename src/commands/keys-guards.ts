import { usage } from '../config/usage.js';
import { sameName } from '../keys/key-reading.js';
import type { KeysFlags } from './keys-run.js';

/** Whether the flags are about root's own keys. */
export const isAboutRoot = ({ root, user }: Pick<KeysFlags, 'root' | 'user'>): boolean =>
  root || (user !== undefined && sameName(user, 'root'));

/** What is wrong with the flags whoever calls: said before AWS is. Throws E-USAGE. */
export const guardFlags = (flags: KeysFlags): void => {
  if (flags.verb === 'list') return;
  if (flags.verb === 'rotate') {
    if (isAboutRoot(flags)) throw usage('Root gets no new access key: it should have none.', deleteThem);
    return;
  }
  if (!isAboutRoot(flags)) {
    if (flags.all) throw usage('--all belongs to --root: keys of users are deleted one by one.', 'Name the key: --key ID.');
    if (flags.key === undefined) throw usage('It is not said which key is meant.', 'Name it: --key ID; `bootstrap keys list` shows them.');
    return;
  }
  if (flags.verb !== 'delete')
    throw usage(`Root's keys are listed and deleted, and not switched ${flags.verb === 'enable' ? 'on' : 'off'}.`, deleteThem);
  if (flags.user !== undefined && !sameName(flags.user, 'root'))
    throw usage('--root and --user name two owners.', 'Leave one of them out.');
  if ((flags.key === undefined) === !flags.all)
    throw usage("Say which of root's keys: --key ID or --all, not both.", '`bootstrap keys list`, as root, shows their ids.');
};

const deleteThem = 'Delete its keys, signed in as root: `bootstrap keys delete --root --all`.';
