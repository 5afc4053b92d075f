import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { SandboxRequestHandler } from '../../src/sandbox/request-handler.js';
import { own, signedIn } from './practice-account.js';

type Handled = Awaited<ReturnType<SandboxRequestHandler['handle']>>;
type Request = Parameters<SandboxRequestHandler['handle']>[0];
/** AWS, with answers that `answer` changes. */
const answering =
  (answer: (request: Request, handled: Handled) => Handled) =>
  (handler: SandboxRequestHandler): object =>
    new Proxy(handler, {
      get: (target, name, receiver): unknown =>
        name === 'handle'
          ? async (...given: Parameters<SandboxRequestHandler['handle']>): Promise<Handled> =>
              answer(given[0], await target.handle(...given))
          : (Reflect.get(target, name, receiver) as unknown),
    });
const withBody = ({ response }: Handled, statusCode: number, text: string): Handled => {
  const body = Buffer.from(text);
  return { response: { ...response, statusCode, headers: { ...response.headers, 'content-length': String(body.length) }, body } };
};

const second = 'AKIASECONDIDENTITY00';
const profile = `[other]\naws_access_key_id = ${second}\naws_secret_access_key = s\n`;
const only = ['--only', 'alias', '--alias', 'acme-prod', '--output', 'json'] as const;

/** Key variables and a profile whose account is not known offline. */
const twoIdentities = async (statusCode: number, text: string) => {
  const shell = await signedIn({
    env: { AWS_PROFILE: 'other' },
    around: answering((request, handled) =>
      (request.headers['authorization'] ?? '').includes(second) ? withBody(handled, statusCode, text) : handled,
    ),
  });
  mkdirSync(join(shell.home, '.aws'));
  writeFileSync(join(shell.home, '.aws', 'credentials'), profile, { mode: 0o600 });
  return shell;
};

describe('a second identity that cannot be read', () => {
  const busy = '<ErrorResponse><Error><Code>ServiceUnavailable</Code><Message>no</Message></Error></ErrorResponse>';
  const odd = '<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>';

  it.each<[string, number, string]>([
    ['by a 503', 503, busy],
    ['by a page of a proxy', 403, '<html>Forbidden</html>'],
    ['by an answer without an account', 200, odd],
  ])('%s stops an unattended run that may write', async (_, status, text) => {
    const shell = await twoIdentities(status, text);
    const { code, stdout, writes } = await shell.run(['init', '--yes', '--account-id', own, ...only]);
    expect((JSON.parse(stdout) as RunReport).error).toMatchObject({ code: 'E-IDENTITY-ANSWER', retryable: true, changed: false });
    expect([code, writes]).toEqual([6, []]);
  });

  it.each([
    ['check', ['check', '--fail-on', 'critical', '--only', 'alias']],
    ['a dry run', ['init', '--dry-run', ...only]],
  ])('is reported in a note of %s', async (_, argv) => {
    const shell = await twoIdentities(503, busy);
    const { code, stderr } = await shell.run(argv);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(/AWS_PROFILE=other is set too, and its account could not be read \(ServiceUnavailable\)/);
    expect(code).toBe(0);
  });

  it('that AWS refuses is ignored', async () => {
    const refused = '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>';
    const shell = await twoIdentities(403, refused);
    const { code, writes } = await shell.run(['init', '--yes', '--account-id', own, ...only]);
    expect([code, writes]).toEqual([0, ['iam:CreateAccountAlias']]);
  });
});

describe('AWS files with a byte-order mark', () => {
  it.each(['credentials', 'config'])('are reported, because boto3 cannot read them: %s', async (name) => {
    const shell = await signedIn();
    mkdirSync(join(shell.home, '.aws'));
    writeFileSync(join(shell.home, '.aws', name), '\uFEFF[default]\nregion = us-east-1\n', { mode: 0o600 });
    const { stderr } = await shell.run(['check', '--only', 'alias']);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(new RegExp(`Note \\S+/${name} begins with a byte-order mark`));
  });
});

describe('a clock of this computer that is wrong', () => {
  const day = 86_400_000;
  const checkWith = async (aheadDays: number) => {
    let now = new Date(0);
    const shell = await signedIn({
      around: answering((_, { response }) => {
        const date = new Date(now.getTime() + aheadDays * day).toUTCString();
        return { response: { ...response, headers: { ...response.headers, date } } };
      }),
      edit: (account) => {
        now = new Date(account.createdAt);
        const createdAt = new Date(now.getTime() - 10 * day).toISOString();
        account.users.push({
          id: 'AIDACI',
          name: 'ci',
          path: '/',
          createdAt,
          tags: {},
          groups: [],
          attachedPolicies: [],
          inlinePolicies: {},
          password: null,
          accessKeys: [{ id: 'AKIACI11111111111111', secret: 's', status: 'Active', createdAt, lastUsed: null }],
        });
      },
    });
    const { stdout, stderr } = await shell.run(['check', '--only', 'access-keys', '--output', 'json']);
    const { results } = JSON.parse(stdout) as RunReport;
    const age = results.filter(({ id }) => id === 'access-keys.age').map(({ status, reason }) => `${status}: ${reason}`);
    return { age, notes: stderr.replace(/\s+/g, ' ') };
  };

  it('does not make an old key look new: ages are by the clock of AWS, and a note names the difference', async () => {
    const { age, notes } = await checkWith(100);
    expect(age).toEqual(['fail: The key AKIACI11111111111111 of ci is 110 days old']);
    expect(notes).toContain('the clock of this computer is 100 days behind that of AWS');
  });

  it('does not matter if it is only seconds off', async () => {
    const { age, notes } = await checkWith(30 / 86_400);
    expect(age).toEqual(['pass: The key AKIACI11111111111111 of ci is 10 days old']);
    expect(notes).not.toContain('clock');
  });
});

describe('an MFA seed that is not base32', () => {
  it('is reported and not stored, and its device is deleted', async () => {
    const bad = 'not base32: 0189';
    const shell = await signedIn({
      around: answering((_, handled) => {
        const text = Buffer.from(handled.response.body).toString('utf8');
        if (!text.includes('<Base32StringSeed>')) return handled;
        const seed = `<Base32StringSeed>${Buffer.from(bad).toString('base64')}</Base32StringSeed>`;
        return withBody(handled, 200, text.replace(/<Base32StringSeed>[^<]*<\/Base32StringSeed>/, seed));
      }),
    });
    writeFileSync(
      join(shell.home, 'bootstrap.yaml'),
      'version: 1\nbilling-access: false\nbudget: false\nalias: false\nadmin-user: { name: alex }\nmfa: { assign: unattended }\n',
    );
    const argv = ['init', '--yes', '--account-id', own, '--secrets-file', 'secrets.json', '--debug', '--output', 'json'];
    const { code, stdout, stderr } = await shell.run(argv);
    const { steps } = JSON.parse(stdout) as RunReport;
    const error = steps?.find(({ id }) => id === 'mfa')?.error;
    expect([code, error?.code]).toEqual([7, 'E-MFA-SEED']);
    expect(error?.message).toMatch(/seed that AWS returned for the MFA device of alex is not base32/);
    expect(`${stdout}${stderr}`).not.toMatch(/could not be (kept|stored)|not base32: 0189/);
    expect(shell.account().mfaDevices).toEqual([]);
  });
});
