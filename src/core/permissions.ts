import type { Operation } from './cloud.js';

/** What determines, with the section of a step, which actions the step needs and on which resources. */
export interface PermissionContext {
  readonly command: 'check' | 'init';
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
  /** undefined: not known; the policy is then for any account. */
  readonly accountId: string | undefined;
  /** User name of the administrator from the config, even if the run leaves out the step of the administrator. undefined: not known. */
  readonly administrator: string | undefined;
}

/** Operations that a step may send, and on which resources. aws/operations.ts has the IAM action of each operation. */
export interface Grant {
  readonly on: Scope;
  readonly operations: readonly Operation[];
  /** Additional actions that AWS requires, for which this tool sends no operation. */
  readonly also?: readonly string[];
}

/** The resources and conditions of an allowed action. */
export interface Scope {
  /** The id of the statement begins with it. */
  readonly name: string;
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}
