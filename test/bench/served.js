// A practice account or an organization in memory, in a process of its own, behind HTTP. Not by `sandbox serve`: it saves its file after each
// request, which takes longer than the request in a large account.
import { spawn } from 'node:child_process';
import { createServer, request as send } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rolldown } from 'rolldown';
import { folder } from './runs.js';

/** The server is TypeScript, and shares its worlds with the tests. */
const bundled = async () => {
  const bundle = await rolldown({ input: join(import.meta.dirname, 'server.ts'), platform: 'node', logLevel: 'warn' });
  await bundle.write({ dir: join(folder, 'server'), format: 'esm', entryFileNames: 'server.mjs' });
  return join(folder, 'server', 'server.mjs');
};
let file;

/** `measure` gets the environment to use the account, and a function that counts the calls and writes since it was last called. */
export const served = async (options, measure) => {
  file ??= await bundled();
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  try {
    const { url, accessKeyId, secretAccessKey, sessionToken } = await next();
    const env = {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    };
    return await measure(env, async () => {
      child.stdin.write('calls\n');
      return next();
    });
  } finally {
    child.stdin.end();
    await new Promise((resolve) => child.once('close', resolve));
  }
};

/** A proxy on loopback. `handle` gets each request with its body. */
const proxied = async (env, handle, measure) => {
  const proxy = createServer((incoming, outgoing) => {
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => handle(incoming, Buffer.concat(chunks), outgoing));
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    return await measure({ ...env, AWS_ENDPOINT_URL: `http://127.0.0.1:${proxy.address().port}` });
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
};

/** Sends a request on to the account. */
const forward = (env, { method, url: path, headers }, body, answered) => {
  const { hostname: host, port } = new URL(env.AWS_ENDPOINT_URL);
  send({ host, port, method, path, headers }, answered).end(body);
};

/**
 * Lets requests through in rounds: each waits until no other comes, or as many are there as are ever under way at once. Their number
 * is the longest chain of answers that wait for one another, with the queue of a large account in it.
 */
export const rounds = async (env, measure) => {
  const [most, quietMs] = [32, 150];
  const waiting = [];
  let [count, timer] = [0];
  const release = () => {
    clearTimeout(timer);
    const all = waiting.splice(0);
    if (all.length > 0) count += 1;
    for (const go of all) go();
  };
  const wait = (incoming, body, outgoing) => {
    waiting.push(() =>
      forward(env, incoming, body, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      }),
    );
    clearTimeout(timer);
    if (waiting.length >= most) release();
    else timer = setTimeout(release, quietMs);
  };
  await proxied(env, wait, measure);
  return count;
};

/**
 * Answers a request as it was answered the first time, after `delayMs`: the practice account's own work, on the same two cores, does not count.
 * `measure` gets a function that returns when the first request since the last call came.
 */
export const recorded = (env, delayMs, measure) => {
  const answers = new Map();
  let firstAt;
  const answer = (incoming, body, outgoing) => {
    firstAt ??= performance.now();
    const { url: path, headers } = incoming;
    const service = /\/(\w+)\/aws4_request/.exec(headers.authorization)?.[1];
    // CloudTrail is asked for the time until now.
    const asked = body.toString('latin1').replace(/"(Start|End)Time":[\d.e]+/g, '');
    const key = JSON.stringify([service, path, headers['x-amz-target'], asked]);
    const give = ({ status, fields, content }) => outgoing.writeHead(status, fields).end(content);
    const known = answers.get(key);
    if (known !== undefined) {
      setTimeout(() => give(known), delayMs);
      return;
    }
    forward(env, incoming, body, (first) => {
      const parts = [];
      first.on('data', (part) => parts.push(part));
      first.on('end', () => {
        const made = { status: first.statusCode, fields: first.headers, content: Buffer.concat(parts) };
        answers.set(key, made);
        give(made);
      });
    });
  };
  return proxied(env, answer, (through) =>
    measure(through, () => {
      const at = firstAt;
      firstAt = undefined;
      return at;
    }),
  );
};
