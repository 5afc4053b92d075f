import { BootstrapError } from '../core/errors.js';
import type { AnyStep } from '../core/step.js';
import { plain } from '../core/text.js';
import { configJsonSchema } from './json-schema.js';
import { parseWith, pathText } from './problem.js';
import { type Config, configSchema } from './schema.js';
import { type Position, readSource } from './source.js';

/** One problem of a config file. */
export interface FileProblem extends Position {
  /** Empty when the YAML itself is invalid. */
  readonly path: string;
  readonly message: string;
}

export interface ConfigText {
  readonly text: string;
  /** Name of the file in messages. */
  readonly file: string;
  readonly steps: readonly AnyStep[];
}

/** The problems of the text, in the order of the file, with the number of further problems; the config when there are none. */
export const examineConfig = ({
  text,
  file,
  steps,
}: ConfigText):
  | { readonly config: Config; readonly problems: readonly []; readonly more: 0 }
  | { readonly problems: readonly FileProblem[]; readonly more: number } => {
  const source = readSource(text);
  const fromYaml = source.problems.map((problem) => ({ ...problem, path: pathText(problem.path) }));
  if (!source.readable) return { problems: inOrder(fromYaml), more: 0 };
  const parsed = parseWith(configSchema(steps), source.value, () => configJsonSchema(steps), source.textOf);
  const fromSchema = parsed.ok
    ? []
    : parsed.problems.map(({ path, message, at }) => ({ ...source.positionOf(path, at), path: pathText(path), message }));
  if (!parsed.ok || fromYaml.length > 0) return { problems: inOrder([...fromYaml, ...fromSchema]), more: parsed.ok ? 0 : parsed.more };

  const raw = source.value as Readonly<Record<string, unknown>>;
  const { account, secrets, waivers } = parsed.value;
  return {
    problems: [],
    more: 0,
    config: {
      file,
      ...(account ? { account } : {}),
      ...(secrets ? { secrets, secretsLine: source.positionOf(['secrets', secretsKey(secrets)], 'key').line } : {}),
      sections: Object.fromEntries(steps.filter((step) => Object.hasOwn(raw, step.id)).map((step) => [step.id, raw[step.id]])),
      waivers: waivers ?? [],
      warnings: [],
    },
  };
};

/** Throws E-CONFIG with all problems in one message. */
export const loadConfig = (input: ConfigText): { readonly config: Config } => {
  const result = examineConfig(input);
  if ('config' in result) return { config: result.config };
  throw new BootstrapError({
    code: 'E-CONFIG',
    message: problemsText(input.file, result.problems, result.more),
    next: `Correct ${input.file} and run the command again; \`bootstrap config validate\` checks it without calling AWS.`,
  });
};

/** One problem on each line. Text from the file is escaped here, because the message has line breaks. */
const problemsText = (file: string, problems: readonly FileProblem[], more: number): string => {
  const count = problems.length + more;
  return [`${file} has ${count} ${count === 1 ? 'problem' : 'problems'}`, ...problemLines(file, problems, more)].join('\n');
};

/** `bootstrap.yaml:3:1  budget.limt: is not a known key`. */
export const problemLines = (file: string, problems: readonly FileProblem[], more: number): readonly string[] => [
  ...problems.map(({ line, column, path, message }) => plain(`${file}:${line}:${column}  ${path === '' ? '' : `${path}: `}${message}`)),
  ...(more === 0 ? [] : [`and ${more} more`]),
];

/** The key of the destination; a config has only one. */
const secretsKey = (secrets: NonNullable<Config['secrets']>): string =>
  (['file', 'command', 'age'] as const).find((key) => secrets[key] !== undefined) ?? 'file';

const inOrder = (problems: readonly FileProblem[]): readonly FileProblem[] =>
  problems
    .map(({ line, column, path, message }) => ({ line, column, path, message }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
