import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/aws/operations.js';
import { missingOperations } from '../emulator/gaps.js';
import { ministackLacks } from '../nightly/ministack.js';
import { recordTotal, suites, type SuiteId } from '../support/totals.js';
import { keptTotals, titleOf } from '../support/totals-table.js';
import { block, root, table } from './pages.js';

const json = <T>(file: string): T => JSON.parse(readFileSync(join(root, file), 'utf8')) as T;
const ids = Object.keys(suites) as SuiteId[];

interface Score {
  readonly date: string;
  /** The files, by name or pattern, with commas. */
  readonly mutate: string;
  readonly mutants: number;
  readonly killed: number;
  /** Of those: the tests did not end. */
  readonly timedOut: number;
  readonly equivalent: number;
  readonly score: number;
  readonly floor: number | null;
}
interface Equivalent {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}
const figures = 'scripts/mutants/figures.json';
const scores = existsSync(join(root, figures)) ? Object.entries(json<Record<string, Score>>(figures)) : [];
const equivalents = json<readonly Equivalent[]>('scripts/mutants/equivalents.json');

describe('the page of proof', () => {
  it('has every suite, with the totals of its last full run', () => {
    const totals = keptTotals();
    const rows = ids.flatMap((id) => {
      const own = totals.filter(({ suite }) => suite === id);
      if (own.length === 0) return [[id, suites[id], '', '', '', 'no full run yet']];
      return own.map((total) => [
        id,
        `${titleOf(total)}${total.detail === undefined ? '' : `: ${total.detail}`}`,
        String(total.ran),
        String(total.floor),
        total.sampled === null ? 'all' : `${total.sampled}${total.all === null ? '' : ` (\`${total.all}\`: all)`}`,
        total.date,
      ]);
    });
    block('docs/proof.md', 'totals', table(['suite', 'cases', 'ran', 'floor', 'sample', 'last full run'], rows));
  });

  it('has the scores of seeded bugs, and each survivor that changes nothing', () => {
    const rows = scores.map(([name, { date, mutate, mutants, killed, timedOut, equivalent, score, floor }]) => [
      name,
      mutate
        .split(',')
        .map((file) => `\`${file}\``)
        .join(' '),
      String(mutants),
      String(killed),
      String(timedOut),
      `${score} %`,
      floor === null ? '' : `${floor} %`,
      String(equivalent),
      date,
    ]);
    const harmless = equivalents.map(({ file, from, to, reason }) => [`\`${file}\``, `\`${from}\``, `\`${to}\``, reason]);
    block(
      'docs/proof.md',
      'mutants',
      [
        table(['topic', 'sources', 'bugs', 'noticed', 'of those, by a timeout', 'score', 'wanted', 'without effect', 'last run'], rows),
        'These changes have no effect that a user or AWS can observe:',
        table(['file', 'from', 'to', 'why'], harmless),
      ].join('\n\n'),
    );
  });

  it('has the gaps of both emulators', () => {
    const lacks = { moto: missingOperations.map(({ operation }) => operation), ministack: ministackLacks };
    const rows = Object.keys(operations)
      .filter((operation) => Object.values(lacks).some((list) => list.includes(operation)))
      .toSorted()
      .map((operation) => [`\`${operation}\``, ...Object.values(lacks).map((list) => (list.includes(operation) ? 'missing' : 'offered'))]);
    block('docs/proof.md', 'gaps', table(['operation', ...Object.keys(lacks)], rows));
  });
});

describe('every suite', () => {
  const numbered = (letter: string, last: number): readonly string[] => Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);

  it('is one of the table', () => {
    expect(ids).toEqual([...numbered('R', 11), ...numbered('S', 5), ...numbered('P', 8), 'Meta']);
  });

  it('records a total with a floor (P8)', () => {
    const sources = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts') && !/(?:totals|proof)\.test/.test(file))
      .map((file) => readFileSync(join(root, 'test', file), 'utf8'));
    const counting = sources.filter((text) => /\b(?:recordTotal|countTests)\(/.test(text));
    const here: readonly SuiteId[] = ['P8', 'Meta'];
    const recorded = ids.filter((id) => here.includes(id) || counting.some((text) => text.includes(`'${id}'`)));
    expect(ids.filter((id) => !recorded.includes(id))).toEqual([]);
    recordTotal({ suite: 'P8', title: 'suites with floors', ran: recorded.length, floor: ids.length, sampled: null, all: 'npm test' });
  });

  it('of seeded bugs has a score, and the wanted ones are above their floors', () => {
    const wanted = scores.filter(([, { floor }]) => floor !== null);
    expect(wanted.filter(([, { score, floor }]) => score < (floor ?? 0)).map(([name]) => name)).toEqual([]);
    recordTotal({
      suite: 'Meta',
      title: 'seeded bugs, of which this many were noticed in the last run',
      ran: wanted.reduce((sum, [, { killed }]) => sum + killed, 0),
      floor: 200,
      sampled: 'runs by topic, each with its date in docs/proof.md',
      all: 'npm run mutants',
    });
  });
});
