import { dirname, isAbsolute, join } from 'node:path';
import * as z from 'zod/mini';
import { usage } from '../core/errors.js';
import type { Destination } from '../core/secret.js';

/** The flags for the secrets destination, as typed. Only one may be set. */
export interface DestinationFlags {
  readonly secretsFile?: string | undefined;
  readonly secretCommand?: string | undefined;
  readonly encryptTo?: readonly string[] | undefined;
  readonly showSecrets?: boolean | undefined;
}

const file = z.string().check(
  z.superRefine((text, context) => {
    if (text.trim() === '') context.addIssue('is empty; name a file');
    if (text.startsWith('~')) context.addIssue('begins with "~", which only a shell expands; write the full path');
  }),
  z.meta({ title: 'path' }),
  z.describe('File that receives the secrets (mode 0600). A relative path starts at the folder of this file.'),
);
const command = z.array(z.string()).check(
  z.minLength(1, 'is empty; name a program'),
  z.refine((words) => words[0] !== '', { error: 'begins with an empty word; name a program' }),
  z.describe('Program and arguments; it receives each secret as JSON on its standard input. It is started without a shell.'),
);
const environmentName = z.string().check(
  z.superRefine((name, context) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) context.addIssue(`${JSON.stringify(name)} is not the name of an environment variable`);
    if (/^AWS_/i.test(name))
      context.addIssue(`${JSON.stringify(name)} may contain AWS credentials; the program never receives such variables`);
  }),
);
const commandEnvironment = z
  .array(environmentName)
  .check(
    z.describe(
      'Names of environment variables that the program of `command` needs in addition to PATH, HOME, LANG, LC_*, TERM and XDG_*, such as the token of a password manager.',
    ),
  );
const recipient = z.string().check(z.regex(/^age1[a-z0-9]+$/, { error: 'is not an age recipient; recipients begin with age1' }));
const age = z
  .union([recipient, z.array(recipient).check(z.minLength(1))], {
    error: 'is not an age recipient, or a list of them; recipients begin with age1',
  })
  .check(z.describe('Age recipient (or a list of them) that a new file is encrypted to.'));

/** The `secrets` section of the config. */
export const secretsSchema = z
  .strictObject({
    file: z.optional(file),
    command: z.optional(command),
    'command-env': z.optional(commandEnvironment),
    age: z.optional(age),
  })
  .check(
    z.superRefine((section, context) => {
      const chosen = Object.entries(section).filter(([key, value]) => value !== undefined && key !== 'command-env');
      if (section['command-env'] !== undefined && section.command === undefined)
        context.addIssue({ code: 'custom', path: ['command-env'], message: 'is only for `command`, which is missing' });
      if (chosen.length === 0) context.addIssue('has no destination; write one of file, command and age');
      if (chosen.length > 1) context.addIssue(`has ${chosen.length} destinations (${chosen.map(([key]) => key).join(', ')}); keep one`);
    }),
    z.meta({ minProperties: 1, maxProperties: 2 }),
    z.describe('Where passwords, MFA seeds and access keys are stored: one of `file`, `command` and `age`.'),
  );
type Section = z.infer<typeof secretsSchema>;

/** The destination of the flag, else of the config. Throws E-USAGE for more than one flag, and for an invalid command. */
export const resolveDestination = (
  flags: DestinationFlags,
  config: { readonly file: string; readonly secrets?: Section } | undefined,
): Destination | undefined => {
  const { secretsFile, secretCommand, encryptTo, showSecrets } = flags;
  const given = destinationFlags(flags);
  if (given.length > 1) throw usage(`${given.join(' and ')} name ${given.length} destinations for secrets.`, 'Pass only one of them.');
  if (secretsFile !== undefined) return { kind: 'file', file: secretsFile };
  if (secretCommand !== undefined) return { kind: 'command', command: wordsOf(secretCommand), environment: [] };
  if (encryptTo !== undefined) return { kind: 'age', recipients: encryptTo };
  if (showSecrets === true) return { kind: 'terminal' };
  return config?.secrets === undefined ? undefined : destinationIn(config.secrets, config.file);
};

/** A destination as the `secrets` section of a config. undefined for the terminal, which a config cannot name. */
export const secretsSection = (destination: Destination): Readonly<Record<string, unknown>> | undefined => {
  switch (destination.kind) {
    case 'file':
      return { file: destination.file };
    case 'command':
      return {
        command: destination.command,
        ...(destination.environment.length === 0 ? {} : { 'command-env': destination.environment }),
      };
    case 'age':
      return { age: destination.recipients };
    case 'terminal':
      return undefined;
  }
};

/** The flags that name a destination, as the user types them. */
export const destinationFlags = ({ secretsFile, secretCommand, encryptTo, showSecrets }: DestinationFlags): readonly string[] => [
  ...(secretsFile === undefined ? [] : ['--secrets-file']),
  ...(secretCommand === undefined ? [] : ['--secret-command']),
  ...(encryptTo === undefined ? [] : ['--encrypt-to']),
  ...(showSecrets === true ? ['--show-secrets'] : []),
];

/** Why a text is invalid as a destination of this kind; undefined when it is valid. */
export const destinationProblem = (kind: 'file' | 'command' | 'age', text: string): string | undefined => {
  if (kind === 'command') return commandWords(text) === undefined ? 'is empty or has an unclosed quote' : undefined;
  return (kind === 'file' ? file : recipient).safeParse(text).error?.issues[0]?.message;
};

const wordsOf = (text: string): readonly string[] => {
  const words = commandWords(text);
  if (words !== undefined) return words;
  throw usage(
    '--secret-command: the command is empty or has an unclosed quote.',
    'Write the program and its arguments, with quotes around arguments with blanks: --secret-command "PROGRAM \'AN ARGUMENT\'".',
  );
};

/** A path in the config is relative to the config file, not to the working folder. */
const destinationIn = (section: Section, configFile: string): Destination | undefined => {
  if (section.file !== undefined)
    return { kind: 'file', file: isAbsolute(section.file) ? section.file : join(dirname(configFile), section.file) };
  if (section.command !== undefined) return { kind: 'command', command: section.command, environment: section['command-env'] ?? [] };
  return section.age === undefined ? undefined : { kind: 'age', recipients: [section.age].flat() };
};

/**
 * The words of a typed command. Blanks separate words; '…' and "…" group them, and inside "…" a backslash escapes a quote or a backslash.
 * Nothing else is special: no variables, patterns or pipes, because no shell reads it. undefined when a quote is not closed, or there is no
 * word.
 */
export const commandWords = (text: string): readonly string[] | undefined => {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === undefined && (character === "'" || character === '"')) {
      quote = character;
      word ??= '';
    } else if (character === quote) {
      quote = undefined;
    } else {
      const isEscaped = quote === '"' && character === '\\' && /["\\]/.test(text.charAt(at + 1));
      if (isEscaped) at += 1;
      word = (word ?? '') + text.charAt(at);
    }
  }
  if (quote !== undefined) return undefined;
  if (word !== undefined) words.push(word);
  return words.length === 0 || words[0] === '' ? undefined : words;
};
