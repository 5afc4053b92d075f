import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeBoundary } from '../../src/aws/boundary.js';
import { testClock } from '../support/host.js';
import { awsError } from './fake-aws.js';

/** A service that refuses a request while so many others are under way, and takes a few turns for each. */
const limitedService = (most: number) => {
  let running = 0;
  const seen = { throttled: 0, answered: 0, peak: 0 };
  const send = async (): Promise<object> => {
    if (running >= most) {
      seen.throttled += 1;
      throw awsError('Throttling');
    }
    running += 1;
    seen.peak = Math.max(seen.peak, running);
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    running -= 1;
    seen.answered += 1;
    return { User: { UserName: 'a' } };
  };
  return { send, seen };
};

const boundaryOver = (send: () => Promise<object>) =>
  makeBoundary({ send, clock: testClock(), mode: 'read', signal: new AbortController().signal });

const readAll = async (send: () => Promise<object>, count: number): Promise<number> => {
  const { cloud } = boundaryOver(send);
  const readings = await Promise.all(
    Array.from({ length: count }, (_, at) => cloud.read('iam:GetLoginProfile', { UserName: `user-${at}` })),
  );
  return readings.filter(({ ok }) => ok).length;
};

describe('requests to a service that limits the rate', () => {
  it('are sent more slowly until AWS accepts them, and none is lost', async () => {
    const { send, seen } = limitedService(4);
    expect(await readAll(send, 1000)).toBe(1000);
    console.info(`1000 reads of a service that takes 4 at a time: ${seen.throttled} refused`);
    expect(seen.throttled).toBeLessThan(400);
  });

  it('are sent 32 at a time to a service that accepts them', async () => {
    const { send, seen } = limitedService(1000);
    expect(await readAll(send, 200)).toBe(200);
    expect(seen).toEqual({ throttled: 0, answered: 200, peak: 32 });
  });

  it('do not slow down another service', async () => {
    const { send: iam, seen } = limitedService(1);
    const sent: string[] = [];
    const { cloud } = makeBoundary({
      send: async (operation) => {
        if (operation.startsWith('iam:')) return iam();
        sent.push(operation);
        await setImmediate();
        return { AccountInformation: {} };
      },
      clock: testClock(),
      mode: 'read',
      signal: new AbortController().signal,
    });
    const slow = Array.from({ length: 40 }, (_, at) => cloud.read('iam:GetLoginProfile', { UserName: `user-${at}` }));
    await cloud.read('account:GetAccountInformation', {});
    expect(sent).toEqual(['account:GetAccountInformation']);
    expect(seen.answered).toBeLessThan(40);
    await Promise.all(slow);
  });
});
