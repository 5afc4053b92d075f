// `check --org` over organizations of growing size, whose every answer takes a while: how near it comes to calls x delay / requests at once,
// how much memory it takes, and how both grow. The organization stands in a process of its own, behind HTTP.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rolldown } from 'rolldown';
import { folder, main, peakHook, peakIn, run, table } from './runs.js';

const delayMs = 50;
/** As in src/aws/boundary.ts. */
const atOnce = 32;
const sizes = [10, 100, 1000];

/** The generator of organizations is TypeScript, shared with the tests. */
const bundledServer = async () => {
  const bundle = await rolldown({ input: join(import.meta.dirname, 'organization-server.ts'), platform: 'node', logLevel: 'warn' });
  await bundle.write({ dir: join(folder, 'organization-server'), format: 'esm', entryFileNames: 'server.mjs' });
  return join(folder, 'organization-server', 'server.mjs');
};

const served = async (file, options, measure) => {
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  try {
    const place = await next();
    const calls = async () => {
      child.stdin.write('calls\n');
      return (await next()).calls;
    };
    return await measure(place, calls);
  } finally {
    child.stdin.end();
    await new Promise((resolve) => child.once('close', resolve));
  }
};

export const organizations = async () => {
  const server = await bundledServer();
  const hook = peakHook();
  const rows = [
    [`check --org, answers after ${delayMs} ms`, 'calls', 'time', `of calls x ${delayMs} ms / ${atOnce}`, 'an account', 'peak', 'result'],
  ];
  for (const members of sizes) {
    const row = await served(server, { members, delayMs }, async (place, calls) => {
      const env = {
        AWS_ENDPOINT_URL: place.url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: place.accessKeyId,
        AWS_SECRET_ACCESS_KEY: place.secretAccessKey,
      };
      const file = join(folder, `organization-${members}.json`);
      const { ms, code, stderr } = await run(
        ['-r', hook, main, 'check', '--org', '--output', 'json', '--output-file', file, '--quiet'],
        env,
      );
      if (![0, 3, 4, 6].includes(code)) throw new Error(`check --org ended with ${code}:\n${stderr}`);
      const sent = await calls();
      const peak = peakIn(stderr);
      const ratio = ms / ((sent * delayMs) / atOnce);
      const result = `${(statSync(file).size / 2 ** 20).toFixed(1)} MiB`;
      return [
        `${members} members`,
        String(sent),
        `${(ms / 1000).toFixed(1)} s`,
        `x${ratio.toFixed(2)}`,
        `${(ms / members).toFixed(0)} ms`,
        `${peak.toFixed(0)} MiB`,
        result,
      ];
    });
    rows.push(row);
  }
  return table(rows);
};
