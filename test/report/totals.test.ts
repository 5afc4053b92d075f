import { stripVTControlCharacters } from 'node:util';
import { fc } from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import { severities } from '../../src/core/finding.js';
import { type OrganizationAccount, type PlannedChange, type Result, type RunReport, summaryOf } from '../../src/core/report.js';
import type { TextStyle } from '../../src/core/text.js';
import { renderTable } from '../../src/report/table.js';
import type { RenderContext } from '../../src/report/words.js';
import { readCsv, readXml, render } from './format-fixtures.js';
import * as fixtures from './fixtures.js';

/** Every number that a format prints equals the sum of what it lists, and of the results. */

const statuses = ['pass', 'fail', 'manual', 'waived', 'unknown', 'not-applicable'] as const;
const words = { pass: 'ok', fail: 'FAIL', manual: 'manual', waived: 'waived', unknown: 'unknown', 'not-applicable': 'n/a' } as const;
type Counts = Readonly<Record<Result['status'], number>>;
const none: Counts = { pass: 0, fail: 0, manual: 0, waived: 0, unknown: 0, 'not-applicable': 0 };
const countsOf = (results: readonly Pick<Result, 'status'>[]): Counts =>
  results.reduce<Counts>((sum, { status }) => ({ ...sum, [status]: sum[status] + 1 }), none);
const sumOf = (all: readonly Counts[]): Counts =>
  all.reduce<Counts>(
    (sum, one) => Object.fromEntries(statuses.map((status) => [status, sum[status] + one[status]])) as unknown as Counts,
    none,
  );

/** `3 ok, 1 FAIL` */
const readCounts = (text: string): Counts =>
  statuses.reduce<Counts>((sum, status) => {
    const [, n] = new RegExp(`(\\d+) ${words[status]}\\b`).exec(text) ?? [];
    return { ...sum, [status]: Number(n ?? 0) };
  }, none);

const steps = Object.keys(fixtures.words.titles);
const titles = Object.values(fixtures.words.titles);
const account = (at: number): string => String(100_000_000_000 + at);

/** Few values, so that many results are alike. */
const aResult = (accounts: number): fc.Arbitrary<Result> =>
  fc
    .record({
      step: fc.constantFrom(...steps),
      check: fc.constantFrom('one', 'two'),
      at: fc.nat(accounts - 1),
      status: fc.constantFrom(...statuses),
      severity: fc.constantFrom(...severities),
      resource: fc.constantFrom('alpha', 'beta'),
      reason: fc.constantFrom('Something is missing.', 'Something else is missing.'),
      by: fc.constantFrom('init', 'hand', 'none'),
      instructions: fc.constantFrom('Set it.', 'Set it another way.'),
      denied: fc.boolean(),
    })
    .map(({ step, check, at, by, instructions, denied, status, ...rest }) =>
      fixtures.result(`${step}.${check}`, status, rest.reason, {
        ...rest,
        accountId: account(at),
        kind: 'wanted',
        missingPermission: status === 'unknown' && denied ? 'iam:ListUsers' : null,
        remediation:
          by === 'none' || status === 'pass' || status === 'not-applicable' || status === 'unknown'
            ? null
            : { by, instructions, command: by === 'init' ? `bootstrap init --only ${step}` : null, url: null },
        waiver: status === 'waived' ? { reason: 'later', owner: 'alex', expires: '2027-01-01', state: 'active' } : null,
      }),
    );

const exitOf = (results: readonly Result[]): RunReport['exit'] =>
  results.some(({ status, severity }) => status === 'fail' && (severity === 'high' || severity === 'critical'))
    ? { code: 3, name: 'differs' }
    : { code: 0, name: 'ok' };

const aCheck = fc
  .array(aResult(1), { maxLength: 40 })
  .map((results) => fixtures.report({ command: 'check', results, exit: exitOf(results) }));

const anOrganization = fc
  .integer({ min: 1, max: 40 })
  .chain((accounts) => fc.tuple(fc.constant(accounts), fc.array(aResult(accounts), { maxLength: 60 })))
  .map(([count, results]) => {
    const accounts = Array.from({ length: count }, (_, at): OrganizationAccount => {
      const id = account(at);
      return {
        ...fixtures.account,
        id,
        name: `member-${at}`,
        role: at === 0 ? 'management' : 'member',
        state: 'ACTIVE',
        unseen: null,
        summary: summaryOf(results.filter(({ accountId }) => accountId === id)),
      };
    });
    return fixtures.report({ command: 'check', results, accounts, exit: exitOf(results) });
  });

const checks = [
  fixtures.checkWithFailures,
  fixtures.checkOrganization,
  fixtures.checkAllFine,
  fixtures.checkUnread,
  fixtures.report({ command: 'check', results: [fixtures.left[0] as Result] }),
  fixtures.report({
    command: 'check',
    results: [fixtures.result('alias.set', 'not-applicable', 'x'), fixtures.result('alias.name', 'pass', 'x')],
  }),
];
const everyCheck = fc.oneof(fc.constantFrom(...checks), aCheck);

const looks: readonly TextStyle[] = [
  { width: 60, color: false, unicode: true },
  { width: 80, color: true, unicode: true },
  { width: 120, color: false, unicode: false },
  { width: 80, color: false, unicode: true, accessible: true },
];

/** The table with each paragraph on one line. */
const tableOf = (report: RunReport, look: TextStyle, more: Partial<RenderContext> = {}): readonly string[] =>
  stripVTControlCharacters(renderTable(report, look, { ...fixtures.words, ...more }))
    .split('\n')
    .reduce<string[]>((lines, line) => {
      const before = lines.at(-1);
      const continues = /^ +\S/.test(line) && !/^ *(?:fix|do|allow|in|waiver|Account)\b|^ *bootstrap /.test(line);
      if (continues && before !== undefined && before !== '') return [...lines.slice(0, -1), `${before} ${line.trim()}`];
      return [...lines, line];
    }, []);

/** The open results that a table lists, by their rows. */
const listedOpen = (lines: readonly string[]): Counts =>
  sumOf(
    lines.flatMap((line) => {
      const row =
        /^(?:[✗x] (?:critical|high|medium|low)|(FAIL) (?:critical|high|medium|low):|[?] (unknown)|(unknown):|! (manual)|(manual):) +(.*)$/.exec(
          line,
        );
      if (row === null) return [];
      const [, , unknown, unknownToo, manual, manualToo, text = ''] = row;
      const status = (unknown ?? unknownToo) ? 'unknown' : (manual ?? manualToo) ? 'manual' : 'fail';
      const names = text.split(/(?: \((?:critical|high|medium|low)\))?: /)[0] ?? '';
      const n = names.split(', ').reduce((sum, name) => sum + Number(/\((\d+) resources\)/.exec(name)?.[1] ?? 1), 0);
      return [{ ...none, [status]: n }];
    }),
  );

/** The results that need no action, by the line of their step; two steps may share a row. */
const listedFine = (lines: readonly string[]): Counts =>
  sumOf(
    lines
      .flatMap((line) => line.split(/ {2,}(?=\S )/))
      .filter((line) => titles.some((title) => new RegExp(`^(?:\\S )?${title}(?: in account \\d+)?: `).test(line)))
      .map(readCounts),
  );

const verdictAdds = (first: string, report: RunReport): void => {
  const { results } = report;
  const counts = countsOf(results);
  const [, n, of] = /(\d+) of (\d+) checks?/.exec(first) ?? [];
  if (of !== undefined) expect(Number(of)).toBe(results.length);
  if (/ failed: /.test(first)) expect(Number(n)).toBe(counts.fail);
  const bySeverity = severities.map((severity) => Number(new RegExp(`(\\d+) ${severity}`).exec(first.split('failed:')[1] ?? '')?.[1] ?? 0));
  if (/ failed: /.test(first)) expect(bySeverity.reduce((sum, one) => sum + one, 0)).toBe(counts.fail);
  if (/passed/.test(first) && n !== undefined) expect(Number(n)).toBe(counts.pass);
  const [, all] = /All (\d+) checks? passed/.exec(first) ?? [];
  if (all !== undefined) expect([Number(all), counts.pass]).toEqual([results.length, results.length]);
  // "0 of 1 check passed" under OK says nothing.
  expect(first).not.toMatch(/\b0 of/);
  expect(first).not.toMatch(/\b1 checks/);
};

describe('the numbers of check', () => {
  it.each(looks.map((look) => [`${look.width}${look.accessible ? ' accessible' : ''}${look.color ? ' colour' : ''}`, look] as const))(
    'add up in the table: %s',
    (_, look) => {
      fc.assert(
        fc.property(everyCheck, (report) => {
          const lines = tableOf(report, look);
          const counts = countsOf(report.results);
          verdictAdds(lines[0] ?? '', report);
          const totals = lines.findLast((line) => /\d+ checks?: /.test(line)) ?? '';
          expect(readCounts(totals)).toEqual(counts);
          expect(Number(/(\d+) checks?: /.exec(totals)?.[1] ?? 0)).toBe(report.results.length);
          expect(sumOf([listedOpen(lines), listedFine(lines)])).toEqual(counts);
        }),
        { numRuns: 150 },
      );
    },
  );

  it('add up in the table with every check listed', () => {
    fc.assert(
      fc.property(everyCheck, (report) => {
        const lines = tableOf(report, { width: 120, color: false, unicode: true }, { verbose: true, showWaived: true });
        const fine = lines.filter((line) => /^(?:✓ ok|- n\/a|- waived) /.test(line)).length;
        const { pass, waived, 'not-applicable': not } = countsOf(report.results);
        expect(fine).toBe(pass + waived + not);
        const open = listedOpen(lines);
        expect(open).toEqual({ ...countsOf(report.results), pass: 0, waived: 0, 'not-applicable': 0 });
      }),
      { numRuns: 100 },
    );
  });

  it.each(looks.map((look) => [look.width, look] as const))('add up over an organization, at %i columns', (_, look) => {
    fc.assert(
      fc.property(anOrganization, (report) => {
        const lines = tableOf(report, look);
        verdictAdds(lines[0] ?? '', report);
        expect(readCounts(lines.findLast((line) => /\d+ checks?: /.test(line)) ?? '')).toEqual(countsOf(report.results));
        const { accounts = [] } = report;
        expect(lines.find((line) => /^\d+ accounts?: /.test(line))).toBe(
          `${accounts.length} account${accounts.length === 1 ? '' : 's'}: ${accounts.length} checked`,
        );
        // Accounts alike share a row, and quiet ones may only be counted.
        const single = lines.filter((line) => /^(?:Account )?1000000000\d\d(?! \(member-\d+\)$)/.test(line)).length;
        const alike = lines.flatMap((line) => /^(\d+) (?:accounts )?alike/.exec(line)?.[1] ?? []).reduce((sum, n) => sum + Number(n), 0);
        const hidden = Number(/No open findings in (\d+) other account/.exec(lines.join('\n'))?.[1] ?? 0);
        expect(single + alike + hidden).toBe(accounts.length);
      }),
      { numRuns: 60 },
    );
  });

  it('add up in Markdown', () => {
    fc.assert(
      fc.property(fc.oneof(everyCheck, anOrganization), (report) => {
        const text = render('markdown', report);
        const counts = countsOf(report.results);
        verdictAdds(text.split('\n')[0] ?? '', report);
        expect(readCounts(text.split('\n').find((line) => /^\d+ checks?: /.test(line)) ?? '')).toEqual(counts);
        const rows = text.split('\n').filter((line) => /^\| (?:❌|❔|✋|✅|➖)/.test(line)).length;
        expect(rows).toBe(report.results.length);
        const [, fine = '0'] = /No action needed: (\d+) check/.exec(text) ?? [];
        expect(Number(fine)).toBe(counts.pass + counts.waived + counts['not-applicable']);
      }),
      { numRuns: 60 },
    );
  });

  it('add up in JSON, JSONL and SARIF', () => {
    fc.assert(
      fc.property(fc.oneof(everyCheck, anOrganization), (report) => {
        const summary = summaryOf(report.results);
        const json = JSON.parse(render('json', report)) as RunReport;
        expect([json.summary, summaryOf(json.results)]).toEqual([summary, summary]);
        for (const one of json.accounts ?? [])
          expect(one.summary).toEqual(summaryOf(json.results.filter(({ accountId }) => accountId === one.id)));
        const lines = render('jsonl', report)
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { readonly type: string; readonly summary?: unknown; readonly status: Result['status'] });
        expect(lines.at(-1)?.summary).toEqual(summary);
        expect(summaryOf(lines.filter(({ type }) => type === 'result'))).toEqual(summary);
        const { runs } = JSON.parse(render('sarif', report, { everything: true })) as {
          readonly runs: readonly [
            {
              readonly results: readonly { readonly properties: Pick<Result, 'status'> }[];
              readonly properties: { readonly summary: unknown };
            },
          ];
        };
        expect(runs[0].properties.summary).toEqual(summary);
        expect(summaryOf(runs[0].results.map(({ properties }) => properties))).toEqual(summary);
      }),
      { numRuns: 60 },
    );
  });

  it('add up in JUnit and CSV', () => {
    const reports = fc.sample(fc.oneof(everyCheck, anOrganization), { numRuns: 40, seed: 7 });
    const documents = readXml(reports.map((report) => render('junit', report)));
    const tables = readCsv(reports.map((report) => render('csv', report)));
    for (const [at, report] of reports.entries()) {
      const { pass, fail, unknown, manual, waived, 'not-applicable': not } = countsOf(report.results);
      const { tests, failures, errors, skipped } = documents[at]?.attributes ?? {};
      expect([tests, failures, errors, skipped].map(Number)).toEqual([report.results.length, fail, unknown, manual + waived + not]);
      expect(Number(tests) - Number(failures) - Number(errors) - Number(skipped)).toBe(pass);
      expect(countsOf((tables[at] ?? []).slice(1).map((record) => ({ status: record[3] as Result['status'] })))).toEqual(
        countsOf(report.results),
      );
    }
  });
});

describe('the numbers of init', () => {
  const aRun = fc
    .record({
      results: fc.array(aResult(1), { maxLength: 12 }),
      changes: fc.array(fc.constantFrom(...steps), { maxLength: 8 }),
    })
    .map(({ results, changes }) => {
      const own = results.filter(({ status }) => status === 'pass' || status === 'manual');
      const plan = changes.map((step, at): PlannedChange => ({ step, kind: 'x', summary: `Create thing ${at}.`, risk: 'none', calls: [] }));
      return fixtures.report({
        command: 'init',
        plan,
        results: own,
        steps: steps.map((id) => ({
          id,
          status: own.some(({ step, status }) => step === id && status === 'manual')
            ? 'manual'
            : changes.includes(id)
              ? 'done'
              : 'unchanged',
          verified: true,
          error: null,
        })),
        exit: own.some(({ status }) => status === 'manual') ? { code: 5, name: 'manual' } : { code: 0, name: 'ok' },
      });
    });

  it('add up: changes, manual steps of each step, and the list of manual steps', () => {
    fc.assert(
      fc.property(aRun, (report) => {
        const text = renderTable(report, { width: 120, color: false, unicode: true }, fixtures.words);
        const [first = ''] = text.split('\n');
        const { plan = [], results } = report;
        const left = results.filter(({ status }) => status === 'manual').length;
        expect(Number(/(\d+) manual steps? remains?/.exec(first)?.[1] ?? 0)).toBe(left);
        expect(text.match(/^ +\d+\. /gm)?.length ?? 0).toBe(left);
        if (plan.length === 0) return;
        expect(Number(/(\d+) changes? made/.exec(first)?.[1])).toBe(plan.length);
        expect([...text.matchAll(/(\d+) manual steps? left/g)].reduce((sum, [, n]) => sum + Number(n), 0)).toBe(left);
      }),
    );
  });
});
