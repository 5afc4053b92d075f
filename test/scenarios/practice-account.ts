import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '../../src/core/report.js';
import { newWorld, practiceAccountId } from '../../src/sandbox/new-world.js';
import type { SandboxRequestHandler } from '../../src/sandbox/request-handler.js';
import { openSandbox } from '../../src/sandbox/sandbox.js';
import { isRead } from '../../src/sandbox/services.js';
import type { AccountWorld, Knobs, World } from '../../src/sandbox/world.js';
import { vi } from 'vitest';
import { type Ran, testClock, testShell } from '../support/host.js';
import { seededRandom } from '../sandbox/practice.js';

export const own = practiceAccountId;

/** One run of the tool, with its requests. */
export interface PracticeRun extends Ran {
  /** `service:Operation` of every request, in order. */
  readonly requests: readonly string[];
  /** The requests that change something. */
  readonly writes: readonly string[];
}

/**
 * A practice account for one test: the file that stores it, a shell whose runs use it, and its contents. Its clock only moves
 * while something sleeps.
 */
export const practiceAccount = (options: { readonly start?: string; readonly seed?: number } = {}) => {
  const clock = testClock(options.start);
  const shell = testShell({ clock, seed: options.seed ?? 1 });
  const file = join(shell.home, 'world.json');
  const record = join(shell.home, 'requests.jsonl');
  const save = (world: World): void => writeFileSync(file, `${JSON.stringify(world, null, 1)}\n`, { mode: 0o600 });
  const world = (): World => JSON.parse(readFileSync(file, 'utf8')) as World;
  save({ ...newWorld({ now: clock.now(), random: seededRandom(options.seed ?? 1) }), knobs: { record } });

  /** Changes the account between two runs, like a user in the console. */
  const edit = (change: (account: AccountWorld, world: World) => void): void => {
    const edited = world();
    change(accountIn(edited), edited);
    save(edited);
  };
  const requestsSoFar = (): readonly string[] =>
    existsSync(record)
      ? readFileSync(record, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as { readonly service: string; readonly operation: string })
          .map(({ service, operation }) => `${service}:${operation}`)
      : [];

  const run = async (argv: readonly string[], more: Parameters<typeof shell.run>[1] = {}): Promise<PracticeRun> => {
    rmSync(record, { force: true });
    const ran = await shell.run([...argv, '--sandbox-file', file], more);
    const requests = requestsSoFar();
    return { ...ran, requests, writes: requests.filter((name) => !isRead(name.slice(name.indexOf(':') + 1))) };
  };
  /** The same with `--output json`, and the report. */
  const report = async (
    argv: readonly string[],
    more: Parameters<typeof shell.run>[1] = {},
  ): Promise<PracticeRun & { readonly report: RunReport }> => {
    const ran = await run([...argv, '--output', 'json'], more);
    return { ...ran, report: JSON.parse(ran.stdout) as RunReport };
  };

  return {
    ...shell,
    clock,
    file,
    secrets: `${file}.secrets`,
    world,
    /** The account that the runs use. */
    account: (): AccountWorld => accountIn(world()),
    edit,
    /** Sets knobs, in addition to the recording. */
    turn: (knobs: Knobs): void => edit((_, edited) => void (edited.knobs = { ...knobs, record })),
    run,
    report,
  };
};
export type PracticeAccount = ReturnType<typeof practiceAccount>;

const accountIn = (world: World): AccountWorld => {
  const account = world.accounts[own];
  if (account === undefined) throw new Error('the practice account does not exist');
  return account;
};

/**
 * The parts of a world that only writes change. Not included: counts of requests, knobs, sessions, and the credential report, which AWS
 * generates on request.
 */
export const lasting = ({ accounts, organizations, handshakes }: World): Pick<World, 'accounts' | 'organizations' | 'handshakes'> => ({
  accounts: Object.fromEntries(Object.entries(accounts).map(([id, account]) => [id, { ...account, credentialReport: null }])),
  organizations,
  handshakes,
});

/** Ids of the wanted findings that are open: failed or manual. */
export const openFindingIds = ({ results }: Pick<RunReport, 'results'>): readonly string[] =>
  results.filter(({ kind, status }) => kind === 'wanted' && (status === 'fail' || status === 'manual')).map(({ id }) => id);

/** Content and mode of every file below a folder, by path. */
export const filesOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
      const stat = lstatSync(join(folder, name));
      return [name, `${(stat.mode & 0o777).toString(8)} ${stat.isFile() ? readFileSync(join(folder, name), 'latin1') : ''}`];
    }),
  );

/** Answers of AWS have its time. */
const withDates = (handler: SandboxRequestHandler, now: () => Date): SandboxRequestHandler => ({
  ...handler,
  handle: async (request, options) => {
    const { response } = await handler.handle(request, options);
    return { response: { ...response, headers: { ...response.headers, date: now().toUTCString() } } };
  },
});

/**
 * A shell that is signed in to AWS by key variables, where AWS is a practice account in memory. All guards of a real account apply.
 * `around` can wrap the request handler.
 */
export const signedIn = async (
  options: {
    readonly env?: Record<string, string>;
    readonly around?: (handler: SandboxRequestHandler) => object;
    readonly edit?: (account: AccountWorld, world: World) => void;
    /** Instead of a new account. */
    readonly world?: World;
    /** How far the clock of AWS is ahead of that of the shell. */
    readonly aheadMs?: number;
  } = {},
) => {
  const clock = testClock();
  const { aheadMs } = options;
  const now = (): Date => new Date(clock.now().getTime() + (aheadMs ?? 0));
  const sandbox = await openSandbox({
    now,
    random: seededRandom(),
    ...(options.world === undefined ? {} : { world: structuredClone({ ...options.world, knobs: {} }) }),
  });
  options.edit?.(accountIn(sandbox.world), sandbox.world);
  const { accessKeyId, secretAccessKey, sessionToken } = sandbox.credentials;
  const signIn = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
  const answering = aheadMs === undefined ? sandbox.requestHandler : withDates(sandbox.requestHandler, now);
  const handler = options.around?.(answering) ?? answering;
  const shell = testShell({ clock, seed: 1, handler, env: { ...signIn, AWS_REGION: 'us-east-1', ...options.env } });
  // The credential providers of the SDK read the environment of the process, not that of the host.
  const forSdk = {
    ...signIn,
    ...options.env,
    HOME: shell.home,
    AWS_CONFIG_FILE: join(shell.home, '.aws', 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(shell.home, '.aws', 'credentials'),
  };
  for (const [name, value] of Object.entries(forSdk)) vi.stubEnv(name, value);
  const run = async (argv: readonly string[], more: Parameters<typeof shell.run>[1] = {}): Promise<PracticeRun> => {
    const from = sandbox.calls.length;
    const ran = await shell.run(argv, more);
    const calls = sandbox.calls.slice(from);
    const name = ({ service, operation }: (typeof calls)[number]): string => `${service}:${operation}`;
    return { ...ran, requests: calls.map(name), writes: calls.filter(({ write }) => write).map(name) };
  };
  return {
    ...shell,
    clock,
    sandbox,
    world: (): World => structuredClone(sandbox.world),
    account: (): AccountWorld => accountIn(sandbox.world),
    run,
  };
};
