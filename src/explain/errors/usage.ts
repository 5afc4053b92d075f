import type { Explanation } from '../../core/explanation.js';

/** Errors that end a run with exit code 2 or 3, before anything was changed. */
export const usagePages: Readonly<Record<string, Explanation>> = {
  'E-USAGE': {
    means: [
      'A flag or an argument is unknown, lacks its value, has a value that will not do, or contradicts the config file or another flag.',
    ],
    fix: {
      first: 'The message names what is wrong. Look at --help behind the command for what it takes.',
      tool: { commands: ['bootstrap init --help'] },
    },
  },
  'E-CONFIG': {
    means: [
      'The config file was read, but is not valid YAML or holds keys or values that will not do. All problems are listed, each with line and column.',
    ],
    matters: 'A config that is half understood would be half applied; so nothing is done.',
    fix: { tool: { text: 'Checks the file without calling AWS:', commands: ['bootstrap config validate'] } },
  },
  'E-CONFIG-EXISTS': {
    means: ['`config new` writes a new file and never overwrites one.'],
    fix: {
      first: 'Edit the file that is there, or write the new one beside it:',
      tool: { commands: ['bootstrap config new --output-file other.yaml', 'bootstrap config new --output-file -'] },
    },
  },
  'E-CONFIG-UNREADABLE': {
    means: ['The config file is not there, may not be read by you, is a folder, is larger than 256 kB or is not UTF-8 text.'],
    fix: { first: 'Look at the path and at its rights, or begin with a new file:', tool: { commands: ['bootstrap config new'] } },
  },
  'E-MISSING-VALUE': {
    means: [
      'Some values have no safe default: the name of the administrator, the alias, the address for budget alerts. At a terminal they are asked for; this run has none, so they have to be given.',
    ],
    fix: {
      first: 'Write them into bootstrap.yaml, give their flags, or leave the steps out with --skip.',
      tool: {
        text: 'What is missing is marked in:',
        commands: ['bootstrap config show', 'bootstrap init --admin-user NAME --alias NAME --email ADDRESS --account-id ACCOUNT --yes'],
      },
    },
  },
  'E-NO-ANSWER': {
    means: ['A question at the terminal got no answer that would do, or the input ended.'],
    fix: { first: 'Run the command again and answer, or give the values by flags.', tool: { commands: ['bootstrap init --help'] } },
  },
  'E-NO-TERMINAL': {
    means: ['Nobody is there to approve the plan: standard input or standard error is no terminal, `CI` is set, or --no-input was given.'],
    fix: {
      first: 'Approve the plan beforehand, or only look at it:',
      tool: { commands: ['bootstrap init --account-id ACCOUNT --yes', 'bootstrap init --dry-run'] },
    },
  },
  'E-OUTPUT-FILE': {
    means: [
      'The file for the result cannot be written: its folder is missing, the disk is full, or you may not write there. It is tried before AWS is called.',
    ],
    fix: { first: 'Name a file in a folder that exists and that you may write to, or leave --output-file out.' },
  },
  'E-PLAN-FILE': {
    means: [
      'The file named by --from-plan is missing, is no plan or was changed after it was made; it was made by another version of this tool, for another endpoint or with another config; or it needs a person at a terminal. Or the file named by --save-plan cannot be written.',
    ],
    matters: 'A plan is carried out as it was approved, or not at all.',
    fix: {
      first: 'Make a new plan, look at it, and carry it out:',
      tool: { commands: ['bootstrap init --save-plan plan.json', 'bootstrap init --from-plan plan.json'] },
    },
  },
  'E-PLAN-STALE': {
    means: [
      'The account was looked at again, and it is not as it was when the plan was saved, or the plan made now is another one. The message says in what. Nothing was changed.',
    ],
    matters: 'What was approved rested on what was seen then.',
    fix: { first: 'Make a new plan and look at it:', tool: { commands: ['bootstrap init --save-plan plan.json'] } },
  },
  'E-REPORT-FILE': {
    means: [
      '`report` shows a result again that --output json wrote. This file is missing, is no JSON, or is something else than a result of this tool.',
    ],
    fix: {
      first: 'Save a result first:',
      tool: { commands: ['bootstrap check --output json --output-file result.json', 'bootstrap report result.json --output markdown'] },
    },
  },
  'E-CA-BUNDLE': {
    means: ['The file of certificates named by --ca-bundle or `AWS_CA_BUNDLE` cannot be read.'],
    fix: { first: 'Name a file with certificates in PEM form, or unset the variable.' },
  },
  'E-ENDPOINT': {
    means: [
      'The address for requests (--endpoint-url, `AWS_ENDPOINT_URL`, or `endpoint_url` of the AWS config file) is not a URL, or is plain http to another machine.',
    ],
    matters:
      'Requests are signed with your credentials and carry new passwords; a forgotten variable must not send them over an open line.',
    fix: { first: 'Use https, or a loopback address such as http://127.0.0.1:5000; or remove the setting.' },
  },
  'E-SANDBOX-FILE': {
    means: ['The file of the practice account is damaged or was written by another version.'],
    fix: { first: 'Name another file with --sandbox-file, or start again:', tool: { commands: ['bootstrap sandbox reset'] } },
  },
  'E-SECRETS-DESTINATION': {
    means: [
      'The place for what is secret (the file of --secrets-file, or a profile of `~/.aws`) cannot be used: it cannot be written, is open to others, belongs to another account, is in use by another run, or holds something else already.',
    ],
    matters: 'The place is tried and reserved before a secret is made, so none is lost when it will not do.',
    fix: { first: 'Do what the message says, or name another place:', tool: { commands: ['bootstrap init --secrets-file FILE'] } },
  },
  'E-SECRETS-UNCONFIRMED': {
    means: [
      'A `bootstrap.yaml` that no flag names, or a saved plan, sends secrets to a program, to an age recipient or to a file outside the working folder. Such a file may come from someone else, with the repository that holds it. A run without a terminal stops before it calls AWS.',
    ],
    matters: 'Passwords, MFA seeds and access keys would go to a place that you have not seen.',
    fix: {
      first: 'Look at the place that the message names. If you trust it, name the config, or the place itself:',
      tool: {
        commands: [
          'bootstrap init --config ./bootstrap.yaml --account-id ACCOUNT --yes',
          'bootstrap init --from-plan plan.json --secret-command "PROGRAM ARGUMENTS"',
        ],
      },
    },
  },
  'E-BUDGET-CURRENCY': {
    means: ['AWS bills the accounts of a partition in one currency (USD; CNY in China) and refuses a budget in another.'],
    fix: {
      first: 'Write the limit in the currency that the message names (`budget.limit`, or the flag):',
      tool: { commands: ['bootstrap init --budget "10 USD"'] },
    },
  },
  'E-DECLINED': {
    means: ['You declined the plan at the terminal, or every change of it that was asked for by itself. Nothing was changed.'],
    fix: { first: 'Change the config or the flags, or look at the plan only:', tool: { commands: ['bootstrap init --dry-run'] } },
  },
};
