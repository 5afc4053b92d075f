import type { Explanation, StepPages } from '../../core/explanation.js';

const dashboard = 'https://console.aws.amazon.com/iam/home#/home';
const source = ['https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html'];
const prowler = 'Prowler does not check the account alias.';

const findings: Readonly<Record<string, Explanation>> = {
  'alias.set': {
    means: [
      'The account has no alias, so the sign-in URL for IAM users contains a twelve-digit number. An alias is public and unique in the whole partition. It has 3 to 63 lowercase letters, digits and single hyphens.',
    ],
    matters: 'People remember a name, and notice if it is wrong. The URL with the account number continues to work.',
    fix: {
      tool: { commands: ['bootstrap init --only alias --alias NAME'] },
      console: { clicks: 'IAM, Dashboard, "AWS Account" at the right, Account Alias, Create.', url: dashboard },
      cli: {
        text: 'Check first: the second command silently replaces an existing alias:',
        commands: ['aws iam list-account-aliases', 'aws iam create-account-alias --account-alias NAME'],
      },
    },
    differs: prowler,
    sources: source,
  },
  'alias.name': {
    means: [
      'The account has a different alias than the config. An account has only one alias: AWS replaces it silently, and the old sign-in URL stops working at once.',
      'So `init` only replaces it if you pass --replace-alias.',
    ],
    matters: 'If you replace the alias, bookmarks, scripts and instructions with the old URL break. If you do not, the config is wrong.',
    fix: {
      first: 'Either set `alias.name` in bootstrap.yaml to the existing alias, or replace the alias:',
      tool: { commands: ['bootstrap init --only alias --alias NAME --replace-alias'] },
      console: { clicks: 'IAM, Dashboard, "AWS Account" at the right, Account Alias, Edit.', url: dashboard },
      cli: { text: 'Replaces without asking:', commands: ['aws iam create-account-alias --account-alias NAME'] },
    },
    differs: prowler,
    sources: source,
  },
};

const step: Explanation = {
  means: [
    'Gives the account a name for its sign-in URL. An account has one alias. It is public, and unique in the whole AWS partition. The URL with the account number continues to work.',
    'AWS replaces an alias silently, and the old sign-in URL stops working at once. So an existing alias that differs is only replaced if you pass `--replace-alias`.',
  ],
  matters: 'A sign-in page with a name is easier to remember than twelve digits, and easier to distinguish from a fake one.',
  fix: { tool: { commands: ['bootstrap init --only alias --alias NAME'] } },
  sources: source,
};

export const pages: StepPages = { step, findings };
