import type { ReadCloud } from '../../core/cloud.js';
import type { Finding } from '../../core/finding.js';
import { all, map, type Reading, unknownFinding } from '../../core/reading.js';
import type { Member } from './state.js';

/** The root user of a member account, seen from the management account. A step observes one account, so commands with `--org` use this. */

export const memberRootId = 'organization.member-root';

/** What lets someone act as root. An MFA device alone does not. */
export interface RootCredentials {
  readonly password: boolean;
  readonly accessKeys: readonly RootKey[];
  /** Ids of X.509 signing certificates. */
  readonly certificates: readonly string[];
  /** Serial numbers. */
  readonly mfaDevices: readonly string[];
}
export interface RootKey {
  readonly id: string;
  readonly active: boolean;
}

/** With the credentials of root itself: every request is without a user name. */
export const readRootCredentials = async (cloud: ReadCloud): Promise<Reading<RootCredentials>> => {
  const [password, keys, certificates, devices] = await Promise.all([
    cloud.find('iam:GetLoginProfile', {}, ['NoSuchEntity']),
    cloud.readAll('iam:ListAccessKeys', {}),
    cloud.readAll('iam:ListSigningCertificates', {}),
    cloud.readAll('iam:ListMFADevices', {}),
  ]);
  return map(all(password, keys, certificates, devices), ([profile, keyPages, certificatePages, devicePages]) => ({
    password: profile !== undefined,
    accessKeys: keyPages
      .flatMap((page) => page.AccessKeyMetadata ?? [])
      .map(({ AccessKeyId = '', Status }) => ({ id: AccessKeyId, active: Status !== 'Inactive' })),
    certificates: certificatePages.flatMap((page) => page.Certificates ?? []).map(({ CertificateId = '' }) => CertificateId),
    mfaDevices: devicePages.flatMap((page) => page.MFADevices ?? []).map(({ SerialNumber = '' }) => SerialNumber),
  }));
};

/** Whether someone can act as root. */
const canSignIn = ({ password, accessKeys, certificates }: RootCredentials): boolean =>
  password || accessKeys.length > 0 || certificates.length > 0;

/** "a password, 2 access keys, an MFA device"; empty: nothing. */
export const rootCredentialsWords = ({ password, accessKeys, certificates, mfaDevices }: RootCredentials): string =>
  [
    ...(password ? ['a password'] : []),
    ...several(accessKeys.length, 'an access key', 'access keys'),
    ...several(certificates.length, 'a signing certificate', 'signing certificates'),
    ...several(mfaDevices.length, 'an MFA device', 'MFA devices'),
  ].join(', ');

const several = (count: number, one: string, more: string): readonly string[] =>
  count === 0 ? [] : [count === 1 ? one : `${count} ${more}`];

/** Pure. `read`: what an audit as root of the member returned. */
export const assessMemberRoot = ({ id }: Pick<Member, 'id'>, read: Reading<RootCredentials>): Finding<never> => {
  const base = { id: memberRootId, resource: id, evidence: read.evidence } as const;
  if (!read.ok) return unknownFinding(memberRootId, read, id);
  const has = rootCredentialsWords(read.value);
  const shown = { ...base, expected: 'no password, access key or signing certificate', observed: has === '' ? 'none' : has };
  if (!canSignIn(read.value))
    return {
      ...shown,
      status: 'pass',
      reason: has === '' ? 'Root has no credentials' : `Root has ${has}, but no password, access key or signing certificate`,
    };
  return {
    ...shown,
    status: 'fail',
    reason: `Root of this member account has ${has}`,
    remedy: {
      by: 'hand',
      instructions:
        'Delete the credentials from the management account. If something uses an access key of root, give it a role first. A password can be restored later.',
      command: `bootstrap accounts secure-root ${id}`,
    },
  };
};

/** Why no member can be audited, as one finding for the organization; undefined if they can be. */
export const whyNoAudit = (centralRoot: Reading<boolean>, activeMembers: number): Finding<never> | undefined => {
  const base = { id: memberRootId, evidence: centralRoot.evidence } as const;
  if (activeMembers === 0) return { ...base, status: 'not-applicable', reason: 'The organization has no active member accounts' };
  if (!centralRoot.ok) return unknownFinding(memberRootId, centralRoot);
  if (centralRoot.value) return undefined;
  return {
    ...base,
    status: 'manual',
    reason: "Central management of root credentials is off, so the members' root users cannot be checked from here",
    remedy: {
      by: 'hand',
      instructions:
        'Set `organization.central-root: true` in the config and run the command (or enable it in the console: IAM, Root access management). Or sign in as root of each member and check it there.',
      command: 'bootstrap init --only organization',
    },
  };
};
