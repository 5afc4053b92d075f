import type { CreateAccountFailureReason } from '@aws-sdk/client-organizations';

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
