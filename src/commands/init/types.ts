import type { DestinationFlags } from '../../config/destination.js';
import type { Override } from '../../config/override.js';
import type { SelectionFlags } from '../../config/resolve.js';

/** The flags of `bootstrap init`. */
export interface InitFlags extends SelectionFlags, DestinationFlags {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly detailedExitcode: boolean;
  /** Flags of the steps for choices that the config cannot make. */
  readonly switches: readonly string[];
  readonly overrides: readonly Override[];
  /** File to save the plan to. Nothing is changed then. */
  readonly savePlan?: string;
  readonly fromPlan?: string;
  /** Whether to lead the user through the manual steps at the terminal. */
  readonly tour: boolean;
  /** Config file to save the answers to. If absent, the user is asked. */
  readonly saveConfig?: string;
}

/** The run as the new administrator that can follow a run as root, at the same terminal. */
export interface FollowingRun {
  readonly user: { readonly name: string; readonly profile: string };
  /** The account of the first run. The second one stops if it is signed in to another. */
  readonly accountId: string;
  /** The first run's flags with its answers, so that the second one does not ask again. */
  readonly flags: InitFlags;
  /** The config of the second run; undefined for the default. */
  readonly config: string | undefined;
  /** How root's session ends: the last thing to do. */
  readonly endRootSession: string;
}
