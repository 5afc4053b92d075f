import type { Clock } from '../core/clock.js';
import { profileMark, profileNameProblem } from '../core/profile-name.js';
import type { SecretEntry, StoredSecret } from '../core/secret.js';
import { type Edit, applyEdit, openAwsFile, type Section, sectionsOf, valueOf } from './aws-file.js';
import { destinationError, storeError } from './destination.js';

export interface ProfileWriterOptions {
  /** AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials. */
  readonly credentialsFile: string;
  /** AWS_CONFIG_FILE or ~/.aws/config. */
  readonly configFile: string;
  /** For a profile without a region, which the AWS CLI refuses. */
  readonly region: () => Promise<string>;
  /** `--replace-profile`: a key in a profile may be replaced. */
  readonly replace: boolean;
  /** The key that may be replaced without the flag: the one that is being rotated. */
  readonly replacesKey?: string | undefined;
  readonly clock: Clock;
  /** The profile of this run, if it is known: `reserve` checks that it is free. */
  readonly profile?: string | undefined;
}

/** Stores access keys as AWS profiles. Returns names and key ids, never secrets. */
export interface ProfileWriter {
  readonly listProfiles: () => Promise<readonly string[]>;
  /** The key id of a profile; undefined when it has no key. */
  readonly keyIdOf: (profile: string) => Promise<string | undefined>;
  /** Every profile that can sign in, as `profileMark` returns it. */
  readonly marks: () => Promise<readonly StoredSecret[]>;
  /** Throws E-SECRETS-DESTINATION when the files cannot be written, or the profile of this run is in use. */
  readonly reserve: () => Promise<void>;
  /**
   * On disk when it resolves. Throws E-SECRETS-DESTINATION when the profile is in use, E-SECRETS-STORE when the key is stored but its
   * region could not be written.
   */
  readonly write: (key: Pick<Extract<SecretEntry, { kind: 'access-key' }>, 'profile' | 'accessKeyId' | 'secretAccessKey'>) => Promise<void>;
  /** In words: "the profile practice in /home/alex/.aws/credentials". */
  readonly place: string;
}

export const makeProfileWriter = (options: ProfileWriterOptions): ProfileWriter => {
  const { credentialsFile, configFile, clock } = options;
  const credentials = openAwsFile(credentialsFile, { closed: true, clock });
  const config = openAwsFile(configFile, { closed: false, clock });

  const read = async (): Promise<Texts> => {
    const [inCredentials, inConfig] = await Promise.all([credentials.read(), config.read()]);
    return { credentials: inCredentials, config: inConfig };
  };
  /** Without an error when the files cannot be read: `reserve` reports it. */
  const readLeniently = async (): Promise<Texts> => read().catch(() => ({ credentials: '', config: '' }));

  const refuseTaken = (texts: Texts, profile: string, accessKeyId?: string): void => {
    const problem = profileNameProblem(profile);
    if (problem !== undefined)
      throw destinationError(`The name of the profile ${problem}.`, 'Choose another: access-keys.profile in the config.');
    const taken = holderOf(texts, profile);
    const mayReplace = (id: string): boolean => options.replace || id === options.replacesKey || id === accessKeyId;
    if (taken === undefined || (taken.by === 'key' && mayReplace(taken.id))) return;
    if (taken.by === 'key') {
      throw destinationError(
        `The profile ${profile} holds another access key (${taken.id}).`,
        'Choose another name (access-keys.profile in the config), or replace that key with --replace-profile.',
      );
    }
    throw destinationError(
      `The profile ${profile} ${taken.by === 'odd' ? 'is written in a form that other tools read differently' : `signs in by ${taken.key}`}, so no key is stored in it.`,
      'Choose another name: access-keys.profile in the config.',
    );
  };

  /** Sets the region of a profile that has none. */
  const writeRegion = async (profile: string): Promise<void> => {
    if (valueOf(sectionsFor(await read(), profile), 'region') !== undefined) return;
    const region = await options.region();
    await config.edit((text) => {
      const sections = sectionsOf(text).filter(({ title }) => isConfigTitle(title, profile));
      if (valueOf(sections, 'region') !== undefined) return text;
      return applyEdit(text, { isTarget: (title) => isConfigTitle(title, profile), title: configTitle(profile), values: { region } });
    });
  };

  return {
    listProfiles: async () => profilesIn(await read()),
    keyIdOf: async (profile) => valueOf(sectionsFor(await read(), profile), 'aws_access_key_id'),
    marks: async () => {
      const texts = await readLeniently();
      return profilesIn(texts).flatMap((profile) => {
        const taken = holderOf(texts, profile);
        return taken === undefined ? [] : [profileMark(profile, taken.by === 'key' ? taken.id : '')];
      });
    },
    reserve: async () => {
      await credentials.checkWritable();
      await config.checkWritable();
      if (options.profile === undefined) return;
      const texts = await read();
      // An existing key may be the wanted one, if this run creates no other: `write` decides.
      if (holderOf(texts, options.profile)?.by !== 'key') refuseTaken(texts, options.profile);
    },
    write: async ({ profile, accessKeyId, secretAccessKey }) => {
      // Before any write, so that a refused profile changes neither file.
      const before = await read();
      refuseTaken(before, profile, accessKeyId);
      // The region first, so that a crash leaves no key without a region. If it fails, the key is stored anyway.
      const region = await writeRegion(profile).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      await credentials.edit((text) => {
        refuseTaken({ credentials: text, config: before.config }, profile, accessKeyId);
        const edit: Edit = {
          isTarget: (title) => title === profile,
          title: profile,
          values: { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey.reveal() },
          // A session token is valid only with its own key.
          remove: ['aws_session_token'],
        };
        return applyEdit(text, edit);
      });
      if (region !== undefined) {
        throw storeError(
          `The profile ${profile} has its key, but its region could not be written to ${configFile}.`,
          `Add it: aws configure set region REGION --profile ${profile}.`,
          region.error,
        );
      }
    },
    place: `${options.profile === undefined ? 'a profile' : `the profile ${options.profile}`} in ${credentialsFile}`,
  };
};

export interface Texts {
  readonly credentials: string;
  readonly config: string;
}
type Holder = { readonly by: 'key'; readonly id: string } | { readonly by: 'other'; readonly key: string } | { readonly by: 'odd' };

export const configTitle = (profile: string): string => (profile === 'default' ? 'default' : `profile ${profile}`);

/** `[profile NAME]`, with or without quotes; only `[default]` may omit the word. */
export const isConfigTitle = (title: string, profile: string): boolean => profileOfTitle(title) === profile;
const profileOfTitle = (title: string): string | undefined => (title === 'default' ? title : /^profile\s(["']?)(.+)\1$/.exec(title)?.[2]);

/** Whether some tools, but not all, may read a title as this profile. */
const resembles = (title: string, profile: string): boolean =>
  title
    .trim()
    .replace(/^profile\s+/, '')
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim() === profile;

export const sectionsFor = (texts: Texts, profile: string): readonly Section[] => [
  ...sectionsOf(texts.config).filter(({ title }) => isConfigTitle(title, profile)),
  ...sectionsOf(texts.credentials).filter(({ title }) => title === profile),
];

export const profilesIn = (texts: Texts): readonly string[] => {
  const names = [
    ...sectionsOf(texts.credentials).map(({ title }) => title),
    ...sectionsOf(texts.config).flatMap(({ title }) => profileOfTitle(title) ?? []),
  ];
  return [...new Set(names)];
};

/** Settings that let a profile sign in without its own keys. */
export const otherSignIns = [
  'role_arn',
  'source_profile',
  'credential_source',
  'credential_process',
  'web_identity_token_file',
  'sso_session',
  'sso_start_url',
  'sso_account_id',
  'login_session',
];
export const keySettings = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'];

/** How a profile signs in; undefined when it is free: absent, or only with other settings, such as a region. */
export const holderOf = (texts: Texts, profile: string): Holder | undefined => {
  const sections = sectionsFor(texts, profile);
  const other = otherSignIns.find((key) => valueOf(sections, key) !== undefined);
  if (other !== undefined) return { by: 'other', key: other };
  const odd = [
    // In the config file, all tools ignore `[NAME]`, except `[default]`.
    ...sectionsOf(texts.config)
      .filter(({ title }) => resembles(title, profile) && (title !== profile || profile === 'default'))
      .filter(({ title, plain }) => !plain || !isConfigTitle(title, profile)),
    ...sectionsOf(texts.credentials).filter(({ title, plain }) => resembles(title, profile) && !(plain && title === profile)),
  ];
  if (odd.length > 0) return { by: 'odd' };
  // Keys in the config file would be mixed with keys in the credentials file.
  const keyInConfig = keySettings.find(
    (key) =>
      valueOf(
        sectionsOf(texts.config).filter(({ title }) => isConfigTitle(title, profile)),
        key,
      ) !== undefined,
  );
  if (keyInConfig !== undefined) return { by: 'other', key: `${keyInConfig} in the config file` };
  if (!keySettings.some((key) => valueOf(sections, key) !== undefined)) return undefined;
  return { by: 'key', id: valueOf(sections, 'aws_access_key_id') ?? 'without an id' };
};
