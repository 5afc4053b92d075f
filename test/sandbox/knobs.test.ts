import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateAccessKeyCommand, CreateUserCommand, GetUserCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FaultRule } from '../../src/sandbox/world.js';
import { practice, refusal } from './practice.js';

const alex = () => new CreateUserCommand({ UserName: 'alex' });
const names = (world: Awaited<ReturnType<typeof practice>>) => world.sandbox.world.accounts['111122223333']?.users.map((user) => user.name);

async function withFault(what: FaultRule['what'], more: Partial<FaultRule> = {}) {
  const world = await practice();
  world.sandbox.world.knobs.faults = [{ operation: 'iam:CreateUser', what, ...more }];
  return world;
}

describe('faults', () => {
  it('return an AWS error without any effect', async () => {
    const world = await withFault({ kind: 'error', code: 'Throttling', status: 400, message: 'Rate exceeded' });
    expect(await refusal(world.iam.send(alex()))).toMatchObject({ name: 'Throttling', status: 400, message: 'Rate exceeded' });
    expect(names(world)).toEqual([]);
    expect(world.sandbox.calls).toMatchObject([{ operation: 'CreateUser', write: true, error: 'Throttling' }]);
  });

  it.each([
    ['drop-before', []],
    ['drop-after', ['alex']],
  ] as const)('%s loses the connection with ECONNRESET', async (kind, left) => {
    const world = await withFault({ kind });
    await expect(world.iam.send(alex())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(names(world)).toEqual(left);
  });

  it.each([
    ['status-before', []],
    ['status-after', ['alex']],
  ] as const)('%s returns an HTML page', async (kind, left) => {
    const world = await withFault({ kind, status: 503 });
    expect((await refusal(world.iam.send(alex()))).status).toBe(503);
    expect(names(world)).toEqual(left);
  });

  it('can truncate or empty a response after the effect', async () => {
    const world = await withFault({ kind: 'truncated-after' });
    await expect(world.iam.send(alex())).rejects.toThrow();
    expect(names(world)).toEqual(['alex']);
    world.sandbox.world.knobs.faults = [{ operation: 'iam:GetUser', what: { kind: 'empty-after' } }];
    expect((await world.iam.send(new GetUserCommand({ UserName: 'alex' }))).User).toBeUndefined();
  });

  it('hang after the effect until the caller aborts', async () => {
    const world = await withFault({ kind: 'hang-after' });
    const controller = new AbortController();
    const sent = world.iam.send(alex(), { abortSignal: controller.signal });
    await vi.waitFor(() => expect(names(world)).toEqual(['alex']));
    controller.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('hang at most for the time limit of the client', async () => {
    const { sandbox } = await withFault({ kind: 'hang-after' });
    const handler = {
      ...sandbox.requestHandler,
      handle: (request: never, options: object) => sandbox.requestHandler.handle(request, { ...options, requestTimeout: 5 }),
    };
    const iam = new IAMClient({ region: 'us-east-1', credentials: sandbox.credentials, requestHandler: handler as never, maxAttempts: 1 });
    await expect(iam.send(alex())).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('apply `times` times, after `skip` requests', async () => {
    const world = await withFault({ kind: 'error', code: 'ServiceFailure', status: 500 }, { operation: 'iam:Create*', skip: 1, times: 2 });
    const outcomes: string[] = [];
    for (const UserName of ['a', 'b', 'c', 'd']) {
      outcomes.push(
        await world.iam.send(new CreateUserCommand({ UserName })).then(
          () => 'done',
          (error: unknown) => (error as Error).name,
        ),
      );
      await world.iam.send(new ListUsersCommand({}));
    }
    expect(outcomes).toEqual(['done', 'ServiceFailureException', 'ServiceFailureException', 'done']);
  });

  it('are matched in order', async () => {
    const world = await practice();
    const error = (code: string) => ({ kind: 'error', code, status: 400 }) as const;
    world.sandbox.world.knobs.faults = [
      { operation: 'iam:GetUser', times: 1, what: error('First') },
      { operation: '*', what: error('Second') },
    ];
    expect((await refusal(world.sts.send(new GetCallerIdentityCommand({})))).name).toBe('Second');
    expect((await refusal(world.iam.send(new GetUserCommand({})))).name).toBe('First');
    expect((await refusal(world.iam.send(new GetUserCommand({})))).name).toBe('Second');
  });

  it('are retried by the SDK like errors of AWS', async () => {
    const { sandbox, account } = await withFault({ kind: 'drop-before' }, { times: 2 });
    const iam = new IAMClient({
      region: 'us-east-1',
      credentials: sandbox.credentials,
      requestHandler: sandbox.requestHandler,
      maxAttempts: 3,
    });
    await iam.send(alex());
    expect(sandbox.calls).toHaveLength(3);
    expect(account.users).toHaveLength(1);
  });
});

describe('lag', () => {
  it('hides writes from reads until it has passed, but not from other writes', async () => {
    const { sandbox, iam, clock } = await practice();
    sandbox.world.knobs.lagMs = 5000;
    await iam.send(alex());
    expect((await refusal(iam.send(new GetUserCommand({ UserName: 'alex' })))).name).toBe('NoSuchEntityException');
    expect((await refusal(iam.send(alex()))).name).toBe('EntityAlreadyExistsException');
    clock.pass(4999);
    expect((await iam.send(new ListUsersCommand({}))).Users).toEqual([]);
    clock.pass(1);
    expect((await iam.send(new ListUsersCommand({}))).Users).toHaveLength(1);
  });

  it('shows each write after its own delay', async () => {
    const { sandbox, iam, clock } = await practice();
    sandbox.world.knobs.lagMs = 5000;
    await iam.send(new CreateUserCommand({ UserName: 'a' }));
    clock.pass(3000);
    await iam.send(new CreateUserCommand({ UserName: 'b' }));
    clock.pass(2000);
    const seen = async () => (await iam.send(new ListUsersCommand({}))).Users?.map((user) => user.UserName);
    expect(await seen()).toEqual(['a']);
    clock.pass(3000);
    expect(await seen()).toEqual(['a', 'b']);
  });

  it('delays the acceptance of a new key', async () => {
    const { sandbox, iam, clock, as } = await practice();
    await iam.send(alex());
    sandbox.world.knobs.lagMs = 5000;
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alex' }));
    const { sts } = as({ accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' });
    expect((await refusal(sts.send(new GetCallerIdentityCommand({})))).name).toBe('InvalidClientTokenId');
    clock.pass(5000);
    await sts.send(new GetCallerIdentityCommand({}));
  });
});

it('delays responses while the knob is set, and stops when the caller aborts', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const held = async () => {
    while (vi.getTimerCount() === 0) await new Promise(setImmediate);
  };
  try {
    const { sandbox, iam } = await practice();
    sandbox.world.knobs.delayMs = 60_000;
    let answered = false;
    const sent = iam.send(alex()).then(() => {
      answered = true;
    });
    await held();
    await vi.advanceTimersByTimeAsync(59_999);
    expect(answered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await sent;
    const controller = new AbortController();
    const abandoned = iam.send(new ListUsersCommand({}), { abortSignal: controller.signal });
    await held();
    controller.abort();
    await expect(abandoned).rejects.toMatchObject({ name: 'AbortError' });
  } finally {
    vi.useRealTimers();
  }
});

describe('with files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'practice-knobs-'));
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    vi.restoreAllMocks();
  });
  const onDisk = (file: string) =>
    JSON.parse(readFileSync(file, 'utf8')) as { accounts: Record<string, { users: unknown[] }>; knobs: object };

  it.each([
    ['before', 1],
    ['after', 2],
  ] as const)('kills the process %s the second write takes effect, once', async (when, users) => {
    const file = join(folder, `${when}.json`);
    const { sandbox, iam } = await practice({ file });
    sandbox.world.knobs.crash = { atWrite: 2, when };
    const killed = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw new Error('killed');
    });
    await iam.send(new CreateUserCommand({ UserName: 'a' }));
    await iam.send(new ListUsersCommand({}));
    expect(killed).not.toHaveBeenCalled();
    await expect(iam.send(new CreateUserCommand({ UserName: 'b' }))).rejects.toThrow('killed');
    expect(killed).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGKILL');
    expect(onDisk(file).accounts['111122223333']?.users).toHaveLength(users);
    expect(onDisk(file).knobs).toEqual({});
  });

  it('records each request as it was received', async () => {
    const { sandbox, iam, sts } = await practice({ file: join(folder, 'world.json') });
    const record = join(folder, 'requests.jsonl');
    sandbox.world.knobs.record = record;
    await iam.send(alex());
    await sts.send(new GetCallerIdentityCommand({}));
    const lines = readFileSync(record, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { service: 'iam', operation: 'CreateUser', body: 'Action=CreateUser&Version=2010-05-08&UserName=alex' },
      { service: 'sts', operation: 'GetCallerIdentity', headers: { host: 'sts.us-east-1.amazonaws.com' } },
    ]);
  });

  it('records nothing in a file of the user', async () => {
    const { sandbox, sts } = await practice({ file: join(folder, 'world.json') });
    const other = join(folder, '.bashrc');
    const link = join(folder, 'requests.jsonl');
    writeFileSync(other, '# mine\n');
    symlinkSync(other, link);
    for (const file of [other, link]) {
      sandbox.world.knobs.record = file;
      await sts.send(new GetCallerIdentityCommand({}));
    }
    expect(readFileSync(other, 'utf8')).toBe('# mine\n');
  });
});
