import { describe, expect, it } from 'vitest';
import { inOtherFolder, planProfile, regionNotes } from '../../../src/commands/accounts/profile.js';
import type { AccountsRun } from '../../../src/commands/accounts/types.js';
import type { CredentialSource } from '../../../src/aws/credentials.js';

interface Given {
  readonly source?: Partial<CredentialSource>;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: object;
  readonly kind?: 'root' | 'user';
  readonly config?: object;
  readonly globals?: object;
}
const runWith = ({ source = { from: 'environment' }, env = {}, flags = {}, kind = 'user', config, globals = {} }: Given): AccountsRun =>
  ({
    flags,
    config,
    caller: { accountId: '111122223333', partition: 'aws', identity: { kind } },
    connection: { source },
    app: { globals, host: { env }, roleProfiles: async () => ({ reserve: async () => {} }) },
  }) as unknown as AccountsRun;

describe('the source of a profile that assumes a role', () => {
  const flags = { profileToWrite: 'lab' };
  it.each<readonly [what: string, given: Given, by: string | undefined, source: object | undefined]>([
    ['nothing without a profile to write', { flags: {} }, undefined, undefined],
    ['the profile of the run', { flags, source: { from: 'profile', profile: 'boss' } }, undefined, { kind: 'profile', name: 'boss' }],
    ['the variables of the shell', { flags }, undefined, { kind: 'surroundings', name: 'Environment' }],
    [
      'CloudShell',
      { flags, source: { from: 'sandbox' }, env: { AWS_EXECUTION_ENV: 'CloudShell' } },
      undefined,
      { kind: 'surroundings', name: 'EcsContainer' },
    ],
    ['the profile of the other account', { flags }, 'other', { kind: 'profile', name: 'other' }],
    ['the one of the flag', { flags: { ...flags, sourceProfile: 'mine' } }, 'other', { kind: 'profile', name: 'mine' }],
    ['nothing for root, which cannot assume roles', { flags, kind: 'root' }, undefined, undefined],
    [
      'the one of the flag, also for root',
      { flags: { ...flags, sourceProfile: 'mine' }, kind: 'root' },
      undefined,
      { kind: 'profile', name: 'mine' },
    ],
  ])('is %s', async (_what, given, by, source) => {
    expect((await planProfile(runWith(given), 'arn', by))?.source).toEqual(source);
  });

  it.each([
    ['other credentials, without a flag', { flags, source: { from: 'sandbox' } } as const, 'Pass --source-profile NAME.'],
    ['a source without a profile to write', { flags: { sourceProfile: 'mine' } }, 'Pass both flags.'],
  ])('is refused for %s', async (_what, given, next) => {
    await expect(planProfile(runWith(given), 'arn')).rejects.toMatchObject({ code: 'E-USAGE', next });
  });
});

describe('the note about a region', () => {
  const plan = { profile: 'lab', source: { kind: 'profile', name: 'boss' } } as const;
  it.each([
    ['an opt-in region', { AWS_REGION: 'eu-south-2' }, /^AWS_REGION=eu-south-2 overrides/],
    ['the default variable', { AWS_DEFAULT_REGION: 'eu-south-2' }, /^AWS_DEFAULT_REGION=eu-south-2 overrides/],
    ['an empty variable before it', { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-south-2' }, /^AWS_DEFAULT_REGION/],
    ['a region that every account has', { AWS_REGION: 'eu-central-1' }, undefined],
    ['no region', {}, undefined],
  ])('with %s: %j', (_what, env, note) => {
    expect(regionNotes(runWith({ env }), plan)).toEqual(note === undefined ? [] : [expect.stringMatching(note)]);
    expect(regionNotes(runWith({ env }), undefined)).toEqual([]);
  });
});

it.each([
  [undefined, {}, ''],
  [{ file: 'bootstrap.yaml' }, {}, ''],
  [
    { file: 'bootstrap.yaml', account: '111122223333' },
    {},
    ', in another folder (the bootstrap.yaml in this one is for account 111122223333)',
  ],
  [{ file: 'bootstrap.yaml', account: '111122223333' }, { config: 'bootstrap.yaml' }, ''],
])('a command for another account with the config %j and flags %j runs%s', (config, globals, words) => {
  expect(inOtherFolder(runWith({ ...(config === undefined ? {} : { config }), globals }))).toBe(words);
});
