import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dryExit } from '../../../src/commands/init/run.js';
import type { RunReport } from '../../../src/core/report.js';
import type { UserWorld } from '../../../src/sandbox/world.js';
import { own, practiceAccount, signedIn } from '../../scenarios/practice-account.js';

const json = (stdout: string): RunReport => JSON.parse(stdout) as RunReport;
const approved = ['init', '--yes', '--account-id', own, '--output', 'json'];

describe('init', () => {
  it.each([
    [0, false, false, 0],
    [0, false, true, 0],
    [0, true, false, 0],
    [0, true, true, 3],
    [5, false, false, 0],
    [5, false, true, 5],
    [5, true, true, 3],
    [4, true, true, 4],
    [6, true, false, 6],
    [6, true, true, 6],
  ] as const)(
    'that would end with %i, with changes: %s, and --detailed-exitcode: %s, exits in a dry run with %i',
    (ended, changes, detailed, code) => {
      expect(dryExit(ended, changes, detailed)).toBe(code);
    },
  );

  it('replaces a profile of the user only with --replace-profile', async () => {
    const theirs = '[ci]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = theirs\n';
    const argv = [...approved, '--only', 'access-keys'];
    const place = async () => {
      const shell = await signedIn();
      const file = join(shell.home, '.aws', 'credentials');
      mkdirSync(join(shell.home, '.aws'));
      writeFileSync(file, theirs, { mode: 0o600 });
      writeFileSync(
        join(shell.home, 'bootstrap.yaml'),
        'version: 1\naccess-keys: { mode: create, user: ci, policies: [ReadOnlyAccess], profile: ci }\n',
      );
      return { ...shell, profile: () => readFileSync(file, 'utf8') };
    };
    const refused = await place();
    expect((await refused.run(argv)).writes).not.toContain('iam:CreateAccessKey');
    expect(refused.profile()).toBe(theirs);
    const replaced = await place();
    expect((await replaced.run([...argv, '--replace-profile'])).writes).toContain('iam:CreateAccessKey');
    expect(replaced.profile()).not.toContain('theirs');
  });

  it('with --save-config and a file that exists ends before any request, and leaves the file', async () => {
    const shell = await signedIn();
    const file = join(shell.home, 'mine.yaml');
    writeFileSync(file, 'mine');
    const { code, stdout, requests } = await shell.run([
      ...approved,
      '--only',
      'alias',
      '--alias',
      'acme-prod',
      '--save-config',
      'mine.yaml',
    ]);
    expect([code, json(stdout).error?.code, requests, readFileSync(file, 'utf8')]).toEqual([2, 'E-CONFIG-EXISTS', [], 'mine']);
  });

  it.each([
    [[], true],
    [['--dry-run'], true],
    [['--dry-run', '--detailed-exitcode'], true],
  ])('with --save-config writes the answers to a new file: %j', async (more, written) => {
    const shell = await signedIn();
    await shell.run([...approved, '--only', 'alias', '--alias', 'acme-prod', '--save-config', 'new.yaml', ...more]);
    expect(existsSync(join(shell.home, 'new.yaml'))).toBe(written);
  });

  it('warns of an access key of root, and of no other key', async () => {
    const key = {
      id: 'AKIAEXAMPLE00000000A',
      secret: 'A'.repeat(40),
      status: 'Active',
      createdAt: '2026-11-01T00:00:00.000Z',
      lastUsed: null,
    } as const;
    const admin: UserWorld = {
      id: 'AIDAALEX',
      name: 'alex',
      path: '/',
      createdAt: key.createdAt,
      tags: {},
      groups: [],
      attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      inlinePolicies: {},
      password: null,
      accessKeys: [key],
    };
    const env = { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret, AWS_SESSION_TOKEN: '' };
    const asRoot = await signedIn({ env, edit: ({ root }) => void root.accessKeys.push(key) });
    const asAdmin = await signedIn({ env, edit: ({ users }) => void users.push(admin) });
    const shown = async ({ run }: typeof asRoot) =>
      (await run([...approved, '--dry-run', '--only', 'alias', '--alias', 'acme-prod'])).stderr;
    expect(await shown(asRoot)).toContain('this run uses an access key of root');
    expect(await shown(asAdmin)).not.toContain('access key of root');
  });

  it('reports a step that a failed one blocks as blocked, and not as failed', async () => {
    const practice = practiceAccount();
    practice.turn({ faults: [{ operation: 'iam:CreateUser', what: { kind: 'error', code: 'AccessDenied', status: 403 } }] });
    const { code, report } = await practice.report(['init', '--yes', '--only', 'admin-user,mfa,alias']);
    expect(report.steps?.filter(({ status }) => status !== 'skipped').map(({ id, status, error }) => [id, status, error?.code])).toEqual([
      ['admin-user', 'failed', 'E-WRITE-DENIED'],
      ['mfa', 'blocked', undefined],
      ['alias', 'done', undefined],
    ]);
    expect([code, report.recap]).toEqual([7, expect.any(Array)]);
  });

  it('prints no recap after a failure that changed nothing', async () => {
    const practice = practiceAccount();
    practice.turn({ faults: [{ operation: 'iam:CreateAccountAlias', what: { kind: 'error', code: 'AccessDenied', status: 403 } }] });
    const { code, report } = await practice.report(['init', '--yes', '--only', 'alias']);
    expect([code, report.recap]).toEqual([7, []]);
  });

  it('does not know the role of an account whose organization it may not read', async () => {
    const shell = await signedIn();
    shell.sandbox.world.knobs.faults = [
      { operation: 'organizations:DescribeOrganization', what: { kind: 'error', code: 'AccessDeniedException', status: 400 } },
    ];
    const { stdout } = await shell.run([...approved, '--dry-run', '--only', 'alias', '--alias', 'acme-prod']);
    expect(json(stdout).account).toMatchObject({ id: own, role: null });
  });
});
