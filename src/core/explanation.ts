/** The text of a page of `bootstrap explain`, beyond the facts of the catalogue. Plain text; backticks mark commands and values. */
export interface Explanation {
  readonly means: readonly string[];
  readonly matters?: string;
  readonly fix?: Fix;
  /** How the result of Prowler's check differs, and why. */
  readonly differs?: string;
  /** Pages of AWS and others that support the statements. */
  readonly sources?: readonly string[];
}

export interface Fix {
  /** Printed before the ways to fix it, or instead of them. */
  readonly first?: string;
  /** With this tool. */
  readonly tool?: FixSteps;
  readonly console?: { readonly clicks: string; readonly url: string };
  readonly cli?: FixSteps;
}

/** `commands` are for copying: each is printed unchanged, with its line breaks. */
export interface FixSteps {
  readonly text?: string;
  readonly commands?: readonly string[];
}

export type PageKind = 'step' | 'finding' | 'error' | 'exit';

/** One page, with the facts of the catalogue: severity, exit code, references. */
export interface Page extends Explanation {
  /** As the user types it: `mfa`, `mfa.root`, `E-ALIAS-TAKEN`, `3`. */
  readonly id: string;
  readonly kind: PageKind;
  readonly title: string;
  readonly facts: readonly string[];
  readonly references: readonly string[];
}

/** The texts of one step, loaded when they are asked for. */
export interface StepPages {
  /** What the step is for. */
  readonly step: Explanation;
  /** By id of the finding. */
  readonly findings: Readonly<Record<string, Explanation>>;
}
