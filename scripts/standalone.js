// Builds the program and the Node that runs this script into one executable for this platform: standalone/bootstrap-<platform>-<arch>.
// https://nodejs.org/docs/latest-v20.x/api/single-executable-applications.html
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'postject';
import { rolldown } from 'rolldown';
import { loadConfig } from 'rolldown/config';
import { storedHelp } from './stored-help.js';
import { storedSchemas } from './stored-schemas.js';

const root = join(import.meta.dirname, '..');
/** Node looks for the program at this mark. A Node that is linked to libnode, as in some Linux distributions, does not have it. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const mac = process.platform === 'darwin';

const folder = mkdtempSync(join(tmpdir(), 'bootstrap-standalone-'));
try {
  process.stdout.write(`${await build()}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function build() {
  if (!readFileSync(process.execPath).includes(fuse)) {
    throw new Error(`${process.execPath} cannot carry a program. Use Node from nodejs.org, or from the npm package \`node\`.`);
  }
  const main = join(folder, 'main.cjs');
  await bundle(main);
  const blob = join(folder, 'program.blob');
  const config = join(folder, 'config.json');
  // The code cache fits exactly the Node that creates it, and that is the one that is copied.
  writeFileSync(config, JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true, useCodeCache: true }));
  execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'pipe'] });

  mkdirSync(join(root, 'standalone'), { recursive: true });
  const ending = process.platform === 'win32' ? '.exe' : '';
  const target = join(root, 'standalone', `bootstrap-${process.platform}-${process.arch}${ending}`);
  rmSync(target, { force: true });
  copyFileSync(process.execPath, target);
  chmodSync(target, 0o755);
  // macOS runs no executable whose signature does not fit; the one of Node does not after the change.
  if (mac) execFileSync('codesign', ['--remove-signature', target]);
  await quietly(() =>
    inject(target, 'NODE_SEA_BLOB', readFileSync(blob), { sentinelFuse: fuse, ...(mac ? { machoSegmentName: 'NODE_SEA' } : {}) }),
  );
  if (mac) execFileSync('codesign', ['--sign', '-', target]);
  return target;
}

/** All of the program in one file: an executable has no chunks to load. */
async function bundle(file) {
  process.chdir(root);
  const { output, ...input } = await loadConfig(join(root, 'rolldown.config.ts'));
  const { dir: _dir, chunkFileNames: _names, entryFileNames: _entry, ...same } = output;
  const bundled = await rolldown({ ...input, plugins: [await storedHelp(), storedSchemas({ inside: true })], logLevel: 'warn' });
  await bundled.write({ ...same, file, codeSplitting: false });
  await bundled.close();
}

/** postject prints warnings of its own about the format of the file. */
async function quietly(work) {
  const { warn, log } = console;
  console.warn = console.log = () => undefined;
  try {
    return await work();
  } finally {
    Object.assign(console, { warn, log });
  }
}
