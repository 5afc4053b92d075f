import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseCredentials, readSharedFiles } from '../../src/aws/credentials.js';
import { identify } from '../../src/aws/identity.js';
import type { SessionOptions } from '../../src/aws/session.js';
import { testFolder } from '../support/test-folder.js';
import {
  type Answer,
  boundaryThrough,
  noRequests,
  fakeHandler,
  identityXml,
  type SentRequest,
  sessionThrough,
  xml,
  xmlError,
} from './fake-aws.js';

/**
 * The SDK's own providers read the environment and the home folder: both are this test's. For sessions of `aws login`, the SDK asks the system
 * for the home folder, which a test in a thread cannot set.
 */
let home: string;
beforeEach(() => {
  home = testFolder();
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', home);
  vi.stubEnv('AWS_LOGIN_CACHE_DIRECTORY', join(home, '.aws/login/cache'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const write = (path: string, text: string): void => {
  const file = join(home, '.aws', path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
};

/** As the program does it: choose, then open a session, here with the test's way out. */
const signIn = async (handler: object, profileFlag?: string, more: Partial<SessionOptions> = {}) => {
  const files = await readSharedFiles({ config: join(home, '.aws/config'), credentials: join(home, '.aws/credentials') });
  const credentials = chooseCredentials({ profileFlag, env: process.env, settingsOf: files.settingsOf });
  const options = { credentials, region: 'eu-central-1', ...more };
  const signedIn = { signedInBy: credentials.how, endpoint: undefined, region: 'eu-central-1', source: credentials };
  const session = sessionThrough(handler, options);
  return {
    how: credentials.how,
    session,
    identify: () => identify(boundaryThrough(handler, options, session).cloud, { ...signedIn, failure: session.signInFailure }),
  };
};
const signedBy = (request: SentRequest | undefined): string | undefined =>
  /Credential=([^/]+)\//.exec(request?.headers['authorization'] ?? '')?.[1];
const awsHandler = () => fakeHandler(() => identityXml('111122223333'));

const loginSession = 'arn:aws:iam::111122223333:root';
const tokenFile = `login/cache/${createHash('sha256').update(loginSession).digest('hex')}.json`;
const writeLogin = (expiresInMs: number, more: object = {}): void => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  write('config', `[default]\nregion = us-west-2\n[profile acme]\nregion = us-west-2\nlogin_session = ${loginSession}\n`);
  write(
    tokenFile,
    JSON.stringify({
      accessToken: {
        accessKeyId: 'ASIALOGIN',
        secretAccessKey: 's',
        sessionToken: 't',
        accountId: '111122223333',
        expiresAt: new Date(Date.now() + expiresInMs).toISOString(),
      },
      tokenType: 'urn:aws:params:oauth:token-type:access_token_sigv4',
      refreshToken: 'refresh-me',
      clientId: 'arn:aws:signin:::devtools/same-device',
      dpopKey: privateKey.export({ type: 'sec1', format: 'pem' }),
      ...more,
    }),
  );
};
const refreshed = (accessKeyId: string, expiresIn = 900): Answer => ({
  body: JSON.stringify({
    accessToken: { accessKeyId, secretAccessKey: 's', sessionToken: 't' },
    tokenType: 'urn:aws:params:oauth:token-type:access_token_sigv4',
    expiresIn,
    refreshToken: 'refresh-me-next',
  }),
});

describe('a profile of `aws login`', () => {
  it('signs with the stored session', async () => {
    writeLogin(900_000);
    const handler = awsHandler();
    const { identify: who, how } = await signIn(handler, 'acme');
    expect(await who()).toMatchObject({ accountId: '111122223333' });
    expect(how).toBe('profile acme (aws login, --profile)');
    expect(handler.requests.map((request) => [request.action, signedBy(request)])).toEqual([['GetCallerIdentity', 'ASIALOGIN']]);
    expect(handler.requests[0]?.headers['x-amz-security-token']).toBe('t');
  });

  it('renews a session about to end through the same handler, in the region of the sign-in', async () => {
    writeLogin(60_000);
    const handler = fakeHandler(({ path }) => (path === '/v1/token' ? refreshed('ASIANEW') : identityXml('111122223333')));
    const { session } = await signIn(handler, 'acme');
    await session.send('sts:GetCallerIdentity', {}, new AbortController().signal);
    expect(handler.requests.map((request) => [request.host, signedBy(request)])).toEqual([
      ['us-west-2.signin.aws.amazon.com', undefined],
      ['sts.us-east-1.amazonaws.com', 'ASIANEW'],
    ]);
    expect(JSON.parse(readFileSync(join(home, '.aws', tokenFile), 'utf8'))).toMatchObject({
      refreshToken: 'refresh-me-next',
      accessToken: { accessKeyId: 'ASIANEW' },
    });
  });

  it('renews it in the region of the run if the profile has none', async () => {
    writeLogin(60_000);
    write('config', `[profile acme]\nlogin_session = ${loginSession}\n`);
    const handler = fakeHandler(() => refreshed('ASIANEW'));
    await (await signIn(handler, 'acme')).session.accessKeyId();
    expect(handler.requests.map(({ host }) => host)).toEqual(['eu-central-1.signin.aws.amazon.com']);
  });

  it('is not signed in without a stored session', async () => {
    write('config', `[profile acme]\nlogin_session = ${loginSession}\n`);
    const handler = noRequests();
    const { identify: who } = await signIn(handler, 'acme');
    await expect(who()).rejects.toMatchObject({
      code: 'E-NOT-SIGNED-IN',
      exit: 4,
      next: expect.stringContaining('aws login --profile acme'),
    });
    expect(handler.requests).toEqual([]);
  });

  it('is not signed in when the session cannot be renewed any more', async () => {
    writeLogin(-60_000);
    const handler = fakeHandler(() => ({
      status: 400,
      body: JSON.stringify({ error: 'TOKEN_EXPIRED', message: 'expired' }),
      headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    }));
    const { identify: who } = await signIn(handler, 'acme');
    await expect(who()).rejects.toMatchObject({
      code: 'E-SESSION-EXPIRED',
      exit: 4,
      message: expect.stringContaining('profile acme (aws login'),
      next: expect.stringContaining('Sign in again with `aws login --profile acme`'),
    });
    expect(handler.requests.every(({ path }) => path === '/v1/token')).toBe(true);
  });
});

describe('other profiles', () => {
  const assume =
    '[profile acme]\nrole_arn = arn:aws:iam::222233334444:role/Admin\nsource_profile = base\n[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n';

  it('sign with the key in it', async () => {
    write('credentials', '[acme]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s\n');
    const handler = awsHandler();
    await (await signIn(handler, 'acme')).identify();
    expect(signedBy(handler.requests[0])).toBe('AKIAFILE');
  });

  it('sign with what their process gives', async () => {
    write('give.json', JSON.stringify({ Version: 1, AccessKeyId: 'AKIAPROCESS', SecretAccessKey: 's' }));
    write('config', `[profile acme]\ncredential_process = cat ${join(home, '.aws/give.json')}\n`);
    const handler = awsHandler();
    await (await signIn(handler, 'acme')).identify();
    expect(signedBy(handler.requests[0])).toBe('AKIAPROCESS');
  });

  it.each([
    [
      'what it wrote to stderr',
      'sh -c "echo out-canary; echo >&2; echo vault is locked >&2; echo more >&2; exit 3" cmd-canary',
      'vault is locked',
    ],
    ['in visible characters', String.raw`sh -c "printf 'locked\\033[2J' >&2; exit 3" cmd-canary`, String.raw`locked\u001b[2J`],
    ['that it wrote nothing', 'sh -c "echo out-canary; exit 3" cmd-canary', 'it failed and wrote nothing to stderr'],
    ['that its output is not JSON', 'echo out-canary cmd-canary', 'its output is not JSON'],
  ])('report why their process failed, and not its command or output: %s', async (_, command, problem) => {
    write('config', `[profile acme]\ncredential_process = ${command}\n`);
    const { identify: who, session } = await signIn(noRequests(), 'acme');
    const error = await who().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'E-NOT-SIGNED-IN',
      exit: 4,
      message: `You are not signed in to AWS: the credential process of profile acme failed: ${problem}.`,
      next: expect.stringContaining('`credential_process` of profile acme'),
    });
    const thrown: unknown = await session
      .send('iam:CreateUser', { UserName: 'a' }, new AbortController().signal)
      .catch((cause: unknown) => cause);
    expect(inspect([error, thrown], { depth: 9 })).not.toMatch(/out-canary|cmd-canary/);
  });

  it('report why the process of the profile behind their role failed', async () => {
    write('config', `${assume.split('[profile base]')[0]}[profile base]\ncredential_process = sh -c "echo no token >&2; exit 1"\n`);
    await expect((await signIn(noRequests(), 'acme')).identify()).rejects.toMatchObject({
      code: 'E-NOT-SIGNED-IN',
      message: 'You are not signed in to AWS: the credential process of profile base failed: no token.',
    });
  });

  it('of which the role is based on `aws login` are shown the command for the profile behind it', async () => {
    write('config', `${assume.split('[profile base]')[0]}[profile base]\nlogin_session = ${loginSession}\n`);
    await expect((await signIn(noRequests(), 'acme')).identify()).rejects.toMatchObject({
      code: 'E-NOT-SIGNED-IN',
      next: expect.stringContaining('`aws login --profile base`'),
    });
  });

  it('of Identity Center are asked to sign in there', async () => {
    write(
      'config',
      '[profile acme]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n[sso-session corp]\nsso_region = eu-central-1\nsso_start_url = https://corp.awsapps.com/start\nsso_registration_scopes = sso:account:access\n',
    );
    const handler = noRequests();
    await expect((await signIn(handler, 'acme')).identify()).rejects.toMatchObject({
      code: 'E-NOT-SIGNED-IN',
      message: expect.stringContaining('profile acme (IAM Identity Center'),
      next: expect.stringContaining('`aws sso login --profile acme`'),
    });
    expect(handler.requests).toEqual([]);
  });

  it('of Identity Center fetch the credentials of the role through the same handler', async () => {
    write(
      'config',
      '[profile acme]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n',
    );
    write(
      `sso/cache/${createHash('sha1').update('corp').digest('hex')}.json`,
      JSON.stringify({ accessToken: 'a', expiresAt: new Date(Date.now() + 3_600_000).toISOString() }),
    );
    const handler = fakeHandler(({ host }) =>
      host.startsWith('portal.sso.')
        ? {
            body: JSON.stringify({
              roleCredentials: { accessKeyId: 'ASIASSO', secretAccessKey: 's', sessionToken: 't', expiration: Date.now() + 3_600_000 },
            }),
          }
        : identityXml('111122223333'),
    );
    await (await signIn(handler, 'acme')).identify();
    expect(handler.requests.map((request) => [request.host, signedBy(request)])).toEqual([
      ['portal.sso.eu-west-1.amazonaws.com', undefined],
      ['sts.us-east-1.amazonaws.com', 'ASIASSO'],
    ]);
  });

  const assumed = (action = 'AssumeRole') => {
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    return xml(
      action,
      `<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expires}</Expiration></Credentials>`,
    );
  };

  it('assume their role through the same handler', async () => {
    write('config', assume);
    const handler = fakeHandler(({ action }) =>
      action === 'AssumeRole' ? assumed() : identityXml('222233334444', 'arn:aws:sts::222233334444:assumed-role/Admin/s'),
    );
    expect(await (await signIn(handler, 'acme')).identify()).toMatchObject({ identity: { kind: 'role', name: 'Admin' } });
    expect(handler.requests.map((request) => [request.action, signedBy(request)])).toEqual([
      ['AssumeRole', 'AKIABASE'],
      ['GetCallerIdentity', 'ASIAROLE'],
    ]);
  });

  it('assume their role with the key of the source profile, also if that has a role of its own', async () => {
    write('config', `${assume}role_arn = arn:aws:iam::444455556666:role/Other\nsource_profile = missing\n`);
    const handler = fakeHandler(({ action }) =>
      action === 'AssumeRole' ? assumed() : identityXml('222233334444', 'arn:aws:sts::222233334444:assumed-role/Admin/s'),
    );
    await (await signIn(handler, 'acme')).identify();
    expect(handler.requests.map((request) => [request.action, signedBy(request)])).toEqual([
      ['AssumeRole', 'AKIABASE'],
      ['GetCallerIdentity', 'ASIAROLE'],
    ]);
  });

  it.each([
    ['aws', 'eu-south-2', 'sts.us-east-1.amazonaws.com us-east-1/sts'],
    ['aws-cn', 'cn-northwest-1', 'sts.cn-north-1.amazonaws.com.cn cn-north-1/sts'],
  ])('assume their role in the region that every account of %s has, although the profile has %s', async (partition, region, sts) => {
    write('config', assume.replaceAll('arn:aws:', `arn:${partition}:`).replace('source_profile', `region = ${region}\nsource_profile`));
    const handler = fakeHandler(({ action }) =>
      action === 'AssumeRole' ? assumed() : identityXml('222233334444', `arn:${partition}:sts::222233334444:assumed-role/Admin/s`),
    );
    await (await signIn(handler, 'acme', { region })).identify();
    expect(handler.requests.map(({ action, host, scope }) => [action, `${host} ${scope}`])).toEqual([
      ['AssumeRole', sts],
      ['GetCallerIdentity', sts],
    ]);
  });

  it('assume their role at the endpoint that they ask for', async () => {
    write('config', assume.replace('source_profile', 'use_fips_endpoint = true\nsource_profile'));
    const handler = fakeHandler(() => assumed());
    await (await signIn(handler, 'acme')).session.accessKeyId();
    expect(handler.requests.map(({ action, host }) => [action, host])).toEqual([['AssumeRole', 'sts-fips.us-east-1.amazonaws.com']]);
  });

  it('assume the role of a web identity there, too', async () => {
    write('token', 'header.payload.signature');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(home, '.aws/token'));
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::222233334444:role/ci');
    vi.stubEnv('AWS_REGION', 'eu-south-2');
    const handler = fakeHandler(({ action }) =>
      action === 'AssumeRoleWithWebIdentity' ? assumed(action) : identityXml('222233334444', 'arn:aws:sts::222233334444:assumed-role/ci/s'),
    );
    await (await signIn(handler, undefined, { region: 'eu-south-2' })).identify();
    expect(handler.requests.map(({ action, host }) => [action, host])).toEqual([
      ['AssumeRoleWithWebIdentity', 'sts.us-east-1.amazonaws.com'],
      ['GetCallerIdentity', 'sts.us-east-1.amazonaws.com'],
    ]);
  });

  it('that may not assume their role are refused', async () => {
    write('config', assume);
    await expect(
      (
        await signIn(
          fakeHandler(() => xmlError('AccessDenied', 403)),
          'acme',
        )
      ).identify(),
    ).rejects.toMatchObject({
      code: 'E-CREDENTIALS-REFUSED',
      exit: 4,
      message: expect.stringContaining('profile acme (assumed role'),
    });
  });

  it('leave no write in doubt when the sign-in gets no answer', async () => {
    write('config', assume);
    const handler = fakeHandler(() => {
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    });
    const { cloud, effects } = boundaryThrough(handler, { credentials: { from: 'profile', profile: 'acme', how: 'profile acme' } });
    await expect(cloud.write('iam:CreateUser', { UserName: 'a' })).rejects.toMatchObject({ name: 'AwsError', code: 'ECONNRESET' });
    expect(effects()).toBe(0);
    expect(new Set(handler.requests.map(({ action }) => action))).toEqual(new Set(['AssumeRole']));
  });

  it('that are missing are not signed in', async () => {
    vi.stubEnv('AWS_PROFILE', 'missing');
    await expect((await signIn(noRequests())).identify()).rejects.toMatchObject({
      code: 'E-NOT-SIGNED-IN',
      exit: 4,
      message: expect.stringContaining('profile missing (AWS_PROFILE)'),
    });
  });
});

describe('without a profile', () => {
  it('key variables sign, though AWS_PROFILE names another identity', async () => {
    write('credentials', '[acme]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s\n');
    vi.stubEnv('AWS_PROFILE', 'acme');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAENV');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's');
    const handler = awsHandler();
    await (await signIn(handler)).identify();
    expect(signedBy(handler.requests[0])).toBe('AKIAENV');
  });

  it('no one is signed in, and no request is sent', async () => {
    const handler = noRequests();
    await expect((await signIn(handler)).identify()).rejects.toMatchObject({
      code: 'E-NOT-SIGNED-IN',
      next: expect.stringMatching(/aws login.*CloudShell/),
    });
    expect(handler.requests).toEqual([]);
  });

  it('CloudShell gives its credentials from a socket of this machine', async () => {
    const server: Server = createServer((request, response) => {
      const allowed = request.headers.authorization === 'token-of-cloudshell';
      response.writeHead(allowed ? 200 : 403, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          AccessKeyId: 'ASIASHELL',
          SecretAccessKey: 's',
          Token: 't',
          Expiration: new Date(Date.now() + 3_600_000).toISOString(),
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      vi.stubEnv('AWS_EXECUTION_ENV', 'CloudShell');
      vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${(server.address() as { readonly port: number }).port}/creds`);
      vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'token-of-cloudshell');
      const handler = awsHandler();
      const { identify: who, how } = await signIn(handler);
      await who();
      expect(how).toBe('CloudShell');
      expect(signedBy(handler.requests[0])).toBe('ASIASHELL');
    } finally {
      server.close();
    }
  });
});

describe('one resolution of credentials', () => {
  /** A process that leaves a mark each time it is asked. */
  const countingProcess = (expiration?: Date) => {
    const marks = join(home, 'marks');
    write(
      'give.json',
      JSON.stringify({
        Version: 1,
        AccessKeyId: 'AKIAPROCESS',
        SecretAccessKey: 's',
        ...(expiration === undefined ? {} : { SessionToken: 't', Expiration: expiration.toISOString() }),
      }),
    );
    write('give.sh', `echo asked >> ${marks}\ncat ${join(home, '.aws/give.json')}\n`);
    write('config', `[profile acme]\ncredential_process = sh ${join(home, '.aws/give.sh')}\n`);
    return () => (existsSync(marks) ? readFileSync(marks, 'utf8').split('\n').length - 1 : 0);
  };
  const each = [
    'iam:ListUsers',
    'sts:GetCallerIdentity',
    'budgets:DescribeBudgets',
    'organizations:DescribeOrganization',
    'account:GetAccountInformation',
    'cloudtrail:LookupEvents',
    'freetier:GetAccountPlanState',
  ] as const;

  it('serves all clients, even when all begin at once', async () => {
    const asked = countingProcess();
    const { session } = await signIn(
      fakeHandler(() => ({ status: 400 })),
      'acme',
    );
    await Promise.allSettled(each.map((operation) => session.send(operation, {}, new AbortController().signal)));
    expect(await session.accessKeyId()).toBe('AKIAPROCESS');
    expect(asked()).toBe(1);
  });

  it('is made again when the credentials are about to expire, once for all', async () => {
    const asked = countingProcess(new Date(Date.now() + 3_600_000));
    let now = Date.now();
    const { session } = await signIn(
      fakeHandler(() => ({ status: 400 })),
      'acme',
      { now: () => new Date(now) },
    );
    await session.accessKeyId();
    now += 3_200_000;
    await session.accessKeyId();
    expect(asked()).toBe(1);
    now += 200_000;
    await Promise.all([session.accessKeyId(), session.accessKeyId(), session.accessKeyId()]);
    expect(asked()).toBe(2);
  });

  it('must stay in the account that was identified: after a sign-in to another one, nothing is sent', async () => {
    const accountOf: Readonly<Record<string, string>> = { AKIAFIRST: '111122223333', AKIASAME: '111122223333', AKIAOTHER: '444455556666' };
    const give = (AccessKeyId: string): void =>
      write(
        'give.json',
        JSON.stringify({
          Version: 1,
          AccessKeyId,
          SecretAccessKey: 's',
          SessionToken: 't',
          Expiration: new Date(Date.now() + 36_000_000).toISOString(),
        }),
      );
    write('config', `[profile acme]\ncredential_process = cat ${join(home, '.aws/give.json')}\n`);
    give('AKIAFIRST');
    let now = Date.now();
    const handler = fakeHandler((request) =>
      request.body.includes('GetCallerIdentity') ? identityXml(accountOf[signedBy(request) ?? ''] ?? '') : xml('CreateAccountAlias', ''),
    );
    const { session, identify } = await signIn(handler, 'acme', { now: () => new Date(now) });
    const { accountId } = await identify();
    expect(accountId).toBe('111122223333');
    const setAlias = () => session.send('iam:CreateAccountAlias', { AccountAlias: 'acme' }, new AbortController().signal);
    const aliases = () => handler.requests.filter(({ body }) => body.includes('CreateAccountAlias')).map(signedBy);

    give('AKIASAME');
    now += 35_900_000;
    await setAlias();
    await setAlias();
    expect(aliases()).toEqual(['AKIASAME', 'AKIASAME']);
    expect(handler.requests.filter(({ body }) => body.includes('GetCallerIdentity')).map(signedBy)).toEqual(['AKIAFIRST', 'AKIASAME']);

    give('AKIAOTHER');
    now += 36_000_000;
    await expect(setAlias()).rejects.toMatchObject({
      code: 'E-WRONG-ACCOUNT',
      exit: 4,
      message: expect.stringMatching(/profile acme.*444455556666 instead of 111122223333/),
    });
    expect(aliases()).toEqual(['AKIASAME', 'AKIASAME']);
  });

  it('is tried again after it failed', async () => {
    write('config', `[profile acme]\ncredential_process = cat ${join(home, '.aws/give.json')}\n`);
    const { session } = await signIn(noRequests(), 'acme');
    await expect(session.accessKeyId()).rejects.toThrow();
    write('give.json', JSON.stringify({ Version: 1, AccessKeyId: 'AKIALATER', SecretAccessKey: 's' }));
    expect(await session.accessKeyId()).toBe('AKIALATER');
  });

  it('reads the files again each time', async () => {
    write('config', '[profile acme]\nregion = us-west-2\n');
    const { session } = await signIn(noRequests(), 'acme');
    await expect(session.accessKeyId()).rejects.toThrow();
    write('credentials', '[acme]\naws_access_key_id = AKIALATER\naws_secret_access_key = s\n');
    expect(await session.accessKeyId()).toBe('AKIALATER');
  });
});
