import type { ErrorRows } from './row.js';

const guide = 'https://docs.aws.amazon.com/organizations/latest/userguide';
const api = 'https://docs.aws.amazon.com/organizations/latest/APIReference/API_AcceptHandshake.html';
const listAccounts = { tool: { commands: ['bootstrap accounts list'] } } as const;

/** Errors of `bootstrap accounts`. */
export const accountErrors = {
  'E-NOT-MANAGEMENT': {
    exit: 4,
    title: 'Only the management account can do this',
    means: [
      'Only the management account of an organization can list, create and invite members. This account is a member of an organization, or in none.',
    ],
    fix: {
      first:
        'Sign in to the account that the message names. If there is no organization yet, create one (this ends a Free plan). Add `organization: {}` to bootstrap.yaml, then:',
      tool: { commands: ['bootstrap init --only organization'] },
    },
  },
  'E-MEMBER-NONE': {
    exit: 2,
    title: 'The organization has no such member account',
    means: ['The organization that this account manages has no account with this id. Nothing was changed.'],
    fix: { first: 'Check the id, and that you are signed in to the right management account.', ...listAccounts },
  },
  'E-CENTRAL-ROOT-OFF': {
    exit: 2,
    title: 'Root credentials of members are not managed centrally',
    means: [
      'The management account can act on the root users of its members only while root credentials are managed centrally, and that is off. Nothing was changed.',
    ],
    fix: {
      first: 'Set `organization.central-root: true` in the config, then:',
      tool: { commands: ['bootstrap init --only organization'] },
      console: {
        clicks: 'IAM, "Root access management", Enable, with "Root credentials management".',
        url: 'https://console.aws.amazon.com/iam/home',
      },
    },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html'],
  },
  'E-ACCOUNT-CLOSING': {
    exit: 6,
    title: 'AWS is still closing the member account',
    means: [
      'The closure was requested, and AWS has not finished it. That usually takes minutes. A second run waits for the same closure and requests nothing.',
    ],
    fix: { first: 'Run the same command again later.', ...listAccounts },
    sources: [`${guide}/orgs_manage_accounts_close.html`],
  },
  'E-CLOSE-QUOTA': {
    exit: 6,
    title: 'The organization has closed as many accounts as AWS allows for now',
    means: [
      'Within 30 days, an organization can close 10 member accounts, or 10 % of its members if that is more, and at most 1,000. AWS also limits how many it closes at the same time. The account was not closed.',
    ],
    matters: 'The 30 days are counted from each closure, not by calendar month.',
    fix: {
      first:
        'Run the same command again when an earlier closure is 30 days ago, or, if AWS is still closing other accounts, when they are closed.',
      ...listAccounts,
    },
    sources: [`${guide}/orgs_manage_accounts_close.html`, `${guide}/orgs_reference_limits.html`],
  },
  'E-ACCOUNT-CONFLICT': {
    exit: 7,
    title: 'The account cannot be created as requested',
    means: [
      'An existing account is in conflict with the one you want, and cannot be used in its place. It has the same name but another address, is closed or suspended, or is in another organizational unit. Nothing was created.',
    ],
    matters: 'A member account cannot simply be deleted. Closing one takes 90 days, and its email address stays in use.',
    fix: { first: 'Follow the message, or choose another name or address.', ...listAccounts },
    sources: [`${guide}/orgs_manage_accounts_create.html`],
  },
  'E-ROLE-UNPROVEN': {
    exit: 6,
    title: 'The role in the member account cannot be assumed',
    means: [
      'The account exists, but AWS does not let you assume the role in it. After an account or a role is created, this can take minutes. If it persists, the role is missing, the role trusts another account, or your own policies do not allow `sts:AssumeRole` on it.',
    ],
    fix: {
      first:
        'Run the same command again in a few minutes. If it still fails, check your own policies. Then check the role, as the root user of the member.',
      cli: {
        text: 'Shows the error that AWS returns:',
        commands: ['aws sts assume-role --role-arn arn:aws:iam::MEMBER:role/OrganizationAccountAccessRole \\\n  --role-session-name check'],
      },
    },
    sources: [`${guide}/orgs_manage_accounts_access.html`],
  },
  'E-INVITATION-NONE': {
    exit: 2,
    title: 'The invitation does not exist',
    means: [
      'AWS shows no such invitation to this account. The organization sees the invitations it sent. An invited account sees the ones it received. AWS deletes an invitation 30 days after it ended.',
    ],
    fix: {
      first: 'Check which account you are signed in to. Send an invitation from the management account:',
      tool: { commands: ['bootstrap accounts list', 'bootstrap accounts invite --id ACCOUNT'] },
    },
  },
  'E-INVITATION-SEVERAL': {
    exit: 2,
    title: 'More than one invitation is open',
    means: ['More than one organization invites this account. It can be in only one.'],
    fix: { first: 'Choose one:', tool: { commands: ['bootstrap accounts accept --handshake HANDSHAKE'] } },
  },
  'E-INVITATION-ENDED': {
    exit: 7,
    title: 'The invitation is no longer open',
    means: ['The invitation expired (after 15 days), was declined or cancelled, or was already accepted. The message shows which.'],
    fix: { first: 'Send a new one from the management account:', tool: { commands: ['bootstrap accounts invite --id ACCOUNT'] } },
    sources: [`${guide}/orgs_manage_accounts_invites.html`],
  },
  'E-INVITATION-OPEN': {
    exit: 7,
    title: 'The account already has an open invitation',
    means: [
      'AWS does not allow a second invitation to an account that has an open one. An invitation by account id and one by email address may be for the same account. Only AWS knows if they are.',
    ],
    fix: {
      first: 'Accept the open invitation from the invited account, or cancel it first:',
      tool: { commands: ['bootstrap accounts cancel --handshake HANDSHAKE'] },
    },
  },
  'E-INVITATION-ELSEWHERE': {
    exit: 7,
    title: 'The account manages an organization, or is in another one',
    means: [
      'An account that manages an organization cannot join another one. (A member of another organization can: it is transferred directly.) Or the account joined a third organization during this run.',
    ],
    fix: {
      first:
        'Sign in to the account that was invited. To make a management account a member of another organization, remove its members and delete its organization first.',
      console: {
        clicks: 'As root or administrator of this account: AWS Organizations, Settings, "Delete organization".',
        url: 'https://console.aws.amazon.com/organizations/v2/home/settings',
      },
    },
    sources: [api, `${guide}/orgs_manage_org_delete.html`],
  },
  'E-INVITATION-ODD': {
    exit: 7,
    title: 'The invitation does not show which account sent it',
    means: [
      'The tool reads the inviting account from the ARN of the invitation, which AWS writes. This ARN does not have the form that AWS documents, so the tool does not trust the invitation.',
    ],
    fix: {
      first: 'Check the invitation in the console. Do not accept an invitation from an account that you do not know.',
      console: { clicks: 'AWS Organizations, Invitations.', url: 'https://console.aws.amazon.com/organizations/v2/home/invitations' },
    },
  },
  'E-MANAGEMENT-UNCONFIRMED': {
    exit: 4,
    title: 'The inviting account was not confirmed',
    means: [
      'If you accept, the administrators of the inviting account get full control of this one. Anyone can invite any account under any name. So you must pass the id of the inviting account, and it must match the invitation.',
    ],
    matters: 'If you accept an invitation from a stranger, you lose the account.',
    fix: {
      first: 'Ask the owner of the organization for the id of its management account. Do not take it from the invitation. Then pass it:',
      tool: { commands: ['bootstrap accounts accept --management-account-id ACCOUNT'] },
    },
  },
  'E-TRANSFER-UNCONFIRMED': {
    exit: 4,
    title: 'The transfer between two organizations was not confirmed',
    means: [
      'The account is a member of an organization, and the invitation is from another. Accepting transfers the account directly: it leaves its organization and joins the other. AWS allows this since December 2025.',
      'So you must confirm the organization that the account leaves. At a terminal, you answer a question that names both organizations. An unattended run needs the id in `--transfer-from`, and the id must match.',
    ],
    matters:
      'The policies and central services of the former organization no longer apply to this account, and it no longer pays for it. Roles that trust its management account remain, so its administrators can still enter until you delete them.',
    fix: {
      first: 'Ask the owners of both organizations. Then pass the organization that the account leaves and the inviting account:',
      tool: { commands: ['bootstrap accounts accept --transfer-from ORGANIZATION --management-account-id ACCOUNT'] },
      cli: { text: 'The organization that the account is in now:', commands: ['aws organizations describe-organization'] },
    },
    sources: [api],
  },
  'E-FREE-TIER-LOSS': {
    exit: 2,
    title: 'The loss of a Free plan was not accepted',
    means: [
      'When an account joins an organization, its Free plan becomes a Paid plan, its Free Tier credits expire immediately, and no more can be earned. This tool does not read which plan an account has, so an unattended run needs your explicit consent.',
    ],
    fix: {
      first: 'Accept with the flag, or in the config (`organization.free-tier-loss: accepted`):',
      tool: { commands: ['bootstrap accounts accept --free-tier-loss accepted'] },
    },
    sources: ['https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html'],
  },
  'E-ROLE-CONFLICT': {
    exit: 7,
    title: 'A role with this name trusts someone else',
    means: [
      'The account already has a role with this name, and its trust policy is not "the management account alone". It trusts someone else, trusts more than one, or has conditions. The role was not changed, and the invitation was not accepted.',
    ],
    fix: {
      first: 'Choose another name for the role, or check the existing one:',
      tool: { commands: ['bootstrap accounts accept --role NAME'] },
      cli: { commands: ['aws iam get-role --role-name OrganizationAccountAccessRole'] },
    },
  },
} as const satisfies ErrorRows;
