import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Finding } from '../../src/core/finding.js';
import { profileMark } from '../../src/core/profile-name.js';
import { type Reading, value } from '../../src/core/reading.js';
import type { DesireContext } from '../../src/core/step.js';
import { changesOf } from '../../src/engine/assess.js';
import { destinationError } from '../../src/secrets/destination.js';
import { makeNoSink } from '../../src/secrets/no-sink.js';
import { makeProfileWriter } from '../../src/secrets/profile.js';
import { creationFindings, type ObservedKey, type WantedKey } from '../../src/steps/access-keys/assess.js';
import { auditFindings, type UsedKey, type UserKeys } from '../../src/steps/access-keys/audit.js';
import { accessKeys } from '../../src/steps/access-keys/index.js';
import type { AccessKey, Group, Person } from '../../src/steps/shared/people.js';
import { folder, realClock, text } from '../secrets/scene.js';
import { rememberingSink } from './support/remembering-sink.js';
import { accountId, desireContext, planned, type StepRun, stepRun, told } from './support/step-run.js';

const denied: Reading<never> = { ok: false, cause: 'denied', message: 'AWS denied it', missingPermission: 'iam:X', evidence: [] };
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const wanted = (over: Partial<WantedKey> = {}): WantedKey => ({
  user: 'ci',
  userIsAdmin: false,
  adminComing: false,
  group: 'ci-readers',
  policies: ['ReadOnlyAccess'],
  profile: 'practice',
  profileProblem: undefined,
  replaceProfile: false,
  destination: false,
  ...over,
});
const person = (name: string, over: Partial<Person> = {}): Person => ({
  name,
  arn: `arn:aws:iam::${accountId}:user/${name}`,
  createdAt: undefined,
  groups: [],
  attachedPolicies: [],
  inlinePolicies: [],
  tags: {},
  held: [],
  boundary: undefined,
  rights: { kind: 'none' },
  admin: false,
  ...over,
});
const group = (name: string, attachedPolicies: readonly string[] = []): Group => ({ name, attachedPolicies, held: [], admin: false });
const people = (users: readonly Person[], groups: readonly Group[] = []) => value({ users, groups });
const key = (id: string, over: Partial<AccessKey> = {}): AccessKey => ({ id, user: 'ci', active: true, createdAt: undefined, ...over });
const policies = (...names: readonly string[]) => value(names.map((name) => ({ wanted: name, name })));
const seen = (over: Partial<ObservedKey> = {}): ObservedKey => ({
  user: 'ci',
  partition: 'aws',
  people: people([]),
  keys: value([]),
  policies: policies('ReadOnlyAccess'),
  held: [],
  lost: [],
  ...over,
});
const judge = (want: Partial<WantedKey>, saw: Partial<ObservedKey>) => {
  const findings = creationFindings(wanted(want), seen(saw));
  return { findings, told: told({ findings }), changes: changesOf({ findings, wanted: true }) };
};
const ours = { 'created-by': 'aws-account-bootstrap' };
const stored = { kind: 'access-key', user: 'profile practice', id: 'AKIA1' } as const;

describe('the wanted key', () => {
  it.each<[string, Partial<WantedKey>, Partial<ObservedKey>, readonly string[]]>([
    ['is made when the user has none', {}, {}, ['access-keys.exists fail ci']],
    [
      'is there and stored',
      {},
      { keys: value([key('AKIA1')]), held: [stored] },
      ['access-keys.exists pass ci', 'access-keys.stored pass AKIA1'],
    ],
    [
      'is there, its secret somewhere else',
      {},
      { keys: value([key('AKIA1')]) },
      ['access-keys.exists pass ci', 'access-keys.stored manual AKIA1'],
    ],
    [
      'is one of two that nobody knows',
      {},
      { keys: value([key('AKIA1'), key('AKIA2')]) },
      ['access-keys.exists pass ci', 'access-keys.stored manual AKIA1', 'access-keys.stored manual AKIA2'],
    ],
    ['is switched off', {}, { keys: value([key('AKIA1', { active: false })]) }, ['access-keys.exists fail ci']],
    ['could not be read', {}, { keys: denied }, ['access-keys.exists unknown ci', 'access-keys.stored unknown ci']],
    ['cannot be planned without the list of users', {}, { people: denied }, ['access-keys.exists unknown ci']],
  ])('%s', (_, want, saw, expected) => {
    expect(judge(want, saw).told).toEqual(expected);
  });

  it('without a user is a question to the person', () => {
    const findings = creationFindings(wanted({ user: undefined }), undefined);
    expect(findings[0]).toMatchObject({ id: 'access-keys.exists', status: 'fail', remedy: { by: 'hand' } });
  });

  it.each<[string, Partial<WantedKey>, Partial<ObservedKey>, object]>([
    ['has no place', { profile: '' }, {}, { command: 'bootstrap init --only access-keys --secrets-file FILE' }],
    [
      'has a profile of a bad name',
      { profile: 'a=b', profileProblem: 'is bad' },
      {},
      { instructions: expect.stringContaining("The profile's name is bad") },
    ],
    [
      'has a profile with another key',
      {},
      { held: [profileMark('practice', 'AKIAOTHER')] },
      { command: 'bootstrap init --only access-keys --replace-profile' },
    ],
    [
      'has a profile that signs in otherwise',
      { replaceProfile: true },
      { held: [profileMark('practice', '')] },
      { instructions: expect.stringContaining('another profile') },
    ],
    ['is switched off', {}, { keys: value([key('AKIA1', { active: false })]) }, { command: 'bootstrap keys enable --user ci --key AKIA1' }],
    [
      'is of an administrator who is not there',
      { user: 'alex', userIsAdmin: true },
      { user: 'alex' },
      { command: 'bootstrap init --only admin-user,access-keys' },
    ],
  ])('is left to a person when it %s', (_, want, saw, remedy) => {
    const { findings, changes } = judge(want, saw);
    expect(findings[0]?.remedy).toMatchObject({ by: 'hand', ...remedy });
    expect(changes).toEqual([]);
  });

  it.each<[string, Partial<WantedKey>, Partial<ObservedKey>, readonly string[], string]>([
    [
      'with group and user',
      {},
      {},
      ['iam:CreateGroup', 'iam:AttachGroupPolicy', 'iam:CreateUser', 'iam:AddUserToGroup', 'iam:CreateAccessKey'],
      'Make the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, kept in the profile practice',
    ],
    [
      'with what is missing of a group that is there',
      { policies: ['ReadOnlyAccess', 'SecurityAudit'] },
      { people: people([], [group('CI-readers', [readOnly])]), policies: policies('ReadOnlyAccess', 'SecurityAudit') },
      ['iam:AttachGroupPolicy', 'iam:CreateUser', 'iam:AddUserToGroup', 'iam:CreateAccessKey'],
      'Attach SecurityAudit to the existing group ci-readers, make the user ci in the group ci-readers and an access key for ci, kept in the profile practice',
    ],
    [
      'with the membership of a user that is there',
      {},
      { people: people([person('ci')], [group('ci-readers', [readOnly])]) },
      ['iam:AddUserToGroup', 'iam:CreateAccessKey'],
      'Add the existing user ci to the group ci-readers and make an access key for ci, kept in the profile practice',
    ],
    [
      'alone, when everything else is there',
      {},
      { people: people([person('ci', { groups: ['ci-readers'] })], [group('ci-readers', [readOnly])]) },
      ['iam:CreateAccessKey'],
      'Make an access key for ci, kept in the profile practice',
    ],
    [
      'alone, when the user is of somebody else and no group is named',
      { group: undefined },
      { people: people([person('ci')]) },
      ['iam:CreateAccessKey'],
      'Make an access key for ci, kept in the profile practice',
    ],
    [
      'with the rest of what an interrupted run began',
      { group: undefined },
      { people: people([person('ci', { tags: ours })], [group('ci-access')]) },
      ['iam:AttachGroupPolicy', 'iam:AddUserToGroup', 'iam:CreateAccessKey'],
      'Attach ReadOnlyAccess to the existing group ci-access, add the existing user ci to the group ci-access and make an access key for ci, kept in the profile practice',
    ],
    [
      'alone for the administrator, who is made in this run',
      { user: 'alex', userIsAdmin: true, adminComing: true },
      { user: 'alex' },
      ['iam:CreateAccessKey'],
      'Make an access key for alex, kept in the profile practice',
    ],
    [
      'in place of another, when that was asked for',
      { replaceProfile: true },
      {
        people: people([person('ci', { groups: ['ci-readers'] })], [group('ci-readers', [readOnly])]),
        held: [profileMark('practice', 'AKIAOLD')],
      },
      ['iam:CreateAccessKey'],
      'Make an access key for ci, kept in the profile practice in place of the key AKIAOLD',
    ],
  ])('is made %s', (_, want, saw, calls, summary) => {
    expect(judge(want, saw).changes).toMatchObject([{ kind: 'create-access-key', risk: 'secret', calls, summary }]);
  });

  it('belongs to its own partition', () => {
    const china = people([], [group('ci-readers', ['arn:aws-cn:iam::aws:policy/ReadOnlyAccess'])]);
    expect(judge({}, { partition: 'aws-cn', people: china }).changes[0]?.calls).not.toContain('iam:AttachGroupPolicy');
  });
});

describe('every key of every user', () => {
  const now = new Date('2026-11-24T12:00:00.000Z');
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
  const used = (id: string, made: number, last?: number, over: Partial<UsedKey> = {}): UsedKey => ({
    ...key(id),
    createdAt: daysAgo(made),
    lastUsed: value(last === undefined ? undefined : daysAgo(last)),
    ...over,
  });
  const of = (...keys: readonly UsedKey[]): Reading<readonly UserKeys[]> => value([{ user: 'ci', keys: value(keys) }]);
  const audit = (reading: Reading<readonly UserKeys[]>, id: string): readonly Finding<never>[] =>
    auditFindings(reading, now, 90).filter((finding) => finding.id === id);
  const statuses = (reading: Reading<readonly UserKeys[]>, id: string) => audit(reading, id).map(({ status }) => status);

  it.each([
    [0, 'pass'],
    [90, 'pass'],
    [91, 'fail'],
  ])('that is %i days old: %s', (days, expected) => {
    expect(statuses(of(used('AKIA1', days, 0)), 'access-keys.age')).toEqual([expected]);
  });

  it.each<[string, UsedKey, string]>([
    ['used 45 days ago', used('AKIA1', 400, 45), 'pass'],
    ['used 46 days ago', used('AKIA1', 400, 46), 'fail'],
    ['new and never used', used('AKIA1', 45), 'pass'],
    ['old and never used', used('AKIA1', 46), 'fail'],
    ['of a use that could not be read', used('AKIA1', 400, undefined, { lastUsed: denied }), 'unknown'],
    ['without a date', used('AKIA1', 1, undefined, { createdAt: undefined }), 'unknown'],
  ])('%s: %s', (_, one, expected) => {
    expect(statuses(of(one), 'access-keys.unused')).toEqual([expected]);
  });

  it('that is switched off is not judged', () => {
    const off = used('AKIA1', 400, 400, { active: false });
    expect(auditFindings(of(off), now, 90).map(({ id, status, resource }) => [id, status, resource])).toEqual([
      ['access-keys.age', 'pass', undefined],
      ['access-keys.unused', 'pass', undefined],
      ['access-keys.two-active', 'pass', undefined],
    ]);
  });

  it('counts active ones only', () => {
    expect(statuses(of(used('AKIA1', 1), used('AKIA2', 1)), 'access-keys.two-active')).toEqual(['fail']);
    expect(statuses(of(used('AKIA1', 1), used('AKIA2', 1, 1, { active: false })), 'access-keys.two-active')).toEqual(['pass']);
  });

  it('that could not be read is unknown', () => {
    for (const id of ['access-keys.age', 'access-keys.unused', 'access-keys.two-active']) {
      expect(statuses(denied, id)).toEqual(['unknown']);
      expect(audit(value([{ user: 'ci', keys: denied }]), id)).toMatchObject([
        { status: 'unknown', resource: 'ci', missingPermission: 'iam:X' },
      ]);
    }
  });
});

describe('what is wanted', () => {
  const parse = (section: object) => accessKeys.schema.safeParse(section);
  const desire = (section: object, context: Partial<DesireContext> = {}) =>
    (accessKeys.desire(accessKeys.schema.parse(section), { ...desireContext, ...context }) as { key: WantedKey | undefined }).key;

  it('has defaults, and a schema that can be published', () => {
    expect(accessKeys.schema.parse({})).toEqual({ mode: 'none', policies: ['ReadOnlyAccess'], 'max-age-days': 90 });
    expect(z.toJSONSchema(accessKeys.schema, { io: 'input' })).toBeTypeOf('object');
    expect(parse(accessKeys.practice(() => '') as object).success).toBe(true);
    expect(desire({})).toBeUndefined();
  });

  it.each([
    [{ user: 'root' }, /"root" is not a user/],
    [{ user: 'ROOT' }, /is not a user/],
    [{ user: '' }, /this one has none/],
    [{ policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }, /write it like ReadOnlyAccess/],
    [{ profile: 'a b' }, /characters that some AWS tools cannot read/],
    [{ profile: 'profile x' }, /write the name alone/],
    [{ profile: true }, /the name of a profile, or false/],
    [{ 'max-age-days': 0 }, /./],
    [{ users: ['x'] }, /Unrecognized/],
  ])('refuses %j', (section, expected) => {
    expect(z.prettifyError(parse(section).error as z.ZodError)).toMatch(expected);
  });

  it('is a key of the administrator by default, in a profile of the same name', () => {
    expect(desire({ mode: 'create' })).toMatchObject({ user: 'alex', userIsAdmin: true, adminComing: true, profile: 'alex' });
    expect(desire({ mode: 'create', user: 'Alex' })).toMatchObject({ userIsAdmin: true });
    expect(desire({ mode: 'create' }, { running: () => false })).toMatchObject({ adminComing: false });
    expect(desire({ mode: 'create' }, { intents: {} })).toMatchObject({ user: undefined });
  });

  it('goes into the profile `default` only when that is written', () => {
    expect(desire({ mode: 'create', user: 'default' })?.profileProblem).toMatch(/default/);
    expect(desire({ mode: 'create', user: 'default', profile: 'default' })?.profileProblem).toBeUndefined();
  });

  it('needs a name of its own where the user has one that no profile can have', () => {
    expect(desire({ mode: 'create', user: 'a=b' })?.profileProblem).toMatch(/cannot read/);
  });

  it('goes with the other secrets when the profile is false', () => {
    expect(desire({ mode: 'create', user: 'ci', profile: false })).toMatchObject({ profile: '', destination: true });
  });
});

const section = { mode: 'create', user: 'ci', group: 'ci-readers', profile: 'practice' };
const keysOf = (run: StepRun, user: string) => run.account.users.find(({ name }) => name === user)?.accessKeys ?? [];

describe('making a key', () => {
  it('makes what was planned, for the named user, and stores it at once', async () => {
    const sink = rememberingSink();
    const run = await stepRun(sink);
    const assessed = await run.look(accessKeys, section);
    const applied = await run.apply(assessed);
    expect(applied.report).toMatchObject({ status: 'done', verified: true });
    expect(run.writes()).toEqual(planned(assessed));
    expect(sink.log).toEqual(['reserve', 'store access-key']);
    const [made] = keysOf(run, 'ci');
    const [entry] = sink.entries;
    if (entry?.kind !== 'access-key') throw new Error('no key was stored');
    expect([entry.accessKeyId, entry.secretAccessKey.reveal(), entry.profile]).toEqual([made?.id, made?.secret, 'practice']);
    expect(run.account.root.accessKeys).toEqual([]);
    expect(run.account.users.map(({ name, tags, groups }) => ({ name, tags, groups }))).toEqual([
      { name: 'ci', tags: ours, groups: ['ci-readers'] },
    ]);
    expect(run.account.groups[0]?.attachedPolicies).toEqual([readOnly]);
    expect(changesOf(await run.look(accessKeys, section))).toEqual([]);
  });

  it('makes nothing when the destination will not do', async () => {
    const run = await stepRun(rememberingSink({ reserve: destinationError('It is full.', 'Pass another.') }));
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied.report.error?.code).toBe('E-SECRETS-DESTINATION');
    expect(run.writes()).toEqual([]);
  });

  it('makes nothing when the profile was taken since the plan', async () => {
    const sink = rememberingSink();
    const run = await stepRun(sink);
    const assessed = await run.look(accessKeys, section);
    const reserve = async (): Promise<void> => {
      sink.marks = [profileMark('practice', 'AKIAOTHER')];
    };
    const applied = await run.apply(assessed, { secrets: { ...sink, reserve } });
    expect(applied.report.error).toMatchObject({ code: 'E-SECRETS-DESTINATION' });
    expect(run.writes()).toEqual([]);
  });

  it('goes into a profile that other tools can use, with nothing else chosen', async () => {
    const where = folder();
    const files = { credentialsFile: join(where, 'credentials'), configFile: join(where, 'config') };
    const profiles = makeProfileWriter({ ...files, region: async () => 'us-east-1', replace: false, clock: realClock });
    const run = await stepRun(makeNoSink({ profiles }));
    const applied = await run.apply(await run.look(accessKeys, section, { secrets: 'none' }));
    expect(applied.report).toMatchObject({ status: 'done' });
    const [made] = keysOf(run, 'ci');
    expect(text(files.credentialsFile)).toBe(`[practice]\naws_access_key_id = ${made?.id}\naws_secret_access_key = ${made?.secret}\n`);
    const again = await run.look(accessKeys, section, { secrets: 'none' });
    expect(told(again)).toEqual(['access-keys.root pass', 'access-keys.exists pass ci', `access-keys.stored pass ${made?.id}`]);
    expect(accessKeys.recap?.(again.desired, again.observed)).toEqual([
      { label: 'Access key', value: `${made?.id} of ci, in the profile practice` },
    ]);
  });

  it.each([
    ['ReadOnlyAcces', 'AWS manages no policy named ReadOnlyAcces. Did you mean ReadOnlyAccess?'],
    ['readonlyaccess', 'AWS manages no policy named readonlyaccess. Did you mean ReadOnlyAccess?'],
    ['ViewOnlyAcess', 'AWS manages no policy named ViewOnlyAcess. Did you mean ViewOnlyAccess?'],
    ['job-function/Biling', 'AWS manages no policy named job-function/Biling. Did you mean Billing?'],
    ['Nothing/LikeIt', 'AWS manages no policy named Nothing/LikeIt.'],
    ['job-function/', 'AWS manages no policy named job-function/.'],
    [
      'AWSOrganizationsServiceTrustPolicy',
      'The policy AWSOrganizationsServiceTrustPolicy is for a role of an AWS service, and cannot be attached to a group.',
    ],
  ])('is not planned with a policy that AWS does not have: %s', async (policy, message) => {
    const run = await stepRun(rememberingSink());
    const wrong = { ...section, policies: ['ReadOnlyAccess', policy] };
    await expect(run.look(accessKeys, wrong)).rejects.toMatchObject({ code: 'E-POLICY-NAME', exit: 2, message });
    expect(run.writes()).toEqual([]);
  });

  it.each(['ViewOnlyAccess', 'job-function/ViewOnlyAccess', 'wrong-path/ViewOnlyAccess'])(
    'is made with a policy below a path of AWS, named %s',
    async (policy) => {
      const run = await stepRun(rememberingSink());
      const applied = await run.apply(await run.look(accessKeys, { ...section, policies: [policy] }));
      expect(applied.report).toMatchObject({ status: 'done', error: null });
      const [group] = run.account.groups;
      expect(group?.attachedPolicies).toEqual(['arn:aws:iam::aws:policy/job-function/ViewOnlyAccess']);
      expect(changesOf(await run.look(accessKeys, { ...section, policies: [policy] }))).toEqual([]);
    },
  );

  it('is unknown where the names of policies may not be read', async () => {
    const run = await stepRun(rememberingSink());
    run.sandbox.world.knobs.faults = [{ operation: 'iam:ListPolicies', what: { kind: 'error', code: 'AccessDenied', status: 403 } }];
    const { findings } = await run.look(accessKeys, section);
    const [finding] = findings.filter(({ id }) => id === 'access-keys.exists');
    expect(finding).toMatchObject({ status: 'unknown', missingPermission: 'iam:ListPolicies' });
  });

  it('names a policy that is gone since the plan', async () => {
    const run = await stepRun(rememberingSink());
    const assessed = await run.look(accessKeys, section);
    run.sandbox.world.knobs.faults = [{ operation: 'iam:AttachGroupPolicy', what: { kind: 'error', code: 'NoSuchEntity', status: 404 } }];
    const applied = await run.apply(assessed);
    expect(applied.report.error).toMatchObject({ code: 'E-POLICY-UNKNOWN', aws: { operation: 'iam:AttachGroupPolicy' } });
    expect(applied.report.error?.message).toContain('ReadOnlyAccess');
  });

  it.each(['iam:CreateAccessKey', 'iam:CreateUser', 'iam:CreateGroup', 'iam:AttachGroupPolicy', 'iam:AddUserToGroup'])(
    'makes one key when a request was lost before it reached AWS: %s',
    async (operation) => {
      const run = await stepRun(rememberingSink());
      run.sandbox.world.knobs.faults = [{ operation, times: 1, what: { kind: 'drop-before' } }];
      const applied = await run.apply(await run.look(accessKeys, section));
      expect(applied.report).toMatchObject({ status: 'done', error: null });
      expect(keysOf(run, 'ci')).toHaveLength(1);
    },
  );

  it.each(['iam:CreateUser', 'iam:CreateGroup', 'iam:AttachGroupPolicy', 'iam:AddUserToGroup'])(
    'goes on from where a lost answer left it: %s',
    async (operation) => {
      const run = await stepRun(rememberingSink());
      run.sandbox.world.knobs.faults = [{ operation, times: 1, what: { kind: 'drop-after' } }];
      const applied = await run.apply(await run.look(accessKeys, section));
      expect(applied.report).toMatchObject({ status: 'done', error: null });
      expect(keysOf(run, 'ci')).toHaveLength(1);
      expect(run.account.users[0]?.groups).toEqual(['ci-readers']);
    },
  );

  it.each(['iam:CreateUser', 'iam:CreateGroup'])('looks again when somebody was quicker: %s', async (operation) => {
    const run = await stepRun(rememberingSink());
    run.sandbox.world.knobs.faults = [{ operation, times: 1, what: { kind: 'error', code: 'EntityAlreadyExists', status: 409 } }];
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied.report).toMatchObject({ status: 'done', error: null });
  });

  it('waits while IAM does not know the user it just made', async () => {
    const run = await stepRun(rememberingSink());
    run.sandbox.world.knobs.lagMs = 5_000;
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied.report).toMatchObject({ status: 'done', error: null });
    expect(keysOf(run, 'ci')).toHaveLength(1);
  });
});

describe('looking', () => {
  it('finds a key of root, with the link to delete it', async () => {
    const run = await stepRun(rememberingSink());
    run.account.root.accessKeys.push({
      id: 'AKIAROOT',
      secret: 'x',
      status: 'Active',
      createdAt: '2026-11-24T09:00:00.000Z',
      lastUsed: null,
    });
    const assessed = await run.look(accessKeys, {});
    expect(assessed.findings).toMatchObject([
      {
        id: 'access-keys.root',
        status: 'fail',
        remedy: { by: 'hand', url: 'https://console.aws.amazon.com/iam/home#/security_credentials' },
      },
    ]);
    expect(run.calls()).toEqual(['iam:GetAccountSummary']);
  });

  it('of check reads the keys of every user and when they were used', async () => {
    const run = await stepRun(rememberingSink());
    await run.apply(await run.look(accessKeys, section));
    const before = run.writes().length;
    const assessed = await run.look(accessKeys, {}, { command: 'check', intents: {} });
    const [made] = keysOf(run, 'ci');
    expect(told(assessed)).toEqual([
      'access-keys.root pass',
      `access-keys.age pass ${made?.id}`,
      `access-keys.unused pass ${made?.id}`,
      'access-keys.two-active pass ci',
    ]);
    expect(run.writes().length).toBe(before);
  });

  it('takes a user for the same whose name is spelled otherwise', async () => {
    const run = await stepRun(rememberingSink());
    await run.apply(await run.look(accessKeys, section));
    const assessed = await run.look(accessKeys, { ...section, user: 'CI' });
    expect(told(assessed)[1]).toBe('access-keys.exists pass ci');
  });
});
