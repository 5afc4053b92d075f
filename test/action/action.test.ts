import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { World } from '../../src/sandbox/world.js';
import { newFolder, repository, runProgram, start } from '../e2e/program.js';
import { readXml } from '../report/format-fixtures.js';
import * as fixtures from '../report/fixtures.js';
import { withHostileNames } from '../support/hostile-world.js';
import { action, type ActionRun, commandsIn, runAction } from './runner.js';

const config = `version: 1
alias:
  name: acme-prod
mfa:
  root: required
budget:
  limit: 10 USD
  subscribers: [ops@example.com]
`;
/** Where it stands; counted from 1. */
const lineOf = (text: string): string => String(config.split('\n').indexOf(text) + 1);

/** A repository that was checked out, with a config in it, and a practice account. */
const workspaceWith = (text: string | null = config, folder = '.'): string => {
  const workspace = newFolder();
  mkdirSync(path.join(workspace, folder), { recursive: true });
  if (text !== null) writeFileSync(path.join(workspace, folder, 'bootstrap.yaml'), text);
  return workspace;
};
const practice = (workspace: string): string => `--sandbox-file=${path.join(workspace, 'world.json')}`;
const levels = ['error', 'warning', 'notice'];

describe('a check on GitHub', () => {
  let workspace: string;
  let ran: ActionRun;
  let report: RunReport;
  beforeAll(async () => {
    workspace = workspaceWith();
    ran = await runAction({ config: 'bootstrap.yaml', args: `--strict\n${practice(workspace)}\n` }, { workspace });
    report = JSON.parse(readFileSync(ran.outputs['report-json'] ?? '', 'utf8')) as RunReport;
  });

  it('exits with the code of the command, and outputs it', () => {
    expect(ran.code).toBe(3);
    expect(ran.outputs).toMatchObject({ 'exit-code': '3', 'exit-name': 'differs', failed: String(report.summary.fail) });
    expect(report.summary.fail).toBeGreaterThan(3);
  });

  it('shows the report to who reads the log, and to who reads the summary', () => {
    expect(ran.log).toContain('FAIL');
    expect(ran.log).toContain('mfa.root (critical)');
    expect(ran.summary).toMatch(/^## ❌ FAIL: /);
    expect(ran.summary).toContain('mfa.root');
  });

  it('outputs the requested reports', () => {
    const kept = (format: string): string => readFileSync(ran.outputs[`report-${format}`] ?? '', 'utf8');
    expect(kept('markdown')).toBe(ran.summary.slice(0, -1));
    expect(readXml([kept('junit')])[0]?.attributes).toMatchObject({ failures: String(report.summary.fail) });
    expect(JSON.parse(kept('sarif'))).toMatchObject({ version: '2.1.0' });
    expect([ran.outputs['report-csv'], ran.outputs['report-jsonl']]).toEqual(['', '']);
    for (const format of ['json', 'markdown', 'junit', 'sarif'])
      expect(path.dirname(ran.outputs[`report-${format}`] ?? '')).toBe(ran.outputs['report-folder']);
  });

  it('points at the lines of the config, the worst first, ten times at most', () => {
    expect(ran.commands.length).toBeLessThanOrEqual(10);
    expect(ran.commands[0]).toMatchObject({
      name: 'error',
      properties: { title: 'mfa.root (critical)', file: 'bootstrap.yaml', line: lineOf('  root: required') },
      message: expect.stringMatching(/^Root has no MFA device\nFix: .+\nSee: https:/),
    });
    const ranks = ran.commands.map(({ name }) => levels.indexOf(name));
    expect(ranks).toEqual([...ranks].sort());
    expect(ran.commands.find(({ properties }) => properties['title']?.startsWith('budget.'))?.properties).toMatchObject({
      file: 'bootstrap.yaml',
      line: expect.stringMatching(/^[678]$/),
    });
  });
});

describe('the action', () => {
  it('passes when the check passes, and creates the requested reports', async () => {
    const workspace = workspaceWith(null);
    const args = `--only=access-keys.root\n${practice(workspace)}`;
    const ran = await runAction({ args, summary: 'false', annotations: '0', formats: 'csv, jsonl html' }, { workspace });
    expect(ran).toMatchObject({ code: 0, commands: [], summary: '', outputs: { 'exit-code': '0', failed: '0', unknown: '0' } });
    expect(readFileSync(ran.outputs['report-html'] ?? '', 'utf8')).toMatch(/^<!doctype html>/);
    expect(readFileSync(ran.outputs['report-csv'] ?? '', 'utf8')).toMatch(/^account,step,check,/);
    expect(readFileSync(ran.outputs['report-jsonl'] ?? '', 'utf8')).toMatch(/^\{"type":"run"/);
    expect(ran.outputs['report-markdown']).toBe('');
  });

  it('points at nothing when there is no config', async () => {
    const workspace = workspaceWith(null);
    const { commands } = await runAction({ args: `--only=mfa.root\n${practice(workspace)}`, annotations: '1', formats: '' }, { workspace });
    expect(commands.map(({ properties }) => properties)).toEqual([{ title: 'mfa.root (critical)' }]);
  });

  it('resolves paths from the root of the repository, in any working folder', async () => {
    const workspace = workspaceWith(config, 'accounts/prod');
    const ran = await runAction({ args: practice(workspace), 'working-directory': 'accounts/prod', formats: 'sarif' }, { workspace });
    const file = 'accounts/prod/bootstrap.yaml';
    expect(ran.commands[0]?.properties).toMatchObject({ file, line: lineOf('  root: required') });
    expect(readFileSync(ran.outputs['report-sarif'] ?? '', 'utf8')).toContain(`"uri": "${file}"`);
  });

  it('makes a plan, and changes nothing, with --dry-run', async () => {
    const workspace = workspaceWith(null);
    const ran = await runAction(
      { command: 'init', args: `--dry-run\n--detailed-exitcode\n${practice(workspace)}`, annotations: '0' },
      { workspace },
    );
    expect(ran).toMatchObject({ code: 3, commands: [], outputs: { 'exit-code': '3', 'exit-name': 'differs' } });
    expect(ran.summary).toMatch(/^## ⚠ DRY RUN: \d+ changes would be made/);
  });

  it('never confirms anything itself', async () => {
    const workspace = workspaceWith(null);
    const ran = await runAction({ command: 'init', args: practice(workspace) }, { workspace });
    expect([ran.code, ran.outputs['exit-code']]).toEqual([2, '2']);
    expect(ran.commands[0]?.message).toContain('--yes');
  });

  it('reports an invalid config, and keeps the exit code', async () => {
    const workspace = workspaceWith('version: 1\nbudget:\n  limits: 10 USD\n');
    const ran = await runAction({ args: practice(workspace) }, { workspace });
    expect(ran).toMatchObject({ code: 2, outputs: { 'exit-code': '2', 'exit-name': 'usage' } });
    expect(ran.commands).toMatchObject([
      { name: 'error', properties: { file: 'bootstrap.yaml' }, message: expect.stringMatching(/bootstrap\.yaml:3:3.*limit/) },
    ]);
    expect(ran.summary).toMatch(/^## ❌ STOPPED: /);
  });

  it('explains an invalid input or version', async () => {
    for (const [inputs, says] of [
      [{ command: 'keys' }, /check or init/],
      [{ version: 'file:../evil' }, /version/],
    ] as const) {
      const ran = await runAction(inputs, { workspace: newFolder() });
      expect(ran.code).toBe(2);
      expect(ran.commands).toMatchObject([{ name: 'error', message: expect.stringMatching(says) }]);
    }
  });

  it('reports that a newer Node is required', async () => {
    const bin = newFolder();
    writeFileSync(path.join(bin, 'node'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const ran = await runAction({}, { workspace: newFolder(), env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } });
    expect([ran.code, ran.commands[0]?.message]).toEqual([2, expect.stringContaining('actions/setup-node')]);
  });

  it('never runs an input as a script', async () => {
    const workspace = workspaceWith(null);
    const evil = '"; touch owned; echo "$(touch owned)`touch owned`';
    const ran = await runAction({ args: `${practice(workspace)}\n--profile=${evil}`, config: evil, 'account-id': evil }, { workspace });
    expect(ran.code).toBe(2);
    const { stdout } = await start('find', [workspace, '-name', 'owned'], { home: workspace }).ended;
    expect(stdout).toBe('');
  });

  it('stops the command when it is cancelled, and still reports', async () => {
    const workspace = workspaceWith(null);
    const temp = newFolder();
    await runProgram(['sandbox', 'show', '--sandbox-file', 'world.json'], { home: workspace });
    const file = path.join(workspace, 'world.json');
    const world = JSON.parse(readFileSync(file, 'utf8')) as World;
    writeFileSync(file, JSON.stringify({ ...world, knobs: { faults: [{ operation: 'iam:*', what: { kind: 'hang-after' } }] } }));
    const [output, summary] = [path.join(temp, 'output'), path.join(temp, 'summary')];
    const running = start(process.execPath, [path.join(repository, 'action/run.js')], {
      home: workspace,
      env: {
        BOOTSTRAP_PROGRAM: path.join(repository, 'dist/main.cjs'),
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        RUNNER_TEMP: temp,
        INPUT_COMMAND: 'check',
        INPUT_ARGS: `--debug\n${practice(workspace)}`,
        INPUT_SUMMARY: 'true',
        INPUT_ANNOTATIONS: '10',
      },
    });
    await running.until(/sts:GetCallerIdentity.*ok/);
    const exit = await running.stop('SIGINT');
    expect(exit.code).toBe(130);
    expect(readFileSync(output, 'utf8')).toContain('exit-code=130\n');
    expect(readFileSync(summary, 'utf8')).toMatch(/^## ❌ STOPPED: /);
  });
});

describe('an account with names that are meant for the runner', () => {
  it('gets no command of its own into the log, nor anything into an output', async () => {
    const workspace = workspaceWith(null);
    await runProgram(['init', '--yes', '--sandbox-file', 'world.json'], { home: workspace });
    const file = path.join(workspace, 'world.json');
    writeFileSync(file, JSON.stringify(withHostileNames(JSON.parse(readFileSync(file, 'utf8')) as World, fixtures.hostile)));
    const ran = await runAction({ args: `--only=admin-user,access-keys\n${practice(workspace)}`, 'fail-on': 'low' }, { workspace });
    expect(ran.outputs['exit-code']).toBe(String(ran.code));
    expect(ran.log).toContain('owned');
    // Also without the fence that the action puts around the program.
    const fenceless = commandsIn(ran.log.replace(/^::stop-commands::.*$/gm, '').replace(/^::[\da-f-]{36}::$/gm, ''));
    for (const commands of [ran.commands, fenceless]) {
      expect(commands).toHaveLength(10);
      for (const { name, properties } of commands)
        expect([name, properties]).toEqual([
          expect.stringMatching(/^(error|warning)$/),
          { title: expect.stringMatching(/^(admin-user|access-keys)\.[a-z-]+ \(\w+\)$/) },
        ]);
    }
  });
});

describe('action.yml', () => {
  const expressions = (text: string): readonly string[] => [...text.matchAll(/\$\{\{(.*?)\}\}/g)].map(([, name = '']) => name.trim());
  const { inputs, outputs, runs } = action;

  it('uses every input and output that it documents, and no others', () => {
    const used = runs.steps.flatMap((step) => [...Object.values(step.env), step['working-directory'] ?? ''].flatMap(expressions));
    expect(used.filter((name) => name.startsWith('inputs.')).sort()).toEqual(
      Object.keys(inputs)
        .map((name) => `inputs.${name}`)
        .sort(),
    );
    for (const [name, { value, description }] of Object.entries(outputs)) {
      expect(expressions(value)).toEqual([`steps.run.outputs.${name}`]);
      expect(description).not.toBe('');
    }
    for (const { description } of Object.values(inputs)) expect(description).toMatch(/\S.*\.$/);
  });

  it('reads in its scripts what it puts into their environment', () => {
    const [program, run] = runs.steps;
    const scripts = [
      readFileSync(path.join(repository, 'action/program.sh'), 'utf8'),
      ['run.js', 'inputs.js'].map((file) => readFileSync(path.join(repository, 'action', file), 'utf8')).join('\n'),
    ];
    for (const [index, step] of [program, run].entries())
      for (const name of Object.keys(step?.env ?? {}))
        expect(scripts[index]).toContain(name.startsWith('INPUT_') && index === 1 ? `'${name.slice(6)}'` : name);
  });

  it('has scripts without expressions, for bash', () => {
    expect(runs.using).toBe('composite');
    for (const { run, shell } of runs.steps) {
      expect(shell).toBe('bash');
      expect(run).not.toContain('${{');
    }
  });
});
