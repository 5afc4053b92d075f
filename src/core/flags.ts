/**
 * A flag of `init` that belongs to one step. Plain data in a separate file, so that `--help` does not load the steps.
 * With a `path`, it sets that place of the step's section. Without one, it is a switch: a choice that the config cannot make.
 */
export interface StepFlag {
  readonly flag: `--${string}`;
  /** For help. */
  readonly text: string;
  /** `name`; `subscribers.0` for the first of a list. */
  readonly path?: string;
  /** Name of the flag's value in help: `name` for `--alias <name>`. */
  readonly value?: string;
  /** What a flag without a value sets. */
  readonly sets?: string;
}

/** The flags of one step. */
export interface StepFlags {
  readonly step: string;
  readonly flags: readonly StepFlag[];
}

/** Options as commander names them: `--admin-user <name>` becomes `adminUser?: string`. */
export type OptionsOf<F extends StepFlag> = {
  readonly [One in F as OptionKey<One['flag']>]?: One extends { readonly value: string } ? string : boolean;
};
type OptionKey<Flag extends string> = Flag extends `--${infer Name}` ? Camel<Name> : never;
type Camel<Name extends string> = Name extends `${infer Head}-${infer Rest}` ? `${Head}${Capitalize<Camel<Rest>>}` : Name;

export const optionKey = (flag: string): string => flag.replace(/^--/, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
