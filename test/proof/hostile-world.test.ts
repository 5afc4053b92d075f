import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { commandsIn } from '../action/runner.js';
import { formats, readCsv, readXml } from '../report/format-fixtures.js';
import { hostile } from '../report/fixtures.js';
import { payloads } from '../report/payloads.js';
import { practiceAccount, signedIn } from '../scenarios/practice-account.js';
import { recordTotal } from '../support/totals.js';
import { withHostileNames } from '../support/hostile-world.js';

/** Line breaks of ours, and colours of ours, are no steering. */
const steering = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const uncoloured = (text: string): string => text.replace(/\u001b\[\d+(;\d+)*m/g, '');

/** What is shown of an account in which every name and text is hostile: by a whole run, from the wire to the page. */
describe('an account full of hostile names', () => {
  let report: RunReport;
  /** By format; people's in colour. */
  const texts: Record<string, string> = {};
  let messages = '';
  let exit: number;
  beforeAll(async () => {
    const practiced = practiceAccount();
    practiced.turn({ createAccountPolls: 0 });
    const init = await practiced.run(['init', '--yes']);
    if (init.code !== 5) throw new Error(`init ended with ${init.code}: ${init.stderr}`);
    const shell = await signedIn({ world: withHostileNames(practiced.world(), payloads) });
    const people = await shell.run(['check'], { env: { FORCE_COLOR: '1', COLUMNS: '60' } });
    texts['table'] = people.stdout;
    messages = people.stderr;
    const json = await shell.run(['check', '--output', 'json']);
    exit = json.code;
    report = JSON.parse(json.stdout) as RunReport;
    const file = join(shell.home, 'result.json');
    writeFileSync(file, json.stdout);
    for (const format of formats) texts[format] = (await shell.run(['report', file, '--output', format])).stdout;
    texts['json'] = json.stdout;
  });

  it('is judged like any other: nothing of it stops the run', () => {
    expect([exit, report.error]).toEqual([3, undefined]);
    expect(report.results.length).toBeGreaterThan(4 * payloads.length);
    expect(payloads.length).toBeGreaterThanOrEqual(40);
    const shown = payloads.filter((payload) => report.results.some(({ resource, reason }) => `${resource}\n${reason}`.includes(payload)));
    recordTotal({
      suite: 'P4',
      title: 'hostile names that a check of an account shows',
      ran: shown.length,
      floor: payloads.length - 4,
      sampled: null,
      all: 'npm test',
      detail: `in ${report.results.length} results, by ${formats.length + 1} formats`,
    });
  });

  it('sends no control byte to a terminal', () => {
    expect(texts['table']).toMatch(/\u001b\[/);
    for (const text of [texts['table'] ?? '', messages]) expect(steering.exec(uncoloured(text))?.[0]).toBeUndefined();
  });

  it.each(['table', ...formats])('commands no build in %s', (format) => {
    expect(commandsIn(uncoloured(texts[format] ?? ''))).toEqual([]);
    expect(commandsIn(uncoloured(messages))).toEqual([]);
  });

  it('is one document in every format, with every result in it', () => {
    const { length } = report.results;
    expect(
      (texts['jsonl'] ?? '')
        .trimEnd()
        .split('\n')
        .filter((line) => (JSON.parse(line) as { type: string }).type === 'result'),
    ).toHaveLength(length);
    expect(readXml([texts['junit'] ?? ''])[0]?.attributes).toMatchObject({ tests: String(length) });
    expect(readCsv([texts['csv'] ?? ''])[0]).toHaveLength(length + 1);
    const open = report.results.filter(({ status }) => ['fail', 'unknown', 'manual'].includes(status));
    expect((JSON.parse(texts['sarif'] ?? '') as { runs: { results: unknown[] }[] }).runs[0]?.results).toHaveLength(open.length);
    expect(texts['markdown']?.length).toBeLessThan(65_536);
  });
});

describe('an answer of AWS that is hostile', () => {
  const shownBy = async (argv: readonly string[], operation: string, fault: { readonly code: string; readonly message: string }) => {
    const practiced = practiceAccount();
    practiced.turn({ faults: [{ operation, what: { kind: 'error', status: 400, ...fault } }] });
    const people = await practiced.run(argv);
    const json = await practiced.report(argv);
    return { people, json };
  };

  it('steers nothing when a change is refused with it', async () => {
    const message = payloads.join('\n');
    const { people, json } = await shownBy(['init', '--yes', '--only', 'alias'], 'iam:CreateAccountAlias', {
      code: 'ValidationError',
      message,
    });
    expect(json.report.steps?.find(({ id }) => id === 'alias')?.error?.message).toContain('owned');
    for (const text of [people.stdout, people.stderr]) {
      expect(steering.exec(text)?.[0]).toBeUndefined();
      expect(commandsIn(text)).toEqual([]);
    }
    expect(commandsIn(json.stdout)).toEqual([]);
    expect(people.code).toBe(7);
  });

  it.each(hostile)('steers nothing by the name of an error: %j', async (code) => {
    const { people, json } = await shownBy(['check', '--only', 'alias', '--fail-on', 'low'], 'iam:ListAccountAliases', {
      code,
      message: code,
    });
    for (const text of [people.stdout, people.stderr]) {
      expect(steering.exec(text)?.[0]).toBeUndefined();
      expect(commandsIn(text)).toEqual([]);
    }
    expect(json.report.results.map(({ status }) => status)).toContain('unknown');
    expect([people.code, json.code]).toEqual([6, 6]);
  });
});
