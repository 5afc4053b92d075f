import type { AccountWorld, Principal, World } from './world.js';

/** What a behaviour may use. The clock and randomness come from outside, so that tests decide them. */
export interface Scene {
  readonly world: World;
  readonly account: AccountWorld;
  readonly caller: Principal;
  /** The key that signed the request. */
  readonly accessKeyId: string;
  readonly region: string;
  readonly now: Date;
  /** `length` characters out of `alphabet`. */
  readonly random: (length: number, alphabet: string) => string;
}

/**
 * One AWS operation: takes the input as the SDK's types give it (dates as Date, blobs as Uint8Array), changes the world,
 * returns the output in the SDK's types, or throws a Fault.
 */
export type Behaviour = (input: any, scene: Scene) => Record<string, unknown>;

/** Operation name -> behaviour, for one service. */
export type Behaviours = Readonly<Record<string, Behaviour>>;
