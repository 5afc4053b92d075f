import { appendFileSync } from 'node:fs';
import { afterAll, afterEach } from 'vitest';

/** Every suite that proves a promise, in the order of the printed table. docs/proof.md explains them to users. */
export const suites = {
  R1: 'init from every starting state',
  R2: 'killed once, at any moment',
  R3: 'killed again while it recovers',
  R4: 'answers of AWS that are lost or broken',
  R5: 'every documented error of AWS',
  R6: 'changes that AWS shows late',
  R7: 'random walks over all commands',
  R8: 'two programs at once',
  R9: 'signals, full disks, closed output',
  R10: 'one read at a time fails',
  R11: 'undo, from every state',
  S1: 'secrets are at their destination only',
  S2: 'the destination comes first',
  S3: 'a secret that cannot be stored',
  S4: 'every byte of ~/.aws',
  S5: 'hostile configs and plans',
  P1: 'check only reads',
  P2: 'the wrong account',
  P3: 'nothing is removed or replaced',
  P4: 'hostile values in every format',
  P5: 'malformed configs and answers',
  P6: 'the plan is what is done',
  P7: 'flags, examples, codes and their pages',
  P8: 'every total has a floor',
  Meta: 'seeded bugs that the tests catch',
} as const;
export type SuiteId = keyof typeof suites;

/** What one suite counted in one run. A suite may have several totals, each with a title of its own. */
export interface Total {
  readonly suite: SuiteId;
  /** What is counted, in a few words; the name of the suite if absent. */
  readonly title?: string;
  /** How many cases ran. */
  readonly ran: number;
  /** A run with fewer cases than this fails. */
  readonly floor: number;
  /** What was left out and how the rest was chosen; null if every case ran. */
  readonly sampled: string | null;
  /** The command that runs every case; null if there is no end of cases, as with random values. */
  readonly all: string | null;
  /** Further figures of the same run, such as "0 orphan keys". */
  readonly detail?: string;
}

/** Adds a line to the table of totals at the end of the run. Throws if fewer cases ran than the floor. */
export const recordTotal = (total: Total): void => {
  const file = process.env['BOOTSTRAP_TOTALS_FILE'];
  if (file !== undefined && file !== '') appendFileSync(file, `${JSON.stringify(total)}\n`);
  if (!Number.isInteger(total.ran) || !Number.isInteger(total.floor) || total.floor < 1)
    throw new Error(`${total.suite}: a total and its floor are positive whole numbers, not ${total.ran} and ${total.floor}`);
  // With `-t` a run is a part on purpose, and the table says so.
  if (total.ran < total.floor && process.env['BOOTSTRAP_TOTALS_PART'] === undefined)
    throw new Error(`${total.suite}, ${total.title ?? suites[total.suite]}: ${total.ran} cases ran, and the floor is ${total.floor}`);
};

/** Called in a `describe`, or at the top of a file: each test that passes there is a case. */
export const countTests = (total: Omit<Total, 'ran'>): void => {
  let ran = 0;
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') ran += 1;
  });
  afterAll(() => recordTotal({ ...total, ran }));
};
