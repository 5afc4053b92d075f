import { spawn } from 'node:child_process';
import { basename, resolve, sep } from 'node:path';
import type { SecretEntry } from '../core/secret.js';
import { plain } from '../core/text.js';
import { destinationError, type Environment } from './destination.js';
import { isProgram, programOnPath } from './program.js';
import { plainEntry, secretOf } from './secrets-document.js';
import type { SecretStore } from './write-only.js';

export interface CommandOptions {
  /** Program and arguments, started without a shell. */
  readonly command: readonly string[];
  /** The environment of the run. The program receives a part of it. */
  readonly environment: Environment;
  /** Names of variables that it receives in addition. */
  readonly wanted: readonly string[];
  readonly cwd: string;
}

/** Long, because a program may ask the user to unlock something. */
const limitMs = 300_000;
const tailLength = 4_096;

/** The path of the program. Throws E-SECRETS-DESTINATION when it does not exist or is not executable. */
export const findProgram = ({ command, environment, cwd }: Omit<CommandOptions, 'wanted'>): string => {
  const [program = ''] = command;
  // On Windows, programs are found without their file extension.
  const ends = sep === '\\' ? ['', '.exe', '.com'] : [''];
  const isPath = basename(program) !== program;
  const found = isPath
    ? ends.map((end) => resolve(cwd, program) + end).find(isProgram)
    : programOnPath(
        ends.map((end) => program + end),
        environment,
      );
  if (found !== undefined) return found;
  throw destinationError(
    `The program for secrets, ${JSON.stringify(program)}, does not exist or is not executable.`,
    'Pass another: --secret-command "PROGRAM ARGUMENTS". It receives each secret as JSON on its standard input.',
  );
};

/**
 * The destination `--secret-command`: runs the program once for each entry. The program receives the entry as one line of JSON on its
 * standard input, never in its arguments or environment. Exit code 0 means that the entry is stored. Its output is discarded, except for the
 * end of its stderr when it fails.
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
    timeout: limitMs,
    windowsHide: true,
  });
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    // Without secrets before it is cut: the end of a secret would not be found.
    tail = withoutSecrets(tail + chunk, entry).slice(-tailLength);
  });
  // A program that ends before it has read everything cannot have stored it.
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
  const stderr = tail
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-5)
    .map(plain)
    .join(' / ');
  throw destinationError(`${failure}${stderr === '' ? '' : `: ${stderr}`}.`, 'Fix the program.');
};

/** Without these, Windows programs do not start or do not find the user's files. */
const windowsNames =
  'SYSTEMROOT WINDIR SYSTEMDRIVE COMSPEC PATHEXT TEMP TMP USERPROFILE USERNAME HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES'.split(
    ' ',
  );
const usualNames = ['PATH', 'HOME', 'LANG', 'TERM', ...(sep === '\\' ? windowsNames : [])];

/** The variables that every program needs, and those in the config. The others may contain tokens that the program must not see. */
const environmentFor = (environment: Environment, wanted: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => wanted.includes(name) || usualNames.includes(sep === '\\' ? name.toUpperCase() : name) || /^(LC|XDG)_/.test(name),
    ),
  );

/** The output of a program without the entry's secret, in every form that a program is likely to print. */
const withoutSecrets = (text: string, entry: SecretEntry): string =>
  formsOf(entry).reduce((clean, form) => clean.replaceAll(form, '[secret]'), text);

const formsOf = (entry: SecretEntry): readonly string[] => {
  const secret = secretOf(entry);
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  // In base64 of a longer text, the secret has one of three offsets. Four characters are three bytes; those on its edges also depend on the
  // text around it.
  const shifted = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]);
    const [start, end] = [Math.ceil((offset * 4) / 3), Math.floor((text.length * 4) / 3)];
    return (['base64', 'base64url'] as const).map((form) => text.toString(form).slice(start, end));
  });
  return [...forms, ...shifted];
};
