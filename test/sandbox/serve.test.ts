import { request } from 'node:http';
import { CreateUserCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { BudgetsClient, DescribeBudgetsCommand } from '@aws-sdk/client-budgets';
import { afterEach, expect, it } from 'vitest';
import { serveSandbox, type Served } from '../../src/sandbox/serve.js';
import { practice, refusal } from './practice.js';

let served: Served | undefined;
afterEach(async () => served?.close());

async function serving() {
  const world = await practice();
  served = await serveSandbox(world.sandbox, { port: 0 });
  const config = { region: 'eu-central-1', credentials: world.sandbox.credentials, endpoint: served.url, maxAttempts: 1 };
  return { ...world, url: served.url, iam: new IAMClient(config), budgets: new BudgetsClient(config) };
}

it('answers real clients over HTTP, for any signing region', async () => {
  const { iam, budgets, url } = await serving();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await iam.send(new CreateUserCommand({ UserName: 'alex' }));
  expect((await iam.send(new ListUsersCommand({}))).Users).toMatchObject([{ UserName: 'alex' }]);
  expect((await budgets.send(new DescribeBudgetsCommand({ AccountId: '111122223333' }))).$metadata.httpStatusCode).toBe(200);
  expect(await refusal(iam.send(new CreateUserCommand({ UserName: 'alex' })))).toMatchObject({
    name: 'EntityAlreadyExistsException',
    status: 409,
  });
});

it('drops the connection if a knob is set', async () => {
  const { sandbox, iam, account } = await serving();
  sandbox.world.knobs.faults = [{ operation: 'iam:CreateUser', what: { kind: 'drop-after' } }];
  await expect(iam.send(new CreateUserCommand({ UserName: 'alex' }))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(account.users).toHaveLength(1);
});

it.each(['0.0.0.0', '192.168.1.5', 'example.com'])('cannot be served on %s', async (host) => {
  const { sandbox } = await practice();
  await expect(serveSandbox(sandbox, { port: 0, host })).rejects.toThrow(RangeError);
});

it('refuses requests for another host name', async () => {
  const { url, sandbox } = await serving();
  const status = await new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers: { host: 'rebound.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end('Action=ListUsers');
  });
  expect(status).toBe(403);
  expect(sandbox.calls).toEqual([]);
});
