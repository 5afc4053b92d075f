import type { ExitCode } from './error.js';

/** What is known of an error before it happens. Codes are final: scripts read them. */
export interface ErrorCode {
  /** The code a run ends with when this is all that went wrong; 130 stands for both signals. */
  readonly exit: ExitCode | 130;
  readonly title: string;
}

/** Every error code of this tool. A test holds the places that throw them against it. */
export const errorCodes = {
  'E-USAGE': { exit: 2, title: 'The command line is wrong' },
  'E-CONFIG': { exit: 2, title: 'The config file has problems' },
  'E-CONFIG-EXISTS': { exit: 2, title: 'There is a config file already' },
  'E-CONFIG-UNREADABLE': { exit: 2, title: 'The config file cannot be read' },
  'E-MISSING-VALUE': { exit: 2, title: 'A value without a safe default was not given' },
  'E-NO-ANSWER': { exit: 2, title: 'A question was not answered' },
  'E-NO-TERMINAL': { exit: 2, title: 'There is no terminal to approve the plan at' },
  'E-OUTPUT-FILE': { exit: 2, title: 'The result cannot be written' },
  'E-PLAN-FILE': { exit: 2, title: 'The saved plan cannot be used' },
  'E-REPORT-FILE': { exit: 2, title: 'The saved result cannot be read' },
  'E-CA-BUNDLE': { exit: 2, title: 'The file of certificates cannot be read' },
  'E-ENDPOINT': { exit: 2, title: 'The endpoint is not safe to send credentials to' },
  'E-SANDBOX-FILE': { exit: 2, title: 'The file of the practice account cannot be used' },
  'E-SECRETS-DESTINATION': { exit: 2, title: 'The place for secrets will not do' },
  'E-BUDGET-CURRENCY': { exit: 2, title: 'The budget is in a currency that AWS does not bill in here' },
  'E-KEY-USER': { exit: 2, title: 'There is no such user' },
  'E-KEY-NONE': { exit: 2, title: 'The user has no access key' },
  'E-KEY-UNKNOWN': { exit: 2, title: 'The user has no such access key' },
  'E-KEY-INACTIVE': { exit: 2, title: 'The key to rotate is switched off' },
  'E-KEY-ACTIVE': { exit: 2, title: 'The key to delete is active' },
  'E-KEY-IN-USE': { exit: 2, title: 'The key signs this very run' },
  'E-KEY-NOWHERE': { exit: 2, title: 'There is no place for the new key' },

  'E-DECLINED': { exit: 3, title: 'The plan was declined' },
  'E-PLAN-STALE': { exit: 3, title: 'The account is not as the saved plan found it' },

  'E-NOT-SIGNED-IN': { exit: 4, title: 'There are no credentials' },
  'E-SESSION-EXPIRED': { exit: 4, title: 'The session has expired' },
  'E-CREDENTIALS-REFUSED': { exit: 4, title: 'AWS does not accept the credentials' },
  'E-NO-PROFILE': { exit: 4, title: 'There is no such profile' },
  'E-NO-ACCOUNT-ID': { exit: 4, title: 'An unattended run has to name its account' },
  'E-WRONG-ACCOUNT': { exit: 4, title: 'You are signed in to another account' },
  'E-TWO-IDENTITIES': { exit: 4, title: 'The shell stands for two accounts' },
  'E-ORGANIZATION-ROOT': { exit: 4, title: 'Root cannot go into member accounts' },
  'E-ORGANIZATION-NONE': { exit: 4, title: 'The account manages no organization' },
  'E-READ-DENIED': { exit: 4, title: 'A read that the run needs was denied' },
  'E-KEY-DENIED': { exit: 4, title: 'You may not manage these keys' },
  'E-KEY-ROOT': { exit: 4, title: "Only root manages root's keys" },
  'E-KEY-SESSION': { exit: 4, title: 'The session ended during the change of a key' },

  'E-MFA-LATER': { exit: 5, title: 'An MFA device was left for later' },

  'E-UNREACHABLE': { exit: 6, title: 'AWS could not be reached' },
  'E-IDENTITY-ANSWER': { exit: 6, title: 'AWS did not say who is signed in' },
  'E-PLAN-CHANGED': { exit: 6, title: 'The account changed after the plan was shown' },
  'E-NOT-CONFIRMED': { exit: 6, title: 'AWS does not show the change yet' },
  'E-AMBIGUOUS': { exit: 6, title: 'The answer to a write was lost' },
  'E-BUDGET-EXISTS': { exit: 6, title: 'Somebody else made the budget meanwhile' },
  'E-KEY-SECRET-LOST': { exit: 6, title: 'A key was made, but its secret was lost on the way' },
  'E-KEY-UNPROVEN': { exit: 6, title: 'The new key has not been seen to work yet' },
  'E-KEY-UNCERTAIN': { exit: 6, title: 'AWS does not show the change of a key yet' },
  'E-KEY-UNREAD': { exit: 6, title: 'The keys could not be read' },
  'E-ACCOUNT-PENDING': { exit: 6, title: 'AWS is still creating the member account' },
  'E-ACCOUNT-RATE': { exit: 6, title: 'AWS is creating as many accounts as it does at a time' },
  'E-ORGANIZATION-NOT-READY': { exit: 6, title: 'The sign-up of the account is not complete' },
  'E-ORGANIZATION-FINALIZING': { exit: 6, title: 'AWS is still setting up the organization' },
  'E-ORGANIZATION-EXISTS': { exit: 6, title: 'The account came to be in an organization meanwhile' },
  'E-APPROVALS-PENDING': { exit: 6, title: 'Invited members have yet to approve' },

  'E-AWS-REFUSED': { exit: 7, title: 'AWS refused a change' },
  'E-WRITE-DENIED': { exit: 7, title: 'You may not make a change of the plan' },
  'E-ALIAS-TAKEN': { exit: 7, title: 'The alias belongs to another AWS customer' },
  'E-MFA-CODES': { exit: 7, title: 'AWS refused the codes of the MFA device' },
  'E-POLICY-UNKNOWN': { exit: 7, title: 'AWS manages no policy of that name' },
  'E-SECRETS-STORE': { exit: 7, title: 'A secret could not be kept at its place' },
  'E-KEY-LIMIT': { exit: 7, title: 'The user has two access keys already' },
  'E-KEY-OTHER': { exit: 7, title: 'The stored key is not the new one' },
  'E-KEY-NOT-STORED': { exit: 7, title: 'The new key could not be stored, and was deleted again' },
  'E-KEY-REFUSED': { exit: 7, title: 'AWS refused a change of a key' },
  'E-ACCOUNT-LIMIT': { exit: 7, title: 'The organization may have no more accounts' },
  'E-ACCOUNT-FAILED': { exit: 7, title: 'AWS did not create the member account' },
  'E-ACCOUNT-MISMATCH': { exit: 7, title: 'The request made an account with another address' },
  'E-ORGANIZATION-REFUSED': { exit: 7, title: 'AWS Organizations refused a change' },

  'E-UNEXPECTED': { exit: 1, title: 'A fault of the tool' },
  'E-STOPPED': { exit: 130, title: 'The run was stopped' },
} as const satisfies Readonly<Record<string, ErrorCode>>;
