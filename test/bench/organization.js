// `check --org` over organizations of growing size, whose every answer takes a while: how near it comes to calls x delay / requests at once,
// how much memory it takes, and how both grow. The organization is in a process of its own, behind HTTP.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { folder, main, peakHook, peakIn, run, table } from './runs.js';
import { served } from './served.js';

const delayMs = 50;
/** As in src/aws/boundary.ts. */
const atOnce = 32;
const sizes = [10, 100, 1000];
/** That have to follow each other: who calls, the members, their roles; the last reads of the last member fill no round. */
const rounds = 4;

/** One run over so many members: what it sent, and how it ended. */
const checked = (hook, options) =>
  served(options, async (env, calls) => {
    const file = join(folder, `organization-${options.members}.json`);
    const from = Date.now();
    const { ms, code, stderr } = await run(['-r', hook, main, 'check', '--org', '--output', 'json', '--output-file', file, '--quiet'], env);
    if (![0, 3, 4, 6].includes(code)) throw new Error(`check --org ended with ${code}:\n${stderr}`);
    const { firstAt, ...sent } = await calls();
    return {
      ...sent,
      startMs: firstAt - from,
      ms,
      file,
      peak: `${peakIn(stderr).toFixed(0)} MiB`,
      mib: `${(statSync(file).size / 2 ** 20).toFixed(1)} MiB`,
    };
  });

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Of these sizes, or of one. */
export const organizations = async (size) => {
  const hook = peakHook();
  const rows = [
    [
      `check --org, answers after ${delayMs} ms`,
      'calls',
      'time',
      `of calls x ${delayMs} ms / ${atOnce}`,
      `+ start + ${rounds} rounds`,
      'an account',
      'peak',
      'result',
    ],
  ];
  for (const members of size === undefined ? sizes : [size]) {
    const { calls, startMs, ms, peak, mib } = await checked(hook, { members, delayMs });
    const floor = (calls * delayMs) / atOnce;
    const ratios = [floor, floor + startMs + rounds * delayMs].map((least) => `x${(ms / least).toFixed(2)}`);
    rows.push([`${members} members`, String(calls), seconds(ms), ...ratios, `${(ms / members).toFixed(0)} ms`, peak, mib]);
  }
  return table(rows);
};

/** Lower than the documented limits, so that they are reached; IAM and Budgets have none that are published. */
const low = { sts: { perSecond: 10, burst: 10 }, iam: { perSecond: 5, burst: 5 }, budgets: { perSecond: 2, burst: 2 } };

/** `npm run bench -- org-throttled [MEMBERS]`: a large organization at the rate limits of AWS. Not a single result may be unknown. */
export const throttledOrganization = async (members = 10_000) => {
  const rows = [['check --org at rate limits', 'calls', 'refused', 'time', 'peak', 'results', 'unknown']];
  const { calls, refused, ms, peak, file } = await checked(peakHook(), { members, delayMs, limits: low });
  const { results, summary } = JSON.parse(readFileSync(file, 'utf8'));
  rows.push([`${members} members`, String(calls), String(refused), seconds(ms), peak, String(results.length), String(summary.unknown)]);
  return table(rows);
};
