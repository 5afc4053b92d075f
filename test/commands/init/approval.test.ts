import { describe, expect, it } from 'vitest';
import { approvePlan } from '../../../src/commands/init/approval.js';
import type { ReadCloud } from '../../../src/core/cloud.js';
import type { Change } from '../../../src/core/finding.js';
import type { AssessedStep } from '../../../src/engine/assess.js';
import type { App } from '../../../src/run/app.js';
import { steps } from '../../../src/steps/index.js';
import { type Exchange, scriptedPrompter } from '../../ui/scripted-prompter.js';

const change = (kind: string, risk: Change['risk'], call: string): Change => ({ kind, summary: `Do ${kind}`, risk, calls: [call] });
const alias = change('set-alias', 'none', 'iam:CreateAccountAlias');
const otherAlias = change('replace-alias', 'hard-to-undo', 'iam:CreateAccountAlias');
const organization = change('create-organization', 'billing', 'organizations:CreateOrganization');
const member = change('create-account', 'hard-to-undo', 'organizations:CreateAccount');

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
  { users = 0, role = 'standalone' }: { readonly users?: number; readonly role?: 'standalone' | 'member' } = {},
) => {
  const prompter = scriptedPrompter(script);
  const read = async () =>
    users < 0
      ? { ok: false, cause: 'denied', message: '', evidence: [] }
      : { ok: true, value: { SummaryMap: { Users: users } }, evidence: [] };
  const app = { prompter: async () => prompter } as unknown as App;
  const approved = await approvePlan(app, plan, { id: '111122223333', role }, { read } as unknown as Pick<ReadCloud, 'read'>);
  prompter.done();
  return approved?.filter(({ wanted }) => wanted).map(({ step }) => step.id);
};

const digits = 'Last four digits of 111122223333';

describe('approval at the terminal', () => {
  it('is a yes for low-risk changes in an account that is not in use', async () => {
    expect(await asked([{ asked: 'Make this change?', answer: true }], [assessed('alias', alias)])).toEqual(['alias']);
    expect(await asked([{ asked: 'Make this change?', answer: false }], [assessed('alias', alias)])).toBeUndefined();
  });

  it.each([
    ['has users', { users: 3 }],
    ['is in an organization', { role: 'member' } as const],
    ['cannot be read', { users: -1 }],
  ])('needs the digits if the account %s', async (_, state) => {
    expect(await asked([{ asked: digits, answer: '3333' }], [assessed('alias', alias)], state)).toEqual(['alias']);
    expect(await asked([{ asked: digits, answer: '' }], [assessed('alias', alias)], state)).toBeUndefined();
    expect(await asked([{ asked: digits, answer: '1111' }], [assessed('alias', alias)], state)).toBeUndefined();
  });

  it('needs the digits to replace an alias', async () => {
    expect(await asked([{ asked: digits, answer: '3333' }], [assessed('alias', otherAlias)])).toEqual(['alias']);
  });

  it('asks about an organization separately, then about everything', async () => {
    const plan = [assessed('alias', alias), assessed('organization', organization, member)];
    const yes = { asked: 'Create the organization? This ends your AWS Free plan.', answer: true };
    expect(await asked([yes, { asked: digits, answer: '3333' }], plan)).toEqual(['alias', 'organization']);
  });

  it('leaves out a declined organization with its members, and asks about the rest', async () => {
    const plan = [assessed('alias', alias), assessed('organization', organization, member)];
    const no = { asked: 'Create the organization? This ends your AWS Free plan.', answer: false };
    expect(await asked([no, { asked: 'Make this change?', answer: true }], plan)).toEqual(['alias']);
    expect(await asked([no], [assessed('organization', organization, member)])).toBeUndefined();
  });
});
