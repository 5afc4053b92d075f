import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeBoundary } from '../../src/aws/boundary.js';
import { isRead, operations, readingPolicy } from '../../src/aws/operations.js';
import { AmbiguousWriteError, AwsError } from '../../src/core/aws-error.js';
import type { ListOperation, Operation, ReadCloud, ReadOperation, SingleOperation, WriteOperation } from '../../src/core/cloud.js';
import { BootstrapError } from '../../src/core/errors.js';
import { Secret } from '../../src/core/secret.js';
import { testClock } from '../support/host.js';
import { awsError, boundaryOver, socketError } from './fake-aws.js';

const all = Object.entries(operations) as readonly (readonly [Operation, (typeof operations)[Operation]])[];
const reads = all.filter(([, row]) => row.kind === 'read').map(([name]) => name as ReadOperation);
const writes = all.filter(([, row]) => row.kind === 'write' || row.kind === 'secret').map(([name]) => name as WriteOperation);

const readAny = ({ read, readAll }: ReadCloud, operation: ReadOperation) =>
  operations[operation].pages === undefined ? read(operation as SingleOperation, {}) : readAll(operation as ListOperation, {} as never);

describe('the read guard', () => {
  it.each(writes)('refuses %s in a command that only reads, before anything is sent', async (operation) => {
    const { cloud, sent, counts } = boundaryOver([{}], 'read');
    await expect(cloud.write(operation, {})).rejects.toThrow(`refused ${operation}: this command only reads`);
    expect(sent).toEqual([]);
    expect(counts()).toEqual({ total: 0, writes: 0 });
  });

  it.each(writes)('never lets %s out as a read, not even in a command that may write', async (operation) => {
    const { cloud, sent } = boundaryOver([{}], 'write');
    await expect(cloud.read(operation as never, {} as never)).rejects.toThrow(`refused ${operation}: it is not a read`);
    expect(sent).toEqual([]);
  });

  it.each(reads)('knows %s for a read by its name', (operation) => {
    expect(isRead(operation)).toBe(true);
    expect(operation).toMatch(/:(Get|List|Describe|Lookup)[A-Z]|^iam:GenerateCredentialReport$/);
  });

  it('accepts no operation as a read that is not in the table', () => {
    for (const name of ['iam:GetServiceLastAccessedDetails', 'iam:toString', 'constructor', 's3:ListBuckets'])
      expect(isRead(name)).toBe(false);
  });

  it('counts reads and writes apart', async () => {
    const { cloud, counts, written, effects } = boundaryOver([{}]);
    await cloud.readAll('iam:ListUsers', {});
    await cloud.write('iam:CreateGroup', { GroupName: 'g' });
    expect(counts()).toEqual({ total: 2, writes: 1 });
    expect(written()).toEqual(['iam:CreateGroup']);
    expect(effects()).toBe(1);
  });
});

/** The error of the SDK. */
const mishaps = {
  throttled: awsError('Throttling'),
  throttledJson: awsError('TooManyRequestsException', 429),
  'not sent': socketError('ECONNREFUSED'),
  'answer lost': socketError('ECONNRESET'),
  'timed out': Object.assign(new Error('late'), { name: 'TimeoutError', code: 'ETIMEDOUT' }),
  'server error': awsError('ServiceFailure', 500),
  'bad gateway': awsError('Unknown', 502),
  'unreadable 200': awsError('SyntaxError', 200),
  'unsupported page': awsError('Unknown', 500),
  denied: awsError('AccessDenied', 403),
  refused: awsError('LimitExceededException', 409),
  'no such entity': awsError('NoSuchEntityException', 404),
  concurrent: awsError('ConcurrentModificationException', 409),
  unmodifiable: awsError('EntityTemporarilyUnmodifiableException', 409),
  finalizing: awsError('FinalizingOrganizationException', 409),
  'delete conflict': awsError('DeleteConflictException', 409),
  duplicate: awsError('DuplicateRecordException', 400),
  'wrong code': awsError('InvalidAuthenticationCodeException', 403),
  'sign-in ended': awsError('ExpiredToken', 403),
} as const;
type Mishap = keyof typeof mishaps;

/** 8: as often as a rate limit is waited for; 4: hiccups; 17: two minutes of patience. */
const ofEveryWrite: Readonly<Partial<Record<Mishap, number>>> = {
  throttled: 8,
  throttledJson: 8,
  'not sent': 4,
  concurrent: 17,
  unmodifiable: 17,
};
const timesSent: readonly (readonly [string, Operation, Readonly<Partial<Record<Mishap, number>>>])[] = [
  ['extra', 'freetier:GetAccountPlanState', { throttled: 8, throttledJson: 8, 'server error': 4, 'bad gateway': 4, 'unsupported page': 4 }],
  [
    'read',
    'iam:ListUsers',
    {
      throttled: 8,
      throttledJson: 8,
      'not sent': 4,
      'answer lost': 4,
      'timed out': 4,
      'server error': 4,
      'bad gateway': 4,
      'unreadable 200': 4,
      'unsupported page': 4,
    },
  ],
  ['write', 'iam:CreateUser', ofEveryWrite],
  ['delete', 'iam:DeleteUser', { ...ofEveryWrite, 'delete conflict': 17 }],
  ['write-after-create', 'iam:CreateAccessKey', { ...ofEveryWrite, 'no such entity': 17 }],
  ['enrol', 'iam:EnableMFADevice', { ...ofEveryWrite, 'no such entity': 17 }],
  ['budget-part', 'budgets:CreateNotification', ofEveryWrite],
  ['organization', 'organizations:CreateAccount', { ...ofEveryWrite, finalizing: 17 }],
];
const cells = timesSent.flatMap(([row, operation, times]) =>
  (Object.keys(mishaps) as Mishap[]).map((mishap) => ({ row, operation, mishap, times: times[mishap] ?? 1 })),
);

describe('how often a request is sent', () => {
  it('is asked for every row of the table', () => {
    expect(timesSent.map(([row]) => row).sort()).toEqual([...new Set(all.map(([, { retry }]) => retry))].sort());
    for (const [row, operation] of timesSent) expect(operations[operation].retry).toBe(row);
  });

  it.each(cells)('sends $operation ($row) $times times when it is always: $mishap', async ({ operation, mishap, times }) => {
    const { cloud, sent } = boundaryOver([mishaps[mishap]]);
    if (isRead(operation)) await readAny(cloud, operation as ReadOperation);
    else await cloud.write(operation as WriteOperation, {}).catch(() => undefined);
    expect(sent).toHaveLength(times);
  });

  it.each(writes)('never sends %s again when its answer was lost', async (operation) => {
    for (const mishap of ['answer lost', 'timed out', 'server error', 'bad gateway', 'unreadable 200', 'unsupported page'] as const) {
      const { cloud, sent, effects } = boundaryOver([mishaps[mishap]]);
      await expect(cloud.write(operation, {})).rejects.toBeInstanceOf(AmbiguousWriteError);
      expect(sent).toHaveLength(1);
      expect(effects()).toBe(1);
    }
  });

  it('continues as soon as AWS answers', async () => {
    const { cloud, sent } = boundaryOver([mishaps.throttled, mishaps['server error'], { Users: [] }]);
    const reading = await cloud.readAll('iam:ListUsers', {});
    expect(reading).toMatchObject({ ok: true, value: [{ Users: [] }] });
    expect(sent).toHaveLength(3);
  });

  it('waits at most two minutes for a change that takes time, and reports it', async () => {
    const { cloud, waitedMs, said } = boundaryOver([mishaps.finalizing]);
    await expect(cloud.write('organizations:CreateAccount', {} as never)).rejects.toMatchObject({
      code: 'FinalizingOrganizationException',
    });
    expect(waitedMs()).toBeGreaterThanOrEqual(120_000);
    expect(waitedMs()).toBeLessThan(131_000);
    expect(said).toEqual(['waiting for AWS (organizations:CreateAccount answers FinalizingOrganizationException)']);
  });

  it('accepts a part of a budget that already exists as done', async () => {
    const { cloud, effects } = boundaryOver([mishaps.duplicate]);
    await expect(cloud.write('budgets:CreateSubscriber', {} as never)).resolves.toEqual({});
    expect(effects()).toBe(0);
  });

  it('counts no effect of a write that was refused', async () => {
    const { cloud, effects, counts } = boundaryOver([mishaps.refused]);
    const refusal = await cloud.write('iam:CreateUser', { UserName: 'a' }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AwsError);
    expect(refusal).not.toBeInstanceOf(AmbiguousWriteError);
    expect(refusal).toMatchObject({ operation: 'iam:CreateUser', code: 'LimitExceeded', status: 409, requestId: 'r-error' });
    expect(effects()).toBe(0);
    expect(counts().writes).toBe(1);
  });

  it('sends again at once, and once only, after the clock was corrected', async () => {
    const skewed = Object.assign(awsError('SignatureDoesNotMatch', 403), { $metadata: { httpStatusCode: 403, clockSkewCorrected: true } });
    const corrected = boundaryOver([skewed, { Users: [] }]);
    expect((await corrected.cloud.readAll('iam:ListUsers', {})).ok).toBe(true);
    expect(corrected.waitedMs()).toBe(0);
    const wrong = boundaryOver([skewed]);
    await expect(wrong.cloud.write('iam:CreateUser', { UserName: 'a' })).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    expect(wrong.sent).toHaveLength(2);
  });
});

describe('a read that brings nothing back', () => {
  const readingOf = async (mishap: Error) => boundaryOver([mishap]).cloud.readAll('budgets:DescribeBudgets', { AccountId: '1' });

  it('names the missing permission when it is denied', async () => {
    for (const code of ['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation']) {
      expect(await readingOf(awsError(code))).toEqual({
        ok: false,
        cause: 'denied',
        code,
        message: `AWS denied budgets:DescribeBudgets; the caller lacks budgets:ViewBudget (AWS: "said ${code}")`,
        missingPermission: 'budgets:ViewBudget',
        evidence: [{ operation: 'budgets:DescribeBudgets', requestId: 'r-error' }],
      });
    }
  });

  it.each(['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidSignatureException', 'CredentialsProviderError'])(
    'reports the credentials, and no permission, after %s',
    async (code) => {
      const reading = await readingOf(awsError(code, 403));
      expect(reading).toMatchObject({
        ok: false,
        cause: 'denied',
        message: `AWS refused the credentials for budgets:DescribeBudgets (${code})`,
      });
      expect(reading).not.toHaveProperty('missingPermission');
    },
  );

  it('reports a session without MFA when only IAM refuses it', async () => {
    const { cloud } = boundaryOver((operation) =>
      operation === 'sts:GetCallerIdentity' ? { Account: '111122223333' } : awsError('InvalidClientTokenId', 403),
    );
    expect((await cloud.read('sts:GetCallerIdentity', {})).ok).toBe(true);
    const reading = await cloud.readAll('iam:ListUsers', {});
    expect(reading).toMatchObject({ ok: false, cause: 'denied' });
    expect(reading).toHaveProperty('message', expect.stringContaining('without MFA'));
    expect(reading).toHaveProperty('message', expect.not.stringContaining('expired'));
  });

  it.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'unreachable'],
  ])('is %s: %s', async (code, cause) => {
    expect(await readingOf(socketError(code))).toMatchObject({ ok: false, cause, code });
  });

  it.each([
    [404, 'unsupported', 'this endpoint does not offer budgets:DescribeBudgets (HTTP 404)'],
    [405, 'unsupported', 'this endpoint does not offer budgets:DescribeBudgets (HTTP 405)'],
    [500, 'failed', 'budgets:DescribeBudgets failed: UnreadableAnswer'],
    [501, 'unsupported', 'this endpoint does not offer budgets:DescribeBudgets (HTTP 501)'],
    [502, 'failed', 'budgets:DescribeBudgets failed: UnreadableAnswer'],
    [503, 'failed', 'budgets:DescribeBudgets failed: UnreadableAnswer'],
  ])('judges a page with status %i by the status: %s, %s', async (status, cause, message) => {
    for (const name of ['Unknown', 'SyntaxError', 'Error'])
      expect(await readingOf(awsError(name, status))).toMatchObject({ cause, message });
  });

  it('is "none" only for the named errors', async () => {
    const find = (mishap: Error) => boundaryOver([mishap]).cloud.find('iam:GetLoginProfile', { UserName: 'a' }, ['NoSuchEntity']);
    expect(await find(awsError('NoSuchEntityException', 404))).toEqual({
      ok: true,
      value: undefined,
      evidence: [{ operation: 'iam:GetLoginProfile', requestId: 'r-error' }],
    });
    expect(await find(awsError('AccessDenied', 403))).toMatchObject({ ok: false, cause: 'denied' });
    expect(await find(awsError('Unknown', 404))).toMatchObject({ ok: false, cause: 'unsupported' });
    expect(await find(socketError('ENOTFOUND'))).toMatchObject({ ok: false, cause: 'unreachable' });
  });

  it('passes on an error of this tool unchanged', async () => {
    const thrown = new BootstrapError({ code: 'E-CA-BUNDLE', message: 'm', next: 'n' });
    await expect(readingOf(thrown)).rejects.toBe(thrown);
  });
});

describe('an operation that the endpoint does not offer', () => {
  const emulator = { iam: 'http://127.0.0.1:5000', budgets: 'http://127.0.0.1:5000' };
  const answers = [
    ['a page with status 500', awsError('Unknown', 500), 500, null],
    ['a page with status 501', awsError('SyntaxError', 501), 501, false],
    ['a page with status 404', awsError('Error', 404), 404, false],
    ['NotImplemented', awsError('NotImplemented', 501), 501, false],
    ['InvalidAction', awsError('InvalidAction', 400), 400, false],
    ['UnknownOperationException', awsError('UnknownOperationException', 400), 400, false],
  ] as const;

  it.each(answers)('is named after %s to a read, which is not sent again', async (_name, answer, status) => {
    const { cloud, sent, waitedMs } = boundaryOver([answer], 'read', emulator);
    const message = `http://127.0.0.1:5000 does not offer budgets:DescribeBudgets (HTTP ${status})`;
    expect(await cloud.readAll('budgets:DescribeBudgets', { AccountId: '1' })).toMatchObject({ ok: false, cause: 'unsupported', message });
    expect([sent.length, waitedMs()]).toEqual([1, 0]);
  });

  it.each(answers)('is named after %s to a write, which is neither sent again nor read back', async (_name, answer, status, changed) => {
    const { cloud, sent, waitedMs, effects } = boundaryOver([answer], 'write', emulator);
    await expect(cloud.write('iam:CreateUser', { UserName: 'a' })).rejects.toMatchObject({
      code: 'E-NOT-OFFERED',
      exit: 1,
      changed,
      message: `http://127.0.0.1:5000 does not offer iam:CreateUser (HTTP ${status}).`,
    });
    expect([sent.length, waitedMs(), effects()]).toEqual([1, 0, changed === null ? 1 : 0]);
  });

  it('is not the meaning of an error that AWS also returns, even there', async () => {
    for (const answer of [awsError('ServiceFailure', 500), awsError('Unknown', 502)]) {
      const { cloud, sent } = boundaryOver([answer], 'read', emulator);
      expect(await cloud.readAll('iam:ListUsers', {})).toMatchObject({ ok: false, cause: 'failed' });
      expect(sent).toHaveLength(4);
    }
  });

  it('is not what a page with status 500 means at AWS', async () => {
    const { cloud, sent } = boundaryOver([awsError('Unknown', 500)], 'write', { budgets: 'http://127.0.0.1:5000' });
    expect(await cloud.readAll('iam:ListUsers', {})).toMatchObject({ ok: false, cause: 'failed' });
    expect(sent).toHaveLength(4);
    await expect(cloud.write('iam:CreateUser', { UserName: 'a' })).rejects.toBeInstanceOf(AmbiguousWriteError);
  });
});

describe('equal reads of a round', () => {
  it('are sent once, for read and find, readAll and findAll', async () => {
    const { cloud, sent } = boundaryOver([{ AccountAliases: ['acme'] }]);
    const readings = await Promise.all([
      cloud.readAll('iam:ListAccountAliases', {}),
      cloud.findAll('iam:ListAccountAliases', {}, ['NoSuchEntity']),
      cloud.readAll('iam:ListAccountAliases', {}),
      cloud.read('iam:GetAccountPasswordPolicy', {}),
      cloud.find('iam:GetAccountPasswordPolicy', {}, ['NoSuchEntity']),
    ]);
    expect(sent).toHaveLength(2);
    expect(readings.every(({ ok }) => ok)).toBe(true);
  });

  it('are equal in any order of keys, at any depth, and with keys that hold nothing', async () => {
    const { cloud, sent } = boundaryOver([{ Subscribers: [] }]);
    const at = 'budgets:DescribeSubscribersForNotification';
    await cloud.readAll(at, {
      AccountId: '1',
      BudgetName: 'b',
      Notification: { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 80 },
    });
    await cloud.readAll(at, {
      BudgetName: 'b',
      Notification: { Threshold: 80, ComparisonOperator: 'GREATER_THAN', NotificationType: 'ACTUAL', ThresholdType: undefined },
      AccountId: '1',
      MaxResults: undefined,
    });
    expect(sent).toHaveLength(1);
    await cloud.readAll(at, {
      AccountId: '1',
      BudgetName: 'b',
      Notification: { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 50 },
    });
    expect(sent).toHaveLength(2);
  });

  it('differ by point in time', async () => {
    const { cloud, sent } = boundaryOver([{ Events: [] }]);
    await cloud.readAll('cloudtrail:LookupEvents', { StartTime: new Date(0) });
    await cloud.readAll('cloudtrail:LookupEvents', { StartTime: new Date(1) });
    expect(sent).toHaveLength(2);
  });

  it('are sent again after a write, after one that was lost, and when forgotten', async () => {
    const { cloud, sent, forget } = boundaryOver((operation, _input, nth) =>
      operation === 'iam:CreateGroup' ? socketError('ECONNRESET') : { nth },
    );
    const look = () => cloud.readAll('iam:ListUsers', {});
    await look();
    await look();
    expect(sent).toHaveLength(1);
    await cloud.write('iam:CreateUser', { UserName: 'a' });
    await look();
    expect(sent).toHaveLength(3);
    await cloud.write('iam:CreateGroup', { GroupName: 'g' }).catch(() => undefined);
    await look();
    expect(sent).toHaveLength(5);
    forget();
    await look();
    expect(sent).toHaveLength(6);
  });

  it('are not cached while a write is under way', async () => {
    let answerWrite = (): void => undefined;
    const { cloud, sent } = boundaryOver((operation) =>
      operation === 'iam:CreateUser' ? () => new Promise((resolve) => (answerWrite = () => resolve({}))) : { Users: [] },
    );
    const writing = cloud.write('iam:CreateUser', { UserName: 'a' });
    await cloud.readAll('iam:ListUsers', {});
    answerWrite();
    await writing;
    await cloud.readAll('iam:ListUsers', {});
    expect(sent.map(({ operation }) => operation)).toEqual(['iam:CreateUser', 'iam:ListUsers', 'iam:ListUsers']);
  });

  it('go out 32 at a time, all of them in the end', async () => {
    let under = 0;
    let most = 0;
    const { cloud, sent } = boundaryOver(() => async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return {};
    });
    const users = Array.from({ length: 500 }, (_, index) => `user-${index}`);
    await Promise.all(
      users.flatMap((UserName) => [
        cloud.readAll('iam:ListAccessKeys', { UserName }),
        cloud.readAll('iam:ListMFADevices', { UserName }),
        cloud.read('iam:GetLoginProfile', { UserName }),
        cloud.read('iam:GetUser', { UserName }),
      ]),
    );
    expect(sent).toHaveLength(2_000);
    expect(most).toBe(32);
  });

  it('leave the place to others while they wait to be sent again', async () => {
    const failures = new Set<string>();
    const { cloud, sent } = boundaryOver((_operation, { UserName }) => {
      if (failures.has(UserName)) return {};
      failures.add(UserName);
      return awsError('Throttling');
    });
    await Promise.all(Array.from({ length: 100 }, (_, index) => cloud.read('iam:GetUser', { UserName: `u${index}` })));
    expect(sent).toHaveLength(200);
  });
});

describe('secrets', () => {
  const hidden = 'wJalrXUtnFEMI-hidden-canary';
  const everything = (of: unknown): string => inspect(of, { depth: 20, showHidden: true, getters: true });

  it('leave their wrappers for the request only', async () => {
    const { cloud, sent, trace } = boundaryOver([{}]);
    const input = { UserName: 'a', Password: new Secret(hidden), PasswordResetRequired: true };
    await cloud.write('iam:CreateLoginProfile', input);
    expect(sent[0]?.input).toEqual({ UserName: 'a', Password: hidden, PasswordResetRequired: true });
    expect(input.Password).toBeInstanceOf(Secret);
    expect(everything(trace)).not.toContain(hidden);
  });

  it('are wrapped when AWS hands out an access key', async () => {
    const { cloud, trace } = boundaryOver([
      { AccessKey: { UserName: 'a', AccessKeyId: 'AKIA1', SecretAccessKey: hidden, Status: 'Active' }, $metadata: { requestId: 'r' } },
    ]);
    const answer = await cloud.write('iam:CreateAccessKey', { UserName: 'a' });
    expect(answer.AccessKey.AccessKeyId).toBe('AKIA1');
    expect(answer.AccessKey.SecretAccessKey.reveal()).toBe(hidden);
    expect(everything([answer, trace])).not.toContain(hidden);
  });

  it('are wrapped when AWS hands out a seed, and its picture is dropped', async () => {
    const seed = 'ONXW2ZLTMVRXEZLU';
    const bytes = new TextEncoder().encode(seed);
    const { cloud } = boundaryOver([{ VirtualMFADevice: { SerialNumber: 'arn:mfa/a', Base32StringSeed: bytes, QRCodePNG: bytes } }]);
    const answer = await cloud.write('iam:CreateVirtualMFADevice', { VirtualMFADeviceName: 'a' });
    expect(answer).toEqual({ VirtualMFADevice: { SerialNumber: 'arn:mfa/a', Base32StringSeed: expect.any(Secret) } });
    expect(answer.VirtualMFADevice.Base32StringSeed.reveal()).toBe(seed);
    expect(everything(answer)).not.toContain('QRCodePNG');
  });

  it('are not in the error about a seed that is not base32', async () => {
    const bytes = new TextEncoder().encode(hidden);
    const { cloud, trace } = boundaryOver([{ VirtualMFADevice: { SerialNumber: 'arn:mfa/a', Base32StringSeed: bytes } }]);
    const thrown: unknown = await cloud.write('iam:CreateVirtualMFADevice', { VirtualMFADeviceName: 'a' }).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'MalformedSeed' });
    expect(everything([thrown, trace])).not.toContain(hidden);
  });

  it.each([
    ['iam:CreateAccessKey', {}],
    ['iam:CreateAccessKey', { AccessKey: { AccessKeyId: 'AKIA1' } }],
    ['iam:CreateAccessKey', { AccessKey: { SecretAccessKey: 's' } }],
    ['iam:CreateVirtualMFADevice', {}],
    ['iam:CreateVirtualMFADevice', { VirtualMFADevice: { SerialNumber: 's' } }],
    ['iam:CreateVirtualMFADevice', { VirtualMFADevice: { Base32StringSeed: new TextEncoder().encode('ONXW2ZLT') } }],
    ['iam:CreateVirtualMFADevice', { VirtualMFADevice: { SerialNumber: 's', Base32StringSeed: new Uint8Array() } }],
  ] as const)('that are missing from the answer of %s leave it in doubt: %j', async (operation, answer) => {
    const { cloud, sent, effects } = boundaryOver([answer]);
    await expect(cloud.write(operation, {} as never)).rejects.toMatchObject({
      name: 'AmbiguousWriteError',
      operation,
      code: 'EmptyAnswer',
    });
    expect(sent).toHaveLength(1);
    expect(effects()).toBe(1);
  });

  it('do not hang on to the error of an answer that was cut off', async () => {
    const cut = Object.assign(new Error(`Unexpected end near ${hidden}`), {
      name: 'SyntaxError',
      $metadata: { httpStatusCode: 200 },
      $response: { statusCode: 200, body: hidden },
      $responseBodyText: hidden,
    });
    const { cloud, trace } = boundaryOver([cut]);
    const error = await cloud.write('iam:CreateAccessKey', { UserName: 'a' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AmbiguousWriteError);
    expect(everything([error, trace])).not.toContain(hidden);
  });

  it('are not in the trace, which has operation, attempt, outcome and request id', async () => {
    const { cloud, trace } = boundaryOver([awsError('Throttling'), { $metadata: { requestId: 'r-2' } }]);
    await cloud.read('iam:GetUser', { UserName: hidden });
    expect(trace).toEqual([
      { operation: 'iam:GetUser', attempt: 1, outcome: 'Throttling', requestId: 'r-error' },
      { operation: 'iam:GetUser', attempt: 2, outcome: 'ok', requestId: 'r-2' },
    ]);
  });
});

describe('a stop', () => {
  it('lets nothing more out', async () => {
    const { cloud, sent, controller } = boundaryOver([{}]);
    controller.abort('SIGTERM');
    await expect(cloud.readAll('iam:ListUsers', {})).rejects.toBe('SIGTERM');
    await expect(cloud.write('iam:CreateUser', { UserName: 'a' })).rejects.toBe('SIGTERM');
    expect(sent).toEqual([]);
  });

  it('ends the waiting for another try', async () => {
    const { cloud, sent, controller } = boundaryOver(() => {
      controller.abort('SIGINT');
      return awsError('Throttling');
    });
    await expect(cloud.write('iam:CreateUser', { UserName: 'a' })).rejects.toBe('SIGINT');
    expect(sent).toHaveLength(1);
  });

  it('holds back reads that wait for a place', async () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const { cloud, sent, controller } = boundaryOver(() => async () => {
      await opened;
      return {};
    });
    const reading = Array.from({ length: 40 }, (_, index) =>
      cloud.read('iam:GetUser', { UserName: `u${index}` }).catch((reason: unknown) => reason),
    );
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort('SIGINT');
    open();
    const ends = await Promise.all(reading);
    expect(sent).toHaveLength(32);
    expect(ends.filter((end) => end === 'SIGINT')).toHaveLength(8);
  });

  it('leaves a write in doubt that was under way', async () => {
    const { cloud, controller, effects } = boundaryOver(() => {
      controller.abort('SIGINT');
      return socketError('ECONNRESET');
    });
    await expect(cloud.write('iam:CreateUser', { UserName: 'a' })).rejects.toBeInstanceOf(AmbiguousWriteError);
    expect(effects()).toBe(1);
  });
});

describe('assuming a role', () => {
  const role = 'arn:aws:iam::222233334444:role/OrganizationAccountAccessRole';
  const session = {
    Credentials: { AccessKeyId: 'ASIA1', SecretAccessKey: 'hidden-key', SessionToken: 'hidden-token', Expiration: new Date(0) },
    AssumedRoleUser: { Arn: 'arn:aws:sts::222233334444:assumed-role/OrganizationAccountAccessRole/aws-account-bootstrap' },
    $metadata: { requestId: 'r-1' },
  };
  const answers = (assumed: object) => (operation: Operation) =>
    operation === 'sts:AssumeRole' ? assumed : { Accounts: [{ Id: '222233334444' }] };
  const inOrganization = async (mode: 'read' | 'write', assumed: object = session) => {
    const boundary = boundaryOver(answers(assumed), mode);
    await boundary.cloud.readAll('organizations:ListAccounts', {});
    return boundary;
  };

  it.each(['read', 'write'] as const)('is refused in mode %s unless AWS named the account as a member in this run', async (mode) => {
    const { cloud, sent } = await inOrganization(mode);
    const before = sent.length;
    for (const arn of [role.replace('2222', '9999'), 'arn:aws:iam::222233334444:user/x', 'nonsense', ''])
      await expect(cloud.assume(arn)).rejects.toThrow('AWS named no such member account');
    expect(sent).toHaveLength(before);
    expect(await cloud.assume(role)).toMatchObject({ ok: true });
  });

  it.each(['read', 'write'] as const)('goes neither as a read nor as a write in mode %s', async (mode) => {
    const { cloud, sent } = await inOrganization(mode);
    const before = sent.length;
    await expect(cloud.read('sts:AssumeRole' as never, { RoleArn: role } as never)).rejects.toThrow('refused sts:AssumeRole');
    await expect(cloud.write('sts:AssumeRole' as never, { RoleArn: role } as never)).rejects.toThrow('refused sts:AssumeRole');
    expect(sent).toHaveLength(before);
  });

  it('requests a session that AWS limits to reads, in a command that only reads', async () => {
    const reading = await inOrganization('read');
    await reading.cloud.assume(role);
    const [statement, ...others] = JSON.parse(reading.sent.at(-1)?.input?.Policy ?? '{}').Statement;
    expect(others).toEqual([]);
    expect(statement.Effect).toBe('Allow');
    for (const action of statement.Action) expect(action).toMatch(/:(Get|List|Describe|Lookup|View)[A-Z]|^iam:GenerateCredentialReport$/);
    expect(statement.Action).toEqual(expect.arrayContaining(reads.map((name) => operations[name].action)));
    const writing = await inOrganization('write');
    await writing.cloud.assume(role);
    expect(writing.sent.at(-1)?.input).toEqual({ RoleArn: role, RoleSessionName: 'aws-account-bootstrap' });
  });

  it('has a policy no longer than AWS accepts', () => {
    expect(readingPolicy().length).toBeLessThan(2_048);
  });

  it('hands the credentials out wrapped, counts no write, and traces no secret', async () => {
    const { cloud, trace, counts, written, effects } = await inOrganization('read');
    const reading = await cloud.assume(role);
    expect(inspect([reading, trace], { depth: 9 })).not.toMatch(/hidden/);
    expect(JSON.stringify([reading, trace])).not.toMatch(/hidden/);
    expect(reading).toMatchObject({
      value: { arn: session.AssumedRoleUser.Arn, expiresAt: new Date(0), key: { accessKeyId: 'ASIA1' } },
      evidence: [{ operation: 'sts:AssumeRole', requestId: 'r-1' }],
    });
    expect(reading.ok && [reading.value.key.secretAccessKey.reveal(), reading.value.key.sessionToken?.reveal()]).toEqual([
      'hidden-key',
      'hidden-token',
    ]);
    expect([counts(), written(), effects()]).toEqual([{ total: 2, writes: 0 }, [], 0]);
  });

  it('names the missing permission when AWS denies it', async () => {
    const { cloud } = await inOrganization('read', awsError('AccessDenied', 403));
    expect(await cloud.assume(role)).toMatchObject({
      ok: false,
      cause: 'denied',
      code: 'AccessDenied',
      missingPermission: 'sts:AssumeRole',
    });
  });

  it.each([
    ['credentials', { AssumedRoleUser: session.AssumedRoleUser }],
    ['a key', { ...session, Credentials: { ...session.Credentials, SecretAccessKey: '' } }],
    ['a token', { ...session, Credentials: { ...session.Credentials, SessionToken: undefined } }],
    ['an access key id', { ...session, Credentials: { ...session.Credentials, AccessKeyId: undefined } }],
    ['the role', { Credentials: session.Credentials }],
    ['the ARN of the role', { Credentials: session.Credentials, AssumedRoleUser: {} }],
  ])('treats a response without %s as a failure', async (_, answer) => {
    const { cloud } = await inOrganization('read', answer);
    expect(await cloud.assume(role)).toMatchObject({ ok: false, cause: 'failed', message: 'sts:AssumeRole answered without credentials' });
  });

  it.each<readonly [string, object, boolean]>([
    ['in a list', { Accounts: [{ Id: '111122223333' }, { Id: '222233334444' }] }, true],
    ['as a created account', { CreateAccountStatus: { AccountId: '222233334444' } }, true],
    ['as a created account that does not exist yet', { CreateAccountStatus: {} }, false],
    ['as an account without an id', { Accounts: [{}] }, false],
    ['as another account', { Accounts: [{ Id: '111122223333' }] }, false],
    ['not at all', {}, false],
  ])('is possible only in an account that an answer of Organizations names: %s', async (_, answer, named) => {
    const { cloud } = boundaryOver((operation) => (operation === 'sts:AssumeRole' ? session : answer));
    await cloud.read('organizations:DescribeCreateAccountStatus', { CreateAccountRequestId: 'car-1' });
    if (named) expect(await cloud.assume(role)).toMatchObject({ ok: true });
    for (const arn of named ? ['arn:aws:iam::undefined:role/A'] : [role, 'arn:aws:iam::undefined:role/A'])
      await expect(cloud.assume(arn)).rejects.toThrow('AWS named no such member account');
  });

  it('is requested each time, because a session ends', async () => {
    const { cloud, sent } = await inOrganization('read');
    await cloud.assume(role);
    await cloud.assume(role);
    expect(sent.filter(({ operation }) => operation === 'sts:AssumeRole')).toHaveLength(2);
  });
});

describe('opening a session as root of a member', () => {
  const root = 'arn:aws:iam::222233334444:root';
  const session = {
    Credentials: { AccessKeyId: 'ASIA1', SecretAccessKey: 'hidden-key', SessionToken: 'hidden-token', Expiration: new Date(0) },
    SourceIdentity: 'someone',
    $metadata: { requestId: 'r-1' },
  };
  const inOrganization = async (mode: 'read' | 'write', assumed: object = session) => {
    const boundary = boundaryOver((operation) => (operation === 'sts:AssumeRoot' ? assumed : { Accounts: [{ Id: '222233334444' }] }), mode);
    await boundary.cloud.readAll('organizations:ListAccounts', {});
    return boundary;
  };

  it.each(['read', 'write'] as const)('is refused in mode %s unless AWS named the account as a member in this run', async (mode) => {
    const { assumeRoot, sent } = await inOrganization(mode);
    const before = sent.length;
    for (const arn of [root.replace('2222', '9999'), 'arn:aws:iam::222233334444:role/x', '222233334444', ''])
      await expect(assumeRoot(arn, 'audit')).rejects.toThrow('AWS named no such member account');
    expect(sent).toHaveLength(before);
    expect(await assumeRoot(root, 'audit')).toMatchObject({ ok: true });
  });

  it('is limited to the audit in a command that only reads', async () => {
    const { assumeRoot, sent, counts } = await inOrganization('read');
    const before = sent.length;
    await expect(assumeRoot(root, 'delete')).rejects.toThrow('refused sts:AssumeRoot to delete: this command only reads');
    expect(sent).toHaveLength(before);
    await assumeRoot(root, 'audit');
    expect(sent.at(-1)?.input).toEqual({
      TargetPrincipal: '222233334444',
      TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' },
      DurationSeconds: 900,
    });
    expect(counts().writes).toBe(0);
  });

  it('treats a response without credentials as a failure', async () => {
    const { assumeRoot } = await inOrganization('read', { SourceIdentity: 'someone' });
    expect(await assumeRoot(root, 'audit')).toMatchObject({
      ok: false,
      cause: 'failed',
      message: 'sts:AssumeRoot answered without credentials',
    });
  });

  it('deletes with the policy of AWS for that, and no other', async () => {
    const { assumeRoot, sent } = await inOrganization('write');
    await assumeRoot(root, 'delete');
    expect(sent.at(-1)?.input.TaskPolicyArn).toEqual({ arn: 'arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials' });
  });

  it.each(['read', 'write'] as const)('goes neither as a read nor as a write in mode %s', async (mode) => {
    const { cloud, sent } = await inOrganization(mode);
    const before = sent.length;
    await expect(cloud.read('sts:AssumeRoot' as never, {} as never)).rejects.toThrow('refused sts:AssumeRoot');
    await expect(cloud.write('sts:AssumeRoot' as never, {} as never)).rejects.toThrow('refused sts:AssumeRoot');
    expect(sent).toHaveLength(before);
  });

  it('hands the credentials out wrapped, and traces no secret', async () => {
    const { assumeRoot, trace } = await inOrganization('read');
    const reading = await assumeRoot(root, 'audit');
    expect(inspect([reading, trace], { depth: 9 })).not.toMatch(/hidden/);
    expect(reading).toMatchObject({ value: { arn: root, key: { accessKeyId: 'ASIA1' } }, evidence: [{ operation: 'sts:AssumeRoot' }] });
  });

  it('names the missing permission when AWS denies it', async () => {
    const { assumeRoot } = await inOrganization('read', awsError('AccessDenied', 403));
    expect(await assumeRoot(root, 'audit')).toMatchObject({ ok: false, cause: 'denied', missingPermission: 'sts:AssumeRoot' });
  });
});

describe('boundaries on one line', () => {
  it('count together, and share the places for requests under way', async () => {
    let under = 0;
    let most = 0;
    const send = async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return {};
    };
    const options = { send, clock: testClock(), mode: 'write', signal: new AbortController().signal } as const;
    const first = makeBoundary(options);
    const second = makeBoundary({ ...options, queue: first.queue });
    await Promise.all(Array.from({ length: 60 }, (_, n) => (n % 2 ? first : second).cloud.read('iam:GetUser', { UserName: `user-${n}` })));
    await second.cloud.write('iam:CreateGroup', { GroupName: 'g' });
    expect(most).toBe(32);
    expect([first.counts(), second.counts()]).toEqual([
      { total: 61, writes: 1 },
      { total: 61, writes: 1 },
    ]);
    expect([first.effects(), second.effects()]).toEqual([0, 1]);
  });
});
