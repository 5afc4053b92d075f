// One account, asked three ways: by `check`, by a shell script of the AWS CLI, and by the calls that Prowler makes. Whole processes,
// one after another, against the same practice account, whose every answer takes 50 ms.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrapped } from './accounts.js';
import { main, median, msText, ratioText, run } from './runs.js';
import { recorded, rounds, served } from './served.js';

const delayMs = 50;
/** Who calls, the budgets, their subscribers; without a config. */
const leastRounds = 3;
/** The AWS CLI takes half a second to start, and Prowler's calls grow by seven a user: the large accounts would take a quarter of an hour. */
const sizes = [
  { users: 1, cli: true, boto3: true },
  { users: 10, cli: true, boto3: true },
  { users: 100, cli: false, boto3: true },
  { users: 500, cli: false, boto3: false },
];

/** boto3 and the AWS CLI of the tests' own environment, if they ran here once. */
const environment = () => {
  const cache = join(import.meta.dirname, '../../.cache');
  const found = existsSync(cache) ? readdirSync(cache).filter((name) => existsSync(join(cache, name, 'bin/aws'))) : [];
  return found[0] === undefined ? undefined : join(cache, found[0], 'bin');
};

const finished = async (name, fine, ran) => {
  const { ms, code, stderr } = await ran;
  if (!fine.includes(code)) throw new Error(`${name} ended with ${code}:\n${stderr}`);
  return ms;
};
const check = (env) => finished('check', [0, 3, 4, 6], run([main, 'check', '--no-input'], env));

const times = async (count, measured) => {
  const all = [];
  for (let n = 0; n < count; n += 1) all.push(await measured());
  return median(all);
};

/** A machine that is busy with other things gets fewer comparisons, not an hour of them. */
const late = () => performance.now() > 150_000;

const measured = async ({ users, cli, boto3 }, tools) => {
  const world = await bootstrapped(users);
  const chain = await served({ world }, (env) => rounds(env, check));
  return served({ world, delayMs }, async (env, takeCalls) => {
    const first = await check(env);
    const { calls } = await takeCalls();
    await check(env);
    const { calls: again } = await takeCalls();
    const ours = await times(users > 100 ? 1 : 3, () => check(env));
    await takeCalls();
    const row = { users, calls, chain, first, again, ours };
    if (tools !== undefined && cli && !late()) {
      const ms = await finished(
        'aws-cli.sh',
        [0],
        run([join(import.meta.dirname, 'aws-cli.sh')], { ...env, PATH: `${tools}:${process.env.PATH}` }, 'bash'),
      );
      row.cli = { ms, ...(await takeCalls()) };
    }
    if (tools !== undefined && boto3 && !late()) {
      const ms = await finished('prowler_calls.py', [0], run([join(import.meta.dirname, 'prowler_calls.py')], env, join(tools, 'python')));
      row.boto3 = { ms, ...(await takeCalls()) };
    }
    return row;
  });
};

/** `check` alone: from recorded answers, beside the time to its first request and the rounds that have to follow. */
const alone = async (users) => {
  const world = await bootstrapped(users);
  // The first two have AWS generate the credential report.
  return served({ world }, async (served) => {
    for (let n = 0; n < 3; n += 1) await check(served);
    return recorded(served, delayMs, async (env, firstAt) => {
      for (let n = 0; n < 2; n += 1) await check(env);
      const ratios = [];
      const all = [];
      for (let n = 0; n < 15; n += 1) {
        firstAt();
        const from = performance.now();
        const ms = await check(env);
        ratios.push(ms / (firstAt() - from + leastRounds * delayMs));
        all.push(ms);
      }
      return { ratio: median(ratios), ms: median(all) };
    });
  });
};

const beside = (other, ours) => (other === undefined ? ['', '', ''] : [String(other.calls), msText(other.ms), ratioText(other.ms / ours)]);

const heads = [
  'users',
  'calls',
  'rounds',
  'check',
  'again: calls',
  'time',
  'AWS CLI: calls',
  'time',
  'of again',
  "Prowler's calls",
  'time',
  'of again',
];
const line = (cells) => `${cells.map((cell, column) => cell.padStart(Math.max(heads[column].length, 8))).join('  ')}\n`;

/** Prints as it goes: it takes a while. */
export const compare = async (print) => {
  const tools = environment();
  print(`check on accounts of several sizes, every answer after ${delayMs} ms, beside others that ask one thing after another\n\n`);
  print(line(heads));
  for (const size of sizes) {
    const { users, calls, chain, first, again, ours, cli, boto3 } = await measured(size, tools);
    const own = [String(users), String(calls), String(chain), msText(first), String(again), msText(ours)];
    print(line([...own, ...beside(cli, ours), ...beside(boto3, ours)]));
  }
  const { ratio, ms } = await alone(1);
  print(
    `\ncheck of one account, its answers recorded: ${msText(ms)}, ${ratioText(ratio)} of its first request and ${leastRounds} rounds (budget x1.30).\n`,
  );
  print(
    '\nrounds: answers waited for one after another, with 32 requests under way at once. The first check waits for AWS to generate the\n' +
      'credential report; again: with that report. AWS CLI: a script of the same questions, a process each.\n',
  );
  print("Prowler's calls: those to IAM that its service object makes, by boto3. Left out where it would take minutes.\n");
  if (tools === undefined) print('The AWS CLI and boto3 are not here: run the tests once, which install them.\n');
};
