// Start-up against bare Node, and `check` beside others on accounts of several sizes: `npm run bench` prints, never fails on a time.
// What is compared runs one after the other, so that a busy machine slows both. About three minutes; `npm run bench -- init` is one part.
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { compare } from './compare.js';
import { config, inits } from './init.js';
import { organizations, throttledOrganization } from './organization.js';
import { folder, main, median, msText, peakHook, peakIn, ratioText, run, start, table } from './runs.js';

const deadline = performance.now() + 50_000;

const bare = async () => (await run(['-e', '0'])).ms;

const ended = async (args) => {
  const { ms, code, stderr } = await run([main, ...args]);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stderr}`);
  return ms;
};

/** From start until the first request comes in; the process is ended then. After SIGTERM, it stores the code that it compiled. */
const untilFirstRequest = (args, env, signal = 'SIGKILL') =>
  new Promise((resolve, reject) => {
    let child;
    let from = 0;
    const server = createServer((request) => {
      const ms = performance.now() - from;
      request.socket.destroy();
      server.close();
      child.removeAllListeners('exit');
      child.once('exit', () => resolve(ms));
      child.kill(signal);
    });
    server.listen(0, '127.0.0.1', () => {
      const credentials = { AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE000000000', AWS_SECRET_ACCESS_KEY: 'x'.repeat(40), AWS_SESSION_TOKEN: 'x' };
      const url = `http://127.0.0.1:${server.address().port}`;
      from = performance.now();
      child = start([main, ...args], { AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', ...credentials, ...env });
      child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code} before it sent a request`)));
    });
  });

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

/** Peak resident memory in MiB. */
const peakOf = async (args, env) => peakIn((await run(['-r', peakHook(), ...args], env)).stderr);

const budgets = { '--version': 1.2, '--help': 1.3, check: 3 };
const mibText = (value) => `${value.toFixed(0)} MiB`;

const startUp = async () => {
  const yaml = join(folder, 'first.yaml');
  writeFileSync(yaml, config('111122223333'));
  const unattended = ['init', '--config', yaml, '--yes', '--secrets-file', join(folder, 'first.json')];
  for (const args of [['check'], ['check', '--config', yaml], unattended]) await untilFirstRequest(args, {}, 'SIGTERM');
  const measured = [
    ['--version', 20, () => ended(['--version']), budgets['--version'], ['--version']],
    ['--help', 20, () => ended(['--help']), budgets['--help'], ['--help']],
    ['init --help', 20, () => ended(['init', '--help']), budgets['--help'], ['init', '--help']],
    ['check, to its first request', 20, () => untilFirstRequest(['check']), budgets.check, undefined],
    ['the same, without stored code', 20, () => untilFirstRequest(['check'], { NODE_DISABLE_COMPILE_CACHE: '1' }), undefined, undefined],
    ['the same with a config', 20, () => untilFirstRequest(['check', '--config', yaml]), undefined, undefined],
    ['init with a config, the same', 20, () => untilFirstRequest(unattended), undefined, undefined],
  ];
  const rows = [['start-up', 'of bare node', 'budget', '', 'time', 'peak', 'pairs']];
  for (const [name, count, measure, budget, args] of measured) {
    const result = await pairs(count, measure);
    const peak = args === undefined ? '' : mibText(await peakOf([main, ...args]));
    const [limit, verdict] = budget === undefined ? ['', ''] : [ratioText(budget), result.ratio <= budget ? 'ok' : 'OVER'];
    rows.push([name, ratioText(result.ratio), limit, verdict, msText(result.ms), peak, String(result.pairs)]);
  }
  return table(rows);
};

const numberOf = (text) => (text === undefined ? undefined : Number(text));
const print = (text) => process.stdout.write(text);
const parts = {
  start: async () => print(await startUp()),
  accounts: () => compare(print),
  init: async () => print(await inits()),
  org: async (members) => print(await organizations(numberOf(members))),
};
/** Too long for every day. */
const longParts = {
  'org-throttled': async (members) => print(await throttledOrganization(numberOf(members))),
};

try {
  const [name, ...rest] = process.argv.slice(2);
  const all = { ...parts, ...longParts };
  if (name !== undefined && !Object.hasOwn(all, name)) throw new Error(`no part ${name}; there are ${Object.keys(all).join(', ')}`);
  print(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
  for (const part of name === undefined ? Object.values(parts) : [all[name]]) {
    print('\n');
    await part(...rest);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
