import { describe, expect, it } from 'vitest';
import { makeBoundary } from '../../src/aws/boundary.js';
import { quoteMessage } from '../../src/aws/refusal.js';
import type { Operation } from '../../src/core/cloud.js';
import { BootstrapError } from '../../src/core/errors.js';
import { testClock } from '../support/host.js';
import { awsError, boundaryOver, socketError } from './fake-aws.js';

/** One account of many: `slots` limits what it may take of the queue. */
const oneOfMany = (answer: (operation: Operation) => object | Error, slots: number | undefined) => {
  const sent: Operation[] = [];
  const boundary = makeBoundary({
    clock: testClock(),
    mode: 'read',
    signal: new AbortController().signal,
    ...(slots === undefined ? {} : { slots }),
    send: async (operation) => {
      sent.push(operation);
      const given = answer(operation);
      if (given instanceof Error) throw given;
      return given;
    },
  });
  return { ...boundary, sent };
};

describe('after a request that got no answer', () => {
  const none = (operation: Operation) => (operation === 'iam:ListUsers' ? socketError('ECONNREFUSED') : {});

  it('nothing else is sent for that account of many, until it is forgotten', async () => {
    const { cloud, sent, forget } = oneOfMany(none, 4);
    const first = await cloud.readAll('iam:ListUsers', {});
    const before = sent.length;
    expect(first).toMatchObject({ ok: false, cause: 'unreachable' });
    expect(await cloud.read('iam:GetAccountSummary', {})).toEqual(first);
    expect(sent).toHaveLength(before);
    forget();
    expect(await cloud.read('iam:GetAccountSummary', {})).toMatchObject({ ok: true });
  });

  it('a single account continues', async () => {
    const { cloud } = oneOfMany(none, undefined);
    await cloud.readAll('iam:ListUsers', {});
    expect(await cloud.read('iam:GetAccountSummary', {})).toMatchObject({ ok: true });
  });

  it('an account of many continues after an answer that refuses, and after an extra read', async () => {
    const refused = oneOfMany((operation) => (operation === 'iam:ListUsers' ? awsError('AccessDenied', 403) : {}), 4);
    await refused.cloud.readAll('iam:ListUsers', {});
    expect(await refused.cloud.read('iam:GetAccountSummary', {})).toMatchObject({ ok: true });
    const extra = oneOfMany((operation) => (operation.startsWith('freetier:') ? socketError('ECONNREFUSED') : {}), 4);
    expect(await extra.cloud.read('freetier:GetAccountPlanState', {})).toMatchObject({ ok: false, cause: 'unreachable' });
    expect(await extra.cloud.read('iam:GetAccountSummary', {})).toMatchObject({ ok: true });
  });
});

describe('the list of AWS managed policies, which no run changes', () => {
  const lists = (answers: readonly (object | Error)[]) =>
    boundaryOver((operation, _input, nth) => (operation === 'iam:ListPolicies' ? (answers[nth - 1] ?? { Policies: [] }) : {}));
  const list = (cloud: ReturnType<typeof lists>['cloud']) => cloud.readAll('iam:ListPolicies', { Scope: 'AWS' });
  const timesListed = ({ sent }: ReturnType<typeof lists>) => sent.filter(({ operation }) => operation === 'iam:ListPolicies').length;

  it('is read once, also after a write and after what was read is forgotten', async () => {
    const boundary = lists([]);
    await list(boundary.cloud);
    await boundary.cloud.write('iam:CreateGroup', { GroupName: 'a' });
    boundary.forget();
    expect(await list(boundary.cloud)).toMatchObject({ ok: true });
    expect(timesListed(boundary)).toBe(1);
  });

  it('is read again if it could not be read', async () => {
    const boundary = lists([awsError('AccessDenied', 403)]);
    expect(await list(boundary.cloud)).toMatchObject({ ok: false });
    boundary.forget();
    expect(await list(boundary.cloud)).toMatchObject({ ok: true });
    expect(timesListed(boundary)).toBe(2);
  });
});

describe('the evidence', () => {
  it('has no request id if AWS gave none', async () => {
    const { cloud } = boundaryOver([{}]);
    expect((await cloud.read('iam:GetAccountSummary', {})).evidence).toStrictEqual([{ operation: 'iam:GetAccountSummary' }]);
  });

  it('of a list without an end is its first page only', async () => {
    const { cloud } = boundaryOver((_operation, _input, nth) => ({
      Users: [{}],
      IsTruncated: true,
      Marker: 'same',
      $metadata: { requestId: `r-${nth}` },
    }));
    expect((await cloud.readAll('iam:ListUsers', {})).evidence).toEqual([{ operation: 'iam:ListUsers', requestId: 'r-1' }]);
  });

  it.each([
    ['with the request id', awsError('InvalidAction', 400), { operation: 'iam:CreateUser', error: 'InvalidAction', requestId: 'r-error' }],
    [
      'without one',
      Object.assign(awsError('InvalidAction', 400), { $metadata: { httpStatusCode: 400 } }),
      { operation: 'iam:CreateUser', error: 'InvalidAction' },
    ],
  ])('of a write that the endpoint does not offer is in the error, %s', async (_, answer, aws) => {
    const { cloud } = boundaryOver([answer], 'write', { iam: 'http://127.0.0.1:5000' });
    const error: unknown = await cloud.write('iam:CreateUser', { UserName: 'a' }).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(BootstrapError);
    expect((error as BootstrapError).aws).toStrictEqual(aws);
  });

  it('of a read that took too long names the operation', async () => {
    const clock = testClock();
    const { cloud } = makeBoundary({
      clock,
      mode: 'read',
      signal: new AbortController().signal,
      readLimitMs: 1_000,
      send: async () => {
        await clock.sleep(2_000);
        throw awsError('Throttling');
      },
    });
    const reading = await cloud.read('iam:GetAccountSummary', {});
    expect(reading).toMatchObject({ ok: false, code: 'ReadTimeLimit', evidence: [{ operation: 'iam:GetAccountSummary' }] });
  });
});

describe('a role', () => {
  const role = 'arn:aws:iam::222233334444:role/Access';

  it.each(['organizations:ListAccounts', 'iam:ListUsers'] as const)(
    'is assumed only in accounts that %s of Organizations names',
    async (operation) => {
      const { cloud } = boundaryOver((sent) =>
        sent === 'sts:AssumeRole' ? awsError('AccessDenied', 403) : { Accounts: [{ Id: '222233334444' }], Users: [] },
      );
      await cloud.readAll(operation, {});
      const assumed = cloud.assume(role);
      if (operation === 'iam:ListUsers') await expect(assumed).rejects.toThrow('AWS named no such member account');
      else expect(await assumed).toMatchObject({ ok: false, cause: 'denied' });
    },
  );

  it.each([` ${role}`, `x${role}`, `${role}\nx`, role.replace('role/', 'user/role/'), role.replace('Access', ''), ''])(
    'is not assumed by a name with more in it: %j',
    async (arn) => {
      const { cloud, sent } = boundaryOver([{ Accounts: [{ Id: '222233334444' }] }]);
      await cloud.readAll('organizations:ListAccounts', {});
      await expect(cloud.assume(arn)).rejects.toThrow('AWS named no such member account');
      expect(sent).toHaveLength(1);
    },
  );

  it('passes an error of this tool on', async () => {
    const own = new BootstrapError({ code: 'E-CA-BUNDLE', message: 'm', next: 'n' });
    const { cloud } = boundaryOver((operation) => (operation === 'sts:AssumeRole' ? own : { Accounts: [{ Id: '222233334444' }] }));
    await cloud.readAll('organizations:ListAccounts', {});
    await expect(cloud.assume(role)).rejects.toBe(own);
  });
});

describe('root of a member', () => {
  const root = 'arn:aws:iam::222233334444:root';

  it.each([` ${root}`, `x${root}`, `${root}x`, `${root}\n`, `${root}/x`, root.replace('root', 'role/root'), root.replace('::', ':x:')])(
    'is not assumed by a name with more in it: %j',
    async (arn) => {
      const { cloud, assumeRoot, sent } = boundaryOver([{ Accounts: [{ Id: '222233334444' }] }]);
      await cloud.readAll('organizations:ListAccounts', {});
      await expect(assumeRoot(arn, 'audit')).rejects.toThrow('AWS named no such member account');
      expect(sent).toHaveLength(1);
    },
  );

  it('passes an error of this tool on', async () => {
    const own = new BootstrapError({ code: 'E-CA-BUNDLE', message: 'm', next: 'n' });
    const { cloud, assumeRoot } = boundaryOver((operation) =>
      operation === 'sts:AssumeRoot' ? own : { Accounts: [{ Id: '222233334444' }] },
    );
    await cloud.readAll('organizations:ListAccounts', {});
    await expect(assumeRoot(root, 'audit')).rejects.toBe(own);
  });
});

describe('the pages of a list', () => {
  const pages = [
    { Users: [{ UserName: 'a' }], IsTruncated: true, Marker: 'm1' },
    { Users: [{ UserName: 'b' }], IsTruncated: true, Marker: 'm2' },
    { Users: [{ UserName: 'c' }], IsTruncated: false },
  ];
  const reading = (replies: readonly (object | Error)[]) => {
    const { cloud, sent } = boundaryOver(replies);
    const read = async () => {
      const shown: object[] = [];
      const { ok } = await cloud.readAll('iam:ListUsers', {}, (page) => shown.push(page));
      return { ok, shown };
    };
    return { read, sent };
  };

  it('are shown once to each caller that reads the list', async () => {
    const { read, sent } = reading(pages);
    const all = { ok: true, shown: pages };
    expect(await Promise.all([read(), read()])).toEqual([all, all]);
    expect(await read()).toEqual(all);
    expect(sent).toHaveLength(3);
  });

  it('are shown as they arrive, also of a list that cannot be read to its end', async () => {
    const { read } = reading([...pages.slice(0, 2), awsError('AccessDenied', 403)]);
    expect(await read()).toEqual({ ok: false, shown: pages.slice(0, 2) });
  });

  it('are not those of an operation that answers at once', async () => {
    const { cloud, sent } = boundaryOver([{}]);
    await expect(cloud.readAll('iam:GetUser' as never, {})).rejects.toThrow('refused iam:GetUser: it does not answer in pages');
    expect(sent).toEqual([]);
  });
});

it('an operation that is not offered is named without a status if there was none', async () => {
  const { cloud } = boundaryOver([Object.assign(awsError('NotImplemented'), { $metadata: {} })]);
  expect(await cloud.read('iam:GetUser', {})).toMatchObject({ cause: 'unsupported', message: 'this endpoint does not offer iam:GetUser' });
});

describe('a read of what may not exist', () => {
  it.each([
    ['one of several named errors', ['Other', 'NoSuchEntity'], true],
    ['no named error', [], false],
    ['another error', ['Other'], false],
  ])('is "none" for %s', async (_, absent, none) => {
    const { cloud } = boundaryOver([awsError('NoSuchEntityException', 404)]);
    expect((await cloud.find('iam:GetLoginProfile', { UserName: 'a' }, absent)).ok).toBe(none);
  });
});

describe('refused credentials', () => {
  it.each([
    ['sts:GetCallerIdentity', 'InvalidClientTokenId', 'AWS refused the credentials for sts:GetCallerIdentity (InvalidClientTokenId)'],
    ['iam:GetAccountSummary', 'ExpiredToken', 'AWS refused the credentials for iam:GetAccountSummary (ExpiredToken)'],
    ['iam:GetAccountSummary', 'InvalidClientTokenId', expect.stringContaining('without MFA')],
  ] as const)('%s, %s', async (operation, code, message) => {
    const { cloud } = boundaryOver([awsError(code, 403)]);
    expect(await cloud.read(operation, {})).toMatchObject({ ok: false, cause: 'denied', message });
  });
});

describe('the message of AWS at the end of a reason', () => {
  it.each([
    ['', ''],
    ['AccessDenied', ''],
    ['User: alex is not authorized to perform: iam:GetUser', ''],
    ['Something else', ' (AWS: "Something else")'],
  ])('%j becomes %j', (message, quoted) => expect(quoteMessage('AccessDenied', message, undefined)).toBe(quoted));

  it('is quoted with a refusal, whatever its words', () => {
    const message = 'User: alex is not authorized to perform: iam:GetUser with an explicit deny';
    expect(quoteMessage('AccessDenied', message, { kind: 'explicit-deny', policy: undefined })).toBe(` (AWS: "${message}")`);
  });

  it.each([
    [299, 299, 'x'],
    [300, 300, 'x'],
    [301, 300, '…'],
  ])('of %i characters is %i long and ends in %s', async (length, expected, last) => {
    const answer = Object.assign(awsError('ValidationException', 400), { message: 'x'.repeat(length) });
    const reading = await boundaryOver([answer]).cloud.read('iam:GetAccountSummary', {});
    const quoted = reading.ok ? '' : (/"(.*)"/s.exec(reading.message)?.[1] ?? '');
    expect([quoted.length, quoted.at(-1)]).toEqual([expected, last]);
  });
});
