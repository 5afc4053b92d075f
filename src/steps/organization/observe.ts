import type { Identity } from '../../core/account.js';
import type { ReadCloud, Reads } from '../../core/cloud.js';
import { all, map, type Reading, value } from '../../core/reading.js';
import type { ObserveContext } from '../../core/step.js';
import { readAccountPlan } from '../shared/account.js';
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
 * The first batch reads what almost every run needs. It requests the lists before the tool knows whether this is the management account;
 * the answers to a standalone or member account are ignored. A second batch follows only if the first shows that it is needed.
 */
export const observe = async ({ cloud, caller }: Pick<ObserveContext, 'cloud' | 'caller'>, desired: Desired): Promise<Observed> => {
  const [described, members, requests, centralRoot, { accountId, partition, identity }] = await Promise.all([
    // AWS answers AWSOrganizationsNotInUse to a standalone account.
    cloud.find('organizations:DescribeOrganization', {}, ['AWSOrganizationsNotInUse']),
    readMembers(cloud),
    desired.accounts.length > 0 ? readRequests(cloud) : value([]),
    desired.centralRoot ? readCentralRoot(cloud) : undefined,
    caller(),
  ]);
  const membership = membershipOf(described, accountId);
  const manages = membership.ok && membership.value.role === 'management' ? membership.value : undefined;
  const standalone = membership.ok && membership.value.role === 'standalone';
  const [plan, pendingFeatures, tree, roleChecks] = await Promise.all([
    standalone && desired.wanted ? readAccountPlan(cloud, partition) : undefined,
    manages && !manages.allFeatures ? readPendingFeatures(cloud) : undefined,
    manages ? readWantedTree(cloud, desired, members) : undefined,
    manages && identity.kind !== 'root'
      ? checkRoles(cloud, identity, rolesToCheck(desired, { accountId, partition, members: members.ok ? members.value : [] }))
      : undefined,
  ]);
  return {
    accountId,
    partition,
    callerIsRoot: identity.kind === 'root',
    membership,
    ...(plan ? { plan } : {}),
    members,
    requests,
    ...(centralRoot ? { centralRoot } : {}),
    ...(pendingFeatures ? { pendingFeatures } : {}),
    ...(tree ? { tree } : {}),
    ...(roleChecks ? { roleChecks } : {}),
  };
};

/** Whether the account is standalone, or a member or the management account of an organization. */
export const readMembership = async (cloud: ReadCloud, accountId: string): Promise<Reading<Membership>> =>
  membershipOf(await cloud.find('organizations:DescribeOrganization', {}, ['AWSOrganizationsNotInUse']), accountId);

const membershipOf = (
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
      message: 'the response to organizations:DescribeOrganization has no organization',
      evidence: described.evidence,
    };
  }
  const facts = { id, managementId, managementEmail: managementEmail ?? '', allFeatures: FeatureSet === 'ALL' };
  return { ...described, value: { role: managementId === accountId ? 'management' : 'member', ...facts } };
};

/** `found` receives the members of each page as soon as it is read. */
export const readMembers = async (cloud: ReadCloud, found?: (members: readonly Member[]) => void): Promise<Reading<readonly Member[]>> =>
  map(await cloud.readAll('organizations:ListAccounts', {}, (page) => found?.(membersIn(page))), (pages) => pages.flatMap(membersIn));

const membersIn = ({ Accounts = [] }: Reads['organizations:ListAccounts']['output']): readonly Member[] =>
  Accounts.map((account) => ({
    id: account.Id ?? '',
    email: account.Email ?? '',
    name: account.Name ?? '',
    // AWS replaces Status by State. An endpoint that is older than State still sends Status.
    state: account.State ?? account.Status ?? 'unknown',
    invited: account.JoinedMethod === 'INVITED',
  }));

/** Requests to create an account, newest first. AWS stores them for 90 days. */
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

/** REQUESTED: an invited member has not approved yet, or there are no invited members. OPEN: all have approved. Other states have ended. */
export const readPendingFeatures = async (cloud: ReadCloud): Promise<Reading<PendingFeatures | undefined>> =>
  map(await cloud.readAll('organizations:ListHandshakesForOrganization', { Filter: { ActionType: 'ENABLE_ALL_FEATURES' } }), (pages) => {
    const handshake = pages
      .flatMap((page) => page.Handshakes ?? [])
      .find(({ Action, State }) => Action === 'ENABLE_ALL_FEATURES' && (State === 'REQUESTED' || State === 'OPEN'));
    return handshake?.Id === undefined ? undefined : { handshakeId: handshake.Id, ready: handshake.State === 'OPEN' };
  });

/** Errors that mean that nothing is enabled: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html */
export const readCentralRoot = async (cloud: ReadCloud): Promise<Reading<boolean>> =>
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

/** The roles to check: those of active accounts other than this one. */
const rolesToCheck = (
  { accounts }: Desired,
  { accountId, partition, members }: { readonly accountId: string; readonly partition: string; readonly members: readonly Member[] },
): readonly string[] =>
  accounts.flatMap((account) => {
    const member = members.find(({ email }) => sameEmail(email, account.email));
    return member === undefined || member.id === accountId || member.state !== 'ACTIVE' ? [] : [roleArnOf(partition, member, account)];
  });

/** The only way to verify that a role can be assumed is to assume it. */
const checkRoles = async (cloud: ReadCloud, identity: Identity, arns: readonly string[]): Promise<Observed['roleChecks']> => {
  const checked = await Promise.all(arns.map(async (arn) => [arn, await cloud.assume(arn)] as const));
  // Only if one was refused, which is rare.
  const refused = checked.some(([, reading]) => isRefusal(reading));
  const fullRights = refused ? await readFullRights(cloud, identity) : undefined;
  return Object.fromEntries(
    checked.map(([arn, reading]): readonly [string, RoleCheck] => [
      arn,
      reading.ok
        ? { assumed: true, evidence: reading.evidence }
        : { assumed: false, unread: reading, fullRights: isRefusal(reading) ? fullRights : undefined },
    ]),
  );
};

/** AWS refused to let the caller assume this role. Credentials that AWS does not accept at all are something else. */
const isRefusal = (reading: Reading<unknown>): boolean =>
  !reading.ok && reading.cause === 'denied' && reading.missingPermission !== undefined;

/**
 * Whether the caller certainly has full permissions in its account: AdministratorAccess or an equivalent without conditions, no policy that
 * could deny something, and no permissions boundary. Then the role is the cause of a refusal. False: this is not certain.
 */
export const readFullRights = async (cloud: ReadCloud, { kind, name }: Identity): Promise<Reading<boolean>> => {
  switch (kind) {
    case 'user':
      return map(await readAccess(cloud), (pages) => {
        const user = pages.flatMap((page) => page.UserDetailList ?? []).find(({ UserName }) => sameName(UserName ?? '', name));
        if (user === undefined) return false;
        const policiesOf = holding(pages);
        const own = policiesOf({ ...user, inline: user.UserPolicyList });
        const throughGroups = pages
          .flatMap((page) => page.GroupDetailList ?? [])
          .filter(({ GroupName }) => (user.GroupList ?? []).some((member) => sameName(member, GroupName ?? '')))
          .flatMap((group) => policiesOf({ ...group, inline: group.GroupPolicyList }).held);
        return isUnconditionalAdministrator([...own.held, ...throughGroups], own.boundary);
      });
    case 'role':
      return map(all(await readRoles(cloud), await readAccess(cloud)), ([roles, pages]) => {
        const role = roles.find(({ RoleName }) => sameName(RoleName ?? '', name));
        if (role === undefined) return false;
        const { held, boundary } = holding(pages)({ ...role, inline: role.RolePolicyList });
        return isUnconditionalAdministrator(held, boundary);
      });
    default:
      return value(kind === 'root');
  }
};

const isUnconditionalAdministrator = (held: readonly HeldPolicy[], boundary: HeldPolicy | undefined): boolean => {
  const rights = rightsOf(held);
  return boundary === undefined && rights.kind === 'administrator' && rights.conditions.length === 0 && !held.some(mayDeny);
};
