import type { Explanation } from '../../core/explanation.js';

const guide = 'https://docs.aws.amazon.com/organizations/latest/userguide';
const api = 'https://docs.aws.amazon.com/organizations/latest/APIReference/API_AcceptHandshake.html';
const look = { tool: { commands: ['bootstrap accounts list'] } } as const;

/** Errors of `bootstrap accounts`. */
export const accountPages: Readonly<Record<string, Explanation>> = {
  'E-NOT-MANAGEMENT': {
    means: [
      'Members are listed, made and invited by the account that manages the organization. This account is a member of one, or in none.',
    ],
    fix: {
      first: 'Sign in to the account of the message. Where there is no organization yet, make one (it ends a Free plan):',
      tool: { commands: ['bootstrap init --only organization'] },
    },
  },
  'E-ACCOUNT-CONFLICT': {
    means: [
      'An account that cannot be taken for the wanted one stands in the way: one of the same name with another address, one that is closed or suspended, one in another organizational unit. Nothing was made.',
    ],
    matters: 'A member account cannot simply be deleted: closing one takes 90 days, and its e-mail address stays taken.',
    fix: { first: 'Do what the message says, or choose another name or address.', ...look },
    sources: [`${guide}/orgs_manage_accounts_create.html`],
  },
  'E-ROLE-UNPROVEN': {
    means: [
      'The account is there, but AWS does not let you assume the role in it. After an account or a role was made that can take minutes; later it means that the role is missing, that it trusts another account, or that your own policies do not allow `sts:AssumeRole` on it.',
    ],
    fix: {
      first:
        'Run the same command again in a few minutes. If it stays so, look at your own policies, then at the role, as the root user of the member.',
      cli: {
        text: 'What AWS says to you:',
        commands: ['aws sts assume-role --role-arn arn:aws:iam::MEMBER:role/OrganizationAccountAccessRole \\\n  --role-session-name check'],
      },
    },
    sources: [`${guide}/orgs_manage_accounts_access.html`],
  },
  'E-INVITATION-NONE': {
    means: [
      'There is no such invitation. AWS shows each account its own: the organization those that it sent, the invited account those that it got. An invitation is forgotten 30 days after it ended.',
    ],
    fix: {
      first: 'Check which account you are signed in to. An invitation is sent from the management account:',
      tool: { commands: ['bootstrap accounts list', 'bootstrap accounts invite --id ACCOUNT'] },
    },
  },
  'E-INVITATION-SEVERAL': {
    means: ['More than one organization invites this account, and it can be in one only.'],
    fix: { first: 'Say which:', tool: { commands: ['bootstrap accounts accept --handshake HANDSHAKE'] } },
  },
  'E-INVITATION-ENDED': {
    means: ['The invitation expired (after 15 days), was declined, cancelled, or accepted already. The message says which.'],
    fix: { first: 'Have a new one sent from the management account:', tool: { commands: ['bootstrap accounts invite --id ACCOUNT'] } },
    sources: [`${guide}/orgs_manage_accounts_invites.html`],
  },
  'E-INVITATION-OPEN': {
    means: [
      'AWS refuses a second invitation to an account that has an open one. An invitation by account id and one by e-mail address may be for the same account, which only AWS can tell.',
    ],
    fix: {
      first: 'Have the open one accepted, or take it back first:',
      tool: { commands: ['bootstrap accounts cancel --handshake HANDSHAKE'] },
    },
  },
  'E-INVITATION-ELSEWHERE': {
    means: [
      'An account that manages an organization cannot join another. (A member of another organization can: it is transferred directly.) Or the account joined a third organization while this run was under way.',
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
    means: [
      'Which account invites is read from the ARN of the invitation, which AWS writes. This one does not have the form that AWS documents, so nothing was trusted to it.',
    ],
    fix: {
      first: 'Look at the invitation in the console, and do not accept what you do not know.',
      console: { clicks: 'AWS Organizations, Invitations.', url: 'https://console.aws.amazon.com/organizations/v2/home/invitations' },
    },
  },
  'E-MANAGEMENT-UNCONFIRMED': {
    means: [
      'Accepting gives the administrators of the inviting account full control of this one. Anybody can invite any account and call itself anything; so the id of the inviting account must be said by you, and must match.',
    ],
    matters: 'An invitation from a stranger, accepted, is an account lost.',
    fix: {
      first: 'Ask the owner of the organization for the id of its management account, by another way than the invitation, and name it:',
      tool: { commands: ['bootstrap accounts accept --management-account-id ACCOUNT'] },
    },
  },
  'E-TRANSFER-UNCONFIRMED': {
    means: [
      'The account is a member of an organization, and the invitation is from another. Accepting transfers the account directly: it leaves its organization and joins the other. AWS allows this since December 2025.',
      'So the organization that it leaves has to be confirmed: at a terminal by an answer to a question that names both organizations, unattended by its id in `--transfer-from`. The id has to match.',
    ],
    matters:
      'The policies, the payment and the central services of the former organization end for this account. Roles that trust its management account stay, so its administrators can still enter until you delete them.',
    fix: {
      first: 'Ask the owners of both organizations, then name the one that the account leaves and the account that invites:',
      tool: { commands: ['bootstrap accounts accept --transfer-from ORGANIZATION --management-account-id ACCOUNT'] },
      cli: { text: 'The organization that the account is in now:', commands: ['aws organizations describe-organization'] },
    },
    sources: [api],
  },
  'E-FREE-TIER-LOSS': {
    means: [
      'When an account joins an organization, its Free plan becomes a Paid plan, its Free Tier credits expire immediately, and no more can be earned. This tool does not read which plan an account has, so an unattended run needs the flag or the config to accept that.',
    ],
    fix: {
      first: 'Say so with the flag, or in the config (`organization.free-tier-loss: accepted`):',
      tool: { commands: ['bootstrap accounts accept --free-tier-loss accepted'] },
    },
    sources: ['https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html'],
  },
  'E-ROLE-CONFLICT': {
    means: [
      'The account has a role of that name, and its trust policy is not "the management account alone": it names somebody else, more than one, or has conditions. It was left as it is, and the invitation was not accepted.',
    ],
    fix: {
      first: 'Take another name for the role, or look at the one that is there:',
      tool: { commands: ['bootstrap accounts accept --role NAME'] },
      cli: { commands: ['aws iam get-role --role-name OrganizationAccountAccessRole'] },
    },
  },
};
