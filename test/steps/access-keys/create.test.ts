import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileMark } from '../../../src/core/profile-name.js';
import { changesOf } from '../../../src/engine/assess.js';
import { destinationError } from '../../../src/secrets/destination.js';
import { makeNoSink } from '../../../src/secrets/no-sink.js';
import { makeProfileWriter } from '../../../src/secrets/profile.js';
import { accessKeys } from '../../../src/steps/access-keys/index.js';
import { folder, realClock, text } from '../../secrets/scene.js';
import { rememberingSink } from '../support/remembering-sink.js';
import { planned, type StepRun, stepRun, statusesOf } from '../support/step-run.js';

const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ours = { 'created-by': 'aws-account-bootstrap' };
const section = { mode: 'create', user: 'ci', group: 'ci-readers', profile: 'practice' };
const keysOf = (run: StepRun, user: string) => run.account.users.find(({ name }) => name === user)?.accessKeys ?? [];

describe('creating a key', () => {
  it('creates what was planned, for the named user, and stores it immediately', async () => {
    const sink = rememberingSink();
    const run = await stepRun(sink);
    const assessed = await run.look(accessKeys, section);
    const applied = await run.apply(assessed);
    expect(applied.report).toMatchObject({ status: 'done', verified: true });
    expect(run.writes()).toEqual(planned(assessed));
    expect(sink.log).toEqual(['reserve', 'store access-key']);
    const [created] = keysOf(run, 'ci');
    const [entry] = sink.entries;
    if (entry?.kind !== 'access-key') throw new Error('no key was stored');
    expect([entry.accessKeyId, entry.secretAccessKey.reveal(), entry.profile]).toEqual([created?.id, created?.secret, 'practice']);
    expect(run.account.root.accessKeys).toEqual([]);
    expect(run.account.users.map(({ name, tags, groups }) => ({ name, tags, groups }))).toEqual([
      { name: 'ci', tags: ours, groups: ['ci-readers'] },
    ]);
    expect(run.account.groups[0]?.attachedPolicies).toEqual([readOnly]);
    expect(changesOf(await run.look(accessKeys, section))).toEqual([]);
  });

  it('creates nothing if the destination cannot be used', async () => {
    const run = await stepRun(rememberingSink({ reserve: destinationError('It is full.', 'Pass another.') }));
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied.report.error?.code).toBe('E-SECRETS-DESTINATION');
    expect(run.writes()).toEqual([]);
  });

  it('creates nothing if the profile was used for something else since the plan', async () => {
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

  it('stores it in a profile for other tools, without another destination', async () => {
    const where = folder();
    const files = { credentialsFile: join(where, 'credentials'), configFile: join(where, 'config') };
    const profiles = makeProfileWriter({ ...files, region: async () => 'us-east-1', replace: false, clock: realClock });
    const run = await stepRun(makeNoSink({ profiles }));
    const applied = await run.apply(await run.look(accessKeys, section, { secrets: 'none' }));
    expect(applied.report).toMatchObject({ status: 'done' });
    const [created] = keysOf(run, 'ci');
    expect(text(files.credentialsFile)).toBe(
      `[practice]\naws_access_key_id = ${created?.id}\naws_secret_access_key = ${created?.secret}\n`,
    );
    const again = await run.look(accessKeys, section, { secrets: 'none' });
    expect(statusesOf(again)).toEqual(['access-keys.root pass', 'access-keys.exists pass ci', `access-keys.stored pass ${created?.id}`]);
    expect(accessKeys.recap?.(again.desired, again.observed)).toEqual([
      { label: 'Access key', value: `${created?.id} of ci, in the profile practice` },
    ]);
  });

  it.each([
    ['ReadOnlyAcces', 'AWS has no managed policy named ReadOnlyAcces. Did you mean ReadOnlyAccess?'],
    ['readonlyaccess', 'AWS has no managed policy named readonlyaccess. Did you mean ReadOnlyAccess?'],
    ['ViewOnlyAcess', 'AWS has no managed policy named ViewOnlyAcess. Did you mean ViewOnlyAccess?'],
    ['job-function/Biling', 'AWS has no managed policy named job-function/Biling. Did you mean Billing?'],
    ['Nothing/LikeIt', 'AWS has no managed policy named Nothing/LikeIt.'],
    ['job-function/', 'AWS has no managed policy named job-function/.'],
    [
      'AWSOrganizationsServiceTrustPolicy',
      'The policy AWSOrganizationsServiceTrustPolicy is for a role of an AWS service, and cannot be attached to a group.',
    ],
  ])('stops before the plan at a policy that AWS does not have: %s', async (policy, message) => {
    const run = await stepRun(rememberingSink());
    const wrong = { ...section, policies: ['ReadOnlyAccess', policy] };
    await expect(run.look(accessKeys, wrong)).rejects.toMatchObject({ code: 'E-POLICY-NAME', exit: 2, message });
    expect(run.writes()).toEqual([]);
  });

  it.each(['ViewOnlyAccess', 'job-function/ViewOnlyAccess', 'wrong-path/ViewOnlyAccess'])(
    'attaches an AWS managed policy with a path, named %s',
    async (policy) => {
      const run = await stepRun(rememberingSink());
      const applied = await run.apply(await run.look(accessKeys, { ...section, policies: [policy] }));
      expect(applied.report).toMatchObject({ status: 'done', error: null });
      const [group] = run.account.groups;
      expect(group?.attachedPolicies).toEqual(['arn:aws:iam::aws:policy/job-function/ViewOnlyAccess']);
      expect(changesOf(await run.look(accessKeys, { ...section, policies: [policy] }))).toEqual([]);
    },
  );

  it('is unknown if the policies cannot be listed', async () => {
    const run = await stepRun(rememberingSink());
    run.sandbox.world.knobs.faults = [{ operation: 'iam:ListPolicies', what: { kind: 'error', code: 'AccessDenied', status: 403 } }];
    const { findings } = await run.look(accessKeys, { ...section, policies: ['AmazonS3ReadOnlyAccess'] });
    const [finding] = findings.filter(({ id }) => id === 'access-keys.exists');
    expect(finding).toMatchObject({ status: 'unknown', missingPermission: 'iam:ListPolicies' });
    // A name that is always there needs no list.
    const known = (await run.look(accessKeys, section)).findings.filter(({ id }) => id === 'access-keys.exists');
    expect(known).toMatchObject([{ status: 'fail' }]);
  });

  it('reports a policy that was deleted since the plan', async () => {
    const run = await stepRun(rememberingSink());
    const assessed = await run.look(accessKeys, section);
    run.sandbox.world.knobs.faults = [{ operation: 'iam:AttachGroupPolicy', what: { kind: 'error', code: 'NoSuchEntity', status: 404 } }];
    const applied = await run.apply(assessed);
    expect(applied.report.error).toMatchObject({ code: 'E-POLICY-UNKNOWN', aws: { operation: 'iam:AttachGroupPolicy' } });
    expect(applied.report.error?.message).toContain('ReadOnlyAccess');
  });

  it.each(['iam:CreateAccessKey', 'iam:CreateUser', 'iam:CreateGroup', 'iam:AttachGroupPolicy', 'iam:AddUserToGroup'])(
    'creates one key if a request was lost before it reached AWS: %s',
    async (operation) => {
      const run = await stepRun(rememberingSink());
      run.sandbox.world.knobs.faults = [{ operation, times: 1, what: { kind: 'drop-before' } }];
      const applied = await run.apply(await run.look(accessKeys, section));
      expect(applied.report).toMatchObject({ status: 'done', error: null });
      expect(keysOf(run, 'ci')).toHaveLength(1);
    },
  );

  it.each(['iam:CreateUser', 'iam:CreateGroup', 'iam:AttachGroupPolicy', 'iam:AddUserToGroup'])(
    'continues after a lost response: %s',
    async (operation) => {
      const run = await stepRun(rememberingSink());
      run.sandbox.world.knobs.faults = [{ operation, times: 1, what: { kind: 'drop-after' } }];
      const applied = await run.apply(await run.look(accessKeys, section));
      expect(applied.report).toMatchObject({ status: 'done', error: null });
      expect(keysOf(run, 'ci')).toHaveLength(1);
      expect(run.account.users[0]?.groups).toEqual(['ci-readers']);
    },
  );

  it('waits until IAM knows the user it just created', async () => {
    const run = await stepRun(rememberingSink());
    run.sandbox.world.knobs.lagMs = 5_000;
    const applied = await run.apply(await run.look(accessKeys, section));
    expect(applied.report).toMatchObject({ status: 'done', error: null });
    expect(keysOf(run, 'ci')).toHaveLength(1);
  });
});

describe('observing access keys', () => {
  it('finds a key of root, and links to the page to delete it', async () => {
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
        remedy: {
          by: 'hand',
          command: 'bootstrap keys delete --root --all',
          url: 'https://console.aws.amazon.com/iam/home#/security_credentials',
        },
      },
    ]);
    expect(run.calls()).toEqual(['iam:GetAccountSummary']);
  });

  it('reads the keys of every user and their last use for check', async () => {
    const run = await stepRun(rememberingSink());
    await run.apply(await run.look(accessKeys, section));
    const before = run.writes().length;
    const assessed = await run.look(accessKeys, {}, { command: 'check', intents: {} });
    const [created] = keysOf(run, 'ci');
    expect(statusesOf(assessed)).toEqual([
      'access-keys.root pass',
      `access-keys.age pass ${created?.id}`,
      `access-keys.unused pass ${created?.id}`,
      'access-keys.two-active pass ci',
    ]);
    expect(run.writes().length).toBe(before);
  });

  it('ignores case in the user name', async () => {
    const run = await stepRun(rememberingSink());
    await run.apply(await run.look(accessKeys, section));
    const assessed = await run.look(accessKeys, { ...section, user: 'CI' });
    expect(statusesOf(assessed)[1]).toBe('access-keys.exists pass ci');
  });
});
