// Start-up against bare Node, and `check` against an account that answers slowly: `npm run bench` prints, never fails on a time.
// The two sides of a pair run one after the other, so that a busy machine slows both. About a minute.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { organizations } from './organization.js';

const main = join(import.meta.dirname, '../../dist/main.cjs');
const folder = mkdtempSync(join(tmpdir(), 'bootstrap-bench-'));
const deadline = performance.now() + 80_000;
const delayMs = 50;

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

const start = (args, env) => spawn(process.execPath, args, { cwd: folder, env: cleanEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });

/** Runs to the end. Milliseconds from start to exit, the exit code, and what was printed. */
const run = (args, env) =>
  new Promise((resolve, reject) => {
    const from = performance.now();
    const child = start(args, env);
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

const bare = async () => (await run(['-e', '0'])).ms;

const ended = async (args) => {
  const { ms, code, stderr } = await run([main, ...args]);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stderr}`);
  return ms;
};

/** From start until the first request comes in; the process is ended then. */
const untilFirstRequest = (args) =>
  new Promise((resolve, reject) => {
    let child;
    let from = 0;
    const server = createServer((request) => {
      const ms = performance.now() - from;
      request.socket.destroy();
      server.close();
      child.removeAllListeners('exit');
      child.once('exit', () => resolve(ms));
      child.kill('SIGKILL');
    });
    server.listen(0, '127.0.0.1', () => {
      const credentials = { AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE000000000', AWS_SECRET_ACCESS_KEY: 'x'.repeat(40), AWS_SESSION_TOKEN: 'x' };
      const url = `http://127.0.0.1:${server.address().port}`;
      from = performance.now();
      child = start([main, ...args], { AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', ...credentials });
      child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code} before it sent a request`)));
    });
  });

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Median of the ratios of pairs, and of the times. Ends early when the time is up. */
const pairs = async (count, measured) => {
  const ratios = [];
  const times = [];
  await measured();
  while (ratios.length < count && performance.now() < deadline) {
    const base = await bare();
    const ms = await measured();
    ratios.push(ms / base);
    times.push(ms);
  }
  return { ratio: median(ratios), ms: median(times), pairs: ratios.length };
};

/** A practice account in which `init` is done, with so many users, each with a key. */
const bootstrapped = async (users) => {
  const file = join(folder, `world-${users}.json`);
  const { code, stderr } = await run([main, 'init', '--sandbox-file', file, '--yes', '--no-input', '--quiet']);
  if (code !== 0 && code !== 5) throw new Error(`init ended with ${code}:\n${stderr}`);
  const world = JSON.parse(readFileSync(file, 'utf8'));
  const account = Object.values(world.accounts)[0];
  const [first] = account.users;
  for (let n = account.users.length; n < users; n += 1) {
    const key = {
      id: `AKIAEXAMPLE${String(n).padStart(9, '0')}`,
      secret: 'x'.repeat(40),
      status: 'Active',
      createdAt: first.createdAt,
      lastUsed: null,
    };
    account.users.push({ ...first, id: `AIDAEXAMPLE${String(n).padStart(9, '0')}`, name: `user-${n}`, accessKeys: [key] });
  }
  return { file, world };
};

const served = async ({ file, world }, knobs, measure) => {
  const record = `${file}.requests`;
  rmSync(record, { force: true });
  const taken = () => readFileSync(record, 'utf8').trim().split('\n').length;
  writeFileSync(file, JSON.stringify({ ...world, knobs: { ...knobs, record } }), { mode: 0o600 });
  const server = start([main, 'sandbox', 'serve', '--sandbox-file', file]);
  try {
    const env = await new Promise((resolve, reject) => {
      let text = '';
      server.once('exit', (code) => reject(new Error(`sandbox serve ended with ${code}`)));
      server.stdout.on('data', (chunk) => {
        text += chunk;
        const found = Object.fromEntries([...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
        if (found.AWS_REGION !== undefined) resolve(found);
      });
    });
    return await measure(env, () => {
      const calls = taken();
      rmSync(record);
      return calls;
    });
  } finally {
    server.removeAllListeners('exit');
    server.kill('SIGTERM');
    await new Promise((resolve) => server.once('close', resolve));
  }
};

const checkMs = async (env) => {
  const { ms, code, stderr } = await run([main, 'check', '--no-input'], env);
  if (![0, 3, 4, 6].includes(code)) throw new Error(`check ended with ${code}:\n${stderr}`);
  return ms;
};

/** Calls of one `check`, its time with answers after `delayMs` and with answers at once. The difference is time spent waiting. */
const checkOf = async (users, times) => {
  const account = await bootstrapped(users);
  const several = async (env, takeCalls) => {
    await checkMs(env);
    const calls = takeCalls();
    const all = [];
    while (all.length < times && performance.now() < deadline + 8_000) all.push(await checkMs(env));
    return { calls, ms: median(all) };
  };
  const atOnce = await served(account, {}, several);
  const delayed = await served(account, { delayMs }, several);
  return { calls: delayed.calls, atOnceMs: atOnce.ms, delayedMs: delayed.ms, waitedMs: delayed.ms - atOnce.ms };
};

/** Peak resident memory in MiB. */
const peakOf = async (args, env) => {
  const hook = join(folder, 'peak.cjs');
  writeFileSync(hook, "process.on('exit', () => process.stderr.write(`\\npeak=${process.resourceUsage().maxRSS}\\n`));");
  const { stderr } = await run(['-r', hook, ...args], env);
  return Number(/^peak=(\d+)$/m.exec(stderr)?.[1]) / 1024;
};

const table = (rows) => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  return `${rows.map(line).join('\n')}\n`;
};

const budgets = { '--version': 1.2, '--help': 1.6, check: 5 };
const ratioText = (value) => `x${value.toFixed(2)}`;
const msText = (value) => `${value.toFixed(0)} ms`;
const mibText = (value) => `${value.toFixed(0)} MiB`;

const startUp = async () => {
  const measured = [
    ['--version', 20, () => ended(['--version']), budgets['--version'], ['--version']],
    ['--help', 20, () => ended(['--help']), budgets['--help'], ['--help']],
    ['init --help', 20, () => ended(['init', '--help']), budgets['--help'], ['init', '--help']],
    ['check, to its first request', 20, () => untilFirstRequest(['check']), budgets.check, undefined],
  ];
  const rows = [['start-up', 'of bare node', 'budget', '', 'time', 'peak', 'pairs']];
  for (const [name, count, measure, budget, args] of measured) {
    const result = await pairs(count, measure);
    const peak = args === undefined ? '' : mibText(await peakOf([main, ...args]));
    const verdict = result.ratio <= budget ? 'ok' : 'OVER';
    rows.push([name, ratioText(result.ratio), ratioText(budget), verdict, msText(result.ms), peak, String(result.pairs)]);
  }
  return table(rows);
};

const slowAccount = async () => {
  const rows = [[`check, answers after ${delayMs} ms`, 'calls', 'time', 'at once', 'of one by one', 'round trips']];
  for (const users of [1, 10]) {
    const { calls, delayedMs, atOnceMs, waitedMs } = await checkOf(users, 5);
    const sequential = ratioText(delayedMs / (calls * delayMs));
    rows.push([
      `${users} user${users === 1 ? '' : 's'}`,
      String(calls),
      msText(delayedMs),
      msText(atOnceMs),
      sequential,
      (waitedMs / delayMs).toFixed(1),
    ]);
  }
  return table(rows);
};

try {
  process.stdout.write(`Node ${process.version}, ${process.platform} ${process.arch}\n\n`);
  process.stdout.write(`${await startUp()}\n`);
  process.stdout.write(await slowAccount());
  process.stdout.write(`\n${await organizations({ run, main, folder, table, delayMs })}`);
  process.stdout.write('\nof one by one: time against calls x delay. round trips: time spent waiting, in delays.\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
