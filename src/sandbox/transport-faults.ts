import type { WireResponse } from './codec.js';

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
