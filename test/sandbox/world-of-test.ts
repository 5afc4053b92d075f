import { type Behaviours, Fault } from '../../src/sandbox/behaviour.js';
import { newAccount } from '../../src/sandbox/new-world.js';
import type { AccountWorld, Knobs, Principal, World } from '../../src/sandbox/world.js';

/** A world for tests, and a function that calls one operation in it without the wire protocol. */
export const NOW = new Date('2026-11-24T10:30:00.000Z');
export const OWN = '111122223333';
export const OTHER = '444455556666';

export interface Calling {
  readonly account?: string;
  readonly caller?: Principal;
  readonly now?: Date;
  readonly region?: string;
}

export interface TestWorld {
  readonly world: World;
  readonly own: AccountWorld;
  readonly other: AccountWorld;
  readonly call: (operation: string, input?: object, calling?: Calling) => any;
  /** The fault with which the call fails. Fails the test if the call succeeds. */
  readonly fault: (operation: string, input?: object, calling?: Calling) => Fault;
}

/** Two new accounts in no organization. */
export function testWorld(table: Behaviours, knobs: Knobs = {}): TestWorld {
  const own = newAccount({ id: OWN, name: 'Own', email: 'own@example.com', now: NOW });
  const other = newAccount({ id: OTHER, name: 'Other', email: 'Other@example.com', now: NOW });
  const accounts = { [OWN]: own, [OTHER]: other };
  const world: World = { version: 1, accounts, organizations: [], handshakes: [], sessions: {}, requests: 0, knobs };
  const random = countingRandom();

  const call = (operation: string, input: object = {}, calling: Calling = {}) => {
    const { caller = { kind: 'root' }, now = NOW, region = 'us-east-1' } = calling;
    const account = world.accounts[calling.account ?? OWN];
    const behaviour = table[operation];
    if (behaviour === undefined || account === undefined) throw new Error(`no ${operation}, or no account ${calling.account}`);
    return behaviour(input, { world, account, caller, accessKeyId: 'ASIATEST', region, now, random });
  };
  const fault = (operation: string, input?: object, calling?: Calling) => {
    try {
      call(operation, input, calling);
    } catch (error) {
      if (error instanceof Fault) return error;
      throw error;
    }
    throw new Error(`${operation} succeeded`);
  };
  return { world, own, other, call, fault };
}

/** Never returns the same value twice, but the same values in every run. */
function countingRandom(): (length: number, alphabet: string) => string {
  let state = 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state;
  };
  return (length, alphabet) => Array.from({ length }, () => alphabet[next() % alphabet.length]).join('');
}

/** Days after the start of the test. */
export const inDays = (days: number): Date => new Date(NOW.getTime() + days * 24 * 3600 * 1000);
