import type * as z from 'zod';
import { inputSchema, keysAt } from './schema.js';
import { closest, didYouMean } from './suggest.js';

export type Path = readonly PropertyKey[];

/** One thing that is wrong with a value, and where. */
export interface Problem {
  readonly path: Path;
  /** Reads on after the path: "is missing". */
  readonly message: string;
  /** What a person has to look at: the value, or the key itself. */
  readonly at: 'value' | 'key';
}

/** `budget.alerts[0].at`; keys that are not plain words stand in quotes. */
export const pathText = (path: Path): string =>
  path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const word = String(part);
      return `${index > 0 ? '.' : ''}${/^[\w-]+$/.test(word) ? word : JSON.stringify(word)}`;
    })
    .join('');

/** Problems that are described; who has more of them starts with these. */
const mostProblems = 50;

/**
 * Parses and reports what is wrong, in words for people: the first problems in full, and how many `more` there are. Describing one takes
 * time (a suggestion compares it with every key), and a hostile text has as many as it likes. `sourceOf` gives the text as it was written for a value whose
 * meaning YAML changed: an account id without quotes loses its leading zero.
 */
export const parseWith = <T>(
  schema: z.ZodType<T>,
  input: unknown,
  sourceOf: (path: Path) => string | undefined = () => undefined,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[]; readonly more: number } => {
  const result = schema.safeParse(input, { error: issueText });
  if (result.success) return { ok: true, value: result.data };
  const known = inputSchema(schema);
  const all = result.error.issues
    .flatMap((issue) => flatten(issue, []))
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
  const problems = all.slice(0, mostProblems).map((describe) => describe());
  return { ok: false, problems, more: all.length - problems.length };
};

const unknownKey = (key: string, path: Path, known: Parameters<typeof keysAt>[0]): string => {
  const siblings = keysAt(known, path);
  if (closest(key, siblings) === undefined && path.length === 0) {
    const homes = siblings.filter((section) => keysAt(known, [section]).includes(key));
    if (homes.length === 1) return `is not a known key here; it belongs under ${homes[0]}`;
  }
  return `is not a known key${didYouMean(key, siblings)}`;
};

type Issue = z.core.$ZodIssue;

/** Issues of nested schemas, with whole paths. Of a union, those of the branch that the value was meant for. */
const flatten = (issue: Issue, above: Path): readonly Issue[] => {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.filter((branch) => branch.length > 0 && !branch.some(isOtherKind));
    const [branch] = meant;
    if (branch) return branch.flatMap((inner) => flatten(inner, path));
  }
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') return issue.issues.flatMap((inner) => flatten(inner, path));
  return [{ ...issue, path }];
};

/** The branch failed as a whole: the value is of another kind, so its issues mean nothing to the reader. */
const isOtherKind = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union');

/** Said of a number or boolean where text is wanted; the caller adds how to write it when it knows the source. */
const mustBeText = 'must be text; put it in quotes';

type RawIssue = z.core.$ZodRawIssue;

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

/** The words for an issue of zod, to be read after the path. Schemas that carry words of their own keep them. */
const issueText = (issue: RawIssue): string | undefined => {
  if (issue.code === 'unrecognized_keys' || issue.code === 'custom') return undefined;
  if (issue.input === undefined) return 'is missing';
  if (issue.input === null)
    return allowsFalse(issue) ? 'has no value; write {} for the defaults, or false to leave it out' : 'has no value';
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'string' && (typeof issue.input === 'number' || typeof issue.input === 'boolean')) return mustBeText;
      return mustBe(wanted(issue), issue.input);
    case 'invalid_value':
      return mustBe(wanted(issue), issue.input);
    case 'invalid_union': {
      const all = [...new Set(rootIssues(issue).flatMap(wanted))];
      return all.length > 0 ? mustBe(all, issue.input) : undefined;
    }
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

const wanted = (issue: Pick<RawIssue, 'code'> & { readonly expected?: unknown; readonly values?: unknown }): readonly string[] => {
  if (issue.code === 'invalid_value' && Array.isArray(issue.values)) return issue.values.map(String);
  return issue.code === 'invalid_type' ? [kinds[String(issue.expected)] ?? String(issue.expected)] : [];
};

/** The issues with which the branches of a union refuse the value as a whole, nested unions included. */
const rootIssues = (issue: { readonly errors?: unknown }): readonly z.core.$ZodIssue[] =>
  ((issue.errors ?? []) as readonly (readonly z.core.$ZodIssue[])[])
    .flat()
    .filter((inner) => inner.path.length === 0)
    .flatMap((inner) => (inner.code === 'invalid_union' ? rootIssues(inner) : [inner]));

const allowsFalse = (issue: RawIssue): boolean => {
  const all = issue.code === 'invalid_union' ? rootIssues(issue).flatMap(wanted) : [];
  return all.includes('false') && all.includes('a mapping');
};

const mustBe = (words: readonly string[], input: unknown): string => {
  const last = words.at(-1) ?? '';
  return `must be ${words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${last}` : last}, not ${shown(input)}`;
};

const shown = (input: unknown): string => {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'string') return JSON.stringify(input.length > 60 ? `${input.slice(0, 60)}…` : input);
  return typeof input === 'object' ? 'a mapping' : String(input);
};

const limit = (origin: string, bound: number | bigint, words: string): string => {
  if (origin === 'string') return `must have ${words} ${bound} ${bound === 1 ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set') return `must have ${words} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  return `must be ${words} ${bound}`;
};
