import { describe, expect, it } from 'vitest';
import type { AnyStep } from '../../../src/core/step.js';
import type { UserWorld } from '../../../src/sandbox/world.js';
import { accessKeys } from '../../../src/steps/access-keys/index.js';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import { rememberingSink } from '../support/remembering-sink.js';
import { type StepRun, stepRun } from '../support/step-run.js';

/** Someone else creates the group or the user of a step in the moment before the step does. */

const keySection = { mode: 'create', user: 'ci', group: 'ci-readers', policies: ['ReadOnlyAccess'], profile: 'practice' };
const steps: Readonly<Record<string, readonly [step: AnyStep, section: object, user: string, group: string]>> = {
  'admin-user': [adminUser, { name: 'alex' }, 'alex', 'Administrators'],
  'access-keys': [accessKeys, keySection, 'ci', 'ci-readers'],
};
const userOf = (name: string, tags: Record<string, string>, more: Partial<UserWorld> = {}): UserWorld => ({
  id: 'AIDAOTHER',
  name,
  path: '/',
  createdAt: '2026-11-24T10:00:00.000Z',
  tags,
  groups: [],
  attachedPolicies: [],
  inlinePolicies: {},
  password: null,
  accessKeys: [],
  ...more,
});
const admin = { attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] };

/** Applies the step; `interfere` happens just before this write is sent. */
const applied = async (name: string, operation: string, interfere: (account: StepRun['account']) => void) => {
  const [step, section] = steps[name] ?? expect.fail(name);
  const sink = rememberingSink();
  const run = await stepRun(sink);
  let done = false;
  const write: typeof run.port.cloud.write = (sent, input, effect) => {
    if (sent === operation && !done) interfere(run.account);
    done ||= sent === operation;
    return run.port.cloud.write(sent, input, effect);
  };
  const { report } = await run.apply(await run.look(step, section), { cloud: { ...run.port.cloud, write } });
  return { run, report };
};

describe.each(Object.keys(steps))('the step %s', (name) => {
  const [, , user, group] = steps[name] ?? expect.fail(name);

  it.each([
    ['without rights', {}],
    ['who is an administrator', admin],
  ])('stops for a foreign user %s, who gets no rights, password or key', async (_, more) => {
    const { run, report } = await applied(name, 'iam:CreateUser', ({ users }) => void users.push(userOf(user, {}, more)));
    expect(report).toMatchObject({
      status: 'failed',
      error: { code: 'E-PLAN-CHANGED', message: expect.stringContaining(`the user ${user} `), changed: true },
    });
    expect(run.account.users).toEqual([userOf(user, {}, more)]);
    expect(run.writes()).not.toContain('iam:AttachGroupPolicy');
  });

  const groupOf = () => ({
    id: 'AGPAOTHER',
    name: group,
    path: '/',
    createdAt: '2026-11-24T10:00:00.000Z',
    attachedPolicies: [],
    inlinePolicies: {},
  });

  it('gives no rights to a group that has another member', async () => {
    const { run } = await applied(name, 'iam:CreateGroup', ({ groups, users }) => {
      groups.push(groupOf());
      users.push(userOf('someone', {}, { groups: [group] }));
    });
    expect(run.account.groups).toEqual([groupOf()]);
    expect(run.account.users).toMatchObject([
      { name: 'someone', groups: [group] },
      { name: user, groups: [], accessKeys: [] },
    ]);
  });

  it('continues with an empty group, as an interrupted run leaves one', async () => {
    const { run, report } = await applied(name, 'iam:CreateGroup', ({ groups }) => void groups.push(groupOf()));
    expect(report).toMatchObject({ status: 'done', error: null });
    expect(run.account.users).toMatchObject([{ name: user, groups: [group] }]);
  });

  it('continues with a user that another run of this tool created', async () => {
    const { run, report } = await applied(
      name,
      'iam:CreateUser',
      ({ users }) => void users.push(userOf(user, { 'created-by': 'aws-account-bootstrap' })),
    );
    expect(report).toMatchObject({ status: 'done', error: null });
    expect(run.account.users).toMatchObject([{ name: user, groups: [group] }]);
  });

  it.each(['iam:CreateUser', 'iam:CreateGroup'])('continues after a lost answer to %s that IAM shows late', async (operation) => {
    const [step, section] = steps[name] ?? expect.fail(name);
    const run = await stepRun(rememberingSink());
    Object.assign(run.sandbox.world.knobs, { lagMs: 5_000, faults: [{ operation, times: 1, what: { kind: 'drop-after' } }] });
    const { report } = await run.apply(await run.look(step, section));
    expect(report).toMatchObject({ status: 'done', error: null });
    expect(run.account.users).toMatchObject([{ name: user, groups: [group] }]);
  });
});
