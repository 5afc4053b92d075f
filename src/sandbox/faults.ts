import { appendFileSync, lstatSync } from 'node:fs';
import { basename } from 'node:path';
import type { WireRequest, WireResponse } from './codec.js';
import { wildcard } from './permissions.js';
import type { FaultRule, World } from './world.js';

/** The first rule that applies to this request. Counts the use. */
export function dueFault(world: World, call: string, account: string | undefined): FaultRule['what'] | undefined {
  for (const rule of world.knobs.faults ?? []) {
    if (rule.times === 0 || !wildcard(rule.operation, call)) continue;
    if (rule.account !== undefined && rule.account !== account) continue;
    if (rule.skip !== undefined && rule.skip > 0) {
      rule.skip -= 1;
      continue;
    }
    if (rule.times !== undefined) rule.times -= 1;
    return rule.what;
  }
  return undefined;
}

/** Counts a write. When it is due, the knob is deleted, so that the next process survives. */
export function dueCrash(world: World): 'before' | 'after' | undefined {
  const { crash } = world.knobs;
  if (crash === undefined) return undefined;
  crash.atWrite -= 1;
  if (crash.atWrite > 0) return undefined;
  delete world.knobs.crash;
  return crash.when;
}

/** Ends the process like a power cut: no handler runs, nothing is flushed. */
export function endProcess(save: () => void): never {
  save();
  process.kill(process.pid, 'SIGKILL');
  throw new Error('the `crash` knob of the practice account ended this process');
}

/** The practice account may come from someone else: it cannot choose another file, such as a start file of the shell. */
export function record(file: string, service: string, operation: string, request: WireRequest): void {
  if (basename(file) !== 'requests.jsonl' || lstatSync(file, { throwIfNoEntry: false })?.isFile() === false) return;
  const body = Buffer.from(request.body).toString('utf8');
  appendFileSync(file, `${JSON.stringify({ service, operation, headers: request.headers, body })}\n`, { mode: 0o600 });
}

/** Has the same name as a lost connection of the SDK's own handler, so that retries behave the same. */
export const connectionLost = (): Error => Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });

export const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' });

/** The response of a load balancer or proxy between client and AWS. */
export function htmlPage(status: number, requestId: string): WireResponse {
  const body = Buffer.from(`<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>\n`);
  return {
    statusCode: status,
    headers: { 'content-type': 'text/html', 'content-length': String(body.length), 'x-amzn-requestid': requestId },
    body,
  };
}

export const emptied = (response: WireResponse): WireResponse => ({
  ...response,
  headers: { ...response.headers, 'content-length': '0' },
  body: new Uint8Array(),
});

export function truncated(response: WireResponse): WireResponse {
  const body = response.body.subarray(0, Math.floor(response.body.length / 2));
  return { ...response, headers: { ...response.headers, 'content-length': String(body.length) }, body };
}

/** Settles only by rejection, when aborted. Keeps the process alive until then, like an open socket. */
export const hang = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_resolve, reject) => {
    const alive = setInterval(() => undefined, 60_000);
    onAbort(signal, () => {
      clearInterval(alive);
      reject(aborted());
    });
  });

export const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    onAbort(signal, () => {
      clearTimeout(timer);
      reject(aborted());
    });
  });

function onAbort(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted) act();
  else signal?.addEventListener('abort', act, { once: true });
}
