import type { Explanation } from '../../core/explanation.js';

const console = 'https://console.aws.amazon.com/organizations/v2/home';
const accounts = `${console}/accounts`;
const guide = 'https://docs.aws.amazon.com/organizations/latest/userguide';
const freePlan = 'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html';

export const organizationPages: Readonly<Record<string, Explanation>> = {
  'organization.exists': {
    means: [
      "The config wants an organization, and the account is in none. An account that is a member of somebody else's organization passes.",
    ],
    matters:
      'An organization keeps work apart in accounts of its own under one bill. When an account creates or joins one, its Free plan becomes a Paid plan, its Free Tier credits expire immediately, and no more can be earned, so it is never done unasked.',
    fix: {
      tool: {
        text: 'With a section `organization` in bootstrap.yaml; at a terminal it asks for this by itself, unattended it needs `free-tier-loss: accepted`:',
        commands: ['bootstrap init --only organization'],
      },
      console: { clicks: 'AWS Organizations, "Create an organization".', url: console },
      cli: { commands: ['aws organizations create-organization --feature-set ALL'] },
    },
    differs: 'Prowler wants every account to be in an organization. Here it is judged only when the config wants one.',
    sources: [`${guide}/orgs_introduction.html`, freePlan],
  },
  'organization.all-features': {
    means: [
      'The organization has consolidated billing only. Enabling all features asks the members that were invited; each approves, then the management account finishes it. Members that the organization made are not asked.',
    ],
    matters: 'Without all features there are no policies over accounts and no central management of root credentials.',
    fix: {
      tool: { text: 'Asks the members, or finishes when all have approved:', commands: ['bootstrap init --only organization'] },
      console: {
        clicks: 'AWS Organizations, Settings, "Begin process to enable all features"; later "Finalize".',
        url: `${console}/settings`,
      },
      cli: {
        text: 'The second line in the management account when all invited members have approved:',
        commands: ['aws organizations enable-all-features', 'aws organizations accept-handshake --handshake-id HANDSHAKE'],
      },
    },
    differs: 'Prowler does not look at it.',
    sources: [`${guide}/orgs_manage_org_support-all-features.html`],
  },
  'organization.accounts': {
    means: [
      'A member account of the config is missing, not active, or in another organizational unit than wanted. Accounts are recognised by their e-mail address; an account of the same name with another address is pointed out, and no second one is made.',
    ],
    matters: 'What was to be kept apart has no place of its own yet.',
    fix: {
      tool: {
        text: 'Sends one request for each missing account and waits for it; a request that is under way is waited for and not sent again:',
        commands: ['bootstrap init --only organization'],
      },
      console: { clicks: 'AWS Organizations, AWS accounts, "Add an AWS account".', url: accounts },
      cli: {
        text: 'The address must belong to no other AWS account, and you must be able to read its mail:',
        commands: [
          'aws organizations create-account --email ADDRESS --account-name NAME \\\n  --role-name OrganizationAccountAccessRole --iam-user-access-to-billing ALLOW',
          'aws organizations describe-create-account-status --create-account-request-id REQUEST',
        ],
      },
    },
    differs: 'Prowler does not know which accounts are wanted.',
    sources: [`${guide}/orgs_manage_accounts_create.html`],
  },
  'organization.access-role': {
    means: [
      'The role through which administrators of the management account work in a member lets nobody in: it was tried by assuming it, and AWS refused a caller who may do everything in the management account. The role is not there, trusts another account, or asks for something (MFA, an external id) that the session does not have.',
      'It is `unknown` when the caller has fewer rights, since a refusal may then lie with either side, and `manual` for root, who cannot assume roles at all. A run that only reads asks for a session that AWS itself holds to reading.',
      'Accounts that the organization made come with the role. Invited ones come without it: it has to be made in the member, trusting the management account, with AdministratorAccess.',
    ],
    matters: 'Without it, the only way into a member account is its root user.',
    fix: {
      first: 'As an administrator of the management account, not as root:',
      cli: {
        text: 'Prints temporary credentials when the role lets you in:',
        commands: ['aws sts assume-role --role-arn arn:aws:iam::MEMBER:role/OrganizationAccountAccessRole \\\n  --role-session-name check'],
      },
      console: {
        clicks: 'Menu of the account, "Switch role": the id of the member and the name of the role.',
        url: 'https://signin.aws.amazon.com/switchrole',
      },
    },
    differs: 'Prowler reports the role in every member (AdministratorAccess on a role); it is meant to be there.',
    sources: [`${guide}/orgs_manage_accounts_access.html`],
  },
  'organization.central-root': {
    means: [
      "The config wants the root credentials of members managed centrally (`organization.central-root: true`), and that is off. With it, the management account can take away the passwords and keys of its members' root users; accounts made afterwards have no root password at all.",
    ],
    matters:
      'Every member has a root user. Without central management each needs a password, an MFA device and somebody who looks after both.',
    fix: {
      tool: { commands: ['bootstrap init --only organization'] },
      console: {
        clicks: 'IAM, "Root access management", Enable, with "Root credentials management".',
        url: 'https://console.aws.amazon.com/iam/home',
      },
      cli: {
        text: 'In the management account, in an organization with all features:',
        commands: [
          'aws organizations enable-aws-service-access --service-principal iam.amazonaws.com',
          'aws iam enable-organizations-root-credentials-management',
        ],
      },
    },
    differs:
      'Prowler calls it high wherever there is an organization, and is silent in members. Here it is judged when the config wants it.',
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html'],
  },
};
