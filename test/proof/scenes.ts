import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newAccount, practiceAccountId as own } from '../../src/sandbox/new-world.js';
import type { AccountWorld, Knobs, World } from '../../src/sandbox/world.js';
import { type PracticeRun, signedIn } from '../scenarios/practice-account.js';
import { admin, config, type Pieces, putInState, type State, untouched } from '../scenarios/starting-states.js';
import { organizationWorld } from '../support/organization-world.js';

/**
 * Short runs of every command, which together call every operation that this tool uses. Each run is one command in an account in memory,
 * behind the SDK.
 */
export interface Scene {
  readonly name: string;
  readonly argv: readonly string[];
  readonly world?: World;
  readonly edit?: (account: AccountWorld, world: World) => void;
  readonly env?: Readonly<Record<string, string>>;
  /** Text of bootstrap.yaml. */
  readonly config?: string;
  /** Text of the credentials file. */
  readonly profiles?: string;
  /** Text of ~/.aws/config. */
  readonly awsConfig?: string;
  readonly around?: NonNullable<Parameters<typeof signedIn>[0]>['around'];
  /** How late IAM shows changes, in milliseconds. */
  readonly lagMs?: number;
  /** Before the run: what an earlier one left. */
  readonly prepare?: (shell: SceneShell) => Promise<void>;
}

export interface SceneShell extends Awaited<ReturnType<typeof signedIn>> {
  readonly argv: readonly string[];
  /** The variables that sign in. */
  readonly signIn: Record<string, string>;
  /** Runs the command, with a report in JSON. */
  readonly start: () => Promise<PracticeRun>;
}

/** The account and the files of a scene. */
export const openScene = async (scene: Scene, knobs: Knobs = {}): Promise<SceneShell> => {
  const { world, env, edit, profiles, awsConfig, around } = scene;
  const shell = await signedIn({
    ...(world === undefined ? {} : { world }),
    ...(env === undefined ? {} : { env }),
    ...(around === undefined ? {} : { around }),
    edit: (account, target) => {
      edit?.(account, target);
      target.knobs = { createAccountPolls: 0 };
    },
  });
  if (scene.config !== undefined) writeFileSync(join(shell.home, 'bootstrap.yaml'), scene.config);
  for (const [name, text] of Object.entries({ credentials: profiles, config: awsConfig }))
    if (text !== undefined) {
      mkdirSync(join(shell.home, '.aws'), { mode: 0o700, recursive: true });
      writeFileSync(join(shell.home, '.aws', name), text, { mode: 0o600 });
    }
  const { accessKeyId, secretAccessKey, sessionToken } = shell.sandbox.credentials;
  const signIn = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: 'us-east-1',
    ...env,
  };
  const opened: SceneShell = { ...shell, argv: scene.argv, signIn, start: () => shell.run([...scene.argv, '--output', 'json']) };
  await scene.prepare?.(opened);
  Object.assign(shell.sandbox.world.knobs, knobs, scene.lagMs === undefined ? {} : { lagMs: scene.lagMs });
  return opened;
};

const yes = ['--yes', '--account-id', own] as const;
const steps = ['billing-access', 'budget', 'admin-user', 'mfa', 'alias', 'access-keys', 'organization'] as const;
const other = '444455556666';
const now = '2026-11-23T10:00:00.000Z';

export const scenesOf = (pieces: Pieces): readonly Scene[] => {
  const init = (name: string, only: string, state: Partial<State> = {}, over: Partial<Scene> = {}): Scene => ({
    name: `init --only ${only}, ${name}`,
    argv: ['init', '--only', only, '--secrets-file', 'secrets.json', ...yes],
    edit: putInState({ ...untouched, ...state }, pieces),
    config: config(),
    ...over,
  });
  const bootstrapped = (argv: readonly string[], over: Partial<Scene> = {}): Scene => ({
    name: argv.join(' '),
    argv,
    world: pieces.world,
    config: config(),
    profiles: pieces.profiles,
    ...over,
  });
  const alone = (world: World): World => {
    const copy = structuredClone(world);
    for (const organization of copy.organizations) organization.members = organization.members.filter(({ accountId }) => accountId === own);
    return copy;
  };
  const key = pieces.account.users.find(({ name }) => name === 'ci')?.accessKeys[0]?.id ?? '';
  const ofKey = ['--user', 'ci', '--key', key, ...yes] as const;
  const centralRoot = config().replace('organization: {', 'organization: { central-root: true,');
  const ou = config({ accounts: '{ name: sandbox, email: you+sandbox@example.com, ou: Workloads/Test }' });
  return [
    ...steps.map((step) => init('new account', step)),
    ...steps.map((step) => bootstrapped(['check', '--only', step, '--fail-on', 'low'])),
    bootstrapped(['check', '--only', 'budget', '--fail-on', 'low'], {
      name: 'check --only budget, which the config does not mention',
      config: 'version: 1\n',
    }),
    ...steps.map((step) => bootstrapped(['undo', '--only', step, ...yes], { world: alone(pieces.world) })),
    init('lost password', 'admin-user', {}, { prepare: losePassword }),
    bootstrapped(['undo', '--only', 'admin-user', ...yes], {
      name: 'undo --only admin-user, a policy of its own',
      edit: ({ users }) => void users.find(({ name }) => name === admin)?.attachedPolicies.push('arn:aws:iam::aws:policy/ReadOnlyAccess'),
    }),
    init('a policy whose path is looked up', 'access-keys', {}, { config: config().replace('ReadOnlyAccess', 'IAMReadOnlyAccess') }),
    init('central root access', 'organization', { organization: 'has the account' }, { config: centralRoot }),
    init('leftover device', 'mfa', { user: 'in the group', group: 'wanted', login: 'yes', device: 'leftover of this tool' }),
    init('no device', 'mfa', { user: 'in the group', group: 'wanted', login: 'yes' }),
    init('another limit', 'budget', { budget: 'with a different limit' }),
    init('one alert missing', 'budget', { budget: 'without one alert' }),
    init('no address', 'budget', { budget: 'without the configured address' }),
    init('billing only', 'organization', { organization: 'billing only' }),
    init('all features', 'organization', { organization: 'all features' }, { config: ou }),
    init('has the account', 'organization', { organization: 'has the account' }, { config: ou }),
    bootstrapped(['keys', 'list']),
    bootstrapped(['keys', 'rotate', '--user', 'ci', ...yes]),
    bootstrapped(['keys', 'disable', ...ofKey]),
    bootstrapped(['keys', 'delete', ...ofKey, '--even-if-active']),
    ...organizationScenes(),
  ];
};

/** The answer to the creation of the password was lost, and later the file in which it was stored. */
const losePassword = async ({ sandbox, start, home }: SceneShell): Promise<void> => {
  const { knobs } = sandbox.world;
  knobs.faults = [
    { operation: 'iam:CreateLoginProfile', what: { kind: 'drop-after' } },
    { operation: 'iam:GetLoginProfile', skip: 2, what: { kind: 'error', code: 'AccessDenied', status: 403 } },
  ];
  await start();
  knobs.faults = [];
  rmSync(join(home, 'secrets.json'));
};

const organizationScenes = (): readonly Scene[] => {
  const { world, key } = organizationWorld({ members: 1, now: new Date(now) });
  const env = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey, AWS_SESSION_TOKEN: '' };
  const managed = (...argv: readonly string[]): Scene => ({ name: argv.join(' '), argv, world, env });
  const rooted = organizationWorld({ members: [['root-credentials']], now: new Date(now), centralRoot: true });
  const [member = ''] = rooted.members;
  const invited: World = {
    ...world,
    handshakes: [
      {
        id: 'h-exampleinvite1',
        action: 'INVITE',
        organizationId: world.organizations[0]?.id ?? '',
        state: 'OPEN',
        target: { id: other, type: 'ACCOUNT' },
        requestedAt: now,
        expiresAt: '2026-12-08T10:00:00.000Z',
      },
    ],
  };
  return [
    managed('check', '--org', '--only', 'alias', '--fail-on', 'low'),
    managed('accounts', 'list'),
    managed('accounts', 'create', '--name', 'lab', '--email', 'you+lab@example.com', '--ou', 'Lab', ...yes),
    managed('accounts', 'close', member, ...yes),
    { ...managed('accounts', 'secure-root', member, ...yes), world: rooted.world },
    managed('accounts', 'invite', '--email', 'other@example.com', ...yes),
    { ...managed('accounts', 'cancel', '--handshake', 'h-exampleinvite1', ...yes), world: invited },
    {
      name: 'accounts accept',
      argv: ['accounts', 'accept', ...yes, '--management-account-id', other, '--free-tier-loss', 'accepted'],
      world: outside(),
    },
  ];
};

/** The practice account is in no organization, and that of `other` invites it. */
export const outside = (): World => {
  const { world } = organizationWorld({ members: 0, now: new Date(now) });
  const [organization] = world.organizations;
  const [first] = organization?.members ?? [];
  if (organization === undefined || first === undefined) throw new Error('there is no organization');
  world.accounts[other] = newAccount({ id: other, name: 'Main', email: 'main@example.com', now: new Date(now) });
  return {
    ...world,
    organizations: [{ ...organization, managementAccountId: other, members: [{ ...first, accountId: other }] }],
    handshakes: [
      {
        id: 'h-exampleinvite0',
        action: 'INVITE',
        organizationId: organization.id,
        state: 'OPEN',
        target: { id: own, type: 'ACCOUNT' },
        requestedAt: now,
        expiresAt: '2026-12-08T10:00:00.000Z',
      },
    ],
  };
};
