/** What a shell needs to complete a command. The scripts contain all of it: completion starts no process. */
export interface Completable {
  /** Empty for the program itself; `['config', 'new']`. */
  readonly path: readonly string[];
  readonly about: string;
  readonly flags: readonly CompletableFlag[];
  readonly argument: Values;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
}
export interface CompletableFlag {
  /** `--output`, and a short form such as `-y` if there is one. */
  readonly names: readonly string[];
  readonly about: string;
  /** undefined: takes no value. */
  readonly value: Values | undefined;
}
/** Possible values: one of some words (or several, separated by commas), a file, or free text. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly list: boolean }
  | { readonly kind: 'file' }
  | { readonly kind: 'free' };

/** The names under which the tool is installed. */
export const names = ['bootstrap', 'aws-account-bootstrap'] as const;

/** Text for a script: one line, in single quotes. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
