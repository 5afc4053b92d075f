import { readFile } from 'node:fs/promises';

/**
 * Which credentials a run uses, decided before the SDK is loaded: flag, key variables, AWS_PROFILE, then the SDK's chain. This is the
 * order of the AWS CLI. The SDK prefers AWS_PROFILE to key variables, so that two tools in one shell could use two accounts.
 */
export type CredentialSource =
  // `base`: the profile that signs in for this one, at the end of its chain of `source_profile`.
  | ({ readonly from: 'profile'; readonly how: string; readonly base?: ProfileCredentials } & ProfileCredentials)
  | { readonly from: 'environment'; readonly how: string; readonly conflicting?: ConflictingProfile }
  | { readonly from: 'chain'; readonly how: string }
  | { readonly from: 'sandbox'; readonly how: string };

export interface ProfileCredentials {
  readonly profile: string;
  /** Undefined if the profile has no settings to sign in with. */
  readonly method?: SignInMethod;
}

/** AWS_PROFILE when key variables are set too: a second identity in the same shell. */
export interface ConflictingProfile {
  readonly profile: string;
  /** The account of the profile, from its settings; null when only a request to AWS shows it. */
  readonly accountId: string | null;
}

/** The profile that signs in, for itself or for another one; undefined if no profile does. */
export const profileBehind = (source: CredentialSource): ProfileCredentials | undefined =>
  source.from === 'profile' ? (source.base ?? source) : undefined;

/** The settings of a profile from both files, keys in lower case. Empty when the profile does not exist. */
export type ProfileSettings = Readonly<Record<string, string | undefined>>;

export const chooseCredentials = (options: {
  readonly profileFlag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settingsOf: (profile: string) => ProfileSettings;
}): CredentialSource => {
  const { profileFlag, env, settingsOf } = options;
  if (profileFlag !== undefined) return ofProfile(profileFlag, settingsOf, '--profile');
  const named = env['AWS_PROFILE'] || undefined;
  if (env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']) {
    const how = 'key variables (AWS_ACCESS_KEY_ID)';
    if (named === undefined) return { from: 'environment', how };
    const settings = settingsOf(named);
    // The profile has the same key as the variables: one identity, not two.
    if (settings['aws_access_key_id'] === env['AWS_ACCESS_KEY_ID']) return { from: 'environment', how };
    return { from: 'environment', how, conflicting: { profile: named, accountId: accountIdOf(settings) } };
  }
  if (named !== undefined) return ofProfile(named, settingsOf, 'AWS_PROFILE');
  if (signInOf(settingsOf('default')) !== undefined) return ofProfile('default', settingsOf, '');
  if (env['AWS_EXECUTION_ENV'] === 'CloudShell') return { from: 'chain', how: 'CloudShell' };
  return { from: 'chain', how: 'default credentials' };
};

const ofProfile = (profile: string, settingsOf: (profile: string) => ProfileSettings, chosenBy: string): CredentialSource => {
  const method = signInOf(settingsOf(profile));
  const notes = [method, chosenBy].filter((note) => note !== undefined && note !== '').join(', ');
  const base = baseOf(profile, settingsOf);
  return {
    from: 'profile',
    profile,
    how: `profile ${profile} (${notes})`,
    ...(method === undefined ? {} : { method }),
    ...(base === undefined || base.profile === profile ? {} : { base }),
  };
};

/** The end of a chain of `source_profile`, or the profile itself; undefined if the chain has no end, or ends in credentials that no profile holds. */
const baseOf = (start: string, settingsOf: (profile: string) => ProfileSettings): ProfileCredentials | undefined => {
  const seen = new Set<string>();
  for (let profile = start; !seen.has(profile); ) {
    seen.add(profile);
    const settings = settingsOf(profile);
    // The SDK takes the key of a source profile, also if that profile has a role.
    const method = profile !== start && hasKey(settings) ? 'access key' : signInOf(settings);
    if (method !== 'assumed role') return { profile, ...(method === undefined ? {} : { method }) };
    if (settings['source_profile'] === undefined) return undefined;
    profile = settings['source_profile'];
  }
  return undefined;
};

export type SignInMethod = 'assumed role' | 'access key' | 'web identity' | 'credential process' | 'IAM Identity Center' | 'aws login';

const hasKey = (settings: ProfileSettings): boolean => Boolean(settings['aws_access_key_id'] && settings['aws_secret_access_key']);

/** The way a profile signs in, by the precedence of the SDK's ini provider. */
const signInOf = (settings: ProfileSettings): SignInMethod | undefined => {
  if (settings['role_arn'] && (settings['source_profile'] || settings['credential_source'])) return 'assumed role';
  if (hasKey(settings)) return 'access key';
  if (settings['role_arn'] && settings['web_identity_token_file']) return 'web identity';
  if (settings['credential_process']) return 'credential process';
  if (settings['sso_session'] || settings['sso_start_url'] || settings['sso_account_id']) return 'IAM Identity Center';
  if (settings['login_session']) return 'aws login';
  return undefined;
};

/** The account in a profile's settings; null when only a request to AWS shows it. */
export const accountIdOf = (settings: ProfileSettings): string | null => {
  switch (signInOf(settings)) {
    case 'assumed role':
    case 'web identity':
      return accountOfArn(settings['role_arn']);
    case 'IAM Identity Center':
      return settings['sso_account_id'] || null;
    case 'aws login':
      return accountOfArn(settings['login_session']);
    default:
      return null;
  }
};

const accountOfArn = (arn: string | undefined): string | null => /^arn:[^:]*:[^:]*::(\d{12}):/.exec(arn ?? '')?.[1] ?? null;

/** Profiles of the AWS config and credentials files, read with the SDK's own parser. */
export interface SharedFiles {
  readonly settingsOf: (profile: string) => ProfileSettings;
  readonly has: (profile: string) => boolean;
  /** Files that begin with a byte-order mark. The SDK for JavaScript can read them; boto3 and the AWS CLI cannot. */
  readonly withByteOrderMark: readonly string[];
}

export const readSharedFiles = async (paths: { readonly config: string; readonly credentials: string }): Promise<SharedFiles> => {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    configFilepath: paths.config,
    filepath: paths.credentials,
    // The SDK caches the files for the life of the process.
    ignoreCache: true,
  });
  const settingsOf = (profile: string): ProfileSettings => {
    const settings = { ...configFile[profile], ...credentialsFile[profile] };
    const services = settings['services'] === undefined ? {} : (configFile[`services.${settings['services']}`] ?? {});
    const endpoints = Object.entries(services).flatMap(([key, url]) => {
      const service = /^(\w+)\.endpoint_url$/.exec(key)?.[1];
      return service === undefined ? [] : [[`services.${service}`, url] as const];
    });
    return { ...settings, ...Object.fromEntries(endpoints) };
  };
  const withByteOrderMark = await Promise.all(Object.values(paths).map(async (path) => ((await hasByteOrderMark(path)) ? [path] : [])));
  return {
    settingsOf,
    withByteOrderMark: withByteOrderMark.flat(),
    has: (profile) => Object.hasOwn(configFile, profile) || Object.hasOwn(credentialsFile, profile),
  };
};

const hasByteOrderMark = async (path: string): Promise<boolean> => (await readFile(path, 'utf8').catch(() => '')).startsWith('\uFEFF');
