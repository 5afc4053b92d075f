// Processes, and what they took: shared by the parts of the bench.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const main = join(import.meta.dirname, '../../dist/main.cjs');
export const folder = mkdtempSync(join(tmpdir(), 'bootstrap-bench-'));

/** No AWS settings of this machine; and without these two, of which the first makes bare Node three times slower and flatters every ratio. */
const cleanEnv = (more = {}) => {
  const ours = /^(AWS_|NODE_EXTRA_CA_CERTS$|NODE_OPTIONS$|NODE_V8_COVERAGE$)/;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name))),
    HOME: folder,
    XDG_STATE_HOME: folder,
    ...more,
  };
};

export const start = (args, env, program = process.execPath) =>
  spawn(program, args, { cwd: folder, env: cleanEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });

/** Runs to the end. Milliseconds from start to exit, the exit code, and what was printed. */
export const run = (args, env, program) =>
  new Promise((resolve, reject) => {
    const from = performance.now();
    const child = start(args, env, program);
    let [stdout, stderr, ms] = ['', '', 0];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('exit', () => {
      ms = performance.now() - from;
    });
    child.once('close', (code) => resolve({ ms, code, stdout, stderr }));
  });

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const table = (rows) => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  return `${rows.map(line).join('\n')}\n`;
};

/**
 * A file to load into a process with `-r`: it prints the peak of resident memory at the end. Linux counts `maxRSS` from before the program
 * was started, so a child of a large process seems to be as large as its parent.
 */
export const peakHook = () => {
  const file = join(folder, 'peak.cjs');
  writeFileSync(
    file,
    `const { readFileSync } = require('node:fs');
    const peak = () => process.platform === 'linux'
      ? /^VmHWM:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]
      : process.resourceUsage().maxRSS;
    process.on('exit', () => process.stderr.write('\\npeak=' + peak() + '\\n'));`,
  );
  return file;
};

/** Peak of resident memory in MiB, from what the hook printed. */
export const peakIn = (stderr) => Number(/^peak=(\d+)$/m.exec(stderr)?.[1]) / 1024;

export const ratioText = (value) => `x${value.toFixed(2)}`;
export const msText = (value) => `${value.toFixed(0)} ms`;
