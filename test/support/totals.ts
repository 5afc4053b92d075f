import { appendFileSync } from 'node:fs';

/** What a suite ran. */
export interface Total {
  /** Its id in the list of promises, such as `R1`. */
  readonly suite: string;
  /** The cases that ran. */
  readonly ran: number;
  /** The fewest that must run. */
  readonly floor: number;
  /** What was sampled; null: nothing, all cases ran. */
  readonly sampled: string | null;
  /** The command that runs all cases. */
  readonly all: string;
}

/** Fails when a suite ran fewer cases than its floor, and adds its figure to the file of totals. */
export const recordTotal = (total: Total): void => {
  const { suite, ran, floor } = total;
  const file = process.env['BOOTSTRAP_TOTALS_FILE'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(total)}\n`);
  if (ran < floor) throw new Error(`${suite} ran ${ran} cases, fewer than its floor of ${floor}`);
};
