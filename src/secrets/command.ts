import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path';
import type { SecretEntry } from '../core/secret.js';
import { plain } from '../core/text.js';
import { destinationError, type Environment } from './destination.js';
import { plainEntry } from './secrets-document.js';
import type { SecretStore } from './write-only.js';

export interface CommandOptions {
  /** Program and arguments, as they are: no shell reads them. */
  readonly command: readonly string[];
  /** The run's own environment, of which the program gets a part. */
  readonly environment: Environment;
  /** Names of variables that it gets besides the usual. */
  readonly wanted: readonly string[];
  readonly cwd: string;
}

/** A program may ask its person to unlock something. */
const patienceMs = 300_000;
const tailBytes = 4_096;

/** Throws E-SECRETS-DESTINATION when the program is not there, or is none. Returns its path. */
export const findProgram = ({ command, environment, cwd }: Omit<CommandOptions, 'wanted'>): string => {
  const [program = ''] = command;
  const places =
    isAbsolute(program) || program.includes('/') || program.includes(sep)
      ? [resolve(cwd, program)]
      : (environment['PATH'] ?? '').split(delimiter).map((folder) => join(resolve(cwd, folder), program));
  // On Windows, programs are found without the end of their names.
  const ends = sep === '\\' ? ['', '.exe', '.com'] : [''];
  const found = program === '' ? undefined : places.flatMap((place) => ends.map((end) => place + end)).find(isProgram);
  if (found !== undefined) return found;
  throw destinationError(
    `There is no program ${JSON.stringify(program)} to give the secrets to, or it is not executable.`,
    'Name one that is there: --secret-command "PROGRAM ARGUMENTS". It gets each secret as JSON on its standard input.',
  );
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/**
 * The destination `--secret-command`: one run of the program for each entry, which it gets as one line of JSON on its standard
 * input, never in its arguments or its environment. Ending with 0 means that it is kept. What it prints is thrown away, but for
 * the end of its stderr when it fails.
 */
export const makeCommandStore = (options: CommandOptions): SecretStore => {
  const place = `the program ${options.command[0] ?? ''}`;
  return {
    place: () => place,
    reserve: async () => {
      findProgram(options);
    },
    store: (entry, account) => runWith(findProgram(options), entry, account, options),
    close: async () => {},
  };
};

const runWith = async (
  program: string,
  entry: SecretEntry,
  account: string,
  { command, environment, wanted, cwd }: CommandOptions,
): Promise<void> => {
  const child = spawn(program, command.slice(1), {
    cwd,
    env: environmentFor(environment, wanted),
    stdio: ['pipe', 'ignore', 'pipe'],
    shell: false,
    timeout: patienceMs,
    windowsHide: true,
  });
  let tail = '';
  child.stderr.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-tailBytes);
  });
  // A program that ends before it has read everything cannot have kept it.
  const unread = new Promise<Error | undefined>((done) => {
    child.stdin.once('error', (error) => done(error));
    child.once('close', () => done(undefined));
  });
  const ended = new Promise<string | undefined>((done) => {
    child.once('error', (error) => done(`it could not be started (${error.message})`));
    child.once('close', (code, signal) =>
      done(code === 0 ? undefined : code === null ? `it was ended by ${signal}` : `it ended with ${code}`),
    );
  });
  child.stdin.end(`${JSON.stringify({ account, ...plainEntry(entry, account) })}\n`);
  const failure = (await ended) ?? ((await unread) === undefined ? undefined : 'it did not read the secret');
  if (failure === undefined) return;
  const said = withoutSecrets(tail, entry)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-5)
    .map(plain)
    .join(' / ');
  throw destinationError(`${failure}${said === '' ? '' : `: ${said}`}.`, 'Mend the program.');
};

/** Without these, programs of Windows do not start or do not find the user's files. */
const windowsNames =
  'SYSTEMROOT WINDIR SYSTEMDRIVE COMSPEC PATHEXT TEMP TMP USERPROFILE USERNAME HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES'.split(
    ' ',
  );
const usualNames = ['PATH', 'HOME', 'LANG', 'TERM', ...(sep === '\\' ? windowsNames : [])];

/** What a program needs to run at all, and what the config lists. A shell also holds tokens that are none of its business. */
export const environmentFor = (environment: Environment, wanted: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => wanted.includes(name) || usualNames.includes(sep === '\\' ? name.toUpperCase() : name) || /^(LC|XDG)_/.test(name),
    ),
  );

/** A text of somebody else's with the entry's secret taken out, in whatever form a program is likely to repeat it. */
export const withoutSecrets = (text: string, entry: SecretEntry): string =>
  formsOf(entry).reduce((clean, form) => clean.replaceAll(form, '[secret]'), text);

const formsOf = (entry: SecretEntry): readonly string[] => {
  const secret = (
    entry.kind === 'console-password' ? entry.password : entry.kind === 'mfa-seed' ? entry.seed : entry.secretAccessKey
  ).reveal();
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  // Base64 of a longer text has the secret at one of three offsets; the characters at its ends mix with the neighbours'.
  const shifted = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(offset === 0 ? 0 : offset + 1, bytes.length % 3 === 0 && offset === 0 ? undefined : -1);
  });
  return [...forms, ...shifted, ...shifted.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))].filter(
    (form) => form.length >= 8,
  );
};
