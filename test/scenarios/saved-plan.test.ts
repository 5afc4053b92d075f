import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { canonical } from '../../src/core/text.js';
import { testShell } from '../support/host.js';
import { own, type PracticeAccount, practiceAccount, signedIn } from './practice-account.js';
import { expectPlanned } from './planned-calls.js';

const planIn = (practiced: { readonly home: string }): string => join(practiced.home, 'plan.json');
const saved = async (practiced: PracticeAccount, ...flags: readonly string[]) => {
  const ran = await practiced.report(['init', '--save-plan', 'plan.json', ...flags]);
  return { ...ran, plan: JSON.parse(readFileSync(planIn(practiced), 'utf8')) as { changes: readonly { change: object }[] } };
};
type PlanFile = Record<string, unknown>;
/** Changes a plan and its digest, like someone who knows the format. */
const rewrite = (practiced: { readonly home: string }, change: (plan: PlanFile) => void): void => {
  const { digest: _, ...plan } = JSON.parse(readFileSync(planIn(practiced), 'utf8')) as PlanFile;
  change(plan);
  const digest = createHash('sha256').update(canonical(plan)).digest('hex');
  writeFileSync(planIn(practiced), JSON.stringify({ ...plan, digest }));
};

describe('a saved plan', () => {
  it('is followed by the command that applies it to the same account', async () => {
    const { stdout } = await testShell().run(['init', '--sandbox-file', 'my world.json', '--only', 'alias', '--save-plan', 'my plan.json']);
    expect(stdout).toMatch(/`bootstrap init --from-plan 'my plan\.json' --sandbox-file 'my\s+world\.json'`/);
  });

  it('is the plan of a dry run, in a file that only the owner can read; nothing is changed', async () => {
    const practiced = practiceAccount();
    const { plan, report, writes, code } = await saved(practiced);
    expect(plan.changes.map(({ change }) => change)).toMatchObject(
      report.plan?.map(({ kind, summary, calls }) => ({ kind, summary, calls })) ?? [],
    );
    expect(plan.changes).toHaveLength(11);
    expect(statSync(planIn(practiced)).mode & 0o777).toBe(0o600);
    expect(writes).toEqual([]);
    expect(code).toBe(0);
  });

  it('is applied without another approval, with exactly its calls', async () => {
    const practiced = practiceAccount();
    await saved(practiced);
    const { report, writes, code } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expectPlanned(report, writes);
    expect(writes).toHaveLength(19);
    expect(code).toBe(5);
    expect((await practiced.report(['init', '--yes'])).writes).toEqual([]);
  });

  it('includes the flags that it was created with', async () => {
    const practiced = practiceAccount();
    await saved(practiced, '--alias', 'acme-prod', '--only', 'alias');
    const { writes } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(practiced.account().alias).toBe('acme-prod');
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    const again = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(again.report.error).toMatchObject({
      code: 'E-PLAN-STALE',
      message: expect.stringMatching(/^plan\.json \(.+\) is already applied: /),
      next: expect.stringContaining(`\`bootstrap init --save-plan FILE --sandbox-file ${practiced.file}\``),
    });
    expect([again.writes, again.code]).toEqual([[], 3]);
  });

  it('is refused if the account has changed, with the differences', async () => {
    const practiced = practiceAccount();
    await saved(practiced, '--only', 'alias', '--alias', 'acme-prod');
    practiced.edit((account) => void (account.alias = 'other-alias'));
    const { code, report, writes } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(report.error).toMatchObject({ code: 'E-PLAN-STALE', changed: false });
    expect(report.error?.message).toContain('alias.set was fail, now pass (other-alias)');
    expect(report.error?.message).toContain('no longer planned: Set the account alias acme-prod');
    expect(writes).toEqual([]);
    expect(code).toBe(3);
  });

  it('is refused if its inputs lead to other changes than it lists', async () => {
    const practiced = practiceAccount();
    await saved(practiced, '--only', 'alias', '--alias', 'acme-prod');
    rewrite(
      practiced,
      ({ inputs }) =>
        void ((inputs as { overrides: { value: string }[] }).overrides[0] = {
          ...(inputs as { overrides: { value: string }[] }).overrides[0],
          value: 'mallory-prod',
        }),
    );
    const { code, report, writes } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(report.error?.code).toBe('E-PLAN-STALE');
    expect(report.error?.message).toContain('not in the plan: Set the account alias mallory-prod');
    expect(writes).toEqual([]);
    expect(code).toBe(3);
  });

  it.each<[string, (plan: Record<string, unknown>) => void, RegExp, (readonly string[])?]>([
    ['another version', (plan) => void (plan['tool'] = { name: 'aws-account-bootstrap', version: '99.0.0' }), /saved by version 99\.0\.0/],
    ['AWS itself', (plan) => void (plan['target'] = 'aws'), /saved for AWS, but this run is for the practice account/],
    ['a run at a terminal', (plan) => void (plan['unattended'] = false), /saved at a terminal/],
    ['a run at a terminal', (plan) => void (plan['unattended'] = false), /saved at a terminal/, ['--yes']],
    ['an unknown format', (plan) => void (plan['planVersion'] = 2), /is not a saved plan \(see planVersion\)/],
    [
      'a step that does not exist',
      (plan) => void (plan['inputs'] as { overrides: object[] }).overrides.push({ step: 'x', path: 'y', value: 'z', flag: '--x' }),
      /has a value for the step "x", which does not exist/,
    ],
  ])('is refused if it was saved for %s', async (_, change, message, flags = []) => {
    const practiced = practiceAccount();
    await saved(practiced);
    rewrite(practiced, change);
    const { code, report, writes, requests } = await practiced.report(['init', '--from-plan', 'plan.json', ...flags]);
    expect(report.error?.code).toBe('E-PLAN-FILE');
    expect(report.error?.message).toMatch(message);
    expect([writes, requests]).toEqual([[], []]);
    expect(code).toBe(2);
  });

  it.each([
    ['a missing file', undefined, /plan\S* does not exist\./],
    ['a file that is not JSON', 'version: 1', /is not JSON/],
  ])('is refused if it is %s', async (_, text, message) => {
    const practiced = practiceAccount();
    if (text !== undefined) writeFileSync(planIn(practiced), text);
    const { code, report } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(report.error?.message).toMatch(message);
    expect(code).toBe(2);
  });

  it('accepts no flag that would change it', async () => {
    const practiced = practiceAccount();
    await saved(practiced);
    const { code, report, requests } = await practiced.report([
      'init',
      '--from-plan',
      'plan.json',
      '--alias',
      'acme-prod',
      '--only',
      'alias',
    ]);
    expect(report.error?.code).toBe('E-USAGE');
    expect(report.error?.message).toContain('cannot be used with --only and --alias');
    expect(requests).toEqual([]);
    expect(code).toBe(2);
  });
});

describe('the account of a saved plan', () => {
  const flags = ['--alias', 'acme-prod', '--only', 'alias', '--no-input'];

  it('is enough, so the run needs no --account-id', async () => {
    const shell = await signedIn();
    await shell.run(['init', '--save-plan', 'plan.json', ...flags]);
    const { code, writes } = await shell.run(['init', '--from-plan', 'plan.json']);
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    expect(code).toBe(0);
  });

  it.each<
    readonly [
      what: string,
      change: ((plan: PlanFile) => void) | undefined,
      argv: readonly string[],
      env: Record<string, string>,
      message: RegExp,
    ]
  >([
    [
      'the account of --account-id is another one',
      undefined,
      ['--account-id', '444455556666'],
      {},
      /--account-id is 444455556666, but plan\.json is for account 111122223333/,
    ],
    [
      'its account is in another partition',
      (plan) => void (plan['account'] = { id: '111122223333', partition: 'aws-cn' }),
      [],
      {},
      /saved for the partition aws-cn, but this account is in aws/,
    ],
    [
      'it is for the practice account',
      (plan) => void (plan['target'] = 'sandbox'),
      [],
      {},
      /saved for the practice account, but this run is for AWS/,
    ],
    [
      'it is for another endpoint',
      (plan) => void (plan['target'] = 'http://127.0.0.1:1'),
      [],
      {},
      /saved for http:\/\/127\.0\.0\.1:1, but this run is for AWS/,
    ],
    [
      'it has an endpoint for one service',
      (plan) => void (plan['endpoints'] = { iam: 'http://127.0.0.1:1' }),
      [],
      {},
      /saved with http:\/\/127\.0\.0\.1:1 for iam, but this run uses the AWS endpoint/,
    ],
    [
      'the run has an endpoint for one service',
      undefined,
      [],
      { AWS_ENDPOINT_URL_BUDGETS: 'http://127.0.0.1:1' },
      /saved for AWS, but this run is for http|saved with the AWS endpoint for budgets, but this run uses http:\/\/127\.0\.0\.1:1/,
    ],
    [
      'a flag names a destination that it does not have',
      undefined,
      ['--secrets-file', 's.json'],
      {},
      /has no destination for secrets, but --secrets-file names the file \.\/s\.json/,
    ],
    ['a config is named that it was saved without', undefined, ['--config', 'other.yaml'], {}, /was saved without a config/],
  ])('changes nothing if %s', async (what, change, argv, env, message) => {
    const shell = await signedIn();
    await shell.run(['init', '--save-plan', 'plan.json', ...flags]);
    writeFileSync(join(shell.home, 'other.yaml'), 'version: 1\n');
    if (change !== undefined) rewrite(shell, change);
    const { code, stdout, requests, writes } = await shell.run(['init', '--from-plan', 'plan.json', '--output', 'json', ...argv], { env });
    const { error } = JSON.parse(stdout) as RunReport;
    // Only AWS knows the partition of the account.
    expect([code, writes, requests.length > 0]).toEqual([2, [], what.includes('partition')]);
    expect(error?.message).toMatch(message);
  });

  it('changes nothing if one of its characters was changed', async () => {
    const shell = await signedIn();
    await shell.run(['init', '--save-plan', 'plan.json', ...flags]);
    writeFileSync(planIn(shell), readFileSync(planIn(shell), 'utf8').replaceAll('acme-prod', 'acme-prof'));
    const { code, stderr, writes } = await shell.run(['init', '--from-plan', 'plan.json']);
    expect([code, writes, stderr]).toEqual([2, [], expect.stringContaining('its digest does not match its content')]);
  });

  it('changes nothing if the config of the plan has changed, and the same run without that config works', async () => {
    const shell = await signedIn();
    const config = join(shell.home, 'bootstrap.yaml');
    writeFileSync(config, 'version: 1\nalias: { name: acme-prod }\n');
    await shell.run(['init', '--save-plan', 'plan.json', '--only', 'alias', '--no-input']);
    writeFileSync(config, 'version: 1\nalias: { name: acme-prof }\n');
    const refused = await shell.run(['init', '--from-plan', 'plan.json']);
    expect([refused.code, refused.writes, refused.stderr]).toEqual([
      2,
      [],
      expect.stringContaining('has changed since plan.json was saved'),
    ]);
    rmSync(config);
    expect((await shell.run(['init', '--from-plan', 'plan.json'])).writes).toEqual(['iam:CreateAccountAlias']);
  });

  it.each([
    [['--replace-alias'], true],
    [[], false],
  ])('has the switches that it was saved with, and no others: %j', async (more, replaces) => {
    const shell = await signedIn({ edit: (account) => void (account.alias = 'acme-old') });
    await shell.run(['init', '--save-plan', 'plan.json', ...flags, ...more]);
    const plan = JSON.parse(readFileSync(planIn(shell), 'utf8')) as { readonly inputs: object; readonly unattended: boolean };
    expect(plan).toMatchObject({ unattended: true, inputs: { replaceAlias: replaces, replaceProfile: false } });
    const { stdout } = await shell.run(['init', '--from-plan', 'plan.json', '--output', 'json']);
    expect([(JSON.parse(stdout) as RunReport).error, shell.account().alias]).toEqual([undefined, replaces ? 'acme-prod' : 'acme-old']);
  });

  it('is refused after one change in the account, in a run with several changes', async () => {
    const shell = await signedIn();
    await shell.run([
      'init',
      '--save-plan',
      'plan.json',
      '--only',
      'alias,budget',
      '--alias',
      'acme-prod',
      '--budget',
      '10 USD',
      '--email',
      'ops@example.com',
    ]);
    shell.sandbox.world.accounts[own]?.budgets.push(...structuredClone(shell.account().budgets));
    Object.assign(shell.account(), { alias: 'acme-prod' });
    const { code, writes, stderr } = await shell.run(['init', '--from-plan', 'plan.json']);
    expect([code, writes]).toEqual([3, []]);
    expect(stderr).toContain('The account has changed since plan.json was saved');
  });

  it('is refused if one value of the account is not what was seen', async () => {
    const shell = await signedIn({ edit: (account) => void (account.alias = 'acme-old') });
    await shell.run(['init', '--save-plan', 'plan.json', ...flags, '--replace-alias']);
    rewrite(shell, (plan) => {
      const seen = plan['seen'] as { id: string; observed: string | null }[];
      Object.assign(seen.find(({ observed }) => observed === 'acme-old') ?? {}, { observed: 'acme-older' });
    });
    const { code, writes, stderr } = await shell.run(['init', '--from-plan', 'plan.json']);
    expect([code, writes, stderr]).toEqual([3, [], expect.stringContaining('acme-older')]);
  });

  it('is not followed by a command that applies it if it has no change', async () => {
    const shell = await signedIn({ edit: (account) => void (account.alias = 'acme-prod') });
    const { stdout } = await shell.run(['init', '--save-plan', 'plan.json', ...flags]);
    expect(stdout).not.toContain('--from-plan');
  });
});

describe('the destination for secrets of a saved plan', () => {
  const secret = ['--only', 'admin-user', '--admin-user', 'alex', '--no-input'];
  const env = { PATH: process.env['PATH'] ?? '' };
  const approve = ['--from-plan', 'plan.json', '--output', 'json'];
  const inFolder = (shell: { readonly home: string }): void =>
    writeFileSync(join(shell.home, 'bootstrap.yaml'), 'version: 1\nadmin-user: { name: alex }\nsecrets: { command: [tee, secrets.txt] }\n');

  it('must be named before the plan is saved, but not in a dry run', async () => {
    const shell = await signedIn();
    writeFileSync(join(shell.home, 'bootstrap.yaml'), 'version: 1\nmfa: { assign: unattended }\n');
    const enrol = ['--only', 'admin-user,mfa', '--admin-user', 'alex', '--no-input'];
    expect((await shell.run(['init', '--dry-run', ...enrol])).code).toBe(0);
    const { code, stdout, requests } = await shell.run(['init', '--save-plan', 'plan.json', '--output', 'json', ...enrol]);
    expect([code, (JSON.parse(stdout) as RunReport).error?.code, requests]).toEqual([2, 'E-SECRETS-DESTINATION', []]);
    expect(existsSync(planIn(shell))).toBe(false);
  });

  it.each([
    ['a program of a flag, which the run does not repeat', ['--secret-command', 'tee secrets.txt'], [], 'E-SECRETS-UNCONFIRMED'],
    [
      'a program of a flag, and the run names it too',
      ['--secret-command', 'tee secrets.txt'],
      ['--secret-command', 'tee secrets.txt'],
      undefined,
    ],
    [
      'a program of a flag, and the run names another',
      ['--secret-command', 'tee secrets.txt'],
      ['--secret-command', 'tee other.txt'],
      'E-PLAN-FILE',
    ],
    ['a file in the folder', ['--secrets-file', 'secrets.json'], [], undefined],
    ['a file in the folder, and the run names it too', ['--secrets-file', 'secrets.json'], ['--secrets-file', './secrets.json'], undefined],
    ['a file elsewhere', ['--secrets-file', '../secrets-of-plan.json'], [], 'E-SECRETS-UNCONFIRMED'],
    [
      'a program of a flag, and the run names a config',
      ['--secret-command', 'tee secrets.txt', '--config', 'empty.yaml'],
      ['--config', 'empty.yaml'],
      'E-SECRETS-UNCONFIRMED',
    ],
  ])('is %s', async (_what, saving, applying, error) => {
    const shell = await signedIn({ env });
    writeFileSync(join(shell.home, 'empty.yaml'), 'version: 1\n');
    const made = await shell.run(['init', '--save-plan', 'plan.json', ...secret, ...saving]);
    expect(made.code, made.stderr).toBe(0);
    const { stdout, writes } = await shell.run(['init', ...approve, ...applying]);
    expect([(JSON.parse(stdout) as RunReport).error?.code, writes.length > 0]).toEqual([error, error === undefined]);
  });

  it.each([
    ['a plan of a config, which the run does not name', [], 'E-SECRETS-UNCONFIRMED'],
    ['a plan of a config, which the run names', ['--config', 'bootstrap.yaml'], undefined],
  ])('is a program of %s', async (_what, applying, error) => {
    const shell = await signedIn({ env });
    inFolder(shell);
    await shell.run(['init', '--save-plan', 'plan.json', '--only', 'admin-user', '--no-input', '--config', 'bootstrap.yaml']);
    const { stdout, writes } = await shell.run(['init', ...approve, ...applying]);
    expect([(JSON.parse(stdout) as RunReport).error?.code, writes.length > 0]).toEqual([error, error === undefined]);
  });

  it.each([
    ['only found in the folder', [], 'E-SECRETS-UNCONFIRMED'],
    ['named by a flag', ['--config', 'bootstrap.yaml'], undefined],
    ['only found, and a flag names another destination', ['--secrets-file', 'secrets.json'], undefined],
  ])('in a run without a plan, is a program of a config that is %s', async (_what, argv, error) => {
    const shell = await signedIn({ env });
    inFolder(shell);
    const run = ['init', '--yes', '--account-id', own, '--only', 'admin-user', '--output', 'json', ...argv];
    const { stdout, writes } = await shell.run(run);
    expect([(JSON.parse(stdout) as RunReport).error?.code, writes.length > 0]).toEqual([error, error === undefined]);
  });
});
