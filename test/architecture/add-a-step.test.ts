import { Command } from 'commander';
import { renderCheckList } from '../../src/commands/check/list.js';
import { completionScript } from '../../src/commands/completion/run.js';
import { allPages, pagesFor } from '../../src/commands/explain/pages.js';
import { overridesOf, switchesOf, withChoices, withSwitches } from '../../src/commands/flags.js';
import { approvePlan } from '../../src/commands/init/approval.js';
import { secretsForDestination } from '../../src/commands/init/destination.js';
import { allowancesOf, documentOf } from '../../src/commands/policy/document.js';
import { grantsOf } from '../../src/commands/policy/permissions.js';
import { effectiveConfig } from '../../src/config/effective.js';
import { loadConfig } from '../../src/config/load.js';
import { configReference } from '../../src/config/reference.js';
import { type Flags, resolveConfig, type Resolved, select, selectionsOf } from '../../src/config/resolve.js';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { keysAt } from '../../src/config/schema.js';
import { configTemplate } from '../../src/config/template.js';
import type { StepFlags } from '../../src/core/flags.js';
import type { AnyStep } from '../../src/core/step.js';
import { type AssessedStep, prepare } from '../../src/engine/assess.js';
import { renderPage } from '../../src/report/explanation.js';
import { renderSarif } from '../../src/report/sarif.js';
import type { App } from '../../src/run/app.js';
import { isAppliedToMembers, memberConfig, onlyForMembers } from '../../src/run/members.js';
import { stepFlags } from '../../src/steps/flags.js';
import { accountSteps } from '../../src/steps/index.js';
import { organizationOf } from '../../src/steps/organization/index.js';
import { flags } from './lamp/flags.js';
import { lamp } from './lamp/index.js';
import { checkAllFine } from '../report/fixtures.js';
import { scriptedPrompter } from '../ui/scripted-prompter.js';
import { describe, expect, it } from 'vitest';

/** The registry as it would be with one line more, and the flags as they would be with one line more. */
const ofAccount: readonly AnyStep[] = [...accountSteps, lamp];
const steps: readonly AnyStep[] = [...ofAccount, organizationOf(ofAccount)];
const flagRegistry: readonly StepFlags[] = [...stepFlags, { step: 'lamp', flags }];
const style = { width: 80, color: false, unicode: true } as never;

const configOf = (text: string) => loadConfig({ text: `version: 1\n${text}`, file: 'bootstrap.yaml', steps }).config;
const resolvedOf = (text: string, given: Flags = {}, command: 'init' | 'check' = 'init'): Resolved =>
  resolveConfig({ config: configOf(text), flags: given, steps, command, sandbox: false, random: () => '' });
const choices = { command: 'init', unattended: true, secrets: 'chosen', switches: [] } as const;

describe('a step that is added as a folder and a line in the registry', () => {
  it('has a section of the config, with its mistakes found', () => {
    expect(resolvedOf('lamp: { colour: green }').steps['lamp']).toMatchObject({ wanted: true, slice: { colour: 'green', bright: false } });
    expect(resolvedOf('lamp: false').steps['lamp']).toMatchObject({ wanted: false });
    expect(() => configOf('lamp: { color: green }')).toThrow(/colour/);
  });

  it('is in the JSON Schema, the reference, the template and the effective config', () => {
    expect(keysAt(configJsonSchema(steps), ['lamp'])).toEqual(['colour', 'bright']);
    expect(configReference(steps)).toContain('| `colour` | `red` or `green` |  | Colour of the lamp. |');
    expect(configTemplate(steps)).toMatch(/# Lights a lamp\.[\s\S]*colour: green/);
    const input = {
      config: configOf('lamp: { colour: red }'),
      flags: {},
      steps,
      command: 'init',
      sandbox: false,
      random: () => '',
    } as const;
    expect(effectiveConfig(input).steps.find(({ id }) => id === 'lamp')?.values).toContainEqual({
      path: 'colour',
      value: 'red',
      from: 'bootstrap.yaml',
    });
  });

  it('has flags, in help too', () => {
    const command = withChoices(withSwitches(new Command('init'), flagRegistry), flagRegistry);
    expect(command.helpInformation()).toMatch(/--lamp-colour <colour>\s+colour of the lamp/);
    expect(command.helpInformation()).toMatch(/--replace-lamp\s+replace a lamp that is there/);
    const options = command.parse(['--lamp-colour', 'red', '--replace-lamp'], { from: 'user' }).opts();
    const overrides = overridesOf(options, flagRegistry);
    expect(overrides).toEqual([{ step: 'lamp', path: 'colour', value: 'red', flag: '--lamp-colour' }]);
    expect(resolvedOf('', { overrides }).steps['lamp']?.slice).toMatchObject({ colour: 'red' });
    const switches = switchesOf(options, flagRegistry);
    const prepared = prepare(selectionsOf(steps, resolvedOf('')), { ...choices, switches });
    expect(prepared.find(({ step }) => step === lamp)?.desired).toMatchObject({ replace: true });
  });

  it('is completed in a shell', () => {
    const program = new Command('bootstrap');
    withChoices(program.command('init'), flagRegistry);
    program.command('explain').argument('[id]');
    const script = completionScript('bash', program, steps);
    expect(script).toContain('--lamp-colour');
    expect(script).toMatch(/mfa.*\blamp\b/);
    expect(script).toContain('lamp.lit');
  });

  it('asks its question when nothing answers it', () => {
    const missing = (resolved: Resolved): readonly string[] =>
      resolved.missing.filter(({ stepId }) => stepId === 'lamp').map(({ flag }) => flag);
    expect(missing(resolvedOf(''))).toEqual(['--lamp-colour']);
    expect(missing(resolvedOf('lamp: { colour: red }'))).toEqual([]);
  });

  it('is chosen by --only and --skip, its check too', () => {
    const wanted = (given: Flags): boolean | undefined => resolvedOf('', given).steps['lamp']?.wanted;
    expect([wanted({ only: ['lamp'] }), wanted({ only: ['alias'] }), wanted({ skip: ['lamp'] })]).toEqual([true, false, false]);
    expect(select({ only: ['lamp.lit'] }, steps, 'check').findings).toEqual(['lamp.lit']);
    expect(() => select({ only: ['lamb'] }, steps, 'check')).toThrow(/did you mean "lamp"/);
  });

  it('has pages in explain, and is in the list of checks', async () => {
    const pages = await allPages(steps);
    const printed = ['lamp', 'lamp.lit', 'cis-7.0:9.9'].map((id) =>
      pagesFor(id, pages)
        .map((page) => renderPage(page, style))
        .join(''),
    );
    expect(printed[0]).toMatch(/Lights a lamp in the account[\s\S]*lamp\.lit: A lamp is lit/);
    expect(printed[1]).toMatch(/No lamp is lit[\s\S]*People stumble/);
    expect(printed[2]).toBe(printed[1]);
    expect(renderCheckList([lamp], style)).toContain('lamp.lit');
  });

  it('has its permissions in the policies, under its name', () => {
    const inRun = selectionsOf(steps, resolvedOf('')).filter(({ judged }) => judged);
    const facts = { command: 'init', partition: 'aws', accountId: '111122223333', administrator: undefined } as const;
    const allowances = allowancesOf(grantsOf(inRun, facts));
    const { actions } = allowances.find(({ scope }) => scope.name === 'Account') ?? { actions: [] };
    expect(actions.find(({ action }) => action === 'iam:CreateAccountAlias')?.steps).toEqual(['alias', 'lamp']);
    expect(JSON.stringify(documentOf(allowancesOf(grantsOf([{ step: lamp, slice: {} }], { ...facts, command: 'check' }))))).not.toContain(
      'CreateAccountAlias',
    );
  });

  it('declares which secrets it creates', () => {
    const secretsIn = (text: string) => secretsForDestination(prepare(selectionsOf([lamp], resolvedOf(text)), choices));
    expect(secretsIn('lamp: { bright: true }')).toMatchObject([{ stepId: 'lamp', name: 'a code for the lamp' }]);
    expect(secretsIn('')).toEqual([]);
  });

  it('shows at the approval what follows from its change', async () => {
    const hints: string[] = [];
    const prompter = {
      ...scriptedPrompter([]),
      approve: async ({ hint }: { readonly hint?: string }) => (hints.push(hint ?? '') > 0 ? ('yes' as const) : ('no' as const)),
    };
    const [prepared] = prepare(selectionsOf([lamp], resolvedOf('')), choices);
    const dark = { ...prepared, observed: false, findings: lamp.assess(prepared?.desired, false) } as AssessedStep;
    const cloud = { read: async () => ({ ok: true, value: { SummaryMap: { Users: 0 } }, evidence: [] }) } as never;
    await approvePlan({ prompter: async () => prompter } as unknown as App, [dark], { id: '111122223333', role: 'standalone' }, cloud, {
      summaryOf: () => '1 change',
      mayEdit: false,
    });
    expect(hints[0]).toMatch(/^Warning: everyone sees it\./);
  });

  it('is a rule in SARIF', () => {
    const log = renderSarif(checkAllFine, { words: { titles: {} }, catalogue: steps.flatMap((step) => step.findings) });
    const { runs } = JSON.parse(log) as { runs: { tool: { driver: { rules: { id: string }[] } } }[] };
    expect(runs[0]?.tool.driver.rules.map(({ id }) => id)).toContain('lamp.lit');
  });

  it('has a place in an entry of organization.accounts, and is brought about by --org', () => {
    const text = 'organization: { accounts: [{ name: lab, email: lab@example.com, lamp: { colour: red } }] }';
    const config = memberConfig(steps, configOf(text), 'lab@example.com', 'init');
    expect(config.sections['lamp']).toEqual({ colour: 'red' });
    expect(memberConfig(steps, configOf(text), 'other@example.com', 'init').sections['lamp']).toBe(false);
    expect([isAppliedToMembers(lamp, 'lamp.lit'), onlyForMembers(lamp).findings.length]).toEqual([true, 1]);
    expect(() => configOf(text.replace('red', 'blue'))).toThrow(/organization\.accounts\[0\]\.lamp\.colour|accounts.*lamp/);
    expect(configReference(steps)).toContain('`accounts[].lamp.colour`');
  });
});
