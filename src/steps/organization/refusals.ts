import type { CreateAccountFailureReason } from '@aws-sdk/client-organizations';
import { awsInfo, AmbiguousWriteError, AwsError, isAwsError, sameCode } from '../../core/aws-error.js';
import { BootstrapError, type ErrorCode } from '../../core/errors.js';
import { type Unread, unreadError } from '../../core/reading.js';

/** Refusals of AWS Organizations, explained. https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html */
interface Refusal {
  readonly code: Exclude<ErrorCode, 'E-STOPPED'>;
  readonly message: string;
  readonly next: string;
  readonly retryable?: boolean;
}

const thenRunAgain = 'then run the same command again.';
const refused = (message: string, next: string): Refusal => ({ code: 'E-ORGANIZATION-REFUSED', message, next });

/** `Reason` of ConstraintViolationException and HandshakeConstraintViolationException. */
const byReason = (host: string): Readonly<Record<string, Refusal>> => ({
  ACCOUNT_NUMBER_LIMIT_EXCEEDED: {
    code: 'E-ACCOUNT-LIMIT',
    message:
      'The organization has reached its limit of accounts. Closed accounts and open invitations count, too. A new organization may start with a very low limit, and may show this error for up to an hour.',
    // Links to the list of quotas: the page of a single quota has a code in its address, which AWS changes.
    next: `If the organization is less than an hour old, wait and run the same command again. Otherwise request a higher quota at https://${host}/servicequotas/home?region=us-east-1#!/services/organizations/quotas`,
  },
  ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED: {
    code: 'E-ACCOUNT-RATE',
    message: 'AWS is already creating as many accounts as it allows for an organization at the same time.',
    next: 'Run the same command again in a few minutes.',
    retryable: true,
  },
  ACCOUNT_CREATION_NOT_COMPLETE: {
    code: 'E-ORGANIZATION-NOT-READY',
    message: 'The sign-up of this account is not complete, or AWS has not activated the account yet (that can take a day).',
    next: `Finish the sign-up at https://${host}/billing/home#/account, wait until AWS confirms that the account is active, ${thenRunAgain}`,
    retryable: true,
  },
  MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED: refused(
    'This account has no payment method. As the management account, it pays for the whole organization.',
    `Add one at https://${host}/billing/home#/paymentpreferences, ${thenRunAgain}`,
  ),
  PAYMENT_INSTRUMENT_REQUIRED: refused(
    'This account has no payment method.',
    `Add one at https://${host}/billing/home#/paymentpreferences, ${thenRunAgain}`,
  ),
  INVALID_PAYMENT_INSTRUMENT: refused(
    'This account has no payment method that AWS supports.',
    `Add a supported card or bank account at https://${host}/billing/home#/paymentpreferences, ${thenRunAgain}`,
  ),
  MASTER_ACCOUNT_MISSING_CONTACT_INFO: refused(
    'This account has no valid contact address and phone number.',
    `Complete them at https://${host}/billing/home#/account, ${thenRunAgain}`,
  ),
  MASTER_ACCOUNT_ADDRESS_DOES_NOT_MATCH_MARKETPLACE: refused(
    "This account's address is in a different country than the AWS company that it buys from.",
    `Check the address at https://${host}/billing/home#/account, ${thenRunAgain}`,
  ),
  MASTER_ACCOUNT_MISSING_BUSINESS_LICENSE: refused(
    'In this AWS partition, a management account needs a validated business license.',
    `Submit it in the console of this account, ${thenRunAgain}`,
  ),
  CREATE_ORGANIZATION_IN_BILLING_MODE_UNSUPPORTED_REGION: refused(
    'Organizations with only consolidated billing cannot be created in this Region.',
    'Create the organization with all features.',
  ),
  ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED: refused(
    'The organization has more than 5000 accounts. To enable all features, it needs the assisted migration of AWS Support.',
    `Open a case at https://${host}/support/home, ${thenRunAgain}`,
  ),
  LEGACY_PERMISSIONS_STILL_IN_USE: refused(
    'Old billing permissions (aws-portal) are still in use.',
    `Replace them with the new ones, as the AWS Billing console explains, ${thenRunAgain}`,
  ),
  MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED: refused(
    "This account's email address is not verified.",
    `Open the link in the email from AWS, or have it sent again at https://${host}/organizations/v2/home/settings, ${thenRunAgain}`,
  ),
  ALREADY_IN_AN_ORGANIZATION: refused(
    'AWS reports that the account already belongs to an organization.',
    `Check if it is in this one (\`bootstrap accounts list\`). If AWS does not transfer the account directly, its owner must leave the other organization first (https://${host}/organizations/v2/home), ${thenRunAgain}`,
  ),
  WAIT_PERIOD_ACTIVE: {
    code: 'E-ORGANIZATION-NOT-READY',
    message: 'An account that an organization created can only leave it four days after its creation.',
    next: 'Run the same command again after that.',
    retryable: true,
  },
  MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED: refused(
    'This account has no payment method of its own.',
    `Add one at https://${host}/billing/home#/paymentpreferences, ${thenRunAgain}`,
  ),
  INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES: {
    code: 'E-APPROVALS-PENDING',
    message: 'The organization is changing to all features, and cannot send invitations until that is complete.',
    next: `Finish that change first (\`bootstrap init --only organization\`), ${thenRunAgain}`,
    retryable: true,
  },
  ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD: refused(
    'The account buys from a different AWS company than the organization. An organization can only contain accounts of one seller.',
    'Ask AWS Support to change the country of one of the two accounts, or leave the account out of the organization.',
  ),
  ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED: {
    code: 'E-ACCOUNT-RATE',
    message: 'Too many accounts joined or left the organization in a short time.',
    next: 'Run the same command again later.',
    retryable: true,
  },
  HANDSHAKE_RATE_LIMIT_EXCEEDED: {
    code: 'E-ACCOUNT-RATE',
    message: 'The organization has sent as many invitations as AWS allows in a day.',
    next: 'Run the same command again tomorrow.',
    retryable: true,
  },
  OU_NUMBER_LIMIT_EXCEEDED: refused(
    'The organization has reached its limit of organizational units.',
    `Use an existing unit, or delete some, ${thenRunAgain}`,
  ),
  OU_DEPTH_LIMIT_EXCEEDED: refused(
    'Organizational units cannot be nested deeper than five levels.',
    `Choose a shorter path, ${thenRunAgain}`,
  ),
  CANNOT_CLOSE_MANAGEMENT_ACCOUNT: refused(
    'The management account of an organization cannot be closed this way.',
    `First close or remove all member accounts. Then close it as its root user at https://${host}/billing/home#/account.`,
  ),
  CLOSE_ACCOUNT_QUOTA_EXCEEDED: {
    code: 'E-CLOSE-QUOTA',
    message:
      'The organization has closed as many member accounts as AWS allows within 30 days: 10, or 10 % of the members if that is more, and at most 1,000.',
    next: 'Run the same command again when the first of those closures is 30 days ago, or close the account as its own root user.',
    retryable: true,
  },
  CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED: {
    code: 'E-CLOSE-QUOTA',
    message: 'AWS is already closing as many accounts of the organization as it does at the same time.',
    next: 'Wait until these are closed (`bootstrap accounts list`), then run the same command again.',
    retryable: true,
  },
  TAG_POLICY_VIOLATION: refused("A tag policy of the organization does not allow the account's tags.", `Fix the tags, ${thenRunAgain}`),
  MAX_TAG_LIMIT_EXCEEDED: refused('AWS allows 50 tags per account.', `Remove some, ${thenRunAgain}`),
});

/** By error code, for errors without a reason. */
const byCode = (host: string): Readonly<Record<string, Refusal>> => ({
  FinalizingOrganization: {
    code: 'E-ORGANIZATION-FINALIZING',
    message: 'AWS is still setting up the new organization, which can take up to an hour.',
    next: 'Run the same command again later. It continues where this run stopped.',
    retryable: true,
  },
  // https://docs.aws.amazon.com/organizations/latest/userguide/about-email-verification.html
  AccountOwnerNotVerified: {
    code: 'E-ORGANIZATION-EMAIL',
    message:
      "The email address of this account's root user is not verified. Until it is, the account cannot send invitations. AWS sent a link to that address when the organization was created. The link is valid for 24 hours.",
    next: `Open the link, or have it sent again at https://${host}/organizations/v2/home/settings, ${thenRunAgain}`,
    retryable: true,
  },
  AlreadyInOrganization: {
    code: 'E-ORGANIZATION-EXISTS',
    message: 'The account joined or created an organization during this run.',
    next: 'Run the same command again and review the new plan.',
    retryable: true,
  },
  AccessDeniedForDependency: {
    code: 'E-WRITE-DENIED',
    message: 'AWS must also create the role AWSServiceRoleForOrganizations, and the caller is not allowed iam:CreateServiceLinkedRole.',
    next: 'Run as an identity that is allowed iam:CreateServiceLinkedRole, or leave the step out (for init: --skip organization).',
  },
  AccountNotFound: {
    code: 'E-MEMBER-NONE',
    message: 'The organization no longer has this account.',
    next: 'List the accounts: `bootstrap accounts list`.',
  },
  UnsupportedAPIEndpoint: refused(
    'AWS does not offer this operation in this Region.',
    `Sign in to the console of the management account and do it there: https://${host}/organizations/v2/home/accounts`,
  ),
  InvalidHandshakeTransition: {
    code: 'E-APPROVALS-PENDING',
    message: 'Not all invited members have approved the change to all features.',
    next: `Approve it in each invited account at https://${host}/organizations/v2/home, ${thenRunAgain}`,
    retryable: true,
  },
});

/** The error with an explanation if there is one, else unchanged. Lost responses are left to the engine. */
export const refusal = (error: unknown, consoleHost: string): unknown => {
  if (!(error instanceof AwsError) || error instanceof AmbiguousWriteError) return error;
  const codes = byCode(consoleHost);
  const known = Object.keys(codes).find((code) => sameCode(code, error.code));
  const reason = isAwsError(error, 'ConstraintViolation', 'HandshakeConstraintViolation') ? error.reason : undefined;
  const found = known === undefined ? (reason === undefined ? undefined : byReason(consoleHost)[reason]) : codes[known];
  if (found === undefined) return error;
  return new BootstrapError({ ...found, step: 'organization', aws: awsInfo(error), cause: error });
};

/** The error for a failed read that a change depends on. */
export const organizationReadError = (unread: Unread, changed: boolean): BootstrapError =>
  unreadError(unread, { step: 'organization', message: `Organization: ${unread.message}.`, changed });

/** Why AWS did not create an account, as text that follows "AWS did not create the account …:", and what to do. */
export interface FailureExplanation {
  readonly why: string;
  readonly next: string;
  /** The same command can be run again, now or later. */
  readonly retryable: boolean;
}

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccountStatus.html */
export const failureReasons: Readonly<Record<CreateAccountFailureReason, FailureExplanation>> = {
  ACCOUNT_LIMIT_EXCEEDED: {
    why: 'the organization has reached its limit of accounts (closed accounts count until they are deleted permanently)',
    next: 'Request a higher quota at https://console.aws.amazon.com/servicequotas/home?region=us-east-1#!/services/organizations/quotas and run the same command again.',
    retryable: false,
  },
  CONCURRENT_ACCOUNT_MODIFICATION: {
    why: 'another request with the same details is in progress',
    next: 'Wait a few minutes and run the same command again. It waits for the request in progress and does not send another one.',
    retryable: true,
  },
  EMAIL_ALREADY_EXISTS: {
    why: 'another AWS account uses this email address; it may be closed or outside the organization',
    next: 'Choose an address that no AWS account uses, such as you+name@example.com. If the account outside the organization is yours, invite it: `bootstrap accounts invite --email ADDRESS`.',
    retryable: false,
  },
  FAILED_BUSINESS_VALIDATION: {
    why: 'the business license of the management account did not pass validation',
    next: 'Fix the license details in the console of the management account, or ask AWS Support, then run the same command again.',
    retryable: false,
  },
  GOVCLOUD_ACCOUNT_ALREADY_EXISTS: {
    why: 'AWS GovCloud (US) already has an account with this email address',
    next: 'Choose another address and run the same command again.',
    retryable: false,
  },
  INTERNAL_FAILURE: {
    why: 'AWS had an internal failure',
    next: 'Run the same command again later. If it fails again, send AWS Support the id of the request.',
    retryable: true,
  },
  INVALID_ADDRESS: {
    why: 'AWS does not accept the postal address that the account would inherit from the management account',
    next: 'Fix the contact information of the management account (console, Account page), then run the same command again.',
    retryable: false,
  },
  INVALID_EMAIL: {
    why: 'AWS does not accept the email address',
    next: 'Choose an address that can receive mail, and run the same command again.',
    retryable: false,
  },
  INVALID_IDENTITY_FOR_BUSINESS_VALIDATION: {
    why: 'the management account has no valid identity data, so its business license cannot be validated',
    next: 'Complete the identity data of the management account in the console, then run the same command again.',
    retryable: false,
  },
  INVALID_PAYMENT_INSTRUMENT: {
    why: 'the management account has no payment method that AWS supports',
    next: 'Add a supported card or bank account in the console of the management account (Billing, Payment preferences), then run the same command again.',
    retryable: false,
  },
  MISSING_BUSINESS_VALIDATION: {
    why: 'the business license of the management account was never validated',
    next: 'Submit the business license in the console of the management account, then run the same command again.',
    retryable: false,
  },
  MISSING_PAYMENT_INSTRUMENT: {
    why: 'the management account has no payment method',
    next: 'Add a card or bank account in the console of the management account (Billing, Payment preferences), then run the same command again.',
    retryable: false,
  },
  PENDING_BUSINESS_VALIDATION: {
    why: 'the business license of the management account is still being validated',
    next: 'Wait until AWS has validated the license, then run the same command again.',
    retryable: true,
  },
  UNKNOWN_BUSINESS_VALIDATION: {
    why: 'the validation of the business license of the management account failed for an unknown reason',
    next: 'Ask AWS Support about the business license of the management account, then run the same command again.',
    retryable: false,
  },
  // The service model has no description of it; this explanation is derived from the name.
  UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED: {
    why: "the organization's resource policy cannot be updated for the tags of the new account",
    next: 'Remove the tags of this account, or delete the resource policy of the organization, then run the same command again.',
    retryable: false,
  },
};

/** Also handles reasons that are newer than this table. */
export const explainFailure = (reason: string | undefined): FailureExplanation =>
  (failureReasons as Readonly<Record<string, FailureExplanation>>)[reason ?? ''] ?? {
    why: reason === undefined ? 'AWS gave no reason' : 'AWS sent a reason that this version does not know',
    next: 'Find the reason in the AWS Organizations documentation of CreateAccountStatus, fix the cause, and run the same command again.',
    retryable: false,
  };
