import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../../src/commands/policy/document.js';
import type { TrustPlan } from '../../../src/commands/policy/trust.js';
import { testShell } from '../../support/host.js';

const refuses = {
  handle: () => {
    throw new Error('AWS was asked');
  },
};
const run = (argv: readonly string[], env: Record<string, string> = {}) => testShell({ handler: refuses, env }).run(['policy', ...argv]);
const account = ['--account-id', '111122223333'] as const;
const trust = async (...argv: readonly string[]) => {
  const { code, stdout, stderr } = await run(['trust', ...account, ...argv, '--output', 'json']);
  return { code, stderr, plan: JSON.parse(stdout) as TrustPlan & { error?: { message: string; next: string } } };
};

describe('policy check and init', () => {
  it('print the policy itself as JSON, as AWS accepts it', async () => {
    const { code, stdout } = await run(['check', ...account, '--output', 'json']);
    const policy = JSON.parse(stdout) as PolicyDocument;
    expect(Object.keys(policy)).toEqual(['Version', 'Statement']);
    expect(code).toBe(0);
  });

  it('show which step needs which action', async () => {
    const { code, stdout } = await run(['check', ...account, '--only', 'alias']);
    expect(stdout).toMatch(/^Permissions for `bootstrap check`: 3 actions\n/);
    expect(stdout).toMatch(/iam:ListAccountAliases {2,}alias, every run\n/);
    expect(code).toBe(0);
  });

  it('end with the command that writes this policy to a file', async () => {
    const shell = testShell({ handler: refuses });
    const flags = [...account, '--partition', 'aws-cn', '--skip', 'budget,alias', '--org'];
    const { stdout } = await shell.run(['policy', 'check', ...flags], { env: { COLUMNS: '120' } });
    const [, command = ''] = /run: bootstrap (policy .*)\n/.exec(stdout) ?? [];
    expect((await shell.run(command.split(' '))).code).toBe(0);
    const { stdout: policy } = await shell.run(['policy', 'check', ...flags, '--output', 'json']);
    expect(readFileSync(join(shell.home, 'policy.json'), 'utf8')).toBe(policy);
  });

  it('depend on the chosen steps', async () => {
    const { stdout } = await run(['init', ...account, '--skip', 'budget,billing-access', '--output', 'json']);
    expect(stdout).not.toMatch(/budgets:|account:/);
  });

  it('depend on the config: steps that are off need no permission', async () => {
    const shell = testShell({ handler: refuses });
    const of = async (yaml: string): Promise<string> => {
      writeFileSync(join(shell.home, 'bootstrap.yaml'), yaml);
      return (await shell.run(['policy', 'init', '--output', 'json'])).stdout;
    };
    const small = await of('version: 1\nbudget: false\nadmin-user: { name: alex, console-password: none }\nmfa: { admin: not-required }\n');
    expect(small).not.toMatch(/budgets:|CreateLoginProfile|CreateVirtualMFADevice|CreateAccessKey|organizations:Create/);
    expect(small).toContain('user/alex');
    const large = await of('version: 1\naccess-keys: { mode: create, user: ci }\norganization: {}\n');
    expect(large).toContain('iam:CreateAccessKey');
    expect(large).toContain('organizations:CreateOrganization');
  });

  it.each([
    [['check'], false, false],
    [['check', '--org'], true, true],
    [['init'], false, false],
    [['init', '--org'], true, false],
  ])('%j allow to enter members: %s, and as their root: %s', async (argv, role, root) => {
    const { stdout } = await run([...argv, ...account, '--only', 'alias', '--output', 'json']);
    expect([stdout.includes('"sts:AssumeRole"'), stdout.includes('"sts:AssumeRoot"')]).toEqual([role, root]);
  });

  it.each([
    ['aws', true],
    ['aws-us-gov', false],
  ])('allow to read the plan of the account where there are plans: %s: %s', async (partition, plan) => {
    const { stdout } = await run(['check', ...account, '--partition', partition, '--output', 'json']);
    expect(stdout.includes('freetier:GetAccountPlanState')).toBe(plan);
  });

  it.each([
    [['--partition', 'aws-cn'], {}, 'arn:aws-cn:'],
    [['--region', 'us-gov-west-1'], {}, 'arn:aws-us-gov:'],
    [[], { AWS_REGION: 'eusc-de-east-1' }, 'arn:aws-eusc:'],
    [['--region', 'cn-north-1'], { AWS_REGION: 'eusc-de-east-1' }, 'arn:aws-cn:'],
    [['--partition', 'aws'], { AWS_REGION: 'cn-north-1' }, 'arn:aws:'],
  ])('use the partition of %j and %j', async (flags, env, arn) => {
    const { stdout } = await run(['check', ...flags, '--output', 'json'], env);
    expect([...new Set(stdout.match(/arn:[^:]*:/g))]).toEqual([arn]);
  });

  it('refuse an unknown partition', async () => {
    const { code, stderr } = await run(['check', '--partition', 'aws-mars']);
    expect(stderr).toContain('there is no partition "aws-mars"');
    expect(code).toBe(2);
  });

  it('print a note if they are for any account', async () => {
    expect((await run(['check'])).stderr).toContain('no account is set');
    expect((await run(['check', ...account])).stderr).toBe('');
  });
});

describe('policy trust', () => {
  it('allows one ref of one repository, by the whole subject and audience', async () => {
    const { code, plan } = await trust('--github', 'acme/infra', '--ref', 'refs/heads/main');
    expect(plan.trustPolicy).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': 'repo:acme/infra:ref:refs/heads/main',
            },
          },
        },
      ],
    });
    expect(code).toBe(0);
  });

  it('allows an environment', async () =>
    expect((await trust('--github', 'acme/infra', '--environment', 'audit')).plan.subject).toBe('repo:acme/infra:environment:audit'));

  it('accepts the ids that newer repositories have in their subjects', async () =>
    expect((await trust('--github', 'acme@12/infra@34', '--ref', 'refs/heads/main')).plan.subject).toBe(
      'repo:acme@12/infra@34:ref:refs/heads/main',
    ));

  it('gives the role what check needs, and no write', async () => {
    const { plan } = await trust('--github', 'acme/infra', '--ref', 'refs/heads/main');
    const { stdout } = await run(['check', ...account, '--output', 'json']);
    expect(plan.permissionPolicy).toEqual(JSON.parse(stdout));
  });

  it.each([
    [['--github', 'acme/infra'], 'otherwise every branch could assume the role.'],
    [['--github', 'acme/infra', '--ref', 'refs/heads/*'], '"refs/heads/*" is not one ref'],
    [['--github', 'acme/infra', '--ref', 'main'], '"main" is not one ref'],
    [['--github', 'acme/*', '--ref', 'refs/heads/main'], '"acme/*" is not a repository'],
    [['--github', 'acme@1/infra', '--ref', 'refs/heads/main'], '"acme@1/infra" is not a repository'],
    [['--github', 'acme', '--ref', 'refs/heads/main'], '"acme" is not a repository'],
    [['--github', 'acme/infra', '--environment', 'prod*'], '"prod*" is not the name of an environment'],
    [['--github', 'acme/infra', '--environment', 'a', '--ref', 'refs/heads/main'], '--ref and --environment cannot be used together'],
  ])('refuses %j', async (argv, message) => {
    const { code, plan } = await trust(...argv);
    expect(plan.error?.message).toContain(message);
    expect(code).toBe(2);
  });

  it('needs the account', async () => {
    const { code, stderr } = await run(['trust', '--github', 'acme/infra', '--ref', 'refs/heads/main']);
    expect(stderr).toContain('Missing the account');
    expect(code).toBe(2);
  });

  it('prints commands that a shell can run unchanged', async () => {
    const { stdout } = await run(['trust', ...account, '--github', 'acme/infra', '--ref', 'refs/heads/main']);
    const files = [...stdout.matchAll(/^cat > (\S+) <<'JSON'\n([^]*?)\nJSON$/gm)].map(([, name, text = '']) => [
      name,
      JSON.parse(text) as unknown,
    ]);
    expect(files.map(([name]) => name)).toEqual(['trust.json', 'permissions.json']);
    expect(stdout).toContain('aws iam create-role --role-name bootstrap-check --assume-role-policy-document file://trust.json\n');
    expect(stdout).toContain('      aws-region: us-east-1\n');
    expect(stdout).toContain('gh api repos/acme/infra');
    expect((await run(['trust', ...account, '--github', 'acme@1/infra@2', '--ref', 'refs/heads/main'])).stdout).not.toContain('gh api');
  });
});

describe('check --list-checks', () => {
  const list = (...argv: readonly string[]) => testShell({ handler: refuses }).run(['check', '--list-checks', ...argv]);

  it('lists every check with its severity and references, without calling AWS', async () => {
    const { code, stdout } = await list('--output', 'json');
    const { checks } = JSON.parse(stdout) as { checks: { id: string }[] };
    expect(checks).toHaveLength(36);
    expect(checks.find(({ id }) => id === 'mfa.root')).toEqual({
      id: 'mfa.root',
      step: 'mfa',
      kind: 'wanted',
      severity: 'critical',
      title: 'Root has MFA',
      references: ['cis-7.0:2.5', 'prowler:iam_root_mfa_enabled'],
    });
    expect(code).toBe(0);
  });

  it('applies --only and --skip', async () => {
    const { stdout } = await list('--only', 'mfa,alias.set', '--skip', 'mfa.leftover', '--output', 'json');
    expect((JSON.parse(stdout) as { checks: { id: string }[] }).checks.map(({ id }) => id)).toEqual([
      'mfa.root',
      'mfa.root-hardware',
      'mfa.admin',
      'mfa.console-users',
      'alias.set',
    ]);
  });

  it('fits 60 columns', async () => {
    const shell = testShell({ handler: refuses, env: { COLUMNS: '60' } });
    const { stdout } = await shell.run(['check', '--list-checks']);
    expect(stdout.split('\n').filter((line) => line.length > 60)).toEqual([]);
    expect(stdout).toContain('36 checks.');
  });

  it('has no other format', async () => expect((await list('--output', 'sarif')).code).toBe(2));
});
