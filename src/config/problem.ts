import type * as z from 'zod';
import { inputSchema, keysAt } from './json-schema.js';
import { closest, didYouMean } from './suggest.js';
import { issueText, mustBeText } from './issue-text.js';

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
