import type { Behaviours, Scene } from '../../behaviour.js';
import type { AccountWorld, HandshakeWorld, OrganizationWorld } from '../../world.js';
import { fault, handshakeConstraint, invalid, PATTERNS, tags, text } from './faults.js';
import { isOpen, shown } from './handshake-form.js';
import { accountIn, asManagement, later, lowerId, organizationOf, requireFinalized } from './membership.js';

const DAY = 24 * 3600 * 1000;
const INVITATION_DAYS = 15;

type Target = NonNullable<HandshakeWorld['target']>;

export const invitationWrites: Behaviours = {
  InviteAccountToOrganization(input, scene) {
    const { world, account, now } = scene;
    const organization = asManagement(scene);
    const target = targetOf(input.Target);
    const notes = input.Notes === undefined ? undefined : text(input.Notes, 'Notes', { min: 0, max: 1024 });
    const memberTags = tags(input.Tags);
    requireFinalized(organization, now);
    if (account.emailVerified === false) {
      throw fault(
        'AccountOwnerNotVerifiedException',
        'You must verify the email address of the management account before you can invite accounts.',
      );
    }
    if (account.payment !== undefined) {
      throw handshakeConstraint(
        'PAYMENT_INSTRUMENT_REQUIRED',
        'The account has no valid payment instrument, such as a credit card, associated with it.',
      );
    }
    const sent = world.handshakes.filter((each) => each.organizationId === organization.id);
    if (sent.some((each) => each.action === 'ENABLE_ALL_FEATURES' && isOpen(each, now))) {
      throw handshakeConstraint(
        'INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES',
        "You can't invite accounts while the organization is in the process of enabling all features.",
      );
    }
    const invitee = accountOf(target, scene);
    const current = invitee === undefined ? undefined : organizationOf(world, invitee.id);
    // A member of another organization can be invited: it is transferred when it accepts.
    if (current !== undefined && (current === organization || current.managementAccountId === invitee?.id)) {
      throw handshakeConstraint('ALREADY_IN_AN_ORGANIZATION', 'The invited account is already a member of an organization.');
    }
    if (target.type === 'ACCOUNT' && invitee === undefined)
      throw invalid(
        'INVALID_PATTERN_TARGET_ID',
        `There is no account ${target.id} here. Create one to invite: \`bootstrap sandbox sign-up\`.`,
      );
    if (invitee !== undefined) requireSameSeller(organization, invitee, scene);
    if (sent.some((each) => each.action === 'INVITE' && isOpen(each, now) && isSameTarget(each.target, target, invitee, scene))) {
      throw fault('DuplicateHandshakeException', 'A handshake with the same action and target already exists.');
    }
    requireRate(sent, organization, now);
    requireRoomFor(organization, 1, scene);
    const handshake: HandshakeWorld = {
      id: `h-${lowerId(scene, 10)}`,
      action: 'INVITE',
      organizationId: organization.id,
      state: 'OPEN',
      target,
      requestedAt: now.toISOString(),
      expiresAt: later(now, INVITATION_DAYS),
      ...(notes === undefined ? {} : { notes }),
      tags: memberTags,
    };
    world.handshakes.push(handshake);
    return { Handshake: shown(handshake, organization, scene) };
  },
};

/** Members (also closed ones) and open invitations count against the limit. `more`: number of accounts to add. */
export function requireRoomFor(organization: OrganizationWorld, more: number, scene: Scene): void {
  const invited = scene.world.handshakes.filter(
    (each) => each.organizationId === organization.id && each.action === 'INVITE' && isOpen(each, scene.now),
  );
  if (organization.members.length + invited.length + more > organization.accountLimit) {
    throw handshakeConstraint('ACCOUNT_NUMBER_LIMIT_EXCEEDED', 'You have exceeded the number of accounts in your organization.');
  }
}

/** All accounts of an organization have the same seller (AWS company) and partition. */
export function requireSameSeller(organization: OrganizationWorld, invitee: AccountWorld, scene: Scene): void {
  const management = accountIn(scene.world, organization.managementAccountId);
  if (management.partition !== invitee.partition || (management.seller ?? 'AWS') !== (invitee.seller ?? 'AWS')) {
    throw handshakeConstraint(
      'ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD',
      'The account is from a different marketplace than the accounts in the organization.',
    );
  }
}

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html: the larger of 20 and the account limit, in 24 hours. */
function requireRate(sent: readonly HandshakeWorld[], organization: OrganizationWorld, now: Date): void {
  const recent = sent.filter((each) => each.action === 'INVITE' && Date.parse(each.requestedAt) > now.getTime() - DAY);
  if (recent.length >= Math.max(20, organization.accountLimit)) {
    throw handshakeConstraint('HANDSHAKE_RATE_LIMIT_EXCEEDED', 'You have exceeded the number of handshakes that you can send in one day.');
  }
}

function targetOf(input: { readonly Id?: unknown; readonly Type?: unknown } | undefined): Target {
  const type = input?.Type;
  if (type !== 'ACCOUNT' && type !== 'EMAIL')
    throw invalid('INVALID_PARTY_TYPE_TARGET', 'You specified the wrong type of entity (account, organization, or email) as a party.');
  const rule =
    type === 'ACCOUNT'
      ? { pattern: PATTERNS.account, reason: 'INVALID_PATTERN_TARGET_ID' }
      : { pattern: PATTERNS.email, reason: 'INVALID_EMAIL_ADDRESS_TARGET' };
  return { id: text(input?.Id, 'Target.Id', { max: 64, ...rule }), type };
}

function accountOf(target: Target, scene: Scene): AccountWorld | undefined {
  if (target.type === 'ACCOUNT') return scene.world.accounts[target.id];
  return Object.values(scene.world.accounts).find(({ email }) => email.toLowerCase() === target.id.toLowerCase());
}

/** One target may name the account by id and the other by email address. */
function isSameTarget(earlier: Target | null, target: Target, invitee: AccountWorld | undefined, scene: Scene): boolean {
  if (earlier === null) return false;
  if (earlier.type === target.type && earlier.id.toLowerCase() === target.id.toLowerCase()) return true;
  return invitee !== undefined && accountOf(earlier, scene) === invitee;
}
