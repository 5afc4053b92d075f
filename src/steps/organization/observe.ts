import type { Identity } from '../../core/account.js';
import type { ReadCloud, Reads } from '../../core/cloud.js';
import { all, map, type Reading, value } from '../../core/reading.js';
import type { ObserveContext } from '../../core/step.js';
import { type HeldPolicy, mayDeny, rightsOf } from '../shared/administrator-rights.js';
import { holding, readAccess, sameName } from '../shared/people.js';
import { readRoles } from '../shared/sign-ins.js';
import { sameEmail } from './section.js';
import {
  type CreationRequest,
  type Desired,
  type Member,
  type Membership,
  type Observed,
  type PendingFeatures,
  roleArnOf,
  type RoleCheck,
} from './state.js';
import { readTree } from './units.js';

/**
 * One wave of reads for what nearly always matters; the lists are asked for before it is known that this is the management
 * account, and what a standalone or member account answers to them is never judged. A second wave only where the first
 * calls for it.
 */
export const observe = async ({ cloud, caller }: Pick<ObserveContext, 'cloud' | 'caller'>, desired: Desired): Promise<Observed> => {
  const [described, members, requests, centralRoot, { accountId, partition, identity }] = await Promise.all([
    // Standalone accounts are told AWSOrganizationsNotInUse.
    cloud.find('organizations:DescribeOrganization', {}, ['AWSOrganizationsNotInUse']),
    readMembers(cloud),
    desired.accounts.length > 0 ? readRequests(cloud) : value([]),
    desired.centralRoot ? readCentralRoot(cloud) : undefined,
    caller(),
  ]);
  const place = placeIn(described, accountId);
  const manages = place.ok && place.value.role === 'management' ? place.value : undefined;
  const [pendingFeatures, tree, trials] = await Promise.all([
    manages && !manages.allFeatures ? readPendingFeatures(cloud) : undefined,
    manages ? readWantedTree(cloud, desired, members) : undefined,
    manages && identity.kind !== 'root'
      ? tryRoles(cloud, identity, wantedRoles(desired, { accountId, partition, members: members.ok ? members.value : [] }))
      : undefined,
  ]);
  return {
    accountId,
    partition,
    callerIsRoot: identity.kind === 'root',
    place,
    members,
    requests,
    ...(centralRoot ? { centralRoot } : {}),
    ...(pendingFeatures ? { pendingFeatures } : {}),
    ...(tree ? { tree } : {}),
    ...(trials ? { trials } : {}),
  };
};

/** The account's place among organizations. */
export const readMembership = async (cloud: ReadCloud, accountId: string): Promise<Reading<Membership>> =>
  placeIn(await cloud.find('organizations:DescribeOrganization', {}, ['AWSOrganizationsNotInUse']), accountId);

const placeIn = (
  described: Reading<Reads['organizations:DescribeOrganization']['output'] | undefined>,
  accountId: string,
): Reading<Membership> => {
  if (!described.ok) return described;
  if (described.value === undefined) return { ...described, value: { role: 'standalone' } };
  const { Id: id, MasterAccountId: managementId, MasterAccountEmail: managementEmail, FeatureSet } = described.value.Organization ?? {};
  if (id === undefined || managementId === undefined) {
    return {
      ok: false,
      cause: 'failed',
      message: 'organizations:DescribeOrganization answered without an organization',
      evidence: described.evidence,
    };
  }
  const facts = { id, managementId, managementEmail: managementEmail ?? '', allFeatures: FeatureSet === 'ALL' };
  return { ...described, value: { role: managementId === accountId ? 'management' : 'member', ...facts } };
};

export const readMembers = async (cloud: ReadCloud): Promise<Reading<readonly Member[]>> =>
  map(await cloud.readAll('organizations:ListAccounts', {}), (pages) =>
    pages
      .flatMap((page) => page.Accounts ?? [])
      .map((account) => ({
        id: account.Id ?? '',
        email: account.Email ?? '',
        name: account.Name ?? '',
        // AWS retires Status in favour of State; an endpoint that is older than State still tells Status.
        state: account.State ?? account.Status ?? 'unknown',
        invited: account.JoinedMethod === 'INVITED',
      })),
  );

/** Requests to make an account, newest first. AWS keeps them for 90 days. */
export const readRequests = async (cloud: ReadCloud): Promise<Reading<readonly CreationRequest[]>> =>
  map(await cloud.readAll('organizations:ListCreateAccountStatus', {}), (pages) =>
    pages
      .flatMap((page) => page.CreateAccountStatuses ?? [])
      .map((status) => ({
        id: status.Id ?? '',
        name: status.AccountName ?? '',
        state: status.State ?? 'IN_PROGRESS',
        requestedAt: status.RequestedTimestamp,
        accountId: status.AccountId,
        failureReason: status.FailureReason,
      }))
      .toSorted((a, b) => (b.requestedAt?.getTime() ?? 0) - (a.requestedAt?.getTime() ?? 0)),
  );

/** REQUESTED: some invited member has yet to approve, or there is none to ask. OPEN: all have. Others have ended. */
export const readPendingFeatures = async (cloud: ReadCloud): Promise<Reading<PendingFeatures | undefined>> =>
  map(await cloud.readAll('organizations:ListHandshakesForOrganization', { Filter: { ActionType: 'ENABLE_ALL_FEATURES' } }), (pages) => {
    const handshake = pages
      .flatMap((page) => page.Handshakes ?? [])
      .find(({ Action, State }) => Action === 'ENABLE_ALL_FEATURES' && (State === 'REQUESTED' || State === 'OPEN'));
    return handshake?.Id === undefined ? undefined : { handshakeId: handshake.Id, ready: handshake.State === 'OPEN' };
  });

/** Errors that say that nothing is enabled: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html */
const readCentralRoot = async (cloud: ReadCloud): Promise<Reading<boolean>> =>
  map(
    await cloud.find('iam:ListOrganizationsFeatures', {}, [
      'ServiceAccessNotEnabled',
      'OrganizationNotFound',
      'OrganizationNotInAllFeaturesMode',
      'AccountNotManagementOrDelegatedAdministrator',
    ]),
    (output) => output?.EnabledFeatures?.includes('RootCredentialsManagement') ?? false,
  );

const readWantedTree = async (cloud: ReadCloud, desired: Desired, members: Reading<readonly Member[]>): Promise<Observed['tree']> => {
  const placed = desired.accounts.filter(({ unit }) => unit.length > 0);
  if (placed.length === 0) return undefined;
  const listed = members.ok ? members.value : [];
  const ids = placed.flatMap(({ email }) => listed.find((member) => sameEmail(member.email, email))?.id ?? []);
  return readTree(
    cloud,
    placed.map(({ unit }) => unit),
    ids,
  );
};

/** Roles in members that could let somebody in: of active accounts other than this one. */
const wantedRoles = (
  { accounts }: Desired,
  { accountId, partition, members }: { readonly accountId: string; readonly partition: string; readonly members: readonly Member[] },
): readonly string[] =>
  accounts.flatMap((account) => {
    const member = members.find(({ email }) => sameEmail(email, account.email));
    return member === undefined || member.id === accountId || member.state !== 'ACTIVE' ? [] : [roleArnOf(partition, member, account)];
  });

/** The only proof that a role lets people in is to go in. */
const tryRoles = async (cloud: ReadCloud, identity: Identity, arns: readonly string[]): Promise<Observed['trials']> => {
  const tried = await Promise.all(arns.map(async (arn) => [arn, await cloud.assume(arn)] as const));
  // Not before one was refused: mostly none is.
  const refused = tried.some(([, reading]) => isRefusal(reading));
  const fullRights = refused ? await readFullRights(cloud, identity) : undefined;
  return Object.fromEntries(
    tried.map(([arn, reading]): readonly [string, RoleCheck] => [
      arn,
      reading.ok
        ? { let: 'in', evidence: reading.evidence }
        : { let: 'out', unread: reading, fullRights: isRefusal(reading) ? fullRights : undefined },
    ]),
  );
};

/** AWS's no to this role; not credentials that it does not take at all. */
const isRefusal = (reading: Reading<unknown>): boolean =>
  !reading.ok && reading.cause === 'denied' && reading.missingPermission !== undefined;

/**
 * Whether the caller certainly may do everything in its account: AdministratorAccess or its like without a condition, nothing beside
 * it that could deny, and no permissions boundary. Then a refusal lies with the other side. False: that cannot be said.
 */
export const readFullRights = async (cloud: ReadCloud, { kind, name }: Identity): Promise<Reading<boolean>> => {
  switch (kind) {
    case 'user':
      return map(await readAccess(cloud), (pages) => {
        const user = pages.flatMap((page) => page.UserDetailList ?? []).find(({ UserName }) => sameName(UserName ?? '', name));
        if (user === undefined) return false;
        const holds = holding(pages);
        const own = holds({ ...user, inline: user.UserPolicyList });
        const through = pages
          .flatMap((page) => page.GroupDetailList ?? [])
          .filter(({ GroupName }) => (user.GroupList ?? []).some((member) => sameName(member, GroupName ?? '')))
          .flatMap((group) => holds({ ...group, inline: group.GroupPolicyList }).held);
        return mayAll([...own.held, ...through], own.boundary);
      });
    case 'role':
      return map(all(await readRoles(cloud), await readAccess(cloud)), ([roles, pages]) => {
        const role = roles.find(({ RoleName }) => sameName(RoleName ?? '', name));
        if (role === undefined) return false;
        const { held, boundary } = holding(pages)({ ...role, inline: role.RolePolicyList });
        return mayAll(held, boundary);
      });
    default:
      return value(kind === 'root');
  }
};

const mayAll = (held: readonly HeldPolicy[], boundary: HeldPolicy | undefined): boolean => {
  const rights = rightsOf(held);
  return boundary === undefined && rights.kind === 'administrator' && rights.conditions.length === 0 && !held.some(mayDeny);
};
