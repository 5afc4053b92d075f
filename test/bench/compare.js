// One account, asked three ways: by `check`, by a shell script of the AWS CLI, and by the calls that Prowler makes. Whole processes,
// one after another, against the same practice account, whose every answer takes 50 ms.
import { existsSync, readdirSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { join } from 'node:path';
import { bootstrapped, served } from './accounts.js';
import { main, median, msText, ratioText, run } from './runs.js';

const delayMs = 50;
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

/**
 * Lets requests through in rounds: each waits until no other comes, or as many are there as are ever under way at once. Their number
 * is the longest chain of answers that wait for one another, with the queue of a large account in it.
 */
const rounds = async (env, measure) => {
  const [target, most, quietMs] = [new URL(env.AWS_ENDPOINT_URL), 32, 150];
  const waiting = [];
  let [count, timer] = [0];
  const release = () => {
    clearTimeout(timer);
    const all = waiting.splice(0);
    if (all.length > 0) count += 1;
    for (const go of all) go();
  };
  const proxy = createServer((incoming, outgoing) => {
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      waiting.push(() => {
        const { method, url: path, headers } = incoming;
        const forwarded = send({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode, answer.headers);
          answer.pipe(outgoing);
        });
        forwarded.end(Buffer.concat(chunks));
      });
      clearTimeout(timer);
      if (waiting.length >= most) release();
      else timer = setTimeout(release, quietMs);
    });
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    await measure({ ...env, AWS_ENDPOINT_URL: `http://127.0.0.1:${proxy.address().port}` });
    return count;
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
};

const times = async (count, measured) => {
  const all = [];
  for (let n = 0; n < count; n += 1) all.push(await measured());
  return median(all);
};

/** A machine that is busy with other things gets fewer comparisons, not an hour of them. */
const late = () => performance.now() > 150_000;

const measured = async ({ users, cli, boto3 }, tools) => {
  const account = await bootstrapped(users);
  const chain = await served(account, {}, (env) => rounds(env, check));
  return served(account, { delayMs }, async (env, takeCalls) => {
    await check(env);
    const calls = takeCalls();
    const ours = await times(users > 100 ? 1 : 3, () => check(env));
    takeCalls();
    const row = { users, calls, chain, ours };
    if (tools !== undefined && cli && !late()) {
      const ms = await finished(
        'aws-cli.sh',
        [0],
        run([join(import.meta.dirname, 'aws-cli.sh')], { ...env, PATH: `${tools}:${process.env.PATH}` }, 'bash'),
      );
      row.cli = { ms, calls: takeCalls() };
    }
    if (tools !== undefined && boto3 && !late()) {
      const ms = await finished('prowler_calls.py', [0], run([join(import.meta.dirname, 'prowler_calls.py')], env, join(tools, 'python')));
      row.boto3 = { ms, calls: takeCalls() };
    }
    return row;
  });
};

const beside = (other, ours) => (other === undefined ? ['', '', ''] : [String(other.calls), msText(other.ms), ratioText(other.ms / ours)]);

const heads = ['users', 'calls', 'rounds', 'check', 'AWS CLI: calls', 'time', 'of check', "Prowler's calls", 'time', 'of check'];
const line = (cells) => `${cells.map((cell, column) => cell.padStart(Math.max(heads[column].length, 8))).join('  ')}\n`;

/** Prints as it goes: it takes a while. */
export const compare = async (print) => {
  const tools = environment();
  print(`check on accounts of several sizes, every answer after ${delayMs} ms, beside others that ask one thing after another\n\n`);
  print(line(heads));
  for (const size of sizes) {
    const { users, calls, chain, ours, cli, boto3 } = await measured(size, tools);
    print(line([String(users), String(calls), String(chain), msText(ours), ...beside(cli, ours), ...beside(boto3, ours)]));
  }
  print(
    '\nrounds: answers waited for one after another, with 32 requests under way at once. AWS CLI: a script of the same questions, a process\n',
  );
  print("each. Prowler's calls: those to IAM that its service object makes, by boto3. Left out where it would take minutes.\n");
  if (tools === undefined) print('The AWS CLI and boto3 are not here: run the tests once, which install them.\n');
};
