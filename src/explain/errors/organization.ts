import type { Explanation } from '../../core/explanation.js';

const guide = 'https://docs.aws.amazon.com/organizations/latest/userguide';

/** Errors of the organization and its accounts. */
export const organizationErrorPages: Readonly<Record<string, Explanation>> = {
  'E-ORGANIZATION-NOT-READY': {
    means: ['The sign-up of this account is not complete, or AWS has not activated the account yet, which can take a day.'],
    fix: { first: "Finish the sign-up, wait for AWS's message that the account is active, then run the same command again." },
  },
  'E-ORGANIZATION-FINALIZING': {
    means: ['The organization is new, and AWS is still setting it up. That can take up to an hour, during which no accounts can be made.'],
    fix: { first: 'Run the same command again later; it continues where this run stopped.' },
  },
  'E-ORGANIZATION-EMAIL': {
    means: [
      "Before an organization may invite accounts, the e-mail address of its management account's root user must be verified. AWS mails a link to it when the organization is made; the link holds for 24 hours.",
    ],
    fix: {
      first: 'Open the link, or have the message sent again, then run the same command again.',
      console: {
        clicks: 'AWS Organizations, Settings, "Send verification request".',
        url: 'https://console.aws.amazon.com/organizations/v2/home/settings',
      },
    },
    sources: [`${guide}/about-email-verification.html`],
  },
  'E-ORGANIZATION-EXISTS': {
    means: ['When the plan was made the account was in no organization, and when one was to be created it was in one.'],
    fix: { first: 'Run the same command again and look at the new plan.' },
  },
  'E-ORGANIZATION-REFUSED': {
    means: [
      'AWS Organizations refused a change by a rule of its own: no payment method, an incomplete address, an e-mail address that is not verified, too many organizational units, tags that a policy forbids, and the like. The message says which.',
    ],
    fix: { first: 'Mend what the message names and run the same command again.' },
    sources: [`${guide}/orgs_reference_limits.html`],
  },
  'E-APPROVALS-PENDING': {
    means: ['Enabling all features needs the approval of every member that was invited, and some have not given it.'],
    fix: { first: 'Have each of them approve it, then run the same command again; it finishes the change.' },
    sources: [`${guide}/orgs_manage_org_support-all-features.html`],
  },
  'E-ACCOUNT-PENDING': {
    means: ['AWS mostly creates an account within a minute or two. This one was still under way when the run stopped waiting.'],
    fix: { first: 'Run the same command again later; it goes on waiting for the same request and sends no second one.' },
  },
  'E-ACCOUNT-RATE': {
    means: ['AWS creates only a few accounts of an organization at the same time.'],
    fix: { first: 'Run the same command again in a few minutes.' },
  },
  'E-ACCOUNT-LIMIT': {
    means: [
      'The organization has as many accounts as it may have; closed ones and open invitations count too. A new organization may start with very few, and says this for up to an hour.',
    ],
    fix: {
      first: 'If the organization is younger than an hour, wait and run again. Else ask for a higher quota.',
      console: {
        clicks: 'Service Quotas, AWS services, AWS Organizations, "Default maximum number of accounts", Request increase.',
        url: 'https://console.aws.amazon.com/servicequotas/home?region=us-east-1#!/services/organizations/quotas',
      },
    },
    sources: [`${guide}/orgs_reference_limits.html`],
  },
  'E-ACCOUNT-FAILED': {
    means: [
      'AWS took the request for a member account and then did not create it. The reason of AWS is in the message; most often another AWS account has the e-mail address already.',
    ],
    fix: { first: 'Mend what the message names (mostly the address in the config) and run the same command again.' },
    sources: [`${guide}/orgs_manage_accounts_create.html`],
  },
  'E-ACCOUNT-MISMATCH': {
    means: [
      'A request that was under way, found by the name of the account, turned out to have made an account with another e-mail address than the config says.',
    ],
    fix: { first: 'Use the address of the message if it is the account you want, or give the other one another name.' },
  },
};
