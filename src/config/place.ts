import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, visit } from 'yaml';
import type { Path } from './problem.js';

interface Found {
  readonly node: unknown;
  readonly key: unknown;
}

/** The node at a path, looking through aliases and merge keys; undefined when nothing is there. */
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
  // A key that is no word has no text; writing it out could fail.
  const value = isScalar(pair.key) ? pair.key.value : null;
  if (typeof value === 'symbol') return value.description ?? '';
  return value === null ? '' : String(value);
};

export const isMergeKey = (pair: Pair): boolean => keyText(pair) === '<<';

/** Where a node begins, as an offset into the text. */
export const start = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];

/** The node of a value as it stands in the text; an alias stays one. */
export const nodeAt = (document: Document.Parsed, path: Path): unknown => find(document, path)?.node;

/** A value that is missing or empty has no place of its own: the key above it is what a person has to look at. */
export const offsetOf = (document: Document.Parsed, path: Path, at: 'value' | 'key'): number | undefined => {
  const found = find(document, path);
  if (found === undefined) return path.length > 1 ? offsetOf(document, path.slice(0, -1), 'key') : undefined;
  const empty = found.node === null || (isScalar(found.node) && found.node.value === null);
  return (at === 'key' || empty ? start(found.key) : undefined) ?? start(found.node) ?? start(found.key);
};

/** The path of the key that begins at an offset. */
export const pathOfKey = (document: Document.Parsed, offset: number): Path => {
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
