'use strict';
/**
 * Goes before the program (`node --require killer.cjs dist/main.cjs …`) and counts its boundaries: every request to the practice account
 * (before it is sent, after AWS acted, after the answer) and every file operation (before, half-way through a write, after). At the one
 * that is asked for, something happens; by default the process ends by SIGKILL. Nothing of the program knows about this.
 *
 * FAULTS: {"root": the only folder that is watched, "world": the practice account's file, "record": where it notes requests,
 * "at": number of a boundary, from 1, or its name, "what": "SIGINT" or another signal, {"append": text, "to": file} as another program
 * would, or an error of the disk, "ENOSPC", from then on, "took": file that gets the milliseconds from a signal to the end; "trace":
 * file that gets a line for each boundary; "snapshots": folder that gets a copy of `root` for each boundary at which it differs from
 * the one before.}
 */
const fs = require('node:fs');
const { hostname } = require('node:os');
const path = require('node:path');
const { createHash } = require('node:crypto');

const asked = JSON.parse(process.env['FAULTS'] ?? '{}');
delete process.env['FAULTS'];
const { root, world, record, at, what: event = 'SIGKILL', took, trace, snapshots } = asked;

/** The real ones, for this file's own use. */
const real = { ...fs };

const relative = (file) => path.relative(root, path.resolve(String(file)));
const isWatched = (file) => {
  if (root === undefined || typeof file !== 'string') return false;
  const name = relative(file);
  return name !== '' && !name.startsWith('..');
};
/** What AWS keeps is not a file of this computer. */
const isOfWorld = (file) =>
  path.resolve(file) === world ||
  path.resolve(file).startsWith(`${world}.lock`) ||
  (/\.\d{5,}$/.test(file) && path.resolve(file).startsWith(`${world}.`));
/** Only where this process writes its id: other numbers, such as an account id or a time, can hold the same digits. */
const nameOf = (file) => relative(file).replaceAll(`.${process.pid}.`, '.PID.');
const withoutHolder = (text) => text.replaceAll(`${process.pid} ${hostname()}`, 'HOLDER');

let number = 0;
const seen = new Map();
/** The request that is under way, and the one whose answer the program is about to see. */
let answered;
let pending;
let lastSignature;
let state = 0;

const boundary = (what, half) => {
  if (answered !== undefined) {
    const name = answered;
    answered = undefined;
    boundary(`${name} answered`);
  }
  const count = (seen.get(what) ?? 0) + 1;
  seen.set(what, count);
  const name = `${what} ${count}`;
  number += 1;
  if (trace !== undefined) inside(() => note(name, half));
  if (at === number || at === name) happen(half);
  if (broken && /(?<!rm .*) before \d+$/.test(name) && !name.includes(' sent'))
    throw Object.assign(new Error(`${event}: injected`), { code: event, errno: -28 });
};

/** The disk takes nothing any more. */
let broken = false;
const happen = (half) => {
  if (typeof event === 'object') inside(() => real.appendFileSync(event.to, event.append));
  else if (event.startsWith('SIG')) {
    if (event === 'SIGKILL') half?.write();
    const stopped = performance.now();
    if (took !== undefined) process.once('exit', () => real.writeFileSync(took, String(performance.now() - stopped)));
    process.kill(process.pid, event);
    if (event === 'SIGKILL') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  } else broken = true;
};

const note = (name, half) => {
  half?.write();
  const signature = whole(signatureOf);
  if (signature !== lastSignature) {
    lastSignature = signature;
    state += 1;
    const copy = path.join(snapshots ?? '', String(state));
    if (snapshots !== undefined)
      whole(() => {
        real.rmSync(copy, { recursive: true, force: true });
        real.cpSync(root, copy, { recursive: true, preserveTimestamps: true });
      });
  }
  half?.undo();
  real.appendFileSync(trace, `${JSON.stringify({ number, name, state, signature })}\n`);
};

/** Operations of the program that are already under way go on in other threads, and may remove a file that is about to be read. */
const whole = (work) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return work();
    } catch (error) {
      if (error.code !== 'ENOENT' || attempt === 100) throw error;
    }
  }
};

/** All that a second run would find, but for what changes by itself. */
const signatureOf = () => {
  const hash = createHash('sha256');
  for (const name of real.readdirSync(root, { recursive: true }).sort()) {
    const file = path.join(root, name);
    if (isOfWorld(file) && file !== world) continue;
    const stat = real.lstatSync(file);
    hash.update(`${nameOf(file)} ${stat.mode}\n`);
    if (!stat.isFile()) continue;
    const text = real.readFileSync(file, 'utf8');
    hash.update(file === world ? withoutPassing(text) : withoutHolder(text));
  }
  return hash.digest('hex');
};

const withoutPassing = (text) => {
  const { knobs: _, requests: __, ...rest } = JSON.parse(text);
  return JSON.stringify(rest, (key, value) => (key === 'lastUsed' || key === 'passwordLastUsed' ? undefined : value));
};

/** Functions of `fs` call each other; only the outermost counts. */
let depth = 0;
const inside = (work) => {
  depth += 1;
  try {
    return work();
  } finally {
    depth -= 1;
  }
};

const around = (what, half, work) => {
  if (depth > 0) return work();
  boundary(`${what} before`);
  if (half !== undefined) boundary(`${what} half`, half);
  const result = inside(work);
  boundary(`${what} after`);
  return result;
};
const aroundLater = async (what, half, work) => {
  boundary(`${what} before`);
  if (half !== undefined) boundary(`${what} half`, half);
  const result = await work();
  boundary(`${what} after`);
  return result;
};

/** Writes half of it, as a kill in the middle would, and takes it away again. */
const halfOf = (data, fd) => {
  const bytes = Buffer.from(data);
  return {
    write: () => real.writeSync(fd, bytes, 0, Math.floor(bytes.length / 2), 0),
    undo: () => real.ftruncateSync(fd, 0),
  };
};

const writes = (flags) => (typeof flags === 'string' ? /[wa+]/.test(flags) : typeof flags === 'number' && (flags & 3) !== 0);
const changing = [
  'rename',
  'rm',
  'unlink',
  'mkdir',
  'rmdir',
  'link',
  'symlink',
  'writeFile',
  'appendFile',
  'chmod',
  'chown',
  'truncate',
  'copyFile',
  'utimes',
];

for (const name of changing) {
  const sync = fs[`${name}Sync`];
  fs[`${name}Sync`] = (file, ...rest) => {
    const call = () => sync.call(fs, file, ...rest);
    if (depth > 0 || typeof file !== 'string') return call();
    if (file === record) {
      const { service, operation } = JSON.parse(String(rest[0]));
      boundary(`${service}:${operation} sent`);
      answered = undefined;
      pending = `${service}:${operation}`;
      const result = inside(call);
      answered = pending;
      return result;
    }
    if (!isWatched(file)) return call();
    if (isOfWorld(file)) {
      const result = inside(call);
      if (name === 'rename' && path.resolve(rest[0]) === world && pending !== undefined) {
        answered = undefined;
        boundary(`${pending} acted`);
        answered = pending;
      }
      return result;
    }
    return around(`${name} ${nameOf(file)}`, undefined, call);
  };
  const later = fs.promises[name];
  fs.promises[name] = (file, ...rest) => {
    const call = () => later.call(fs.promises, file, ...rest);
    return isWatched(file) && !isOfWorld(file) ? aroundLater(`${name} ${nameOf(file)}`, undefined, call) : call();
  };
}

const open = fs.promises.open;
fs.promises.open = async (file, flags, ...rest) => {
  if (!isWatched(file)) return open.call(fs.promises, file, flags, ...rest);
  const call = () => open.call(fs.promises, file, flags, ...rest);
  const name = nameOf(file);
  const handle = writes(flags) ? await aroundLater(`open ${name}`, undefined, call) : await call();
  for (const method of ['writeFile', 'write', 'chmod', 'chown', 'sync', 'datasync', 'truncate', 'appendFile']) {
    const own = handle[method].bind(handle);
    handle[method] = (...args) =>
      aroundLater(`${method} ${name}`, method === 'writeFile' ? halfOf(args[0], handle.fd) : undefined, () => own(...args));
  }
  return handle;
};

const openSync = fs.openSync;
const handles = new Map();
fs.openSync = (file, flags, ...rest) => {
  if (depth > 0 || !isWatched(file) || isOfWorld(file) || !writes(flags)) return openSync(file, flags, ...rest);
  const fd = around(`open ${nameOf(file)}`, undefined, () => openSync(file, flags, ...rest));
  handles.set(fd, nameOf(file));
  return fd;
};
for (const name of ['write', 'fsync', 'fchmod', 'fchown', 'ftruncate']) {
  const sync = fs[`${name}Sync`];
  fs[`${name}Sync`] = (fd, ...rest) =>
    depth > 0 || !handles.has(fd)
      ? sync.call(fs, fd, ...rest)
      : around(`${name} ${handles.get(fd)}`, undefined, () => sync.call(fs, fd, ...rest));
}
const closeSync = fs.closeSync;
fs.closeSync = (fd) => {
  handles.delete(fd);
  return closeSync(fd);
};
