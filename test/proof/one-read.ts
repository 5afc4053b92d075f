import type { Result, RunReport } from '../../src/core/report.js';
import { encode, encodeFault, type WireResponse } from '../../src/sandbox/codec.js';
import { Fault } from '../../src/sandbox/behaviour.js';
import { emptied, truncated } from '../../src/sandbox/faults.js';
import { isRead, type ServiceName, services } from '../../src/sandbox/services.js';
import type { World } from '../../src/sandbox/world.js';
import { intercept, type SendsRequests } from '../support/request-handler.js';
import { requestedOperation, type WireRecord } from '../support/wire-record.js';

/** One read of a run that always fails, while all others are answered; and what a report may then show. */
export const faults = ['denied', 'throttled', 'server error', 'truncated', 'empty', 'without a required member'] as const;
export type FaultName = (typeof faults)[number];

/** An operation with its input, in an account. Its pages and its repetitions are the same read. */
export interface Read {
  readonly name: string;
  readonly service: ServiceName;
  readonly operation: string;
}
/** Reads of a run by name, with the ids of their requests. */
export type Reads = Map<string, Read & { readonly ids: string[] }>;

/**
 * Members that are in every answer: those that botocore's models call required, and AccessKeyLastUsed, in which members are. With the other
 * members missing, an answer says that there is nothing.
 */
export const requiredMembers: Readonly<Record<string, string>> = {
  GetAccessKeyLastUsed: 'AccessKeyLastUsed',
  GetAccountPasswordPolicy: 'PasswordPolicy',
  GetAccountPlanState: 'accountPlanType',
  GetLoginProfile: 'LoginProfile',
  GetRole: 'Role',
  GetUser: 'User',
  ListAccessKeys: 'AccessKeyMetadata',
  ListAccountAliases: 'AccountAliases',
  ListMFADeviceTags: 'Tags',
  ListMFADevices: 'MFADevices',
  ListUsers: 'Users',
  ListVirtualMFADevices: 'VirtualMFADevices',
};

interface Answered {
  readonly response: WireResponse;
}

/** The same handler, which writes down the reads. */
export const recordReads = <Handler extends SendsRequests>(handler: Handler, world: () => World, reads: Reads): Handler =>
  intercept(handler, async (record, send) => {
    const read = readOf(record, world());
    const answered = (await send()) as Answered;
    if (!isRead(read.operation)) return answered;
    const known = reads.get(read.name) ?? { ...read, ids: [] };
    known.ids.push(requestIdOf(answered.response));
    reads.set(read.name, known);
    return answered;
  });

/** The same handler, which answers every request of this read with the fault. */
export const failRead = <Handler extends SendsRequests>(handler: Handler, world: () => World, name: string, fault: FaultName): Handler =>
  intercept(handler, async (record, send) => {
    const read = readOf(record, world());
    const answered = (await send()) as Answered;
    return read.name === name ? { response: await damaged(read, fault, answered.response) } : answered;
  });

const requestIdOf = ({ headers }: WireResponse): string => headers['x-amzn-requestid'] ?? '';

const readOf = (record: WireRecord, world: World): Read => {
  const { service, operation } = requestedOperation(record);
  const signer = /Credential=([^/]+)/.exec(record.headers['authorization'] ?? '')?.[1] ?? '';
  const session = world.sessions[signer];
  const account = session?.principal.kind === 'role' ? ` in ${session.accountId}` : '';
  return { name: `${service}:${operation}${inputOf(record)}${account}`, service: service as ServiceName, operation };
};

/** What the request is about: its input without version, page, size and times. */
const inputOf = ({ body, headers }: WireRecord): string => {
  const values: Readonly<Record<string, unknown>> = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    ? Object.fromEntries(new URLSearchParams(body))
    : (JSON.parse(body === '' ? '{}' : body) as Record<string, unknown>);
  const more = /^(Action|Version|Marker|NextToken|Max\w+|ShowFilterExpression|StartTime|EndTime|RoleSessionName|Policy.*)$/;
  return Object.entries(values)
    .filter(([name]) => !more.test(name))
    .map(([, value]) => ` ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('');
};

const damaged = async ({ service, operation }: Read, fault: FaultName, response: WireResponse): Promise<WireResponse> => {
  const id = requestIdOf(response);
  const isQuery = services[service].protocol === 'query';
  switch (fault) {
    case 'denied':
      return encodeFault(service, new Fault(isQuery ? 'AccessDenied' : 'AccessDeniedException', isQuery ? 403 : 400, 'Not allowed.'), id);
    case 'throttled':
      return encodeFault(service, new Fault(isQuery ? 'Throttling' : 'ThrottlingException', 400, 'Rate exceeded'), id);
    case 'server error':
      return encodeFault(service, new Fault(isQuery ? 'ServiceFailure' : 'InternalServerException', 500, 'Try again.'), id);
    case 'truncated':
      // An error stays an error: its name is in a header.
      return truncated({ ...response, headers: withoutErrorType(response.headers) });
    case 'empty':
      return emptied({ ...response, statusCode: 200, headers: withoutErrorType(response.headers) });
    case 'without a required member':
      return response.statusCode < 300 ? withoutMember(response, requiredMembers[operation] ?? '') : encode(service, operation, {}, id);
  }
};

const withoutErrorType = ({ 'x-amzn-errortype': _, ...headers }: WireResponse['headers']): WireResponse['headers'] => headers;

const withoutMember = (response: WireResponse, member: string): WireResponse => {
  const text = Buffer.from(response.body).toString('utf8');
  const isJson = text.startsWith('{');
  const shorter = isJson
    ? JSON.stringify({ ...(JSON.parse(text) as object), [member]: undefined })
    : text.replace(new RegExp(`<${member}>.*</${member}>|<${member}/>`, 's'), '');
  if (shorter === text) throw new Error(`there is no ${member} in ${text}`);
  const body = Buffer.from(shorter);
  return { ...response, headers: { ...response.headers, 'content-length': String(body.length) }, body };
};

export const keyOf = ({ accountId, id, resource }: Result): string => `${accountId} ${id} ${resource}`;

/**
 * Operations that a finding relies on besides those in its evidence, by id: they decide which reads follow, and a failure of one of them
 * becomes the evidence of an unknown finding.
 */
export type Reliances = Readonly<Record<string, readonly string[]>>;

export interface Problems {
  readonly problems: readonly string[];
  /** `finding operation` of each reliance that was needed. */
  readonly relied: readonly string[];
}

/**
 * What is wrong in a report in which one read failed. A finding that relies on the read is unknown and shows the read, or another unknown
 * finding of the same check, which shows the read, replaces it. Every other finding is as it was.
 */
export const problemsOf = (
  before: Pick<RunReport, 'results'>,
  after: Pick<RunReport, 'results'>,
  read: Read & { readonly ids: readonly string[] },
  reliances: Reliances,
): Problems => {
  const now = new Map(after.results.map((result) => [keyOf(result), result]));
  const known = new Set(before.results.map(keyOf));
  const operation = `${read.service}:${read.operation}`;
  const shows = (result: Result): boolean => result.evidence.some((one) => one.operation === operation);
  const isNoticed = (result: Result): boolean => result.status === 'unknown' && shows(result);
  const relied: string[] = [];
  const problems = before.results.flatMap((result): readonly string[] => {
    const there = now.get(keyOf(result));
    const line = `${keyOf(result)}: ${result.status} -> ${there === undefined ? 'absent' : `${there.status} (${there.reason})`}`;
    const inEvidence = result.evidence.some(({ requestId }) => requestId !== undefined && read.ids.includes(requestId));
    const instead =
      there === undefined ? after.results.filter(({ id, accountId }) => id === result.id && accountId === result.accountId) : [there];
    if (!inEvidence && there?.status === result.status) return [];
    if (!instead.some(isNoticed)) return [`${inEvidence ? 'does not notice it' : 'changes without showing it'}: ${line}`];
    if (inEvidence) return [];
    relied.push(`${result.id} ${operation}`);
    return reliances[result.id]?.includes(operation) === true ? [] : [`relies on it, which the table does not have: ${line}`];
  });
  const added = after.results.filter((result) => !known.has(keyOf(result)) && !isNoticed(result));
  return { problems: [...problems, ...added.map((result) => `is new: ${keyOf(result)}: ${result.status} (${result.reason})`)], relied };
};
