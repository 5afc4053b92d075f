import { isDeepStrictEqual } from 'node:util';
import { type Behaviours, Fault } from './behaviour.js';
import { identify, noteUse } from './caller.js';
import { type Call, decode, encode, encodeFault, operationName, type PageToken, type WireRequest, type WireResponse } from './codec.js';
import { accountOf, deleteOldSessions, openSession, type Random } from './credentials.js';
import { connectionLost, dueCrash, dueFault, emptied, endProcess, hang, htmlPage, pause, record, truncated } from './faults.js';
import { openHistory } from './history.js';
import { freeAccountId, newAccount, newWorld, practiceAccountId, rootSessionSeconds } from './new-world.js';
import { authorize } from './permissions.js';
import { requestHandler, type SandboxRequestHandler } from './request-handler.js';
import { isRead, isService, type ServiceName } from './services.js';
import { readSignature, type Signed, verifySignature } from './signature.js';
import { openStore } from './world-file.js';
import type { AccountWorld, FaultRule, SessionWorld, World } from './world.js';

export interface SandboxOptions {
  /** Path of the world file. Created if it does not exist. Without a path, the world is in memory only. */
  readonly file?: string;
  /** The file is in the folder of this tool, so `sandbox reset` may delete it even if it is damaged. */
  readonly own?: boolean;
  readonly now: () => Date;
  readonly random: Random;
  /** The initial world if there is no file yet. Default: an account that was just signed up. */
  readonly world?: World;
}

export interface Sandbox {
  /** Live: changes apply from the next request on. */
  readonly world: World;
  /** For every client of the SDK v3. Opens no socket. */
  readonly requestHandler: SandboxRequestHandler;
  /** A knob can make it reject with a connection reset (`code` ECONNRESET), or not settle until it is aborted. */
  readonly answer: (request: WireRequest, options?: AnswerOptions) => Promise<WireResponse>;
  /** Every request received, whatever its result. */
  readonly calls: readonly SandboxCall[];
  /** The practice root session, as `aws login` creates it. */
  readonly credentials: RootCredentials;
  /** Signs in as the first administrator of the practice account; undefined if it has none. */
  readonly signInAsAdministrator: () => RootCredentials | undefined;
  /** Signs up another account, in no organization. If an account already has the address, signs in to that one. */
  readonly signUp: (of: { readonly name: string; readonly email: string }) => RootCredentials & { readonly accountId: string };
}

export interface AnswerOptions {
  readonly abortSignal?: AbortSignal | undefined;
}

export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface SandboxCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly write: boolean;
  readonly accessKeyId: string;
  /** Undefined if the key was not accepted. */
  readonly account: string | undefined;
  readonly input: Readonly<Record<string, unknown>>;
  /** Code of the returned error; undefined if there was none. */
  readonly error: string | undefined;
}

export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { now, random } = options;
  const store = openStore(options.file, () => options.world ?? newWorld({ now: now(), random }), options.own);
  const { world, step } = store;
  const history = openHistory();
  const calls: Writable<SandboxCall>[] = [];
  const credentials = step(() => {
    deleteOldSessions(world, now());
    return sessionOf(world, { kind: 'root' }, now(), random);
  });
  const signInAsAdministrator: Sandbox['signInAsAdministrator'] = () =>
    step(() => {
      const name = administratorOf(world.accounts[practiceIdOf(world)]);
      return name === undefined ? undefined : sessionOf(world, { kind: 'user', name }, now(), random);
    });

  /** Keys and permissions spread as slowly as the rest of IAM. */
  const spread = (): World => history.asOf(world, now());

  const answer = async (request: WireRequest, { abortSignal }: AnswerOptions = {}): Promise<WireResponse> => {
    world.requests += 1;
    const requestId = requestIdOf(world.requests);
    const signed = readSignature(request);
    if (signed === undefined || !isService(signed.service)) return encodeFault('iam', notForUs(signed), requestId);
    const { service, accessKeyId } = signed;
    const operation = operationName(service, request);
    const call = { service, operation, write: !isRead(operation), accessKeyId, account: undefined, input: {}, error: undefined };
    calls.push(call);

    store.refresh();
    if (world.knobs.record !== undefined) record(world.knobs.record, call.service, call.operation, request);
    // If no knob counts requests, there is nothing to lock and save.
    const counts = world.knobs.faults !== undefined || world.knobs.crash !== undefined;
    const due = counts ? step(() => applyKnobs(store.save, world, call)) : nothingDue;
    if (due.fault?.kind === 'drop-before') throw connectionLost();
    const response =
      due.fault?.kind === 'status-before' ? htmlPage(due.fault.status, requestId) : await reply(call, request, signed, due, requestId);
    if (due.fault?.kind === 'hang-after') return hang(abortSignal);
    if (due.fault?.kind === 'drop-after') throw connectionLost();
    const delay = world.knobs.slow?.[call.account ?? ''] ?? world.knobs.delayMs;
    if (delay !== undefined) await pause(delay, abortSignal);
    return damaged(response, due.fault, requestId);
  };

  /** The response: the output or the fault. */
  const reply = async (call: Writable<SandboxCall>, request: WireRequest, signed: Signed, due: Due, requestId: string) => {
    try {
      if (due.fault?.kind === 'error')
        throw new Fault(due.fault.code, due.fault.status, due.fault.message ?? due.fault.code, due.fault.fields);
      const caller = identify(spread(), call.service, signed, now());
      call.account = caller.account.id;
      await verifySignature(request, signed, caller.secret);
      const decoded = await decode(call.service, request);
      call.input = decoded.input;
      const perform = await performer(call.service, decoded, signed);
      const output = step(() => {
        try {
          return perform();
        } finally {
          if (due.crash === 'after') endProcess(store.save);
        }
      });
      return await encode(call.service, call.operation, output, requestId);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      call.error = error.code;
      return encodeFault(call.service, error, requestId);
    }
  };

  /** The only synchronous step that changes the world. Identifies the caller again, because the world may have changed since. */
  const performer = async (service: ServiceName, { operation, input, pages }: Call, signed: Signed) => {
    const behaviour = (await behaviours[service]())[operation];
    if (behaviour === undefined) throw new Fault('NotImplemented', 501, `The practice account does not support ${service}:${operation}.`);
    return (): Readonly<Record<string, unknown>> => {
      const at = now();
      const { region, accessKeyId } = signed;
      history.note(world, at);
      const visible = spread();
      const { account, principal } = identify(visible, service, signed, at);
      noteUse(world, accessKeyId, service, region, at);
      const session = world.sessions[accessKeyId];
      authorize(visible, { service, operation, input, account, principal, session, region, now: at });
      // Generating a credential report changes the account, so it must not run on a copy.
      const lags = operation === 'AssumeRole' || (service === 'iam' && isRead(operation) && !operation.endsWith('CredentialReport'));
      const scene = lags ? visible : world;
      try {
        const own = scene.accounts[account.id] ?? account;
        const around = { world: scene, account: own, caller: principal, accessKeyId, region, now: at, random };
        return pages !== undefined && world.knobs.shortPages === true
          ? inShortPages(pages, input, (short) => behaviour(short, around))
          : behaviour(input, around);
      } finally {
        history.note(world, at);
      }
    };
  };

  const signUp: Sandbox['signUp'] = ({ name, email }) =>
    step(() => {
      const known = Object.values(world.accounts).find((account) => account.email.toLowerCase() === email.toLowerCase());
      const account = known ?? newAccount({ id: freeAccountId(world, random), name, email, now: now() });
      world.accounts[account.id] = account;
      const accountId = account.id;
      const opened = openSession(world, { accountId, principal: { kind: 'root' }, now: now(), seconds: rootSessionSeconds, random });
      return { accountId, ...asCredentials(opened) };
    });

  return { world, requestHandler: requestHandler(answer), answer, calls, credentials, signInAsAdministrator, signUp };
}

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };
interface Due {
  readonly fault: FaultRule['what'] | undefined;
  readonly crash: 'before' | 'after' | undefined;
}

const nothingDue: Due = { fault: undefined, crash: undefined };

function applyKnobs(save: () => void, world: World, call: SandboxCall): Due {
  const due = {
    fault: dueFault(world, `${call.service}:${call.operation}`, accountOf(call.accessKeyId)),
    crash: call.write ? dueCrash(world) : undefined,
  };
  if (due.crash === 'before') endProcess(save);
  return due;
}

function damaged(response: WireResponse, fault: Due['fault'], requestId: string): WireResponse {
  if (fault?.kind === 'status-after') return htmlPage(fault.status, requestId);
  if (fault?.kind === 'empty-after') return emptied(response);
  return fault?.kind === 'truncated-after' ? truncated(response) : response;
}

/** The principal's session in the practice account: one that exists, or a new one if less than an hour of it is left. */
function sessionOf(world: World, principal: SessionWorld['principal'], now: Date, random: Random): RootCredentials {
  const accountId = practiceIdOf(world);
  const hour = 3_600_000;
  const live = Object.entries(world.sessions).find(
    ([, session]) =>
      isDeepStrictEqual(session.principal, principal) &&
      session.accountId === accountId &&
      session.policies === undefined &&
      Date.parse(session.expiresAt) > now.getTime() + hour,
  );
  if (live !== undefined) return { accessKeyId: live[0], secretAccessKey: live[1].secret, sessionToken: live[1].token };
  // The console asks for the code of an MFA device, if there is one.
  const device = principal.kind === 'user' && world.accounts[accountId]?.mfaDevices.some(({ user }) => user === principal.name);
  const more = device === true ? { mfaAt: now.toISOString() } : {};
  return asCredentials(openSession(world, { accountId, principal, now, seconds: rootSessionSeconds, random }, more));
}

const practiceIdOf = (world: World): string => world.accounts[practiceAccountId]?.id ?? Object.keys(world.accounts)[0] ?? practiceAccountId;

/** The first user with AdministratorAccess, directly or through a group. */
const administratorOf = (account: AccountWorld | undefined): string | undefined => {
  const isFull = (arns: readonly string[]): boolean => arns.some((arn) => arn.endsWith(':aws:policy/AdministratorAccess'));
  const full = account?.groups.filter(({ attachedPolicies }) => isFull(attachedPolicies)).map(({ name }) => name) ?? [];
  return account?.users.find(({ groups, attachedPolicies }) => isFull(attachedPolicies) || groups.some((group) => full.includes(group)))
    ?.name;
};

const asCredentials = ({ accessKeyId, session }: ReturnType<typeof openSession>): RootCredentials => ({
  accessKeyId,
  secretAccessKey: session.secret,
  sessionToken: session.token,
});

const requestIdOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

const notForUs = (signed: Signed | undefined): Fault =>
  signed === undefined
    ? new Fault('MissingAuthenticationToken', 403, 'Request is missing Authentication Token')
    : new Fault('UnknownOperationException', 404, `The practice account does not support the service ${signed.service}.`);

/** Loads the behaviours of a service. A run that only uses IAM loads only those of IAM. */
export const behaviours: Readonly<Record<ServiceName, () => Promise<Behaviours>>> = {
  iam: async () => (await import('./behaviours/iam.js')).iam,
  sts: async () => (await import('./behaviours/sts.js')).sts,
  budgets: async () => (await import('./behaviours/budgets.js')).budgets,
  organizations: async () => (await import('./behaviours/organizations.js')).organizations,
  freetier: async () => (await import('./behaviours/freetier.js')).freetier,
  account: async () => (await import('./behaviours/account.js')).account,
  cloudtrail: async () => (await import('./behaviours/cloudtrail.js')).cloudtrail,
};

const mark = 'short.';
const sizeFields: Readonly<Record<PageToken, string>> = { Marker: 'MaxItems', NextToken: 'MaxResults' };

type Fields = Readonly<Record<string, unknown>>;

/**
 * A list in the shortest pages that AWS may answer with: an empty one, then one item a page, whatever number was asked for.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html (IsTruncated)
 */
const inShortPages = (token: PageToken, input: Fields, answer: (input: Fields) => Fields): Fields => {
  const asked = input[token];
  const begun = typeof asked === 'string' && asked.startsWith(mark);
  const inner = begun ? asked.slice(mark.length) : asked;
  const { [token]: _, ...rest } = input;
  const output = answer({ ...rest, ...(inner === undefined || inner === '' ? {} : { [token]: inner }), [sizeFields[token]]: 1 });
  const next = output[token];
  if (begun || asked !== undefined) return typeof next === 'string' ? { ...output, [token]: `${mark}${next}` } : output;
  const noItems = Object.fromEntries(Object.entries(output).map(([name, value]) => [name, Array.isArray(value) ? [] : value]));
  return { ...noItems, [token]: mark, ...(token === 'Marker' ? { IsTruncated: true } : {}) };
};
