// `check --org` over organizations of growing size, whose every answer takes a while: how near it comes to calls x delay / requests at once,
// how much memory it takes, and how both grow. The organization stands in a process of its own, behind HTTP.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { folder, main, peakHook, peakIn, run, table } from './runs.js';
import { served } from './served.js';

const delayMs = 50;
/** As in src/aws/boundary.ts. */
const atOnce = 32;
const sizes = [10, 100, 1000];

export const organizations = async () => {
  const hook = peakHook();
  const rows = [
    [`check --org, answers after ${delayMs} ms`, 'calls', 'time', `of calls x ${delayMs} ms / ${atOnce}`, 'an account', 'peak', 'result'],
  ];
  for (const members of sizes) {
    const row = await served({ members, delayMs }, async (env, takeCalls) => {
      const file = join(folder, `organization-${members}.json`);
      const { ms, code, stderr } = await run(
        ['-r', hook, main, 'check', '--org', '--output', 'json', '--output-file', file, '--quiet'],
        env,
      );
      if (![0, 3, 4, 6].includes(code)) throw new Error(`check --org ended with ${code}:\n${stderr}`);
      const { calls: sent } = await takeCalls();
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
