import { describe, expect, it } from 'vitest';
import { chooseCredentials, type CredentialSource, type ProfileSettings } from '../../src/aws/credentials.js';
import { identify } from '../../src/aws/identity.js';
import { processProblem, remedyOf, signInCommand, signOutOf } from '../../src/aws/sign-in.js';
import { BootstrapError } from '../../src/core/errors.js';
import { awsError, boundaryOver } from './fake-aws.js';

const role = { role_arn: 'arn:aws:iam::222233334444:role/Admin' };
const login = { login_session: 'arn:aws:iam::111122223333:user/alex' };
const sso = { sso_session: 'corp', sso_account_id: '111122223333', sso_role_name: 'Admin' };
const key = { aws_access_key_id: 'AKIAFILE', aws_secret_access_key: 's' };

const chosen = (profiles: Record<string, ProfileSettings>, env: Record<string, string> = {}): CredentialSource =>
  chooseCredentials({ profileFlag: 'p' in profiles ? 'p' : undefined, env, settingsOf: (name) => profiles[name] ?? {} });

const sources = {
  nothing: chosen({}),
  'key variables': chosen({}, { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' }),
  CloudShell: chosen({}, { AWS_EXECUTION_ENV: 'CloudShell' }),
  'an empty profile': chosen({ p: {} }),
  'the default profile of aws login': chosen({ default: login }),
  'a profile of aws login': chosen({ p: login }),
  'a profile of Identity Center': chosen({ p: sso }),
  'a profile of an older Identity Center': chosen({ p: { sso_start_url: 'https://corp.awsapps.com/start' } }),
  'a profile with an access key': chosen({ p: key }),
  'a profile with a process': chosen({ p: { credential_process: 'give' } }),
  'a profile with a web identity': chosen({ p: { ...role, web_identity_token_file: '/t' } }),
  'a role based on aws login': chosen({ p: { ...role, source_profile: 'base' }, base: login }),
  'a role based on Identity Center': chosen({ p: { ...role, source_profile: 'base' }, base: sso }),
  'a role based on an access key': chosen({ p: { ...role, source_profile: 'base' }, base: key }),
  'the practice account': { from: 'sandbox', how: 'practice account' },
  'a role based on the instance': chosen({ p: { ...role, credential_source: 'Ec2InstanceMetadata' } }),
} as const;
type Source = keyof typeof sources;
type Kind = 'missing' | 'expired' | 'refused' | 'role-denied';

const about = '(AWS CLI 2.32 or newer; works for root and needs no access key)';
const shell = 'or run in AWS CloudShell, which is signed in already.';
const other = 'or choose another profile with --profile.';
const unset = `The key variables of this shell may be old. Remove them with \`unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\`, and sign in with \`aws login\` ${about}.`;
const replaceKey = (profile: string) =>
  `Replace the access key in profile ${profile}, or sign in with \`aws login --profile NAME\` ${about} and choose that profile with --profile.`;
const checkRole = `Check \`role_arn\`, \`source_profile\` and \`credential_source\` of profile p, ${other}`;

describe('what to do about credentials that do not work', () => {
  it.each<readonly [Source, Kind, string]>([
    ['nothing', 'missing', `Sign in with \`aws login\` ${about}, ${shell}`],
    ['nothing', 'expired', `Sign in again with \`aws login\` ${about}, ${shell}`],
    ['nothing', 'refused', `Sign in again with \`aws login\` ${about}, ${other}`],
    // Such as a web identity, of which the variables name the role.
    ['nothing', 'role-denied', `Sign in again with \`aws login\` ${about}, ${shell}`],
    ['the practice account', 'refused', 'Run the same command again.'],
    ['key variables', 'expired', unset],
    ['key variables', 'refused', unset],
    ['CloudShell', 'missing', 'Open a new CloudShell.'],
    ['CloudShell', 'expired', 'Open a new CloudShell.'],
    ['an empty profile', 'missing', `Sign in with \`aws login --profile p\` ${about}, ${shell}`],
    ['the default profile of aws login', 'missing', `Sign in with \`aws login\` ${about}, ${shell}`],
    ['a profile of aws login', 'missing', `Sign in with \`aws login --profile p\` ${about}, ${shell}`],
    ['a profile of aws login', 'expired', `Sign in again with \`aws login --profile p\` ${about}, ${shell}`],
    ['a profile of aws login', 'refused', `Sign in again with \`aws login --profile p\` ${about}, ${other}`],
    ['a profile of Identity Center', 'missing', `Sign in with \`aws sso login --profile p\`, ${shell}`],
    ['a profile of Identity Center', 'expired', `Sign in again with \`aws sso login --profile p\`, ${shell}`],
    ['a profile of Identity Center', 'refused', `Sign in again with \`aws sso login --profile p\`, ${other}`],
    ['a profile of an older Identity Center', 'expired', `Sign in again with \`aws sso login --profile p\`, ${shell}`],
    ['a profile with an access key', 'expired', replaceKey('p')],
    ['a profile with an access key', 'refused', replaceKey('p')],
    [
      'a profile with a process',
      'missing',
      `Run the command in \`credential_process\` of profile p yourself and fix what it reports, ${other}`,
    ],
    ['a profile with a process', 'expired', `Sign in again with the program in \`credential_process\` of profile p, ${other}`],
    ['a profile with a web identity', 'missing', `Get a new token for \`web_identity_token_file\` of profile p, ${other}`],
    ['a role based on aws login', 'missing', `Sign in with \`aws login --profile base\` ${about}, ${shell}`],
    ['a role based on Identity Center', 'expired', `Sign in again with \`aws sso login --profile base\`, ${shell}`],
    ['a role based on an access key', 'refused', replaceKey('base')],
    ['a role based on an access key', 'role-denied', `Check that profile base may assume the role in \`role_arn\` of profile p, ${other}`],
    [
      'a role based on the instance',
      'role-denied',
      `Check that its credentials may assume the role in \`role_arn\` of profile p, ${other}`,
    ],
    ['a role based on the instance', 'missing', checkRole],
  ])('%s, %s', (source, kind, remedy) => {
    expect(remedyOf(sources[source], kind)).toBe(remedy);
  });

  it.each<readonly [string, number, Source, string, string]>([
    ['ExpiredToken', 403, 'key variables', 'E-SESSION-EXPIRED', '`unset AWS_ACCESS_KEY_ID'],
    ['ExpiredToken', 403, 'a profile of Identity Center', 'E-SESSION-EXPIRED', '`aws sso login --profile p`'],
    ['ExpiredToken', 403, 'a profile of aws login', 'E-SESSION-EXPIRED', '`aws login --profile p`'],
    ['InvalidClientTokenId', 403, 'key variables', 'E-CREDENTIALS-REFUSED', '`unset AWS_ACCESS_KEY_ID'],
    ['InvalidClientTokenId', 403, 'a profile with an access key', 'E-CREDENTIALS-REFUSED', 'Replace the access key in profile p'],
    ['AccessDenied', 403, 'a role based on aws login', 'E-CREDENTIALS-REFUSED', 'Check that profile base may assume the role'],
    ['CredentialsProviderError', 0, 'a profile of Identity Center', 'E-NOT-SIGNED-IN', '`aws sso login --profile p`'],
  ])('after %s (%i), for %s: %s', async (name, status, from, code, words) => {
    const answer = status === 0 ? Object.assign(awsError(name), { $metadata: undefined }) : awsError(name, status);
    const source = sources[from];
    const session = { signedInBy: source.how, endpoint: undefined, region: 'eu-central-1', source };
    const error = await identify(boundaryOver([answer]).cloud, session).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BootstrapError);
    expect(error).toMatchObject({ code, exit: 4, next: expect.stringContaining(words) });
  });
});

describe('the commands of the AWS CLI', () => {
  it.each<readonly [Source, readonly string[] | undefined, string]>([
    ['nothing', ['login'], '`aws logout`'],
    ['a profile of aws login', ['login', '--profile', 'p'], '`aws logout --profile p`'],
    ['a profile of Identity Center', ['sso', 'login', '--profile', 'p'], '`aws sso logout --profile p`'],
    ['a role based on Identity Center', ['sso', 'login', '--profile', 'base'], '`aws sso logout --profile base`'],
    ['a profile with an access key', undefined, '`aws logout`'],
    ['a profile with a process', undefined, '`aws logout`'],
    ['key variables', undefined, 'unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN in this shell'],
    ['the practice account', undefined, '`aws logout`'],
    ['CloudShell', undefined, 'sign out of the console, which ends this CloudShell too'],
  ])('sign in and out with %s', (source, args, out) => {
    expect([signInCommand(sources[source])?.args, signOutOf(sources[source])]).toEqual([args, out]);
  });

  it('quote a profile name for the shell', () => {
    const source = chooseCredentials({ profileFlag: "my $(profile)'s", env: {}, settingsOf: () => login });
    expect(signInCommand(source)).toEqual({
      args: ['login', '--profile', "my $(profile)'s"],
      text: String.raw`aws login --profile 'my $(profile)'\''s'`,
    });
  });
});

describe('why a credential process gave no credentials', () => {
  const failed = (stderr: string) => `Command failed: give --token hidden\n${stderr}`;
  it.each<readonly [string, string | undefined]>([
    [failed('no token\nmore\n'), 'no token'],
    [failed('\r\n  \t\r\n  no token  \r\n'), 'no token'],
    [failed('x'.repeat(300)), 'x'.repeat(300)],
    [failed('x'.repeat(301)), `${'x'.repeat(299)}…`],
    [failed('no \u001b[2Jtoken'), String.raw`no \u001b[2Jtoken`],
    [failed(''), 'it failed and wrote nothing to stderr'],
    [failed(' \n\n'), 'it failed and wrote nothing to stderr'],
    ['Command failed: give --token hidden', 'it failed and wrote nothing to stderr'],
    ['Profile p credential_process returned invalid JSON.', 'its output is not JSON'],
    ['Profile p credential_process did not return Version 1.', 'its output does not have Version 1'],
    ['Profile p credential_process returned invalid credentials.', 'its output has no AccessKeyId or no SecretAccessKey'],
    ['Profile p credential_process returned expired credentials.', 'its output has credentials that expired'],
    ['The SSO session has expired.', undefined],
    [`before ${failed('no token')}`, undefined],
  ])('%j is about: %s', (message, problem) => {
    expect(processProblem(message)).toBe(problem);
  });
});
