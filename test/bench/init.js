// `init` of a new account, whose every answer takes a while: how near it comes to its writes, which wait for one another.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, main, msText, ratioText, run, start, table } from './runs.js';
import { rounds, served } from './served.js';

const delayMs = 50;
const runs = 3;

/** Every step but the organization: AWS takes minutes to create an account. */
export const config = (accountId) => `version: 1
account: { id: '${accountId}' }
billing-access:
  contact: { name: Bill Payer, title: Accounts, email: billing@example.com, phone: "+1 555 0100" }
  security-contact: { name: Security, title: On call, email: security@example.com, phone: "+1 555 0101" }
budget: { limit: 10 USD, subscribers: [ops@example.com] }
admin-user: { name: alex }
mfa: { assign: unattended }
alias: { name: acme-prod }
access-keys: { mode: create, user: ci, group: ci-readers, policies: [ReadOnlyAccess], profile: false }
organization: false
`;

const created = async (name) => {
  const file = join(folder, `new-${name}.json`);
  const { code, stderr } = await run([main, 'check', '--sandbox-file', file]);
  if (code !== 3) throw new Error(`check ended with ${code}:\n${stderr}`);
  const { accounts } = JSON.parse(readFileSync(file, 'utf8'));
  const yaml = join(folder, `${name}.yaml`);
  writeFileSync(yaml, config(Object.keys(accounts)[0]));
  return { world: file, args: ['init', '--yes', '--config', yaml, '--secrets-file', join(folder, `${name}.secrets.json`)] };
};

/** Milliseconds until the account is shown, and until the end. */
const timed = (args, env) =>
  new Promise((resolve, reject) => {
    const from = performance.now();
    const child = start([main, ...args], env);
    let [stderr, header] = ['', undefined];
    child.stdout.resume();
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      if (header === undefined && stderr.includes('Account')) header = performance.now() - from;
    });
    child.once('close', (code) => {
      const total = performance.now() - from;
      if (code === 5) resolve({ header, total });
      else reject(new Error(`init ended with ${code}:\n${stderr}`));
    });
  });

export const inits = async () => {
  const first = await created('rounds');
  const chain = await served({ world: first.world }, (env) => rounds(env, (through) => timed(first.args, through)));
  const rows = [
    [`init of a new account, answers after ${delayMs} ms`, 'calls', 'rounds', 'writes', 'header', 'time', `of writes x ${delayMs} ms`],
  ];
  for (let n = 1; n <= runs; n += 1) {
    const { world, args } = await created(`init-${n}`);
    await served({ world, delayMs }, async (env, takeCalls) => {
      const { header, total } = await timed(args, env);
      const { calls, writes } = await takeCalls();
      const ratio = ratioText(total / (writes * delayMs));
      rows.push([`run ${n}`, String(calls), String(chain), String(writes), msText(header), msText(total), ratio]);
    });
  }
  return table(rows);
};
