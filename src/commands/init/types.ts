import type { DestinationFlags } from '../../config/destination.js';
import type { Override } from '../../config/override.js';

/** What the command line says about a run of `init`. */
export interface InitFlags extends DestinationFlags {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly detailedExitcode: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly replaceAlias: boolean;
  readonly replaceProfile: boolean;
  readonly overrides: readonly Override[];
  /** Where the plan goes; nothing is changed then. */
  readonly savePlan?: string;
  readonly fromPlan?: string;
  /** Whether a person at the terminal is led through what only they can do. */
  readonly tour: boolean;
  /** Where the answers go as a config; asked for when absent. */
  readonly saveConfig?: string;
}

/** The run as the new administrator that can follow a run as root, in the same sitting. */
export interface FollowingRun {
  readonly user: { readonly name: string; readonly profile: string };
  /** The account of the first run. The second one stops if it is signed in to another. */
  readonly accountId: string;
  /** The first run's flags with its answers, so that the second one does not ask again. */
  readonly flags: InitFlags;
  /** The config of the second run; undefined for the default. */
  readonly config: string | undefined;
  /** How root's session ends: the last thing to do. */
  readonly leave: string;
}
