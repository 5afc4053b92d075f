import type * as z from 'zod';

/** Said of a number or boolean where text is wanted; the caller adds how to write it when it knows the source. */
export const mustBeText = 'must be text; put it in quotes';

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
export const issueText = (issue: RawIssue): string | undefined => {
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
