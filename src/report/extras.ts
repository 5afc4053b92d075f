import type { FindingSpec } from '../core/finding.js';
import type { RunReport } from '../core/report.js';
import type { RenderContext } from './words.js';

/** What the machine-readable formats need in addition to the report. */
export interface ReportExtras {
  readonly words: RenderContext;
  /** Every known check, in registry order, whether or not it has a result. */
  readonly catalogue: readonly FindingSpec[];
  /** The config file as the user named it. Default: `bootstrap.yaml`. */
  readonly configFile?: string;
  /** The line (from 1) of the config file that sets what a check expects: the key of the same name, else its section. */
  readonly lineOf?: (check: string) => number | undefined;
  /** SARIF: include results that need no action. Only for viewers that respect `kind`; GitHub creates an alert for each. */
  readonly everything?: boolean;
}

/** Pure. The whole document, ending in a line break. */
export type Render = (report: RunReport, extras: ReportExtras) => string;
