import type { DestinationFlags } from '../../config/destination.js';
import type { Override } from '../../config/override.js';

/** What the command line says about a run of `init`. */
export interface InitFlags extends DestinationFlags {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly detailedExitcode: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Flags of the steps for choices that the config cannot make. */
  readonly switches: readonly string[];
  readonly overrides: readonly Override[];
  /** Where the plan goes; nothing is changed then. */
  readonly savePlan?: string;
  readonly fromPlan?: string;
  /** Whether a person at the terminal is led through what only they can do. */
  readonly tour: boolean;
  /** Where the answers go as a config; asked for when absent. */
  readonly saveConfig?: string;
}
