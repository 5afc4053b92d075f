import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/core/journal.js';
import type { Destination } from '../../src/core/secret.js';
import { checkDestination, makeSecrets, type SecretsOptions } from '../../src/secrets/index.js';
import { testClock } from '../support/host.js';
import { account, canary, folder, key, password, random, refusal, shell, text } from './scene.js';

/** Which destination a run gets for which choice. */

const environment = { PATH: process.env['PATH'], WANTED: 'w', OTHER: 'o' };
const closed: JournalEntry = {
  id: '1',
  accountId: account,
  kind: 'mfa-seed',
  user: 'alex',
  at: '2026-11-23T10:00:00.000Z',
  before: [],
  made: 'arn:mfa',
  state: 'closed',
  place: 'a safe',
  replaces: null,
};
const scene = async (destination: Destination | undefined, more: Partial<SecretsOptions> = {}) => {
  const where = folder();
  const shown: string[] = [];
  const sink = await makeSecrets({
    destination,
    profileFiles: undefined,
    profile: undefined,
    makeFolder: undefined,
    encryptedFolder: join(where, 'encrypted'),
    fallbackFolder: join(where, 'fallback'),
    replaceProfile: false,
    region: async () => 'eu-central-1',
    account: async () => account,
    environment,
    cwd: where,
    journal: { entries: async () => [closed] },
    show: async () => async (title, lines, secret) => void shown.push(title, ...lines, secret),
    clock: testClock(),
    random,
    ...more,
  });
  return { where, sink, shown };
};
const recipient = async (): Promise<string> => identityToRecipient(await generateIdentity());
/** Writes what it gets, and its environment, to the working folder. */
const recorder = ['/bin/sh', '-c', 'cat > stored; env > env'];

describe('the secrets of a run', () => {
  it('without a destination are refused', async () => {
    const { sink } = await scene(undefined);
    expect((await refusal(sink.reserve(account))).code).toBe('E-SECRETS-DESTINATION');
    expect(await sink.holds()).toEqual([]);
  });

  it('are stored in a file, which holds those of its own account only', async () => {
    const file = join(folder(), 'secrets.json');
    const { sink } = await scene({ kind: 'file', file });
    await sink.reserve(account);
    await sink.store(password());
    await sink.close();
    expect(await sink.holds()).toHaveLength(1);
    expect(sink.newPassword(40).reveal()).toHaveLength(40);
    const { sink: other } = await scene({ kind: 'file', file }, { account: async () => '444455556666' });
    expect(await other.holds()).toEqual([]);
  });

  it('are stored in a file that git ignores, by the git on the PATH of the run', async () => {
    const where = folder();
    shell("git init -q && echo 'secrets.json*' > .gitignore", where);
    const { sink } = await scene({ kind: 'file', file: join(where, 'secrets.json') });
    await sink.reserve(account);
    await sink.close();
  });

  it('are handed to a program in the working folder, with the variables that it wants', async () => {
    const { sink, where } = await scene({ kind: 'command', command: recorder, environment: ['WANTED'] });
    await sink.reserve(account);
    await sink.store(password('Canary-1'));
    expect(JSON.parse(text(join(where, 'stored')))).toMatchObject({ account, password: 'Canary-1' });
    expect(text(join(where, 'env'))).toMatch(/^WANTED=w$/m);
    expect(text(join(where, 'env'))).not.toMatch(/^OTHER=/m);
    expect(await sink.holds()).toEqual([{ kind: 'mfa-seed', user: 'alex', id: 'arn:mfa', place: 'a safe' }]);
    expect(sink.newPassword(40).reveal()).toHaveLength(40);
  });

  it('are encrypted in the folder for them', async () => {
    const { sink, where } = await scene({ kind: 'age', recipients: [await recipient()] });
    mkdirSync(join(where, 'encrypted'));
    await sink.reserve(account);
    await sink.store(password('Canary-1'));
    await sink.close();
    expect(text(join(where, 'encrypted', `aws-secrets-${account}.age`))).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
  });

  it('are shown at the terminal', async () => {
    const { sink, shown } = await scene({ kind: 'terminal' });
    await sink.reserve(account);
    await sink.store(password('Canary-1'));
    expect(shown).toEqual([
      `The console password of alex (account ${account})`,
      `Sign-in URL  https://${account}.signin.aws.amazon.com/console/`,
      'User name    alex',
      'Password     Canary-1',
      'Canary-1',
    ]);
  });

  it.each<[string, Destination | undefined]>([
    ['without a destination', undefined],
    ['with a file', { kind: 'file', file: 'FILE' }],
    ['with a program', { kind: 'command', command: recorder, environment: [] }],
  ])('go to a profile if they are access keys, %s', async (_, destination) => {
    const where = folder();
    const profileFiles = { credentials: join(where, 'credentials'), config: join(where, 'config') };
    const file = join(where, 'secrets.json');
    const { sink } = await scene(destination?.kind === 'file' ? { ...destination, file } : destination, { profileFiles, profile: 'work' });
    expect(sink.place('access-key')).toBe(`the profile work in ${profileFiles.credentials}`);
    await sink.reserve(account);
    await sink.store(key('AKIA1', 'work'));
    await sink.close();
    expect(text(profileFiles.credentials)).toBe(`[work]\naws_access_key_id = AKIA1\naws_secret_access_key = ${canary}\n`);
    expect(text(profileFiles.config)).toBe('[profile work]\nregion = eu-central-1\n');
  });

  it.each<[string, Partial<SecretsOptions>, boolean]>([
    ['stays', {}, false],
    ['stays, if another key is rotated', { replacesKey: 'AKIA0' }, false],
    ['is replaced, if it is the one that is rotated', { replacesKey: 'AKIAOLD' }, true],
    ['is replaced with the flag', { replaceProfile: true }, true],
  ])('do not take the profile of another key: it %s', async (_, more, isReplaced) => {
    const where = folder();
    const profileFiles = { credentials: join(where, 'credentials'), config: join(where, 'config') };
    writeFileSync(profileFiles.credentials, '[work]\naws_access_key_id = AKIAOLD\n', { mode: 0o600 });
    const { sink } = await scene(undefined, { profileFiles, ...more });
    expect(sink.place('access-key')).toBe(`a profile in ${profileFiles.credentials}`);
    await sink.reserve(account);
    const stored = sink.store(key('AKIA1', 'work'));
    if (isReplaced) await stored;
    else await refusal(stored);
    expect(text(profileFiles.credentials).includes('AKIA1')).toBe(isReplaced);
  });

  it('create a folder only if they are of the practice account', async () => {
    const where = join(folder(), 'a', 'b');
    await scene(undefined);
    for (const _ of [1, 2]) await scene(undefined, { makeFolder: where });
    expect(statSync(where).mode & 0o777).toBe(0o700);
  });

  it('fall back to a file if a key cannot be stored', async () => {
    const { sink, where } = await scene({ kind: 'command', command: ['/bin/sh', '-c', 'exit 1'], environment: [] });
    await sink.reserve(account);
    expect(await refusal(sink.store(key()))).toMatchObject({ fallback: join(where, 'fallback', `rescued-${account}.json`) });
  });
});

describe('a destination is checked before the first request', () => {
  const check = (destination: Destination, where = folder()) => checkDestination(destination, { environment, cwd: where });

  it('a file, in its folder, and nothing is created', async () => {
    const where = folder();
    await check({ kind: 'file', file: 'secrets.json' }, where);
    expect(readdirSync(where)).toEqual([]);
    expect((await refusal(check({ kind: 'file', file: 'no/secrets.json' }, where))).message).toContain(join(where, 'no'));
  });

  it('a program, in the working folder or on the PATH, and it is not started', async () => {
    const where = folder();
    writeFileSync(join(where, 'program'), '#!/bin/sh\ntouch ran\n', { mode: 0o755 });
    await check({ kind: 'command', command: ['./program'], environment: [] }, where);
    await check({ kind: 'command', command: ['sh'], environment: [] }, where);
    expect(existsSync(join(where, 'ran'))).toBe(false);
    expect((await refusal(check({ kind: 'command', command: ['./none'], environment: [] }, where))).message).toContain('"./none"');
  });

  it('recipients, and the terminal by those who ask', async () => {
    await check({ kind: 'age', recipients: [await recipient()] });
    await check({ kind: 'terminal' });
    expect((await refusal(check({ kind: 'age', recipients: ['x'] }))).code).toBe('E-SECRETS-DESTINATION');
  });
});
