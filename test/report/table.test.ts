import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type Result, type RunReport, summaryOf } from '../../src/core/report.js';
import type { Spend } from '../../src/core/spend.js';
import type { TextStyle } from '../../src/core/text.js';
import { renderTable } from '../../src/report/table.js';
import { checkNext } from '../../src/report/verdict.js';
import { type RenderContext, stepWords } from '../../src/report/words.js';
import * as fixtures from './fixtures.js';

const golden = new URL('./golden/', import.meta.url);
const update = process.env['UPDATE_GOLDEN'] === '1';

const expectGolden = (name: string, text: string): void => {
  const file = new URL(`${name}.txt`, golden);
  if (update) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(file, text);
  }
  if (!existsSync(file)) throw new Error(`${file.pathname} is missing; UPDATE_GOLDEN=1 writes it`);
  expect(text).toBe(readFileSync(file, 'utf8'));
};

const styleOf = (width: number, color = false): TextStyle => ({ width, color, unicode: true });

const cases: Readonly<Record<string, readonly [RunReport, Partial<RenderContext>?]>> = {
  'check-failures': [fixtures.checkWithFailures, { showWaived: true }],
  'check-organization': [fixtures.checkOrganization],
  'check-fine': [fixtures.checkAllFine],
  'check-unread': [fixtures.checkUnread],
  'check-bad-config': [fixtures.checkBadConfig],
  'check-expired': [fixtures.checkExpired],
  'init-first-run': [fixtures.initFirstRun],
  'init-second-run': [fixtures.initSecondRun],
  'init-unchanged': [fixtures.initUnchanged],
  'init-failed': [fixtures.initFailed],
  'init-wrong-account': [fixtures.initWrongAccount],
  'init-dry-run': [fixtures.initDryRun, { dryRun: true }],
};

describe('the table format', () => {
  for (const [name, [report, more]] of Object.entries(cases)) {
    for (const width of [60, 80, 120]) {
      it(`matches its golden file: ${name} at width ${width}`, () => {
        expectGolden(`${name}.${width}`, renderTable(report, styleOf(width), { ...fixtures.words, ...more }));
      });
    }

    it(`differs only in colour: ${name}`, () => {
      const colored = renderTable(report, styleOf(80, true), { ...fixtures.words, ...more });
      expectGolden(`${name}.80.color`, colored);
      expect(stripVTControlCharacters(colored)).toBe(renderTable(report, styleOf(80), { ...fixtures.words, ...more }));
    });

    it(`has the verdict first and what to do next last: ${name}`, () => {
      const lines = renderTable(report, styleOf(120), { ...fixtures.words, ...more })
        .trimEnd()
        .split('\n');
      expect(lines[0]).toMatch(/^[✓✗!?] [A-Z ]+ {2}\S/);
      expect(lines.findLastIndex((line) => line.startsWith('Next: '))).toBeGreaterThan(lines.length - 4);
    });

    it(`needs no symbols and no columns for a screen reader: ${name}`, () => {
      const text = renderTable(report, { ...styleOf(80), accessible: true }, { ...fixtures.words, ...more });
      expect(text).not.toMatch(/[^\n\x20-\x7e]/);
    });
  }

  it('matches its golden file for a screen reader', () => {
    expectGolden(
      'check-failures.80.accessible',
      renderTable(fixtures.checkWithFailures, { ...styleOf(80), accessible: true }, fixtures.words),
    );
    expectGolden('init-failed.80.accessible', renderTable(fixtures.initFailed, { ...styleOf(80), accessible: true }, fixtures.words));
  });

  it('uses ASCII if the terminal cannot show more', () => {
    expectGolden('check-failures.80.ascii', renderTable(fixtures.checkWithFailures, { ...styleOf(80), unicode: false }, fixtures.words));
  });
});

/** The report with a value in every field that can hold it. */
const filledWith = (value: string, report: RunReport): RunReport => {
  const deep = (node: unknown, key: string): unknown => {
    if (Array.isArray(node)) return node.map((item) => deep(item, key));
    if (typeof node === 'object' && node !== null)
      return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, deep(item, name)]));
    if (node === 'check' || node === 'init') return node;
    const fixed = ['schemaVersion', 'status', 'severity', 'kind', 'by', 'risk', 'accountId', 'step', 'calls'];
    return typeof node === 'string' && !fixed.includes(key) ? value : node;
  };
  return deep(report, '') as RunReport;
};

describe('hostile values', () => {
  for (const [at, value] of fixtures.hostile.entries()) {
    for (const [name, [report, more]] of Object.entries(cases)) {
      it(`do not break the page: value ${at} in ${name}`, () => {
        for (const width of [40, 60, 300]) {
          const text = renderTable(filledWith(value, report), styleOf(width), { ...fixtures.words, ...more });
          expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
          expect(text).not.toMatch(/##\w*\[/);
          for (const line of text.split('\n')) {
            expect(line.trimStart()).not.toMatch(/^::/);
            expect(line).toBe(line.trimEnd());
            expect(stringWidth(line)).toBeLessThanOrEqual(Math.min(width, 120));
          }
        }
      });
    }
  }
});

const table = (results: readonly Result[], more: Partial<RenderContext> = {}, style = styleOf(80)): readonly string[] =>
  renderTable(fixtures.report({ command: 'check', results, exit: { code: 3, name: 'differs' } }), style, { ...fixtures.words, ...more })
    .trimEnd()
    .split('\n');
const change = (instructions: string, step: string): Partial<Result> => ({
  remediation: { by: 'init', instructions, command: `bootstrap init --only ${step}`, url: null },
});
const inOrder = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => /^\S+ (?:critical|high|medium|low|unknown|manual) +(\S+?)(?: \([a-z]+\))?: /.exec(line)?.[1] ?? []);

describe('the table of check', () => {
  const createBudget = change('Create the budget Monthly cost budget: 10 USD a month, mail to ops@example.com at 50% and 100%', 'budget');
  const noBudget = [
    fixtures.result('budget.exists', 'fail', 'There is no budget Monthly cost budget', createBudget),
    fixtures.result('budget.limit', 'fail', 'No budget sets a limit', createBudget),
    fixtures.result('budget.alerts', 'fail', 'No alert is set', createBudget),
    fixtures.result('budget.subscribers', 'fail', 'No one is notified of rising costs', createBudget),
  ];

  it('fits a screen of 80x24 with three open findings', () => {
    const open = fixtures.checkWithFailures.results.filter(
      ({ id, status }) => status === 'fail' && /mfa.root|budget.alerts|keys.age/.test(id),
    );
    const others = fixtures.checkWithFailures.results.filter(({ status }) => status === 'pass' || status === 'not-applicable');
    const lines = table([
      ...others,
      ...open.map((one) =>
        one.id === 'budget.alerts' ? { ...one, ...change('Add the alert at 100% of forecasted spend', 'budget') } : one,
      ),
    ]);
    expect(open).toHaveLength(3);
    expect(new Set(others.map(({ step }) => step)).size).toBe(7);
    expect(lines.length).toBeLessThanOrEqual(24);
    // The verdict is the first line, and in the last block with the totals.
    expect(lines[0]).toBe('✗ FAIL  3 of 16 checks failed: 1 critical, 1 high, 1 medium.');
    expect(lines.at(-2)).toBe('✗ FAIL  16 checks: 12 ok, 3 FAIL, 1 n/a (exit code 3)');
  });

  it('cuts a fix to one line only if the table then fits a screen', () => {
    const long = 'Write billing-access.contact (name, title, email, phone) in bootstrap.yaml and run this, or set it in the console.';
    const hand = (id: string): Result =>
      fixtures.result(id, 'fail', 'There is no contact', {
        remediation: {
          by: 'hand',
          instructions: long,
          command: `bootstrap init --only ${id}`,
          url: 'https://console.aws.amazon.com/billing/home#/account',
        },
      });
    const fits = table(['one.a', 'two.b', 'three.c'].map(hand).concat(fixtures.checkAllFine.results));
    expect(fits.length).toBeLessThanOrEqual(24);
    expect(fits).toContain('            fix: Write billing-access.contact (name, title, email, phone) in ...');
    expect(fits).toContain('--verbose prints each fix in full.');
    const more = table(['one.a', 'two.b', 'three.c', 'four.d', 'five.e'].map(hand).concat(fixtures.checkAllFine.results));
    expect(more.join(' ').replaceAll(/ +/g, ' ').split(long)).toHaveLength(6);
    expect(more).not.toContain('--verbose prints each fix in full.');
  });

  it('lists open results most severe first, whatever their step and status', () => {
    expect(
      inOrder(
        table([
          fixtures.result('billing-access.switch', 'manual', 'x'),
          fixtures.result('alias.set', 'fail', 'x', { severity: 'low' }),
          fixtures.result('mfa.admin', 'unknown', 'x'),
          fixtures.result('admin-user.exists', 'fail', 'x'),
          fixtures.result('access-keys.root', 'manual', 'x'),
          fixtures.result('mfa.root', 'fail', 'x'),
          fixtures.result('access-keys.age', 'fail', 'x'),
        ]),
      ),
    ).toEqual(['mfa.root', 'access-keys.root', 'admin-user.exists', 'mfa.admin', 'access-keys.age', 'alias.set', 'billing-access.switch']);
  });

  it('prints a fix that several findings share once, with its command alone on a line', () => {
    for (const style of [styleOf(60), styleOf(80), styleOf(120), { ...styleOf(80), accessible: true }]) {
      const lines = table(noBudget, {}, style);
      expect(lines.filter((line) => line.includes('fix: Create the budget'))).toHaveLength(1);
      expect(lines.filter((line) => line.trim() === 'bootstrap init --only budget')).toHaveLength(1);
      expect(lines.filter((line) => line.includes('bootstrap init --only'))).toHaveLength(1);
    }
    expect(table(noBudget)).toContain('            fix: Create the budget Monthly cost budget');
  });

  it('lists findings of one fix together, also of different severity and with a manual fix', () => {
    const console = {
      by: 'hand',
      instructions: 'Assign a device in the console.',
      command: null,
      url: 'https://console.aws.amazon.com/iam/home',
    } as const;
    const lines = table([
      ...noBudget,
      fixtures.result('mfa.root', 'fail', 'Root has no MFA device', { remediation: console }),
      fixtures.result('mfa.root-hardware', 'fail', 'Root has no hardware key', { remediation: console }),
    ]);
    expect(inOrder(lines)).toEqual([
      'mfa.root',
      'mfa.root-hardware',
      'budget.exists',
      'budget.alerts',
      'budget.subscribers',
      'budget.limit',
    ]);
    expect(lines.filter((line) => line.includes('fix: Assign a device'))).toHaveLength(1);
    expect(lines.filter((line) => line.trim() === console.url)).toHaveLength(1);
  });

  it('prints one line for a finding of several resources, and one command for several changes', () => {
    const missing = ['50%', '80%', '100%', '100% forecasted'].map((alert) =>
      fixtures.result('budget.subscribers', 'fail', `The alert at ${alert} does not go to ops@example.com`, {
        resource: `Monthly cost budget: ${alert}`,
        ...change(`Add ops@example.com to the alert at ${alert}`, 'budget'),
      }),
    );
    const lines = table(missing, {}, styleOf(120));
    expect(lines.slice(3, 6)).toEqual([
      '✗ high      budget.subscribers (4 resources): The alert at 50% does not go to ops@example.com; and 3 similar',
      '            fix: 4 changes',
      '            bootstrap init --only budget',
    ]);
    const all = table(missing, { verbose: true }, styleOf(120));
    expect(all.filter((line) => line.includes('(4 resources)'))).toEqual([]);
    expect(all.filter((line) => line.startsWith('✗ high      budget.subscribers Monthly cost budget: '))).toHaveLength(4);
    expect(all.filter((line) => line.includes('bootstrap init --only budget'))).toHaveLength(1);
  });

  it('prints one line for the checks that one denied read leaves unknown', () => {
    const lines = table(
      ['budget.exists', 'budget.alerts', 'budget.subscribers'].map((id) =>
        fixtures.result(id, 'unknown', 'Not allowed to read budgets', { missingPermission: 'budgets:ViewBudget', cause: 'denied' }),
      ),
    );
    expect(lines).toContain('? unknown   budget.exists, budget.alerts, budget.subscribers (high): Not allowed');
    expect(lines.filter((line) => line.includes('allow: budgets:ViewBudget'))).toHaveLength(1);
  });

  it('collapses what passed to one line per step, and lists it with --verbose', () => {
    const { results } = fixtures.checkAllFine;
    const short = renderTable(fixtures.checkAllFine, styleOf(80), fixtures.words);
    const long = renderTable(fixtures.checkAllFine, styleOf(80), { ...fixtures.words, verbose: true });
    expect(short).toContain('✓ Budget: 4 ok\n');
    for (const { id } of results) expect([short.includes(id), long.includes(`✓ ok        ${id}`)]).toEqual([false, true]);
    expect(long).not.toContain('4 ok\n');
  });

  it('counts as fixed by init what init asks an answer for', () => {
    const byHand = (id: string, command: string): Result =>
      fixtures.result(id, 'fail', 'x', { remediation: { by: 'hand', instructions: 'Choose it.', command, url: null } });
    const results = [
      byHand('budget.exists', 'bootstrap init --only budget --email ADDRESS'),
      byHand('alias.set', 'bootstrap init --only alias --alias NAME'),
      byHand('access-keys.age', 'bootstrap keys rotate --user ci'),
      // Nothing asks for contacts.
      byHand('billing-access.contact', 'bootstrap init --only billing-access'),
    ];
    expect(table(results).at(-1)).toBe('Next: run `bootstrap init` to fix 2 of 4 findings; fix the others as listed.');
  });

  it.each([
    ['Run it again.', 'done, 1 manual step left'],
    [null, 'done'],
  ])('counts what an undo leaves to the user as a manual step: %s', (manual, words) => {
    const step = { id: 'admin-user', status: 'manual', verified: true, error: null } as const;
    const plan = [{ step: 'admin-user', kind: 'delete-user', summary: '', risk: 'normal', calls: [] }] as never;
    expect(stepWords(step, { plan, results: [], kept: [{ step: 'admin-user', what: 'The user ci', why: 'in use', manual }] })).toBe(words);
  });

  it('of a practice account names the commands that fix something in it', () => {
    const fix = (command: string | null) =>
      fixtures.result('mfa.root', 'fail', 'x', { remediation: { by: 'hand', instructions: 'Open it.', command, url: null } });
    const next = (...results: readonly Result[]): string =>
      checkNext({ ...fixtures.checkAllFine, target: 'sandbox', results }, fixtures.words);
    expect(next(fix(null))).toBe(
      'a practice account has no console. To practice the manual step at a terminal: `bootstrap init --sandbox`.',
    );
    expect(checkNext({ ...fixtures.checkAllFine, accounts: [], target: 'sandbox', results: [fix(null)] }, fixtures.words)).toBe(
      'the fix listed above applies to a real account; a practice account has no console.',
    );
    expect(next(fix(null), fix('bootstrap keys rotate --user ci'))).toBe(
      'run the commands listed above, then `bootstrap check --sandbox` again. A practice account has no console for the other fix.',
    );
  });

  it.each<readonly [string, readonly Result[], string]>([
    ['nothing passed and one is manual', [fixtures.left[0] as Result], 'No check failed; 1 to do or confirm manually.'],
    [
      'some do not apply',
      [...fixtures.checkAllFine.results, fixtures.result('mfa.root', 'not-applicable', 'x')],
      '10 of 11 checks passed; the others do not apply.',
    ],
    [
      'findings are below the severity of --fail-on',
      [fixtures.result('alias.set', 'fail', 'x')],
      '1 finding below the severity of --fail-on.',
    ],
    ['one was selected', [fixtures.result('alias.set', 'pass', 'x')], 'The check passed.'],
    ['none applies', [fixtures.result('mfa.root', 'not-applicable', 'x')], 'No check applies to this account.'],
    ['none was selected', [], 'There was nothing to check.'],
  ])('shows under OK what it found when %s', (_, results, text) => {
    const report = fixtures.report({ command: 'check', results });
    expect(renderTable(report, styleOf(80), fixtures.words).split('\n')[0]).toBe(`✓ OK  ${text}`);
  });
});

describe('the table of check --org', () => {
  const id = (at: number): string => String(200_000_000_000 + at);
  const organization = (members: number, of: (at: number) => readonly Result[]): RunReport => {
    const results = Array.from({ length: members + 1 }, (_, at) => of(at).map((one) => ({ ...one, accountId: id(at) })));
    return fixtures.report({
      command: 'check',
      results: results.flat(),
      accounts: results.map((own, at) => ({
        ...fixtures.account,
        id: id(at),
        name: at === 0 ? 'Management' : `member-${at}`,
        role: at === 0 ? 'management' : 'member',
        state: 'ACTIVE',
        unseen: null,
        summary: summaryOf(own),
      })),
      exit: { code: 3, name: 'differs' },
    });
  };
  const noAlias = fixtures.result('alias.set', 'fail', 'There is no alias', { severity: 'low' });
  const rootMfa = fixtures.result('mfa.root', 'pass', 'Root has an MFA device');
  const report = organization(61, (at) => [at === 61 ? { ...noAlias, status: 'pass' } : noAlias, rootMfa]);

  it('is one row for 60 accounts that are alike', () => {
    const lines = (style: TextStyle, verbose = false): readonly string[] =>
      renderTable(report, style, { ...fixtures.words, verbose }).split('\n');
    expect(lines(styleOf(80)).slice(3, 7)).toEqual([
      'account       name        mfa  alias',
      '200000000000  Management  ✓    ✗',
      '60 accounts alike         ✓    ✗',
      '200000000061  member-61   ✓    ✓',
    ]);
    expect(lines(styleOf(80)).length).toBeLessThanOrEqual(24);
    expect(lines({ ...styleOf(80), accessible: true })).toContain('60 accounts alike: mfa ok, alias FAIL');
    expect(lines(styleOf(80), true).filter((line) => /^2000000000\d\d /.test(line))).toHaveLength(62);
  });
});

describe('the result of init', () => {
  it('is one line per step: done if its changes were made, with the manual steps that are left', () => {
    const text = renderTable(fixtures.initFirstRun, styleOf(80), fixtures.words);
    expect(text).toContain('  ! Billing access and contacts  done, 1 manual step left\n  ✓ Budget                       done\n');
    expect(text).not.toMatch(/^ +\S? ?(?:Billing|Multi).* manual$/m);
    expect(renderTable(fixtures.initFirstRun, { ...styleOf(80), accessible: true }, fixtures.words)).toContain(
      '  Billing access and contacts: done, 1 manual step left\n',
    );
  });

  it.each([60, 80, 120])('prints nothing twice, at %i columns', (width) => {
    for (const report of [fixtures.initFirstRun, fixtures.initFailed, fixtures.initSecondRun]) {
      const text = renderTable(report, styleOf(width), fixtures.words).replaceAll(/\s+/g, ' ');
      for (const { summary } of report.plan ?? []) expect(text).not.toContain(summary);
      const sentences = [
        ...report.results.filter(({ status }) => status !== 'pass').map(({ reason }) => reason),
        ...(report.steps ?? []).flatMap(({ error }) => (error === null ? [] : [error.message, error.next])),
      ];
      expect(sentences.length).toBeGreaterThan(0);
      for (const sentence of sentences) expect([sentence, text.split(sentence).length - 1]).toEqual([sentence, 1]);
    }
  });
});

describe('the remaining manual steps of init', () => {
  it('are numbered and leave out audit findings', () => {
    const results: readonly Result[] = [
      ...fixtures.left,
      fixtures.result('access-keys.two-active', 'fail', 'Two keys.', {
        remediation: { by: 'hand', instructions: 'x', command: null, url: null },
      }),
    ];
    const text = renderTable({ ...fixtures.initFirstRun, results }, styleOf(80), fixtures.words);
    expect(text).toContain(' 2. The root user has no MFA');
    expect(text).not.toContain('Two keys.');
  });
});

describe('the spend of the month', () => {
  const lineOf = (spend: Partial<Spend>, style: Partial<TextStyle> = {}): string | undefined => {
    const results = [...fixtures.checkAllFine.results, fixtures.result('budget.spend', 'pass', 'x', { spend: { ...within, ...spend } })];
    return renderTable({ ...fixtures.checkAllFine, results }, { ...styleOf(80), ...style }, fixtures.words)
      .split('\n')
      .find((line) => line.trim().startsWith('Spend'))
      ?.trim();
  };
  const within: Spend = { actual: 4.28, forecast: 9.1, limit: 10, unit: 'USD' };

  it('is a bar up to the limit, with the amounts', () => {
    expect(lineOf({})).toBe('Spend ████░░░░░░ 4.28 of 10 USD (43 %), forecast 9.10 USD');
    expect(lineOf({}, { unicode: false })).toBe('Spend [####......] 4.28 of 10 USD (43 %), forecast 9.10 USD');
    expect(lineOf({}, { accessible: true })).toBe('Spend: 4.28 of 10 USD (43 %), forecast 9.10 USD');
    expect(lineOf({ actual: 0, forecast: null })).toBe('Spend ░░░░░░░░░░ 0.00 of 10 USD (0 %), no forecast yet');
    expect(lineOf({ actual: 0.01 })).toMatch(/^Spend █░{9} /);
    expect(lineOf({ actual: -3 })).toMatch(/^Spend ░{10} /);
  });

  it('leaves the amounts to the finding if they are above the limit', () => {
    expect(lineOf({ actual: 25 })).toBe('Spend ██████████ 250 % of the limit, forecast 91 %');
    expect(lineOf({ forecast: 12 })).toBe('Spend ████░░░░░░ 43 % of the limit, forecast 120 %');
    expect(lineOf({ limit: 0 })).toBe('Spend ██████████ 4.28 of 0 USD, forecast 9.10 USD');
  });

  it('is left out if it does not fit on a line, and never breaks it', () => {
    expect(lineOf({}, { width: 50 })).toBeUndefined();
    expect(lineOf({ unit: '\u001b[31m' })).not.toContain('\u001b');
  });
});
