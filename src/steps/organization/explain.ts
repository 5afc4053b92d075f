import type { Explanation, StepPages } from '../../core/explanation.js';

const console = 'https://console.aws.amazon.com/organizations/v2/home';
const accounts = `${console}/accounts`;
const guide = 'https://docs.aws.amazon.com/organizations/latest/userguide';
const freePlan = 'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html';

const findings: Readonly<Record<string, Explanation>> = {
  'organization.exists': {
    means: [
      "The config asks for an organization, and the account is in none. An account that is a member of someone else's organization passes.",
    ],
    matters:
      'An organization separates work into several accounts with one bill. When an account creates or joins one, its Free plan becomes a Paid plan, its Free Tier credits expire immediately, and no more can be earned. The tool never does it unless you ask for it.',
    fix: {
      tool: {
        text: 'Needs a section `organization` in bootstrap.yaml. At a terminal, you confirm this separately. An unattended run needs `free-tier-loss: accepted`:',
        commands: ['bootstrap init --only organization'],
      },
      console: { clicks: 'AWS Organizations, "Create an organization".', url: console },
      cli: { commands: ['aws organizations create-organization --feature-set ALL'] },
    },
    differs: 'Prowler expects every account to be in an organization. This tool checks it only if the config asks for one.',
    sources: [`${guide}/orgs_introduction.html`, freePlan],
  },
  'organization.all-features': {
    means: [
      'The organization has consolidated billing only. To enable all features, AWS asks the members that were invited. Each must approve, then the management account finishes the change. Members that the organization created are not asked.',
    ],
    matters: 'Without all features, there are no organization policies and no central management of root credentials.',
    fix: {
      tool: { text: 'Asks the members, or finishes the change if all have approved:', commands: ['bootstrap init --only organization'] },
      console: {
        clicks: 'AWS Organizations, Settings, "Begin process to enable all features"; later "Finalize".',
        url: `${console}/settings`,
      },
      cli: {
        text: 'Run the second command in the management account after all invited members have approved:',
        commands: ['aws organizations enable-all-features', 'aws organizations accept-handshake --handshake-id HANDSHAKE'],
      },
    },
    differs: 'Prowler does not check this.',
    sources: [`${guide}/orgs_manage_org_support-all-features.html`],
  },
  'organization.accounts': {
    means: [
      'A member account of the config is missing, not active, or in the wrong organizational unit. Accounts are recognised by their email address. If an account has the same name but another address, the tool reports it and does not create a second one.',
    ],
    matters: 'The work that you want to separate does not have its own account yet.',
    fix: {
      tool: {
        text: 'Sends one request for each missing account and waits for it. If a request is already in progress, waits for it and does not send another:',
        commands: ['bootstrap init --only organization'],
      },
      console: { clicks: 'AWS Organizations, AWS accounts, "Add an AWS account".', url: accounts },
      cli: {
        text: 'No other AWS account may use the address, and you must be able to read its mail:',
        commands: [
          'aws organizations create-account --email ADDRESS --account-name NAME \\\n  --role-name OrganizationAccountAccessRole --iam-user-access-to-billing ALLOW',
          'aws organizations describe-create-account-status --create-account-request-id REQUEST',
        ],
      },
    },
    differs: 'Prowler does not know which accounts you want.',
    sources: [`${guide}/orgs_manage_accounts_create.html`],
  },
  'organization.access-role': {
    means: [
      'Administrators of the management account use this role to work in a member account, and it cannot be assumed. The tool tried it, and AWS refused a caller who has full permissions in the management account. The role does not exist, trusts another account, or requires something (MFA, an external id) that the session does not have.',
      'The result is `unknown` if the caller has fewer permissions, because then either side may be the cause. It is `manual` for root, which cannot assume roles at all. A read-only run asks for a session that AWS itself restricts to reads.',
      'Accounts that the organization created have the role. Invited accounts do not: create it in the member account, with trust in the management account and AdministratorAccess.',
    ],
    matters: 'Without it, only the root user of a member account can sign in to it.',
    fix: {
      first: 'As an administrator of the management account, not as root:',
      cli: {
        text: 'Prints temporary credentials if the role can be assumed:',
        commands: ['aws sts assume-role --role-arn arn:aws:iam::MEMBER:role/OrganizationAccountAccessRole \\\n  --role-session-name check'],
      },
      console: {
        clicks: 'Account menu, "Switch role": enter the id of the member and the name of the role.',
        url: 'https://signin.aws.amazon.com/switchrole',
      },
    },
    differs: 'Prowler reports the role in every member (AdministratorAccess on a role). This tool expects it to exist.',
    sources: [`${guide}/orgs_manage_accounts_access.html`],
  },
  'organization.member-root': {
    means: [
      "Root of a member account has a password, an access key or a signing certificate. `check --org` sees this from the management account, in sessions that AWS limits to reading root's credentials and ends after 15 minutes. An MFA device alone does not fail: it lets no one sign in.",
      'The result is `manual` while central management of root credentials is off, `unknown` if you may not open such a session, and `not-applicable` in an organization without active members.',
    ],
    matters:
      "Root can do everything in its account, and no policy of the account limits it. A member that is managed centrally needs no root credentials: without them, no one can sign in as root, not even with access to root's mailbox.",
    fix: {
      tool: {
        text: 'As an administrator of the management account. Shows what root has, asks for each account, and deletes it:',
        commands: ['bootstrap accounts secure-root MEMBER'],
      },
      console: {
        clicks: 'IAM, "Root access management": select the member, "Take privileged action", "Delete root user credentials".',
        url: 'https://console.aws.amazon.com/iam/home#/organization/root-access-management',
      },
      cli: {
        text: 'The first command prints credentials for 15 minutes. Use them for the others:',
        commands: [
          'aws sts assume-root --region us-east-1 --duration-seconds 900 --target-principal MEMBER \\\n  --task-policy-arn arn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials',
          'aws iam delete-access-key --access-key-id KEY',
          'aws iam delete-login-profile',
        ],
      },
    },
    differs:
      'Prowler checks that central management is on, and root credentials only in the account that it is signed in to. The CIS control is about central management; this finding is about what it is for.',
    sources: [
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html',
      'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html',
    ],
  },
  'organization.central-root': {
    means: [
      "The config asks for central management of the members' root credentials (`organization.central-root: true`), and it is off. When it is on, the management account can delete the passwords and keys of its members' root users. Accounts created afterwards have no root password at all.",
    ],
    matters:
      'Every member has a root user. Without central management, each needs a password, an MFA device and someone who takes care of both.',
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
      'In Prowler, the severity is high for every organization, and members are not checked. This tool checks it only if the config asks for it.',
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html'],
  },
};

const step: Explanation = {
  means: [
    'Creates an organization with all features, managed by this account, and the member accounts of the config. Moves each account to its organizational unit. Adopts an existing organization. Accounts are recognised by their email address. Accounts that are not in the config are not changed.',
    'This is the only step that is never on by default: when an account creates or joins an organization, its Free plan becomes a Paid plan, its Free Tier credits expire immediately, and no more can be earned. At a terminal, you confirm this separately. An unattended run needs `free-tier-loss: accepted`.',
  ],
  matters:
    'Separate accounts are the strongest isolation that AWS offers. A member account can be closed later, but not simply deleted. Until it is gone, its address cannot be used for another account.',
  fix: { tool: { commands: ['bootstrap init --only organization'] } },
  sources: [`${guide}/orgs_introduction.html`, freePlan],
};

export const pages: StepPages = { step, findings };
