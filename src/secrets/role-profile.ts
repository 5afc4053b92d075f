import type { Clock } from '../core/clock.js';
import { profileNameProblem } from '../core/profile-name.js';
import { applyEdit, openAwsFile, readAwsFile, sectionsOf, valueOf } from './aws-file.js';
import { destinationError } from './destination.js';
import { configTitle, holderOf, isConfigTitle, keySettings, otherSignIns, profilesIn, sectionsFor, type Texts } from './profile.js';

/** The credentials that assume a role: another profile (a login session or a key), or those of the environment or container. */
export type RoleSource =
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'surroundings'; readonly name: 'Environment' | 'EcsContainer' };

export interface RoleProfile {
  readonly profile: string;
  readonly roleArn: string;
  readonly source: RoleSource;
  /** For a profile without a region: where the AWS CLI and boto3 assume the role. */
  readonly region: string;
}

/** Without a role: its account does not exist yet, so no profile can have it. */
type Wanted = Pick<RoleProfile, 'profile' | 'source'> & { readonly roleArn: string | undefined };

/** Writes profiles of the AWS config file that assume a role. They contain no secret. */
export interface RoleProfileWriter {
  /** Throws E-SECRETS-DESTINATION when the profile is in use, or the file cannot be written. */
  readonly reserve: (profile: Wanted) => Promise<void>;
  /** On disk when it resolves; true when the file was changed. */
  readonly write: (profile: RoleProfile) => Promise<boolean>;
  readonly file: string;
}

/** https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html */
export const makeRoleProfileWriter = (files: {
  readonly credentials: string;
  readonly config: string;
  readonly clock: Clock;
}): RoleProfileWriter => {
  const config = openAwsFile(files.config, { closed: false, clock: files.clock });
  const read = async (): Promise<Texts> => ({ config: await config.read(), credentials: await readAwsFile(files.credentials) });
  return {
    file: files.config,
    reserve: async (wanted) => {
      refuseTaken(await read(), wanted);
      await config.checkWritable();
    },
    write: async (wanted) => {
      const { credentials } = await read();
      return config.edit((text) => {
        refuseTaken({ config: text, credentials }, wanted);
        return withRole(text, wanted);
      });
    },
  };
};

const withRole = (text: string, { profile, roleArn, source, region }: RoleProfile): string => {
  const isTarget = (title: string): boolean => isConfigTitle(title, profile);
  const sections = sectionsOf(text).filter(({ title }) => isTarget(title));
  const sourceKey = source.kind === 'profile' ? 'source_profile' : 'credential_source';
  const wanted = { role_arn: roleArn, [sourceKey]: source.name };
  const isSet = Object.entries(wanted).every(([key, value]) => valueOf(sections, key) === value);
  const lacksRegion = valueOf(sections, 'region') === undefined;
  const other = sourceKey === 'source_profile' ? 'credential_source' : 'source_profile';
  return applyEdit(text, {
    isTarget,
    title: configTitle(profile),
    // A value that is set keeps its form, and a comment after it.
    values: { ...(isSet ? {} : wanted), ...(lacksRegion ? { region } : {}) },
    remove: [other],
  });
};

/** The sign-in settings of a role profile. */
const ownSettings: readonly string[] = ['role_arn', 'source_profile', 'credential_source'];
const signInSettings = [...otherSignIns, ...keySettings].filter((key) => !ownSettings.includes(key));

const refuseTaken = (texts: Texts, { profile, roleArn, source }: Wanted): void => {
  const problem = profileNameProblem(profile);
  if (problem !== undefined) throw destinationError(`The name of the profile ${problem}.`, 'Choose another: --profile-to-write NAME.');
  if (source.kind === 'profile' && source.name === profile)
    throw destinationError(`The profile ${profile} cannot assume a role with itself.`, 'Choose another name: --profile-to-write NAME.');
  if (source.kind === 'profile' && !profilesIn(texts).includes(source.name)) {
    throw destinationError(
      `The profile ${source.name}, which is to assume the role, does not exist.`,
      'Pass a profile that signs in to the management account: --source-profile NAME.',
    );
  }
  const holder = holderOf(texts, profile);
  if (holder === undefined) return;
  const sections = sectionsFor(texts, profile);
  const other = signInSettings.find((key) => valueOf(sections, key) !== undefined);
  const held = valueOf(sections, 'role_arn');
  if (holder.by === 'other' && other === undefined && (held === undefined || held === roleArn)) return;
  throw destinationError(
    holder.by === 'key'
      ? `The profile ${profile} has an access key (${holder.id}).`
      : other === undefined && held !== undefined
        ? `The profile ${profile} assumes another role (${held}).`
        : `The profile ${profile} ${holder.by === 'odd' ? 'is written in a form that other tools read differently' : `signs in by ${other ?? holder.key}`}.`,
    'Choose another name: --profile-to-write NAME.',
  );
};
