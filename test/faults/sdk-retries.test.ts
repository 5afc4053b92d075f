import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { recordTotal } from '../support/totals.js';
import { disturb, faults, undisturbed, writes } from './ambiguous-answers.js';

// The suite of ambiguous-answers.test.ts, over a client for IAM that has the SDK's own retries, as one has that says nothing about them.
vi.mock('@aws-sdk/client-iam', async (importOriginal) => {
  const original = await importOriginal<typeof import('@aws-sdk/client-iam')>();
  class IAMClient extends original.IAMClient {
    constructor(configuration: ConstructorParameters<typeof original.IAMClient>[0]) {
      const { maxAttempts: _, ...rest } = configuration as { maxAttempts?: unknown };
      super(rest);
      const stack = this.middlewareStack;
      const add = stack.add.bind(stack);
      stack.add = (middleware: never, options: never) => {
        if ((options as { readonly name: string }).name !== 'retryMiddleware') add(middleware, options);
      };
    }
  }
  return { ...original, IAMClient };
});

let calm: Awaited<ReturnType<typeof undisturbed>>;
beforeAll(async () => {
  calm = await undisturbed();
});

/** Answers that the SDK takes for a reason to send again, after AWS has acted. */
const resent = ['happens, and its answer is lost', 'happens, and ends in a page of 500'] as const;
const secret = writes.filter(({ operation }) =>
  ['iam:CreateLoginProfile', 'iam:CreateVirtualMFADevice', 'iam:CreateAccessKey'].includes(operation),
);
const pairs = secret.flatMap((write) => resent.map((fault) => ({ write, fault, operation: write.operation })));

const failed: string[] = [];
afterAll(() => {
  recordTotal({
    suite: 'R4',
    title: 'the same with the retries of the SDK, which must fail',
    ran: failed.length,
    floor: 1,
    sampled: null,
    all: 'npm test',
    detail: `${failed.length} of ${pairs.length} pairs fail (${failed.join('; ')})`,
  });
});

it.each(pairs)('with the retries of the SDK the suite sees what goes wrong when $operation $fault', async ({ write, fault, operation }) => {
  const { wrong } = await disturb(write, faults[fault], calm.facts);
  if (wrong.length > 0) failed.push(`${operation} ${fault}`);
  // The tool's own repairs catch what ends in "already exists"; a second key is an orphan that cannot be distinguished from a wanted one.
  if (operation === 'iam:CreateAccessKey') expect(wrong.join('\n')).toContain('"keys":["Active","Active"]');
});
