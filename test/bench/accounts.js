// Practice accounts of a size, served on loopback with answers that take a while.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { join } from 'node:path';
import { folder, main, run, start } from './runs.js';

/** A practice account in which `init` is done, with so many users. All but the administrator are no administrators; each has a password, an MFA device and a key. */
export const bootstrapped = async (users) => {
  const file = join(folder, `world-${users}.json`);
  const { code, stderr } = await run([main, 'init', '--sandbox-file', file, '--yes', '--no-input', '--quiet']);
  if (code !== 0 && code !== 5) throw new Error(`init ended with ${code}:\n${stderr}`);
  const world = JSON.parse(readFileSync(file, 'utf8'));
  const account = Object.values(world.accounts)[0];
  const [first] = account.users;
  const [device] = account.mfaDevices;
  account.users.splice(users);
  for (let n = account.users.length; n < users; n += 1) {
    const key = {
      id: `AKIAEXAMPLE${String(n).padStart(9, '0')}`,
      secret: 'x'.repeat(40),
      status: 'Active',
      createdAt: first.createdAt,
      lastUsed: null,
    };
    const name = `user-${n}`;
    account.users.push({ ...first, id: `AIDAEXAMPLE${String(n).padStart(9, '0')}`, name, groups: [], accessKeys: [key] });
    account.mfaDevices.push({ ...device, serial: device.serial.replace(/[^/]+$/, name), user: name });
  }
  return { file, world };
};

export const served = async ({ file, world }, knobs, measure) => {
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

/**
 * Lets requests through in rounds: each waits until no other comes, or as many are there as are ever under way at once. Their number
 * is the longest chain of answers that wait for one another, with the queue of a large account in it.
 */
export const rounds = async (env, measure) => {
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
