import type { Clock } from '../core/clock.js';

/** The time that a read may take, all of its pages and repetitions together. Waiting for other requests of the run does not count. */
export interface ReadTime {
  /** Runs a request under a signal that also ends when the time is up. Throws TimeIsUp then. */
  readonly spend: <T>(request: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Throws TimeIsUp at once when the time ends before the pause does. */
  readonly sleep: (ms: number) => Promise<void>;
}

export class TimeIsUp extends Error {}

/** No limit but the signal. A write is not cut off: whether it happened would then be unknown. */
export const unlimited = (clock: Clock, signal: AbortSignal): ReadTime => ({
  spend: (request) => request(signal),
  sleep: (ms) => clock.sleep(ms, signal),
});

export const limited = (limitMs: number, clock: Clock, signal: AbortSignal): ReadTime => {
  let leftMs = limitMs;
  return {
    spend: async (request) => {
      if (leftMs <= 0) throw new TimeIsUp();
      const began = clock.now().getTime();
      const cut = new AbortController();
      const stop = (): void => cut.abort(signal.reason);
      // An endpoint can send an answer byte by byte for ever; no time limit of a request ends that.
      const timer = setTimeout(() => cut.abort(new TimeIsUp()), leftMs);
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await request(cut.signal);
      } catch (error) {
        throw cut.signal.reason instanceof TimeIsUp ? cut.signal.reason : error;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        leftMs -= clock.now().getTime() - began;
      }
    },
    sleep: async (ms) => {
      if (ms >= leftMs) throw new TimeIsUp();
      await clock.sleep(ms, signal);
      leftMs -= ms;
    },
  };
};
