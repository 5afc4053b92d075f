import type { Clock } from '../core/clock.js';
import { profileNameProblem } from '../core/profile-name.js';
import { applyEdit, openAwsFile, sectionsOf, valueOf } from './aws-file.js';
import { destinationError } from './destination.js';
import { configTitle, holderOf, isConfigTitle, keySettings, otherSignIns, profilesIn, sectionsFor, type Texts } from './profile.js';

/** What a role is assumed with: another profile (a login session or a key), or what the surroundings sign in with. */
export type RoleSource =
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'surroundings'; readonly name: 'Environment' | 'EcsContainer' };

export interface RoleProfile {
  readonly profile: string;
  readonly roleArn: string;
  readonly source: RoleSource;
  /** For a profile that has none: where the AWS CLI and boto3 assume the role. */
  readonly region: string;
}

/** Without a role: its account is yet to be made, so that no profile can be its own already. */
type Wanted = Pick<RoleProfile, 'profile' | 'source'> & { readonly roleArn: string | undefined };

/** Profiles of the AWS config file that assume a role. They hold no secret. */
export interface RoleProfileWriter {
  /** Throws E-SECRETS-DESTINATION when the profile is taken, or the file cannot be written. */
  readonly reserve: (profile: Wanted) => Promise<void>;
  /** Durable when it resolves; true when the file had to be changed. */
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
  const credentials = openAwsFile(files.credentials, { closed: true, clock: files.clock });
  const read = async (): Promise<Texts> => ({ config: await config.read(), credentials: await credentials.read() });
  return {
    file: files.config,
    reserve: async (wanted) => {
      refuseTaken(await read(), wanted);
      await config.checkWritable();
    },
    write: async (wanted) => {
      const inCredentials = await credentials.read();
      let changed = false;
      await config.edit((text) => {
        refuseTaken({ config: text, credentials: inCredentials }, wanted);
        const after = withRole(text, wanted);
        changed = after !== text;
        return after;
      });
      return changed;
    },
  };
};

const withRole = (text: string, { profile, roleArn, source, region }: RoleProfile): string => {
  const isTarget = (title: string): boolean => isConfigTitle(title, profile);
  const there = sectionsOf(text).filter(({ title }) => isTarget(title));
  const ours = source.kind === 'profile' ? 'source_profile' : 'credential_source';
  const wanted = { role_arn: roleArn, [ours]: source.name };
  const stands = Object.entries(wanted).every(([key, value]) => valueOf(there, key) === value);
  const regionless = valueOf(there, 'region') === undefined;
  const other = ours === 'source_profile' ? 'credential_source' : 'source_profile';
  if (stands && !regionless && valueOf(there, other) === undefined) return text;
  return applyEdit(text, {
    isTarget,
    title: configTitle(profile),
    values: { ...(stands ? {} : wanted), ...(regionless ? { region } : {}) },
    remove: [other],
  });
};

/** What a profile of ours may have: a role, what it is assumed with, and whatever does not sign in. */
const ownSettings: readonly string[] = ['role_arn', 'source_profile', 'credential_source'];
const signInSettings = [...otherSignIns, ...keySettings].filter((key) => !ownSettings.includes(key));

const refuseTaken = (texts: Texts, { profile, roleArn, source }: Wanted): void => {
  const wrong = profileNameProblem(profile);
  if (wrong !== undefined) throw destinationError(`The name of the profile ${wrong}.`, 'Choose another: --profile-to-write NAME.');
  if (source.kind === 'profile' && source.name === profile)
    throw destinationError(`The profile ${profile} cannot assume a role with itself.`, 'Choose another name: --profile-to-write NAME.');
  if (source.kind === 'profile' && !profilesIn(texts).includes(source.name)) {
    throw destinationError(
      `There is no profile ${source.name} that the role could be assumed with.`,
      'Name one that signs in to the management account: --source-profile NAME.',
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
      ? `The profile ${profile} holds an access key (${holder.id}).`
      : other === undefined && held !== undefined
        ? `The profile ${profile} assumes another role (${held}).`
        : `The profile ${profile} ${holder.by === 'odd' ? 'is written in a way that other tools read differently' : `signs in by ${other ?? holder.key}`}.`,
    'Choose another name: --profile-to-write NAME.',
  );
};
