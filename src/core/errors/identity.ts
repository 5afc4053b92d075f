import type { ErrorRows } from './row.js';

const login = {
  text: 'Opens a browser and gives you temporary credentials, also for root (AWS CLI 2.32 or newer). In AWS CloudShell you are already signed in.',
  commands: ['aws login', 'aws sts get-caller-identity'],
} as const;
const signIn = ['https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html'] as const;

/** Errors about the caller and their permissions: exit code 4, or 6 if AWS gave no usable answer. */
export const identityErrors = {
  'E-NOT-SIGNED-IN': {
    exit: 4,
    title: 'No credentials found',
    means: [
      'No usable credentials were found. The tool checks, in this order: --profile, the key variables (`AWS_ACCESS_KEY_ID` and others), `AWS_PROFILE`, then the other sources of the AWS SDK.',
    ],
    fix: { cli: login },
    sources: signIn,
  },
  'E-SESSION-EXPIRED': {
    exit: 4,
    title: 'The session has expired',
    means: ['The credentials have expired. A run in progress stopped at this point. Changes that it already made are kept.'],
    fix: { first: 'Sign in again and run the same command. It continues where it stopped.', cli: login },
    sources: signIn,
  },
  'E-CREDENTIALS-REFUSED': {
    exit: 4,
    title: 'AWS does not accept the credentials',
    means: [
      'AWS does not recognise the credentials. The key was deleted or deactivated, the secret belongs to another key, the clock of this computer is wrong, or the credentials are for another partition (China, GovCloud).',
    ],
    fix: {
      first: 'Sign in again or choose other credentials with --profile. For an account in China or GovCloud, add --region.',
      cli: login,
    },
  },
  'E-NO-PROFILE': {
    exit: 4,
    title: 'The profile does not exist',
    means: ['Neither AWS file (config, credentials) has the profile that --profile names.'],
    fix: {
      cli: {
        text: 'List the existing profiles, or create this one:',
        commands: ['aws configure list-profiles', 'aws login --profile NAME'],
      },
    },
  },
  'E-NO-ACCOUNT-ID': {
    exit: 4,
    title: 'An unattended run must name its account',
    means: ['An unattended run that may change an account must name that account.'],
    matters: 'The credentials in a shell can easily belong to a different account than you think.',
    fix: { first: 'Set `account.id` in bootstrap.yaml, or run:', tool: { commands: ['bootstrap init --account-id ACCOUNT --yes'] } },
  },
  'E-WRONG-ACCOUNT': {
    exit: 4,
    title: 'You are signed in to a different account',
    means: [
      'The credentials belong to a different account than the one in --account-id or in `account.id` of the config. Nothing was changed.',
      'Or the credentials were renewed during the run, and the profile signs in to another account by then. No request was sent with them; what the run changed before is in its report.',
    ],
    fix: {
      first: 'Sign in to the intended account, or choose its profile with --profile.',
      cli: { commands: ['aws sts get-caller-identity'] },
    },
  },
  'E-TWO-IDENTITIES': {
    exit: 4,
    title: 'The environment variables point to two accounts',
    means: [
      'The key variables (`AWS_ACCESS_KEY_ID` and others) and `AWS_PROFILE` are both set, and point to two accounts. The tool cannot know which one you want.',
    ],
    fix: { first: 'Unset one of them, or choose a profile with --profile.' },
  },
  'E-ORGANIZATION-ROOT': {
    exit: 4,
    title: 'Root cannot assume roles in member accounts',
    means: ['`--org` assumes a role in each member account. AWS does not let root assume roles.'],
    fix: {
      first: 'Sign in to the management account as an administrator (a user, or a role of IAM Identity Center), and run the same command.',
      cli: { commands: ['aws login --profile NAME'] },
      tool: { commands: ['bootstrap check --org --profile NAME'] },
    },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-api.html'],
  },
  'E-ORGANIZATION-NONE': {
    exit: 4,
    title: 'The account does not manage an organization',
    means: [
      '`--org` needs the management account of an organization. This account is in no organization, or is a member of one. The message shows which of the two, and names the management account.',
    ],
    fix: { first: 'Sign in to the management account. Or run the same command without --org, for this account alone.' },
  },
  'E-NOT-ENABLED': {
    exit: 6,
    title: 'AWS has not enabled a service for the account yet',
    means: [
      'AWS refused a request because the service, or the whole account, is not activated yet or is outside the plan of the account (`OptInRequired`, `SubscriptionRequiredException`). A new account can take up to 24 hours after sign-up.',
      'Budgets in a member account gives the same answer until the payer (management) account of the organization has enabled it. AWS sends that refusal as AccessDeniedException, but no permission is missing.',
    ],
    fix: {
      first:
        'For Budgets in a member account: open Budgets or Cost Explorer once in the console of the payer account. Otherwise finish the sign-up: payment method, phone verification, support plan. Then wait up to 24 hours and run the same command again.',
      console: {
        clicks: 'In the payer account: Billing and Cost Management, Cost Explorer, "Launch Cost Explorer".',
        url: 'https://console.aws.amazon.com/costmanagement/home#/cost-explorer',
      },
    },
    sources: ['https://docs.aws.amazon.com/cost-management/latest/userguide/ce-enable.html'],
  },
  'E-READ-DENIED': {
    exit: 4,
    title: 'AWS denied a read that the run needs',
    means: ['AWS denied a read that a change depends on. Other denied reads do not stop the run: they only make their finding "unknown".'],
    fix: {
      first:
        'Run as an identity that is allowed the action in the message. ReadOnlyAccess allows most of these actions, AdministratorAccess all of them.',
    },
  },
  'E-UNREACHABLE': {
    exit: 6,
    title: 'AWS could not be reached',
    means: [
      'AWS did not respond. The cause can be a missing network connection, a proxy, a wrong endpoint, or a request that took longer than --timeout.',
    ],
    fix: { first: 'Check the connection (and the endpoint, if you set one) and run the same command again.' },
  },
  'E-IDENTITY-ANSWER': {
    exit: 6,
    title: 'AWS did not report who is signed in',
    means: [
      'GetCallerIdentity failed at AWS, or its response has no account or ARN. If you set an endpoint, the response may not be from AWS.',
    ],
    fix: { first: 'Run the same command again. If you set an endpoint, check it.' },
  },
} as const satisfies ErrorRows;
