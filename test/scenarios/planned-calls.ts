import { expect } from 'vitest';
import type { RunReport } from '../../src/core/report.js';

/** Steps that an unattended run applies one after the other; it applies the others at the same time. */
const inOrder = ['admin-user', 'mfa', 'organization'];

/** The plan is what was done: exactly its calls, those of each step in the order of the plan, and those of dependent steps too. */
export const expectPlanned = (report: RunReport, writes: readonly string[]): void => {
  const plan = report.plan ?? [];
  const callsOf = (...steps: readonly string[]) => plan.filter(({ step }) => steps.includes(step)).flatMap(({ calls }) => calls);
  expect(writes.toSorted()).toEqual(plan.flatMap(({ calls }) => calls).toSorted());
  for (const step of new Set(plan.map((change) => change.step))) expectInOrder(writes, callsOf(step));
  expectInOrder(writes, callsOf(...inOrder));
};

/** All of `calls`, in this order, among others. */
const expectInOrder = (writes: readonly string[], calls: readonly string[]): void => {
  let at = 0;
  const found = calls.filter((call) => {
    const next = writes.indexOf(call, at);
    if (next >= 0) at = next + 1;
    return next >= 0;
  });
  expect(found).toEqual(calls);
};
