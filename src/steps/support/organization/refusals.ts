import { AmbiguousWriteError, AwsError, isAwsError, sameCode } from '../../../core/aws-error.js';
import { BootstrapError, type ExitCode } from '../../../core/error.js';
import { notOffered } from '../../../core/not-offered.js';
import type { Unread } from '../../../core/reading.js';

/** What the service says no with, in plain words. https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html */
interface Refusal {
  readonly code: string;
  readonly exit: ExitCode;
  readonly message: string;
  readonly next: string;
  readonly retryable?: boolean;
}

const again = 'then run the same command again.';
const refused = (message: string, next: string): Refusal => ({ code: 'E-ORGANIZATION-REFUSED', exit: 7, message, next });

/** `Reason` of ConstraintViolationException and HandshakeConstraintViolationException. */
const byReason = (host: string): Readonly<Record<string, Refusal>> => ({
  ACCOUNT_NUMBER_LIMIT_EXCEEDED: {
    code: 'E-ACCOUNT-LIMIT',
    exit: 7,
    message:
      'The organization has as many accounts as it may have; closed ones and open invitations count too. A new organization may start with very few, and says this for up to an hour.',
    // The quota's own page has its code in the address, which AWS changes; the list of quotas stays.
    next: `If the organization is younger than an hour, wait and run the same command again; else ask for a higher quota at https://${host}/servicequotas/home?region=us-east-1#!/services/organizations/quotas`,
  },
  ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED: {
    code: 'E-ACCOUNT-RATE',
    exit: 6,
    message: 'AWS is creating as many accounts for this organization as it does at a time.',
    next: 'Run the same command again in a few minutes.',
    retryable: true,
  },
  ACCOUNT_CREATION_NOT_COMPLETE: {
    code: 'E-ORGANIZATION-NOT-READY',
    exit: 6,
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
    'The account belongs to an organization already, and an account can be in one only.',
    `Leave that organization first, as its root user or administrator (https://${host}/organizations/v2/home), ${again}`,
  ),
  INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES: {
    code: 'E-APPROVALS-PENDING',
    exit: 6,
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
    exit: 6,
    message: 'Too many accounts joined or left the organization in a short time.',
    next: 'Run the same command again later.',
    retryable: true,
  },
  HANDSHAKE_RATE_LIMIT_EXCEEDED: {
    code: 'E-ACCOUNT-RATE',
    exit: 6,
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
    exit: 6,
    message: 'AWS is still setting up the new organization, which can take up to an hour.',
    next: 'Run the same command again later; it continues where this run stopped.',
    retryable: true,
  },
  // https://docs.aws.amazon.com/organizations/latest/userguide/about-email-verification.html
  AccountOwnerNotVerified: {
    code: 'E-ORGANIZATION-EMAIL',
    exit: 6,
    message:
      "The e-mail address of this account's root user is not verified, and until it is, AWS lets it invite nobody. AWS mailed a link to that address when the organization was made; the link holds for 24 hours.",
    next: `Open the link in that message, or have it sent again at https://${host}/organizations/v2/home/settings, ${again}`,
    retryable: true,
  },
  AlreadyInOrganization: {
    code: 'E-ORGANIZATION-EXISTS',
    exit: 6,
    message: 'The account came to be in an organization while this run was under way.',
    next: 'Run the same command again and look at the new plan.',
    retryable: true,
  },
  AccessDeniedForDependency: {
    code: 'E-WRITE-DENIED',
    exit: 7,
    message: 'AWS makes the role AWSServiceRoleForOrganizations on the way, and the caller may not: it lacks iam:CreateServiceLinkedRole.',
    next: 'Run as an identity that is allowed iam:CreateServiceLinkedRole, or leave it out (for init: --skip organization).',
  },
  InvalidHandshakeTransition: {
    code: 'E-APPROVALS-PENDING',
    exit: 6,
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
  unread.cause === 'unsupported'
    ? notOffered(`Organization: ${unread.message}.`, { step: 'organization', changed })
    : unread.cause === 'denied'
      ? new BootstrapError({
          code: 'E-READ-DENIED',
          exit: 4,
          step: 'organization',
          message: `Organization: ${unread.message}.`,
          next: unread.missingPermission
            ? `Run as an identity that is allowed ${unread.missingPermission}.`
            : 'Sign in again and run the same command.',
          changed,
        })
      : new BootstrapError({
          code: 'E-UNREACHABLE',
          exit: 6,
          step: 'organization',
          message: `Organization: ${unread.message}.`,
          next: 'Check the connection and run the same command again.',
          retryable: true,
          changed,
        });

const awsInfo = (error: AwsError) => ({
  operation: error.operation,
  error: error.reason === undefined ? error.code : `${error.code}: ${error.reason}`,
  ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
});
