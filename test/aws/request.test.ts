import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeBoundary } from '../../src/aws/boundary.js';
import type { Operation } from '../../src/core/cloud.js';
import { testClock } from '../support/host.js';
import { awsError, boundaryOver, socketError } from './fake-aws.js';

interface Held {
  readonly operation: Operation;
  readonly user: string | undefined;
  readonly signal: AbortSignal;
  readonly answer: (reply: object) => void;
}

/** A boundary whose requests wait until the test answers them. */
const held = (options: Partial<Parameters<typeof makeBoundary>[0]> = {}) => {
  const waiting: Held[] = [];
  const order: string[] = [];
  const controller = new AbortController();
  const clock = testClock();
  const boundary = makeBoundary({
    clock,
    mode: 'read',
    signal: controller.signal,
    send: (operation, input, signal) =>
      new Promise((resolve, reject) => {
        const { UserName: user } = input as { readonly UserName?: string };
        order.push(user ?? operation);
        const answer = (reply: object) => (reply instanceof Error ? reject(reply) : resolve(reply));
        waiting.push({ operation, user, signal, answer });
      }),
    ...options,
  });
  const { cloud } = boundary;
  return {
    ...boundary,
    clock,
    controller,
    order,
    underWay: async (): Promise<number> => {
      await setImmediate();
      return waiting.length;
    },
    /** Answers those that are under way, one after the other in the order in which they were sent; or only the one of a user. */
    answerAll: async (reply: object | ((one: Held) => object), only?: string): Promise<void> => {
      await setImmediate();
      for (const one of waiting.splice(0)) {
        if (only === undefined || one.user === only)
          one.answer(typeof reply === 'function' ? (reply as (one: Held) => object)(one) : reply);
        else waiting.push(one);
        await setImmediate();
      }
    },
    user: (UserName: string) => cloud.read('iam:GetUser', { UserName }),
    users: (count: number, name = 'user') =>
      Array.from({ length: count }, (_, at) => cloud.read('iam:GetLoginProfile', { UserName: `${name}-${at}` })),
  };
};

describe('the requests under way at the same time', () => {
  it.each([
    [2, 2],
    [undefined, 32],
  ])('are, of all services together, with %s places: %i', async (slots, most) => {
    const { cloud, users, underWay } = held(slots === undefined ? {} : { slots });
    void Promise.all(users(32));
    for (const AlternateContactType of ['BILLING', 'OPERATIONS', 'SECURITY'] as const)
      void cloud.read('account:GetAlternateContact', { AlternateContactType });
    expect(await underWay()).toBe(most);
  });

  it.each<readonly [string, readonly Error[], number]>([
    ['a rate limit', [awsError('Throttling')], 16],
    ['a rate limit, once more', [awsError('Throttling'), awsError('Throttling')], 8],
    ['a failure of AWS', [awsError('ServiceFailure', 500)], 32],
    ['a lost answer', [socketError('ECONNRESET')], 32],
  ])('are, after %s of another operation of the service: %j', async (_, failures, most) => {
    const { user, users, underWay, answerAll } = held();
    const first = user('first');
    for (const failure of failures) await answerAll(failure);
    await answerAll({});
    await first;
    void Promise.all(users(40));
    expect(await underWay()).toBe(most);
  });

  it('are half as many after one round of refusals, and one more after each round that AWS accepts', async () => {
    const { users, underWay, answerAll } = held();
    const readings = users(100);
    expect(await underWay()).toBe(32);
    await answerAll(awsError('Throttling'));
    // The last one that was sent before.
    await answerAll(awsError('Throttling'), 'user-32');
    for (const most of [16, 16, 17, 18]) {
      expect(await underWay()).toBe(most);
      await answerAll({});
    }
    while ((await underWay()) > 0) await answerAll({});
    expect((await Promise.all(readings)).every(({ ok }) => ok)).toBe(true);
  });
});

describe('the request that is sent next', () => {
  it('is one that others wait for, then the oldest', async () => {
    const { cloud, user, order, answerAll } = held({ slots: 1 });
    void user('a');
    void user('b');
    void user('c');
    void cloud.read('iam:GetCredentialReport', {});
    for (let turn = 0; turn < 4; turn += 1) await answerAll({});
    expect(order).toEqual(['a', 'iam:GetCredentialReport', 'b', 'c']);
  });

  it('is one that was refused before, then the oldest', async () => {
    const { user, order, answerAll } = held({ slots: 1 });
    void user('a');
    void user('b');
    void user('c');
    let refused = false;
    for (let turn = 0; turn < 4; turn += 1)
      await answerAll(({ user: name }) => {
        if (name !== 'a' || refused) return {};
        refused = true;
        return awsError('Throttling');
      });
    expect(order).toEqual(['a', 'b', 'a', 'c']);
  });
});

describe('how long a request is repeated', () => {
  const failures = {
    throttled: awsError('Throttling'),
    server: awsError('ServiceFailure', 500),
    denied: awsError('AccessDenied', 403),
  };
  const { throttled, server } = failures;
  it.each<readonly [string, readonly Error[], number, number]>([
    ['always a failure of AWS', [server], 4, 250 + 500 + 1_000],
    ['always a rate limit', [throttled], 8, 250 + 500 + 1_000 + 2_000 + 3 * 4_000],
    ['three failures of AWS, then a rate limit', [server, server, server, throttled], 11, 250 + 500 + 1_000 + 2_000 + 6 * 4_000],
    ['a denial', [failures.denied], 1, 0],
  ])('%s', async (_, replies, times, waited) => {
    const { cloud, sent, waitedMs } = boundaryOver(replies);
    expect((await cloud.read('iam:GetUser', { UserName: 'a' })).ok).toBe(false);
    expect([sent.length, waitedMs()]).toEqual([times, waited]);
  });

  it.each<readonly [string, Error, number, number, boolean, number]>([
    ['a rate limit', throttled, 4, 7, true, 3_750 + 15_750],
    ['a rate limit, then once too often', throttled, 4, 8, false, 3_750 + 15_750],
    ['a failure of AWS, which is not about the number of requests', server, 2, 1, true, 250 + 500 + 1_000],
    ['a failure of AWS, then once too often', server, 2, 2, false, 250 + 500 + 1_000],
  ])('%s: a request that AWS accepts meanwhile', async (_, failure, before, after, ok, waited) => {
    const { user, order, answerAll, clock } = held();
    const start = clock.now().getTime();
    const reading = user('a');
    for (let turn = 0; turn < before; turn += 1) await answerAll(failure);
    const other = user('b');
    await answerAll({}, 'b');
    expect((await other).ok).toBe(true);
    for (let turn = 0; turn < after; turn += 1) await answerAll(failure);
    if (ok) await answerAll({});
    expect((await reading).ok).toBe(ok);
    expect(clock.now().getTime() - start).toBe(waited);
    expect(order.filter((name) => name === 'a')).toHaveLength(before + after + (ok ? 1 : 0));
  });

  it.each([
    [3, []],
    [4, ['waiting for AWS (organizations:CreateAccount answers FinalizingOrganizationException)']],
    [9, ['waiting for AWS (organizations:CreateAccount answers FinalizingOrganizationException)']],
  ])('is reported once, when it takes long: after %i refusals', async (count, reports) => {
    const { cloud, said } = boundaryOver((_operation, _input, nth) =>
      nth <= count ? awsError('FinalizingOrganizationException', 409) : {},
    );
    await cloud.write('organizations:CreateAccount', { AccountName: 'a', Email: 'a@example.com' });
    expect(said).toEqual(reports);
  });

  it('needs no one to report it to', async () => {
    const replies = Array.from({ length: 6 }, () => awsError('FinalizingOrganizationException', 409));
    const { cloud } = makeBoundary({
      clock: testClock(),
      mode: 'write',
      signal: new AbortController().signal,
      send: async () => {
        const reply = replies.pop();
        if (reply !== undefined) throw reply;
        return {};
      },
    });
    await expect(cloud.write('organizations:CreateAccount', { AccountName: 'a', Email: 'a@example.com' })).resolves.toEqual({});
  });
});

describe('the error of the SDK', () => {
  it.each([
    ['iam:CreateUser', true],
    ['iam:CreateLoginProfile', false],
  ] as const)('is the cause of that of %s: %s', async (operation, attached) => {
    const answer = awsError('LimitExceeded', 409);
    const { cloud } = boundaryOver([answer]);
    const error: unknown = await cloud
      .write<Operation & 'iam:CreateUser'>(operation as never, { UserName: 'a' })
      .catch((thrown: unknown) => thrown);
    expect(error).toHaveProperty('cause', attached ? answer : undefined);
  });

  it('at AWS means that the operation is not offered, whatever its status', async () => {
    const { cloud, sent } = boundaryOver([awsError('NotImplemented', 500)]);
    expect(await cloud.read('iam:GetUser', {})).toMatchObject({ ok: false, cause: 'unsupported' });
    expect(sent).toHaveLength(1);
  });
});

describe('a stop', () => {
  it('reaches the read that is under way, and ends it whatever AWS answers', async () => {
    const { user, answerAll, controller, order } = held();
    const reading = user('a');
    const ended = reading.catch((reason: unknown) => reason);
    const signals: AbortSignal[] = [];
    await setImmediate();
    controller.abort('SIGINT');
    await answerAll(({ signal }) => {
      signals.push(signal);
      return awsError('AccessDenied', 403);
    });
    expect(await ended).toBe('SIGINT');
    expect(signals.map(({ reason }) => reason as unknown)).toEqual(['SIGINT']);
    expect(order).toEqual(['a']);
  });
});

describe('the time of a read', () => {
  const pageAfter = (ms: number) => {
    const clock = testClock();
    let sent = 0;
    const { cloud } = makeBoundary({
      clock,
      mode: 'read',
      signal: new AbortController().signal,
      readLimitMs: 1_000,
      send: async () => {
        sent += 1;
        clock.advance(ms);
        return { Users: [{}], ...(sent < 3 ? { IsTruncated: true, Marker: `m${sent}` } : {}) } as object;
      },
    });
    return { list: () => cloud.readAll('iam:ListUsers', {}), sent: () => sent };
  };
  it.each([
    [300, true, 3],
    [499, true, 3],
    [500, false, 2],
    [1_000, false, 1],
    [1_001, false, 1],
  ])('of which each page takes %i ms of 1,000: %s after %i pages', async (ms, ok, pages) => {
    const { list, sent } = pageAfter(ms);
    const reading = await list();
    expect([reading.ok, sent()]).toEqual([ok, pages]);
    if (!reading.ok) expect(reading.code).toBe('ReadTimeLimit');
  });

  it.each([
    [250, 0, 1],
    [251, 250, 2],
  ])('of %i ms ends before a pause that is as long: after %i ms', async (readLimitMs, waited, times) => {
    const clock = testClock();
    const start = clock.now().getTime();
    let sent = 0;
    const { cloud } = makeBoundary({
      clock,
      mode: 'read',
      signal: new AbortController().signal,
      readLimitMs,
      send: async () => {
        sent += 1;
        throw awsError('ServiceFailure', 500);
      },
    });
    expect(await cloud.read('iam:GetUser', {})).toMatchObject({ ok: false, code: 'ReadTimeLimit' });
    expect([clock.now().getTime() - start, sent]).toEqual([waited, times]);
  });
});
