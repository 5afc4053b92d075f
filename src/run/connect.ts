import { setMaxListeners } from 'node:events';
import type { Boundary } from '../aws/boundary.js';
import type { CredentialSource } from '../aws/credentials.js';
import type { OtherAccount } from '../aws/identity.js';
import type { RequestQueue } from '../aws/request.js';
import type { Session, SessionOptions } from '../aws/session.js';
import { awsLogin, signOutOf } from '../aws/sign-in.js';
import { type Caller, partitionOf } from '../core/account.js';
import type { RootTask } from '../core/cloud.js';
import { BootstrapError } from '../core/errors.js';
import type { Notify } from '../core/step.js';
import { plainJson } from '../core/text.js';
import type { RootCredentials, Sandbox } from '../sandbox/sandbox.js';
import type { Terminal } from '../ui/terminal.js';
import { awsFiles, type Connection, type Globals, type Host, lazily } from './host.js';

export interface ConnectParts {
  readonly host: Host;
  readonly globals: Globals;
  /** Opens the practice account; undefined if the run is for AWS. */
  readonly sandbox: (() => Promise<Sandbox>) | undefined;
  readonly terminal: Pick<Terminal, 'stderr'>;
}

/** botocore fails with "Unable to parse config file" on such a file. */
const markWarning = (file: string): string =>
  `${file} begins with a byte-order mark, which the AWS CLI and boto3 cannot read; save it as UTF-8 without one.`;

/** Dates of HTTP are rounded and answers take time. AWS itself accepts five minutes. */
const clockToleranceMs = 5 * 60_000;

/** How far AWS's clock is ahead of this computer's, in milliseconds; 0 if the difference does not matter or is not known. */
const wrongBy = ({ clockAheadMs }: Pick<Session, 'clockAheadMs'>): number => {
  const ahead = clockAheadMs() ?? 0;
  return Math.abs(ahead) > clockToleranceMs ? ahead : 0;
};

const clockNotice = (wrongMs: number): readonly string[] => {
  if (wrongMs === 0) return [];
  const minutes = Math.round(Math.abs(wrongMs) / 60_000);
  const by =
    minutes < 120 ? `${minutes} minutes` : minutes < 2_880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1_440)} days`;
  return [`the clock of this computer is ${by} ${wrongMs > 0 ? 'behind' : 'ahead of'} that of AWS; set it`];
};

/** Concurrent requests to one member account. */
const slotsOfMember = 4;

/**
 * Connects to AWS or to the practice account, as the flags, the environment and the AWS files specify. `identifiesAhead`: asks AWS who calls
 * while the SDK is loaded, and is called when that request is on its way.
 */
export const connect = (
  parts: ConnectParts,
  mode: 'read' | 'write',
  notify: Notify,
  attended: boolean,
  identifiesAhead?: () => void,
): Promise<Connection> =>
  parts.sandbox === undefined
    ? connectToAws(parts, mode, notify, attended, identifiesAhead)
    : connectToPractice(parts, parts.sandbox, mode, notify);

/** How sessions of a connection send requests: its own session, those with other keys, and those in member accounts. */
const boundariesOf = async (
  { host, globals, terminal }: ConnectParts,
  mode: 'read' | 'write',
  notify: Notify,
  endpoints: Readonly<Partial<Record<string, string>>>,
) => {
  const ended = new AbortController();
  const signal = AbortSignal.any([host.signal, ended.signal]);
  // Every request listens to it.
  setMaxListeners(0, signal);
  const trace = globals.debug === true ? (line: object) => terminal.stderr(`debug: ${plainJson(JSON.stringify(line))}\n`) : undefined;
  const { makeBoundary } = await import('../aws/boundary.js');
  const { openSession } = await import('../aws/session.js');
  const { memberAccess, memberRootAccess } = await import('./member.js');
  const boundaryOf = (
    session: Session,
    as: 'read' | 'write',
    shared: { readonly queue?: RequestQueue; readonly slots?: number } = {},
  ): Boundary =>
    makeBoundary({
      send: session.send,
      clock: host.clock,
      mode: as,
      signal,
      notify,
      ...(trace ? { trace } : {}),
      endpoints,
      ...shared,
    });
  /** Requests to member accounts use the connections of the run's own session, and are counted with its requests. */
  const membersOf = (
    session: Session,
    options: SessionOptions,
    boundary: Boundary,
    who: () => Promise<Caller>,
  ): Pick<Connection, 'member' | 'memberRoot'> => {
    const partsFor = (as: 'read' | 'write') => ({
      boundary,
      identify: who,
      open: (provide: NonNullable<SessionOptions['provide']>) => openSession({ ...options, provide, through: session }),
      boundaryOf: (other: Session) => boundaryOf(other, as, { queue: boundary.queue, slots: slotsOfMember }),
    });
    return {
      member: (accountId, roleName) => memberAccess(partsFor(mode), accountId, roleName),
      memberRoot: (accountId: string, task: RootTask) => memberRootAccess(partsFor(task === 'audit' ? 'read' : mode), accountId, task),
    };
  };
  return { openSession, boundaryOf, membersOf, end: () => ended.abort() };
};

const timeoutOf = ({ timeout }: Globals): number | undefined => (timeout === undefined ? undefined : timeout * 1000);

/** Those of --sandbox-as. Throws E-NOT-SIGNED-IN. */
export const practiceCredentials = (practice: Sandbox, { sandboxAs }: Globals): RootCredentials => {
  const credentials = sandboxAs === 'admin' ? practice.signInAsAdministrator() : practice.credentials;
  if (credentials !== undefined) return credentials;
  throw new BootstrapError({
    code: 'E-NOT-SIGNED-IN',
    message: 'The practice account has no administrator yet.',
    next: 'Create one as root: `bootstrap init --sandbox-as root`.',
  });
};

const connectToPractice = async (
  parts: ConnectParts,
  sandbox: () => Promise<Sandbox>,
  mode: 'read' | 'write',
  notify: Notify,
): Promise<Connection> => {
  const { host, globals } = parts;
  const { openSession, boundaryOf, membersOf, end } = await boundariesOf(parts, mode, notify, {});
  const { identify } = await import('../aws/identity.js');
  const { plainKey } = await import('../secrets/signing-key.js');
  const practice = await sandbox();
  const { requestHandler } = practice;
  const credentials = practiceCredentials(practice, globals);
  const source: CredentialSource = { from: 'sandbox', how: 'a practice session' };
  const common = {
    credentials: source,
    region: 'us-east-1',
    now: host.clock.now,
    endpoints: {},
    timeoutMs: timeoutOf(globals),
    caBundle: undefined,
    handler: requestHandler,
  };
  const session = openSession({ ...common, staticCredentials: credentials });
  const boundary = boundaryOf(session, mode);
  const who = lazily(() => identify(boundary.cloud, { signedInBy: source.how, endpoint: undefined, region: common.region }));
  return {
    boundary,
    end,
    identify: who,
    signedInBy: source.how,
    signOut: 'nothing to do',
    source,
    target: 'sandbox',
    endpoints: {},
    notices: () => [],
    usesLongTermKey: async () => false,
    accessKeyId: session.accessKeyId,
    clockAheadMs: session.clockAheadMs,
    clock: host.clock,
    signer: (key) => boundaryOf(openSession({ ...common, staticCredentials: plainKey(key) }), mode),
    ...membersOf(session, common, boundary, who),
  };
};

const connectToAws = async (
  parts: ConnectParts,
  mode: 'read' | 'write',
  notify: Notify,
  attended: boolean,
  identifiesAhead: (() => void) | undefined,
): Promise<Connection> => {
  const { host, globals } = parts;
  const { env } = host;
  const { identify, guardConflictingProfile, otherAccount } = await import('../aws/identity.js');
  const { plainKey } = await import('../secrets/signing-key.js');
  const { chooseCredentials, readSharedFiles } = await import('../aws/credentials.js');
  const { endpointsOf, foreignEndpoints } = await import('../aws/endpoint.js');
  const files = await readSharedFiles(awsFiles(host));
  const source = chooseCredentials({ profileFlag: globals.profile, env, settingsOf: files.settingsOf });
  // Without a default profile, the SDK searches for credentials, as in the AWS CLI.
  if (source.from === 'profile' && source.profile !== 'default' && !files.has(source.profile)) {
    const { config, credentials } = awsFiles(host);
    throw new BootstrapError({
      code: 'E-NO-PROFILE',
      message: `There is no profile "${source.profile}"${globals.profile === undefined ? ', which AWS_PROFILE names,' : ''} in ${config} or ${credentials}.`,
      next: `Create it with \`${awsLogin(source.profile).text}\`, or name another.`,
    });
  }
  const settings = source.from === 'profile' ? files.settingsOf(source.profile) : files.settingsOf(env['AWS_PROFILE'] ?? 'default');
  const endpoints = endpointsOf({ flag: globals.endpointUrl, env, profile: settings });
  const { openSession, boundaryOf, membersOf, end } = await boundariesOf(parts, mode, notify, foreignEndpoints(endpoints));
  const region = globals.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? settings['region'];
  const common = {
    region: region ?? partitionOf('aws').defaultRegion,
    now: host.clock.now,
    endpoints,
    timeoutMs: timeoutOf(globals),
    caBundle: globals.caBundle ?? env['AWS_CA_BUNDLE'],
    ...(host.requestHandler ? { handler: host.requestHandler } : {}),
  };
  // The SDK knows other endpoints for these settings.
  const special = [env['AWS_USE_FIPS_ENDPOINT'], env['AWS_USE_DUALSTACK_ENDPOINT']].some((setting) => setting !== undefined);
  const sendsAhead = !special && settings['use_fips_endpoint'] === undefined && settings['use_dualstack_endpoint'] === undefined;
  if (!sendsAhead) identifiesAhead?.();
  const session = openSession({ ...common, credentials: source, identifiesAhead: sendsAhead ? identifiesAhead : undefined });
  const boundary = boundaryOf(session, mode);
  const endpoint = endpoints.sts ?? Object.values(endpoints)[0];
  const proxyVariable = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].find((name) => env[name]);
  const signedIn = { signedInBy: source.how, endpoint, region, source, proxyVariable, failure: session.signInFailure };
  const notices: string[] = files.withByteOrderMark.map(markWarning);
  const who = lazily(async () => {
    const caller = await identify(boundary.cloud, signedIn);
    const conflicting = source.from === 'environment' ? source.conflicting : undefined;
    if (conflicting !== undefined && files.has(conflicting.profile)) {
      const account = conflicting.accountId ?? (await accountOfProfile(conflicting.profile));
      notices.push(guardConflictingProfile(caller, { profile: conflicting.profile, account }, mode === 'read' || attended));
    }
    return { ...caller, signingKey: await session.accessKeyId() };
  });
  /** The account that a profile signs in to, from AWS. */
  const accountOfProfile = async (profile: string): Promise<OtherAccount> => {
    const other = boundaryOf(openSession({ ...common, credentials: { from: 'profile', profile, how: `profile ${profile}` } }), 'read');
    return otherAccount(await other.cloud.read('sts:GetCallerIdentity', {}));
  };
  return {
    boundary,
    end,
    identify: who,
    signedInBy: source.how,
    signOut: signOutOf(source),
    source,
    target: endpoint ?? 'aws',
    endpoints,
    notices: () => [...notices, ...clockNotice(wrongBy(session))],
    usesLongTermKey: async () => (await session.accessKeyId()).startsWith('AKIA'),
    accessKeyId: session.accessKeyId,
    clockAheadMs: session.clockAheadMs,
    clock: { ...host.clock, now: () => new Date(host.clock.now().getTime() + wrongBy(session)) },
    signer: (key) => boundaryOf(openSession({ ...common, credentials: source, staticCredentials: plainKey(key) }), mode),
    ...membersOf(session, { ...common, credentials: source }, boundary, who),
  };
};
