import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import { plainKey } from '../../src/secrets/signing-key.js';
import { readStoredKey } from '../../src/secrets/stored-key.js';
import { folder } from './scene.js';

const id = 'AKIA1';
const document = (entries: readonly object[]): string => JSON.stringify({ version: 1, account: '111122223333', entries });
const entry = (more: object = {}): object => ({ kind: 'access-key', user: 'ci', accessKeyId: id, secretAccessKey: 'file', ...more });
/** The secret that is found; undefined for a file means that it does not exist. */
const found = async (credentials: string | undefined, secrets?: string): Promise<string | undefined> => {
  const where = folder();
  const [profile, secretsFile] = [join(where, 'credentials'), join(where, 'secrets.json')];
  if (credentials !== undefined) writeFileSync(profile, credentials);
  if (secrets !== undefined) writeFileSync(secretsFile, secrets);
  const profileFiles = { credentials: profile, config: join(where, 'config') };
  const secret = await readStoredKey(id, { profileFiles, secretsFile: secrets === undefined ? undefined : secretsFile });
  return secret?.reveal();
};
const profile = (name: string, key: string, secret: string): string =>
  `[${name}]\naws_access_key_id = ${key}\naws_secret_access_key = ${secret}\n`;

describe('the secret of a stored key', () => {
  it.each<[string, string | undefined, string | undefined, string | undefined]>([
    ['is in a profile', profile('a', id, 'one'), undefined, 'one'],
    ['is in the profile that has the key', profile('a', 'AKIA2', 'two') + profile('b', id, 'one'), undefined, 'one'],
    ['is in a profile of two sections', `${profile('a', 'AKIA2', 'two')}[b]\n${profile('a', id, 'one')}`, undefined, 'one'],
    ['is not the one that a later section replaces', profile('a', id, 'one') + profile('a', 'AKIA2', 'two'), undefined, undefined],
    ['is not in a profile without a secret', `[a]\naws_access_key_id = ${id}\n`, undefined, undefined],
    ['is in the secrets file, if a profile has no secret', `[a]\naws_access_key_id = ${id}\n`, document([entry()]), 'file'],
    ['is in the profile first', profile('a', id, 'one'), document([entry()]), 'one'],
    ['is in the secrets file', undefined, document([entry({ accessKeyId: 'AKIA2', secretAccessKey: 'x' }), entry()]), 'file'],
    ['is not in an entry of another kind', undefined, document([entry({ kind: 'mfa-seed' })]), undefined],
    ['is not an empty text', undefined, document([entry({ secretAccessKey: '' })]), undefined],
    ['is not a number', undefined, document([entry({ secretAccessKey: 1 })]), undefined],
    ['is not in an entry without one', undefined, document([entry({ secretAccessKey: undefined })]), undefined],
    ['is not in a damaged file', undefined, '{', undefined],
    ['is nowhere', '', undefined, undefined],
  ])('%s', async (_, credentials, secrets, expected) => expect(await found(credentials, secrets)).toBe(expected));

  it('is not found in a secrets file that does not exist', async () => {
    const profileFiles = { credentials: join(folder(), 'none'), config: join(folder(), 'none') };
    expect(await readStoredKey(id, { profileFiles, secretsFile: join(folder(), 'none') })).toBeUndefined();
  });
});

it('a key for the SDK has a session token only if it is one of a session', () => {
  const key = { accessKeyId: id, secretAccessKey: new Secret('s') };
  expect(plainKey(key)).toStrictEqual({ accessKeyId: id, secretAccessKey: 's' });
  expect(plainKey({ ...key, sessionToken: new Secret('t') })).toStrictEqual({ accessKeyId: id, secretAccessKey: 's', sessionToken: 't' });
});
