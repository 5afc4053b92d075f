import type { Operation } from './cloud.js';

/** What decides, beside a step's own section, which actions the step needs and on what. */
export interface PermissionContext {
  readonly command: 'check' | 'init';
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
  /** undefined: not known, and then any account's. */
  readonly accountId: string | undefined;
  /** User name of the administrator by the config, also when the administrator's own step does not run; undefined: not known. */
  readonly administrator: string | undefined;
}

/** Operations that a step may send, and on what. Each is allowed by the IAM action beside it in aws/operations.ts. */
export interface Grant {
  readonly on: Scope;
  readonly operations: readonly Operation[];
  /** Actions that AWS wants besides, which are no operations sent by this tool. */
  readonly also?: readonly string[];
}

/** On what an action is allowed, and when. */
export interface Scope {
  /** Begins the id of the statement. */
  readonly name: string;
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}
