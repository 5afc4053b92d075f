import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { action } from '../action/runner.js';
import { testShell } from '../support/host.js';

const root = resolve(import.meta.dirname, '../..');
const manual = readFileSync(join(root, 'docs/ci.md'), 'utf8');
const example = (name: string): string => new RegExp(`<!-- ${name} -->\n\`\`\`yaml\n([^]*?)\`\`\``).exec(manual)?.[1] ?? '';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
const steps = (workflow: Workflow): readonly Step[] => Object.values(workflow.jobs).flatMap((job) => job.steps);
const pinned = /^[\w.-]+\/[\w./-]+@[\da-f]{40}$/;

describe('the example for GitHub', () => {
  const workflow = parse(example('github')) as Workflow;

  it('asks for no more than it needs, and takes a role without a key', () => {
    expect(workflow.permissions).toEqual({ contents: 'read', 'id-token': 'write', 'security-events': 'write' });
    const credentials = steps(workflow).find(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'));
    expect(Object.keys(credentials?.with ?? {})).toEqual(['role-to-assume', 'aws-region']);
    expect(example('github')).not.toMatch(/secrets\./);
  });

  it('pins the actions of others, with their version beside', () => {
    for (const { uses } of steps(workflow))
      expect(uses).toMatch(uses?.startsWith('OWNER/') ? /^OWNER\/aws-account-bootstrap@COMMIT$/ : pinned);
    for (const line of example('github').split('\n')) if (/@[\da-f]{40}/.test(line)) expect(line).toMatch(/ # v\d+\.\d+\.\d+$/);
  });

  it('has the same versions as the README and the workflow that `policy trust` prints', async () => {
    const trust = ['policy', 'trust', '--github', 'acme/infra', '--ref', 'refs/heads/main', '--account-id', '123456789012'];
    const { stdout } = await testShell().run(trust);
    const versionsIn = (text: string): readonly string[] => text.match(/[\w.-]+\/[\w./-]+@[\da-f]{40} # v[\d.]+/g) ?? [];
    const others = [...versionsIn(stdout), ...versionsIn(readFileSync(join(root, 'README.md'), 'utf8'))];
    expect(others.length).toBeGreaterThan(2);
    expect(versionsIn(manual)).toEqual(expect.arrayContaining(others));
  });

  it('uses inputs and outputs that exist, and keeps the report when the check fails', () => {
    const own = steps(workflow).find(({ uses }) => uses?.startsWith('OWNER/'));
    for (const name of Object.keys(own?.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
    const used = [...example('github').matchAll(/steps\.bootstrap\.outputs\.([\w-]+)/g)].map(([, name]) => name);
    expect(used.length).toBeGreaterThan(1);
    for (const name of used) expect(Object.keys(action.outputs)).toContain(name);
    for (const step of steps(workflow))
      if (Object.values(step.with ?? {}).some((value) => String(value).includes('steps.bootstrap'))) expect(step.if).toMatch(/^always\(\)/);
  });

  it('is explained input by input and output by output', () => {
    for (const [name, { default: byDefault }] of Object.entries(action.inputs))
      expect(manual).toContain(`| \`${name}\` | ${byDefault === '' ? '' : `\`${byDefault}\` `}|`);
    for (const name of Object.keys(action.outputs)) expect(manual).toContain(`\`${name}\``);
  });
});

describe('the example for GitLab', () => {
  it('takes a role by a token of its own, and keeps the report when the check fails', () => {
    const { 'aws-account': job } = parse(example('gitlab')) as Record<string, Record<string, any>>;
    expect(job?.['id_tokens']).toEqual({ AWS_ID_TOKEN: { aud: 'https://gitlab.com' } });
    expect(Object.keys(job?.['variables'])).toEqual(['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_REGION']);
    const file = /--output junit --output-file (\S+)/.exec(String(job?.['script'].at(-1)))?.[1];
    expect(job?.['artifacts']).toEqual({ when: 'always', reports: { junit: file } });
  });
});

const workflows = readdirSync(join(root, '.github/workflows'));
const actionsOf = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^\s*(?:- )?uses: (\S+@.*)$/gm)].map(([, used = '']) => used);

describe.each(workflows)('the workflow %s', (name) => {
  const text = readFileSync(join(root, '.github/workflows', name), 'utf8');
  const workflow = parse(text) as Workflow;

  it('is YAML without an error, pins what it uses, and only reads unless a job explains why', () => {
    expect(parseDocument(text).errors).toEqual([]);
    expect([{}, { contents: 'read' }]).toContainEqual(workflow.permissions);
    for (const line of text.split('\n')) if (/^ +[\w-]+: write/.test(line)) expect(line).toMatch(/: write # \w/);
    for (const { uses } of steps(workflow)) if (uses !== undefined && uses !== './') expect(uses).toMatch(pinned);
    for (const { uses, with: inputs } of steps(workflow))
      if (uses?.startsWith('actions/checkout@')) expect(inputs).toMatchObject({ 'persist-credentials': false });
  });

  it('writes no expression into a script', () => {
    for (const { run } of steps(workflow)) expect(run ?? '').not.toContain('${{');
  });
});

it('every workflow and example uses the same commit of an action', () => {
  const used = ['README.md', 'docs/ci.md', ...workflows.map((name) => `.github/workflows/${name}`)].flatMap(actionsOf);
  const versions = new Map<string, Set<string>>();
  for (const line of used.filter((each) => !each.startsWith('OWNER/'))) {
    // The actions of CodeQL are in one repository.
    const [, repository = '', at = ''] = /^([\w-]+\/[\w-]+)[^@]*(@\w+ # v\d+\.\d+\.\d+)$/.exec(line) ?? [];
    versions.set(repository, (versions.get(repository) ?? new Set()).add(at));
  }
  expect(versions.size).toBeGreaterThan(7);
  expect([...versions].filter(([repository, all]) => repository === '' || all.size > 1)).toEqual([]);
});
