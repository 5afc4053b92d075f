import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../src/core/cloud.js';
import { type Answer, fakeHandler, jsonError, sessionThrough, xml } from './fake-aws.js';

const send = (handler: object, operation: string, input: object = {}) =>
  sessionThrough(handler).send(operation as Operation, input, new AbortController().signal);

describe('a successful answer', () => {
  const user = (names: string) => xml('GetUser', `<User>${names}</User>`);
  const [nothing, something] = ['EmptyAnswer', 'MisshapenAnswer'];
  it.each<readonly [string, string, Answer, string | undefined]>([
    ['with the fields of the operation', 'iam:GetUser', user('<UserName>a</UserName>'), undefined],
    ['without any field', 'iam:GetUser', xml('GetUser', ''), nothing],
    ['from another server', 'iam:GetUser', { body: '<html><body>Sign in</body></html>' }, nothing],
    ['without a body', 'iam:GetUser', {}, nothing],
    ['without any field', 'organizations:ListAccounts', { body: '{}' }, nothing],
    ['with fields of another operation', 'organizations:ListAccounts', { body: '{"Message": "Sign in"}' }, nothing],
    ['with a field of another type', 'organizations:ListAccounts', { body: '{"Accounts": {}}' }, something],
    ['with an empty list', 'organizations:ListAccounts', { body: '{"Accounts": []}' }, undefined],
    // Budgets omits empty lists.
    ['without any field', 'budgets:DescribeBudgets', { body: '{}' }, undefined],
    ['without any field, and 0 in another header', 'budgets:DescribeBudgets', { body: '{}', headers: { age: '0' } }, undefined],
    ['without a body', 'budgets:DescribeBudgets', {}, nothing],
    ['with a field of another type', 'budgets:DescribeBudgets', { body: '{"Budgets": {}}' }, something],
    ['without a body, to a write', 'budgets:DeleteBudget', {}, undefined],
    ['without any field, of which it has none', 'iam:AddUserToGroup', { body: '<AddUserToGroupResponse/>' }, undefined],
    ['without a body, of which it needs none', 'organizations:MoveAccount', {}, undefined],
  ])('%s to %s', async (_, operation, answer, error) => {
    const sending = send(
      fakeHandler(() => answer),
      operation,
    );
    if (error === undefined) await sending;
    else await expect(sending).rejects.toMatchObject({ name: error, message: expect.stringContaining(operation) });
  });

  it.each([
    ['content-length', '0', false],
    ['Content-Length', '0', false],
    ['content-length', '2', true],
  ])('of Budgets as a stream, with %s: %s', async (name, length, valid) => {
    const handler = {
      ...fakeHandler(() => ({})),
      handle: async () => ({
        response: { statusCode: 200, headers: { [name]: length }, body: Readable.from(length === '0' ? [] : [Buffer.from('{}')]) },
      }),
    };
    const sending = send(handler, 'budgets:DescribeBudgets', { AccountId: '111122223333' });
    if (valid) await expect(sending).resolves.toBeDefined();
    else await expect(sending).rejects.toMatchObject({ name: 'EmptyAnswer' });
  });
});

describe('a request', () => {
  it('names the tool alone, to every service', async () => {
    const handler = fakeHandler(() => jsonError('AccessDeniedException'));
    for (const operation of ['iam:GetUser', 'sts:GetCallerIdentity', 'budgets:DescribeBudgets', 'account:GetAccountInformation'])
      await send(handler, operation, { AccountId: '111122223333' }).catch(() => undefined);
    const agents = handler.requests.map(({ headers }) => Object.entries(headers).filter(([name]) => name.includes('user-agent')));
    expect(agents).toEqual(Array.from({ length: 4 }, () => [['user-agent', 'aws-account-bootstrap']]));
  });

  it('has the input', async () => {
    const handler = fakeHandler(() => jsonError('AccessDeniedException'));
    await send(handler, 'iam:GetUser', { UserName: 'alex' }).catch(() => undefined);
    await send(handler, 'organizations:DescribeAccount', { AccountId: '111122223333' }).catch(() => undefined);
    expect(handler.requests.map(({ body }) => body)).toEqual([
      expect.stringMatching(/&UserName=alex(&|$)/),
      JSON.stringify({ AccountId: '111122223333' }),
    ]);
  });

  it('of an operation without a command is not sent', async () => {
    const handler = fakeHandler(() => ({}));
    await expect(send(handler, 'iam:DeleteRole', {})).rejects.toThrow('no command for iam:DeleteRole');
    expect(handler.requests).toEqual([]);
  });

  it('goes to AWS if no endpoint was chosen, though variables name one', async () => {
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_IAM', 'AWS_ENDPOINT_URL_BUDGETS']) vi.stubEnv(name, 'http://127.0.0.1:1');
    const handler = fakeHandler(() => jsonError('AccessDeniedException'));
    for (const operation of ['iam:GetUser', 'budgets:DescribeBudgets']) await send(handler, operation).catch(() => undefined);
    expect(handler.requests.map(({ host }) => host)).toEqual(['iam.amazonaws.com', 'budgets.amazonaws.com']);
  });

  it('leaves while the client of another service is created, first to the services whose answers others wait for', async () => {
    const asked = ['account:GetContactInformation', 'organizations:DescribeOrganization', 'iam:GetUser', 'budgets:DescribeBudgets'];
    const left: { readonly service: string | undefined; readonly turn: number }[] = [];
    let turn = 0;
    const sendAll = (): Promise<unknown> => {
      left.length = 0;
      const handler = fakeHandler(({ host }) => {
        left.push({ service: host.split('.')[0], turn });
        return jsonError('AccessDeniedException');
      });
      const session = sessionThrough(handler);
      return Promise.allSettled(asked.map((operation) => session.send(operation as Operation, {}, new AbortController().signal)));
    };
    // Loads the modules of the clients.
    await sendAll();
    let counts = true;
    const count = (): void => {
      turn += 1;
      if (counts) setImmediate(count);
    };
    count();
    await sendAll();
    counts = false;
    expect(left.map(({ service }) => service)).toEqual(['iam', 'budgets', 'account', 'organizations']);
    expect(left[3]?.turn).toBeGreaterThan(left[2]?.turn ?? Infinity);
  });
});
