import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { Result, RunReport } from '../../src/core/report.js';
import type { TextStyle } from '../../src/core/text.js';
import { renderTable } from '../../src/report/table.js';
import type { RenderContext } from '../../src/report/words.js';
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

const look = (width: number, color = false): TextStyle => ({ width, color, unicode: true });

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
        expectGolden(`${name}.${width}`, renderTable(report, look(width), { ...fixtures.words, ...more }));
      });
    }

    it(`differs only in colour: ${name}`, () => {
      const colored = renderTable(report, look(80, true), { ...fixtures.words, ...more });
      expectGolden(`${name}.80.color`, colored);
      expect(stripVTControlCharacters(colored)).toBe(renderTable(report, look(80), { ...fixtures.words, ...more }));
    });

    it(`has the verdict first and what to do next last: ${name}`, () => {
      const lines = renderTable(report, look(120), { ...fixtures.words, ...more })
        .trimEnd()
        .split('\n');
      expect(lines[0]).toMatch(/^[✓✗!?] [A-Z ]+ {2}\S/);
      expect(lines.findLastIndex((line) => line.startsWith('Next: '))).toBeGreaterThan(lines.length - 4);
    });

    it(`needs no symbols and no columns for a screen reader: ${name}`, () => {
      const text = renderTable(report, { ...look(80), accessible: true }, { ...fixtures.words, ...more });
      expect(text).not.toMatch(/[^\n\x20-\x7e]/);
    });
  }

  it('matches its golden file for a screen reader', () => {
    expectGolden(
      'check-failures.80.accessible',
      renderTable(fixtures.checkWithFailures, { ...look(80), accessible: true }, fixtures.words),
    );
    expectGolden('init-failed.80.accessible', renderTable(fixtures.initFailed, { ...look(80), accessible: true }, fixtures.words));
  });

  it('uses ASCII if the terminal cannot show more', () => {
    expectGolden('check-failures.80.ascii', renderTable(fixtures.checkWithFailures, { ...look(80), unicode: false }, fixtures.words));
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
          const text = renderTable(filledWith(value, report), look(width), { ...fixtures.words, ...more });
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

describe('the remaining manual steps of init', () => {
  it('are numbered and leave out audit findings', () => {
    const results: readonly Result[] = [
      ...fixtures.left,
      fixtures.result('access-keys.two-active', 'fail', 'Two keys.', {
        remediation: { by: 'hand', instructions: 'x', command: null, url: null },
      }),
    ];
    const text = renderTable({ ...fixtures.initFirstRun, results }, look(80), fixtures.words);
    expect(text).toContain(' 2. The root user has no MFA');
    expect(text).not.toContain('Two keys.');
  });
});
