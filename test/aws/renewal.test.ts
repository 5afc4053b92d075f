import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../src/aws/clients.js';
import { fakeHandler, identityXml, type SentRequest, sessionThrough, xml, xmlError } from './fake-aws.js';

const start = Date.parse('2026-11-26T10:00:00Z');
const accountOf: Readonly<Record<string, string>> = { AKIAFIRST: '111122223333', AKIASAME: '111122223333', AKIAOTHER: '444455556666' };
const signedBy = ({ headers }: SentRequest): string => /Credential=(\w+)/.exec(headers['authorization'] ?? '')?.[1] ?? '';

/** A session of which the test sets the key and the time; each key is valid for an hour. */
const renewing = (answer: (request: SentRequest, nth: number) => object | undefined = () => undefined, expires = true) => {
  let key = 'AKIAFIRST';
  let now = start;
  let provided = 0;
  const handler = fakeHandler(
    (request, nth) =>
      answer(request, nth) ??
      (request.action === 'GetCallerIdentity' ? identityXml(accountOf[signedBy(request)] ?? '') : xml(request.action, '')),
  );
  const timeouts: (number | undefined)[] = [];
  const watching = {
    ...handler,
    handle: (request: never, options: { readonly requestTimeout?: number }) => (
      timeouts.push(options.requestTimeout), handler.handle(request)
    ),
  };
  const session = (timeoutMs?: number) =>
    sessionThrough(watching, {
      credentials: { from: 'profile', profile: 'acme', how: 'profile acme' },
      now: () => new Date(now),
      timeoutMs,
      provide: async (): Promise<Credentials> => {
        provided += 1;
        return {
          accessKeyId: key,
          secretAccessKey: 's',
          sessionToken: 't',
          ...(expires ? { expiration: new Date(now + 3_600_000) } : {}),
        };
      },
    });
  return {
    handler,
    timeouts,
    open: (timeoutMs?: number) => {
      const { send, accessKeyId } = session(timeoutMs);
      const through = (operation: 'sts:GetCallerIdentity' | 'iam:CreateAccountAlias') =>
        send(operation, operation === 'iam:CreateAccountAlias' ? { AccountAlias: 'acme' } : {}, new AbortController().signal);
      return {
        accessKeyId,
        identify: () => through('sts:GetCallerIdentity'),
        write: () => through('iam:CreateAccountAlias'),
      };
    },
    renewAs: (name: string) => {
      key = name;
      now += 3_600_000;
    },
    pass: (ms: number) => {
      now += ms;
    },
    provided: () => provided,
    sent: () => handler.requests.map((request) => `${request.action} by ${signedBy(request)}`),
  };
};

describe('the time at which credentials are renewed', () => {
  it.each([
    ['an hour before their end', 0, 1],
    ['more than five minutes before it', 3_299_999, 1],
    ['five minutes before it', 3_300_000, 2],
    ['after it', 3_700_000, 2],
  ])('%s', async (_, ms, times) => {
    const { open, pass, provided } = renewing();
    const { accessKeyId } = open();
    await accessKeyId();
    pass(ms);
    await accessKeyId();
    expect(provided()).toBe(times);
  });

  it('never comes for credentials without an end', async () => {
    const { open, pass, provided } = renewing(undefined, false);
    const { accessKeyId } = open();
    await accessKeyId();
    pass(1e12);
    await accessKeyId();
    expect(provided()).toBe(1);
  });
});

describe('a session', () => {
  it('does not ask for the account of the key that it was identified with', async () => {
    const { open, sent } = renewing();
    const { identify, write } = open();
    await identify();
    await write();
    expect(sent()).toEqual(['GetCallerIdentity by AKIAFIRST', 'CreateAccountAlias by AKIAFIRST']);
  });

  it('asks for the account of each other key once, before anything is sent with it', async () => {
    const { open, sent, renewAs } = renewing();
    const { identify, write } = open();
    await identify();
    renewAs('AKIASAME');
    await Promise.all([write(), write()]);
    await write();
    expect(sent()).toEqual([
      'GetCallerIdentity by AKIAFIRST',
      'GetCallerIdentity by AKIASAME',
      ...Array.from({ length: 3 }, () => 'CreateAccountAlias by AKIASAME'),
    ]);
  });

  it.each(['after it was identified again', 'after it was used before the first identification'])(
    'sends nothing with a key of another account, also %s',
    async (when) => {
      const { open, sent, renewAs } = renewing();
      const { identify, write } = open();
      if (when.includes('before')) {
        renewAs('AKIAOTHER');
        await write();
        renewAs('AKIAFIRST');
      }
      await identify();
      renewAs('AKIAOTHER');
      if (when.includes('again')) expect(await identify()).toMatchObject({ Account: '444455556666' });
      const before = sent().filter((line) => line.startsWith('CreateAccountAlias')).length;
      await expect(write()).rejects.toMatchObject({
        code: 'E-WRONG-ACCOUNT',
        message: expect.stringContaining('(profile acme) were renewed during the run, and are now for account 444455556666'),
      });
      await expect(write()).rejects.toMatchObject({ code: 'E-WRONG-ACCOUNT' });
      expect(sent().filter((line) => line.startsWith('CreateAccountAlias'))).toHaveLength(before);
    },
  );

  it.each<readonly [string, object, string]>([
    ['an answer without an account', xml('GetCallerIdentity', '<UserId>U</UserId>'), 'E-WRONG-ACCOUNT'],
    ['an empty answer', { headers: { 'content-length': '0' } }, 'NoCredentialsError'],
    ['a refusal', xmlError('AccessDenied', 403), 'NoCredentialsError'],
  ])('sends nothing with a new key after %s, and asks again the next time', async (_, answer, name) => {
    const { open, sent, renewAs } = renewing((_request, nth) => (nth === 2 ? answer : undefined));
    const { identify, write } = open();
    await identify();
    renewAs('AKIASAME');
    const error: unknown = await write().catch((thrown: unknown) => thrown);
    const { code, name: named } = error as { readonly code?: string; readonly name?: string };
    expect(code ?? named).toBe(name);
    expect(sent()).toEqual(['GetCallerIdentity by AKIAFIRST', 'GetCallerIdentity by AKIASAME']);
    await write();
    expect(sent().slice(2)).toEqual(['GetCallerIdentity by AKIASAME', 'CreateAccountAlias by AKIASAME']);
  });
});

it.each([
  ['by default', undefined, [10_000, 10_000, 30_000]],
  ['as set', 5_000, [5_000, 5_000, 5_000]],
])('the time limit of reads, of the check of a new key, and of writes: %s', async (_, timeoutMs, expected) => {
  const { open, renewAs, timeouts } = renewing();
  const { identify, write } = open(timeoutMs);
  await identify();
  renewAs('AKIASAME');
  await write();
  expect(timeouts).toEqual(expected);
});
