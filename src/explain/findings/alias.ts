import type { Explanation } from '../../core/explanation.js';

const dashboard = 'https://console.aws.amazon.com/iam/home#/home';
const source = ['https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html'];
const prowler = 'Prowler does not look at the alias of an AWS account.';

export const aliasPages: Readonly<Record<string, Explanation>> = {
  'alias.set': {
    means: [
      'The account has no alias, so IAM users sign in at a URL with twelve digits in it. The alias is unique in the whole partition, is public, and has 3 to 63 lower-case letters, digits and single hyphens.',
    ],
    matters: 'People remember a name, and notice when it is wrong. The URL with the digits keeps working.',
    fix: {
      tool: { commands: ['bootstrap init --only alias --alias NAME'] },
      console: { clicks: 'IAM, Dashboard, "AWS Account" at the right, Account Alias, Create.', url: dashboard },
      cli: {
        text: 'Look first: the second command silently replaces an alias that is there:',
        commands: ['aws iam list-account-aliases', 'aws iam create-account-alias --account-alias NAME'],
      },
    },
    differs: prowler,
    sources: source,
  },
  'alias.name': {
    means: [
      'The account has another alias than the config says. An account has one alias: AWS replaces it silently, and the sign-in URL of the old one stops working at once.',
      'So `init` leaves it alone unless it is told to replace it.',
    ],
    matters: 'Bookmarks, scripts and instructions with the old URL break when it is replaced, and the config is wrong when it is not.',
    fix: {
      first: 'Either write the alias that is there into bootstrap.yaml (`alias.name`), or replace it:',
      tool: { commands: ['bootstrap init --only alias --alias NAME --replace-alias'] },
      console: { clicks: 'IAM, Dashboard, "AWS Account" at the right, Account Alias, Edit.', url: dashboard },
      cli: { text: 'Replaces without asking:', commands: ['aws iam create-account-alias --account-alias NAME'] },
    },
    differs: prowler,
    sources: source,
  },
};
