/** What `bootstrap explain` says of one thing beyond what the catalogues know already. Plain text; backticks mark what is typed. */
export interface Explanation {
  readonly means: readonly string[];
  readonly matters?: string;
  readonly fix?: Fix;
  /** Where Prowler's check of the same thing comes to another answer, and why. */
  readonly differs?: string;
  /** Pages of AWS and others that this rests on. */
  readonly sources?: readonly string[];
}

export interface Fix {
  /** Said before the ways, or in place of them. */
  readonly first?: string;
  /** With this tool. */
  readonly tool?: FixSteps;
  readonly console?: { readonly clicks: string; readonly url: string };
  readonly cli?: FixSteps;
}

/** `commands` are to be copied: each is kept as it is, line breaks included. */
export interface FixSteps {
  readonly text?: string;
  readonly commands?: readonly string[];
}

export type PageKind = 'step' | 'finding' | 'error' | 'exit';

/** One page, with the facts of the catalogues: severity, exit code, references. */
export interface Page extends Explanation {
  /** As it is typed: `mfa`, `mfa.root`, `E-ALIAS-TAKEN`, `3`. */
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
