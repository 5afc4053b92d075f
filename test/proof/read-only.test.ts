import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import { makeBoundary } from '../../src/aws/boundary.js';
import { operations } from '../../src/aws/operations.js';
import { openSession } from '../../src/aws/session.js';
import type { Cloud, ListOperation, Operation, ReadCloud, ReadOperation, SingleOperation, WriteOperation } from '../../src/core/cloud.js';
import type { AnyStep } from '../../src/core/step.js';
import { isRead as isSandboxRead } from '../../src/sandbox/services.js';
import { noRequests } from '../aws/fake-aws.js';
import { testClock } from '../support/host.js';
import { recordTotal } from '../support/totals.js';

/** A role is entered to look, with a session that may only read when the run only reads: app/member.ts, and its tests. */
const looks = (operation: Operation): boolean => ['read', 'assume'].includes(operations[operation].kind);
const writes = (Object.keys(operations) as Operation[]).filter((operation) => !looks(operation)) as WriteOperation[];

/** That `check` cannot write, by its types and before anything is signed. That it does not, scenarios/reads and e2e/account-faults-moto show. */
describe('what only reads', () => {
  let refused = 0;
  afterAll(() =>
    recordTotal({
      suite: 'P1',
      title: 'writes that a run that only reads refuses before a request is signed',
      ran: refused,
      floor: writes.length,
      sampled: null,
      all: 'npm test',
    }),
  );

  it('has no write by its type', () => {
    expectTypeOf<keyof ReadCloud>().toEqualTypeOf<'read' | 'find' | 'readAll' | 'findAll' | 'assume'>();
    expectTypeOf<Cloud>().toHaveProperty('write');
    expectTypeOf<Extract<ReadOperation, WriteOperation>>().toBeNever();
    expectTypeOf<Parameters<ReadCloud['read' | 'find']>[0]>().toEqualTypeOf<SingleOperation>();
    expectTypeOf<Parameters<ReadCloud['readAll' | 'findAll']>[0]>().toEqualTypeOf<ListOperation>();
    expectTypeOf<SingleOperation | ListOperation>().toEqualTypeOf<ReadOperation>();
    // A step looks with that, and with nothing more.
    type Looking = Parameters<AnyStep['observe']>[0]['cloud'];
    expectTypeOf<Looking>().toEqualTypeOf<ReadCloud>();
    expectTypeOf<Looking>().not.toHaveProperty<'write'>('write');
  });

  it.each(writes)('is refused %s before a request is signed', async (operation) => {
    const handler = noRequests();
    const clock = testClock();
    const signer = openSession({
      credentials: { from: 'environment', how: 'a test' },
      staticCredentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'unused' },
      region: 'us-east-1',
      now: clock.now,
      endpoints: {},
      timeoutMs: undefined,
      caBundle: undefined,
      handler,
    });
    let asked = 0;
    const { cloud, counts } = makeBoundary({
      send: async (...request) => {
        asked += 1;
        return signer.send(...request);
      },
      clock,
      mode: 'read',
      signal: new AbortController().signal,
    });
    await expect(cloud.write(operation, {})).rejects.toThrow(`refused ${operation}: this command only reads`);
    expect([asked, handler.requests, counts()]).toEqual([0, [], { total: 0, writes: 0 }]);
    refused += 1;
  });

  it('treats no operation as a read that another source calls a write', () => {
    for (const operation of Object.keys(operations) as Operation[])
      expect([operation, looks(operation)]).toEqual([operation, isSandboxRead(operation.split(':')[1] ?? '')]);
  });
});
