import { partitionOf } from '../../core/account.js';
import type { Finding, Remedy } from '../../core/finding.js';
import { unknownFinding, value } from '../../core/reading.js';
import { createOrganization, enableAllFeatures, enableCentralRoot } from './apply.js';
import { assessMembers } from './assess-members.js';
import type { Desired, Observed, OrganizationChange, OrganizationFacts } from './state.js';

type Judged = Finding<OrganizationChange>;

/** Findings in the order of their changes: what comes later needs what comes before. */
export const assess = (desired: Desired, observed: Observed): readonly Judged[] => {
  const { place } = observed;
  if (!place.ok) {
    return [
      unknownFinding('organization.exists', place),
      unknownFinding('organization.all-features', place),
      ...desired.accounts.map(({ email }) => unknownFinding('organization.accounts', place, email)),
      ...(desired.centralRoot ? [unknownFinding('organization.central-root', place)] : []),
    ];
  }
  switch (place.value.role) {
    case 'standalone':
      return asStandalone(desired, observed);
    case 'member':
      return asMember(desired, observed, place.value);
    case 'management':
      return asManagement(desired, observed, place.value);
  }
};

/** As if the organization were there and empty, so that the plan shows everything that will be done. */
const asStandalone = (desired: Desired, observed: Observed): readonly Judged[] => {
  const evidence = observed.place.evidence;
  const blocked: Remedy<OrganizationChange> | undefined = desired.mayCreate
    ? undefined
    : {
        by: 'hand',
        instructions:
          'Creating an organization ends a Free plan: it becomes a Paid plan, Free Tier credits expire immediately, and no more can be earned. Set `organization.free-tier-loss: accepted` in the config to let an unattended run do it, or run at a terminal and confirm it.',
        command: 'bootstrap init --only organization',
      };
  const exists: Judged = {
    id: 'organization.exists',
    status: 'fail',
    evidence,
    reason: 'The account is in no organization',
    remedy: blocked ?? { by: 'init', change: createOrganization() },
  };
  const empty = { ...observed, members: value([], evidence), requests: value([], evidence) };
  return [
    exists,
    ...(desired.centralRoot ? [centralRootMissing(blocked ?? { by: 'init', change: enableCentralRoot() }, evidence)] : []),
    ...assessMembers(desired, { observed: empty, managementEmail: undefined, blocked }),
  ];
};

/** Only the management account sees and changes the settings of an organization. */
const asMember = (desired: Desired, { place: { evidence } }: Observed, { id, managementId }: OrganizationFacts): readonly Judged[] => {
  const reason = `This account is a member of organization ${id}, managed by account ${managementId}`;
  const elsewhere = { status: 'not-applicable', evidence, reason } as const;
  return [
    { id: 'organization.exists', status: 'pass', evidence, reason },
    { ...elsewhere, id: 'organization.all-features' },
    ...(desired.centralRoot ? [{ ...elsewhere, id: 'organization.central-root' }] : []),
    ...desired.accounts.map(({ email }): Judged => ({ ...elsewhere, id: 'organization.accounts', resource: email })),
  ];
};

const asManagement = (desired: Desired, observed: Observed, facts: OrganizationFacts): readonly Judged[] => {
  const { evidence } = observed.place;
  const features = assessFeatures(observed, facts);
  const complete =
    facts.allFeatures ||
    (features.remedy?.by === 'init' && features.remedy.change.kind === 'enable-all-features' && features.remedy.change.finish);
  return [
    { id: 'organization.exists', status: 'pass', evidence, reason: `This account manages organization ${facts.id}` },
    features,
    // Before the accounts: members made under central root access have no root password to look after.
    ...(desired.centralRoot ? [assessCentralRoot(observed, complete)] : []),
    ...assessMembers(desired, { observed, managementEmail: facts.managementEmail, blocked: undefined }),
  ];
};

/**
 * The migration to all features: the request goes out to invited members, each approves, the management account finishes it.
 * Members that the organization made are not asked.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html
 */
const assessFeatures = (
  { place, members, pendingFeatures, partition, accountId }: Observed,
  { id, allFeatures }: OrganizationFacts,
): Judged => {
  const base = { id: 'organization.all-features', resource: id } as const;
  if (allFeatures) return { ...base, status: 'pass', evidence: place.evidence, reason: 'The organization has all features' };
  if (!members.ok) return unknownFinding(base.id, members, id);
  if (pendingFeatures === undefined) throw new Error('the handshakes were not read');
  if (!pendingFeatures.ok) return unknownFinding(base.id, pendingFeatures, id);
  const pending = pendingFeatures.value;
  const asked = members.value.filter((member) => member.invited && member.id !== accountId);
  const found = {
    ...base,
    evidence: [...place.evidence, ...pendingFeatures.evidence],
    expected: 'ALL',
    observed: 'CONSOLIDATED_BILLING',
  };
  if (pending !== undefined && !pending.ready && asked.length > 0) {
    const names = asked.map((member) => `${member.name} (${member.id})`).join(', ');
    return {
      ...found,
      status: 'fail',
      reason: 'The organization waits until its invited members approve that it gets all features',
      remedy: {
        by: 'hand',
        instructions: `Have each of these accounts that has not yet approved do so, then run the same command again: ${names}.`,
        url: `https://${partitionOf(partition).consoleHost}/organizations/v2/home`,
      },
    };
  }
  const finish = asked.length === 0 || pending?.ready === true;
  return {
    ...found,
    status: 'fail',
    reason: 'The organization has consolidated billing only: no policies, no central root access',
    remedy: { by: 'init', change: enableAllFeatures(pending, finish) },
  };
};

const assessCentralRoot = ({ centralRoot, place }: Observed, complete: boolean): Judged => {
  if (centralRoot === undefined) throw new Error('the features of central root access were not read');
  if (!centralRoot.ok) return unknownFinding('organization.central-root', centralRoot);
  const evidence = [...place.evidence, ...centralRoot.evidence];
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
            'It needs an organization with all features: have the invited members approve them, then run the same command again.',
        },
    evidence,
  );
};

const centralRootMissing = (remedy: Remedy<OrganizationChange>, evidence: Judged['evidence']): Judged => ({
  id: 'organization.central-root',
  status: 'fail',
  evidence,
  reason: "Each member's root credentials are its own affair",
  remedy,
});
