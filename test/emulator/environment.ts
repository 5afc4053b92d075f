import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ended, run } from '../support/child-process.js';

/** Programs of the virtual environment, as absolute paths. */
export interface EmulatorEnvironment {
  readonly python: string;
  readonly aws: string;
}

export interface EnvironmentOptions {
  /** The Python that makes the environment; `python3` by default. */
  readonly python?: string;
  /** Where environments are kept; the repository's `.cache` by default. */
  readonly cache?: string;
}

/** The emulator tests cannot run here; the message says why and what to install. */
export class EnvironmentUnavailable extends Error {
  override readonly name = 'EnvironmentUnavailable';
}

const here = path.dirname(fileURLToPath(import.meta.url));
const requirements = path.join(here, 'requirements.txt');
const constraints = path.join(here, 'constraints.txt');
const builder = path.join(here, 'build_environment.py');

/** Exit code of build_environment.py for a Python without `venv` or `ensurepip`. */
const noEnsurepip = 3;

/**
 * The environment with moto, the AWS CLI and botocore's service models; made on first use (about 10 s), then found again.
 * Its folder's name carries a hash of the pins and of the Python, so a changed pin is a new environment.
 */
export async function ensureEnvironment(options: EnvironmentOptions = {}): Promise<EmulatorEnvironment> {
  const python = options.python ?? (process.platform === 'win32' ? 'python' : 'python3');
  const cache = options.cache ?? path.resolve(here, '../../.cache');
  const folder = path.join(cache, `emulator-${digest(await describePython(python))}`);
  if (!existsSync(path.join(folder, 'READY'))) await build(python, folder);
  return programs(folder);
}

async function describePython(python: string): Promise<string> {
  const script =
    'import platform, sys; assert sys.version_info >= (3, 10), platform.python_version(); print(sys.version, platform.machine())';
  const ended = await run(python, ['-c', script]).catch((cause: unknown) => {
    throw new EnvironmentUnavailable(`${python} cannot be started. ${installPython}`, { cause });
  });
  if (ended.code !== 0) throw new EnvironmentUnavailable(`${python} is not Python 3.10 or later (${lastLines(ended)}). ${installPython}`);
  return ended.stdout;
}

async function build(python: string, folder: string): Promise<void> {
  console.info('Making the environment of the emulator tests, once: about 20 s.');
  const ended = await run(python, [builder, folder, requirements, constraints]);
  if (ended.code === 0) return;
  if (ended.code === noEnsurepip) {
    throw new EnvironmentUnavailable(`${python} has no venv or ensurepip module. ${installPython}`);
  }
  throw new EnvironmentUnavailable(`The packages of test/emulator/requirements.txt could not be installed: ${lastLines(ended)}`);
}

function programs(folder: string): EmulatorEnvironment {
  const windows = process.platform === 'win32';
  const bin = path.join(folder, windows ? 'Scripts' : 'bin');
  return {
    python: path.join(bin, windows ? 'python.exe' : 'python'),
    aws: path.join(bin, windows ? 'aws.cmd' : 'aws'),
  };
}

function digest(pythonVersion: string): string {
  const hash = createHash('sha256').update(pythonVersion);
  for (const file of [requirements, constraints, builder]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

const lastLines = (ended: Ended): string => ended.stderr.trim().split('\n').slice(-4).join(' | ') || `exit code ${ended.code}`;

const installPython =
  'Install Python 3.10 or later with its venv module (Debian and Ubuntu: apt-get install python3 python3-venv; macOS: brew install python).';
