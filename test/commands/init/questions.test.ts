import { describe, expect, it } from 'vitest';
import { adoptedAnswers, askOpen, type QuestionRound } from '../../../src/commands/init/questions.js';
import type { StepAsk } from '../../../src/config/resolve.js';
import type { Caller } from '../../../src/core/account.js';
import type { App } from '../../../src/run/app.js';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import { alias } from '../../../src/steps/alias/index.js';
import { budget } from '../../../src/steps/budget/index.js';
import { rememberingSink } from '../../steps/support/remembering-sink.js';
import { type StepRun, stepRun } from '../../steps/support/step-run.js';
import { type Exchange, scriptedPrompter } from '../../ui/scripted-prompter.js';

const steps = [budget, adminUser, alias];
const open: readonly StepAsk[] = steps.flatMap((step) => step.questions.map((ask) => ({ ...ask, stepId: step.id })));
const root: Caller = {
  accountId: '111122223333',
  partition: 'aws',
  identity: { kind: 'root', arn: 'arn:aws:iam::111122223333:root', name: 'root' },
};
const asUser = (name: string): Caller => ({ ...root, identity: { kind: 'user', arn: `arn:aws:iam::111122223333:user/${name}`, name } });

const sections = {
  budget: { limit: '25 USD', subscribers: ['ops@example.com'] },
  'admin-user': { name: 'alex', 'console-password': 'none' },
  alias: { name: 'acme-prod' },
} as const;

/** Makes in the account what these steps want. */
const make = async (run: StepRun, ids: readonly (keyof typeof sections)[]): Promise<void> => {
  for (const step of steps.filter(({ id }) => (ids as readonly string[]).includes(id))) {
    const { report } = await run.apply(await run.look(step, sections[step.id as keyof typeof sections]));
    expect(report.status).toBe('done');
  }
};

const answer = async (
  run: StepRun,
  script: readonly Exchange[],
  more: { readonly caller?: Caller; readonly person?: string; readonly holds?: boolean } = {},
) => {
  const prompter = scriptedPrompter(script);
  const said: string[] = [];
  const app = {
    host: { env: more.person === undefined ? {} : { USER: more.person } },
    terminal: { quiet: false, stderr: (text: string) => said.push(text), messageStyle: { width: 80, color: false, unicode: true } },
    prompter: async () => prompter,
  } as unknown as App;
  const context = { intents: {}, unattended: false };
  const observed = Object.fromEntries(
    await Promise.all(steps.map(async (step) => [step.id, (await run.look(step, {}, context)).observed] as const)),
  );
  const asking: QuestionRound = { open, caller: more.caller ?? root, observed, needsNoChange: async () => more.holds ?? true };
  const kept = await adoptedAnswers(app, asking);
  const answers = await askOpen(app, asking, kept, async () => true);
  prompter.done();
  const values = Object.fromEntries(answers.answers.map(({ step, path, value }) => [`${step}.${path}`, value]));
  return { ...answers, values, kept: kept.map(({ step }) => step), said: said.join('') };
};
const freshly = (): Promise<StepRun> => stepRun(rememberingSink());

describe('the questions of init', () => {
  it('ask in a new account for every missing value; each default has a reason', async () => {
    const { values, kept, said } = await answer(
      await freshly(),
      [
        { asked: 'Monthly budget', answer: '' },
        { asked: 'Email address', answer: 'ops@example.com' },
        { asked: 'User name', answer: '' },
        { asked: 'Account alias', answer: 'acme-prod' },
      ],
      { person: 'alex' },
    );
    expect(kept).toEqual([]);
    expect(said).toContain('5 questions, one plan, one approval.');
    expect(values).toEqual({
      'budget.limit': '10 USD',
      'budget.subscribers.0': 'ops@example.com',
      'admin-user.name': 'alex',
      'alias.name': 'acme-prod',
    });
  });

  it('are none if the account answers all of them', async () => {
    const run = await freshly();
    await make(run, ['budget', 'admin-user', 'alias']);
    const { values, kept, asked, said } = await answer(run, []);
    expect([asked, [...new Set(kept)]]).toEqual([false, ['budget', 'admin-user', 'alias']]);
    expect(values).toEqual({
      'budget.name': 'Monthly cost budget',
      'budget.limit': '25 USD',
      'budget.subscribers.0': 'ops@example.com',
      'admin-user.name': 'alex',
      'alias.name': 'acme-prod',
    });
    // The place of the password is left.
    expect(said).toContain('One question');
  });

  it('suggest existing resources that would need a change', async () => {
    const run = await freshly();
    await make(run, ['budget', 'admin-user', 'alias']);
    const { values, kept } = await answer(
      run,
      [
        { asked: 'Which budget', answer: '' },
        { asked: 'Monthly budget', answer: '' },
        { asked: 'Email address', answer: '' },
        { asked: 'User name', answer: '' },
        { asked: 'Account alias', answer: '' },
      ],
      { holds: false },
    );
    expect(kept).toEqual([]);
    expect(values).toMatchObject({ 'budget.limit': '25 USD', 'admin-user.name': 'alex', 'alias.name': 'acme-prod' });
  });

  it('can be gone back to, and then suggest the earlier answers', async () => {
    const { values, skipped } = await answer(await freshly(), [
      { asked: 'Monthly budget', answer: '20 USD' },
      { asked: 'Email address', answer: 'back' },
      { asked: 'Monthly budget', answer: '' },
      { asked: 'Email address', answer: 'esc' },
      { asked: 'User name', answer: 'back' },
      { asked: 'Email address', answer: 'ops@example.com' },
      { asked: 'User name', answer: 'alex' },
      { asked: 'Account alias', answer: 'acme-prod' },
    ]);
    expect(skipped).toEqual([]);
    expect(values).toEqual({
      'budget.limit': '20 USD',
      'budget.subscribers.0': 'ops@example.com',
      'admin-user.name': 'alex',
      'alias.name': 'acme-prod',
    });
  });

  it('are introduced once, also after going back to a first question that was skipped', async () => {
    const { values, said } = await answer(await freshly(), [
      { asked: 'Monthly budget', answer: 'esc' },
      { asked: 'User name', answer: 'back' },
      { asked: 'Monthly budget', answer: '20 USD' },
      { asked: 'Email address', answer: 'ops@example.com' },
      { asked: 'User name', answer: 'alex' },
      { asked: 'Account alias', answer: 'acme-prod' },
    ]);
    expect(values).toMatchObject({ 'budget.limit': '20 USD', 'admin-user.name': 'alex' });
    expect(said.match(/one plan, one approval/g)).toHaveLength(1);
  });

  it('skip a whole step, including its earlier answers', async () => {
    const { values, skipped } = await answer(await freshly(), [
      { asked: 'Monthly budget', answer: '20 USD' },
      { asked: 'Email address', answer: 'esc' },
      { asked: 'User name', answer: 'esc' },
      { asked: 'Account alias', answer: 'acme-prod' },
    ]);
    expect(skipped).toEqual(['budget', 'admin-user']);
    expect(values).toEqual({ 'alias.name': 'acme-prod' });
  });
});

describe('the suggested administrator', () => {
  const two = async (): Promise<StepRun> => {
    const run = await freshly();
    await make(run, ['budget', 'admin-user', 'alias']);
    const alex = run.account.users[0];
    if (alex !== undefined) run.account.users.push({ ...structuredClone(alex), id: 'AIDAOTHER', name: 'bo' });
    return run;
  };

  it('is one of several, to choose from', async () => {
    const run = await two();
    expect((await answer(run, [{ asked: 'User name', answer: 'bo' }])).values['admin-user.name']).toBe('bo');
    const script = [
      { asked: 'User name', answer: 'Another one' },
      { asked: 'User name', answer: 'kim' },
    ];
    expect((await answer(run, script)).values['admin-user.name']).toBe('kim');
    expect((await answer(run, [{ asked: 'User name', answer: 'Skip for now' }])).skipped).toEqual(['admin-user']);
  });

  it('is the signed-in user, without a question', async () => {
    const { values, asked } = await answer(await two(), [], { caller: asUser('bo') });
    expect([values['admin-user.name'], asked]).toEqual(['bo', false]);
  });

  const withIdentityCenter = (run: StepRun): StepRun => {
    run.account.roles.push({
      id: 'AROAPRACTICE',
      name: 'AWSReservedSSO_Admin_0123456789abcdef',
      path: '/aws-reserved/sso.amazonaws.com/eu-central-1/',
      createdAt: '2026-01-01T00:00:00.000Z',
      trust: '{}',
      attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      inlinePolicies: {},
      tags: {},
    });
    return run;
  };
  it.each<[string, () => Promise<StepRun>, boolean]>([
    ['if nothing needs a change', async () => withIdentityCenter(await two()), true],
    ['if something else needs a change', async () => withIdentityCenter(await two()), false],
  ])('is a role of IAM Identity Center, without a question: %s', async (_, make, holds) => {
    const questions = [
      { asked: 'Which budget', answer: '' },
      { asked: 'Monthly budget', answer: '' },
      { asked: 'Email address', answer: '' },
      { asked: 'Account alias', answer: '' },
    ];
    const caller: Caller = {
      ...root,
      identity: { kind: 'role', arn: 'arn:aws:sts::111122223333:assumed-role/x/alex', name: 'AWSReservedSSO_Admin_0123456789abcdef' },
    };
    const { values, answers } = await answer(await make(), holds ? [] : questions, { caller, holds });
    expect([values['admin-user.kind'], values['admin-user.name']]).toEqual(['identity-center', undefined]);
    expect(answers.find(({ step }) => step === 'admin-user')?.flag).toBe('--admin-kind');
  });

  it.each(['root', 'cloudshell-user', 'ubuntu', 'a b'])('is not %s, which is shared or invalid', async (person) => {
    const run = await freshly();
    await make(run, ['budget', 'alias']);
    await expect(answer(run, [{ asked: 'User name', answer: '' }], { person })).rejects.toThrow('was refused');
  });
});
