import { type AccountPlan, canLose, planWords } from '../../core/account-plan.js';
import { partitionOf } from '../../core/account.js';
import type { Remedy } from '../../core/finding.js';
import { unknownFinding, value } from '../../core/reading.js';
import { createOrganization, enableAllFeatures, enableCentralRoot } from './apply.js';
import { assessMembers } from './assess-members.js';
import type { Desired, Observed, OrganizationChange, OrganizationFacts, OrganizationFinding } from './state.js';

/** Findings in the order of their changes: each change may need the ones before it. */
export const assess = (desired: Desired, observed: Observed): readonly OrganizationFinding[] => {
  const { membership } = observed;
  if (!membership.ok) {
    return [
      unknownFinding('organization.exists', membership),
      unknownFinding('organization.all-features', membership),
      ...desired.accounts.map(({ email }) => unknownFinding('organization.accounts', membership, email)),
      ...desired.accounts.map(({ email }) => unknownFinding('organization.access-role', membership, email)),
      ...(desired.centralRoot ? [unknownFinding('organization.central-root', membership)] : []),
    ];
  }
  switch (membership.value.role) {
    case 'standalone':
      return assessStandalone(desired, observed);
    case 'member':
      return assessAsMember(desired, observed, membership.value);
    case 'management':
      return assessAsManagement(desired, observed, membership.value);
  }
};

/** Assesses as if the organization existed and were empty, so that the plan shows every change. */
const assessStandalone = (desired: Desired, observed: Observed): readonly OrganizationFinding[] => {
  const evidence = observed.membership.evidence;
  const plan = observed.plan?.ok === true ? observed.plan.value : undefined;
  const blocked: Remedy<OrganizationChange> | undefined =
    desired.mayCreate || !canLose(plan)
      ? undefined
      : {
          by: 'hand',
          instructions: `${lossWords(plan)} Run at a terminal and confirm it, or set \`organization.free-tier-loss: accepted\` in the config for an unattended run.`,
          command: 'bootstrap init --only organization',
        };
  const exists: OrganizationFinding = {
    id: 'organization.exists',
    status: 'fail',
    evidence,
    reason: 'The account is in no organization',
    remedy: blocked ?? { by: 'init', change: createOrganization(plan) },
  };
  const empty = { ...observed, members: value([], evidence), requests: value([], evidence) };
  return [
    exists,
    ...(desired.centralRoot ? [centralRootMissing(blocked ?? { by: 'init', change: enableCentralRoot() }, evidence)] : []),
    ...assessMembers(desired, { observed: empty, managementEmail: undefined, blocked }),
  ];
};

const lossWords = (plan: AccountPlan | undefined): string =>
  `Creating an organization ends a Free plan: it becomes a Paid plan, Free Tier credits expire immediately, and no more can be earned.${plan === undefined ? '' : ` This account has: ${planWords(plan)}.`}`;

/** Only the management account can read and change the settings of an organization. */
const assessAsMember = (
  desired: Desired,
  { membership: { evidence } }: Observed,
  { id, managementId }: OrganizationFacts,
): readonly OrganizationFinding[] => {
  const reason = `This account is a member of organization ${id}, managed by account ${managementId}`;
  const notApplicable = { status: 'not-applicable', evidence, reason } as const;
  return [
    { id: 'organization.exists', status: 'pass', evidence, reason },
    { ...notApplicable, id: 'organization.all-features' },
    ...(desired.centralRoot ? [{ ...notApplicable, id: 'organization.central-root' }] : []),
    ...desired.accounts.map(({ email }): OrganizationFinding => ({ ...notApplicable, id: 'organization.accounts', resource: email })),
  ];
};

const assessAsManagement = (desired: Desired, observed: Observed, facts: OrganizationFacts): readonly OrganizationFinding[] => {
  const { evidence } = observed.membership;
  const features = assessFeatures(observed, facts);
  const complete =
    facts.allFeatures ||
    (features.remedy?.by === 'init' && features.remedy.change.kind === 'enable-all-features' && features.remedy.change.finish);
  return [
    { id: 'organization.exists', status: 'pass', evidence, reason: `This account manages organization ${facts.id}` },
    features,
    // Before the accounts: members created under central root access have no root password to take care of.
    ...(desired.centralRoot ? [assessCentralRoot(observed, complete)] : []),
    ...assessMembers(desired, { observed, managementEmail: facts.managementEmail, blocked: undefined }),
  ];
};

/**
 * The migration to all features: each invited member must approve the request, then the management account finishes it.
 * Members that the organization created are not asked.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html
 */
const assessFeatures = (
  { membership, members, pendingFeatures, partition, accountId }: Observed,
  { id, allFeatures }: OrganizationFacts,
): OrganizationFinding => {
  const base = { id: 'organization.all-features', resource: id } as const;
  if (allFeatures) return { ...base, status: 'pass', evidence: membership.evidence, reason: 'The organization has all features' };
  if (!members.ok) return unknownFinding(base.id, members, id);
  if (pendingFeatures === undefined) throw new Error('the handshakes were not read');
  if (!pendingFeatures.ok) return unknownFinding(base.id, pendingFeatures, id);
  const pending = pendingFeatures.value;
  const invited = members.value.filter((member) => member.invited && member.id !== accountId);
  const failing = {
    ...base,
    evidence: [...membership.evidence, ...pendingFeatures.evidence],
    expected: 'ALL',
    observed: 'CONSOLIDATED_BILLING',
  };
  if (pending !== undefined && !pending.ready && invited.length > 0) {
    const names = invited.map((member) => `${member.name} (${member.id})`).join(', ');
    return {
      ...failing,
      status: 'fail',
      reason: 'The change to all features waits for the approval of the invited members',
      remedy: {
        by: 'hand',
        instructions: `Approve the change in each of these accounts, if not done yet, then run the same command again: ${names}.`,
        url: `https://${partitionOf(partition).consoleHost}/organizations/v2/home`,
      },
    };
  }
  const finish = invited.length === 0 || pending?.ready === true;
  return {
    ...failing,
    status: 'fail',
    reason: 'The organization has only consolidated billing: no policies, no central root access',
    remedy: { by: 'init', change: enableAllFeatures(pending, finish) },
  };
};

const assessCentralRoot = ({ centralRoot, membership }: Observed, complete: boolean): OrganizationFinding => {
  if (centralRoot === undefined) throw new Error('the features of central root access were not read');
  if (!centralRoot.ok) return unknownFinding('organization.central-root', centralRoot);
  const evidence = [...membership.evidence, ...centralRoot.evidence];
  if (centralRoot.value)
    return {
      id: 'organization.central-root',
      status: 'pass',
      evidence,
      reason: "The members' root credentials are managed from this account",
    };
  return centralRootMissing(
    complete
      ? { by: 'init', change: enableCentralRoot() }
      : {
          by: 'hand',
          instructions:
            'This needs an organization with all features. After the invited members have approved, run the same command again.',
        },
    evidence,
  );
};

const centralRootMissing = (remedy: Remedy<OrganizationChange>, evidence: OrganizationFinding['evidence']): OrganizationFinding => ({
  id: 'organization.central-root',
  status: 'fail',
  evidence,
  reason: 'Each member manages its own root credentials',
  remedy,
});
