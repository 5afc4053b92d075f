import { type AccountPlan, canLose, creditsWords } from '../../core/account-plan.js';
import { partitionOf } from '../../core/account.js';
import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { ApplyContext } from '../../core/step.js';
import { type CreationContext, ensureAccount } from './create-account.js';
import { readPendingFeatures } from './observe.js';
import { organizationReadError, refusal } from './refusals.js';
import {
  type CreateAccount,
  type CreateOrganization,
  type EnableAllFeatures,
  type EnableCentralRoot,
  type Member,
  type MoveAccount,
  type OrganizationChange,
  type PendingFeatures,
  roleArnOf,
  unitPath,
  type WantedAccount,
} from './state.js';
import { moveToUnit } from './units.js';
import { pollUntil, retryWhileUnknown } from './waiting.js';

/** What is needed to change an organization. The context of a step has it, and so does `bootstrap accounts`. */
export type OrganizationContext = CreationContext & Pick<ApplyContext, 'caller'>;

/** Makes one change of the organization. Throws AWS refusals with an explanation. */
export const apply = async (context: OrganizationContext, change: OrganizationChange): Promise<void> => {
  try {
    await applyChange(context, change);
  } catch (error) {
    const { partition } = await context.caller();
    throw refusal(error, partitionOf(partition).consoleHost);
  }
};

const applyChange = async (context: OrganizationContext, change: OrganizationChange): Promise<void> => {
  switch (change.kind) {
    case 'create-organization':
      await context.cloud.write('organizations:CreateOrganization', { FeatureSet: 'ALL' });
      return;
    case 'enable-all-features':
      await applyAllFeatures(context, change);
      return;
    case 'enable-central-root':
      await applyCentralRoot(context);
      return;
    case 'create-account': {
      const accountId = await ensureAccount(context, change);
      if (change.account.unit.length > 0) await moveToUnit(context, accountId, change.account.unit);
      await waitForRole(context, roleArnOf((await context.caller()).partition, { id: accountId }, change.account));
      return;
    }
    case 'move-account':
      await moveToUnit(context, change.accountId, change.unit);
  }
};

const applyAllFeatures = async (context: OrganizationContext, change: EnableAllFeatures): Promise<void> => {
  const { cloud } = context;
  const handshakeId = change.handshakeId ?? (await startAllFeatures(context));
  // Without an id the organization has all features already.
  if (!change.finish || handshakeId === undefined) return;
  try {
    await cloud.write('organizations:AcceptHandshake', { HandshakeId: handshakeId });
  } catch (error) {
    if (error instanceof AmbiguousWriteError || !isAwsError(error, 'HandshakeAlreadyInState')) throw error;
  }
};

/** Requests the migration, or finds the request that is already in progress. */
const startAllFeatures = async (context: OrganizationContext): Promise<string | undefined> => {
  try {
    return (await context.cloud.write('organizations:EnableAllFeatures', {})).Handshake?.Id;
  } catch (error) {
    if (error instanceof AmbiguousWriteError || !isAwsError(error, 'HandshakeConstraintViolation')) throw error;
    if (error.reason === 'ORGANIZATION_ALREADY_HAS_ALL_FEATURES') return undefined;
    if (error.reason !== 'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION') throw error;
    context.forget();
    const pending = await readPendingFeatures(context.cloud);
    if (!pending.ok) throw organizationReadError(pending, false);
    if (pending.value === undefined) throw error;
    return pending.value.handshakeId;
  }
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html */
const applyCentralRoot = async (context: OrganizationContext): Promise<void> => {
  await context.cloud.write('organizations:EnableAWSServiceAccess', { ServicePrincipal: 'iam.amazonaws.com' });
  await retryWhileUnknown(
    context,
    ['ServiceAccessNotEnabled', 'OrganizationNotFound', 'OrganizationNotInAllFeaturesMode'],
    'the trusted access of IAM',
    () => context.cloud.write('iam:EnableOrganizationsRootCredentialsManagement', {}),
  );
};

/**
 * AWS creates the role together with the account, and its trust policy takes effect with a delay. If the role cannot be assumed in time, the
 * finding reports it. Root cannot assume roles, so it does not wait.
 */
const waitForRole = async (context: OrganizationContext, roleArn: string): Promise<void> => {
  if ((await context.caller()).identity.kind === 'root') return;
  const limitMs = 60_000;
  const start = context.clock.now().getTime();
  await pollUntil(context, limitMs, async () => {
    const waitedMs = context.clock.now().getTime() - start;
    if (waitedMs > 0) context.notify(`waiting until ${roleArn} can be assumed`, { waitedMs, limitMs });
    return (await context.cloud.assume(roleArn)).ok ? true : undefined;
  });
};

/** The changes of the step: the text that the user approves, and the calls that applying them may make. */

/** `plan`: of this account; undefined if it could not be read. The credits are only in the texts that no plan is compared by. */
export const createOrganization = (plan?: AccountPlan): CreateOrganization => {
  const summary = 'Create an organization with all features, managed by this account';
  const base = { kind: 'create-organization', calls: ['organizations:CreateOrganization'] } as const;
  if (!canLose(plan)) return { ...base, summary, risk: 'none' };
  const lost = plan === undefined || plan.remainingCredits?.amount === 0 ? undefined : creditsWords(plan);
  const ends = plan?.type === 'paid' ? `ends your ${lost}` : `ends your AWS Free plan${lost === undefined ? '' : ` and ${lost}`}`;
  return {
    ...base,
    // https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
    summary:
      plan?.type === 'paid'
        ? `${summary} (Free Tier credits expire immediately)`
        : `${summary} (this ends a Free plan: it becomes a Paid plan, and Free Tier credits expire immediately)`,
    risk: 'billing',
    consequence:
      plan === undefined ? 'an organization ends a Free plan' : `an organization ${ends.replace('your AWS', 'the').replace('your ', '')}`,
    acceptance: `Create the organization? This ${ends}.`,
  };
};

export const enableAllFeatures = (pending: PendingFeatures | undefined, finish: boolean): EnableAllFeatures => ({
  kind: 'enable-all-features',
  summary: finish
    ? 'Enable all features in the organization (cannot be undone; open invitations are cancelled)'
    : 'Ask the invited members to approve all features in the organization (open invitations are cancelled)',
  risk: 'hard-to-undo',
  ...(pending === undefined ? { consequence: 'all features cannot be turned off again' } : {}),
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

/** `newUnits`: how many organizational units must be created first. */
export const createAccount = (account: WantedAccount, request: string | null, newUnits: number): CreateAccount => ({
  kind: 'create-account',
  summary:
    (request === null
      ? `Create the member account ${account.name} (${account.email})`
      : `Wait for the member account ${account.name}, which AWS is already creating (request ${request})`) + inUnit(account.unit),
  // Creating an account cannot be undone for months: closing it takes 90 days, and its address stays in use.
  risk: 'hard-to-undo',
  ...(request === null ? { consequence: 'a member account cannot simply be deleted' } : {}),
  calls: [...(request === null ? ['organizations:CreateAccount'] : []), ...moveCalls(account.unit, newUnits)],
  account,
  request,
});

export const moveAccount = (member: Member, unit: readonly string[], newUnits: number): MoveAccount => ({
  kind: 'move-account',
  summary: `Move the member account ${member.name} (${member.id}) from the root into the organizational unit ${unitPath(unit)}`,
  risk: 'none',
  calls: moveCalls(unit, newUnits),
  accountId: member.id,
  unit,
});

const inUnit = (unit: readonly string[]): string => (unit.length === 0 ? '' : ` in the organizational unit ${unitPath(unit)}`);

const moveCalls = (unit: readonly string[], newUnits: number): readonly string[] =>
  unit.length === 0
    ? []
    : [...Array.from({ length: newUnits }, () => 'organizations:CreateOrganizationalUnit'), 'organizations:MoveAccount'];
