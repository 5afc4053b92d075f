import { execFile, spawn } from 'node:child_process';
import { programOnPath } from '../secrets/program.js';
import type { Host } from './host.js';

/** The AWS CLI of the user, which can sign in. This tool does everything else itself. */

export type AwsCli =
  | { readonly state: 'missing' }
  /** A program with this name that does not report a version of the AWS CLI. */
  | { readonly state: 'unknown' }
  | { readonly state: 'found'; readonly file: string; readonly version: CliVersion };

export interface CliVersion {
  readonly major: number;
  readonly minor: number;
  /** The full number, for the user. */
  readonly text: string;
}

type Surroundings = Pick<Host, 'env' | 'cwd' | 'platform' | 'signal'>;

/** The first start of the AWS CLI on a slow disk takes seconds. */
const versionMs = 20_000;

/** Searches the PATH and asks the program for its version. */
export const findAwsCli = async (host: Surroundings): Promise<AwsCli> => {
  const file = programOnPath([host.platform === 'win32' ? 'aws.exe' : 'aws'], host.env);
  if (file === undefined) return { state: 'missing' };
  const output = await new Promise<string>((resolve) => {
    const { cwd, signal } = host;
    const options = { cwd, env: host.env, signal, timeout: versionMs, maxBuffer: 65_536, windowsHide: true };
    // Version 1 on Python 2 writes it to stderr.
    execFile(file, ['--version'], options, (_, stdout, stderr) => resolve(`${stdout}\n${stderr}`));
  });
  host.signal.throwIfAborted();
  const version = cliVersion(output);
  return version === undefined ? { state: 'unknown' } : { state: 'found', file, version };
};

/** The version in the output of `aws --version`, such as `aws-cli/2.32.5 Python/3.13.9 Linux/6.8 exe/x86_64`. */
const cliVersion = (output: string): CliVersion | undefined => {
  const [, major = '', minor = '', patch = ''] = /^aws-cli\/(\d{1,4})\.(\d{1,4})\.(\d{1,6})/m.exec(output) ?? [];
  return major === '' ? undefined : { major: Number(major), minor: Number(minor), text: `${major}.${minor}.${patch}` };
};

/** After a signal, the program gets this long to end by itself. Ctrl-C also reaches it directly. */
const endsMs = 500;

/**
 * Runs the program at the user's terminal, without a shell. What it prints goes to stderr, since stdout holds the result of this tool.
 * Returns how it ended: 0, another exit code, or why there is none.
 */
export const runAtTerminal = async (
  file: string,
  args: readonly string[],
  { env, cwd, signal }: Surroundings,
): Promise<number | string> => {
  const child = spawn(file, args, { cwd, env: { ...env }, stdio: ['inherit', 2, 'inherit'], shell: false });
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    timer = setTimeout(() => child.kill('SIGTERM'), endsMs);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await new Promise<number | string>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      child.once('close', (code, by) => resolve(code ?? by ?? 'unknown'));
    });
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  }
};
