import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseCredentials, readSharedFiles } from '../../src/aws/credentials.js';
import { endpointsOf } from '../../src/aws/endpoint.js';
import { testFolder } from '../support/test-folder.js';

const filesOf = (config: string | undefined, credentials?: string) => {
  const folder = testFolder();
  const paths = { config: join(folder, 'config'), credentials: join(folder, 'credentials') };
  if (config !== undefined) writeFileSync(paths.config, config);
  if (credentials !== undefined) writeFileSync(paths.credentials, credentials);
  return { paths, read: () => readSharedFiles(paths) };
};

describe('profiles of the AWS files', () => {
  it('are read from both files; the credentials file wins', async () => {
    const files = await filesOf(
      '[profile a]\nregion = eu-central-1\naws_access_key_id = AKIACONFIG\n',
      '[a]\naws_access_key_id = AKIACREDENTIALS\n',
    ).read();
    expect(files.settingsOf('a')).toEqual({ region: 'eu-central-1', aws_access_key_id: 'AKIACREDENTIALS' });
  });

  it('are there in one file or the other', async () => {
    const files = await filesOf(
      '[default]\nregion = x\n[profile a]\nregion = x\n[sso-session corp]\nsso_region = x\n',
      '[b]\naws_access_key_id = x\n',
    ).read();
    expect(['default', 'a', 'b'].map(files.has)).toEqual([true, true, true]);
    expect(['c', 'corp', 'profile a', '', 'constructor', '__proto__', 'toString'].filter(files.has)).toEqual([]);
  });

  it('are empty without files, and when a folder has their name', async () => {
    const missing = await filesOf(undefined).read();
    expect(missing.has('default')).toBe(false);
    expect(missing.settingsOf('default')).toEqual({});
    const { paths, read } = filesOf(undefined);
    mkdirSync(paths.config);
    const files = await read();
    expect(files.has('default')).toBe(false);
    expect(files.withByteOrderMark).toEqual([]);
  });

  it('are read again each time', async () => {
    const { paths, read } = filesOf('[default]\nregion = one\n');
    expect((await read()).settingsOf('default')['region']).toBe('one');
    writeFileSync(paths.config, '[default]\nregion = two\n');
    expect((await read()).settingsOf('default')['region']).toBe('two');
  });

  it('are read with Windows line ends, comments and blanks', async () => {
    const files = await filesOf('# mine\r\n[profile a]\r\nregion=eu-central-1 ; near\r\n').read();
    expect(files.settingsOf('a')['region']).toBe('eu-central-1');
  });

  it('bring the endpoints of their services section along', async () => {
    const config = `[profile local]
services = emulator
endpoint_url = http://127.0.0.1:5000
[services emulator]
cloudtrail =
  endpoint_url = http://127.0.0.1:5001
[profile other]
services = missing
`;
    const files = await filesOf(config).read();
    const endpoints = endpointsOf({ flag: undefined, env: {}, profile: files.settingsOf('local') });
    expect(endpoints).toMatchObject({ iam: 'http://127.0.0.1:5000', sts: 'http://127.0.0.1:5000', cloudtrail: 'http://127.0.0.1:5001' });
    expect(endpointsOf({ flag: undefined, env: {}, profile: files.settingsOf('other') })).toEqual({});
  });

  it('have no other endpoints than those of the services section that they name', async () => {
    const config = `[profile local]
services = emulator
[services emulator]
iam =
  endpoint_url_old = http://127.0.0.1:5000
  region = us-east-1
x-iam =
  endpoint_url = http://127.0.0.1:5001
[profile other]
region = us-east-1
[services undefined]
iam =
  endpoint_url = http://127.0.0.1:5002
`;
    const { settingsOf } = await filesOf(config).read();
    expect(settingsOf('local')).toEqual({ services: 'emulator' });
    expect(settingsOf('other')).toEqual({ region: 'us-east-1' });
  });

  it.each([
    ['with a byte-order mark', '\uFEFF[default]\n', true],
    ['with one later', '[default]\n\uFEFF', false],
    ['without one', '[default]\n', false],
    ['of two bytes', Buffer.of(0xef, 0xbb), false],
    ['that is empty', '', false],
  ])('are in a file %s', async (_, content, marked) => {
    const { paths, read } = filesOf(undefined);
    writeFileSync(paths.credentials, content);
    expect((await read()).withByteOrderMark).toEqual(marked ? [paths.credentials] : []);
  });

  it('show how they sign in', async () => {
    const config = `[profile login]
login_session = arn:aws:iam::111122223333:root
[profile corp]
sso_session = corp
sso_account_id = 222233334444
sso_role_name = Admin
[sso-session corp]
sso_region = eu-central-1
sso_start_url = https://corp.awsapps.com/start
[profile role]
role_arn = arn:aws:iam::333344445555:role/Admin
source_profile = login
`;
    const { settingsOf } = await filesOf(config).read();
    const how = (profileFlag: string) => chooseCredentials({ profileFlag, env: {}, settingsOf }).how;
    expect([how('login'), how('corp'), how('role')]).toEqual([
      'profile login (aws login, --profile)',
      'profile corp (IAM Identity Center, --profile)',
      'profile role (assumed role, --profile)',
    ]);
  });
});
