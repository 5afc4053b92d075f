import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import { run } from '../support/child-process.js';
import { bundle, newFolder, start } from '../e2e/program.js';
import { memory } from '../support/memory.js';
import { newAccount, type Scene, worldName } from './scenes.js';

/** A boundary of a run, and the state of the disk in which a kill there leaves it. */
export interface Boundary {
  /** Such as `iam:CreateUser acted 2` or `rename world.json.journal/111122223333.json.new before 1`. */
  readonly name: string;
  /** Number of the snapshot; many boundaries share one. */
  readonly state: number;
}

export interface Traced {
  readonly code: number | null;
  readonly boundaries: readonly Boundary[];
  /** The folder as it was in that state. */
  readonly snapshot: (state: number) => string;
  /** Removes the copies. */
  readonly forget: () => void;
}

const killer = path.join(import.meta.dirname, 'killer.cjs');
const driver = path.join(import.meta.dirname, '../e2e/pty_driver.py');

/** A folder for runs of a scene, with what they need around it. All runs of one bench are at the same path: the journal holds paths. */
export const makeBench = () => {
  const folder = newFolder(memory);
  const root = path.join(folder, 'home');
  const record = path.join(folder, 'requests.jsonl');
  let traces = 0;

  const restore = (snapshot: string): void => {
    rmSync(root, { recursive: true, force: true });
    cpSync(snapshot, root, { recursive: true, preserveTimestamps: true });
  };
  const prepare = async ({ prepare }: Scene): Promise<void> => {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { mode: 0o700 });
    newAccount(root, record);
    await prepare?.(root, kill);
  };
  const launch = async (scene: Scene, orders: Readonly<Record<string, unknown>>): Promise<Exit> => {
    const faults = JSON.stringify({ root, world: path.join(root, worldName), record, ...orders });
    const argv = ['--require', killer, bundle, ...scene.argv];
    if (scene.typed === undefined) {
      const { code, signal, stdout, stderr } = await start(process.execPath, argv, { home: root, env: { FAULTS: faults } }).ended;
      return { code, signal, said: `${stderr}${stdout}` };
    }
    const question = {
      argv: [process.execPath, ...argv],
      env: { PATH: process.env['PATH'], HOME: root, TERM: 'xterm-256color', LANG: 'C.UTF-8', FAULTS: faults },
      cwd: root,
      columns: 100,
      rows: 40,
      seconds: 30,
      answers: scene.typed,
    };
    const ended = await run(inject('pythonBin'), ['-B', driver, JSON.stringify(question)]);
    const { code, signal, raw } = JSON.parse(ended.stdout) as { code: number | null; signal: string | null; raw: string };
    return { code, signal, said: raw };
  };

  /** Runs until the boundary of that name, or that number, and is killed there. False: it was never there. */
  const kill = async (scene: Scene, at: string | number): Promise<boolean> => {
    const { signal, code, said } = await launch(scene, { at });
    if (signal !== 'SIGKILL' && code === null) throw new Error(`${scene.name} was not killed at ${at}: ${said}`);
    return signal === 'SIGKILL';
  };

  return {
    root,
    record,
    restore,
    prepare,
    /** Runs to its end, noting each boundary and keeping a copy of the folder for each state of it. From what is in the folder. */
    trace: async (scene: Scene): Promise<Traced> => {
      traces += 1;
      const trace = path.join(folder, `trace-${traces}.jsonl`);
      const snapshots = path.join(folder, `states-${traces}`);
      const { code, said } = await launch(scene, { trace, snapshots });
      const lines = readFileSync(trace, 'utf8').trimEnd().split('\n');
      if (code !== 0 && code !== 5) throw new Error(`${scene.name}, undisturbed, ended with ${code}: ${said}`);
      return {
        code,
        boundaries: lines.map((line) => JSON.parse(line) as Boundary),
        snapshot: (state) => path.join(snapshots, String(state)),
        forget: () => rmSync(snapshots, { recursive: true, force: true }),
      };
    },
    kill,
    /** Runs to its end; at the boundary of that name something else happens, as killer.cjs knows it. */
    disturb: async (
      scene: Scene,
      at: string | number,
      what: string | { readonly append: string; readonly to: string },
    ): Promise<Exit & { readonly tookMs: number | undefined }> => {
      const took = path.join(folder, 'took');
      rmSync(took, { force: true });
      const exit = await launch(scene, { at, what, took });
      return { ...exit, tookMs: existsSync(took) ? Number(readFileSync(took, 'utf8')) : undefined };
    },
  };
};

interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly said: string;
}
