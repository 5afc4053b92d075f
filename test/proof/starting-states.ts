import { axes, isPossible, type State, untouched } from '../scenarios/starting-states.js';
import { coveringArray, everyRow, type Row } from '../support/covering-array.js';

/** The states of R1: what an account may have, on eight axes. The other axes keep their values of a new account. */
const lattice = {
  alias: ['none', 'wanted', 'other'],
  user: ['none', 'bare', 'with the policy of its own'],
  login: ['no', 'yes'],
  device: ['none', 'leftover of this tool', 'enabled'],
  keys: ['none', 'one, known', 'one, unknown', 'two, unknown'],
  budget: ['none', 'same', 'with a different limit'],
  organization: ['none', 'all features', 'billing only', 'member of another'],
  billing: ['unconfirmed', 'confirmed'],
} as const satisfies { readonly [Axis in keyof State]?: readonly State[Axis][] };

const isPossibleRow = (row: Row): boolean => isPossible(row as unknown as State);
const stateOf = (row: Row): State => ({ ...untouched, ...row });

export const everyState = (): readonly State[] => everyRow(lattice, isPossibleRow).map(stateOf);

/** Every combination of four values of the lattice. */
export const coveringStates = (): readonly State[] => coveringArray(lattice, 4, isPossibleRow).map(stateOf);

/** Every combination of three values on all twelve axes, which have 11 million states together. */
export const widerStates = (): readonly State[] => coveringArray(axes, 3, isPossibleRow).map(stateOf);

/** Each value of each axis alone, in a new account, with what it requires: a device, for example, needs its user. */
export const singleStates = (): readonly State[] =>
  (Object.keys(axes) as (keyof State)[]).flatMap((axis) => axes[axis].map((value) => withRequirements({ ...untouched, [axis]: value })));

/** Without duplicates. */
export const distinct = (states: readonly State[]): readonly State[] => [
  ...new Map(states.map((state) => [describeState(state), state])).values(),
];

/** The values in which a state differs from a new account. */
export const describeState = (state: State): string =>
  (Object.keys(untouched) as (keyof State)[])
    .filter((axis) => state[axis] !== untouched[axis])
    .map((axis) => `${axis} ${state[axis]}`)
    .join(', ') || 'a new account';

function withRequirements(state: State): State {
  if (state.user === 'in the group') return { ...state, group: 'wanted' };
  return state.login === 'yes' || state.device === 'enabled' ? { ...state, user: 'bare' } : state;
}
