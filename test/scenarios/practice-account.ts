import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '../../src/core/report.js';
import { newWorld, practiceAccountId } from '../../src/sandbox/new-world.js';
import { isRead } from '../../src/sandbox/services.js';
import type { AccountWorld, Knobs, World } from '../../src/sandbox/world.js';
import { type Ran, testClock, testShell } from '../support/host.js';
import { seededRandom } from '../sandbox/practice.js';

export const own = practiceAccountId;

/** One run of the tool, with what it sent. */
export interface PracticeRun extends Ran {
  /** `service:Operation` of every request, in order. */
  readonly requests: readonly string[];
  /** The requests that change something. */
  readonly writes: readonly string[];
}

/**
 * A practice account of a test's own: the file that keeps it, a shell whose runs work on it, and what AWS would hold. Its clock
 * moves only when somebody sleeps.
 */
export const practiceAccount = (options: { readonly start?: string; readonly seed?: number } = {}) => {
  const clock = testClock(options.start);
  const shell = testShell({ clock, seed: options.seed ?? 1 });
  const file = join(shell.home, 'world.json');
  const record = join(shell.home, 'requests.jsonl');
  const save = (world: World): void => writeFileSync(file, `${JSON.stringify(world, null, 1)}\n`, { mode: 0o600 });
  const world = (): World => JSON.parse(readFileSync(file, 'utf8')) as World;
  save({ ...newWorld({ now: clock.now(), random: seededRandom(options.seed) }), knobs: { record } });

  /** Between two runs, as a person in the console would. */
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
  /** The same, with `--output json`: the report too. */
  const report = async (argv: readonly string[], more: Parameters<typeof shell.run>[1] = {}): Promise<PracticeRun & { readonly report: RunReport }> => {
    const ran = await run([...argv, '--output', 'json'], more);
    return { ...ran, report: JSON.parse(ran.stdout) as RunReport };
  };

  return {
    ...shell,
    clock,
    file,
    secrets: `${file}.secrets`,
    world,
    /** The account that the runs are about. */
    account: (): AccountWorld => accountIn(world()),
    edit,
    /** Turns knobs, besides the recording. */
    turn: (knobs: Knobs): void => edit((_, edited) => void (edited.knobs = { ...knobs, record })),
    run,
    report,
  };
};
export type PracticeAccount = ReturnType<typeof practiceAccount>;

const accountIn = (world: World): AccountWorld => {
  const account = world.accounts[own];
  if (account === undefined) throw new Error('the practice account is not there');
  return account;
};

/** What of a world outlives a run: requests are counted, knobs turn, sessions come and go. */
export const lasting = ({ accounts, organizations, handshakes }: World): Pick<World, 'accounts' | 'organizations' | 'handshakes'> => ({
  accounts,
  organizations,
  handshakes,
});

/** Ids of the wanted findings that are open: failed, or for a person to tell. */
export const leftOpen = ({ results }: Pick<RunReport, 'results'>): readonly string[] =>
  results.filter(({ kind, status }) => kind === 'wanted' && (status === 'fail' || status === 'manual')).map(({ id }) => id);
