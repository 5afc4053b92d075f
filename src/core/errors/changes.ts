import type { ErrorRows } from './row.js';

/** Errors of single changes, and of a run as a whole. Exit code 6: run the same command again. Exit code 7: fix something first. */
export const changeErrors = {
  'E-PLAN-CHANGED': {
    exit: 6,
    title: 'The account changed after the plan was shown',
    means: [
      'The tool reads each step again just before its first change. This step no longer matched the plan that you approved, so it was not changed.',
      'Or someone else created the group or user of the step in the meantime: it gets no permissions, and the step stops there.',
    ],
    matters: 'The tool makes only the changes that you approved.',
    fix: { first: 'Run the same command again and review the new plan.' },
  },
  'E-NOT-CONFIRMED': {
    exit: 6,
    title: 'AWS does not show the change yet',
    means: [
      'AWS accepted the change, but a read does not show it yet. Changes in IAM and Organizations take time to spread. The run waited two minutes.',
    ],
    fix: { first: 'Run the same command again in a few minutes. Once AWS shows the change, there is nothing left to do.' },
  },
  'E-AWS-BUSY': {
    exit: 6,
    title: 'AWS is busy with other requests',
    means: [
      'AWS refused a change because of other requests: there were too many in a short time, or another change of the same resource was in progress. The run sent it again for up to two minutes.',
    ],
    fix: { first: 'Run the same command again in a few minutes. If other programs manage the same account, wait until they are done.' },
  },
  'E-AMBIGUOUS': {
    exit: 6,
    title: 'The response to a write was lost',
    means: [
      'The response to a write was lost (connection, timeout, or an AWS error), and the account does not show the change. AWS may or may not have made it. The tool never sends a write again blindly, because that could create a second key or account.',
    ],
    fix: { first: 'Run the same command again in a few minutes. It reads the account first and continues from there.' },
  },
  'E-AWS-REFUSED': {
    exit: 7,
    title: 'AWS refused a change',
    means: [
      'AWS refused a change for a reason that has no error code of its own in this tool. The message contains the AWS error and its request id.',
    ],
    fix: { first: 'Fix the cause and run the same command again. Or leave the step out with --skip.' },
  },
  'E-WRITE-DENIED': {
    exit: 7,
    title: 'You are not allowed to make a planned change',
    means: [
      'You are not allowed to make one of the planned changes. The cause can be your policies, a permissions boundary or a policy of the organization. To create an organization, you also need `iam:CreateServiceLinkedRole`.',
    ],
    fix: { first: 'Run as an identity that is allowed the action in the message. Or leave the step out with --skip.' },
  },
  'E-ALIAS-TAKEN': {
    exit: 7,
    title: 'The alias belongs to another AWS account',
    means: [
      'An alias is unique among all accounts of a partition, and another account has this one. The only way to find out if a name is free is to try it.',
    ],
    fix: { first: 'Choose another name. The message suggests some.', tool: { commands: ['bootstrap init --only alias --alias NAME'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html'],
  },
  'E-MFA-SEED': {
    exit: 7,
    title: 'AWS gave an MFA seed that is not base32',
    means: [
      'AWS creates the seed of a virtual MFA device and returns it once, in base32. This response contained something else, so neither an authenticator nor this tool can compute codes from it. The tool deleted the device. If that failed, the next run deletes it.',
    ],
    matters: 'A device whose seed no one can use would lock its user out.',
    fix: {
      first:
        'AWS itself does not respond like this. Check whether requests go to an emulator or a proxy (--endpoint-url, `AWS_ENDPOINT_URL`). Then run the same command again:',
      tool: { commands: ['bootstrap init --only mfa'] },
    },
  },
  'E-MFA-CODES': {
    exit: 7,
    title: 'AWS refused the MFA codes',
    means: [
      'The device was created, but AWS refused several pairs of codes for it. Codes depend on the time: the clock of this computer, or of the device that shows the codes, is wrong.',
    ],
    fix: { first: 'Set the clock and run the same command again. It replaces the device of the unfinished enrolment.' },
  },
  'E-MFA-LATER': {
    exit: 5,
    title: 'An MFA device was postponed',
    means: [
      'When the tool asked for the codes of a new MFA device, you chose to do it later. The device was deleted again. The rest of the run was not affected.',
    ],
    matters: 'Until then, the password alone is enough to sign in as this user.',
    fix: {
      first: 'If you added an entry to your authenticator, remove it: its codes do not work. Then, with your authenticator ready:',
      tool: { commands: ['bootstrap init --only mfa'] },
    },
  },
  'E-POLICY-UNKNOWN': {
    exit: 7,
    title: 'AWS has no managed policy with this name',
    means: [
      'AWS no longer had a managed policy with the name in `access-keys.policies` when it was to be attached, or the group to attach it to no longer exists. A name that is wrong from the start ends the run before anything is created (E-POLICY-NAME).',
    ],
    fix: {
      first: 'Use the name of an AWS managed policy, such as ReadOnlyAccess. To list them:',
      cli: { commands: ['aws iam list-policies --scope AWS --query "Policies[].PolicyName"'] },
    },
  },
  'E-SECRETS-STORE': {
    exit: 7,
    title: 'A secret could not be stored',
    means: [
      'The destination was reserved, but storing a secret in it failed. Or the tool could no longer write its journal of secrets that are not stored yet. The message shows where the secret is now and what to do.',
    ],
    fix: { first: 'Follow the message first. Then run the same command again.' },
  },
  'E-BUDGET-EXISTS': {
    exit: 6,
    title: 'Someone else created the budget in the meantime',
    means: [
      'A budget with the wanted name did not exist when the plan was made, but did when it was to be created. The budget was not changed.',
    ],
    fix: { first: 'Run the same command again and review the new plan.' },
  },
  'E-KEY-SECRET-LOST': {
    exit: 6,
    title: 'A key was created, but its secret was lost',
    means: [
      'AWS created an access key, but the response with the secret was lost. AWS shows a secret only once, so no one can use this key.',
    ],
    fix: {
      first: 'Delete the key and run the same command again:',
      cli: { commands: ['aws iam delete-access-key --user-name NAME --access-key-id KEY'] },
    },
  },
  'E-NOT-OFFERED': {
    exit: 1,
    title: 'The endpoint does not offer an operation',
    means: [
      'The run uses an endpoint other than AWS (--endpoint-url, AWS_ENDPOINT_URL, or an endpoint_url in the AWS config file), such as an emulator, and that endpoint does not have the operation that the message names. The request is not repeated.',
      'If an emulator answers a write with an HTML page and status 500, it may still have made the change. The error then reports that it is not known whether AWS was changed.',
    ],
    fix: {
      first: 'Run the command against AWS, or leave out the step that needs the operation. The practice account offers all operations:',
      tool: { commands: ['bootstrap init --sandbox'] },
    },
  },
  'E-UNEXPECTED': {
    exit: 1,
    title: 'A bug in this tool',
    means: ['Something happened that the tool does not handle. This is a bug in the tool.'],
    fix: {
      first: 'Run the command again with --debug and report what it prints. It prints every request, but never the secrets in it.',
    },
  },
  'E-STOPPED': {
    exit: 130,
    title: 'The run was stopped',
    means: [
      'The run was stopped by Ctrl-C (exit code 130) or by SIGTERM (exit code 143). A write that was in progress may or may not have reached AWS.',
    ],
    fix: { first: 'Run the same command again. It reads the account first and continues where this run stopped.' },
  },
} as const satisfies ErrorRows;
