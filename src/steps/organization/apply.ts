import { partitionOf } from '../../core/account.js';
import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { ApplyContext } from '../../core/step.js';
import { type CreationContext, makeAccount } from './create-account.js';
import { readPendingFeatures } from './observe.js';
import { mustRead, refusal } from './refusals.js';
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
import { place } from './units.js';
import { pollUntil, retryWhileUnknown } from './waiting.js';

/** What changing an organization takes: a step's context has it, and so has `bootstrap accounts`. */
export type OrganizationContext = CreationContext & Pick<ApplyContext, 'caller'>;

/** Makes one change of the organization; refusals come back in plain words. */
export const apply = async (context: OrganizationContext, change: OrganizationChange): Promise<void> => {
  try {
    await make(context, change);
  } catch (error) {
    const { partition } = await context.caller();
    throw refusal(error, partitionOf(partition).consoleHost);
  }
};

const make = async (context: OrganizationContext, change: OrganizationChange): Promise<void> => {
  switch (change.kind) {
    case 'create-organization':
      await context.cloud.write('organizations:CreateOrganization', { FeatureSet: 'ALL' });
      return;
    case 'enable-all-features':
      await allFeatures(context, change);
      return;
    case 'enable-central-root':
      await centralRoot(context);
      return;
    case 'create-account': {
      const accountId = await makeAccount(context, change);
      if (change.account.unit.length > 0) await place(context, accountId, change.account.unit);
      await untilRoleOpens(context, roleArnOf((await context.caller()).partition, { id: accountId }, change.account));
      return;
    }
    case 'move-account':
      await place(context, change.accountId, change.unit);
  }
};

const allFeatures = async (context: OrganizationContext, change: EnableAllFeatures): Promise<void> => {
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

/** Asks for the migration, or finds the request that is under way already. */
const startAllFeatures = async (context: OrganizationContext): Promise<string | undefined> => {
  try {
    return (await context.cloud.write('organizations:EnableAllFeatures', {})).Handshake?.Id;
  } catch (error) {
    if (error instanceof AmbiguousWriteError || !isAwsError(error, 'HandshakeConstraintViolation')) throw error;
    if (error.reason === 'ORGANIZATION_ALREADY_HAS_ALL_FEATURES') return undefined;
    if (error.reason !== 'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION') throw error;
    context.forget();
    const pending = await readPendingFeatures(context.cloud);
    if (!pending.ok) throw mustRead(pending, false);
    if (pending.value === undefined) throw error;
    return pending.value.handshakeId;
  }
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html */
const centralRoot = async (context: OrganizationContext): Promise<void> => {
  await context.cloud.write('organizations:EnableAWSServiceAccess', { ServicePrincipal: 'iam.amazonaws.com' });
  await retryWhileUnknown(
    context,
    ['ServiceAccessNotEnabled', 'OrganizationNotFound', 'OrganizationNotInAllFeaturesMode'],
    'the trusted access of IAM',
    () => context.cloud.write('iam:EnableOrganizationsRootCredentialsManagement', {}),
  );
};

/** AWS makes the role on the way, and trust spreads slowly. What does not show in time is for the finding to tell; root cannot look. */
const untilRoleOpens = async (context: OrganizationContext, roleArn: string): Promise<void> => {
  if ((await context.caller()).identity.kind === 'root') return;
  let tries = 0;
  await pollUntil(context, 60_000, async () => {
    tries += 1;
    if (tries === 2) context.notify(`waiting until ${roleArn} lets you in`);
    return (await context.cloud.assume(roleArn)).ok ? true : undefined;
  });
};

/** The changes of the step, with the words people approve and the calls that applying them may make. */

export const createOrganization = (): CreateOrganization => ({
  kind: 'create-organization',
  // https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
  summary:
    'Create an organization with all features, managed by this account (this ends a Free plan: it becomes a Paid plan, and Free Tier credits expire immediately)',
  risk: 'billing',
  consequence: 'an organization ends a Free plan',
  acceptance: 'Is the loss of a Free plan accepted?',
  calls: ['organizations:CreateOrganization'],
});

export const enableAllFeatures = (pending: PendingFeatures | undefined, finish: boolean): EnableAllFeatures => ({
  kind: 'enable-all-features',
  summary: finish
    ? 'Enable all features in the organization (cannot be turned back)'
    : 'Ask the invited members to approve all features in the organization (open invitations are cancelled)',
  risk: 'hard-to-undo',
  ...(pending === undefined ? { consequence: 'all features cannot be turned back' } : {}),
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
  ...(request === null ? { consequence: 'a member account cannot simply be deleted' } : {}),
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
