import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { dryRunWords, repeatCommand } from '../../../src/commands/init/answers.js';
import type { InitFlags } from '../../../src/commands/init/types.js';
import type { App } from '../../../src/run/app.js';

const app = (globals: object = {}, env: Record<string, string> = {}): App =>
  ({ globals, host: { env }, sandboxed: false }) as unknown as App;
const ran = { flags: { switches: [] }, accountId: '111122223333', overrides: [], place: {}, skip: [] };

it('contains every answer as a flag, quoted for a shell', () => {
  const overrides = [
    { step: 'budget', path: 'name', value: "Alex's $5; `id` budget", flag: '--budget-name' },
    { step: 'alias', path: 'name', value: 'acme-prod', flag: '--alias' },
  ];
  const command = repeatCommand(app({ profile: 'new account' }), {
    ...ran,
    overrides,
    place: { secretsFile: './s.json' },
    skip: ['budget', 'mfa'],
  });
  const words = execFileSync('sh', ['-c', command.replace(/^bootstrap/, "printf '%s\\n'")], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  const before = ['init', '--profile', 'new account', '--account-id', '111122223333', '--skip', 'budget,mfa'];
  expect(words).toEqual([...before, '--budget-name', "Alex's $5; `id` budget", '--alias', 'acme-prod', '--secrets-file', './s.json']);
});

it.each<[flags: Partial<InitFlags>, globals: object, expected: string]>([
  [{}, {}, 'bootstrap init'],
  [{ yes: true, tour: false }, { accountId: '111122223333' }, 'bootstrap init --account-id 111122223333 --no-tour --yes'],
  [{ only: ['alias'], skip: ['mfa'], switches: ['--replace-alias'] }, {}, 'bootstrap init --only alias --skip mfa --replace-alias'],
  [
    { overrides: [{ step: 'alias', path: 'name', value: 'acme', flag: '--alias' }], secretsFile: 's.json', saveConfig: 'b.yaml' },
    { config: 'a.yaml', profile: 'p' },
    'bootstrap init --profile p --config a.yaml --alias acme --secrets-file s.json --save-config b.yaml',
  ],
  [{ fromPlan: 'plan.json' }, {}, 'bootstrap init --from-plan plan.json'],
])('the next command of a dry run keeps the flags %j', (given, globals, expected) => {
  const flags: InitFlags = { yes: false, dryRun: true, detailedExitcode: true, switches: [], overrides: [], tour: true, ...given };
  const plan = [{ step: 'alias', kind: 'k', summary: 's', risk: 'none', calls: [] }] as const;
  const approval = given.yes === true ? '' : ' It asks for approval first.';
  expect(dryRunWords(app(globals), flags, { plan }, {}).next).toBe(`run \`${expected}\` to make these changes.${approval}`);
  expect(dryRunWords(app(globals), flags, { plan: [] }, {})).toEqual({ dryRun: true });
});

it('is for the member accounts if the dry run was', () => {
  const flags: InitFlags = { yes: true, dryRun: true, detailedExitcode: false, switches: [], overrides: [], tour: true };
  const plan = [{ step: 'alias', kind: 'k', summary: 's', risk: 'none', calls: [] }] as const;
  const next = (org: boolean) => dryRunWords(app(), flags, { plan }, { org }).next;
  expect([next(true), next(false)]).toEqual([
    'run `bootstrap init --org --yes` to make these changes.',
    'run `bootstrap init --yes` to make these changes.',
  ]);
});

it('uses the name that this tool was called by, and leaves out the approval', () => {
  const command = repeatCommand(app({}, { npm_command: 'exec' }), { ...ran, place: { showSecrets: true } });
  expect(command).toBe('npx aws-account-bootstrap init --account-id 111122223333 --show-secrets');
});
