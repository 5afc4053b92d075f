import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { RunReport } from '../../src/core/report.js';
import { type Format, formats, readCsv, readXml, render, type Xml } from './format-fixtures.js';
import * as fixtures from './fixtures.js';

const golden = new URL('./golden/formats/', import.meta.url);
const update = process.env['UPDATE_GOLDEN'] === '1';
const extensions: Readonly<Record<Format, string>> = {
  json: 'json',
  jsonl: 'jsonl',
  markdown: 'md',
  html: 'html',
  junit: 'xml',
  sarif: 'sarif',
  csv: 'csv',
};

const cases: Readonly<Record<string, readonly [report: RunReport, dryRun?: true]>> = {
  'check-failures': [fixtures.checkWithFailures],
  'check-organization': [fixtures.checkOrganization],
  'check-bad-config': [fixtures.checkBadConfig],
  'check-expired': [fixtures.checkExpired],
  'init-dry-run': [fixtures.initDryRun, true],
  'init-failed': [fixtures.initFailed],
  'init-first-run': [fixtures.initFirstRun],
  'init-unchanged': [fixtures.initUnchanged],
};

const rendered = (name: string, format: Format): string => {
  const [report, dryRun = false] = cases[name] ?? [fixtures.checkAllFine];
  return render(format, report, { words: { ...fixtures.words, dryRun } });
};

describe('every format', () => {
  for (const name of Object.keys(cases)) {
    for (const format of formats.filter((one) => one !== 'json' && (one !== 'html' || name === 'check-failures'))) {
      it(`matches its golden file: ${name} as ${format}`, () => {
        const file = new URL(`${name}.${extensions[format]}`, golden);
        const text = rendered(name, format);
        if (update) {
          mkdirSync(golden, { recursive: true });
          writeFileSync(file, text);
        }
        if (!existsSync(file)) throw new Error(`${file.pathname} is missing; UPDATE_GOLDEN=1 writes it`);
        expect(text).toBe(readFileSync(file, 'utf8'));
      });
    }
  }

  it('reports a failed run as failed', () => {
    for (const format of formats.filter((one) => one !== 'csv')) {
      expect(rendered('check-expired', format)).toContain('E-SESSION-EXPIRED');
      expect(rendered('check-expired', format)).toContain('aws login --profile root');
    }
    expect(rendered('check-expired', 'csv').split('\r\n')).toHaveLength(2);
  });
});

describe('JSONL', () => {
  it('has a line for the run, one per result, and one for the end', () => {
    const lines = rendered('check-failures', 'jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const { results, summary, apiCalls, exit, ...run } = fixtures.checkWithFailures;
    expect(lines[0]).toEqual({ type: 'run', ...run });
    expect(lines.slice(1, -1)).toEqual(results.map((result) => ({ type: 'result', ...result })));
    expect(lines.at(-1)).toEqual({ type: 'summary', summary, apiCalls, exit });
  });

  it('loses nothing of an init', () => {
    const lines = rendered('init-failed', 'jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const count = (type: string): number => lines.filter((line) => line.type === type).length;
    const { plan = [], steps = [], results } = fixtures.initFailed;
    expect([count('change'), count('step'), count('result')]).toEqual([plan.length, steps.length, results.length]);
  });
});

describe('JUnit', () => {
  const all = Object.keys(cases);
  const documents = readXml(all.map((name) => rendered(name, 'junit')));
  const casesOf = (root: Xml): readonly Xml[] => root.children.flatMap((suite) => suite.children);
  const having = (list: readonly Xml[], tag: string): number =>
    list.filter((one) => one.children.some((child) => child.tag === tag)).length;

  it.each(all.map((name, at) => [name, documents[at] as Xml] as const))('counts what it contains: %s', (_, root) => {
    expect(root.tag).toBe('testsuites');
    for (const suite of [root, ...root.children]) {
      const list = suite === root ? casesOf(root) : suite.children;
      expect(
        [suite.attributes['tests'], suite.attributes['failures'], suite.attributes['errors'], suite.attributes['skipped']].map(Number),
      ).toEqual([list.length, having(list, 'failure'), having(list, 'error'), having(list, 'skipped')]);
      expect(suite.attributes['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      expect(Number(suite.attributes['time'])).toBeGreaterThanOrEqual(0);
    }
  });

  it('agrees with the summary', () => {
    const root = documents[all.indexOf('check-failures')] as Xml;
    const { fail, unknown, manual, waived, notApplicable } = fixtures.checkWithFailures.summary;
    expect(root.attributes).toMatchObject({
      failures: String(fail),
      errors: String(unknown),
      skipped: String(manual + waived + notApplicable),
    });
    expect(root.children.map(({ attributes }) => attributes['name'])).toContain('mfa');
    expect(
      root.children.every((suite) => suite.children.every(({ attributes }) => attributes['classname'] === suite.attributes['name'])),
    ).toBe(true);
  });

  it('gives no two cases of a suite the same name', () => {
    for (const root of documents) {
      for (const suite of root.children) {
        const names = suite.children.map(({ attributes }) => attributes['name']);
        expect(new Set(names).size).toBe(names.length);
      }
    }
  });

  it('is one errored case when a run failed before it read anything', () => {
    const list = casesOf(documents[all.indexOf('check-expired')] as Xml);
    expect(list).toHaveLength(1);
    expect(list[0]?.children[0]).toMatchObject({ tag: 'error', attributes: { type: 'E-SESSION-EXPIRED' } });
  });

  it('names the step of an init that failed', () => {
    const root = documents[all.indexOf('init-failed')] as Xml;
    const alias = root.children.find(({ attributes }) => attributes['name'] === 'alias');
    expect(alias?.children[0]?.children[0]?.attributes['type']).toBe('E-ALIAS-TAKEN');
  });
});

describe('SARIF', () => {
  // zod does not support relative addresses and would require a host in each.
  const schema = JSON.parse(readFileSync(new URL('./sarif-schema-2.1.0.json', import.meta.url), 'utf8'), (key, value: unknown) =>
    key === 'format' && value === 'uri-reference' ? undefined : value,
  ) as Parameters<typeof z.fromJSONSchema>[0];
  const sarif = z.fromJSONSchema(schema);
  const resultsOf = (text: string): readonly SarifResult[] =>
    (JSON.parse(text) as { runs: { results: SarifResult[] }[] }).runs[0]?.results ?? [];

  it('is checked with a schema that refuses invalid documents', () => {
    const good = JSON.parse(rendered('check-failures', 'sarif')) as {
      runs: { results: { kind: string }[]; tool: { driver: Record<string, unknown> } }[];
    };
    const broken = [
      { ...good, version: '2.0.0' },
      { ...good, runs: [{ ...good.runs[0], tool: undefined }] },
      { ...good, runs: [{ ...good.runs[0], results: [{ kind: 'fail' }] }] },
      { ...good, runs: [{ ...good.runs[0], results: [{ message: { text: 'a' }, kind: 'passed' }] }] },
      { ...good, runs: [{ ...good.runs[0], extra: true }] },
    ];
    expect(sarif.safeParse(good).success).toBe(true);
    for (const one of broken) expect(sarif.safeParse(JSON.parse(JSON.stringify(one))).success).toBe(false);
  });

  it.each(Object.keys(cases))('follows the schema of SARIF 2.1.0: %s', (name) => {
    const [report] = cases[name] as readonly [RunReport];
    for (const everything of [false, true]) {
      expect(sarif.safeParse(JSON.parse(render('sarif', report, { everything }))).error?.issues).toBeUndefined();
    }
  });

  it('contains open results, and nothing else that GitHub would show as an alert', () => {
    const open = fixtures.checkWithFailures.results.filter(({ status }) => ['fail', 'unknown', 'manual'].includes(status));
    expect(resultsOf(rendered('check-failures', 'sarif')).map(({ properties }) => properties.status)).toEqual(
      open.map(({ status }) => status),
    );
  });

  it('maps every status and severity', () => {
    const results = resultsOf(render('sarif', fixtures.checkWithFailures, { everything: true }));
    const seen = new Set(
      results.map(({ kind, level, properties }) => `${properties.status} ${kind === 'fail' ? properties.severity : ''} ${kind} ${level}`),
    );
    expect([...seen].sort()).toEqual([
      'fail critical fail error',
      'fail high fail error',
      'fail low fail note',
      'fail medium fail warning',
      'manual  review none',
      'not-applicable  notApplicable none',
      'pass  pass none',
      'unknown  open none',
      'waived low fail note',
    ]);
    expect(results.filter(({ suppressions }) => suppressions !== undefined).map(({ properties }) => properties.status)).toEqual(['waived']);
  });

  it('points into the config, at the section of the step if it is known', () => {
    const lineOf = (check: string): number | undefined => (check.startsWith('mfa.') ? 12 : undefined);
    const results = resultsOf(render('sarif', fixtures.checkWithFailures, { configFile: './deploy/my config.yaml', lineOf }));
    const places = new Map(results.map(({ ruleId, locations }) => [ruleId, locations[0]?.physicalLocation]));
    expect(places.get('mfa.root')).toEqual({ artifactLocation: { uri: 'deploy/my%20config.yaml' }, region: { startLine: 12 } });
    expect(places.get('budget.alerts')).toMatchObject({ region: { startLine: 1 } });
  });

  it('is the same for two runs at different times', () => {
    const later = { ...fixtures.checkWithFailures, startedAt: '2027-01-01T00:00:00.000Z', durationMs: 5 };
    expect(resultsOf(render('sarif', later))).toEqual(resultsOf(render('sarif', fixtures.checkWithFailures)));
  });

  it('does not close the alerts of an account that a failed run could not check', () => {
    const [run] = (JSON.parse(rendered('check-expired', 'sarif')) as { runs: Record<string, unknown>[] }).runs;
    expect(run).not.toHaveProperty('automationDetails');
    expect(run).toMatchObject({
      invocations: [{ executionSuccessful: false, toolExecutionNotifications: [{ descriptor: { id: 'E-SESSION-EXPIRED' } }] }],
    });
  });

  it('has a rule for every check, used or not', () => {
    const [run] = (JSON.parse(render('sarif', fixtures.checkAllFine)) as { runs: { tool: { driver: { rules: { id: string }[] } } }[] })
      .runs;
    const ids = run?.tool.driver.rules.map(({ id }) => id) ?? [];
    expect(ids).toContain('access-keys.root');
    expect(new Set(ids).size).toBe(ids.length);
  });
});

interface SarifResult {
  readonly ruleId: string;
  readonly kind: string;
  readonly level: string;
  readonly suppressions?: unknown;
  readonly locations: readonly { readonly physicalLocation: unknown }[];
  readonly properties: { readonly status: string; readonly severity: string };
}

describe('CSV', () => {
  it('is a header and a record for each result', () => {
    const [table] = readCsv([rendered('check-failures', 'csv')]);
    expect(table?.[0]?.slice(0, 5)).toEqual(['account', 'step', 'check', 'status', 'severity']);
    expect(table?.slice(1).map((record) => [record[2], record[3], record[8]])).toEqual(
      fixtures.checkWithFailures.results.map(({ id, status, reason }) => [id, status, reason]),
    );
    expect(new Set(table?.map((record) => record.length)).size).toBe(1);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', 'a;=1', 'a; "=1'])('does not start a formula with %j', (value) => {
    const report = fixtures.report({ command: 'check', results: [fixtures.result('mfa.root', 'fail', value)] });
    const text = render('csv', report);
    for (const delimiter of [',', ';']) {
      for (const cell of readCsv([text], delimiter)[0]?.slice(1).flat() ?? []) expect(cell.trim()).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
    }
  });
});

describe('Markdown', () => {
  const many = (status: 'fail' | 'pass', count: number) =>
    Array.from({ length: count }, (_, at) =>
      fixtures.result('access-keys.unused', status, `The key of user number ${at} was never used, and no one knows why it exists.`),
    );

  it('leaves out passed checks before open ones, and reports how many', () => {
    const text = render(
      'markdown',
      fixtures.report({ command: 'check', results: [...many('fail', 100), ...many('pass', 2_000)], exit: { code: 3, name: 'differs' } }),
    );
    expect(text.length).toBeLessThan(65_000);
    expect(text.match(/\| ❌ medium \|/g)).toHaveLength(100);
    expect(text).toMatch(/\d+ not shown, to keep the comment short\./);
  });

  it.each([
    ['many findings', { results: many('fail', 5_000) }],
    [
      'long values',
      { results: [fixtures.result('mfa.root', 'fail', '@'.repeat(200_000), { resource: '<'.repeat(200_000), id: '`'.repeat(100_000) })] },
    ],
    [
      'a long error',
      {
        error: {
          code: 'E-CONFIG',
          step: null,
          message: `${'@'.repeat(9_000)}\n`.repeat(900),
          next: '#'.repeat(99_000),
          retryable: false,
          changed: false,
          aws: null,
        },
      },
    ],
  ] satisfies [string, Partial<RunReport>][])('stays short enough for a comment: %s', (_, parts) => {
    const text = render('markdown', fixtures.report({ command: 'check', exit: { code: 3, name: 'differs' }, ...parts }));
    expect(text.length).toBeLessThan(65_000);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^\*\*Next:\*\* /);
  });

  it('links only to AWS pages', () => {
    const text = (url: string): string =>
      render(
        'markdown',
        fixtures.report({
          command: 'check',
          results: [fixtures.result('mfa.root', 'fail', 'x', { remediation: { by: 'hand', instructions: null, command: null, url } })],
        }),
      );
    expect(text('https://console.aws.amazon.com/iam/home#/users/details/alex?section=x')).toContain(
      '[open the page](https://console.aws.amazon.com/iam/',
    );
    for (const url of [
      'https://evil.example/',
      'javascript:alert(1)',
      'https://aws.amazon.com.evil.example/',
      'https://evil.example/aws.amazon.com/',
      'https://console.aws.amazon.com/)[x](https://evil.example/',
    ])
      expect(text(url)).not.toMatch(/(?<!\\)\]\(|https:\/\//);
  });
});
