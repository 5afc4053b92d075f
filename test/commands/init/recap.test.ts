import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { handOver } from '../../../src/commands/init/finish.js';
import type { Caller } from '../../../src/core/account.js';
import type { AssessedStep } from '../../../src/engine/assess.js';
import { type App, type Host, makeApp } from '../../../src/run/app.js';
import { testClock } from '../../support/host.js';
import { testFolder } from '../../support/test-folder.js';

const accountId = '111122223333';
const root: Caller = { accountId, partition: 'aws', identity: { kind: 'root', arn: `arn:aws:iam::${accountId}:root`, name: 'root' } };
const stepOf = (intent: object): AssessedStep => ({ wanted: true, desired: {}, step: { intent: () => intent } }) as unknown as AssessedStep;
const admin = stepOf({ admin: { name: 'alex', group: 'Administrators', console: true } });
const members = stepOf({ organization: { accounts: [{ name: 'sandbox', email: 'aws+sandbox@example.com' }] } });
const app = { sandboxed: false, host: { env: {} }, globals: {}, loginProfile: async (name: string) => `${name}-login` } as unknown as App;
const session = { rootKey: false, signOut: '`aws logout`' };

describe('a run as root', () => {
  it('ends with how to sign in as the administrator, with an unused profile', async () => {
    const over = await handOver([admin], root, app, session);
    expect(over?.facts.map(({ value }) => value)).toEqual([
      expect.stringContaining('sign in at the URL above'),
      '`aws login --profile alex-login`',
      '`bootstrap init --profile alex-login`',
    ]);
    expect(over?.endRootSession).toBe('`aws logout`');
  });
  it('shows what needs that identity', async () => {
    const over = await handOver([admin, members], root, app, session);
    expect(over?.facts.at(-1)?.label).toBe('Then, to check member accounts (root cannot)');
  });
  it('with an access key of root ends with how to delete it', async () => {
    expect((await handOver([admin], root, app, { ...session, rootKey: true }))?.endRootSession).toMatch(
      /^delete the access key of root .*security_credentials$/,
    );
  });
  it('differs from a run as another identity, and from practice', async () => {
    const alex: Caller = { ...root, identity: { kind: 'user', arn: `arn:aws:iam::${accountId}:user/alex`, name: 'alex' } };
    expect(await handOver([admin], alex, app, session)).toBeUndefined();
    expect(await handOver([admin], root, { ...app, sandboxed: true }, session)).toBeUndefined();
  });
});

describe('the profile to sign in with', () => {
  const profileFor = async (config: string): Promise<string> => {
    const home = testFolder();
    mkdirSync(join(home, '.aws'));
    writeFileSync(join(home, '.aws', 'config'), config);
    const stream = () => new PassThrough() as unknown as NodeJS.WriteStream;
    const host: Host = {
      argv: [],
      env: {},
      cwd: home,
      home,
      platform: 'linux',
      stdin: new PassThrough(),
      stdout: stream(),
      stderr: stream(),
      clock: testClock(),
      random: () => '',
      signal: new AbortController().signal,
    };
    return makeApp(host, { output: 'table', input: true, color: true }).loginProfile('alex', accountId);
  };

  it('has the name of the administrator', async () => {
    expect(await profileFor('')).toBe('alex');
    expect(await profileFor(`[profile alex]\nlogin_session = arn:aws:iam::${accountId}:user/alex\n`)).toBe('alex');
  });
  it.each([
    ['holds a key', '[profile alex]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n'],
    ['signs in to another account', '[profile alex]\nlogin_session = arn:aws:iam::444455556666:user/alex\n'],
    ['signs in by IAM Identity Center', '[profile alex]\nsso_session = corp\nsso_account_id = 111122223333\n'],
  ])('is another one if that profile %s', async (_what, config) => {
    expect(await profileFor(config)).toBe('alex-login');
  });
});
