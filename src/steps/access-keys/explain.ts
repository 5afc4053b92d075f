import type { Explanation, StepPages } from '../../core/explanation.js';

const rootPage = 'https://console.aws.amazon.com/iam/home#/security_credentials';
const users = 'https://console.aws.amazon.com/iam/home#/users';
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';
const keys = `${guide}/id_credentials_access-keys.html`;
const keyTab = 'IAM, Users, choose the user, Security credentials, Access keys';

const findings: Readonly<Record<string, Explanation>> = {
  'access-keys.root': {
    means: ['Root has an access key. This is read live from the account summary.'],
    matters:
      'A root key can do everything, does not expire, and no policy of the account limits it. Nothing needs one: `aws login` (AWS CLI 2.32 or newer) signs root in without a key.',
    fix: {
      first: 'First find out what uses the key, and give that its own identity.',
      tool: { text: 'As root only:', commands: ['bootstrap keys delete --root --all'] },
      console: {
        clicks:
          'Sign in as root, open "Security credentials", Access keys: deactivate the key, wait to see if anything still needs it, then delete it.',
        url: rootPage,
      },
      cli: {
        text: 'As root only: without --user-name, the commands use the keys of the caller. An IAM identity can see that root has a key, but cannot delete it:',
        commands: ['aws iam list-access-keys', 'aws iam delete-access-key --access-key-id KEY'],
      },
    },
    differs:
      'Prowler reads this from the credential report, which may be four hours old. It ignores inactive keys, and reports nothing if root has neither a password nor an active key. This tool uses the number of keys in the account summary.',
    sources: [`${guide}/id_root-user_manage_delete-key.html`, `${guide}/best-practices.html`],
  },
  'access-keys.exists': {
    means: ['The config asks for an access key (`access-keys.mode: create`), and the user has no active one.'],
    matters:
      'Something is going to sign in with this key. Check if it really needs a key: people have `aws login`, machines in AWS have roles, and pipelines can use a role through OpenID Connect.',
    fix: {
      tool: {
        text: 'The key is stored in one destination, a profile of `~/.aws` or the secrets file. The destination is reserved before the key is created:',
        commands: ['bootstrap init --only access-keys'],
      },
      console: { clicks: `${keyTab}, Create access key. The secret is shown once.`, url: users },
      cli: { text: 'Prints the secret, once:', commands: ['aws iam create-access-key --user-name NAME'] },
    },
    differs:
      'Prowler has the opposite check: it fails if a user with a console password has a key that was never used. There, a key that the config asks for fails until its first use. To avoid this, use a separate user for the key.',
    sources: [keys],
  },
  'access-keys.stored': {
    means: [
      'The user has an active key, but its secret is not at the destination that the config names. The key was created elsewhere, or its secret is lost. AWS shows a secret only once, so only you can know which.',
    ],
    matters:
      'If no one has the secret, the key is useless and takes one of the two places. If the secret is stored somewhere else, the key is in use there.',
    fix: {
      first: 'If the key is in use elsewhere, leave it. If no one has its secret, rotate it:',
      tool: { commands: ['bootstrap keys rotate --user NAME'] },
      console: { clicks: `${keyTab}: the last use is shown next to each key.`, url: users },
      cli: { commands: ['aws iam get-access-key-last-used --access-key-id KEY'] },
    },
    differs: 'Prowler cannot know where secrets are stored, and has no check for this.',
    sources: [keys],
  },
  'access-keys.age': {
    means: [
      'An active key is older than `access-keys.max-age-days` (90 by default, as in the CIS benchmark). Each key is assessed separately.',
    ],
    matters: 'The longer a key exists, the more copies of it exist: in backups, logs, and laptops of people who left.',
    fix: {
      tool: { commands: ['bootstrap keys rotate --user NAME'] },
      console: {
        clicks: `${keyTab}: create a new key, use it everywhere in place of the old one, deactivate the old one, and delete it when nothing needs it.`,
        url: users,
      },
      cli: {
        text: 'In this order. Switch to the new key before you run the second command:',
        commands: [
          'aws iam create-access-key --user-name NAME',
          'aws iam update-access-key --user-name NAME --access-key-id OLD --status Inactive',
          'aws iam delete-access-key --user-name NAME --access-key-id OLD',
        ],
      },
    },
    differs:
      'Prowler reads the age from the credential report, which may be four hours old, and includes root keys. In this tool, a root key is always `access-keys.root`, whatever its age.',
    sources: [keys],
  },
  'access-keys.unused': {
    means: [
      'An active key was last used more than 45 days ago, or was created more than 45 days ago and never used. The limit is from the CIS benchmark.',
    ],
    matters: 'Only an attacker benefits from a key that no one uses.',
    fix: {
      tool: {
        text: 'If something still needs the key, you can activate it again:',
        commands: ['bootstrap keys disable --user NAME --key KEY'],
      },
      console: { clicks: `${keyTab}, Actions, Deactivate.`, url: users },
      cli: { commands: ['aws iam update-access-key --user-name NAME --access-key-id KEY --status Inactive'] },
    },
    differs:
      'In Prowler, an active key that was never used passes, however old it is. In this tool, its age counts from the day it was created.',
    sources: [`${guide}/id_credentials_finding-unused.html`],
  },
  'access-keys.two-active': {
    means: ['A user has two active keys. The second key is only for a rotation, while the new key replaces the old one.'],
    matters: 'After an unfinished rotation, the old key still works, and there is no room for the next rotation.',
    fix: {
      tool: {
        text: 'Disable the key that is not in use:',
        commands: ['bootstrap keys list', 'bootstrap keys disable --user NAME --key KEY'],
      },
      console: { clicks: `${keyTab}: deactivate the key that is not used, and delete it later.`, url: users },
      cli: {
        commands: [
          'aws iam list-access-keys --user-name NAME',
          'aws iam get-access-key-last-used --access-key-id KEY',
          'aws iam update-access-key --user-name NAME --access-key-id KEY --status Inactive',
        ],
      },
    },
    differs:
      'Prowler reads this from the credential report, which may be four hours old, and includes root. This tool reads it live for users with an active key.',
    sources: [keys],
  },
};

const step: Explanation = {
  means: [
    'Creates no access key unless the config asks for one (`access-keys.mode: create`), and never one for root. `check` assesses every existing key: keys of root, old keys, unused keys, and users with two keys.',
    'A new key is stored in one destination only: a profile of `~/.aws` or the secrets file. The destination is checked and reserved first, because AWS shows a secret key only once.',
  ],
  matters:
    'Access keys do not expire by themselves, and they leak in repositories, logs and images. `aws login` (AWS CLI 2.32 or newer) gives people temporary credentials without a key.',
  fix: { tool: { commands: ['bootstrap check --only access-keys', 'bootstrap init --only access-keys'] } },
  sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'],
};

export const pages: StepPages = { step, findings };
