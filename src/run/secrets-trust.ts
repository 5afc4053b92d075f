import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { declinedError } from './approval.js';
import { BootstrapError } from '../core/errors.js';
import type { Destination } from '../core/secret.js';
import { shellWord } from '../core/text.js';
import type { App } from './app.js';

/** Where secrets go in this run, and who chose it. */
export interface ChosenDestination {
  readonly destination: Destination;
  /** As `destinationWords` has it. */
  readonly words: string;
  /** The flag, or the file and its line. */
  readonly from: string;
  /**
   * `user`: a flag, an answer, or a config that a flag names. `folder`: a config that was only in the working folder. `plan`: a saved
   * plan. What comes from the last two may have been written by someone else.
   */
  readonly by: 'user' | 'folder' | 'plan';
  /** What the user passes to make the choice their own. */
  readonly confirmBy: string;
}

/** A destination exactly: a program with its arguments, recipients, or a path without links. */
export const destinationWords = async (destination: Destination, cwd: string): Promise<string> => {
  switch (destination.kind) {
    case 'file': {
      const { path, below } = await placeOf(resolve(cwd, destination.file), cwd);
      return `the file ${below === undefined ? path : `.${sep}${below}`}`;
    }
    case 'command': {
      const more = destination.environment.length === 0 ? '' : ` (with ${destination.environment.join(', ')} of the environment)`;
      return `the program ${destination.command.map(shellWord).join(' ')}${more}`;
    }
    case 'age':
      return `a file encrypted to ${destination.recipients.join(' and ')}`;
    case 'terminal':
      return 'this terminal, shown once';
  }
};

/** The flags that name a destination. */
export const typedDestination = (destination: Destination): readonly string[] => {
  switch (destination.kind) {
    case 'file':
      return [`--secrets-file ${shellWord(destination.file)}`];
    case 'command':
      return [`--secret-command ${shellWord(destination.command.map(commandWord).join(' '))}`];
    case 'age':
      return destination.recipients.map((recipient) => `--encrypt-to ${shellWord(recipient)}`);
    case 'terminal':
      return ['--show-secrets'];
  }
};

/** Quoted so that `--secret-command` reads the same word: within double quotes, only quotes and backslashes are special. */
const commandWord = (word: string): string => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, String.raw`\$&`)}"`);

/**
 * A program, an age recipient or a file outside the working folder can leak secrets, or overwrite files of others. A config that was only
 * found in the folder cannot choose one by itself: the user confirms it at the terminal, or the run ends before AWS is called. Throws
 * E-SECRETS-UNCONFIRMED or E-DECLINED.
 */
export const guardTrust = async (app: App, chosen: ChosenDestination | undefined, attended: boolean): Promise<void> => {
  if (chosen === undefined || chosen.by === 'user' || app.sandboxed) return;
  const { cwd } = app.host;
  const { destination, words, from, by, confirmBy } = chosen;
  if (!(await hasPower(destination, cwd))) return;
  const why =
    by === 'folder' ? 'That file was only found in this folder; no flag names it.' : 'A plan can be edited by anyone who can write to it.';
  if (!attended)
    throw new BootstrapError({
      code: 'E-SECRETS-UNCONFIRMED',
      message: `${from} sends the secrets of this run to ${words}. ${why}`,
      next: `If you trust it, pass ${confirmBy}.`,
    });
  const prompter = await app.prompter();
  const confirmed = await prompter.confirm({
    hint: `${from} sends the secrets of this run to ${words}.\n${why}`,
    question: 'Send the secrets there?',
    default: false,
  });
  if (!confirmed) throw declinedError(`You did not confirm the destination for secrets that ${from} names; nothing was changed.`);
};

/** Whether such a destination needs the user's confirmation. */
export const hasPower = async (destination: Destination, cwd: string): Promise<boolean> => {
  if (destination.kind === 'terminal') return false;
  return destination.kind !== 'file' || (await placeOf(resolve(cwd, destination.file), cwd)).below === undefined;
};

/** The real path of a file, which need not exist; its folder can be a link. `below`: its path in the working folder, if it is there. */
const placeOf = async (file: string, cwd: string): Promise<{ readonly path: string; readonly below: string | undefined }> => {
  const real = (folder: string): Promise<string> => realpath(folder).catch(() => folder);
  const [folder, root] = await Promise.all([real(dirname(file)), real(cwd)]);
  const path = join(folder, basename(file));
  const from = relative(root, path);
  return { path, below: from === '..' || from.startsWith(`..${sep}`) || isAbsolute(from) ? undefined : from };
};

/** Describes in the plan where the secret of a change goes. */
export type SecretPlaceOf = (calls: readonly string[]) => string;

/** Access keys go to a profile if there is one, all other secrets to the destination. */
export const secretPlaceOf = (
  chosen: Pick<ChosenDestination, 'words' | 'from'> | undefined,
  place: (kind: 'access-key' | 'console-password' | 'mfa-seed') => string,
): SecretPlaceOf => {
  const words = chosen === undefined ? place('console-password') : `${chosen.words} (${chosen.from})`;
  return (calls) => {
    const own = place('access-key');
    return calls.includes('iam:CreateAccessKey') && own !== place('console-password') ? own : words;
  };
};
