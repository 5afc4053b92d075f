import { describe, expect, it } from 'vitest';
import { BootstrapError } from '../../src/core/errors.js';
import { NotStoredError, Secret, type SecretEntry } from '../../src/core/secret.js';
import type { ProfileWriter } from '../../src/secrets/profile.js';
import {
  heldIn,
  nameOf,
  parseDocument,
  type PlainEntry,
  plainEntry,
  printDocument,
  type SecretsDocument,
  storeAt,
  withEntry,
} from '../../src/secrets/secrets-document.js';
import { account, key, password } from './scene.js';

const seed = { kind: 'mfa-seed', user: 'alex', serial: 'arn:mfa', seed: new Secret('JBSWY3DPEHPK3PXP') } as const satisfies SecretEntry;
const document = (entries: readonly PlainEntry[]): SecretsDocument => ({ version: 1, account, entries });

describe('a secrets file', () => {
  const one = { kind: 'access-key', user: 'ci', accessKeyId: 'AKIA1', mine: true } as const;
  it('is read as it was written, with what this tool does not know', () => {
    const whole = { ...document([one]), comment: 'mine' } as SecretsDocument;
    expect(parseDocument(printDocument(whole))).toEqual(whole);
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['another version', JSON.stringify({ ...document([]), version: 2 })],
    ['no account', JSON.stringify({ ...document([]), account: 1 })],
    ['no list of entries', JSON.stringify({ ...document([]), entries: {} })],
    ['an entry that is none', JSON.stringify({ ...document([]), entries: [one, null] })],
    ['an entry that is a text', JSON.stringify({ ...document([]), entries: ['access-key'] })],
    ['an entry of unknown kind', JSON.stringify({ ...document([]), entries: [{ ...one, kind: 'passport' }] })],
    ['an entry whose kind is the name of a method', JSON.stringify({ ...document([]), entries: [{ ...one, kind: 'toString' }] })],
    ['null', 'null'],
    ['a text', '"account"'],
    ['an entry whose kind is no text', JSON.stringify({ ...document([]), entries: [{ ...one, kind: 1 }] })],
    ['an entry without a user', JSON.stringify({ ...document([]), entries: [one, { kind: 'access-key' }] })],
  ])('is none with %s', (_, text) => expect(parseDocument(text)).toBeUndefined());

  it('has each secret by its id', () => {
    const entries: readonly PlainEntry[] = [
      { kind: 'console-password', user: 'alex', serial: 'x', accessKeyId: 'x' },
      { kind: 'mfa-seed', user: 'alex', serial: 'arn:mfa' },
      one,
      { kind: 'access-key', user: 'ci', accessKeyId: 7 },
    ];
    expect(heldIn(document(entries))).toEqual([
      { kind: 'console-password', user: 'alex', id: '' },
      { kind: 'mfa-seed', user: 'alex', id: 'arn:mfa' },
      { kind: 'access-key', user: 'ci', id: 'AKIA1' },
      { kind: 'access-key', user: 'ci', id: '' },
    ]);
  });

  const other: readonly PlainEntry[] = [
    { ...one, accessKeyId: 'AKIA2' },
    { ...one, user: 'alex' },
    { ...one, kind: 'mfa-seed', serial: 'AKIA1' },
  ];
  it('gets an entry at the end, if it has none for the same secret', () => {
    for (const before of other) expect(withEntry(document([before]), one)).toEqual(document([before, one]));
    expect(withEntry(document([]), one)).toEqual(document([one]));
  });

  it('gets an entry in the place of the one for the same secret, whatever the spelling of the user', () => {
    const fresh = { ...one, user: 'CI', mine: false };
    expect(withEntry(document([...other, one, ...other]), fresh)).toEqual(document([...other, fresh, ...other]));
    expect(withEntry(document([fresh]), one)).toEqual(document([one]));
  });
});

describe('an entry', () => {
  it('has everything that is needed to use the secret', () => {
    expect(plainEntry(password('Abc', 'alex'), account)).toEqual({
      kind: 'console-password',
      user: 'alex',
      password: 'Abc',
      signInUrl: `https://${account}.signin.aws.amazon.com/console/`,
    });
    expect(plainEntry(seed, account)).toEqual({
      kind: 'mfa-seed',
      user: 'alex',
      serial: 'arn:mfa',
      seed: 'JBSWY3DPEHPK3PXP',
      otpauth: expect.stringMatching(/^otpauth:\/\/totp\/.*alex%40111122223333\?.*secret=JBSWY3DPEHPK3PXP/),
    });
    const { secretAccessKey, ...rest } = key('AKIA1', 'work');
    expect(plainEntry(key('AKIA1', 'work'), account)).toEqual({ ...rest, secretAccessKey: secretAccessKey.reveal() });
  });

  it('has a name without the secret', () => {
    expect([password(), seed, key('AKIA1')].map(nameOf)).toEqual([
      'console password of alex',
      'MFA seed of alex',
      'access key AKIA1 of ci',
    ]);
  });
});

describe('storing an entry', () => {
  /** Stores it, and returns where it went. */
  const stored = async (entry: SecretEntry, failing: { readonly store?: Error; readonly write?: Error } = {}, profiles = true) => {
    const log: string[] = [];
    const writer = {
      write: async () => {
        log.push('profile');
        if (failing.write !== undefined) throw failing.write;
      },
    } as unknown as ProfileWriter;
    const store = async (): Promise<void> => {
      log.push('destination');
      if (failing.store !== undefined) throw failing.store;
    };
    let error: unknown;
    try {
      await storeAt(entry, { store, place: 'a vault', profiles: profiles ? writer : undefined });
    } catch (thrown) {
      error = thrown;
    }
    return { log, error };
  };
  const partly = new BootstrapError({ code: 'E-SECRETS-STORE', message: 'The key is stored, its region is not.', next: 'n' });
  const taken = new BootstrapError({ code: 'E-SECRETS-DESTINATION', message: 'The profile is taken.', next: 'n' });

  it.each<[string, SecretEntry, boolean, readonly string[]]>([
    ['a key with a profile: in the profile', key(), true, ['profile']],
    ['a key with a profile, without a writer of profiles: in the destination', key(), false, ['destination']],
    ['a key without a profile: in the destination', key('AKIA1', ''), true, ['destination']],
    ['another secret: in the destination', password(), true, ['destination']],
  ])('%s', async (_, entry, profiles, log) => expect(await stored(entry, {}, profiles)).toEqual({ log, error: undefined }));

  it('goes to the destination if the profile refuses the key, and reports it', async () => {
    for (const [write, why] of [
      [taken, 'The profile is taken.'],
      [new Error('odd'), 'odd'],
    ] as const) {
      const { log, error } = await stored(key('AKIA1', 'work'), { write });
      expect(log).toEqual(['profile', 'destination']);
      expect(error).toMatchObject({
        code: 'E-SECRETS-STORE',
        message: `The access key AKIA1 is in a vault instead of the profile work: ${why}`,
        cause: write,
      });
    }
  });

  it('stays in the profile if the key is stored there and only the rest failed', async () => {
    expect(await stored(key(), { write: partly })).toEqual({ log: ['profile'], error: partly });
  });

  it('that fails everywhere is an error of its own', async () => {
    for (const [store, why] of [
      [taken, 'The profile is taken.'],
      [Object.assign(new Error('no space'), { code: 'ENOSPC' }), /./],
    ] as const) {
      const { log, error } = await stored(key(), { write: new Error('x'), store });
      expect(log).toEqual(['profile', 'destination']);
      expect(error).toBeInstanceOf(NotStoredError);
      expect(error).toMatchObject({
        cause: store,
        message: expect.stringMatching(/^The access key AKIA\w+ of ci could not be stored in a vault: /),
      });
      expect((error as Error).message).toMatch(why);
    }
  });
});
