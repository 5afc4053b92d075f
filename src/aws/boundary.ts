import { sameCode } from '../core/aws-error.js';
import type { Clock } from '../core/clock.js';
import type { Cloud, Operation, ReadCloud, ReadOperation, RoleSession, RootTask, WriteOperation, Writes } from '../core/cloud.js';
import type { Evidence } from '../core/finding.js';
import type { Reading, Unread } from '../core/reading.js';
import { notOffered, refusalWords } from '../core/refusal.js';
import { canonical } from '../core/text.js';
import type { Failure } from './errors.js';
import { operations } from './operations.js';
import { readPages } from './pages.js';
import { quoteMessage } from './refusal.js';
import {
  limitedTime,
  makeRequester,
  makeRequestQueue,
  type ReadTime,
  ReadTimeout,
  RequestFailure,
  type RequesterOptions,
  type RequestQueue,
  type Send,
} from './request.js';
import { retryLimits } from './retries.js';
import { type Assumed, assumeInput, assumeRootInput, membersIn, sessionIn } from './role-session.js';

export interface Boundary {
  readonly cloud: Cloud;
  /**
   * Opens a session as root of a member account that AWS named in this run (`arn:aws:iam::ACCOUNT:root`), for one task; any other account
   * is refused, and so is any task but the audit in `read` mode. No step uses it.
   */
  readonly assumeRoot: (rootArn: string, task: RootTask) => Promise<Reading<RoleSession>>;
  readonly queue: RequestQueue;
  /** Clears the cache: the next read goes to AWS again. */
  readonly forget: () => void;
  /** Of all boundaries that share the queue. */
  readonly counts: () => { readonly total: number; readonly writes: number };
  /** Writes that AWS carried out, or may have. */
  readonly effects: () => number;
  /** Write operations sent so far, in order. Tests compare them with the plan. */
  readonly written: () => readonly string[];
}

/**
 * The only connection to AWS. Returns failed reads as data, shares equal reads until something is written, and assumes roles only in
 * member accounts that AWS named. In `read` mode, every operation that could change anything is refused before a request is sent.
 */
export const makeBoundary = (options: {
  readonly send: Send;
  readonly clock: Clock;
  readonly mode: 'read' | 'write';
  readonly signal: AbortSignal;
  /** Of another boundary in the same run, to share its limit and its counts. */
  readonly queue?: RequestQueue;
  /**
   * For one account of many: the most slots of the queue that it may take. After a request that got no answer in spite of all retries,
   * no other request is sent. So a slow or unreachable account does not delay the others.
   */
  readonly slots?: number;
  /** By service: the URL that requests go to when that is not AWS, such as an emulator. */
  readonly endpoints?: Readonly<Partial<Record<string, string>>>;
  /** The most time for one read, with all of its pages and retries. For tests. */
  readonly readLimitMs?: number;
  readonly notify?: NonNullable<RequesterOptions['notify']>;
  readonly trace?: NonNullable<RequesterOptions['trace']>;
}): Boundary => {
  const { clock, mode, signal, queue = makeRequestQueue(), slots } = options;
  const limitMs = options.readLimitMs ?? retryLimits.read.totalMs;
  const endpointOf = (operation: Operation): string | undefined => options.endpoints?.[operation.slice(0, operation.indexOf(':'))];
  const { request, effects, written } = makeRequester({ ...options, queue, slots, endpointOf });
  let unreachable: Unread | undefined;
  /** Accounts that AWS named as members of the caller's organization. */
  const members = new Set<string>();
  let cache = new Map<string, Promise<Reading<unknown>>>();
  const lasting = new Map<string, Promise<Reading<unknown>>>();

  /** One request of a read, within the time left for the whole read. */
  const fetch = async (operation: ReadOperation, input: object, time: ReadTime): Promise<Reading<unknown>> => {
    if (unreachable !== undefined) return unreachable;
    try {
      const output = (await request(operation, input, 'read', { time })) as { $metadata?: { requestId?: string } };
      if (operation.startsWith('organizations:')) for (const id of membersIn(output)) members.add(id);
      return { ok: true, value: output, evidence: [evidenceOf(operation, output.$metadata?.requestId)] };
    } catch (error) {
      if (error instanceof ReadTimeout) return tookTooLong(operation, limitMs);
      if (!(error instanceof RequestFailure)) throw error;
      const failed = unread(operation, error.failure, endpointOf(operation));
      if (slots !== undefined && failed.cause === 'unreachable' && operations[operation].retry !== 'extra') unreachable ??= failed;
      return failed;
    }
  };

  const cached = <T>(operation: ReadOperation, input: object, fetched: () => Promise<Reading<T>>, fresh = false): Promise<Reading<T>> => {
    const key = `${operation} ${canonical(input)}`;
    const known = fresh ? undefined : (lasting.get(key) ?? cache.get(key));
    if (known) return known as Promise<Reading<T>>;
    const started = fetched();
    cache.set(key, started);
    if (operations[operation].lasting === true) void started.then((reading) => reading.ok && lasting.set(key, started));
    return started;
  };

  const reading = async (
    operation: ReadOperation,
    input: object,
    { fresh = false }: { readonly fresh?: boolean } = {},
  ): Promise<Reading<unknown>> => {
    // The types forbid it too; a caller without types must not mistake one page for the whole list.
    if (operations[operation].pages !== undefined) throw new Error(`refused ${operation}: it answers in pages, and all of them are read`);
    return cached(operation, input, () => fetch(operation, input, limitedTime(limitMs, clock, signal)), fresh);
  };

  const find: ReadCloud['find'] = async (operation, input, absent) => orNone((await reading(operation, input)) as Reading<never>, absent);

  const pages = async (operation: ReadOperation, input: object, onPage?: (page: object) => void): Promise<Reading<readonly object[]>> => {
    const row = operations[operation].pages;
    if (row === undefined) throw new Error(`refused ${operation}: it does not answer in pages`);
    const time = limitedTime(limitMs, clock, signal);
    let shown = 0;
    const show = (page: object): void => {
      shown += 1;
      onPage?.(page);
    };
    const all = await cached(operation, input, () =>
      readPages(operation, row, (page) => fetch(operation, { ...input, ...page }, time), show),
    );
    // Another caller may have started the read.
    if (all.ok) for (const page of all.value.slice(shown)) show(page);
    return all;
  };

  const readAll: ReadCloud['readAll'] = async (operation, input, onPage) =>
    (await pages(operation, input, onPage as (page: object) => void)) as Reading<never>;

  const findAll: ReadCloud['findAll'] = async (operation, input, absent) =>
    orNone((await pages(operation, input)) as Reading<never>, absent);

  const write: Cloud['write'] = async <K extends WriteOperation>(operation: K, input: Writes[K]['input'], effect?: () => void) => {
    // Cleared before and after: a read that was under way may show the account before the write.
    cache = new Map();
    try {
      return (await request(operation, input, 'write', { effect })) as Writes[K]['output'];
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      const { failure, changed } = error;
      if (changed === undefined) throw failure.error;
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

  /** The partition and the account of an ARN, which must be a member account's. */
  const memberIn = (operation: Operation, arn: string, resource: RegExp): { readonly partition: string; readonly accountId: string } => {
    const { partition = '', accountId = '', rest = '' } = iamArn.exec(arn)?.groups ?? {};
    if (!members.has(accountId) || !resource.test(rest))
      throw new Error(`refused ${operation} on ${arn}: AWS named no such member account`);
    return { partition, accountId };
  };

  const assume: Cloud['assume'] = async (roleArn) => {
    const operation = 'sts:AssumeRole';
    memberIn(operation, roleArn, /^role\/./);
    try {
      const output = (await request(operation, assumeInput(roleArn, mode), 'assume')) as Assumed;
      return sessionIn(operation, output, output.AssumedRoleUser?.Arn, [evidenceOf(operation, output.$metadata?.requestId)]);
    } catch (error) {
      if (error instanceof RequestFailure) return unread(operation, error.failure, endpointOf(operation));
      throw error;
    }
  };

  const assumeRoot: Boundary['assumeRoot'] = async (rootArn, task) => {
    const operation = 'sts:AssumeRoot';
    const { partition, accountId } = memberIn(operation, rootArn, /^root$/);
    if (mode === 'read' && task !== 'audit') throw new Error(`refused ${operation} to ${task}: this command only reads`);
    try {
      const output = (await request(operation, assumeRootInput({ partition, accountId, task }), 'assume')) as Assumed;
      return sessionIn(operation, output, rootArn, [evidenceOf(operation, output.$metadata?.requestId)]);
    } catch (error) {
      if (error instanceof RequestFailure) return unread(operation, error.failure, endpointOf(operation));
      throw error;
    }
  };

  return {
    queue,
    cloud: { read: reading as Cloud['read'], find, readAll, findAll, assume, write },
    assumeRoot,
    forget: () => {
      cache = new Map();
      unreachable = undefined;
    },
    counts: () => ({ ...queue.sent }),
    effects,
    written,
  };
};

const iamArn = /^arn:(?<partition>[\w-]+):iam::(?<accountId>\d{12}):(?<rest>.+)$/;

const notOfferedWords = (operation: Operation, { error }: Failure, endpoint = 'this endpoint'): string =>
  `${endpoint} does not offer ${operation}${error.status === undefined ? '' : ` (HTTP ${error.status})`}`;

const evidenceOf = (operation: string, requestId: string | undefined): Evidence =>
  requestId === undefined ? { operation } : { operation, requestId };

const orNone = <T>(found: Reading<T>, absent: readonly string[]): Reading<T | undefined> => {
  if (found.ok) return found;
  const { code = '', evidence } = found;
  return absent.some((name) => sameCode(name, code)) ? { ok: true, value: undefined, evidence } : found;
};

const tookTooLong = (operation: Operation, limitMs: number): Unread => ({
  ok: false,
  cause: 'unreachable',
  code: 'ReadTimeLimit',
  message: `${operation} was not answered in full within ${limitMs / 1000} s`,
  evidence: [evidenceOf(operation, undefined)],
});

/** A failed read as data. `find` recognises "it does not exist" by the code. */
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
  const quote = error.code === 'UnreadableAnswer' ? '' : quoteMessage(error.code, error.message, refusal);
  if (refusal !== undefined) {
    const why = `${refusalWords(refusal, action)}${quote}`;
    if (refusal.kind === 'explicit-deny') return { ...base, cause: 'denied', message: `AWS denied ${operation}: ${why}` };
    return { ...base, cause: 'failed', message: `AWS refused ${operation}: ${why}` };
  }
  if (failure.denied) {
    return {
      ...base,
      cause: 'denied',
      message: `AWS denied ${operation}; the caller lacks ${action}${quote}`,
      missingPermission: action,
    };
  }
  // STS accepts such a session and IAM does not; "expired" would be misleading.
  if (failure.credentials && operation.startsWith('iam:') && error.code === 'InvalidClientTokenId') {
    return {
      ...base,
      cause: 'denied',
      message: `IAM refused this session for ${operation}; a session created without MFA cannot call IAM, so sign in with MFA, or with aws login`,
    };
  }
  if (failure.credentials) return { ...base, cause: 'denied', message: `AWS refused the credentials for ${operation} (${error.code})` };
  if (failure.unsupported) return { ...base, cause: 'unsupported', message: notOfferedWords(operation, failure, endpoint) };
  if (outcome === 'unsent' || outcome === 'lost')
    return { ...base, cause: 'unreachable', message: `no answer to ${operation} (${error.code})` };
  return { ...base, cause: 'failed', message: `${operation} failed: ${error.code}${quote}` };
};
