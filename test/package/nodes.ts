import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const root = join(import.meta.dirname, '../..');

/** The oldest that the package promises, and the last one of each later line that is maintained. */
const versions = ['20.19.0', '22.23.3', '24.21.0', '26.10.0'];

/** Whether to download other versions of Node, of 30 MB each: `npm run test:package`. */
export const everyNode = process.env['PACKAGE_ALL'] === '1';

/** The names of the versions that this run tests: the current one, or all. */
export const nodes: readonly string[] = everyNode ? versions : [process.versions.node];

const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** The path of a version of Node. npm has the binaries as packages; nothing of them runs when they are installed. */
export const nodeOf = async (version: string): Promise<string> => {
  if (version === process.versions.node) return process.execPath;
  const folder = join(root, '.cache/nodes', version);
  const program = join(folder, `node_modules/node-${platform}/bin/node${process.platform === 'win32' ? '.exe' : ''}`);
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const flags = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    await promisify(execFile)('npm', ['install', ...flags, `node-${platform}@${version}`]);
  }
  return program;
};
