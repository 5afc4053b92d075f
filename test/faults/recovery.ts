import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../../src/sandbox/world.js';
import { isRead } from '../../src/sandbox/services.js';
import { type Ran, testClock, testShell } from '../support/host.js';
import { diskState } from './disk-state.js';
import { credentialsIn, type Scene, worldName } from './scenes.js';
import { accountOf, type Facts, factsOf, filesIn, secretsLost, worldIn } from './world-facts.js';

/** How an undisturbed run of a scene leaves things. */
export interface Wanted {
  readonly code: number;
  readonly facts: Facts;
  readonly files: readonly string[];
}

export interface Place {
  readonly root: string;
  readonly record: string;
}

/** Runs the tool in the folder as it is, in this process; what it sent is counted. */
const rerun = async ({ root, record }: Place, argv: readonly string[]): Promise<Ran & { readonly writes: readonly string[] }> => {
  rmSync(record, { force: true });
  const ran = await testShell({ home: root, clock: testClock(new Date().toISOString()), env: { PATH: process.env['PATH'] ?? '' } }).run(
    argv,
  );
  const writes = (existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n') : [])
    .map((line) => JSON.parse(line) as { readonly service: string; readonly operation: string })
    .filter(({ operation }) => !isRead(operation))
    .map(({ service, operation }) => `${service}:${operation}`);
  return { ...ran, writes };
};

export const wantedOf = (place: Place, code: number): Wanted => ({
  code,
  facts: factsOf(worldIn(join(place.root, worldName))),
  files: filesIn(place.root),
});

/**
 * Runs the same command again and looks at everything that is promised then. Gives what is wrong, in words. `known`: states of the disk
 * after which all was found well already.
 */
export const recover = async (place: Place, scene: Scene, wanted: Wanted, known = new Set<string>()): Promise<readonly string[]> => {
  if (scene.rotates) return recoverRotation(place, scene);
  const argv = scene.again ?? scene.argv;
  const second = await rerun(place, argv);
  const wrong = [
    ...(second.code === wanted.code ? [] : [`the second run ends with ${second.code}: ${second.stderr.slice(-600)}`]),
    ...noticesTwice(second.stderr),
  ];
  const state = diskState(place.root, worldName);
  if (known.has(state)) return wrong;
  const third = await rerun(place, argv);
  if (third.writes.length > 0) wrong.push(`the third run still writes: ${third.writes.join(', ')}`);
  if (third.code !== wanted.code) wrong.push(`the third run ends with ${third.code}`);
  wrong.push(...whatIsWrong(place.root, scene, wanted));
  if (wrong.length === 0) known.add(state);
  return wrong;
};

/** A rotation that is over is not begun again by the same command: there is no room for a third key, and that is refused. */
const recoverRotation = async (place: Place, { argv, foreign: before }: Scene): Promise<readonly string[]> => {
  const wrong: string[] = [];
  const look = (when: string): { readonly active: number; readonly inactive: number } => {
    const world = worldIn(join(place.root, worldName));
    const keys = accountOf(world).users.find(({ name }) => name === 'ci')?.accessKeys ?? [];
    const held = credentialsIn(place.root);
    const working = keys.filter(({ id, secret, status }) => status === 'Active' && held.includes(id) && held.includes(secret));
    if (working.length !== 1) wrong.push(`${when}, the profile has ${working.length} keys that work`);
    if (keys.length > 2) wrong.push(`${when}, there are ${keys.length} keys`);
    if (before !== undefined && !held.startsWith(before)) wrong.push(`${when}, foreign lines of the credentials file are damaged`);
    const active = keys.filter(({ status }) => status === 'Active').length;
    return { active, inactive: keys.length - active };
  };
  const isOver = ({ active, inactive }: ReturnType<typeof look>): boolean => active === 1 && inactive === 1;
  const overBefore = isOver(look('after the kill'));
  const second = await rerun(place, argv);
  if (!isOver(look('after the second run'))) wrong.push('the second run does not finish the rotation');
  if (second.code !== 0 && !(overBefore && second.writes.length === 0))
    wrong.push(`the second run ends with ${second.code}: ${second.stderr}`);
  return [...wrong, ...noticesTwice(second.stderr), ...flightsOf(place.root, worldIn(join(place.root, worldName)))];
};

/** Account and files against those after an undisturbed run. */
const whatIsWrong = (root: string, { foreign }: Scene, wanted: Wanted): readonly string[] => {
  const world = worldIn(join(root, worldName));
  const { mfaDevices } = accountOf(world);
  const files = filesIn(root);
  const facts = factsOf(world);
  return [
    ...(JSON.stringify(facts) === JSON.stringify(wanted.facts) ? [] : [`the account differs: ${JSON.stringify(facts)}`]),
    ...secretsLost(world, heldIn(root)).map((what) => `lost: ${what}`),
    ...mfaDevices.filter(({ user }) => user === null).map(({ serial }) => `left over: ${serial}`),
    ...files.filter((name) => !wanted.files.includes(name) && !litter.test(name)).map((name) => `left behind: ${name}`),
    ...wanted.files.filter((name) => !files.includes(name)).map((name) => `missing: ${name}`),
    ...files.filter((name) => name.endsWith('.json')).flatMap((name) => (isJson(join(root, name)) ? [] : [`damaged: ${name}`])),
    ...(foreign === undefined || credentialsIn(root).startsWith(foreign) ? [] : ['damaged: foreign lines of the credentials file']),
    ...flightsOf(root, world),
  ];
};

/** Goes when its folder is next written to; holds no secret. */
const litter = /\.lock(\.\d+\.\d+)?$|\.journal\/\d+\.json\.new$/;

/** All that this computer keeps of secrets: everything but AWS's own file and the journal, which has none. */
const heldIn = (root: string): string =>
  filesIn(root)
    .filter((name) => name !== worldName && !name.startsWith(`${worldName}.lock`) && !name.startsWith(`${worldName}.journal`))
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n');

const isJson = (file: string): boolean => {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
};

/** No key that is there is in flight when all is done. An entry without such a key may stay open: it proves nothing. */
const flightsOf = (root: string, world: World): readonly string[] =>
  filesIn(join(root, `${worldName}.journal`))
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(root, `${worldName}.journal`, name), 'utf8')) as { readonly entries: readonly Flight[] })
    .flatMap(({ entries }) => entries)
    .filter(
      ({ state, made }) => state === 'open' && accountOf(world).users.some(({ accessKeys }) => accessKeys.some(({ id }) => id === made)),
    )
    .map(({ made }) => `still in flight: ${made}`);
interface Flight {
  readonly state: string;
  readonly made: string | null;
}

/** A repair is reported once. */
const noticesTwice = (stderr: string): readonly string[] => {
  const notices = stderr.split('\n').filter((line) => /interrupted run|earlier run|^Warning: /.test(line));
  return notices.filter((line, index) => notices.indexOf(line) !== index || line.startsWith('Warning: ')).map((line) => `printed: ${line}`);
};
