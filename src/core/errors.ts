/** The AWS part of an error, as far as AWS reported it. */
export interface AwsErrorInfo {
  readonly operation: string;
  readonly error: string;
  readonly requestId?: string;
}

/** An error, in JSON and as the source of every other format. */
export interface ErrorInfo {
  /** Stable code such as `E-ALIAS-TAKEN`; `bootstrap explain CODE` has a page for it. */
  readonly code: string;
  readonly step: string | null;
  /** What happened and why, in one or two sentences. */
  readonly message: string;
  /** The next step. */
  readonly next: string;
  /** True when running the same command again can help. */
  readonly retryable: boolean;
  /** Whether AWS was changed before the error; null when that is not known. */
  readonly changed: boolean | null;
  readonly aws: AwsErrorInfo | null;
}

/** Exit codes by precedence: the first one that applies wins (a signal wins over all). */
export const exitNames = {
  2: 'usage',
  4: 'identity',
  1: 'unexpected',
  7: 'partial',
  6: 'not-ready',
  3: 'differs',
  5: 'manual',
  0: 'ok',
} as const;
export type ExitCode = keyof typeof exitNames;

const precedence: readonly ExitCode[] = [2, 4, 1, 7, 6, 3, 5, 0];

/** The code that wins when several apply. */
export const worstExit = (codes: readonly ExitCode[]): ExitCode => precedence.find((code) => codes.includes(code)) ?? 0;

/** The exit code of a run whose required read failed, by the cause. */
export const unreadExit = (cause: 'denied' | 'unreachable' | 'unsupported' | 'failed' | undefined): ExitCode =>
  cause === 'denied' ? 4 : cause === 'unsupported' ? 1 : 6;

/** `exit`: the exit code of a run with only this error; 130 for both signals. */
interface ErrorFacts {
  readonly exit: ExitCode | 130;
  readonly title: string;
}

/** Every error code of this tool. Codes never change: scripts rely on them. `bootstrap explain CODE` has a page for each. */
export const errorCodes = {
  'E-USAGE': { exit: 2, title: 'Invalid command line' },
  'E-CONFIG': { exit: 2, title: 'Invalid config file' },
  'E-CONFIG-EXISTS': { exit: 2, title: 'The config file already exists' },
  'E-CONFIG-UNREADABLE': { exit: 2, title: 'The config file cannot be read' },
  'E-MISSING-VALUE': { exit: 2, title: 'A required value is missing' },
  'E-NO-ANSWER': { exit: 2, title: 'A question was not answered' },
  'E-NO-TERMINAL': { exit: 2, title: 'No terminal to approve the plan' },
  'E-OUTPUT-FILE': { exit: 2, title: 'The output file cannot be written' },
  'E-PLAN-FILE': { exit: 2, title: 'The saved plan cannot be used' },
  'E-REPORT-FILE': { exit: 2, title: 'The saved result cannot be read' },
  'E-CA-BUNDLE': { exit: 2, title: 'The CA bundle cannot be read' },
  'E-ENDPOINT': { exit: 2, title: 'The endpoint is not safe for credentials' },
  'E-SANDBOX-FILE': { exit: 2, title: 'The practice account file cannot be used' },
  'E-SECRETS-DESTINATION': { exit: 2, title: 'The secrets destination cannot be used' },
  'E-SECRETS-UNCONFIRMED': { exit: 2, title: 'The secrets destination is not confirmed' },
  'E-POLICY-NAME': { exit: 2, title: 'AWS has no managed policy with the name in the config' },
  'E-BUDGET-CURRENCY': { exit: 2, title: 'AWS does not bill this account in the currency of the budget' },
  'E-KEY-USER': { exit: 2, title: 'The user does not exist' },
  'E-KEY-NONE': { exit: 2, title: 'The user has no access key' },
  'E-KEY-UNKNOWN': { exit: 2, title: 'The user does not have this access key' },
  'E-KEY-INACTIVE': { exit: 2, title: 'The key to rotate is inactive' },
  'E-KEY-ACTIVE': { exit: 2, title: 'The key to delete is active' },
  'E-KEY-IN-USE': { exit: 2, title: 'This run is signed in with the key' },
  'E-INVITATION-NONE': { exit: 2, title: 'The invitation does not exist' },
  'E-INVITATION-SEVERAL': { exit: 2, title: 'More than one invitation is open' },
  'E-FREE-TIER-LOSS': { exit: 2, title: 'The loss of a Free plan was not accepted' },
  'E-KEY-NOWHERE': { exit: 2, title: 'No destination for the new key' },

  'E-DECLINED': { exit: 3, title: 'The plan was declined' },
  'E-PLAN-STALE': { exit: 3, title: 'The account no longer matches the saved plan' },

  'E-NOT-SIGNED-IN': { exit: 4, title: 'No credentials found' },
  'E-SESSION-EXPIRED': { exit: 4, title: 'The session has expired' },
  'E-CREDENTIALS-REFUSED': { exit: 4, title: 'AWS does not accept the credentials' },
  'E-NO-PROFILE': { exit: 4, title: 'The profile does not exist' },
  'E-NO-ACCOUNT-ID': { exit: 4, title: 'An unattended run must name its account' },
  'E-WRONG-ACCOUNT': { exit: 4, title: 'You are signed in to a different account' },
  'E-TWO-IDENTITIES': { exit: 4, title: 'The environment variables point to two accounts' },
  'E-ORGANIZATION-ROOT': { exit: 4, title: 'Root cannot assume roles in member accounts' },
  'E-ORGANIZATION-NONE': { exit: 4, title: 'The account does not manage an organization' },
  'E-READ-DENIED': { exit: 4, title: 'AWS denied a read that the run needs' },
  'E-NOT-MANAGEMENT': { exit: 4, title: 'Only the management account can do this' },
  'E-MANAGEMENT-UNCONFIRMED': { exit: 4, title: 'The inviting account was not confirmed' },
  'E-TRANSFER-UNCONFIRMED': { exit: 4, title: 'The transfer between two organizations was not confirmed' },
  'E-KEY-DENIED': { exit: 4, title: 'You are not allowed to manage these keys' },
  'E-KEY-ROOT': { exit: 4, title: "Only root can manage root's keys" },
  'E-KEY-SESSION': { exit: 4, title: 'The session ended while a key was changed' },

  'E-MFA-LATER': { exit: 5, title: 'An MFA device was postponed' },

  'E-UNREACHABLE': { exit: 6, title: 'AWS could not be reached' },
  'E-NOT-ENABLED': { exit: 6, title: 'AWS has not enabled a service for the account yet' },
  'E-IDENTITY-ANSWER': { exit: 6, title: 'AWS did not report who is signed in' },
  'E-PLAN-CHANGED': { exit: 6, title: 'The account changed after the plan was shown' },
  'E-NOT-CONFIRMED': { exit: 6, title: 'AWS does not show the change yet' },
  'E-AMBIGUOUS': { exit: 6, title: 'The response to a write was lost' },
  'E-BUDGET-EXISTS': { exit: 6, title: 'Someone else created the budget in the meantime' },
  'E-KEY-SECRET-LOST': { exit: 6, title: 'A key was created, but its secret was lost' },
  'E-KEY-UNPROVEN': { exit: 6, title: 'The new key is not verified yet' },
  'E-KEY-UNCERTAIN': { exit: 6, title: 'AWS does not show the key change yet' },
  'E-KEY-UNREAD': { exit: 6, title: 'The keys could not be read' },
  'E-ACCOUNT-PENDING': { exit: 6, title: 'AWS is still creating the member account' },
  'E-ACCOUNT-RATE': { exit: 6, title: 'AWS is already creating as many accounts as it can at a time' },
  'E-ROLE-UNPROVEN': { exit: 6, title: 'The role in the member account cannot be assumed' },
  'E-ORGANIZATION-NOT-READY': { exit: 6, title: 'The sign-up of the account is not complete' },
  'E-ORGANIZATION-FINALIZING': { exit: 6, title: 'AWS is still setting up the organization' },
  'E-ORGANIZATION-EMAIL': { exit: 6, title: "The management account's e-mail address is not verified" },
  'E-ORGANIZATION-EXISTS': { exit: 6, title: 'The account joined an organization in the meantime' },
  'E-APPROVALS-PENDING': { exit: 6, title: 'Invited members have not approved yet' },

  'E-AWS-REFUSED': { exit: 7, title: 'AWS refused a change' },
  'E-WRITE-DENIED': { exit: 7, title: 'You are not allowed to make a planned change' },
  'E-ALIAS-TAKEN': { exit: 7, title: 'The alias belongs to another AWS account' },
  'E-MFA-CODES': { exit: 7, title: 'AWS refused the MFA codes' },
  'E-MFA-SEED': { exit: 7, title: 'AWS gave an MFA seed that is not base32' },
  'E-POLICY-UNKNOWN': { exit: 7, title: 'AWS has no managed policy with this name' },
  'E-SECRETS-STORE': { exit: 7, title: 'A secret could not be stored' },
  'E-KEY-LIMIT': { exit: 7, title: 'The user already has two access keys' },
  'E-KEY-OTHER': { exit: 7, title: 'The stored key is not the new key' },
  'E-KEY-NOT-STORED': { exit: 7, title: 'The new key could not be stored and was deleted' },
  'E-KEY-REFUSED': { exit: 7, title: 'AWS refused a key change' },
  'E-ACCOUNT-LIMIT': { exit: 7, title: 'The organization has reached its account limit' },
  'E-ACCOUNT-FAILED': { exit: 7, title: 'AWS did not create the member account' },
  'E-ACCOUNT-CONFLICT': { exit: 7, title: 'The account cannot be created as requested' },
  'E-INVITATION-ENDED': { exit: 7, title: 'The invitation is no longer open' },
  'E-INVITATION-OPEN': { exit: 7, title: 'The account already has an open invitation' },
  'E-INVITATION-ELSEWHERE': { exit: 7, title: 'The account manages an organization, or is in another one' },
  'E-INVITATION-ODD': { exit: 7, title: 'The invitation does not show which account sent it' },
  'E-ROLE-CONFLICT': { exit: 7, title: 'A role with this name trusts someone else' },
  'E-ACCOUNT-MISMATCH': { exit: 7, title: 'The account was created with a different e-mail address' },
  'E-ORGANIZATION-REFUSED': { exit: 7, title: 'AWS Organizations refused a change' },

  'E-NOT-OFFERED': { exit: 1, title: 'The endpoint does not offer an operation' },
  'E-UNEXPECTED': { exit: 1, title: 'A bug in this tool' },
  'E-STOPPED': { exit: 130, title: 'The run was stopped' },
} as const satisfies Readonly<Record<string, ErrorFacts>>;

export type ErrorCode = keyof typeof errorCodes;

/** An error with what happened and what to do next. Its code decides the exit code. */
export class BootstrapError extends Error {
  readonly code: ErrorCode;
  readonly exit: ExitCode;
  readonly step: string | null;
  readonly next: string;
  readonly retryable: boolean;
  readonly changed: boolean | null;
  readonly aws: AwsErrorInfo | null;

  constructor(parts: ErrorParts & { readonly code: Exclude<ErrorCode, 'E-STOPPED'> }) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'BootstrapError';
    this.code = parts.code;
    this.exit = errorCodes[parts.code].exit;
    this.step = parts.step ?? null;
    this.next = parts.next;
    this.retryable = parts.retryable ?? false;
    this.changed = parts.changed === undefined ? false : parts.changed;
    this.aws = parts.aws ?? null;
  }

  /** The same error with some parts replaced. */
  with(parts: Partial<ErrorParts>): BootstrapError {
    const { code, message, next, step, retryable, changed, aws, cause } = this;
    return new BootstrapError({ code, message, next, step, retryable, changed, aws, cause, ...parts } as ConstructorParameters<
      typeof BootstrapError
    >[0]);
  }

  info(step: string | null = this.step): ErrorInfo {
    const { code, message, next, retryable, changed, aws } = this;
    return { code, step: this.step ?? step, message, next, retryable, changed, aws };
  }
}

/** The parts of an error besides its code. */
export type ErrorParts = Pick<ErrorInfo, 'message' | 'next'> &
  Partial<Pick<ErrorInfo, 'step' | 'retryable' | 'changed' | 'aws'>> & { readonly cause?: unknown };

/** The error of a flag that is invalid, or contradicts the config file or another flag. */
export const usage = (message: string, next: string): BootstrapError => new BootstrapError({ code: 'E-USAGE', message, next });

/** The user goes back to the previous question. Thrown only by questions that allow it. */
export class WentBack extends Error {
  constructor() {
    super('Back to the previous question.');
    this.name = 'WentBack';
  }
}

/** The user pressed Ctrl-C (`interrupt`), the input ended (`end`, also by Ctrl-D), or a signal stopped the run (`stopped`). */
export class PromptAborted extends Error {
  readonly reason: 'interrupt' | 'end' | 'stopped';

  constructor(reason: PromptAborted['reason'], cause?: unknown) {
    super(reason === 'end' ? 'The input ended before the question was answered.' : 'The question was not answered.', {
      cause,
    });
    this.name = 'PromptAborted';
    this.reason = reason;
  }
}
