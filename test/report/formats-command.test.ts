import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli.js';
import type { RunReport } from '../../src/core/report.js';
import { renderJson } from '../../src/report/json.js';
import { jsonProblem, savedReport } from '../../src/report/saved.js';
import type { Host } from '../../src/run/app.js';
import { testClock, testShell } from '../support/host.js';
import * as fixtures from './fixtures.js';
import { type Format, formats, readCsv, readXml } from './format-fixtures.js';

const saved = (text: string | Uint8Array) => {
  const shell = testShell();
  const file = join(shell.home, 'result.json');
  writeFileSync(file, text);
  return { ...shell, file, report: (...flags: readonly string[]) => shell.run(['report', file, ...flags]) };
};

const looksLike: Readonly<Record<Format, RegExp>> = {
  json: /^\{\n {2}"schemaVersion": "1\.0"/,
  jsonl: /^\{"type":"run",/,
  markdown: /^## ❌ FAIL: /,
  html: /^<!doctype html>\n<html lang="en">\n/,
  junit: /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /,
  sarif: /^\{\n {2}"\$schema": /,
  csv: /^account,step,check,/,
};

describe('bootstrap report', () => {
  for (const format of formats) {
    it(`renders a saved result as ${format}, and exits 0 whatever the result`, async () => {
      const ran = await saved(renderJson(fixtures.checkWithFailures)).report('--output', format);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).toMatch(looksLike[format]);
    });
  }

  it('renders a table when no format is given', async () => {
    const ran = await saved(renderJson(fixtures.checkWithFailures)).report();
    expect(ran.stdout).toMatch(/^\S+ FAIL {2}6 of 22 checks failed/);
  });

  it('lists every check with --verbose', async () => {
    const { report } = saved(renderJson(fixtures.checkAllFine));
    expect((await report()).stdout).not.toContain('budget.limit');
    expect((await report('--verbose')).stdout).toContain('budget.limit');
  });

  const planned = { step: 'alias', kind: 'set-alias', summary: 'Set the account alias acme (alias)', risk: 'none', calls: [] } as const;
  const step = (status: 'manual' | 'done' | 'unchanged') => ({ id: 'alias', status, verified: true, error: null }) as const;
  it.each<readonly [what: string, dryRun: boolean, over: Partial<RunReport>]>([
    ['a plan, and nothing written', true, { plan: [planned], steps: [step('manual')], apiCalls: { total: 5, writes: 0 } }],
    ['no plan', false, { plan: [], steps: [step('unchanged')], apiCalls: { total: 5, writes: 0 } }],
    [
      'changes, and manual work that remains in each step',
      false,
      { plan: [planned], steps: [step('manual')], apiCalls: { total: 5, writes: 1 } },
    ],
    ['a step that is done', false, { plan: [planned], steps: [step('done')], apiCalls: { total: 5, writes: 0 } }],
  ])('shows a run of init with %s as a dry run: %s', async (_what, dryRun, over) => {
    const { stdout } = await saved(renderJson({ ...fixtures.initFirstRun, ...over })).report();
    expect(stdout.includes('DRY RUN')).toBe(dryRun);
  });

  it('shows a saved run that failed on stdout', async () => {
    const ran = await saved(renderJson(fixtures.checkExpired)).report();
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('E-SESSION-EXPIRED');
  });

  it('returns JSON unchanged', async () => {
    for (const report of [fixtures.checkWithFailures, fixtures.checkExpired, fixtures.initFailed, fixtures.initFirstRun]) {
      const text = renderJson(report);
      expect((await saved(text).report('--output', 'json')).stdout).toBe(text);
    }
  });

  it('counts the results itself when the summary of an edited file contradicts them', async () => {
    const { summary } = fixtures.checkWithFailures;
    const edited = renderJson({ ...fixtures.checkWithFailures, summary: { ...summary, fail: 0, pass: 99 } });
    expect((await saved(edited).report('--output', 'json')).stdout).toBe(renderJson(fixtures.checkWithFailures));
    expect((await saved(edited).report()).stdout).toMatch(/^\S+ FAIL {2}6 of 22 checks failed/);
  });

  it('recognizes a dry run by its plan', async () => {
    const ran = await saved(renderJson(fixtures.initDryRun)).report('--output', 'markdown');
    expect(ran.stdout).toMatch(/^## ⚠ DRY RUN: 9 changes would be made/);
    expect(ran.stdout).toContain('### Plan');
  });

  it('recognizes a dry run of undo, and lists in each format what stays', async () => {
    const shell = testShell();
    await shell.run(['init', '--sandbox', '--yes', '--quiet']);
    const planned = ['undo', '--sandbox', '--dry-run', '--quiet'];
    writeFileSync(join(shell.home, 'undo.json'), (await shell.run([...planned, '--output', 'json'])).stdout);
    const report = async (format: string) => (await shell.run(['report', 'undo.json', '--output', format])).stdout;
    expect(await report('table')).toBe((await shell.run(planned)).stdout);
    expect(await report('html')).toMatch(/<title>PLAN: Undo of account/);
    const markdown = await report('markdown');
    expect(markdown).toMatch(/^## ✅ PLAN: 6 changes would be made\. 3 things stay\.\n/);
    expect(markdown).toContain('### Plan');
    expect(markdown).toMatch(/### Left in the account\n[^#]*The password policy/);
    expect(markdown).toMatch(/\*\*Next:\*\* run the same command without --dry-run\.\n$/);
  });

  it('writes to a file', async () => {
    const shell = saved(renderJson(fixtures.checkWithFailures));
    const ran = await shell.report('--output', 'csv', '--output-file', 'result.csv');
    expect(ran).toMatchObject({ code: 0, stdout: '' });
    expect(readCsv([readFileSync(join(shell.home, 'result.csv'), 'utf8')])[0]).toHaveLength(fixtures.checkWithFailures.results.length + 1);
  });

  it('reads a result from stdin', async () => {
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    stdin.end(renderJson(fixtures.checkAllFine));
    const host = {
      argv: ['report', '-', '--output', 'jsonl'],
      env: {},
      cwd: '/',
      home: '/',
      platform: 'linux',
      stdin,
      stdout: stdout as unknown as NodeJS.WriteStream,
      stderr: new PassThrough() as unknown as NodeJS.WriteStream,
      clock: testClock(),
      random: () => '',
      signal: new AbortController().signal,
    } satisfies Host;
    expect(await run(host)).toBe(0);
    expect(String(stdout.read())).toMatch(looksLike.jsonl);
  });

  it('reads what Windows PowerShell saves', async () => {
    const ran = await saved(Buffer.from(`\ufeff${renderJson(fixtures.checkAllFine)}`, 'utf16le')).report('--output', 'csv');
    expect(ran.code).toBe(0);
  });

  it('points into the config with SARIF', async () => {
    const shell = saved(renderJson(fixtures.checkWithFailures));
    writeFileSync(join(shell.home, 'bootstrap.yaml'), 'version: 1\n\n# people\nmfa:\n  root: required\nbudget:\n  limit: 10 USD\n');
    const lines = async (...flags: readonly string[]) => {
      const { stdout } = await shell.report('--output', 'sarif', ...flags);
      const [run] = (JSON.parse(stdout) as { runs: { results: { ruleId: string; locations: { physicalLocation: unknown }[] }[] }[] }).runs;
      return run?.results.find(({ ruleId }) => ruleId === 'mfa.root')?.locations[0]?.physicalLocation;
    };
    expect(await lines()).toEqual({ artifactLocation: { uri: 'bootstrap.yaml' }, region: { startLine: 5 } });
    expect(await lines('--config', 'other.yaml')).toEqual({ artifactLocation: { uri: 'other.yaml' }, region: { startLine: 1 } });
  });

  const good = JSON.parse(renderJson(fixtures.checkWithFailures)) as Record<string, unknown>;
  const [first] = fixtures.checkWithFailures.results;
  it.each<[string, string | Uint8Array, string | RegExp]>([
    ['an empty file', ' \n', 'result.json is empty.'],
    [
      'a cut-off file',
      renderJson(fixtures.checkWithFailures).slice(0, 60),
      /result\.json:4:\d+ is not a JSON document: the text ends in the middle of the document\./,
    ],
    ['something else', '# A page\n', 'result.json:1:1 is not a JSON document: a value is missing here.'],
    ['two documents', '{}\n{}', 'result.json:2:1 is not a JSON document: unexpected text after the end of the document.'],
    ['a binary', new Uint8Array([0x1f, 0x8b, 0xff]), 'result.json is not UTF-8 text.'],
    ['a list', '[]', 'the document must be a section with keys, not a list'],
    [
      'another schema',
      JSON.stringify({ ...good, schemaVersion: '2.0' }),
      'schemaVersion is not "1.0", the only version that this tool reads',
    ],
    [
      'another tool',
      JSON.stringify({ ...good, tool: { name: 'prowler', version: '5' } }),
      'tool.name must be aws-account-bootstrap, not "prowler"',
    ],
    ['a missing part', JSON.stringify({ ...good, exit: undefined }), 'exit is missing'],
    [
      'an unknown status',
      JSON.stringify({ ...good, results: [first, { ...first, status: 'fine' }] }),
      /results\[1\]\.status must be pass, .* not "fine"/,
    ],
    ['an invalid time', JSON.stringify({ ...good, startedAt: 'now' }), 'startedAt "now" does not have the right form'],
  ])('refuses %s, and reports where it is wrong', async (_, text, wanted) => {
    const ran = await saved(text).report('--quiet');
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toContain('E-REPORT-FILE');
    const message = ran.stderr.replaceAll(/\s+/g, ' ');
    if (typeof wanted === 'string') expect(message).toContain(wanted);
    else expect(message).toMatch(wanted);
  });

  it('refuses a file that does not exist', async () => {
    const shell = testShell();
    mkdirSync(join(shell.home, 'folder'));
    const missing = (await shell.run(['report', 'none.json'])).stderr;
    expect(missing).toContain('none.json does not exist.');
    expect(missing).toContain('The report could not be shown.');
    expect((await shell.run(['report', 'folder'])).stderr).toContain('folder is a folder.');
    expect((await shell.run(['report'])).code).toBe(2);
  });

  it('writes no foreign characters when it refuses', async () => {
    const ran = await saved(JSON.stringify({ ...good, command: '\u001b[2J\n::error::x' })).report();
    expect(ran.stderr).not.toMatch(/\u001b|^::/m);
  });
});

describe('a run that fails', () => {
  for (const command of [
    ['check', '--config', 'none.yaml'],
    ['check', '--no-such-flag'],
    ['report', 'none.json'],
  ]) {
    it(`is a document of its format: ${command.join(' ')}`, async () => {
      for (const format of formats) {
        const { code, stdout, stderr } = await testShell().run([...command, '--output', format]);
        expect(code).toBe(2);
        if (format === 'json') expect((JSON.parse(stdout) as RunReport).error).toBeDefined();
        if (format === 'jsonl') expect(stdout.trimEnd().split('\n')).toHaveLength(2);
        if (format === 'markdown') expect(stdout).toMatch(/^## ❌ STOPPED: /);
        if (format === 'junit') expect(readXml([stdout])[0]?.attributes).toMatchObject({ tests: '1', errors: '1' });
        if (format === 'sarif')
          expect(JSON.parse(stdout)).toMatchObject({ runs: [{ invocations: [{ executionSuccessful: false, exitCode: 2 }], results: [] }] });
        if (format === 'csv') expect(readCsv([stdout])[0]).toHaveLength(1);
        if (format === 'csv') expect(stdout).toMatch(/^[^\\]+\r\n$/);
        if (format === 'csv') expect(stderr).not.toBe('');
        else expect(stderr).toBe('');
      }
    });
  }

  it('also prints the error when its document goes to a file', async () => {
    const shell = testShell();
    const { stderr } = await shell.run(['check', '--config', 'none.yaml', '--output', 'sarif', '--output-file', 'x.sarif']);
    expect(stderr).toContain('none.yaml does not exist');
    expect(readFileSync(join(shell.home, 'x.sarif'), 'utf8')).toContain('E-CONFIG-UNREADABLE');
  });
});

describe('check and init', () => {
  it.each(formats)('write %s', async (format) => {
    const shell = testShell();
    const check = await shell.run(['check', '--sandbox', '--output', format, '--quiet']);
    expect(check.stderr).toBe('');
    expect(check.stdout).toMatch(format === 'markdown' ? /^## / : looksLike[format]);
    const plan = await shell.run(['init', '--sandbox', '--dry-run', '--output', format, '--quiet']);
    expect(plan.stdout).toMatch(format === 'markdown' ? /^## ⚠ DRY RUN: / : looksLike[format]);
  });

  it('write JSON that can be read again', async () => {
    const shell = testShell();
    for (const command of [['check'], ['init', '--dry-run'], ['init', '--yes'], ['check']]) {
      const { stdout } = await shell.run([...command, '--sandbox', '--output', 'json']);
      expect(savedReport.safeParse(JSON.parse(stdout)).error?.issues).toBeUndefined();
      const file = join(shell.home, 'result.json');
      writeFileSync(file, stdout);
      expect((await shell.run(['report', file, '--output', 'json'])).stdout).toBe(stdout);
    }
  });
});

describe('the position of a JSON error', () => {
  it.each([
    ['', 1, 1, 'the text ends in the middle of the document'],
    ['{', 1, 2, 'the text ends in the middle of the document'],
    ['{"a": 1,}', 1, 9, 'a key in double quotes is missing here'],
    ['{"a" 1}', 1, 6, '":" is missing here'],
    ['{"a": 1\n "b": 2}', 2, 2, '"," or "}" is missing here'],
    ['[1 2]', 1, 4, '"," or "]" is missing here'],
    ['[1,]', 1, 4, 'a value is missing here'],
    ["{'a': 1}", 1, 2, 'a key in double quotes or "}" is missing here'],
    ['[01]', 1, 2, 'a value or "]" is missing here'],
    ['["a\nb"]', 1, 2, 'a value or "]" is missing here'],
    ['{"a": undefined}', 1, 7, 'a value is missing here'],
    ['1 2', 1, 3, 'unexpected text after the end of the document'],
    ['[}', 1, 2, 'a value or "]" is missing here'],
  ])('is found in %j', (text, line, column, message) => {
    expect(jsonProblem(text)).toEqual({ line, column, message });
  });

  it.each(['1', ' {"a": [1, -2.5e3, true, null, "\\u00e9\\n"], "b": {}, "c": []} \n', '[[[]]]', '""'])('is undefined for %j', (text) => {
    expect(jsonProblem(text)).toBeUndefined();
  });
});
