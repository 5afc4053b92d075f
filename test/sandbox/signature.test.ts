import { BudgetsClient, DescribeBudgetsCommand } from '@aws-sdk/client-budgets';
import * as iamSdk from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import type { WireRequest } from '../../src/sandbox/codec.js';
import { practice, refusal } from './practice.js';

const who = new GetCallerIdentityCommand({});

it('recognises root by the practice session', async () => {
  const { sts } = await practice();
  expect(await sts.send(who)).toMatchObject({ Arn: 'arn:aws:iam::111122223333:root', UserId: '111122223333' });
});

it.each([
  ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
  ['a wrong token', { sessionToken: 'wrong' }, 'InvalidClientTokenId'],
  ['an unknown key', { accessKeyId: 'AKIAABCDEFGHIJKLMNOP' }, 'InvalidClientTokenId'],
])('refuses %s with 403', async (_what, change, name) => {
  const { sandbox, as } = await practice();
  expect(await refusal(as({ ...sandbox.credentials, ...change }).sts.send(who))).toMatchObject({ name, status: 403 });
});

it('refuses an unknown key at JSON services with UnrecognizedClientException', async () => {
  const { sandbox } = await practice();
  const credentials = { accessKeyId: 'AKIAABCDEFGHIJKLMNOP', secretAccessKey: 'x' };
  const budgets = new BudgetsClient({ region: 'us-east-1', credentials, requestHandler: sandbox.requestHandler, maxAttempts: 1 });
  const refused = await refusal(budgets.send(new DescribeBudgetsCommand({ AccountId: '111122223333' })));
  expect(refused).toMatchObject({ name: 'UnrecognizedClientException', status: 400 });
});

it('refuses an inactive key, and accepts it when it is active again', async () => {
  const { iam, as } = await practice();
  await iam.send(new iamSdk.CreateUserCommand({ UserName: 'alex' }));
  const { AccessKey } = await iam.send(new iamSdk.CreateAccessKeyCommand({ UserName: 'alex' }));
  const named = { UserName: 'alex', AccessKeyId: AccessKey?.AccessKeyId };
  const { sts } = as({ accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' });
  await sts.send(who);
  await iam.send(new iamSdk.UpdateAccessKeyCommand({ ...named, Status: 'Inactive' }));
  expect(await refusal(sts.send(who))).toMatchObject({ name: 'InvalidClientTokenId', status: 403 });
  await iam.send(new iamSdk.UpdateAccessKeyCommand({ ...named, Status: 'Active' }));
  await sts.send(who);
});

it('accepts root’s own access keys', async () => {
  const { iam, as } = await practice();
  const { AccessKey } = await iam.send(new iamSdk.CreateAccessKeyCommand({}));
  const root = as({ accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' });
  expect((await root.sts.send(who)).Arn).toBe('arn:aws:iam::111122223333:root');
});

it('records the last use of a key in steps of fifteen minutes', async () => {
  const { iam, as, clock, account } = await practice();
  await iam.send(new iamSdk.CreateUserCommand({ UserName: 'alex' }));
  const { AccessKey } = await iam.send(new iamSdk.CreateAccessKeyCommand({ UserName: 'alex' }));
  const { sts } = as({ accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' });
  const lastUsed = () => account.users[0]?.accessKeys[0]?.lastUsed;
  expect(lastUsed()).toBeNull();
  const first = clock.now().toISOString();
  await sts.send(who);
  clock.pass(14 * 60_000);
  await sts.send(who);
  expect(lastUsed()).toEqual({ at: first, service: 'sts', region: 'us-east-1' });
  clock.pass(60_000);
  await sts.send(who);
  expect(lastUsed()?.at).toBe(clock.now().toISOString());
});

/** A request of a real client, for tests to modify. */
async function captured(command: iamSdk.ListUsersCommand | iamSdk.CreateUserCommand, change: (request: WireRequest) => WireRequest) {
  const { sandbox } = await practice();
  let answer: { statusCode: number; body: Uint8Array } | undefined;
  const handle: typeof sandbox.requestHandler.handle = async (request, options) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
    const body = Buffer.from(typeof request.body === 'string' ? request.body : '');
    answer = await sandbox.answer(change({ method: request.method, path: request.path, query: {}, headers, body }));
    return sandbox.requestHandler.handle(request, options);
  };
  const iam = new iamSdk.IAMClient({
    region: 'us-east-1',
    credentials: sandbox.credentials,
    requestHandler: { ...sandbox.requestHandler, handle },
    maxAttempts: 1,
  });
  await iam.send(command as iamSdk.ListUsersCommand);
  return { statusCode: answer?.statusCode, text: Buffer.from(answer?.body ?? []).toString(), sandbox };
}

it('refuses a modified body, and does nothing', async () => {
  const { statusCode, text, sandbox } = await captured(new iamSdk.CreateUserCommand({ UserName: 'alex' }), (request) => ({
    ...request,
    body: Buffer.from(Buffer.from(request.body).toString().replace('alex', 'eve')),
  }));
  expect(statusCode).toBe(403);
  expect(text).toContain('<Code>SignatureDoesNotMatch</Code>');
  expect(sandbox.world.accounts['111122223333']?.users.map((user) => user.name)).toEqual(['alex']);
});

it.each([
  ['the host', (headers: Record<string, string>) => ({ ...headers, host: 'evil.example' })],
  ['the date', (headers: Record<string, string>) => ({ ...headers, 'x-amz-date': '20200101T000000Z' })],
])('refuses a request in which %s was changed', async (_what, change) => {
  const { statusCode } = await captured(new iamSdk.ListUsersCommand({}), (request) => ({
    ...request,
    headers: change({ ...request.headers }),
  }));
  expect(statusCode).toBe(403);
});

it('accepts the unmodified request', async () => {
  expect((await captured(new iamSdk.ListUsersCommand({}), (request) => request)).statusCode).toBe(200);
});

it('refuses a request without signature', async () => {
  const { statusCode, text } = await captured(new iamSdk.ListUsersCommand({}), (request) => {
    const { authorization: _removed, ...headers } = request.headers;
    return { ...request, headers };
  });
  expect(statusCode).toBe(403);
  expect(text).toContain('<Code>MissingAuthenticationToken</Code>');
});
