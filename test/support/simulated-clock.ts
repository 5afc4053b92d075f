import type { Clock } from '../../src/core/clock.js';

/**
 * A clock for several sleepers at the same time: when the program has nothing left to do but wait, the time moves on to the end of the next
 * sleep. So each sleep takes as long as the others see it take, and none takes real time.
 */
export const simulatedClock = (start = '2026-11-23T10:00:00.000Z'): Clock => {
  let now = Date.parse(start);
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  let activity = 0;

  const whenQuiet = (turns: number, seen: number): void => {
    if (seen !== activity) return;
    if (turns > 0) return void setImmediate(() => whenQuiet(turns - 1, seen));
    now = Math.max(now, Math.min(...sleepers.map(({ until }) => until)));
    const awake = sleepers.filter(({ until }) => until <= now);
    sleepers = sleepers.filter(({ until }) => until > now);
    for (const { wake } of awake) wake();
    watch();
  };
  const watch = (): void => {
    activity += 1;
    if (sleepers.length > 0) whenQuiet(quietTurns, activity);
  };

  return {
    now: () => new Date(now),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await new Promise<void>((wake) => {
        sleepers.push({ until: now + ms, wake });
        watch();
      });
      signal?.throwIfAborted();
    },
  };
};

/** Turns of the event loop in which no one goes to sleep: more than the practice account needs for an answer. */
const quietTurns = 20;
