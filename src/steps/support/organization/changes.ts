import type {
  CreateAccount,
  CreateOrganization,
  EnableAllFeatures,
  EnableCentralRoot,
  Member,
  MoveAccount,
  PendingFeatures,
  WantedAccount,
} from './state.js';
import { unitPath } from './state.js';

/** The changes of the step, with the words people approve and the calls that applying them may make. */

export const createOrganization = (): CreateOrganization => ({
  kind: 'create-organization',
  // https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
  summary:
    'Create an organization with all features, managed by this account (this ends a Free plan: it becomes a Paid plan, and Free Tier credits expire immediately)',
  risk: 'billing',
  calls: ['organizations:CreateOrganization'],
});

export const enableAllFeatures = (pending: PendingFeatures | undefined, finish: boolean): EnableAllFeatures => ({
  kind: 'enable-all-features',
  summary: finish
    ? 'Enable all features in the organization (cannot be turned back)'
    : 'Ask the invited members to approve all features in the organization (open invitations are cancelled)',
  risk: 'hard-to-undo',
  calls: [...(pending === undefined ? ['organizations:EnableAllFeatures'] : []), ...(finish ? ['organizations:AcceptHandshake'] : [])],
  handshakeId: pending?.handshakeId ?? null,
  finish,
});

export const enableCentralRoot = (): EnableCentralRoot => ({
  kind: 'enable-central-root',
  summary: "Manage the members' root credentials from this account (trusted access for IAM)",
  risk: 'none',
  calls: ['organizations:EnableAWSServiceAccess', 'iam:EnableOrganizationsRootCredentialsManagement'],
});

/** `newUnits`: how many organizational units must be made on the way. */
export const createAccount = (account: WantedAccount, request: string | null, newUnits: number): CreateAccount => ({
  kind: 'create-account',
  summary:
    (request === null
      ? `Create the member account ${account.name} (${account.email})`
      : `Wait for the member account ${account.name}, which AWS is creating already (request ${request})`) + placed(account.unit),
  // An account cannot be taken back for months: closing it takes 90 days, and its address stays taken.
  risk: 'hard-to-undo',
  calls: [...(request === null ? ['organizations:CreateAccount'] : []), ...placing(account.unit, newUnits)],
  account,
  request,
});

export const moveAccount = (member: Member, unit: readonly string[], newUnits: number): MoveAccount => ({
  kind: 'move-account',
  summary: `Move the member account ${member.name} (${member.id}) from the root into the organizational unit ${unitPath(unit)}`,
  risk: 'none',
  calls: placing(unit, newUnits),
  accountId: member.id,
  unit,
});

const placed = (unit: readonly string[]): string => (unit.length === 0 ? '' : ` in the organizational unit ${unitPath(unit)}`);

const placing = (unit: readonly string[], newUnits: number): readonly string[] =>
  unit.length === 0
    ? []
    : [...Array.from({ length: newUnits }, () => 'organizations:CreateOrganizationalUnit'), 'organizations:MoveAccount'];
