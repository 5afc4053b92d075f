/**
 * Measures the longest chain of dependent calls by counting instead of timing. Requests are held until the program has
 * nothing left to send, then all are let through together, as one round; the next round begins when every one of them is
 * answered and the program has fallen quiet again. So the number of rounds is the length of the longest chain.
 */
export interface Rounds {
  /** What each round let through, as labels in order of arrival. */
  readonly log: readonly (readonly string[])[];
  /** Resolves when the request's round is let through, to the function that says it has been answered. */
  enter(label: string): Promise<() => void>;
}

export interface RoundsOptions {
  /**
   * How long nothing may happen before a round counts as complete, without the time in which the process is busy or waits for a
   * processor. Too short a time only ever makes the count too high: a program that reads files between two calls of one round for
   * longer than this seems to be waiting.
   */
  readonly quietMs?: number;
}

const sliceMs = 10;
/** On a machine that is never quiet, a round ends after as many. */
const mostSlices = 300;

export function createRounds(options: RoundsOptions = {}): Rounds {
  const quietMs = options.quietMs ?? 50;
  const log: string[][] = [];
  let held: { label: string; release: () => void }[] = [];
  let unanswered = 0;
  let activity = 0;

  const settle = (): void => {
    activity += 1;
    if (held.length === 0 || unanswered > 0) return;
    const seen = activity;
    let [quiet, waited] = [0, 0];
    const afterSlice = (): void => {
      const due = performance.now() + sliceMs;
      setTimeout(() => {
        if (seen !== activity) return;
        waited += 1;
        // A timer is late if the process was busy, or had to wait for a processor: then the program was not quiet.
        const late = performance.now() - due > sliceMs;
        quiet = late && waited < mostSlices ? 0 : quiet + sliceMs;
        if (quiet >= quietMs) release();
        else afterSlice();
      }, sliceMs);
    };
    afterSlice();
  };

  const release = (): void => {
    const round = held;
    held = [];
    unanswered = round.length;
    log.push(round.map((request) => request.label));
    for (const request of round) request.release();
  };

  return {
    log,
    enter: async (label) => {
      await new Promise<void>((resolve) => {
        held.push({ label, release: resolve });
        settle();
      });
      let answered = false;
      return () => {
        if (answered) return;
        answered = true;
        unanswered -= 1;
        settle();
      };
    },
  };
}
