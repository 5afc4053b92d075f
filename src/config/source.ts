import { type Document, isScalar, LineCounter, parseAllDocuments, visit, type YAMLError } from 'yaml';
import { nodeAt, offsetOf, pathOfKey, start } from './place.js';
import type { Path } from './problem.js';

export interface Position {
  /** Both count from 1; columns in UTF-16 units, as editors do. */
  readonly line: number;
  readonly column: number;
}

export interface SourceProblem extends Position {
  readonly path: Path;
  readonly message: string;
}

/** A YAML text as plain data that remembers where everything stood. */
export interface Source {
  readonly value: unknown;
  readonly positionOf: (path: Path, at: 'value' | 'key') => Position;
  /** The scalar at a path as it was written. */
  readonly textOf: (path: Path) => string | undefined;
  /** Problems of the YAML itself. */
  readonly problems: readonly SourceProblem[];
  /** False when the data is a guess, so that judging it would only add noise. */
  readonly readable: boolean;
}

export const readSource = (text: string): Source => {
  try {
    return parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // A few thousand brackets exhaust the parser's stack.
    if (!(error instanceof RangeError)) throw error;
    return broken([{ line: 1, column: 1, path: [], message: tooDeep }]);
  }
};

const tooDeep = 'is nested too deeply to be read';

const parse = (text: string): Source => {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'silent' });
  const [document, second] = Array.isArray(parsed) ? parsed : [];
  if (document === undefined) return { ...broken([]), value: {}, readable: true };
  const syntax = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    path: error.code === 'DUPLICATE_KEY' ? pathOfKey(document, error.pos[0]) : [],
    message: syntaxText(error),
  }));
  if (second) syntax.push({ ...at(second.range[0]), path: [], message: 'a second document begins here; a config is one document' });
  const fatal = second !== undefined || document.errors.some((error) => error.code !== 'DUPLICATE_KEY') || document.warnings.length > 0;
  if (fatal) return broken(firstOfEachLine(syntax));
  const nodes = nodeProblems(document).map(({ offset, message }) => ({ ...at(offset), path: [], message }));
  if (nodes.length > 0) return broken([...syntax, ...nodes]);
  const data = plainData(document);
  if (!data.ok) return broken([...syntax, { line: 1, column: 1, path: [], message: data.message }]);
  return {
    value: data.value ?? {},
    problems: syntax,
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

const broken = (problems: readonly SourceProblem[]): Source => ({
  value: undefined,
  problems,
  readable: false,
  positionOf: () => ({ line: 1, column: 1 }),
  textOf: () => undefined,
});

/** One slip makes the parser stumble on; what it says first of a line is what a person can use. */
const firstOfEachLine = (problems: readonly SourceProblem[]): readonly SourceProblem[] =>
  problems.filter(({ line }, index) => problems.findIndex((other) => other.line === line) === index).slice(0, 10);

const syntaxText = (error: YAMLError): string => {
  if (error.code === 'TAB_AS_INDENT') return 'is indented with a tab; YAML wants spaces';
  if (error.code === 'DUPLICATE_KEY') return 'is written twice; keep one';
  // The parser turns an exhausted stack into a problem of its own.
  if (error.message.includes('call stack')) return tooDeep;
  return `is not valid YAML: ${error.message}`;
};

/** What parses but cannot become a config: keys that are no words, aliases without an anchor. */
const nodeProblems = (document: Document.Parsed): readonly { readonly offset: number; readonly message: string }[] => {
  const found: { offset: number; message: string }[] = [];
  visit(document, {
    Pair: (_, pair) => {
      if (pair.key !== null && !isScalar(pair.key))
        found.push({ offset: start(pair.key) ?? 0, message: 'is a key that is not a plain word' });
    },
    Alias: (_, alias) => {
      if (alias.resolve(document) === undefined)
        found.push({ offset: start(alias) ?? 0, message: `there is no anchor &${alias.source} above` });
    },
  });
  return found;
};

const plainData = (
  document: Document.Parsed,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string } => {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    JSON.stringify(value);
    return { ok: true, value };
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return {
      ok: false,
      message: error instanceof TypeError ? 'has an anchor that contains itself' : 'has aliases that multiply to too much data',
    };
  }
};
