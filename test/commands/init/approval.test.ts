import { describe, expect, it } from 'vitest';
import { approvePlan } from '../../../src/commands/init/approval.js';
import type { ReadCloud } from '../../../src/core/cloud.js';
import type { Change } from '../../../src/core/finding.js';
import { type AssessedStep, changesOf } from '../../../src/engine/assess.js';
import type { App } from '../../../src/run/app.js';
import { steps } from '../../../src/steps/index.js';
import { createAccount, createOrganization, enableAllFeatures } from '../../../src/steps/organization/apply.js';
import { type Exchange, type ScriptedPrompter, scriptedPrompter } from '../../ui/scripted-prompter.js';

const change = (kind: string, risk: Change['risk'], more: Partial<Change> = {}): Change => ({
  kind,
  summary: `Do ${kind}`,
  risk,
  calls: ['iam:Any'],
  ...more,
});
const alias = change('set-alias', 'none');
const otherAlias = change('replace-alias', 'hard-to-undo', { consequence: 'the old URL stops working' });
const organization = change('create-organization', 'billing', { acceptance: 'Create the organization? This ends your AWS Free plan.' });
const member = change('create-account', 'hard-to-undo');

const assessed = (id: string, ...changes: readonly Change[]): AssessedStep => ({
  step: steps.find((step) => step.id === id) as AssessedStep['step'],
  slice: {},
  wanted: true,
  judged: true,
  intended: true,
  desired: {},
  observed: {},
  findings: changes.map((of) => ({ id: `${id}.x`, status: 'fail', reason: '', evidence: [], remedy: { by: 'init', change: of } })),
});

const asked = async (
  script: readonly Exchange[],
  plan: readonly AssessedStep[],
  {
    users = 0,
    own = 0,
    role = 'standalone',
    summary = { Users: users },
    list = {},
  }: {
    readonly users?: number;
    /** How many of the users this tool created; negative: that cannot be read. */
    readonly own?: number;
    readonly role?: 'standalone' | 'member' | 'management' | null;
    /** As AWS answers. */
    readonly summary?: Readonly<Record<string, number>>;
    readonly list?: object;
  } = {},
) => {
  const scripted = scriptedPrompter(script);
  const prompter: ScriptedPrompter = {
    ...scripted,
    confirm: async (question) => {
      hints.push(question.hint ?? '');
      return scripted.confirm(question);
    },
    approve: async (question) => {
      hints.push(question.hint ?? '');
      summaries.push(question.summary ?? '');
      return scripted.approve(question);
    },
  };
  const read = async () =>
    users < 0 ? { ok: false, cause: 'denied', message: '', evidence: [] } : { ok: true, value: { SummaryMap: summary }, evidence: [] };
  const details = Array.from({ length: users }, (_, at) => ({
    UserName: `user-${at}`,
    Tags: at < own ? [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] : [],
  }));
  const readAll = async () =>
    own < 0
      ? { ok: false, cause: 'denied', message: '', evidence: [] }
      : { ok: true, value: [{ UserDetailList: details, ...list }], evidence: [] };
  const app = { prompter: async () => prompter } as unknown as App;
  const approved = await approvePlan(app, plan, { id: '111122223333', role }, { read, readAll } as unknown as ReadCloud, {
    summaryOf: (remaining) => `${remaining.flatMap(changesOf).length} changes`,
    mayEdit: true,
  });
  prompter.done();
  if (approved === 'edit') return approved;
  return approved?.filter(({ wanted }) => wanted).map(({ step }) => step.id);
};

const own = { UserName: 'alex', Tags: [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] };
const hints: string[] = [];
const summaries: string[] = [];
const digits = 'Last four digits of 111122223333';

describe('approval at the terminal', () => {
  it('is a yes for low-risk changes in an account that is not in use', async () => {
    expect(await asked([{ asked: 'Make this change?', answer: true }], [assessed('alias', alias)])).toEqual(['alias']);
    expect(await asked([{ asked: 'Make this change?', answer: false }], [assessed('alias', alias)])).toBeUndefined();
  });

  it.each([
    ['has one user', { users: 1 }],
    ['has a user beside its own', { users: 2, own: 1 }],
    ['has users that cannot be read', { users: 1, own: -1 }],
    ['is in an organization', { role: 'member' } as const],
    ['manages an organization', { role: 'management' } as const],
    ['cannot be read', { users: -1 }],
    ['has an unknown number of users', { summary: {} }],
    ['has a user that is not in the list', { users: 2, own: 1, list: { UserDetailList: [own] } }],
    ['has users, and the list is missing', { users: 2, own: 2, list: { UserDetailList: undefined } }],
    ['has a user beside its own, which is listed twice', { users: 2, own: 1, list: { UserDetailList: [own, own, { UserName: 'other' }] } }],
  ])('needs the digits if the account %s', async (_, state) => {
    expect(await asked([{ asked: digits, answer: '3333' }], [assessed('alias', alias)], state)).toEqual(['alias']);
    expect(await asked([{ asked: digits, answer: '' }], [assessed('alias', alias)], state)).toBeUndefined();
    expect(await asked([{ asked: digits, answer: '1111' }], [assessed('alias', alias)], state)).toBeUndefined();
  });

  it('is a yes if this tool created all users', async () => {
    expect(await asked([{ asked: 'Make this change?', answer: true }], [assessed('alias', alias)], { users: 2, own: 2 })).toEqual([
      'alias',
    ]);
    expect(await asked([{ asked: digits, answer: '' }], [assessed('alias', alias)], { users: 3, own: 2 })).toBeUndefined();
    expect(hints.at(-1)).toMatch(/^Warning: this account is in use \(1 IAM user\)\./);
  });

  it('is a yes if the organization of an account that is not in use could not be read', async () => {
    expect(await asked([{ asked: 'Make this change?', answer: true }], [assessed('alias', alias)], { role: null })).toEqual(['alias']);
  });

  it.each([
    ['none', 'Make this change?', true],
    ['secret', 'Make this change?', true],
    ['weaker', 'Make this change?', true],
    ['billing', digits, '3333'],
    ['hard-to-undo', digits, '3333'],
  ] as const)('for a change of the risk "%s" is an answer to: %s', async (risk, question, answer) => {
    expect(await asked([{ asked: question, answer }], [assessed('alias', change('x', risk))])).toEqual(['alias']);
  });

  it('shows the consequence of each risky change, or else the change itself', async () => {
    const plan = [assessed('alias', alias, otherAlias), assessed('organization', member)];
    expect(await asked([{ asked: digits, answer: '3333' }], plan)).toEqual(['alias', 'organization']);
    expect(hints.at(-1)).toMatch(/^Warning: the old URL stops working; Do create-account\.\n/);
  });

  it('asks about an organization separately, then about everything', async () => {
    const plan = [assessed('alias', alias), assessed('organization', organization, member)];
    const yes = { asked: 'Create the organization? This ends your AWS Free plan.', answer: true };
    expect(await asked([yes, { asked: digits, answer: '3333' }], plan)).toEqual(['alias', 'organization']);
  });

  it('summarizes above the prompt what remains of the plan', async () => {
    const plan = [assessed('alias', alias), assessed('organization', organization, member)];
    const question = { asked: 'Create the organization? This ends your AWS Free plan.', answer: false };
    await asked([question, { asked: 'Make this change?', answer: false }], plan);
    await asked(
      [
        { ...question, answer: true },
        { asked: digits, answer: '' },
      ],
      plan,
    );
    expect(summaries.slice(-2)).toEqual(['1 changes', '3 changes']);
  });

  it.each([
    ['Make this change?', alias],
    [digits, otherAlias],
  ])('offers to edit an answer at "%s"', async (question, of) => {
    expect(await asked([{ asked: question, answer: 'edit' }], [assessed('alias', of)])).toBe('edit');
  });

  it('leaves out a declined organization with its members, and asks about the rest', async () => {
    const plan = [assessed('alias', alias), assessed('organization', organization, member)];
    const no = { asked: 'Create the organization? This ends your AWS Free plan.', answer: false };
    expect(await asked([no, { asked: 'Make this change?', answer: true }], plan)).toEqual(['alias']);
    expect(hints.slice(-2)).toEqual(['If you decline, the other steps continue.', 'Left out: 2, 3.']);
    expect(await asked([no, { asked: digits, answer: '3333' }], plan, { users: 1 })).toEqual(['alias']);
    expect(hints.at(-1)).toMatch(/^Left out: 2, 3\.\nWarning: this account is in use/);
    expect(await asked([no], [assessed('organization', organization, member)])).toBeUndefined();
    expect(hints.at(-1)).toBe('');
  });
});

describe('the consequences that the steps declare', () => {
  const replaced = (name: string | undefined): readonly (string | undefined)[] => {
    const step = steps.find(({ id }) => id === 'alias') as AssessedStep['step'];
    const desired = step.desire(
      { name: 'new' },
      { intents: {}, running: () => true, command: 'init', unattended: false, secrets: 'none', switches: ['--replace-alias'] },
    );
    const seen = { alias: { ok: true, value: name, evidence: [] }, accountId: '111122223333', partition: 'aws' };
    return step.assess(desired, seen).flatMap(({ remedy }) => (remedy?.by === 'init' ? [remedy.change.consequence] : []));
  };
  const wanted = { name: 'lab', email: 'lab@example.com', role: 'Access', billingAccess: 'ALLOW', unit: [], tags: {} } as const;

  it.each<[what: string, consequence: string | undefined, expected: string | undefined]>([
    ['a new organization', createOrganization().consequence, 'an organization ends a Free plan'],
    ['all features', enableAllFeatures(undefined, true).consequence, 'all features cannot be turned off again'],
    ['a new account', createAccount(wanted, null, 0).consequence, 'a member account cannot simply be deleted'],
    ['an account on its way', createAccount(wanted, 'car-1', 0).consequence, undefined],
    ['an alias that is replaced', replaced('old')[0], 'the sign-in URL of the old alias stops working'],
    ['a first alias', replaced(undefined)[0], undefined],
  ])('of %s', (_, consequence, expected) => {
    expect(consequence).toBe(expected);
  });

  it('ask separately before an organization is created', () => {
    expect(createOrganization().acceptance).toBe('Create the organization? This ends your AWS Free plan.');
  });
});
