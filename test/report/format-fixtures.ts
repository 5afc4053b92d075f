import { execFileSync } from 'node:child_process';
import type { FindingSpec } from '../../src/core/finding.js';
import type { RunReport } from '../../src/core/report.js';
import { rendererOf } from '../../src/report/formats.js';
import type { ReportExtras } from '../../src/report/words.js';
import { checkWithFailures, words } from './fixtures.js';

export const formats = ['json', 'jsonl', 'markdown', 'html', 'junit', 'sarif', 'csv'] as const;
export type Format = (typeof formats)[number];

/** A catalogue of the checks in the fixtures. */
export const catalogue: readonly FindingSpec[] = [
  ...new Map(
    checkWithFailures.results.map(({ id, severity, kind }) => [id, { id, severity, kind, title: `Title of ${id}`, references: [] }]),
  ).values(),
];

export const render = (format: Format, report: RunReport, extras: Partial<ReportExtras> = {}): string => {
  const found = rendererOf(format);
  if (!found) throw new Error(`no renderer for ${format}`);
  return found(report, { words, catalogue, ...extras });
};

/** An element as python's parser sees it. */
export interface Xml {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Xml[];
}

const python = <T>(script: string, documents: readonly string[]): readonly T[] =>
  JSON.parse(
    execFileSync('python3', ['-c', script], { input: JSON.stringify(documents), encoding: 'utf8', maxBuffer: 1024 ** 3 }),
  ) as readonly T[];

/** Read with an independent parser: python's XML parser (expat), which stops at anything that is not well-formed XML 1.0. */
export const readXml = (documents: readonly string[]): readonly Xml[] =>
  python<Xml>(
    `
import json, sys, xml.etree.ElementTree as tree
def plain(e): return {"tag": e.tag, "attributes": e.attrib, "text": e.text or "", "children": [plain(c) for c in e]}
json.dump([plain(tree.fromstring(text.encode("utf-8"))) for text in json.load(sys.stdin)], sys.stdout)
`,
    documents,
  );

/** Read with an independent parser: python's CSV reader, strict. */
export const readCsv = (documents: readonly string[], delimiter = ','): readonly (readonly (readonly string[])[])[] =>
  python<readonly (readonly string[])[]>(
    `
import csv, io, json, sys
json.dump([list(csv.reader(io.StringIO(text, newline=""), delimiter=${JSON.stringify(delimiter)}, strict=${delimiter === ',' ? 'True' : 'False'})) for text in json.load(sys.stdin)], sys.stdout)
`,
    documents,
  );
