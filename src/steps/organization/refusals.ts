import type { CreateAccountFailureReason } from '@aws-sdk/client-organizations';
import { awsInfo, AmbiguousWriteError, AwsError, isAwsError, sameCode } from '../../core/aws-error.js';
import { BootstrapError, type ErrorCode } from '../../core/errors.js';
import { type Unread, unreadError } from '../../core/reading.js';

/** What the service says no with, in plain words. https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html */
interface Refusal {
  readonly code: Exclude<ErrorCode, 'E-STOPPED'>;
  readonly message: string;
  readonly next: string;
  readonly retryable?: boolean;
}

const again = 'then run the same command again.';
const refused = (message: string, next: string): Refusal => ({ code: 'E-ORGANIZATION-REFUSED', message, next });

/** `Reason` of ConstraintViolationException and HandshakeConstraintViolationException. */
const byReason = (host: string): Readonly<Record<string, Refusal>> => ({
  ACCOUNT_NUMBER_LIMIT_EXCEEDED: {
    code: 'E-ACCOUNT-LIMIT',
    message:
      'The organization has as many accounts as it may have; closed ones and open invitations count too. A new organization may start with very few, and says this for up to an hour.',
    // The quota's own page has its code in the address, which AWS changes; the list of quotas stays.
    next: `If the organization is younger than an hour, wait and run the same command again; else ask for a higher quota at https://${host}/servicequotas/home?region=us-east-1#!/services/organizations/quotas`,
  },
  ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED: {
    code: 'E-ACCOUNT-RATE',
    message: 'AWS is creating as many accounts for this organization as it does at a time.',
    next: 'Run the same command again in a few minutes.',
    retryable: true,
  },
  ACCOUNT_CREATION_NOT_COMPLETE: {
    code: 'E-ORGANIZATION-NOT-READY',
    message: 'The sign-up of this account is not complete, or AWS has not activated the account yet (that can take a day).',
    next: `Finish the sign-up at https://${host}/billing/home#/account, wait for AWS's message that the account is active, ${again}`,
    retryable: true,
  },
  MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED: refused(
    'This account has no payment method, and it would pay for the whole organization.',
    `Add one at https://${host}/billing/home#/paymentpreferences, ${again}`,
  ),
  PAYMENT_INSTRUMENT_REQUIRED: refused(
    'This account has no payment method.',
    `Add one at https://${host}/billing/home#/paymentpreferences, ${again}`,
  ),
  INVALID_PAYMENT_INSTRUMENT: refused(
    'This account has no payment method that AWS supports.',
    `Add a supported card or bank account at https://${host}/billing/home#/paymentpreferences, ${again}`,
  ),
  MASTER_ACCOUNT_MISSING_CONTACT_INFO: refused(
    'This account has no valid contact address and telephone number.',
    `Complete them at https://${host}/billing/home#/account, ${again}`,
  ),
  MASTER_ACCOUNT_ADDRESS_DOES_NOT_MATCH_MARKETPLACE: refused(
    "This account's address is in another country than the AWS business that sells to it.",
    `Check the address at https://${host}/billing/home#/account, ${again}`,
  ),
  MASTER_ACCOUNT_MISSING_BUSINESS_LICENSE: refused(
    'In this part of AWS, the account that manages an organization needs a validated business licence.',
    `Hand it in through the console of this account, ${again}`,
  ),
  CREATE_ORGANIZATION_IN_BILLING_MODE_UNSUPPORTED_REGION: refused(
    'Organizations with consolidated billing only cannot be created here.',
    'Create the organization with all features.',
  ),
  ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED: refused(
    'The organization has more than 5000 accounts, and enabling all features needs the assisted way then.',
    `Open a case at https://${host}/support/home, ${again}`,
  ),
  LEGACY_PERMISSIONS_STILL_IN_USE: refused(
    'Old billing permissions (aws-portal) are still in use.',
    `Replace them by the new ones, as the console of AWS Billing explains, ${again}`,
  ),
  MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED: refused(
    "This account's e-mail address is not verified.",
    `Follow the link in the message from AWS, or send it again at https://${host}/organizations/v2/home/settings, ${again}`,
  ),
  ALREADY_IN_AN_ORGANIZATION: refused(
    'AWS says that the account belongs to an organization already.',
    `It may be in this one (bootstrap accounts list). Where AWS does not transfer the account directly, its owner leaves the other organization first (https://${host}/organizations/v2/home), ${again}`,
  ),
  WAIT_PERIOD_ACTIVE: {
    code: 'E-ORGANIZATION-NOT-READY',
    message: 'An account that an organization created can leave it four days after its creation at the earliest.',
    next: 'Run the same command again after that.',
    retryable: true,
  },
  MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED: refused(
    'This account has no payment method of its own.',
    `Add one at https://${host}/billing/home#/paymentpreferences, ${again}`,
  ),
  INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES: {
    code: 'E-APPROVALS-PENDING',
    message: 'The organization is on its way to all features, and sends no invitations meanwhile.',
    next: `Finish that first (bootstrap init --only organization), ${again}`,
    retryable: true,
  },
  ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD: refused(
    'The account buys from another AWS company than the organization does, and AWS does not mix them.',
    'Change the country of one of the two accounts with the help of AWS Support, or keep the account outside.',
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
    'The organization has as many organizational units as it may have.',
    `Use one that exists, or remove some, ${again}`,
  ),
  OU_DEPTH_LIMIT_EXCEEDED: refused('Organizational units cannot be nested deeper than five levels.', `Choose a shorter path, ${again}`),
  TAG_POLICY_VIOLATION: refused("A tag policy of the organization does not allow the account's tags.", `Mend the tags, ${again}`),
  MAX_TAG_LIMIT_EXCEEDED: refused('AWS allows 50 tags.', `Leave some out, ${again}`),
});

/** By error code, apart from reasons. */
const byCode = (host: string): Readonly<Record<string, Refusal>> => ({
  FinalizingOrganization: {
    code: 'E-ORGANIZATION-FINALIZING',
    message: 'AWS is still setting up the new organization, which can take up to an hour.',
    next: 'Run the same command again later; it continues where this run stopped.',
    retryable: true,
  },
  // https://docs.aws.amazon.com/organizations/latest/userguide/about-email-verification.html
  AccountOwnerNotVerified: {
    code: 'E-ORGANIZATION-EMAIL',
    message:
      "The e-mail address of this account's root user is not verified, and until it is, AWS lets it invite nobody. AWS mailed a link to that address when the organization was made; the link holds for 24 hours.",
    next: `Open the link in that message, or have it sent again at https://${host}/organizations/v2/home/settings, ${again}`,
    retryable: true,
  },
  AlreadyInOrganization: {
    code: 'E-ORGANIZATION-EXISTS',
    message: 'The account came to be in an organization while this run was under way.',
    next: 'Run the same command again and look at the new plan.',
    retryable: true,
  },
  AccessDeniedForDependency: {
    code: 'E-WRITE-DENIED',
    message: 'AWS makes the role AWSServiceRoleForOrganizations on the way, and the caller may not: it lacks iam:CreateServiceLinkedRole.',
    next: 'Run as an identity that is allowed iam:CreateServiceLinkedRole, or leave it out (for init: --skip organization).',
  },
  InvalidHandshakeTransition: {
    code: 'E-APPROVALS-PENDING',
    message: 'Invited members have not all approved that the organization gets all features.',
    next: `Have each invited account approve it at https://${host}/organizations/v2/home, ${again}`,
    retryable: true,
  },
});

/** The error in our words where there are any, else as it is. Lost answers are the engine's to look into. */
export const refusal = (error: unknown, consoleHost: string): unknown => {
  if (!(error instanceof AwsError) || error instanceof AmbiguousWriteError) return error;
  const codes = byCode(consoleHost);
  const known = Object.keys(codes).find((code) => sameCode(code, error.code));
  const reason = isAwsError(error, 'ConstraintViolation', 'HandshakeConstraintViolation') ? error.reason : undefined;
  const found = known === undefined ? (reason === undefined ? undefined : byReason(consoleHost)[reason]) : codes[known];
  if (found === undefined) return error;
  return new BootstrapError({ ...found, step: 'organization', aws: awsInfo(error), cause: error });
};

/** A read that a change cannot be made without. */
export const mustRead = (unread: Unread, changed: boolean): BootstrapError =>
  unreadError(unread, { step: 'organization', message: `Organization: ${unread.message}.`, changed });

/** Why AWS gave up making an account, in words that follow "AWS did not create the account …:", and what to do. */
export interface FailureExplanation {
  readonly why: string;
  readonly next: string;
  /** The same command can simply be run again, now or later. */
  readonly retryable: boolean;
}

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccountStatus.html */
export const failureReasons: Readonly<Record<CreateAccountFailureReason, FailureExplanation>> = {
  ACCOUNT_LIMIT_EXCEEDED: {
    why: 'the organization has as many accounts as it may have (closed ones count until they are gone for good)',
    next: 'Ask for a higher quota at https://console.aws.amazon.com/servicequotas/home?region=us-east-1#!/services/organizations/quotas and run the same command again.',
    retryable: false,
  },
  CONCURRENT_ACCOUNT_MODIFICATION: {
    why: 'another request with the same details is under way',
    next: 'Wait a few minutes and run the same command again; it waits for the request that is under way instead of sending one.',
    retryable: true,
  },
  EMAIL_ALREADY_EXISTS: {
    why: 'another AWS account has this e-mail address, perhaps a closed one or one outside the organization',
    next: 'Choose an address that no AWS account has, such as you+name@example.com; an account of yours outside the organization can be invited: `bootstrap accounts invite`.',
    retryable: false,
  },
  FAILED_BUSINESS_VALIDATION: {
    why: 'the business licence of the management account did not pass validation',
    next: 'Mend the licence details in the console of the management account, or ask AWS Support, then run the same command again.',
    retryable: false,
  },
  GOVCLOUD_ACCOUNT_ALREADY_EXISTS: {
    why: 'AWS GovCloud (US) has an account with this e-mail address already',
    next: 'Choose another address and run the same command again.',
    retryable: false,
  },
  INTERNAL_FAILURE: {
    why: 'AWS had an internal failure',
    next: 'Run the same command again later; if it fails again, ask AWS Support and name the request.',
    retryable: true,
  },
  INVALID_ADDRESS: {
    why: 'AWS does not accept the postal address that the account would inherit from the management account',
    next: 'Mend the contact information of the management account (console, Account page), then run the same command again.',
    retryable: false,
  },
  INVALID_EMAIL: {
    why: 'AWS does not accept the e-mail address',
    next: 'Choose an address that can receive mail, and run the same command again.',
    retryable: false,
  },
  INVALID_IDENTITY_FOR_BUSINESS_VALIDATION: {
    why: 'the management account has no valid identity data, so its business licence cannot be validated',
    next: 'Complete the identity data of the management account in the console, then run the same command again.',
    retryable: false,
  },
  INVALID_PAYMENT_INSTRUMENT: {
    why: 'the management account has no payment method that AWS supports',
    next: 'Add a supported card or bank account in the console of the management account (Billing, Payment preferences), then run the same command again.',
    retryable: false,
  },
  MISSING_BUSINESS_VALIDATION: {
    why: 'the business licence of the management account was never validated',
    next: 'Hand in the business licence in the console of the management account, then run the same command again.',
    retryable: false,
  },
  MISSING_PAYMENT_INSTRUMENT: {
    why: 'the management account has no payment method',
    next: 'Add a card or bank account in the console of the management account (Billing, Payment preferences), then run the same command again.',
    retryable: false,
  },
  PENDING_BUSINESS_VALIDATION: {
    why: 'the business licence of the management account is still being validated',
    next: 'Wait until AWS has validated the licence, then run the same command again.',
    retryable: true,
  },
  UNKNOWN_BUSINESS_VALIDATION: {
    why: 'something unknown is wrong with the validation of the business licence of the management account',
    next: 'Ask AWS Support about the business licence of the management account, then run the same command again.',
    retryable: false,
  },
  // In the service model without a description; the explanation goes by the name.
  UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED: {
    why: "the organization's resource policy cannot be brought to cover the tags of the new account",
    next: 'Leave out the tags of this account, or detach the resource policy of the organization, then run the same command again.',
    retryable: false,
  },
};

/** Also for reasons that are newer than this table. */
export const explainFailure = (reason: string | undefined): FailureExplanation =>
  (failureReasons as Readonly<Record<string, FailureExplanation>>)[reason ?? ''] ?? {
    why: reason === undefined ? 'AWS gave no reason' : 'AWS gave a reason that this version does not know',
    next: 'Look the reason up in the AWS Organizations documentation of CreateAccountStatus, mend the cause and run the same command again.',
    retryable: false,
  };
