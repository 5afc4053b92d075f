/**
 * Which credentials a run uses, decided before the SDK is loaded: flag, key variables, AWS_PROFILE, then the SDK's chain.
 * That is the AWS CLI's order; the SDK would prefer AWS_PROFILE to key variables, and two tools in one shell would then
 * speak for two accounts.
 */
export type CredentialSource =
  | { readonly from: 'profile'; readonly profile: string; readonly how: string }
  | { readonly from: 'environment'; readonly how: string; readonly rival?: RivalProfile }
  | { readonly from: 'chain'; readonly how: string }
  | { readonly from: 'sandbox'; readonly how: string };

/** AWS_PROFILE set beside key variables: another identity that this shell also stands for. */
export interface RivalProfile {
  readonly profile: string;
  /** The account it signs in to, when its settings say so without a call; null when only a call can tell. */
  readonly accountId: string | null;
}

/** A profile's settings, from both files, keys in lower case. Empty when there is no such profile. */
export type ProfileSettings = Readonly<Record<string, string | undefined>>;

export const chooseCredentials = (options: {
  readonly profileFlag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settingsOf: (profile: string) => ProfileSettings;
}): CredentialSource => {
  const { profileFlag, env, settingsOf } = options;
  if (profileFlag !== undefined) return ofProfile(profileFlag, settingsOf(profileFlag), '--profile');
  const named = env['AWS_PROFILE'] || undefined;
  if (env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']) {
    const how = 'key variables (AWS_ACCESS_KEY_ID)';
    if (named === undefined) return { from: 'environment', how };
    const settings = settingsOf(named);
    // The profile holds the very key of the variables: one identity, not two.
    if (settings['aws_access_key_id'] === env['AWS_ACCESS_KEY_ID']) return { from: 'environment', how };
    return { from: 'environment', how, rival: { profile: named, accountId: accountIdOf(settings) } };
  }
  if (named !== undefined) return ofProfile(named, settingsOf(named), 'AWS_PROFILE');
  const settings = settingsOf('default');
  if (Object.keys(settings).length > 0 && signInOf(settings) !== undefined) return ofProfile('default', settings, '');
  if (env['AWS_EXECUTION_ENV'] === 'CloudShell') return { from: 'chain', how: 'CloudShell' };
  return { from: 'chain', how: 'default credentials' };
};

const ofProfile = (profile: string, settings: ProfileSettings, chosenBy: string): CredentialSource => {
  const how = signInOf(settings);
  const notes = [how, chosenBy].filter((note) => note !== undefined && note !== '').join(', ');
  return { from: 'profile', profile, how: notes === '' ? `profile ${profile}` : `profile ${profile} (${notes})` };
};

/** Precedence within a profile, as in the SDK's ini provider. */
const signInOf = (settings: ProfileSettings): string | undefined => {
  if (settings['role_arn']) return 'assumed role';
  if (settings['aws_access_key_id']) return 'access key';
  if (settings['web_identity_token_file']) return 'web identity';
  if (settings['credential_process']) return 'credential process';
  if (settings['sso_session'] || settings['sso_start_url']) return 'IAM Identity Center';
  if (settings['login_session']) return 'aws login';
  return undefined;
};

/** The account that a profile's settings name themselves. */
export const accountIdOf = (settings: ProfileSettings): string | null => {
  const arn = settings['role_arn'] ?? (settings['aws_access_key_id'] ? undefined : settings['login_session']);
  const fromArn = arn === undefined ? undefined : /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
  return fromArn ?? (settings['aws_access_key_id'] ? null : (settings['sso_account_id'] ?? null));
};
