import { expect } from 'vitest';
import type { RememberingSink } from '../support/remembering-sink.js';
import type { StepRun } from '../support/step-run.js';

/** The access-keys step creates a key of the user ci. */
export const section = { mode: 'create', user: 'ci', group: 'ci-readers', profile: 'practice' };
export const keysOf = (run: StepRun) => run.account.users.find(({ name }) => name === 'ci')?.accessKeys ?? [];

export const soleKeyIsStored = (run: StepRun, sink: RememberingSink): void => {
  const [created, ...more] = keysOf(run);
  expect(more).toEqual([]);
  const stored = sink.entries.filter((one) => one.kind === 'access-key' && one.accessKeyId === created?.id);
  expect(stored.map((one) => one.kind === 'access-key' && one.secretAccessKey.reveal())).toEqual([created?.secret]);
};
