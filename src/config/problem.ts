import type * as z from 'zod/mini';
import { type JsonSchema, keysAt } from './schema.js';
import { closest, didYouMean } from './suggest.js';

export type Path = readonly PropertyKey[];

/** One problem of a value, with its path. */
export interface Problem {
  readonly path: Path;
  /** The end of a sentence that starts with the path: "is missing". */
  readonly message: string;
  /** What to point at: the value or the key. */
  readonly at: 'value' | 'key';
}

/** `budget.alerts[0].at`; other keys than plain words are quoted. */
export const pathText = (path: Path): string =>
  path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const word = String(part);
      return `${index > 0 ? '.' : ''}${/^[\w-]+$/.test(word) ? word : JSON.stringify(word)}`;
    })
    .join('');

/** The most problems that are described. */
const maxProblems = 50;

/**
 * Parses and describes what is invalid: the first problems in full, and how many `more` there are. Describing a problem takes time (a
 * suggestion compares it with every key), and a hostile text can have any number. `knownKeys` is the JSON Schema of the schema. `sourceOf`
 * returns the text of a value as it was written, because YAML may change it: an account id without quotes loses its leading zero.
 */
export const parseWith = <T>(
  schema: z.ZodMiniType<T>,
  input: unknown,
  knownKeys: () => JsonSchema,
  sourceOf: (path: Path) => string | undefined = () => undefined,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[]; readonly more: number } => {
  const result = schema.safeParse(input, { error: issueText });
  if (result.success) return { ok: true, value: result.data };
  const known = knownKeys();
  const all = result.error.issues
    .flatMap((issue) => flatten(issue, []))
    // zod also compares the length of a text with the limit of a list.
    .filter((issue, at, issues) => {
      const before = issues[at - 1];
      return !(isLength(issue) && before?.code === 'invalid_type' && pathText(issue.path) === pathText(before.path));
    })
    .flatMap((issue): readonly (() => Problem)[] => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => () => ({ path: [...issue.path, key], message: unknownKey(key, issue.path, known), at: 'key' }));
      return [
        () => {
          const source = issue.message === mustBeText ? sourceOf(issue.path) : undefined;
          const message = source === undefined ? issue.message : `must be in quotes: ${JSON.stringify(source)}`;
          return { path: issue.path, message, at: 'value' };
        },
      ];
    });
  const problems = all.slice(0, maxProblems).map((describe) => describe());
  return { ok: false, problems, more: all.length - problems.length };
};

const unknownKey = (key: string, path: Path, known: JsonSchema): string => {
  const siblings = keysAt(known, path);
  if (closest(key, siblings) === undefined && path.length === 0) {
    const sections = siblings.filter((section) => keysAt(known, [section]).includes(key));
    if (sections.length === 1) return `is not a known key here; it belongs under ${sections[0]}`;
  }
  return `is not a known key${didYouMean(key, siblings)}`;
};

type Issue = z.core.$ZodIssue;

/** The issues of nested schemas, with full paths. For a union, only those of the branch that has the type of the value. */
const flatten = (issue: Issue, above: Path): readonly Issue[] => {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    const [branch] = issue.errors.filter((issues) => !issues.some(isOtherKind));
    if (branch) return branch.flatMap((inner) => flatten(inner, path));
  }
  if (issue.code === 'invalid_key') return issue.issues.flatMap((inner) => flatten(inner, path));
  return [{ ...issue, path }];
};

const isLength = ({ code }: Issue): boolean => code.startsWith('too_');

/** Whether the whole branch failed: the value has another type, so the issues of this branch do not help. */
const isOtherKind = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union');

/** The message for a number or boolean instead of text. `parseWith` adds how to write it when it knows the source. */
const mustBeText = 'must be text; put it in quotes';

type RawIssue = z.core.$ZodRawIssue;
type AnyIssue = Pick<RawIssue, 'code'>;

const section = 'a section with keys';

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: section,
  record: section,
  array: 'a list',
};

/** The message for an issue of zod, after the path. undefined for schemas with their own message. */
const issueText = (issue: RawIssue): string | undefined => {
  if (issue.code === 'custom') return undefined;
  if (issue.input === undefined) return 'is missing';
  if (issue.input === null)
    return allowsFalse(issue) ? 'has no value; write {} for the defaults, or false to leave it out' : 'has no value';
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'string' && (typeof issue.input === 'number' || typeof issue.input === 'boolean')) return mustBeText;
      return mustBe(wanted(issue), issue.input);
    case 'invalid_value':
      return mustBe(wanted(issue), issue.input);
    case 'invalid_union':
      return mustBe([...new Set(rootIssues(issue).flatMap(wanted))], issue.input);
    case 'too_small':
      return limit(issue.origin, issue.minimum, issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return limit(issue.origin, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_format':
      return `${JSON.stringify(issue.input)} does not have the right form`;
    default:
      return undefined;
  }
};

/** The allowed values, or the type. */
const wanted = ({ expected, values }: AnyIssue & { readonly expected?: unknown; readonly values?: unknown }): readonly string[] =>
  Array.isArray(values) ? values.map(String) : [kinds[String(expected)] ?? String(expected)];

/** The issues of all branches of a union, including nested unions: they are about the whole value when no branch has its type. */
const rootIssues = (issue: AnyIssue & { readonly errors?: unknown }): readonly z.core.$ZodIssue[] =>
  ((issue.errors ?? []) as readonly (readonly z.core.$ZodIssue[])[])
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_union' ? rootIssues(inner) : isLength(inner) ? [] : [inner]));

const allowsFalse = (issue: RawIssue): boolean => {
  const all = rootIssues(issue).flatMap(wanted);
  return all.includes('false') && all.includes(section);
};

const mustBe = (words: readonly string[], input: unknown): string => {
  const last = words.at(-1) ?? '';
  return `must be ${words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${last}` : last}, not ${describeValue(input)}`;
};

const describeValue = (input: unknown): string => {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'string') return JSON.stringify(input.length > 60 ? `${input.slice(0, 60)}…` : input);
  return typeof input === 'object' ? section : String(input);
};

const limit = (origin: string, bound: number | bigint, words: string): string => {
  if (origin === 'string') return `must have ${words} ${bound} ${bound === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `must have ${words} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  return `must be ${words} ${bound}`;
};
