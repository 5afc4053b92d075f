import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, type Pair, type ParsedNode, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { Destination } from '../core/secret.js';
import type { AnyStep } from '../core/step.js';
import { overlaid, type Override, overridesOf, withValue } from './override.js';
import type { Path } from './problem.js';

export interface Answered {
  readonly accountId: string;
  /** Flags and answers. */
  readonly overrides: readonly Override[];
  readonly destination: Destination | undefined;
  /** The day on which it is written: `2026-11-23`. */
  readonly day: string;
}

/** What was answered, as a first bootstrap.yaml: with it, the same run asks nothing. Steps left for later are not in it. */
export const answersYaml = (steps: readonly AnyStep[], { accountId, overrides, destination, day }: Answered): string => {
  const sections = steps.flatMap((step) => {
    const own = overridesOf(step.id, overrides);
    return own.length === 0 ? [] : [[step.id, overlaid(step, undefined, own)] as const];
  });
  const secrets = destination === undefined ? undefined : secretsOf(destination);
  return [
    `# Answers of \`bootstrap init\` on ${day}. What is not here has its default: \`bootstrap config show\` prints all of it.`,
    'version: 1',
    ...[['account', { id: accountId }] as const, ...sections, ...(secrets === undefined ? [] : [['secrets', secrets] as const])].map(
      ([key, value]) => `\n${stringify({ [key]: value }, { lineWidth: 0 }).trimEnd()}`,
    ),
    '',
  ].join('\n');
};

/** Shown once is no place: the next run asks again. */
const secretsOf = (destination: Destination): object | undefined => {
  switch (destination.kind) {
    case 'file':
      return { file: destination.file };
    case 'command':
      return {
        command: destination.command,
        ...(destination.environment.length === 0 ? {} : { 'command-env': destination.environment }),
      };
    case 'age':
      return { age: destination.recipients };
    case 'terminal':
      return undefined;
  }
};

/**
 * The text of a config with one value set, and every other byte kept: comments, spaces, order, line ends. The library's own writer
 * would lay the file out anew, so the value is spliced in. undefined where the file is written in a way that this cannot be done
 * (an anchor, a text where a mapping has to be): the result is read again, and must say the old plus the value, nothing else.
 */
export const withConfigValue = (text: string, path: Path, value: unknown): string | undefined => {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  const before = plainOf(body);
  if (before === undefined) return undefined;
  const edited = splice(body, path, value);
  if (edited === undefined) return undefined;
  const after = plainOf(edited);
  return after !== undefined && isDeepStrictEqual(after.value, withValue(before.value ?? {}, path, value)) ? mark + edited : undefined;
};

const plainOf = (text: string): { readonly value: unknown } | undefined => {
  const document = parseDocument(text, { logLevel: 'silent' });
  return document.errors.length > 0 ? undefined : { value: document.toJS() as unknown };
};

const splice = (text: string, path: Path, value: unknown): string | undefined => {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const { contents } = parseDocument(text, { logLevel: 'silent' });
  if (contents === null) return `${ended(text, eol)}${lines(path, value, 0, eol)}`;
  if (!isMap(contents)) return undefined;
  let map = contents;
  for (const [depth, key] of path.entries()) {
    const rest = path.slice(depth + 1);
    const pair = map.items.find((one) => isScalar(one.key) && one.key.value === key);
    if (pair === undefined) return depth === 0 ? appended(text, path, value, eol) : inserted(text, map, path.slice(depth), value, eol);
    const held = pair.value;
    if (rest.length === 0 || held === null || (isScalar(held) && held.value === null)) return replaced(text, pair, rest, value, eol);
    if (!isMap(held)) return rest.length === 1 && rest[0] === 0 ? replaced(text, pair, rest, value, eol) : undefined;
    map = held;
  }
  return undefined;
};

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** A section of its own, at the end. */
const appended = (text: string, path: Path, value: unknown, eol: string): string => `${ended(text, eol)}${lines(path, value, 0, eol)}`;

const ended = (text: string, eol: string): string => (text === '' || text.endsWith('\n') ? text : `${text}${eol}`);

/** One more key in a mapping that has some: as its first line, or behind its brace. */
const inserted = (text: string, map: YAMLMap.Parsed, path: Path, value: unknown, eol: string): string | undefined => {
  const [start] = map.range;
  if (text[start] === '{') {
    const more = map.items.length > 0 ? ',' : ' ';
    return `${text.slice(0, start + 1)} ${flowPair(path, value)}${more}${text.slice(start + 1)}`;
  }
  const first = map.items[0]?.key.range?.[0];
  if (first === undefined) return undefined;
  const lineStart = text.lastIndexOf('\n', first - 1) + 1;
  const indent = first - lineStart;
  // Above the comments that belong to the first key.
  const at = startOfComments(text, lineStart);
  return text.slice(0, at) + lines(path, value, indent, eol) + text.slice(at);
};

const startOfComments = (text: string, lineStart: number): number => {
  let at = lineStart;
  for (;;) {
    const above = text.lastIndexOf('\n', at - 2) + 1;
    if (at === 0 || !/^\s*#/.test(text.slice(above, at))) return at;
    at = above;
  }
};

/** Another value at a key that is there; `rest` is what of the path lies inside it. */
const replaced = (text: string, pair: ParsedPair, rest: Path, value: unknown, eol: string): string | undefined => {
  const whole = withValue(undefined, rest, value);
  const { key, value: held } = pair;
  const written = held !== null && (held.range?.[1] ?? 0) > (held.range?.[0] ?? 0);
  if (written && held !== null) return `${text.slice(0, held.range[0])}${flow(whole)}${text.slice(held.range[1])}`;
  const end = key.range?.[1];
  if (end === undefined) return undefined;
  const colon = text.indexOf(':', end);
  if (rest.length === 0) return `${text.slice(0, colon + 1)} ${flow(value)}${text.slice(colon + 1)}`;
  const lineEnd = text.indexOf('\n', colon);
  const at = lineEnd < 0 ? text.length : lineEnd + 1;
  const indent = (key.range?.[0] ?? 0) - (text.lastIndexOf('\n', (key.range?.[0] ?? 0) - 1) + 1);
  return ended(text.slice(0, at), eol) + lines(rest, value, indent + 2, eol) + text.slice(at);
};

/** A path and its value as lines of a block. */
const lines = (path: Path, value: unknown, indent: number, eol: string): string => {
  const keys = path.filter((part) => typeof part === 'string');
  const whole = withValue(undefined, path.slice(keys.length), value);
  return keys
    .map((key, depth) => `${' '.repeat(indent + 2 * depth)}${key}:${depth < keys.length - 1 ? '' : ` ${flow(whole)}`}${eol}`)
    .join('');
};

const flowPair = ([key, ...rest]: Path, value: unknown): string => `${String(key)}: ${flow(withValue(undefined, rest, value))}`;

const flow = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
