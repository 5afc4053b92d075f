import { isOptInRegion, stsRegion } from '../../core/account.js';
import { usage } from '../../core/errors.js';
import type { RoleSource } from '../../secrets/role-profile.js';
import type { AccountsRun } from './types.js';

/** A profile that assumes the role, as far as it is known before anything is made. */
export interface ProfilePlan {
  readonly profile: string;
  readonly source: RoleSource;
}

/** `by`: the profile that signs in to the management account, when it is not the one that signs this run. */
export const planProfile = async (run: AccountsRun, roleArn: string | undefined, by?: string): Promise<ProfilePlan | undefined> => {
  const { flags, app, caller } = run;
  const profile = flags.profileToWrite;
  if (profile === undefined) {
    if (flags.sourceProfile !== undefined)
      throw usage('--source-profile belongs to --profile-to-write.', 'Name the profile to write, too.');
    return undefined;
  }
  const named = flags.sourceProfile ?? by;
  // Root's session can assume nothing: the administrator's run writes the profile.
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
  throw usage('It is not known which profile the role is to be assumed with.', 'Name it: --source-profile NAME.');
};

/** Writes it, and returns what a person should keep of it. */
export const writeProfile = async (
  { app, caller, port }: AccountsRun,
  { profile, source }: ProfilePlan,
  roleArn: string,
): Promise<{ readonly label: string; readonly value: string }> => {
  const writer = await app.roleProfiles();
  // The AWS CLI and boto3 ask the STS of the profile's region for the role, and the account is known everywhere only in this one.
  const region = stsRegion(caller.partition);
  if (await writer.write({ profile, roleArn, source, region })) port.did('profile-written', profile);
  const how =
    source.kind === 'profile'
      ? `by profile ${source.name}`
      : source.name === 'Environment'
        ? 'by the key variables of the shell'
        : 'in CloudShell';
  return { label: 'Profile', value: `${profile} in ${writer.file}, which assumes ${roleArn} ${how}` };
};

/** Variables win over the region of a profile, in the AWS CLI and in boto3: then the role cannot be assumed in a new account. */
export const regionNotes = ({ app, caller }: AccountsRun, plan: ProfilePlan | undefined): readonly string[] => {
  const { env } = app.host;
  const variable = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find((name) => env[name] !== undefined && env[name] !== '');
  const region = variable === undefined ? undefined : env[variable];
  if (plan === undefined || region === undefined || !isOptInRegion(region)) return [];
  return [
    `${variable}=${region} wins over the region of the profile ${plan.profile}, and ${region} is off in new accounts: unset it, or pass --region ${stsRegion(caller.partition)}, until the account has enabled it.`,
  ];
};

/** Where a command that is for another account has to be run: a config for this one would stop it. */
export const elsewhere = ({ app, caller, config }: AccountsRun): string =>
  config?.account === undefined || app.globals.config !== undefined
    ? ''
    : `, in another folder than this one (whose ${config.file} is for account ${caller.accountId})`;
