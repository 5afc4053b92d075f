import { AmbiguousWriteError, AwsError, malformedSeed, sameCode } from '../core/aws-error.js';
import type { Clock } from '../core/clock.js';
import type { Cloud, Operation, ReadCloud, ReadOperation, WriteOperation, Writes } from '../core/cloud.js';
import { BootstrapError } from '../core/errors.js';
import type { Evidence } from '../core/finding.js';
import { notOffered } from '../core/not-offered.js';
import type { Reading, Unread } from '../core/reading.js';
import { refusalWords } from '../core/refusal.js';
import { Secret } from '../core/secret.js';
import { canonical } from '../core/text.js';
import { type Failure, failureOf } from './errors.js';
import { isRead, operations } from './operations.js';
import { readPages } from './pages.js';
import { limited, type ReadTime, TimeIsUp, unlimited } from './read-time.js';
import { quoted } from './refusal.js';
import { retryActionOf, retryLimits } from './retries.js';
import { type Assumed, assumeInput, membersIn, sessionIn, wrappedSession } from './role-session.js';

/** Sends one request, once; throws what the SDK throws. */
export type Send = (
  operation: Operation,
  input: object,
  signal: AbortSignal,
) => Promise<{ readonly $metadata?: { readonly requestId?: string } }>;

/**
 * Requests under way at once. A large account is asked thousands of things; a request that waits for one of the 50 sockets would run
 * into its own time limit, and be sent again on top.
 */
const atOnce = 32;

/** What the boundaries of one run share: the requests under way, and the count of all that were sent. */
export interface RequestQueue {
  readonly gate: Gate;
  readonly sent: { total: number; writes: number };
}

export interface Boundary {
  readonly cloud: Cloud;
  readonly line: RequestQueue;
  /** Forgets what was read: the next read of a thing goes to AWS again. */
  readonly forget: () => void;
  /** Of this boundary and all others on its line. */
  readonly counts: () => { readonly total: number; readonly writes: number };
  /** Writes that AWS carried out, or may have. */
  readonly effects: () => number;
  /** Write operations sent so far, in order, for holding a plan against. */
  readonly written: () => readonly string[];
}

/**
 * The only way to AWS. Counts, retries by our table, coalesces equal reads until something is written, takes secrets in and
 * out of their wrappers - and in `read` mode refuses every operation that could change anything, before a request is made.
 */
export const makeBoundary = (options: {
  readonly send: Send;
  readonly clock: Clock;
  readonly mode: 'read' | 'write';
  readonly signal: AbortSignal;
  /** Another boundary's, for a second way to AWS in the same run. */
  readonly line?: RequestQueue;
  /**
   * One account of many: it takes so many of the line's places at most, and when a request got no answer in spite of all retries, no other
   * is sent. So an account that is slow or cannot be reached does not hold up the others.
   */
  readonly places?: number;
  /** By service: where requests go when that is not AWS, such as an emulator. */
  readonly endpoints?: Readonly<Partial<Record<string, string>>>;
  /** How long one read may take, all of its pages and repetitions together. For tests. */
  readonly readLimitMs?: number;
  /** Hears why a call takes long. */
  readonly notify?: (text: string) => void;
  readonly trace?: (line: {
    readonly operation: string;
    readonly requestId?: string;
    readonly outcome: string;
    readonly attempt: number;
  }) => void;
}): Boundary => {
  const { send, clock, mode, signal } = options;
  const line = options.line ?? { gate: makeGate(atOnce), sent: { total: 0, writes: 0 } };
  const own = options.places === undefined ? undefined : makeGate(options.places);
  const gate: Gate = own === undefined ? line.gate : (task) => own(() => line.gate(task));
  const limitMs = options.readLimitMs ?? retryLimits.read.totalMs;
  const endpointOf = (operation: Operation): string | undefined => options.endpoints?.[operation.slice(0, operation.indexOf(':'))];
  let gone: Unread | undefined;
  /** Accounts that AWS named as members of the caller's organization. */
  const members = new Set<string>();
  const written: string[] = [];
  let effects = 0;
  let cache = new Map<string, Promise<Reading<unknown>>>();

  const attempt = async (
    operation: Operation,
    input: object,
    as: 'read' | 'write' | 'assume',
    time: ReadTime = unlimited(clock, signal),
  ): Promise<object> => {
    const row = operations[operation];
    if (as !== 'assume' && (mode === 'read' || as === 'read' || row.kind === 'assume') && !isRead(operation)) {
      throw new Error(`refused ${operation}: ${mode === 'read' ? 'this command only reads' : `it is not a ${as}`}`);
    }
    const writes = row.kind === 'write' || row.kind === 'secret';
    const secret = row.kind === 'secret' || row.kind === 'assume';
    let delay: number = retryLimits.retry.firstDelayMs;
    let patientDelay: number = retryLimits.wait.firstDelayMs;
    let waited = 0;
    let said = false;
    for (let sent = 1; ; sent += 1) {
      let begun = false;
      try {
        const output = await gate(() => {
          signal.throwIfAborted();
          begun = true;
          line.sent.total += 1;
          if (writes) {
            line.sent.writes += 1;
            written.push(operation);
          }
          return time.spend((until) => send(operation, writes ? revealed(input) : input, until));
        });
        options.trace?.({
          operation,
          attempt: sent,
          outcome: 'ok',
          ...(output.$metadata?.requestId ? { requestId: output.$metadata.requestId } : {}),
        });
        if (writes) effects += 1;
        return secret ? wrapped(operation, output) : output;
      } catch (thrown) {
        if (!begun || thrown instanceof BootstrapError || thrown instanceof AmbiguousWriteError || thrown instanceof TimeIsUp) throw thrown;
        if (!writes) signal.throwIfAborted();
        const failure = failureOf(operation, thrown, { mayHoldSecret: secret });
        options.trace?.({
          operation,
          attempt: sent,
          outcome: failure.error.code,
          ...(failure.error.requestId ? { requestId: failure.error.requestId } : {}),
        });
        // The SDK has set its clock by the answer that refused the old one.
        if (failure.clockCorrected && sent === 1) continue;
        if (lacksOperation(failure, endpointOf(operation))) {
          // A page with status 500 can also come from a failure halfway.
          const changed = writes && failure.error.status === 500 ? null : false;
          if (changed === null) effects += 1;
          throw new SendFailure({ ...failure, unsupported: true }, changed);
        }
        const verdict = failure.credentials ? 'stop' : retryActionOf(row.retry, failure.error.code, failure.outcome);
        if (verdict === 'already-done') return {};
        if (verdict === 'read-back') {
          effects += 1;
          throw new AmbiguousWriteError({ ...failure.error, message: failure.error.message, cause: failure.error.cause });
        }
        const attempts = failure.outcome === 'throttled' ? retryLimits.retry.throttledAttempts : retryLimits.retry.attempts;
        if (verdict === 'retry' && sent < attempts) {
          await time.sleep(delay);
          delay = Math.min(delay * retryLimits.retry.factor, retryLimits.retry.maximumDelayMs);
          continue;
        }
        if (verdict === 'wait' && waited < retryLimits.wait.totalMs) {
          if (!said && waited > 4_000) {
            said = true;
            options.notify?.(`waiting for AWS (${operation} answers ${failure.error.code})`);
          }
          await time.sleep(patientDelay);
          waited += patientDelay;
          patientDelay = Math.min(patientDelay * retryLimits.wait.factor, retryLimits.wait.maximumDelayMs);
          continue;
        }
        throw new SendFailure({ ...failure, unsupported: false });
      }
    }
  };

  /** One request of a read, with the time that is left for all of it. */
  const fetch = async (operation: ReadOperation, input: object, time: ReadTime): Promise<Reading<unknown>> => {
    if (gone !== undefined) return gone;
    try {
      const output = (await attempt(operation, input, 'read', time)) as { $metadata?: { requestId?: string } };
      if (operation.startsWith('organizations:')) for (const id of membersIn(output)) members.add(id);
      return { ok: true, value: output, evidence: [evidenceOf(operation, output.$metadata?.requestId)] };
    } catch (error) {
      if (error instanceof TimeIsUp) return tookTooLong(operation, limitMs);
      if (!(error instanceof SendFailure)) throw error;
      const none = unread(operation, error.failure, endpointOf(operation));
      if (own !== undefined && none.cause === 'unreachable' && operations[operation].retry !== 'extra') gone ??= none;
      return none;
    }
  };

  const coalesced = <T>(
    operation: ReadOperation,
    input: object,
    fetched: () => Promise<Reading<T>>,
    again = false,
  ): Promise<Reading<T>> => {
    const key = `${operation} ${canonical(input)}`;
    const known = again ? undefined : cache.get(key);
    if (known) return known as Promise<Reading<T>>;
    const made = fetched();
    cache.set(key, made);
    return made;
  };

  const reading = async (
    operation: ReadOperation,
    input: object,
    { fresh = false }: { readonly fresh?: boolean } = {},
  ): Promise<Reading<unknown>> => {
    // The types say so too; a caller without types must not take a page for the whole.
    if (operations[operation]?.pages !== undefined) throw new Error(`refused ${operation}: it answers in pages, and all of them are read`);
    return coalesced(operation, input, () => fetch(operation, input, limited(limitMs, clock, signal)), fresh);
  };

  const find: ReadCloud['find'] = async (operation, input, absent) => orNone((await reading(operation, input)) as Reading<never>, absent);

  const pages = async (operation: ReadOperation, input: object): Promise<Reading<readonly object[]>> => {
    const row = operations[operation]?.pages;
    if (row === undefined) throw new Error(`refused ${operation}: it does not answer in pages`);
    const time = limited(limitMs, clock, signal);
    return coalesced(operation, input, () => readPages(operation, row, (page) => fetch(operation, { ...input, ...page }, time)));
  };

  const readAll: ReadCloud['readAll'] = async (operation, input) => (await pages(operation, input)) as Reading<never>;

  const findAll: ReadCloud['findAll'] = async (operation, input, absent) =>
    orNone((await pages(operation, input)) as Reading<never>, absent);

  const write: Cloud['write'] = async <K extends WriteOperation>(operation: K, input: Writes[K]['input']) => {
    // Cleared before and after: a read that was under way may have seen the world before the write.
    cache = new Map();
    try {
      return (await attempt(operation, input, 'write')) as Writes[K]['output'];
    } catch (error) {
      if (!(error instanceof SendFailure)) throw error;
      const { failure, changed } = error;
      if (!failure.unsupported) throw failure.error;
      const { code, requestId } = failure.error;
      throw notOffered(`${notOfferedWords(operation, failure, endpointOf(operation))}.`, {
        changed,
        aws: { operation, error: code, ...(requestId === undefined ? {} : { requestId }) },
        cause: failure.error,
      });
    } finally {
      cache = new Map();
    }
  };

  const assume: Cloud['assume'] = async (roleArn) => {
    const operation = 'sts:AssumeRole';
    const [, accountId] = /^arn:[\w-]+:iam::(\d{12}):role\/.+$/.exec(roleArn) ?? [];
    if (accountId === undefined || !members.has(accountId))
      throw new Error(`refused ${operation} on ${roleArn}: AWS named no such member account`);
    try {
      const output = (await attempt(operation, assumeInput(roleArn, mode), 'assume')) as Assumed;
      return sessionIn(output, [evidenceOf(operation, output.$metadata?.requestId)]);
    } catch (error) {
      if (error instanceof SendFailure) return unread(operation, error.failure, endpointOf(operation));
      throw error;
    }
  };

  return {
    line,
    cloud: { read: reading as Cloud['read'], find, readAll, findAll, assume, write },
    forget: () => {
      cache = new Map();
      gone = undefined;
    },
    counts: () => ({ ...line.sent }),
    effects: () => effects,
    written: () => written,
  };
};

/** Carries a classified failure up to the caller, who makes data or an error of it. */
class SendFailure extends Error {
  readonly failure: Failure;
  readonly changed: boolean | null;
  constructor(failure: Failure, changed: boolean | null = false) {
    super(failure.error.message, { cause: failure.error });
    this.failure = failure;
    this.changed = changed;
  }
}

/**
 * An error that says so, on any endpoint; a page instead of an error only where it is not AWS. With status 500 that page is how moto
 * answers, and a failure that passes at AWS.
 */
const lacksOperation = ({ unsupported, error }: Failure, endpoint: string | undefined): boolean =>
  unsupported && (endpoint !== undefined || error.code !== 'UnreadableAnswer' || error.status !== 500);

const notOfferedWords = (operation: Operation, { error }: Failure, endpoint = 'this endpoint'): string =>
  `${endpoint} does not offer ${operation}${error.status === undefined ? '' : ` (HTTP ${error.status})`}`;

const evidenceOf = (operation: string, requestId: string | undefined): Evidence =>
  requestId === undefined ? { operation } : { operation, requestId };

const orNone = <T>(found: Reading<T>, absent: readonly string[]): Reading<T | undefined> => {
  if (found.ok) return found;
  const { code, evidence } = found;
  return code !== undefined && absent.some((one) => sameCode(one, code)) ? { ok: true, value: undefined, evidence } : found;
};

const tookTooLong = (operation: Operation, limitMs: number): Unread => ({
  ok: false,
  cause: 'unreachable',
  code: 'ReadTimeLimit',
  message: `${operation} was not answered in full within ${limitMs / 1000} s`,
  evidence: [evidenceOf(operation, undefined)],
});

/** A failed read as data. `code` lets `find` recognise "there is none". */
const unread = (operation: Operation, failure: Failure, endpoint: string | undefined): Unread => {
  const { error, outcome } = failure;
  const { refusal } = error;
  const base = {
    ok: false,
    evidence: [evidenceOf(operation, error.requestId)],
    code: error.code,
    ...(refusal === undefined ? {} : { refusal }),
  } as const;
  const { action } = operations[operation];
  const awsSays = error.code === 'UnreadableAnswer' ? '' : quoted(error.code, error.message, refusal);
  if (refusal !== undefined) {
    const why = `${refusalWords(refusal, action)}${awsSays}`;
    if (refusal.kind === 'explicit-deny') return { ...base, cause: 'denied', message: `AWS denied ${operation}: ${why}` };
    return { ...base, cause: 'failed', message: `AWS refused ${operation}: ${why}` };
  }
  if (failure.denied) {
    return {
      ...base,
      cause: 'denied',
      message: `AWS denied ${operation}; the caller lacks ${action}${awsSays}`,
      missingPermission: action,
    };
  }
  // STS takes such a session and IAM does not; "expired" would send the person the wrong way.
  if (failure.credentials && operation.startsWith('iam:') && error.code === 'InvalidClientTokenId') {
    return {
      ...base,
      cause: 'denied',
      message: `IAM refused this session for ${operation}; a session made without MFA cannot call IAM, so sign in with MFA or by aws login`,
    };
  }
  if (failure.credentials) return { ...base, cause: 'denied', message: `AWS refused the credentials for ${operation} (${error.code})` };
  if (failure.unsupported) return { ...base, cause: 'unsupported', message: notOfferedWords(operation, failure, endpoint) };
  if (outcome === 'unsent' || outcome === 'lost')
    return { ...base, cause: 'unreachable', message: `no answer to ${operation} (${error.code})` };
  return { ...base, cause: 'failed', message: `${operation} failed: ${error.code}${awsSays}` };
};

type Gate = <T>(task: () => Promise<T>) => Promise<T>;

/** Lets so many tasks run at once, in order of arrival. */
const makeGate = (places: number): Gate => {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
};

/** Secrets leave their wrappers here and nowhere else outside `src/secrets`: on their way into the request. */
const revealed = (input: object): object =>
  Object.fromEntries(Object.entries(input).map(([name, of]) => [name, of instanceof Secret ? of.reveal() : of]));

/** Wraps the secrets AWS hands out, before anything else can see the answer. */
const wrapped = (operation: Operation, output: object): object => {
  if (operation === 'sts:AssumeRole') return wrappedSession(output);
  const { AccessKey, VirtualMFADevice } = output as {
    readonly AccessKey?: { readonly AccessKeyId?: string; readonly SecretAccessKey?: string };
    readonly VirtualMFADevice?: { readonly SerialNumber?: string; readonly Base32StringSeed?: Uint8Array };
  };
  if (AccessKey?.AccessKeyId && AccessKey.SecretAccessKey)
    return { AccessKey: { ...AccessKey, SecretAccessKey: new Secret(AccessKey.SecretAccessKey) } };
  if (VirtualMFADevice?.SerialNumber && VirtualMFADevice.Base32StringSeed?.length) {
    // The seed comes as bytes that spell base32; the QR picture is the same secret and is dropped.
    const seed = new TextDecoder().decode(VirtualMFADevice.Base32StringSeed);
    // Nothing can compute codes from another seed. The message must not hold it.
    if (!/^[A-Z2-7]+=*$/i.test(seed))
      throw new AwsError({ operation, code: malformedSeed, message: `AWS answered ${operation} with a seed that is not base32` });
    return { VirtualMFADevice: { SerialNumber: VirtualMFADevice.SerialNumber, Base32StringSeed: new Secret(seed) } };
  }
  if (operation === 'iam:CreateAccessKey' || operation === 'iam:CreateVirtualMFADevice') {
    throw new AmbiguousWriteError({ operation, code: 'EmptyAnswer', message: `AWS answered ${operation} without the secret` });
  }
  return output;
};
