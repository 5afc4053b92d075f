import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { renderJson } from '../../src/report/json.js';
import { savedReport } from '../../src/report/saved.js';
import { testShell } from '../support/host.js';
import * as fixtures from './fixtures.js';
import { type Format, formats, readCsv, readXml } from './format-fixtures.js';
import { payloads } from './payloads.js';

/** The report of another account, as its own run would write it. */
const of = (id: string, report: RunReport, more: Partial<RunReport> = {}): RunReport => ({
  ...(JSON.parse(JSON.stringify(report).replaceAll(fixtures.accountId, id)) as RunReport),
  ...more,
});
const [ana, ben, cleo] = ['111111111111', '222222222222', '333333333333'] as const;
const named = (report: RunReport, alias: string | null): RunReport => ({
  ...report,
  account: report.account === null ? null : { ...report.account, alias },
});

const save = async (files: Readonly<Record<string, RunReport | string>>, ...flags: readonly string[]) => {
  const shell = testShell();
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(shell.home, name), typeof content === 'string' ? content : renderJson(content));
  const run = (...more: readonly string[]) => shell.run(['report', ...Object.keys(files), ...flags, ...more]);
  const json = async (): Promise<RunReport> => JSON.parse((await run('--output', 'json')).stdout) as RunReport;
  return { run, json };
};

const pair = {
  'ana.json': named(of(ana, fixtures.checkWithFailures), 'ana-lab'),
  'ben.json': named(of(ben, fixtures.checkAllFine), null),
};

describe('report of several results', () => {
  it('is one result with all accounts, named by alias or file', async () => {
    const report = await (await save(pair)).json();
    expect(report).toMatchObject({ command: 'check', account: null, target: 'aws', exit: { code: 3, name: 'differs' } });
    expect(report.accounts?.map(({ id, name, summary }) => [id, name, summary.fail])).toEqual([
      [ana, 'ana-lab', 6],
      [ben, 'ben.json', 0],
    ]);
    expect(report.results).toHaveLength(fixtures.checkWithFailures.results.length + fixtures.checkAllFine.results.length);
    expect(report.summary.fail).toBe(6);
    expect(savedReport.safeParse(report).error).toBeUndefined();
  });

  it('is a table of accounts and steps, without a command for all of them', async () => {
    const { code, stdout, stderr } = await (await save(pair)).run();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^account +name +billing +budget/m);
    expect(stdout).toMatch(/^111111111111 {2}ana-lab .*✗/m);
    expect(stdout).toMatch(/^222222222222 {2}ben\.json .*✓/m);
    expect(stdout).toContain('2 accounts: 2 checked');
    expect(stdout).toContain('Next: apply the fixes listed above in each account, then check each account again.');
    expect(stdout).not.toContain('--org');
  });

  const shows: Readonly<Record<Format, (text: string) => void>> = {
    json: (text) => expect(JSON.parse(text)).toMatchObject({ accounts: [{ id: ana }, { id: ben }] }),
    jsonl: (text) => expect(text.match(/^\{"type":"account"/gm)).toHaveLength(2),
    markdown: (text) => expect(text).toContain(`| Account |`),
    html: (text) => expect(text).toContain('Check of 2 accounts'),
    junit: (text) => expect(readXml([text])[0]?.children.map(({ attributes }) => attributes['name'])).toEqual([ana, ben]),
    sarif: (text) => expect(text).toContain(`"account": "${ana}"`),
    csv: (text) =>
      expect(
        new Set(
          readCsv([text])[0]
            ?.slice(1)
            .map(([account]) => account),
        ),
      ).toEqual(new Set([ana, ben])),
  };
  it.each(formats)('is a document: %s', async (format) => {
    const { code, stdout } = await (await save(pair)).run('--output', format);
    expect(code).toBe(0);
    shows[format](stdout);
  });

  it('has one row for an account with two results: that of the newest, and a warning', async () => {
    const older = of(ana, fixtures.checkWithFailures, { startedAt: '2026-11-01T10:00:00.000Z' });
    const newer = of(ana, fixtures.checkAllFine, { startedAt: '2026-11-20T10:00:00.000Z' });
    for (const files of [
      { 'old.json': older, 'new.json': newer },
      { 'new.json': newer, 'old.json': older },
    ]) {
      const report = await (await save(files)).json();
      expect(report.accounts).toHaveLength(1);
      expect(report.summary.fail).toBe(0);
      expect(report.exit.code).toBe(0);
      expect(report.warnings).toEqual([
        `Account ${ana} is in 2 files: the results of new.json (2026-11-20T10:00:00.000Z) are used, not those of old.json`,
      ]);
    }
  });

  it('takes the accounts of an organization apart', async () => {
    const member = {
      ...(pair['ana.json'].account as object),
      name: 'lab',
      state: 'ACTIVE',
      unseen: null,
      summary: fixtures.checkAllFine.summary,
    };
    const organization: object = {
      ...fixtures.checkOrganization,
      accounts: [
        { ...member, id: fixtures.accountId },
        { ...member, id: '210987654321' },
      ],
    };
    const report = await (await save({ 'organization.json': JSON.stringify(organization), ...pair })).json();
    expect(report.accounts?.map(({ id }) => id)).toEqual([fixtures.accountId, '210987654321', ana, ben]);
    expect(report.target).toBe('several');
  });

  it('shows practice accounts beside others, and those of two learners as two', async () => {
    const practice = (alias: string): RunReport => named(of(ana, fixtures.checkAllFine, { target: 'sandbox' }), alias);
    const { run, json } = await save({
      'a.json': practice('practice-a'),
      'b.json': practice('practice-b'),
      'c.json': of(cleo, fixtures.checkAllFine),
    });
    const report = await json();
    expect(report.target).toBe('several');
    expect(report.accounts?.map(({ id, name }) => [id, name.replace('c.json', 'c')])).toEqual([
      [ana, '(practice) practice-a'],
      [`${ana}#2`, '(practice) practice-b'],
      [cleo, fixtures.account.alias ?? 'c'],
    ]);
    expect(report.results.filter(({ accountId }) => accountId === `${ana}#2`)).toHaveLength(fixtures.checkAllFine.results.length);
    expect(report.warnings).toBeUndefined();
    const [, header = '', ...rows] = /^(account .*)\n(.*)\n(.*)\n(.*)/m.exec((await run('--verbose')).stdout) ?? [];
    expect(rows.map((row) => row.search(/[✓✗]/))).toEqual(rows.map(() => header.indexOf('billing')));
    expect((await run('--redact')).stdout).toMatch(/^account-2 +\(practice\) account-alias-2/m);
  });

  it('has the exit code of the worst run in the document, and ends with 0', async () => {
    const codes = [0, 3, 4, 6] as const;
    const files = Object.fromEntries(
      codes.map((code, at) => [`${at}.json`, of(`${at}`.repeat(12), fixtures.checkAllFine, { exit: { code, name: 'x' } })]),
    );
    expect((await (await save(files)).json()).exit).toEqual({ code: 4, name: 'identity' });
    expect((await (await save(files)).run()).code).toBe(0);
  });

  it.each([
    [[3, 130, 4], 130, 'interrupted'],
    [[143, 3], 143, 'terminated'],
    [[5, 0], 5, 'manual'],
  ] as const)('of the exit codes %j has %i', async (codes, code, name) => {
    const files = Object.fromEntries(
      codes.map((one, at) => [`${at}.json`, of(`${at}`.repeat(12), fixtures.checkAllFine, { exit: { code: one, name: 'x' } })]),
    );
    expect((await (await save(files)).json()).exit).toEqual({ code, name });
  });

  it.each([
    ['aws', 'sandbox', ['ana-lab', '(practice) ben.json']],
    ['aws', 'http://127.0.0.1:4566', ['ana-lab', '(at http://127.0.0.1:4566) ben.json']],
    ['several', 'aws', ['ana-lab', 'ben.json']],
    ['sandbox', 'sandbox', ['ana-lab', 'ben.json']],
    ['http://127.0.0.1:4566', 'http://127.0.0.1:4566', ['ana-lab', 'ben.json']],
  ])('names where an account is, if that differs: %s and %s', async (one, two, names) => {
    const files = { 'ana.json': { ...pair['ana.json'], target: one }, 'ben.json': { ...pair['ben.json'], target: two } };
    const report = await (await save(files)).json();
    expect(report.accounts?.map(({ name }) => name)).toEqual(names);
    expect(report.target).toBe(one === two ? one : 'several');
  });

  it('renames in a second account of the same id only the resources that are the account', async () => {
    const practice = (alias: string): RunReport => {
      const report = named(of(ana, fixtures.checkAllFine, { target: 'sandbox' }), alias);
      return { ...report, results: report.results.slice(0, 2).map((result, at) => (at === 0 ? { ...result, resource: ana } : result)) };
    };
    const report = await (await save({ 'a.json': practice('practice-a'), 'b.json': practice('practice-b') })).json();
    const second = report.results.filter(({ accountId }) => accountId === `${ana}#2`).map(({ resource }) => resource);
    expect(second).toEqual([`${ana}#2`, `arn:aws:iam::${ana}:root`]);
  });

  it('of aliases that differ, on AWS, is one account', async () => {
    const report = await (
      await save({ 'a.json': named(of(ana, fixtures.checkAllFine), 'a'), 'b.json': named(of(ana, fixtures.checkAllFine), 'b') })
    ).json();
    expect(report.accounts).toHaveLength(1);
  });

  it('has the warnings of each result, with the file', async () => {
    expect((await (await save(pair)).json()).warnings).toEqual([`ana.json: ${fixtures.checkWithFailures.warnings?.[0]}`]);
  });

  it('can be joined again', async () => {
    const first = await (await save(pair)).json();
    const again = await (await save({ 'first.json': first, 'cleo.json': of(cleo, fixtures.checkAllFine) })).run('--output', 'json');
    expect(again.code).toBe(0);
    expect((JSON.parse(again.stdout) as RunReport).accounts?.map(({ id }) => id)).toEqual([ana, ben, cleo]);
  });

  it.each<[string, RunReport | string, RegExp]>([
    ['a run that failed', fixtures.checkExpired, /bad\.json is the result of a run that failed/],
    ['a run in the wrong account', fixtures.initWrongAccount, /bad\.json is the result of a run that failed/],
    ['a result of undo', { ...fixtures.checkAllFine, command: 'undo' }, /bad\.json is the result of undo, which has no checks/],
    [
      'another schema',
      JSON.stringify({ ...fixtures.checkAllFine, schemaVersion: '2.0' }),
      /bad\.json is not a result of bootstrap: schemaVersion is not "1\.0"/,
    ],
    ['no JSON', '{', /bad\.json:1:2 is not a JSON document/],
    ['nested lists', '['.repeat(200_000), /bad\.json:1:\d+ is not a JSON document/],
  ])('refuses %s, and names the file', async (_, content, message) => {
    const ran = await (await save({ ...pair, 'bad.json': content })).run();
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
  });

  it('refuses a file that is named twice', async () => {
    const { run } = await save(pair);
    expect((await run('ana.json')).stderr).toContain('A file is named twice.');
  });

  it('gives hostile values no power', { timeout: 60_000 }, async () => {
    const files = Object.fromEntries(
      payloads.map((payload, at) => {
        const report = named(of(String(at).padStart(12, '4'), fixtures.checkWithFailures), payload);
        const results = report.results.map((result) => ({
          ...result,
          reason: payload,
          resource: payload,
          remediation: { by: 'hand', instructions: payload, command: payload, url: `javascript:${payload}` } as const,
        }));
        return [`${at}.json`, { ...report, results, warnings: [payload] }];
      }),
    );
    const { run } = await save(files);
    for (const format of ['table', ...formats]) {
      const { code, stdout } = await run('--output', format);
      expect(code).toBe(0);
      expect(stdout.replaceAll(/\r?\n/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      expect(stdout).not.toMatch(/^\s*::|##\[|##teamcity\[/im);
      if (format === 'html') expect(stdout).not.toMatch(/href="(?!https:|#)/);
    }
  });
});
