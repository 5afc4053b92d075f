import { isOptInRegion, stsRegion } from '../../core/account.js';
import { usage } from '../../core/errors.js';
import type { RoleSource } from '../../secrets/role-profile.js';
import type { AccountsRun } from './types.js';

/** A profile that assumes the role, as known before anything is changed. */
export interface ProfilePlan {
  readonly profile: string;
  readonly source: RoleSource;
}

/** `by`: the profile that signs in to the management account, if it is not the one of this run. */
export const planProfile = async (run: AccountsRun, roleArn: string | undefined, by?: string): Promise<ProfilePlan | undefined> => {
  const { flags, app, caller } = run;
  const profile = flags.profileToWrite;
  if (profile === undefined) {
    if (flags.sourceProfile !== undefined) throw usage('--source-profile needs --profile-to-write.', 'Pass both flags.');
    return undefined;
  }
  const named = flags.sourceProfile ?? by;
  // Root cannot assume roles. The administrator's run writes the profile.
  if (named === undefined && caller.identity.kind === 'root') return undefined;
  const source: RoleSource = named === undefined ? sourceOf(run) : { kind: 'profile', name: named };
  const writer = await app.roleProfiles();
  await writer.reserve({ profile, roleArn, source });
  return { profile, source };
};

const sourceOf = ({ connection: { source }, app }: AccountsRun): RoleSource => {
  if (source.from === 'profile') return { kind: 'profile', name: source.profile };
  if (source.from === 'environment') return { kind: 'surroundings', name: 'Environment' };
  if (app.host.env['AWS_EXECUTION_ENV'] === 'CloudShell') return { kind: 'surroundings', name: 'EcsContainer' };
  throw usage('Missing the profile that the role is assumed with.', 'Pass --source-profile NAME.');
};

/** Writes the profile, and returns a line about it for the recap. */
export const writeProfile = async (
  { app, caller, port }: AccountsRun,
  { profile, source }: ProfilePlan,
  roleArn: string,
): Promise<{ readonly label: string; readonly value: string }> => {
  const writer = await app.roleProfiles();
  // The AWS CLI and boto3 use the STS endpoint of the profile's region. In this region, every account is known.
  const region = stsRegion(caller.partition);
  if (await writer.write({ profile, roleArn, source, region })) port.record('profile-written', profile);
  const signIn =
    source.kind === 'profile'
      ? `with profile ${source.name}`
      : source.name === 'Environment'
        ? 'with the key variables of the shell'
        : 'in CloudShell';
  return { label: 'Profile', value: `${profile} in ${writer.file}, which assumes ${roleArn} ${signIn}` };
};

/** In the AWS CLI and boto3, variables override the region of a profile. In an opt-in region, a role in a new account cannot be assumed. */
export const regionNotes = ({ app, caller }: AccountsRun, plan: ProfilePlan | undefined): readonly string[] => {
  const { env } = app.host;
  const variable = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find((name) => env[name] !== undefined && env[name] !== '');
  const region = variable === undefined ? undefined : env[variable];
  if (plan === undefined || region === undefined || !isOptInRegion(region)) return [];
  return [
    `${variable}=${region} overrides the region of the profile ${plan.profile}, and ${region} is disabled in new accounts. Unset the variable, or pass --region ${stsRegion(caller.partition)}, until the account has enabled the region.`,
  ];
};

/** A command for another account must run in another folder: the config in this one has the id of this account. */
export const inOtherFolder = ({ app, caller, config }: AccountsRun): string =>
  config?.account === undefined || app.globals.config !== undefined
    ? ''
    : `, in another folder (the ${config.file} in this one is for account ${caller.accountId})`;
