import {
  Composer,
  CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  stringify,
  visit,
  type YAMLError,
} from 'yaml';
import type { Path } from './problem.js';

/** YAML 1.2 with its plain types, whatever a file asks for: in YAML 1.1, `no` is not text. The bundle has no others. */
export const yamlForm = { schema: 'core', resolveKnownTags: false } as const;

/** A value as YAML on one line. */
export const flowYaml = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();

export interface Position {
  /** Both count from 1; columns in UTF-16 units, as editors do. */
  readonly line: number;
  readonly column: number;
}

export interface SourceProblem extends Position {
  readonly path: Path;
  readonly message: string;
}

/** A YAML text as plain data with positions. */
export interface Source {
  readonly value: unknown;
  readonly positionOf: (path: Path, at: 'value' | 'key') => Position;
  /** The source text of the scalar at a path. */
  readonly textOf: (path: Path) => string | undefined;
  /** Problems of the YAML itself. */
  readonly problems: readonly SourceProblem[];
  /** False when the text could not be parsed, so that checking the data makes no sense. */
  readonly readable: boolean;
}

export const readSource = (text: string): Source => parse(text.replace(/^\uFEFF/, ''));

/** Deeper than any config. The library reads what is inside of a value by recursion, so deeper texts could exhaust the stack. */
const maxDepth = 100;
/** The most YAML problems that are reported; later ones usually follow from the first. */
const maxProblems = 10;
/** The most values that aliases may add. A list of a thousand accounts with a shared budget adds about as many. */
const maxExpanded = 50_000;
/** Limited, because the library searches all anchors for each alias. */
const maxAliases = 1_000;

const parse = (text: string): Source => {
  const lines = linesOf(text);
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const found = firstDocuments(text);
  if (typeof found === 'number') return broken([{ ...at(found), path: [], message: 'is nested too deeply to be read' }]);
  const [document, second] = found;
  if (document === undefined) return { ...broken([]), value: {}, readable: true };
  const syntax = firstOfEachLine(
    [...document.errors, ...document.warnings].map((error) => ({ ...at(error.pos[0]), path: [], message: syntaxText(error) })),
  );
  if (second) syntax.push({ ...at(second.range[0]), path: [], message: 'a second document begins here; a config is one document' });
  if (syntax.length > 0) return broken(syntax);
  const { unusable, duplicates } = survey(document);
  const problems = duplicates.map((offset) => ({
    ...at(offset),
    path: pathOfKey(document, offset),
    message: 'is written twice; keep one',
  }));
  if (unusable.length > 0) {
    const nodes = unusable.slice(0, maxProblems).map(({ offset, message }) => ({ ...at(offset), path: [], message }));
    return broken([...problems, ...nodes]);
  }
  return {
    value: (document.toJS({ maxAliasCount: -1 }) as unknown) ?? {},
    problems,
    readable: true,
    positionOf: (path, where) => {
      const offset = offsetOf(document, path, where);
      return offset === undefined ? { line: 1, column: 1 } : at(offset);
    },
    textOf: (path) => {
      const node = nodeAt(document, path);
      return isScalar(node) ? node.source : undefined;
    },
  };
};

/** All lines. The parser would add only those that it has read, which ends at the second document. */
const linesOf = (text: string): LineCounter => {
  const lines = new LineCounter();
  for (let start = 0; start !== 0 || lines.lineStarts.length === 0; start = text.indexOf('\n', start) + 1) lines.addNewLine(start);
  return lines;
};

/** The first document, and the second one if there is one, or the offset of what is nested too deeply. The rest is not read. */
const firstDocuments = (text: string): readonly Document.Parsed[] | number => {
  // The library compares every key with every other key; `survey` finds duplicates faster.
  const composer = new Composer({ ...yamlForm, prettyErrors: false, merge: true, uniqueKeys: false, logLevel: 'silent' });
  const found: Document.Parsed[] = [];
  let deep: number | undefined;
  const tokens = function* (): Generator<CST.Token> {
    for (const token of new Parser().parse(text)) {
      deep = tooDeepAt(token);
      if (deep !== undefined) return;
      yield token;
    }
  };
  for (const document of composer.compose(tokens())) {
    found.push(document);
    if (found.length === 2) break;
  }
  return deep ?? found;
};

const tooDeepAt = (token: CST.Token): number | undefined => {
  if (token.type !== 'document') return undefined;
  let offset: number | undefined;
  CST.visit(token, ({ start, key, value }, path) => {
    if (path.length <= maxDepth) return undefined;
    offset = (start[0] ?? key ?? value)?.offset;
    return CST.visit.BREAK;
  });
  return offset;
};

const broken = (problems: readonly SourceProblem[]): Source => ({
  value: undefined,
  problems,
  readable: false,
  positionOf: () => ({ line: 1, column: 1 }),
  textOf: () => undefined,
});

/** One error causes further ones in the same line; the first is the useful one. */
const firstOfEachLine = (problems: readonly SourceProblem[]): SourceProblem[] => {
  const seen = new Set<number>();
  return problems.filter(({ line }) => !seen.has(line) && seen.add(line)).slice(0, maxProblems);
};

const syntaxText = (error: YAMLError): string => {
  if (error.code === 'TAB_AS_INDENT') return 'is indented with a tab; YAML needs spaces';
  return `is not valid YAML: ${error.message}`;
};

interface Survey {
  /** Nodes that parse but cannot be part of a config. */
  readonly unusable: readonly { readonly offset: number; readonly message: string }[];
  /** Offsets of duplicate keys. */
  readonly duplicates: readonly number[];
}

/**
 * The checks before a document is converted to data, in one pass: keys that are not plain words, duplicate keys, and aliases. Aliases and
 * merge keys multiply the data or the work to create it, so their total is limited.
 */
const survey = (document: Document.Parsed): Survey => {
  const unusable: { offset: number; message: string }[] = [];
  const duplicates: number[] = [];
  const anchors = new Map<string, Node>();
  /** Number of values below a node with an anchor, including its aliases; absent while it is counted. */
  const sizes = new Map<Node, number>();
  let aliases = 0;
  let expanded = 0;
  const refuse = (node: unknown, message: string): 0 => {
    unusable.push({ offset: start(node) ?? 0, message });
    return 0;
  };

  const sizeOf = (node: unknown): number => {
    if (!isNode(node)) return 1;
    if (isAlias(node)) {
      aliases += 1;
      const target = anchors.get(node.source);
      if (target === undefined) return refuse(node, `there is no anchor &${node.source} above`);
      const size = sizes.get(target);
      if (size === undefined) return refuse(node, `has an anchor that contains itself (&${node.source})`);
      expanded += size;
      return size;
    }
    const { anchor } = node as { readonly anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, node);
    const size =
      1 + (isMap(node) ? sizeOfMap(node.items) : isSeq(node) ? node.items.reduce<number>((sum, item) => sum + sizeOf(item), 0) : 0);
    if (anchor !== undefined) sizes.set(node, size);
    return size;
  };
  const sizeOfMap = (pairs: readonly Pair[]): number => {
    const keys = new Set<unknown>();
    let size = 0;
    for (const pair of pairs) {
      const { key, value } = pair;
      if (key !== null && !isScalar(key)) refuse(key, 'is a key that is not a plain word');
      const word = isScalar(key) ? key.value : key;
      if (keys.has(word) && duplicates.length < maxProblems) duplicates.push(start(key) ?? 0);
      keys.add(word);
      if (isMergeKey(pair) && !isMergeable(value, anchors)) refuse(value ?? key, 'is merged (<<), but is not a section with keys');
      size += 1 + sizeOf(value);
    }
    return size;
  };

  sizeOf(document.contents);
  if (aliases > maxAliases || expanded > maxExpanded) {
    const message = aliases > maxAliases ? `has more than ${maxAliases} aliases` : 'has aliases that multiply to too much data';
    unusable.push({ offset: 0, message });
  }
  return { unusable, duplicates };
};

/** Whether a merge key accepts the value: a mapping, or a list of mappings. */
const isMergeable = (value: unknown, anchors: ReadonlyMap<string, Node>): boolean => {
  const named = (node: unknown): unknown => (isAlias(node) ? anchors.get(node.source) : node);
  const node = named(value);
  if (node === undefined) return true;
  return isMap(node) || (isSeq(node) && node.items.every((item) => isMap(named(item)) || (isAlias(item) && !anchors.has(item.source))));
};

interface Found {
  readonly node: unknown;
  readonly key: unknown;
}

/** The node at a path, through aliases and merge keys; undefined when the path does not exist. */
const find = (document: Document.Parsed, path: Path): Found | undefined =>
  path.reduce<Found | undefined>((above, part) => above && child(document, above.node, part), { node: document.contents, key: undefined });

const child = (document: Document.Parsed, parent: unknown, part: PropertyKey): Found | undefined => {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return item === undefined ? undefined : { node: item, key: item };
  }
  if (!isMap(node)) return undefined;
  const own = node.items.findLast((pair) => keyText(pair) === String(part));
  if (own) return { node: own.value, key: own.key };
  return node.items
    .filter(isMergeKey)
    .map((pair) => merged(document, pair.value, part))
    .find((found) => found !== undefined);
};

const merged = (document: Document.Parsed, value: unknown, part: PropertyKey): Found | undefined => {
  const node = isAlias(value) ? value.resolve(document) : value;
  if (isSeq(node)) return node.items.map((item) => child(document, item, part)).find((found) => found !== undefined);
  return child(document, node, part);
};

const keyText = (pair: Pair): string => {
  // A key that is not a scalar has no text, and converting it could fail.
  const value = isScalar(pair.key) ? pair.key.value : null;
  if (typeof value === 'symbol') return value.description ?? '';
  return value === null ? '' : String(value);
};

const isMergeKey = (pair: Pair): boolean => keyText(pair) === '<<';

/** The offset of a node in the text. */
const start = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];

/** The node of a value; an alias is not resolved. */
const nodeAt = (document: Document.Parsed, path: Path): unknown => find(document, path)?.node;

/** A missing or empty value has no position: the position of the key above it is used. */
const offsetOf = (document: Document.Parsed, path: Path, at: 'value' | 'key'): number | undefined => {
  const found = find(document, path);
  if (found === undefined) return path.length > 1 ? offsetOf(document, path.slice(0, -1), 'key') : undefined;
  const empty = found.node === null || (isScalar(found.node) && found.node.value === null);
  return (at === 'key' || empty ? start(found.key) : undefined) ?? start(found.node) ?? start(found.key);
};

/** The path of the key at an offset. */
const pathOfKey = (document: Document.Parsed, offset: number): Path => {
  let path: PropertyKey[] = [];
  visit(document, {
    Pair: (_, pair, above) => {
      if (start(pair.key) !== offset) return undefined;
      const chain = [...above, pair];
      path = chain.flatMap((node, index): PropertyKey[] => {
        if (isPair(node)) return [keyText(node)];
        return isSeq(node) ? [node.items.indexOf(chain[index + 1])] : [];
      });
      return visit.BREAK;
    },
  });
  return path;
};
