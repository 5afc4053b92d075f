import type { FindingSpec } from '../core/finding.js';
import type { RunReport } from '../core/report.js';
import type { Words } from './words.js';

/** What the formats for files and other programs need beside the report. */
export interface ReportExtras {
  readonly words: Words;
  /** Every check there is, in the order of the registry, whether or not it has a result. */
  readonly catalogue: readonly FindingSpec[];
  /** The config file as it was named; `bootstrap.yaml` when absent. */
  readonly configFile?: string;
  /** Line (from 1) of the config file that says what a check expects: of the key that bears its name, else of its section. */
  readonly lineOf?: (check: string) => number | undefined;
  /** SARIF: also results that ask nothing of anybody. Only for viewers that heed `kind`; GitHub makes an alert of each. */
  readonly everything?: boolean;
}

/** Pure. The whole document, ending in a line break. */
export type Render = (report: RunReport, extras: ReportExtras) => string;
