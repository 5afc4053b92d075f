import type { ErrorRows } from './row.js';

const guide = 'https://docs.aws.amazon.com/organizations/latest/userguide';

/** Errors of the organization and its accounts. */
export const organizationErrors = {
  'E-ORGANIZATION-NOT-READY': {
    exit: 6,
    title: 'The sign-up of the account is not complete',
    means: ['The sign-up of this account is not complete, or AWS has not activated the account yet. Activation can take a day.'],
    fix: { first: 'Finish the sign-up and wait until AWS confirms that the account is active. Then run the same command again.' },
  },
  'E-ORGANIZATION-FINALIZING': {
    exit: 6,
    title: 'AWS is still setting up the organization',
    means: [
      'The organization is new, and AWS is still setting it up. This can take up to an hour. Until then, no accounts can be created.',
    ],
    fix: { first: 'Run the same command again later. It continues where this run stopped.' },
  },
  'E-ORGANIZATION-EMAIL': {
    exit: 6,
    title: "The management account's email address is not verified",
    means: [
      "Before an organization can invite accounts, the email address of its management account's root user must be verified. AWS sends a link to this address when the organization is created. The link is valid for 24 hours.",
    ],
    fix: {
      first: 'Open the link, or have AWS send a new one. Then run the same command again.',
      console: {
        clicks: 'AWS Organizations, Settings, "Send verification request".',
        url: 'https://console.aws.amazon.com/organizations/v2/home/settings',
      },
    },
    sources: [`${guide}/about-email-verification.html`],
  },
  'E-ORGANIZATION-EXISTS': {
    exit: 6,
    title: 'The account joined an organization in the meantime',
    means: ['When the plan was made, the account was in no organization. When the tool was about to create one, the account was in one.'],
    fix: { first: 'Run the same command again and review the new plan.' },
  },
  'E-ORGANIZATION-REFUSED': {
    exit: 7,
    title: 'AWS Organizations refused a change',
    means: [
      'A rule of AWS Organizations does not allow the change. Examples: no payment method, an incomplete address, an unverified email address, too many organizational units, or tags that a policy forbids. The message shows which.',
    ],
    fix: { first: 'Fix the problem that the message names and run the same command again.' },
    sources: [`${guide}/orgs_reference_limits.html`],
  },
  'E-APPROVALS-PENDING': {
    exit: 6,
    title: 'Invited members have not approved yet',
    means: ['To enable all features, every invited member must approve. Some have not approved yet.'],
    fix: { first: 'Have each of them approve. Then run the same command again to finish the change.' },
    sources: [`${guide}/orgs_manage_org_support-all-features.html`],
  },
  'E-ACCOUNT-PENDING': {
    exit: 6,
    title: 'AWS is still creating the member account',
    means: ['AWS usually creates an account within a minute or two. This one was still in progress when the run stopped waiting.'],
    fix: { first: 'Run the same command again later. It waits for the same request and does not send a second one.' },
  },
  'E-ACCOUNT-RATE': {
    exit: 6,
    title: 'AWS is already creating as many accounts as it can at a time',
    means: ['AWS creates only a few accounts of an organization at the same time.'],
    fix: { first: 'Run the same command again in a few minutes.' },
  },
  'E-ACCOUNT-LIMIT': {
    exit: 7,
    title: 'The organization has reached its account limit',
    means: [
      'The organization has reached its limit of accounts. Closed accounts and open invitations count, too. A new organization may start with a very low limit, and may show this error for up to an hour.',
    ],
    fix: {
      first: 'If the organization is less than an hour old, wait and run the command again. Otherwise request a higher quota.',
      console: {
        clicks: 'Service Quotas, AWS services, AWS Organizations, "Default maximum number of accounts", Request increase.',
        url: 'https://console.aws.amazon.com/servicequotas/home?region=us-east-1#!/services/organizations/quotas',
      },
    },
    sources: [`${guide}/orgs_reference_limits.html`],
  },
  'E-ACCOUNT-FAILED': {
    exit: 7,
    title: 'AWS did not create the member account',
    means: [
      'AWS accepted the request for a member account but did not create the account. The message contains the reason from AWS. The most common one: another AWS account already uses the email address.',
    ],
    fix: { first: 'Fix the problem that the message names (usually the address in the config) and run the same command again.' },
    sources: [`${guide}/orgs_manage_accounts_create.html`],
  },
  'E-ACCOUNT-MISMATCH': {
    exit: 7,
    title: 'The account was created with a different email address',
    means: [
      'The tool found a request in progress by the name of the account. That request created an account with a different email address than the config has.',
    ],
    fix: {
      first: 'If this is the account you want, use the address in the message. Otherwise, give your account another name in the config.',
    },
  },
} as const satisfies ErrorRows;
