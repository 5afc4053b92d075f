import type { ErrorRows } from './row.js';

/** Errors that end a run with exit code 2 or 3, before anything was changed. */
export const usageErrors = {
  'E-USAGE': {
    exit: 2,
    title: 'Invalid command line',
    means: ['A flag or argument is unknown, has no value, has an invalid value, or conflicts with the config file or another flag.'],
    fix: {
      first: 'The message names the problem. To see what a command accepts, add --help.',
      tool: { commands: ['bootstrap init --help'] },
    },
  },
  'E-CONFIG': {
    exit: 2,
    title: 'Invalid config file',
    means: ['The config file is not valid YAML, or has invalid keys or values. The message lists all problems with line and column.'],
    matters: 'The tool does not apply a config that it only understands in part, so nothing was changed.',
    fix: { tool: { text: 'Check the file without calling AWS:', commands: ['bootstrap config validate'] } },
  },
  'E-CONFIG-EXISTS': {
    exit: 2,
    title: 'The config file already exists',
    means: ['`config new` creates a new file and never overwrites an existing one.'],
    fix: {
      first: 'Edit the existing file, or write the new one to another file or to standard output:',
      tool: { commands: ['bootstrap config new --output-file other.yaml', 'bootstrap config new --output-file -'] },
    },
  },
  'E-CONFIG-UNREADABLE': {
    exit: 2,
    title: 'The config file cannot be read',
    means: [
      'The config file does not exist, you have no permission to read it, it is a folder, it is larger than 256 kB, or it is not UTF-8 text.',
    ],
    fix: { first: 'Check the path and its permissions, or start with a new file:', tool: { commands: ['bootstrap config new'] } },
  },
  'E-MISSING-VALUE': {
    exit: 2,
    title: 'A required value is missing',
    means: [
      'Some values have no safe default: the name of the administrator, the alias, the address for budget alerts. At a terminal, the tool asks for them. This run has no terminal, so you must pass them.',
    ],
    fix: {
      first: 'Set the values in bootstrap.yaml, pass their flags, or leave the steps out with --skip.',
      tool: {
        text: 'The first command marks the missing values. The second passes them:',
        commands: ['bootstrap config show', 'bootstrap init --admin-user NAME --alias NAME --email ADDRESS --account-id ACCOUNT --yes'],
      },
    },
  },
  'E-NO-ANSWER': {
    exit: 2,
    title: 'A question was not answered',
    means: ['A question at the terminal got no valid answer, or the input ended.'],
    fix: { first: 'Run the command again and answer, or pass the values as flags.', tool: { commands: ['bootstrap init --help'] } },
  },
  'E-NO-TERMINAL': {
    exit: 2,
    title: 'No terminal to approve the plan',
    means: ['No one can approve the plan: standard input or standard error is not a terminal, `CI` is set, or --no-input was passed.'],
    fix: {
      first: 'Approve the plan in advance with --yes, or only show it:',
      tool: { commands: ['bootstrap init --account-id ACCOUNT --yes', 'bootstrap init --dry-run'] },
    },
  },
  'E-OUTPUT-FILE': {
    exit: 2,
    title: 'The output file cannot be written',
    means: [
      'The output file cannot be written: its folder does not exist, the disk is full, or you have no permission. Or it is the config, a practice account, or a file of secrets or profiles: a result does not replace these. The tool checks this before it calls AWS.',
    ],
    fix: { first: 'Name a file in an existing folder that you can write to, or leave --output-file out.' },
  },
  'E-PLAN-FILE': {
    exit: 2,
    title: 'The saved plan cannot be used',
    means: [
      'The file passed to --from-plan does not exist, is not a plan, or was changed after it was saved. Or it was saved by another version of this tool, for another endpoint or with another config. Or it was saved at a terminal and cannot be applied without one. Or the file passed to --save-plan cannot be written.',
    ],
    matters: 'The tool applies a plan exactly as it was approved, or not at all.',
    fix: {
      first: 'Save a new plan, review it, and apply it:',
      tool: { commands: ['bootstrap init --save-plan plan.json', 'bootstrap init --from-plan plan.json'] },
    },
  },
  'E-PLAN-STALE': {
    exit: 3,
    title: 'The account no longer matches the saved plan',
    means: [
      'The tool read the account again. The account has changed since the plan was saved, or a plan made now is different. The message shows what differs. Nothing was changed.',
    ],
    matters: 'You approved the plan for the account as it was when the plan was saved.',
    fix: { first: 'Save a new plan and review it:', tool: { commands: ['bootstrap init --save-plan plan.json'] } },
  },
  'E-REPORT-FILE': {
    exit: 2,
    title: 'The saved result cannot be read',
    means: [
      '`report` shows a result that was saved with --output json. This file does not exist, is not JSON, or is not a result of this tool.',
    ],
    fix: {
      first: 'Save a result first:',
      tool: { commands: ['bootstrap check --output json --output-file result.json', 'bootstrap report result.json --output markdown'] },
    },
  },
  'E-CA-BUNDLE': {
    exit: 2,
    title: 'The CA bundle cannot be read',
    means: ['The certificate file in --ca-bundle or `AWS_CA_BUNDLE` cannot be read.'],
    fix: { first: 'Name a file with certificates in PEM format, or unset the variable.' },
  },
  'E-ENDPOINT': {
    exit: 2,
    title: 'The endpoint is not safe for credentials',
    means: [
      'The endpoint (--endpoint-url, `AWS_ENDPOINT_URL`, or `endpoint_url` in the AWS config file) is not a URL, or uses plain http to another machine.',
      'Or the variable `NODE_TLS_REJECT_UNAUTHORIZED` is 0: then Node accepts the certificate of any server.',
      'Or STS has an endpoint that is not AWS, and other services are elsewhere: it would name another account than the one that the run reads and changes.',
    ],
    matters:
      'Requests are signed with your credentials and contain new passwords. A forgotten variable must not send them over an unencrypted connection.',
    fix: {
      first:
        'Use https or a loopback address such as http://127.0.0.1:5000. Or remove the setting. For a proxy with its own certificate, unset `NODE_TLS_REJECT_UNAUTHORIZED` and pass the certificate with --ca-bundle.',
    },
  },
  'E-SANDBOX-FILE': {
    exit: 2,
    title: 'The practice account file cannot be used',
    means: ['The practice account file is damaged, or was written by another version.'],
    fix: { first: 'Name another file with --sandbox-file, or start again:', tool: { commands: ['bootstrap sandbox reset'] } },
  },
  'E-SECRETS-DESTINATION': {
    exit: 2,
    title: 'The secrets destination cannot be used',
    means: [
      'The destination for secrets (the file of --secrets-file, or a profile of `~/.aws`) cannot be used. It cannot be written, is accessible to others, belongs to another account, is in use by another run, or already holds something else.',
    ],
    matters:
      'The tool checks and reserves the destination before it creates a secret. So no secret is lost if the destination cannot be used.',
    fix: { first: 'Follow the message, or name another destination:', tool: { commands: ['bootstrap init --secrets-file FILE'] } },
  },
  'E-POLICY-NAME': {
    exit: 2,
    title: 'AWS has no managed policy with the name in the config',
    means: [
      'A name in `access-keys.policies` is not the name of an AWS managed policy, or the policy is for roles of AWS services and cannot be attached to a group. Nothing was created.',
      'You can leave out the path of a policy: `ViewOnlyAccess` finds `job-function/ViewOnlyAccess`. Names are case-sensitive. Your own policies cannot be used here.',
    ],
    fix: {
      first: 'Correct the name, for example to ReadOnlyAccess. To list the names:',
      cli: { commands: ['aws iam list-policies --scope AWS --query "Policies[].PolicyName"'] },
    },
  },
  'E-SECRETS-UNCONFIRMED': {
    exit: 2,
    title: 'The secrets destination is not confirmed',
    means: [
      'A `bootstrap.yaml` that no flag names, or a saved plan, sends secrets to a program, to an age recipient or to a file outside the working folder. Such a file may come from someone else, for example as part of a repository. A run without a terminal stops before it calls AWS.',
    ],
    matters: 'Otherwise passwords, MFA seeds and access keys could be sent to a destination that you did not choose.',
    fix: {
      first: 'Check the destination in the message. If you trust it, pass the config, or the destination itself:',
      tool: {
        commands: [
          'bootstrap init --config ./bootstrap.yaml --account-id ACCOUNT --yes',
          'bootstrap init --from-plan plan.json --secret-command "PROGRAM ARGUMENTS"',
        ],
      },
    },
  },
  'E-BUDGET-CURRENCY': {
    exit: 2,
    title: 'AWS does not bill this account in the currency of the budget',
    means: [
      'AWS bills all accounts of a partition in one currency (USD; CNY in China; EUR in the European Sovereign Cloud, aws-eusc) and refuses a budget in another.',
    ],
    fix: {
      first: 'Set the limit in the currency that the message names (`budget.limit`, or the flag):',
      tool: { commands: ['bootstrap init --budget "10 USD"'] },
    },
  },
  'E-DECLINED': {
    exit: 3,
    title: 'The plan was declined',
    means: ['You declined the plan at the terminal, or declined every change that was confirmed separately. Nothing was changed.'],
    fix: { first: 'Change the config or the flags, or only show the plan:', tool: { commands: ['bootstrap init --dry-run'] } },
  },
} as const satisfies ErrorRows;
