import { execFileSync } from 'node:child_process';
import type { FindingSpec } from '../../src/core/finding.js';
import type { RunReport } from '../../src/core/report.js';
import { rendererOf } from '../../src/report/formats.js';
import type { ReportExtras } from '../../src/report/words.js';
import { checkWithFailures, initFailed, plan, result, words } from './fixtures.js';

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
  return [...found(report, { words, catalogue, ...extras })].join('');
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

/** A report with every field that a report can have. */
export const whole: RunReport = {
  ...initFailed,
  command: 'check',
  plan: plan.filter(({ step }) => step === 'alias'),
  steps: (initFailed.steps ?? []).filter(({ id }) => id === 'alias' || id === 'mfa'),
  results: [
    result('mfa.root', 'fail', 'reason', {
      expected: 'expected',
      observed: 'observed',
      references: ['cis-7.0:2.5'],
      evidence: [{ operation: 'iam:GetAccountSummary', requestId: 'request' }],
      remediation: { by: 'hand', instructions: 'instructions', command: 'command', url: 'https://console.aws.amazon.com/' },
    }),
    result('mfa.leftover', 'unknown', 'reason', { missingPermission: 'iam:ListVirtualMFADevices', cause: 'denied' }),
    result('alias.set', 'pass', 'reason', { spend: { actual: 4, forecast: 9, limit: 10, unit: 'USD' } }),
    result('access-keys.two-active', 'waived', 'reason', {
      waiver: { reason: 'why', owner: 'owner', expires: '2027-01-15', state: 'active' },
    }),
  ],
  warnings: ['warning'],
  error: {
    code: 'E-X',
    step: 'mfa',
    message: 'message',
    next: 'next',
    retryable: true,
    changed: null,
    aws: { operation: 'iam:CreateUser', error: 'Error', requestId: 'request' },
  },
  exit: { code: 7, name: 'partial' },
};

/** Fields without free text: enum values, and a time. Reading a saved file validates them. */
const fixed =
  /^(schemaVersion|tool\.name|command|startedAt)$|\.(role|severity|status|cause|risk|by|state)$|^results\.\d+\.kind$|identity\.kind$/;

export const pathsOf = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] => {
  if (typeof value === 'string') return fixed.test(path.join('.')) ? [] : [path];
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key])) : [];
};

export const withValue = (report: RunReport, path: readonly string[], value: string): RunReport => {
  const copy = structuredClone(report) as unknown as Record<string, unknown>;
  const parent = path.slice(0, -1).reduce((node, key) => node[key] as Record<string, unknown>, copy);
  parent[path.at(-1) as string] = value;
  return copy as unknown as RunReport;
};
