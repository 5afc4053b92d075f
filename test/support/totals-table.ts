import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { suites, type SuiteId, type Total } from './totals.js';

const ids = Object.keys(suites) as SuiteId[];

/** Lines of JSON, as `recordTotal` writes them, in the order of the suites. */
export const readTotals = (file: string): readonly Total[] => sorted(linesOf(file));

const linesOf = (file: string): readonly Total[] =>
  (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Total);

const sorted = <T extends Total>(totals: readonly T[]): readonly T[] =>
  totals.toSorted((a, b) => ids.indexOf(a.suite) - ids.indexOf(b.suite) || titleOf(a).localeCompare(titleOf(b)));

export const titleOf = ({ suite, title }: Total): string => title ?? suites[suite];

/** The table at the end of a run, with aligned columns. */
export const totalsTable = (totals: readonly Total[]): string => {
  const head = ['suite', 'cases', 'floor', 'sample', 'what'];
  const rows = totals.map((total) => [
    total.suite,
    String(total.ran),
    String(total.floor),
    total.sampled === null ? 'all' : 'sample',
    [
      titleOf(total),
      ...(total.detail === undefined ? [] : [`: ${total.detail}`]),
      ...(total.sampled === null ? [] : [`\n${total.sampled}${total.all === null ? '' : `; all: ${total.all}`}`]),
    ].join(''),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.split('\n')[0]?.length ?? 0)));
  const indent = ' '.repeat(widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => {
          if (column === row.length - 1) return cell.replaceAll('\n', `\n${indent}`);
          return column === 1 || column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
        })
        .join('  '),
    )
    .join('\n');
};

export interface KeptTotal extends Total {
  /** Of the run, as 2026-11-26. */
  readonly date: string;
  /** `test`, `nightly` or `proof`. */
  readonly run: string;
}
const keptFile = path.join(import.meta.dirname, 'totals.json');

/** The totals of the last full runs, which docs/proof.md shows. `npm run totals`, `npm run nightly` and `npm run proof` write them. */
export const keptTotals = (): readonly KeptTotal[] =>
  existsSync(keptFile) ? (JSON.parse(readFileSync(keptFile, 'utf8')) as readonly KeptTotal[]) : [];

/** A suite that ran replaces all of its totals from the same kind of run. */
const keep = (totals: readonly Total[], run: string): void => {
  const date = new Date().toISOString().slice(0, 10);
  const others = keptTotals().filter((one) => one.run !== run || !totals.some(({ suite }) => suite === one.suite));
  const kept = sorted([...others, ...totals.map((total) => ({ ...total, date, run }))]);
  writeFileSync(keptFile, `${JSON.stringify(kept, null, 2)}\n`);
};

/** Gives each run a file for its totals, and prints them as one table when the run ends. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'totals-'));
  const file = path.join(folder, 'totals.jsonl');
  process.env['BOOTSTRAP_TOTALS_FILE'] = file;
  const part = project.vitest.config.testNamePattern !== undefined;
  if (part) process.env['BOOTSTRAP_TOTALS_PART'] = '1';
  return () => {
    const totals = readTotals(file);
    rmSync(folder, { recursive: true });
    if (totals.length === 0) return;
    const run = process.env['BOOTSTRAP_TOTALS_KEEP'];
    if (run !== undefined && !part) keep(totals, run);
    console.info(`\nTotals${part ? ' of a part of the tests, so without their floors' : ''}:\n\n${totalsTable(totals)}\n`);
  };
}
