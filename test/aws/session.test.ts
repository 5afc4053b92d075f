import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { operations } from '../../src/aws/operations.js';
import { AmbiguousWriteError } from '../../src/core/aws-error.js';
import type { Operation } from '../../src/core/cloud.js';
import { testFolder } from '../support/test-folder.js';
import { type Answer, boundaryThrough, fakeHandler, identityXml, jsonError, sessionThrough, xml, xmlError } from './fake-aws.js';

const lost = () => {
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
};
const timedOut = () => {
  throw Object.assign(new Error('too late'), { name: 'TimeoutError', code: 'ETIMEDOUT' });
};
const madeKey = xml(
  'CreateAccessKey',
  '<AccessKey><UserName>a</UserName><AccessKeyId>AKIA1</AccessKeyId><SecretAccessKey>hidden-canary</SecretAccessKey><Status>Active</Status></AccessKey>',
);
const html = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><body><h1>${status}</h1></body></html>`,
});

describe('a write through the SDK', () => {
  it.each<readonly [string, () => Answer]>([
    ['the connection drops', lost],
    ['it times out', timedOut],
    ['AWS answers 500', () => xmlError('InternalFailure', 500)],
    ['AWS answers 503 without a word', () => ({ status: 503 })],
    ['a page comes with status 502', () => html(502)],
    ['a page comes with status 200', () => html(200)],
    ['the answer is cut off', () => ({ body: madeKey.body?.slice(0, 150) ?? '' })],
    ['the answer is empty', () => ({ headers: { 'content-length': '0' } })],
  ])('sends CreateAccessKey once when %s, and leaves it in doubt', async (_what, answer) => {
    const handler = fakeHandler(answer);
    const { cloud } = boundaryThrough(handler);
    await expect(cloud.write('iam:CreateAccessKey', { UserName: 'a' })).rejects.toBeInstanceOf(AmbiguousWriteError);
    expect(handler.requests.map(({ action }) => action)).toEqual(['CreateAccessKey']);
  });

  it.each<readonly [string, () => Answer]>([
    ['the connection drops', lost],
    ['AWS answers 500', () => jsonError('ServiceException', 500)],
    ['the answer is cut off', () => ({ body: '{"CreateAccountStatus": {"Id": "car-' })],
    ['the answer is empty', () => ({})],
  ])('sends CreateAccount once when %s, and leaves it in doubt', async (_what, answer) => {
    const handler = fakeHandler(answer);
    const { cloud } = boundaryThrough(handler);
    await expect(cloud.write('organizations:CreateAccount', { AccountName: 'a', Email: 'a@example.com' })).rejects.toBeInstanceOf(
      AmbiguousWriteError,
    );
    expect(handler.requests).toHaveLength(1);
  });

  it('accepts an empty response where AWS returns no fields', async () => {
    const { cloud } = boundaryThrough(fakeHandler(({ action }) => (action === 'MoveAccount' ? {} : { body: `<${action}Response/>` })));
    await cloud.write('iam:AddUserToGroup', { UserName: 'a', GroupName: 'g' });
    await cloud.write('organizations:MoveAccount', { AccountId: '111122223333', SourceParentId: 'r-abcd', DestinationParentId: 'r-abcd' });
  });

  it('hands the secret out wrapped', async () => {
    const { cloud, trace } = boundaryThrough(fakeHandler(() => madeKey));
    const answer = await cloud.write('iam:CreateAccessKey', { UserName: 'a' });
    expect(JSON.stringify([answer, trace])).not.toContain('hidden-canary');
    expect(answer.AccessKey.SecretAccessKey.reveal()).toBe('hidden-canary');
  });

  it('keeps the reason from Organizations', async () => {
    const { cloud } = boundaryThrough(
      fakeHandler(() => ({
        status: 400,
        body: JSON.stringify({ __type: 'ConstraintViolationException', Message: 'm', Reason: 'ACCOUNT_NUMBER_LIMIT_EXCEEDED' }),
      })),
    );
    await expect(cloud.write('organizations:CreateAccount', { AccountName: 'a', Email: 'a@example.com' })).rejects.toMatchObject({
      code: 'ConstraintViolationException',
      reason: 'ACCOUNT_NUMBER_LIMIT_EXCEEDED',
      requestId: 'r-1',
      status: 400,
    });
  });

  it('is not torn off by a stop, while a read is', async () => {
    const options: unknown[] = [];
    const handler = fakeHandler(({ action }) => xml(action, '<User><UserName>a</UserName></User>'));
    const watching = {
      ...handler,
      handle: (request: never, given: { readonly abortSignal?: AbortSignal }) => (
        options.push(given.abortSignal !== undefined), handler.handle(request)
      ),
    };
    const { cloud } = boundaryThrough(watching);
    await cloud.write('iam:CreateUser', { UserName: 'a' });
    await cloud.read('iam:GetUser', { UserName: 'a' });
    expect(options).toEqual([false, true]);
  });
});

describe('a read through the SDK', () => {
  it.each<readonly [string, () => Answer]>([
    ['empty', () => ({})],
    ['a page', () => html(200)],
    ['cut off', () => ({ body: '<ListUsersResponse><ListUsersResult><Users><mem' })],
  ])('is sent again when the answer is %s, and is never taken for "there are none"', async (_what, answer) => {
    const handler = fakeHandler(answer);
    const { cloud } = boundaryThrough(handler);
    expect(await cloud.readAll('iam:ListUsers', {})).toMatchObject({ ok: false, cause: 'unreachable' });
    expect(handler.requests).toHaveLength(4);
    expect(await cloud.read('organizations:DescribeOrganization', {})).toMatchObject({ ok: false });
  });

  it('sees an empty list as one', async () => {
    const { cloud } = boundaryThrough(fakeHandler(({ action }) => xml(action, '<AccountAliases/><IsTruncated>false</IsTruncated>')));
    expect(await cloud.readAll('iam:ListAccountAliases', {})).toMatchObject({
      ok: true,
      value: [{ AccountAliases: [] }],
      evidence: [{ requestId: 'r-1' }],
    });
  });

  it('recovers from a clock that is wrong by hours', async () => {
    const handler = fakeHandler((_request, nth) =>
      nth === 1
        ? { ...xmlError('SignatureDoesNotMatch', 403), headers: { date: new Date(Date.now() + 7_200_000).toUTCString() } }
        : identityXml('111122223333'),
    );
    const { cloud } = boundaryThrough(handler);
    expect((await cloud.read('sts:GetCallerIdentity', {})).ok).toBe(true);
    expect(handler.requests).toHaveLength(2);
    const [first, second] = handler.requests.map(({ headers }) => headers['x-amz-date'] ?? '');
    expect(first?.slice(0, 11)).not.toBe(second?.slice(0, 11));
  });

  it('recovers from it in every request that was under way at the same time', async () => {
    const aheadMs = 7_200_000;
    const handler = fakeHandler(({ action, headers }) => {
      const [, year, month, day, hour, minute] = /^(....)(..)(..)T(..)(..)/.exec(headers['x-amz-date'] ?? '') ?? [];
      const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}Z`);
      const date = new Date(Date.now() + aheadMs);
      return Math.abs(signedAt - date.getTime()) < 300_000
        ? xml(action, '<User><UserName>a</UserName></User>')
        : { ...xmlError('SignatureDoesNotMatch', 403), headers: { date: date.toUTCString() } };
    });
    const { cloud } = boundaryThrough(handler);
    const names = Array.from({ length: 8 }, (_, index) => `user-${index}`);
    const readings = await Promise.all(names.map((UserName) => cloud.read('iam:GetUser', { UserName })));
    expect(readings.map(({ ok }) => ok)).toEqual(names.map(() => true));
    expect(handler.requests).toHaveLength(2 * names.length);
  });

  it.each([
    ['iam:GetLoginProfile', { UserName: 'a' }, xmlError('NoSuchEntity', 404), 'NoSuchEntity'],
    ['organizations:DescribeOrganization', {}, jsonError('AWSOrganizationsNotInUseException'), 'AWSOrganizationsNotInUse'],
    [
      'account:GetAlternateContact',
      { AlternateContactType: 'BILLING' },
      { ...jsonError('x', 404), headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } },
      'ResourceNotFound',
    ],
  ] as const)('finds none at %s', async (operation, input, answer, code) => {
    const { cloud } = boundaryThrough(fakeHandler(() => answer));
    expect(await cloud.find(operation, input as never, [code])).toMatchObject({ ok: true, value: undefined });
  });
});

describe('sessions of several accounts, which share their clients', () => {
  const keys = ['AKIAONE', 'AKIATWO', 'AKIATHREE'];
  const sessionsThrough = (handler: object) => {
    const [first = '', ...others] = keys;
    const keyOf = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: accessKeyId, sessionToken: `token of ${accessKeyId}` });
    const own = sessionThrough(handler, { staticCredentials: keyOf(first) });
    return [own, ...others.map((id) => sessionThrough(handler, { staticCredentials: keyOf(id), through: own }))];
  };
  const signerOf = ({ headers }: { readonly headers: Readonly<Record<string, string>> }): string =>
    `${/Credential=(\w+)/.exec(headers['authorization'] ?? '')?.[1]}, ${headers['x-amz-security-token']}`;

  it('sign each request with their own key, also the same request at the same time', async () => {
    const handler = fakeHandler(({ action }) => xml(action, '<AccountAliases/><IsTruncated>false</IsTruncated>'));
    const input = {};
    const sending = sessionsThrough(handler).map(({ send }) => send('iam:ListAccountAliases', input, new AbortController().signal));
    await Promise.all(sending);
    expect(handler.requests.map(signerOf)).toEqual(keys.map((id) => `${id}, token of ${id}`));
    expect(new Set(handler.requests.map(({ headers }) => headers['authorization']?.split('Signature=')[1])).size).toBe(keys.length);
  });

  it('stop only their own requests', async () => {
    const stops = keys.map(() => new AbortController());
    const handler = fakeHandler(({ action }) => xml(action, '<AccountAliases/><IsTruncated>false</IsTruncated>'));
    const seen: (AbortSignal | undefined)[] = [];
    const watching = {
      ...handler,
      handle: (request: never, given: { readonly abortSignal?: AbortSignal }) => (seen.push(given.abortSignal), handler.handle(request)),
    };
    await Promise.all(
      sessionsThrough(watching).map(({ send }, index) => send('iam:ListAccountAliases', {}, (stops[index] as AbortController).signal)),
    );
    expect(seen).toEqual(stops.map(({ signal }) => signal));
    expect(new Set(seen).size).toBe(keys.length);
  });
});

const sample: Readonly<Record<string, Operation>> = {
  iam: 'iam:ListUsers',
  sts: 'sts:GetCallerIdentity',
  budgets: 'budgets:DescribeBudgets',
  organizations: 'organizations:DescribeOrganization',
  account: 'account:GetAccountInformation',
  cloudtrail: 'cloudtrail:LookupEvents',
  freetier: 'freetier:GetAccountPlanState',
};
const whereTo = async (region: string, endpoints: Readonly<Record<string, string>> = {}) => {
  const handler = fakeHandler(() => ({ status: 400 }));
  const { send } = sessionThrough(handler, { region, endpoints });
  for (const operation of Object.values(sample))
    await send(operation, { AccountId: '111122223333' }, new AbortController().signal).catch(() => undefined);
  return Object.fromEntries(
    handler.requests.map(({ protocol, host, scope }, index) => [Object.keys(sample)[index] ?? '', `${protocol}//${host} ${scope}`]),
  );
};

describe('where requests go, and what they are signed for', () => {
  it('is the one place of each global service, whatever the region', async () => {
    expect(await whereTo('eu-central-1')).toEqual({
      iam: 'https://iam.amazonaws.com us-east-1/iam',
      sts: 'https://sts.us-east-1.amazonaws.com us-east-1/sts',
      budgets: 'https://budgets.amazonaws.com us-east-1/budgets',
      organizations: 'https://organizations.us-east-1.amazonaws.com us-east-1/organizations',
      account: 'https://account.us-east-1.amazonaws.com us-east-1/account',
      cloudtrail: 'https://cloudtrail.us-east-1.amazonaws.com us-east-1/cloudtrail',
      freetier: 'https://freetier.us-east-1.api.aws us-east-1/freetier',
    });
  });

  it("is China's own for China", async () => {
    expect(await whereTo('cn-northwest-1')).toEqual({
      iam: 'https://iam.cn-north-1.amazonaws.com.cn cn-north-1/iam',
      sts: 'https://sts.cn-north-1.amazonaws.com.cn cn-north-1/sts',
      budgets: 'https://budgets.amazonaws.com.cn cn-northwest-1/budgets',
      organizations: 'https://organizations.cn-northwest-1.amazonaws.com.cn cn-northwest-1/organizations',
      account: 'https://account.cn-northwest-1.amazonaws.com.cn cn-northwest-1/account',
      cloudtrail: 'https://cloudtrail.cn-north-1.amazonaws.com.cn cn-north-1/cloudtrail',
      // Not asked in this partition: there is no other endpoint.
      freetier: 'https://freetier.us-east-1.api.aws us-east-1/freetier',
    });
  });

  it('reads the events of global services in the region of the partition', async () => {
    expect((await whereTo('us-gov-east-1'))['cloudtrail']).toBe('https://cloudtrail.us-gov-west-1.amazonaws.com us-gov-west-1/cloudtrail');
    expect((await whereTo('eusc-de-east-1'))['cloudtrail']).toBe(
      'https://cloudtrail.eusc-de-east-1.amazonaws.eu eusc-de-east-1/cloudtrail',
    );
  });

  it.each([
    // Off in new accounts; also one that AWS has yet to open.
    ['eu-south-2', 'https://sts.us-east-1.amazonaws.com us-east-1/sts'],
    ['xx-future-9', 'https://sts.us-east-1.amazonaws.com us-east-1/sts'],
    ['cn-northwest-1', 'https://sts.cn-north-1.amazonaws.com.cn cn-north-1/sts'],
    ['us-gov-east-1', 'https://sts.us-gov-west-1.amazonaws.com us-gov-west-1/sts'],
    ['eusc-de-east-1', 'https://sts.eusc-de-east-1.amazonaws.eu eusc-de-east-1/sts'],
  ])('is the STS that every account of the partition has, for %s', async (region, sts) => {
    expect((await whereTo(region))['sts']).toBe(sts);
  });

  it('is a regional endpoint of STS for AssumeRoot, which the global one does not offer', async () => {
    process.env['AWS_STS_REGIONAL_ENDPOINTS'] = 'legacy';
    try {
      const handler = fakeHandler(() => ({ status: 400 }));
      const { send } = sessionThrough(handler, { region: 'eu-central-1', endpoints: {} });
      await send('sts:AssumeRoot', { TargetPrincipal: '222233334444', TaskPolicyArn: {} }, new AbortController().signal).catch(
        () => undefined,
      );
      expect(handler.requests.map(({ action, host }) => [action, host])).toEqual([['AssumeRoot', 'sts.us-east-1.amazonaws.com']]);
    } finally {
      delete process.env['AWS_STS_REGIONAL_ENDPOINTS'];
    }
  });

  it('is the FIPS endpoint of each service that has one, if the environment asks for it', async () => {
    process.env['AWS_USE_FIPS_ENDPOINT'] = 'true';
    try {
      const { iam, sts, organizations, cloudtrail, freetier } = await whereTo('us-east-1');
      expect({ iam, sts, organizations, cloudtrail, freetier }).toEqual({
        iam: 'https://iam-fips.amazonaws.com us-east-1/iam',
        sts: 'https://sts-fips.us-east-1.amazonaws.com us-east-1/sts',
        organizations: 'https://organizations-fips.us-east-1.amazonaws.com us-east-1/organizations',
        cloudtrail: 'https://cloudtrail-fips.us-east-1.amazonaws.com us-east-1/cloudtrail',
        freetier: 'https://freetier.us-east-1.api.aws us-east-1/freetier',
      });
    } finally {
      delete process.env['AWS_USE_FIPS_ENDPOINT'];
    }
  });

  it('is the endpoint that was worked out, for its service alone', async () => {
    const to = await whereTo('us-east-1', { iam: 'http://127.0.0.1:5000' });
    expect(to['iam']).toBe('http://127.0.0.1:5000 us-east-1/iam');
    expect(to['sts']).toBe('https://sts.us-east-1.amazonaws.com us-east-1/sts');
  });

  it.each([
    ['eu-central-1', 'https://vpce-1.iam.us-east-1.vpce.amazonaws.com', 'us-east-1/iam'],
    ['us-gov-east-1', 'https://vpce-1.iam.us-gov-west-1.vpce.amazonaws.com', 'us-gov-west-1/iam'],
    ['cn-north-1', 'https://vpce-1.iam.cn-northwest-1.vpce.amazonaws.com.cn', 'cn-northwest-1/iam'],
    ['eu-central-1', 'https://gateway.example', 'us-east-1/iam'],
    ['cn-northwest-1', 'https://gateway.example', 'cn-north-1/iam'],
  ])('is signed in %s for the region of the endpoint that is set, or else of the global service: %s', async (region, endpoint, scope) => {
    expect((await whereTo(region, { iam: endpoint }))['iam']).toBe(`${endpoint} ${scope}`);
  });

  it.each([
    ['https://sts.eu-west-1.amazonaws.com', 'eu-west-1/sts'],
    ['https://sts-fips.us-west-2.amazonaws.com', 'us-west-2/sts'],
    ['https://vpce-1.sts.eu-central-1.vpce.amazonaws.com', 'eu-central-1/sts'],
    ['https://sts.us-gov-west-1.amazonaws.com', 'us-gov-west-1/sts'],
    ['https://sts.amazonaws.com', 'us-east-1/sts'],
    ['http://127.0.0.1:5000', 'us-east-1/sts'],
  ])('is signed for the region of an STS endpoint: %s', async (endpoint, scope) => {
    expect((await whereTo('ap-southeast-1', { sts: endpoint }))['sts']).toBe(`${endpoint} ${scope}`);
  });

  it('does not leave AWS by way of the region', async () => {
    for (const region of ['x.example.com/', 'evil.example#', 'a b', '@evil.example']) {
      const hosts = Object.values(await whereTo(region)).filter((to) => to.includes('evil') || to.includes('example'));
      expect(hosts).toEqual([]);
    }
  });
});

it('has a command for every operation of the table', async () => {
  const handler = fakeHandler(() => ({ status: 400 }));
  const { send } = sessionThrough(handler);
  for (const operation of Object.keys(operations) as Operation[]) {
    const input = new Proxy({}, { get: () => undefined });
    const error = await send(operation, input, new AbortController().signal).catch((thrown: unknown) => thrown);
    expect(String(error), operation).not.toContain('no command');
  }
});

describe('over a socket of this machine', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  /** A server that does one thing with every connection. */
  const serverOf = async (act: (socket: import('node:net').Socket) => void) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.once('data', () => act(socket));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { readonly port: number };
    return { url: `http://127.0.0.1:${port}`, connections: () => connections, stop: () => new Promise((resolve) => server.close(resolve)) };
  };
  const through = (url: string, timeoutMs?: number) => boundaryThrough(undefined as never, { endpoints: { iam: url }, timeoutMs });

  it('gives a write up after the time limit, and sends it once', async () => {
    const server = await serverOf(() => undefined);
    const { cloud } = through(server.url, 1_000);
    await expect(cloud.write('iam:CreateAccessKey', { UserName: 'a' })).rejects.toMatchObject({
      name: 'AmbiguousWriteError',
      code: 'ETIMEDOUT',
    });
    expect(server.connections()).toBe(1);
  });

  it('sends a write once when the connection is dropped', async () => {
    const server = await serverOf((socket) => socket.destroy());
    const { cloud } = through(server.url);
    await expect(cloud.write('iam:CreateAccessKey', { UserName: 'a' })).rejects.toMatchObject({
      name: 'AmbiguousWriteError',
      code: 'ECONNRESET',
    });
    expect(server.connections()).toBe(1);
  });

  it('leaves a write in doubt whose answer ends early', async () => {
    const server = await serverOf((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<CreateAccessKeyResponse>'));
    const { cloud } = through(server.url);
    await expect(cloud.write('iam:CreateAccessKey', { UserName: 'a' })).rejects.toBeInstanceOf(AmbiguousWriteError);
    expect(server.connections()).toBe(1);
  });

  it('gives a sign-in up after the time limit', async () => {
    const server = await serverOf(() => undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', server.url);
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    const folder = testFolder();
    const role = 'role_arn = arn:aws:iam::222233334444:role/Admin\ncredential_source = Environment\n';
    writeFileSync(join(folder, 'config'), `[profile acme]\n${role}`);
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's');
    const session = sessionThrough(undefined as never, {
      credentials: { from: 'profile', profile: 'acme', how: 'profile acme' },
      timeoutMs: 100,
    });
    await expect(session.accessKeyId()).rejects.toMatchObject({ cause: { name: 'TimeoutError' } });
    expect(server.connections()).toBe(1);
  });

  it('knows that nothing was sent when no server listens', async () => {
    const server = await serverOf(() => undefined);
    await server.stop();
    const { cloud, effects, counts } = through(server.url);
    const error = await cloud.write('iam:CreateUser', { UserName: 'a' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AwsError', code: 'ECONNREFUSED' });
    expect(effects()).toBe(0);
    expect(counts().writes).toBe(4);
  });
});

it('names a CA bundle that cannot be read, before anything is sent', async () => {
  const caBundle = join(testFolder(), 'missing.pem');
  const { cloud } = boundaryThrough(undefined as never, { caBundle });
  await expect(cloud.read('sts:GetCallerIdentity', {})).rejects.toMatchObject({
    code: 'E-CA-BUNDLE',
    exit: 2,
    message: expect.stringContaining(`${caBundle} cannot be read (ENOENT)`),
  });
});
