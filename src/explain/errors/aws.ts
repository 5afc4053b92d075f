import type { Explanation } from '../../core/explanation.js';

/** Errors of single changes: exit code 6 when the same command can simply be run again, 7 when something has to be mended first. */
export const awsPages: Readonly<Record<string, Explanation>> = {
  'E-PLAN-CHANGED': {
    means: [
      'A step is read again just before its first change. This one no longer looked as it did when the plan was approved, so it was left alone.',
    ],
    matters: 'What is done is what was approved, and nothing else.',
    fix: { first: 'Run the same command again and look at the new plan.' },
  },
  'E-NOT-CONFIRMED': {
    means: [
      'AWS accepted the change, and reading it back does not show it yet. IAM and Organizations spread changes slowly; the run waited two minutes.',
    ],
    fix: { first: 'Run the same command again in a few minutes; when the change has arrived there is nothing left to do.' },
  },
  'E-AMBIGUOUS': {
    means: [
      'The answer to a write was lost (connection, timeout, a fault of AWS), and the account does not show the change. AWS may have acted or not. A write is never sent twice blindly, since that could make a second key or account.',
    ],
    fix: { first: 'Run the same command again in a few minutes: it reads the account first and continues from what is there.' },
  },
  'E-AWS-REFUSED': {
    means: [
      'AWS refused a change for a reason that this tool has no better words for. The error of AWS and its request id stand in the message.',
    ],
    fix: { first: 'Mend the cause and run the same command again, or leave the step out with --skip.' },
  },
  'E-WRITE-DENIED': {
    means: [
      'You are not allowed to make a change of the plan, by your policies, a permissions boundary or a policy of the organization. Creating an organization needs `iam:CreateServiceLinkedRole` as well.',
    ],
    fix: { first: 'Run as an identity that is allowed the action in the message, or leave the step out with --skip.' },
  },
  'E-ALIAS-TAKEN': {
    means: [
      'Aliases are unique among all accounts of a partition, and this one is held by another. Whether a name is free can only be found out by taking it.',
    ],
    fix: { first: 'Choose another; the message suggests some.', tool: { commands: ['bootstrap init --only alias --alias NAME'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html'],
  },
  'E-MFA-CODES': {
    means: [
      'The device was made, but AWS refused several pairs of codes for it. Codes depend on the time: the clock of this computer, or of what shows the codes, is off.',
    ],
    fix: { first: 'Set the clock and run the same command again; the device of the unfinished enrolment is replaced.' },
  },
  'E-MFA-LATER': {
    means: [
      'At the question for the codes of a new MFA device you chose to do it later. The device was deleted again; nothing else of the run was left out.',
    ],
    matters: 'Until then a password is all that it takes to sign in as this user.',
    fix: {
      first: 'Remove the entry from your authenticator if you made one: its codes open nothing. Then, with an authenticator at hand:',
      tool: { commands: ['bootstrap init --only mfa'] },
    },
  },
  'E-POLICY-UNKNOWN': {
    means: ['AWS manages no policy of the name in `access-keys.policies`, or the group it was to be attached to is gone.'],
    fix: {
      first: 'Write the name of a policy that AWS manages, such as ReadOnlyAccess. To look for one:',
      cli: { commands: ['aws iam list-policies --scope AWS --query "Policies[].PolicyName"'] },
    },
  },
  'E-SECRETS-STORE': {
    means: [
      'A secret was to be kept at its place, which had been reserved, and that failed; or the journal of secrets in flight could not be written any more. The message says where the secret is now and what to do.',
    ],
    fix: { first: 'Do what the message says first; then run the same command again.' },
  },
  'E-BUDGET-EXISTS': {
    means: [
      'A budget of the wanted name was not there when the plan was made, and was there when it was to be created. It was left as it is.',
    ],
    fix: { first: 'Run the same command again and look at the new plan.' },
  },
  'E-KEY-SECRET-LOST': {
    means: [
      'AWS made an access key, but its answer was lost on the way, and the secret with it. AWS shows a secret once; nobody can use that key.',
    ],
    fix: {
      first: 'Delete the key and run the same command again:',
      cli: { commands: ['aws iam delete-access-key --user-name NAME --access-key-id KEY'] },
    },
  },
  'E-NOT-OFFERED': {
    means: [
      'The run uses an endpoint other than AWS (--endpoint-url, AWS_ENDPOINT_URL, or an endpoint_url in the AWS config file), such as an emulator, and that endpoint does not have the operation that the message names. The request is not repeated.',
      'An emulator that answers a write with an HTML page and status 500 may have acted all the same; the error then says that it is not known whether AWS was changed.',
    ],
    fix: {
      first: 'Run the command against AWS, or leave out the step that needs the operation. The practice account offers all operations:',
      tool: { commands: ['bootstrap init --sandbox'] },
    },
  },
  'E-UNEXPECTED': {
    means: ['Something happened that the tool has no answer to. That is a fault of the tool.'],
    fix: { first: 'Run again with --debug, which prints every request (never its secrets), and report what it prints.' },
  },
  'E-STOPPED': {
    means: [
      'The run was stopped by Ctrl-C or by SIGTERM (exit code 130 or 143). A write that was under way may or may not have reached AWS.',
    ],
    fix: { first: 'Run the same command again: it reads the account first and continues where this run stopped.' },
  },
};
