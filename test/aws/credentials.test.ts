import { describe, expect, it } from 'vitest';
import { accountIdOf, chooseCredentials, type ProfileSettings } from '../../src/aws/credentials.js';

const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' };
const login: ProfileSettings = { login_session: 'arn:aws:iam::111122223333:user/alex' };
const staticKey: ProfileSettings = { aws_access_key_id: 'AKIAFILE', aws_secret_access_key: 's' };
const role: ProfileSettings = { role_arn: 'arn:aws:iam::222233334444:role/Admin', source_profile: 'base' };
const sso: ProfileSettings = { sso_session: 'corp', sso_account_id: '333344445555', sso_role_name: 'Admin' };

const choose = (options: { profileFlag?: string; env?: Record<string, string>; profiles?: Record<string, ProfileSettings> }) =>
  chooseCredentials({ profileFlag: options.profileFlag, env: options.env ?? {}, settingsOf: (name) => options.profiles?.[name] ?? {} });

describe("which credentials a run uses, in the AWS CLI's order", () => {
  const profiles = { flagged: staticKey, named: login, default: sso };
  const env = { ...keys, AWS_PROFILE: 'named' };

  it('is the profile of the flag, before key variables and AWS_PROFILE', () => {
    expect(choose({ profileFlag: 'flagged', env, profiles })).toEqual({
      from: 'profile',
      profile: 'flagged',
      method: 'access key',
      how: 'profile flagged (access key, --profile)',
    });
  });

  it('is the key variables, before AWS_PROFILE', () => {
    const variables = { from: 'environment', how: 'key variables (AWS_ACCESS_KEY_ID)' };
    expect(choose({ env, profiles })).toMatchObject(variables);
    expect(choose({ env: keys, profiles })).toEqual(variables);
  });

  it('is AWS_PROFILE, before the default profile', () => {
    expect(choose({ env: { AWS_PROFILE: 'named' }, profiles })).toMatchObject({
      from: 'profile',
      profile: 'named',
      how: 'profile named (aws login, AWS_PROFILE)',
    });
  });

  it('is the default profile, when it signs in at all', () => {
    expect(choose({ profiles })).toMatchObject({ from: 'profile', profile: 'default', how: 'profile default (IAM Identity Center)' });
    expect(choose({ profiles: { default: { region: 'eu-central-1' } } })).toEqual({ from: 'chain', how: 'default credentials' });
  });

  it('is what the SDK finds, else; CloudShell by name', () => {
    expect(choose({})).toEqual({ from: 'chain', how: 'default credentials' });
    expect(choose({ env: { AWS_EXECUTION_ENV: 'CloudShell', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://localhost:1338' } })).toEqual({
      from: 'chain',
      how: 'CloudShell',
    });
  });

  it('is not key variables of which one is missing or empty', () => {
    expect(choose({ env: { AWS_ACCESS_KEY_ID: 'AKIAENV' } }).from).toBe('chain');
    expect(choose({ env: { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: '' } }).from).toBe('chain');
  });

  it.each<readonly [ProfileSettings, string]>([
    [role, 'assumed role'],
    [{ ...role, ...staticKey }, 'assumed role'],
    [staticKey, 'access key'],
    [{ ...staticKey, ...login }, 'access key'],
    [{ role_arn: role['role_arn'], web_identity_token_file: '/t' }, 'web identity'],
    [{ credential_process: 'give', ...sso }, 'credential process'],
    [{ ...sso, ...login }, 'IAM Identity Center'],
    [{ sso_session: 'corp' }, 'IAM Identity Center'],
    [{ sso_start_url: 'https://corp.awsapps.com/start' }, 'IAM Identity Center'],
    [{ sso_account_id: '333344445555' }, 'IAM Identity Center'],
    // Settings without their other half do not sign in.
    [{ aws_access_key_id: 'AKIAFILE', ...login }, 'aws login'],
    [{ aws_secret_access_key: 's', ...login }, 'aws login'],
    [{ role_arn: role['role_arn'], ...login }, 'aws login'],
    [{ source_profile: 'base', ...login }, 'aws login'],
    [{ web_identity_token_file: '/t', ...login }, 'aws login'],
    [login, 'aws login'],
  ])('describes how the profile of %j signs in: %s', (settings, method) => {
    expect(choose({ profileFlag: 'p', profiles: { p: settings, base: staticKey } })).toStrictEqual({
      from: 'profile',
      profile: 'p',
      method,
      how: `profile p (${method}, --profile)`,
      ...(method === 'assumed role' ? { base: { profile: 'base', method: 'access key' } } : {}),
    });
  });

  it.each<readonly [string, Record<string, ProfileSettings>, object | undefined]>([
    ['one step away', { p: role, base: login }, { profile: 'base', method: 'aws login' }],
    [
      'two steps away',
      { p: role, base: { ...role, source_profile: 'corp' }, corp: sso },
      { profile: 'corp', method: 'IAM Identity Center' },
    ],
    ['without settings', { p: role }, { profile: 'base' }],
    ['in a profile that is its own source', { p: role, base: { ...role, ...staticKey } }, { profile: 'base', method: 'access key' }],
    ['in a profile that is its own source and has no key', { p: role, base: role }, undefined],
    [
      'in a key beside another role',
      { p: role, base: { ...role, ...staticKey, source_profile: 'corp' }, corp: sso },
      { profile: 'base', method: 'access key' },
    ],
    [
      'behind half a key beside another role',
      { p: role, base: { ...role, aws_access_key_id: 'AKIAFILE', source_profile: 'corp' }, corp: sso },
      { profile: 'corp', method: 'IAM Identity Center' },
    ],
    ['not needed', { p: login }, undefined],
    ['in a circle', { p: role, base: { ...role, source_profile: 'p' } }, undefined],
    ['in no profile', { p: { role_arn: role['role_arn'], credential_source: 'Environment' } }, undefined],
    ['in the profile itself', { p: { ...role, ...staticKey, source_profile: 'p' } }, undefined],
  ])('finds the credentials behind an assumed role: %s', (_, profiles, base) => {
    const source = choose({ profileFlag: 'p', profiles });
    expect(source.from === 'profile' ? source.base : null).toStrictEqual(base);
  });

  it('names a profile without settings', () => {
    expect(choose({ env: { AWS_PROFILE: 'missing' } })).toStrictEqual({
      from: 'profile',
      profile: 'missing',
      how: 'profile missing (AWS_PROFILE)',
    });
  });
});

describe('key variables beside AWS_PROFILE', () => {
  const rivalOf = (settings: ProfileSettings) => {
    const source = choose({ env: { ...keys, AWS_PROFILE: 'p' }, profiles: { p: settings } });
    return source.from === 'environment' ? source.conflicting : 'not the environment';
  };

  it('are one identity when the profile holds the same key', () => {
    expect(rivalOf({ aws_access_key_id: 'AKIAENV', aws_secret_access_key: 's' })).toBeUndefined();
  });

  it('conflict otherwise, with a known account if the profile has it', () => {
    expect(rivalOf(role)).toEqual({ profile: 'p', accountId: '222233334444' });
    expect(rivalOf(sso)).toEqual({ profile: 'p', accountId: '333344445555' });
    expect(rivalOf(login)).toEqual({ profile: 'p', accountId: '111122223333' });
    expect(rivalOf(staticKey)).toEqual({ profile: 'p', accountId: null });
  });

  it('have no rival where a flag decides', () => {
    expect(choose({ profileFlag: 'p', env: { ...keys, AWS_PROFILE: 'q' }, profiles: { p: login, q: role } })).not.toHaveProperty(
      'conflicting',
    );
  });
});

describe('the account that a profile names itself', () => {
  it.each<readonly [string, ProfileSettings, string | null]>([
    ['a role', role, '222233334444'],
    ['a role with a login left over', { ...role, ...login }, '222233334444'],
    ['a web identity', { role_arn: 'arn:aws-cn:iam::444455556666:role/ci', web_identity_token_file: '/t' }, '444455556666'],
    ['a login', login, '111122223333'],
    ['a login of root', { login_session: 'arn:aws:iam::111122223333:root' }, '111122223333'],
    ['Identity Center', sso, '333344445555'],
    ['Identity Center with a login left over', { ...sso, ...login }, '333344445555'],
    ['an access key', staticKey, null],
    ['an access key with a login left over', { ...staticKey, ...login }, null],
    ['an access key with an Identity Center account left over', { ...staticKey, ...sso }, null],
    ['a process with a login left over', { credential_process: 'give', ...login }, null],
    ['a role that is misspelt', { role_arn: 'Admin', source_profile: 'base', sso_account_id: '333344445555' }, null],
    ['a login that is not an ARN', { login_session: 'x-arn:aws:iam::111122223333:root' }, null],
    ['a login of a shorter account', { login_session: 'arn:aws:iam::11112222333:root' }, null],
    ['nothing', {}, null],
  ])('is known for %s: %j -> %s', (_what, settings, account) => {
    expect(accountIdOf(settings)).toBe(account);
  });
});
