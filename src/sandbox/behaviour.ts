import type { AccountWorld, Principal, World } from './world.js';

/** The context of a behaviour. Clock and randomness are passed in, so that tests can control them. */
export interface Scene {
  readonly world: World;
  readonly account: AccountWorld;
  readonly caller: Principal;
  /** The key that signed the request. */
  readonly accessKeyId: string;
  readonly region: string;
  readonly now: Date;
  /** `length` random characters of `alphabet`. */
  readonly random: (length: number, alphabet: string) => string;
}

/**
 * One AWS operation: takes the input in the SDK's types (dates as Date, blobs as Uint8Array), changes the world, and
 * returns the output in the SDK's types or throws a Fault.
 */
export type Behaviour = (input: any, scene: Scene) => Record<string, unknown>;

/** Operation name -> behaviour, for one service. */
export type Behaviours = Readonly<Record<string, Behaviour>>;

/** An error as AWS would return it. `code` is the wire code (IAM: `NoSuchEntity`; JSON services: the shape's name). */
export class Fault extends Error {
  readonly code: string;
  readonly status: number;
  /** Other members of the error's shape, e.g. `{Reason: 'ACCOUNT_NUMBER_LIMIT_EXCEEDED'}`. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, status: number, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
