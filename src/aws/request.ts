import { AmbiguousWriteError, AwsError, malformedSeed } from '../core/aws-error.js';
import type { Clock } from '../core/clock.js';
import type { Operation } from '../core/cloud.js';
import { BootstrapError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { type Failure, failureOf } from './errors.js';
import { isRead, operations } from './operations.js';
import { retryActionOf, retryLimits } from './retries.js';
import { wrappedSession } from './role-session.js';

/** Sends one request, once; throws what the SDK throws. */
export type Send = (
  operation: Operation,
  input: object,
  signal: AbortSignal,
) => Promise<{ readonly $metadata?: { readonly requestId?: string } }>;

/** What the boundaries of one run share: the requests under way, and the count of all requests sent. */
export interface RequestQueue {
  readonly limit: Limiter;
  readonly sent: { total: number; writes: number };
}

/**
 * The number of requests under way at the same time. A large account needs thousands of requests; a request that waits for one of the
 * 50 sockets would run into its own time limit and be sent a second time.
 */
const maxConcurrent = 32;

export const makeRequestQueue = (): RequestQueue => ({ limit: makeLimiter(maxConcurrent), sent: { total: 0, writes: 0 } });

export interface RequesterOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly mode: 'read' | 'write';
  readonly signal: AbortSignal;
  readonly queue: RequestQueue;
  /** The most slots of the queue that these requests take at the same time; undefined: all of them. */
  readonly slots: number | undefined;
  /** The URL that an operation is sent to when that is not AWS, such as an emulator. */
  readonly endpointOf: (operation: Operation) => string | undefined;
  /** Receives the reason why a call takes long. */
  readonly notify?: (text: string) => void;
  readonly trace?: (line: {
    readonly operation: string;
    readonly requestId?: string;
    readonly outcome: string;
    readonly attempt: number;
  }) => void;
}

export interface Requester {
  /** Sends a request until it succeeds or the retry table gives up. Throws RequestFailure, AmbiguousWriteError or ReadTimeout. */
  readonly request: (
    operation: Operation,
    input: object,
    as: 'read' | 'write' | 'assume',
    options?: {
      readonly time?: ReadTime | undefined;
      /** Called when AWS carried out this write, or may have. */
      readonly effect?: (() => void) | undefined;
    },
  ) => Promise<object>;
  /** Writes that AWS carried out, or may have. */
  readonly effects: () => number;
  /** Write operations sent so far, in order. */
  readonly written: () => readonly string[];
}

/** Sends requests: refuses what the mode forbids, waits for a slot, retries, counts, and wraps and unwraps secrets. */
export const makeRequester = (options: RequesterOptions): Requester => {
  const { send, clock, mode, signal, queue, endpointOf } = options;
  const own = options.slots === undefined ? undefined : makeLimiter(options.slots);
  const limit: Limiter = own === undefined ? queue.limit : (task, first) => own(() => queue.limit(task, first), first);
  /** AWS limits the rate of each service in each account. */
  const paces = new Map<string, Pace>();
  const paceOf = (service: string): Pace => {
    const pace = paces.get(service) ?? makePace(options.slots ?? maxConcurrent);
    paces.set(service, pace);
    return pace;
  };
  const written: string[] = [];
  let effects = 0;

  const request: Requester['request'] = async (operation, input, as, { time = unlimited(clock, signal), effect } = {}) => {
    const row = operations[operation];
    if (as !== 'assume' && (mode === 'read' || as === 'read' || row.kind === 'assume') && !isRead(operation)) {
      throw new Error(`refused ${operation}: ${mode === 'read' ? 'this command only reads' : `it is not a ${as}`}`);
    }
    const writes = row.kind === 'write' || row.kind === 'secret';
    const pace = paceOf(operation.slice(0, operation.indexOf(':')));
    const secret = row.kind === 'secret' || row.kind === 'assume';
    const countEffect = (): void => {
      effects += 1;
      effect?.();
    };
    let retryDelay: number = retryLimits.retry.firstDelayMs;
    let refusals = 0;
    let acceptedBefore = pace.accepted();
    let waitDelay: number = retryLimits.wait.firstDelayMs;
    let waited = 0;
    let notified = false;
    for (let attempt = 1; ; attempt += 1) {
      const first = row.leads === true || attempt > 1;
      let started = false;
      let turn = 0;
      try {
        const output = await pace.run((number) => {
          turn = number;
          return limit(() => {
            signal.throwIfAborted();
            started = true;
            queue.sent.total += 1;
            if (writes) {
              queue.sent.writes += 1;
              written.push(operation);
            }
            return time.spend((until) => send(operation, writes ? revealed(input) : input, until));
          }, first);
        }, first);
        pace.faster();
        options.trace?.({
          operation,
          attempt,
          outcome: 'ok',
          ...(output.$metadata?.requestId ? { requestId: output.$metadata.requestId } : {}),
        });
        if (writes) countEffect();
        return secret ? wrapped(operation, output) : output;
      } catch (thrown) {
        if (!started || thrown instanceof BootstrapError || thrown instanceof AmbiguousWriteError || thrown instanceof ReadTimeout)
          throw thrown;
        if (!writes) signal.throwIfAborted();
        const failure = failureOf(operation, thrown, { mayHoldSecret: secret });
        options.trace?.({
          operation,
          attempt,
          outcome: failure.error.code,
          ...(failure.error.requestId ? { requestId: failure.error.requestId } : {}),
        });
        if (failure.outcome === 'throttled') pace.slower(turn);
        // The SDK has corrected its clock by the response that refused the request.
        if (failure.clockCorrected && attempt === 1) continue;
        if (lacksOperation(failure, endpointOf(operation))) {
          // A page with status 500 can also come from a failure halfway.
          const changed = writes && failure.error.status === 500 ? null : false;
          if (changed === null) countEffect();
          throw new RequestFailure({ ...failure, unsupported: true }, changed);
        }
        const action = failure.credentials ? 'stop' : retryActionOf(row.retry, failure.error.code, failure.outcome);
        if (action === 'already-done') return {};
        if (action === 'read-back') {
          countEffect();
          throw new AmbiguousWriteError({ ...failure.error, message: failure.error.message, cause: failure.error.cause });
        }
        if (failure.outcome === 'throttled') {
          // While AWS accepts others, this one only waits for its turn.
          if (pace.accepted() > acceptedBefore) {
            refusals = 0;
            retryDelay = retryLimits.retry.firstDelayMs;
          }
          acceptedBefore = pace.accepted();
          refusals += 1;
        }
        const again =
          failure.outcome === 'throttled' ? refusals < retryLimits.retry.throttledAttempts : attempt < retryLimits.retry.attempts;
        if (action === 'retry' && again) {
          await time.sleep(retryDelay);
          retryDelay = Math.min(retryDelay * retryLimits.retry.factor, retryLimits.retry.maximumDelayMs);
          continue;
        }
        if (action === 'wait' && waited < retryLimits.wait.totalMs) {
          if (!notified && waited > 4_000) {
            notified = true;
            options.notify?.(`waiting for AWS (${operation} answers ${failure.error.code})`);
          }
          await time.sleep(waitDelay);
          waited += waitDelay;
          waitDelay = Math.min(waitDelay * retryLimits.wait.factor, retryLimits.wait.maximumDelayMs);
          continue;
        }
        throw new RequestFailure({ ...failure, unsupported: false });
      }
    }
  };

  return { request, effects: () => effects, written: () => written };
};

/** Passes a classified failure to the caller, who returns it as data or throws it as an error. */
export class RequestFailure extends Error {
  readonly failure: Failure;
  /** Only if the endpoint does not offer the operation: whether it changed anything nevertheless; null if that is not known. */
  readonly changed: boolean | null | undefined;
  constructor(failure: Failure, changed?: boolean | null) {
    super(failure.error.message);
    this.failure = failure;
    this.changed = changed;
  }
}

/**
 * Whether the endpoint has no such operation: on any endpoint by an API error, and by an HTML page only where it is not AWS. moto answers
 * with such a page and status 500; at AWS that is a temporary failure.
 */
const lacksOperation = ({ unsupported, error }: Failure, endpoint: string | undefined): boolean =>
  unsupported && (endpoint !== undefined || error.code !== 'UnreadableAnswer' || error.status !== 500);

/** `first`: before the tasks that wait without it. */
type Limiter = <T>(task: () => Promise<T>, first: boolean) => Promise<T>;

/** Tasks that wait for their turn, in order of arrival. */
const makeWaiting = () => {
  const first: (() => void)[] = [];
  const others: (() => void)[] = [];
  return {
    wait: (goesFirst: boolean): Promise<void> => new Promise((resolve) => (goesFirst ? first : others).push(resolve)),
    next: (): (() => void) | undefined => first.shift() ?? others.shift(),
  };
};

/** Runs at most `slots` tasks at the same time. */
const makeLimiter = (slots: number): Limiter => {
  const waiting = makeWaiting();
  let free = slots;
  return async (task, first) => {
    if (free > 0) free -= 1;
    else await waiting.wait(first);
    try {
      return await task();
    } finally {
      const next = waiting.next();
      if (next === undefined) free += 1;
      else next();
    }
  };
};

/** How many requests to one service may be under way at the same time. */
interface Pace {
  /** The task gets its number in the order of starts. */
  readonly run: <T>(task: (number: number) => Promise<T>, first: boolean) => Promise<T>;
  /** After a success: one more for each round of successes. */
  readonly faster: () => void;
  /** After AWS refused a request because of the rate: half as many. Those that started before the last cut do not count again. */
  readonly slower: (number: number) => void;
  /** How many requests AWS has accepted. */
  readonly accepted: () => number;
}

/** Additive increase, multiplicative decrease: the number settles where AWS accepts the requests, without knowing its limits. */
const makePace = (most: number): Pace => {
  const waiting = makeWaiting();
  let allowed = most;
  let running = 0;
  let accepted = 0;
  let starts = 0;
  let lastCut = 0;
  const admit = (): void => {
    while (running < Math.floor(allowed)) {
      const next = waiting.next();
      if (next === undefined) return;
      running += 1;
      next();
    }
  };
  return {
    run: async (task, first) => {
      const admitted = waiting.wait(first);
      admit();
      await admitted;
      starts += 1;
      try {
        return await task(starts);
      } finally {
        running -= 1;
        admit();
      }
    },
    faster: () => {
      accepted += 1;
      allowed = Math.min(most, allowed + 1 / allowed);
    },
    slower: (number) => {
      if (number <= lastCut) return;
      lastCut = starts;
      allowed = Math.max(1, allowed / 2);
    },
    accepted: () => accepted,
  };
};

/** The time that a read may take, with all of its pages and retries. Time spent in the queue does not count. */
export interface ReadTime {
  /** Runs a request under a signal that also ends when the time is up. Throws ReadTimeout then. */
  readonly spend: <T>(request: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Throws ReadTimeout at once when the time ends before the pause does. */
  readonly sleep: (ms: number) => Promise<void>;
}

export class ReadTimeout extends Error {}

/** No limit but the signal. A write is not cut off: it would not be known whether AWS carried it out. */
const unlimited = (clock: Clock, signal: AbortSignal): ReadTime => ({
  spend: (request) => request(signal),
  sleep: (ms) => clock.sleep(ms, signal),
});

export const limitedTime = (limitMs: number, clock: Clock, signal: AbortSignal): ReadTime => {
  let leftMs = limitMs;
  return {
    spend: async (request) => {
      if (leftMs <= 0) throw new ReadTimeout();
      const startedAt = clock.now().getTime();
      const cut = new AbortController();
      const stop = (): void => cut.abort(signal.reason);
      // An endpoint can send an endless response byte by byte; the SDK's own time limits do not end that.
      const timer = setTimeout(() => cut.abort(new ReadTimeout()), leftMs);
      signal.addEventListener('abort', stop);
      try {
        return await request(cut.signal);
      } catch (error) {
        throw cut.signal.reason instanceof ReadTimeout ? cut.signal.reason : error;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        leftMs -= clock.now().getTime() - startedAt;
      }
    },
    sleep: async (ms) => {
      if (ms >= leftMs) throw new ReadTimeout();
      await clock.sleep(ms, signal);
      leftMs -= ms;
    },
  };
};

/** Secrets are unwrapped here for the request, and nowhere else outside `src/secrets`. */
const revealed = (input: object): object =>
  Object.fromEntries(Object.entries(input).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]));

/** Wraps the secrets in AWS's response before any other code can see them. */
const wrapped = (operation: Operation, output: object): object => {
  if (operation === 'sts:AssumeRole' || operation === 'sts:AssumeRoot') return wrappedSession(output);
  const { AccessKey, VirtualMFADevice } = output as {
    readonly AccessKey?: { readonly AccessKeyId?: string; readonly SecretAccessKey?: string };
    readonly VirtualMFADevice?: { readonly SerialNumber?: string; readonly Base32StringSeed?: Uint8Array };
  };
  if (AccessKey?.AccessKeyId && AccessKey.SecretAccessKey)
    return { AccessKey: { ...AccessKey, SecretAccessKey: new Secret(AccessKey.SecretAccessKey) } };
  if (VirtualMFADevice?.SerialNumber && VirtualMFADevice.Base32StringSeed?.length) {
    // The seed arrives as the bytes of a base32 text. The QR picture holds the same secret and is dropped.
    const seed = new TextDecoder().decode(VirtualMFADevice.Base32StringSeed);
    // No program can compute codes from any other text. The message must not contain it.
    if (!/^[A-Z2-7]+=*$/i.test(seed))
      throw new AwsError({ operation, code: malformedSeed, message: `AWS answered ${operation} with a seed that is not base32` });
    return { VirtualMFADevice: { SerialNumber: VirtualMFADevice.SerialNumber, Base32StringSeed: new Secret(seed) } };
  }
  if (operation === 'iam:CreateAccessKey' || operation === 'iam:CreateVirtualMFADevice') {
    throw new AmbiguousWriteError({ operation, code: 'EmptyAnswer', message: `AWS answered ${operation} without the secret` });
  }
  return output;
};
