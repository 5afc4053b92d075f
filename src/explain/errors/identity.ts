import type { Explanation } from '../../core/explanation.js';

const login = {
  text: 'Opens a browser and gives temporary credentials, for root as well (AWS CLI 2.32 or newer). AWS CloudShell is signed in already.',
  commands: ['aws login', 'aws sts get-caller-identity'],
} as const;
const signIn = ['https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html'] as const;

/** Errors about who is calling and what they may see: exit code 4, and 6 when AWS gave no answer to go by. */
export const identityPages: Readonly<Record<string, Explanation>> = {
  'E-NOT-SIGNED-IN': {
    means: [
      'No usable credentials were found. They are looked for in this order: --profile, the key variables, `AWS_PROFILE`, then what the AWS SDK knows.',
    ],
    fix: { cli: login },
    sources: signIn,
  },
  'E-SESSION-EXPIRED': {
    means: ['The credentials were good once and are so no longer. A run that was under way stopped at this point; what it made stays.'],
    fix: { first: 'Sign in again and run the same command; it continues where it stopped.', cli: login },
    sources: signIn,
  },
  'E-CREDENTIALS-REFUSED': {
    means: [
      "AWS knows the credentials not, or not any more: the key was deleted or deactivated, the secret is another key's, the clock of this machine is wrong, or they belong to another partition (China, GovCloud).",
    ],
    fix: {
      first: 'Sign in again or choose other credentials with --profile. For an account in China or GovCloud add --region.',
      cli: login,
    },
  },
  'E-NO-PROFILE': {
    means: ['The profile named with --profile is in neither of the AWS files.'],
    fix: {
      cli: { text: 'Look which there are, or make it:', commands: ['aws configure list-profiles', 'aws login --profile NAME'] },
    },
  },
  'E-NO-ACCOUNT-ID': {
    means: ['A run that nobody watches and that may change an account has to say which account it means.'],
    matters: 'Credentials in a shell are easily those of another account than one thinks.',
    fix: { first: 'Write `account.id` into bootstrap.yaml, or:', tool: { commands: ['bootstrap init --account-id ACCOUNT --yes'] } },
  },
  'E-WRONG-ACCOUNT': {
    means: [
      'The credentials belong to another account than the one that --account-id or `account.id` of the config names. Nothing was changed.',
    ],
    fix: {
      first: 'Sign in to the account that is meant, or choose its profile with --profile.',
      cli: { commands: ['aws sts get-caller-identity'] },
    },
  },
  'E-TWO-IDENTITIES': {
    means: [
      'The key variables (`AWS_ACCESS_KEY_ID` and others) and `AWS_PROFILE` are both set and stand for two accounts. Either could be the one that is meant.',
    ],
    fix: { first: 'Unset one of them, or say which with --profile.' },
  },
  'E-ORGANIZATION-ROOT': {
    means: ['`--org` goes into each member account by assuming a role there, and AWS lets nobody assume a role who is signed in as root.'],
    fix: {
      first: 'Sign in to the management account as an administrator (a user, or a role of IAM Identity Center), and run the same command.',
      cli: { commands: ['aws login --profile NAME'] },
      tool: { commands: ['bootstrap check --org --profile NAME'] },
    },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-api.html'],
  },
  'E-ORGANIZATION-NONE': {
    means: [
      '`--org` was asked for in an account that manages no organization: it is in none, or it is a member of one. The message says which, and which account manages it.',
    ],
    fix: { first: 'Sign in to the account that manages the organization, or run the same command without --org for this account alone.' },
  },
  'E-NOT-ENABLED': {
    means: [
      'AWS refused a request because the service, or the whole account, is not activated yet or is outside the plan of the account (`OptInRequired`, `SubscriptionRequiredException`). A new account can take up to 24 hours after sign-up.',
      'Budgets in a member account answers so, too, until the payer (management) account of the organization has enabled it. AWS sends that refusal as AccessDeniedException, but no permission is missing.',
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
    means: [
      'A change needs something to be read first, and AWS denied it. Of other reads that are denied, only the finding becomes "unknown".',
    ],
    fix: {
      first: 'Run as an identity that is allowed the action in the message; ReadOnlyAccess has most of them, AdministratorAccess all.',
    },
  },
  'E-UNREACHABLE': {
    means: ['No answer came: no network, a proxy in between, a wrong endpoint, or a request that took longer than --timeout.'],
    fix: { first: 'Check the connection (and the endpoint, when one is set) and run the same command again.' },
  },
  'E-IDENTITY-ANSWER': {
    means: [
      'GetCallerIdentity failed on the side of AWS, or answered without account and ARN. Behind an endpoint of your own it may not be AWS that answers.',
    ],
    fix: { first: 'Run the same command again; look at the endpoint, when one is set.' },
  },
};
