import type { Explanation } from '../../core/explanation.js';

const rootPage = 'https://console.aws.amazon.com/iam/home#/security_credentials';
const users = 'https://console.aws.amazon.com/iam/home#/users';
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';
const keys = `${guide}/id_credentials_access-keys.html`;
const keyTab = 'IAM, Users, choose the user, Security credentials, Access keys';

export const accessKeysPages: Readonly<Record<string, Explanation>> = {
  'access-keys.root': {
    means: ['Root has an access key. It is read from the account summary, live.'],
    matters:
      'A key of root can do everything, does not expire, and no policy of the account limits it. Nothing needs one: `aws login` (AWS CLI 2.32 or newer) signs root in without a key.',
    fix: {
      first: 'Find out first what uses the key, and give that an identity of its own.',
      tool: { text: 'As root only:', commands: ['bootstrap keys delete --root --all'] },
      console: {
        clicks:
          'Sign in as root, open "Security credentials", Access keys: deactivate the key, wait whether something misses it, then delete it.',
        url: rootPage,
      },
      cli: {
        text: 'As root only; without --user-name the key is that of the caller. An IAM identity can see that there is one, but not delete it:',
        commands: ['aws iam list-access-keys', 'aws iam delete-access-key --access-key-id KEY'],
      },
    },
    differs:
      'Prowler reads it from the credential report, which may be four hours old, lets inactive keys pass, and is silent when root has neither password nor active key. Here the number of keys in the account summary decides.',
    sources: [`${guide}/id_root-user_manage_delete-key.html`, `${guide}/best-practices.html`],
  },
  'access-keys.exists': {
    means: ['The config asks for an access key (`access-keys.mode: create`), and the user has none that is active.'],
    matters:
      'Something is going to sign in with it. Consider whether it must: people have `aws login`, machines in AWS have roles, and pipelines can use a role by OpenID Connect.',
    fix: {
      tool: {
        text: 'The key goes to one place, a profile of `~/.aws` or the file for secrets, which is reserved before the key is made:',
        commands: ['bootstrap init --only access-keys'],
      },
      console: { clicks: `${keyTab}, Create access key. The secret is shown once.`, url: users },
      cli: { text: 'Prints the secret, once:', commands: ['aws iam create-access-key --user-name NAME'] },
    },
    differs:
      'Prowler has the opposite check: it fails when a user with a console password has a key that was never used. A key that the config asks for fails there until its first use; give it to a user of its own.',
    sources: [keys],
  },
  'access-keys.stored': {
    means: [
      'The user has an active key, but its secret is not at the place that the config names: the key was made elsewhere, or its secret is lost. AWS shows a secret once and never again, so a person has to tell which.',
    ],
    matters:
      'A key whose secret nobody has is of no use and takes one of the two places; one whose secret is somewhere else is in use somewhere else.',
    fix: {
      first: 'If the key is in use elsewhere, leave it. If nobody has its secret, make a new one:',
      tool: { commands: ['bootstrap keys rotate --user NAME'] },
      console: { clicks: `${keyTab}: the last use of each key stands beside it.`, url: users },
      cli: { commands: ['aws iam get-access-key-last-used --access-key-id KEY'] },
    },
    differs: 'Prowler cannot know where secrets are kept, and has no check for it.',
    sources: [keys],
  },
  'access-keys.age': {
    means: [
      'An active key is older than `access-keys.max-age-days` (90 by default, as in the CIS benchmark). Each key is judged by itself.',
    ],
    matters: 'The longer a key lives, the more copies of it there are: in backups, logs, laptops of people who left.',
    fix: {
      tool: { commands: ['bootstrap keys rotate --user NAME'] },
      console: {
        clicks: `${keyTab}: create a new key, put it where the old one is used, deactivate the old one, and delete it when nothing misses it.`,
        url: users,
      },
      cli: {
        text: 'In this order, with the new key in use before the second line:',
        commands: [
          'aws iam create-access-key --user-name NAME',
          'aws iam update-access-key --user-name NAME --access-key-id OLD --status Inactive',
          'aws iam delete-access-key --user-name NAME --access-key-id OLD',
        ],
      },
    },
    differs:
      'Prowler reads the age from the credential report, which may be four hours old, and includes keys of root; a key of root is `access-keys.root` here, whatever its age.',
    sources: [keys],
  },
  'access-keys.unused': {
    means: [
      'An active key was last used more than 45 days ago, or was made more than 45 days ago and never used. The limit is that of the CIS benchmark.',
    ],
    matters: 'A key that nobody uses can only be used by somebody who should not.',
    fix: {
      tool: {
        text: 'Switched off, it can be switched on again when something misses it:',
        commands: ['bootstrap keys disable --user NAME --key KEY'],
      },
      console: { clicks: `${keyTab}, Actions, Deactivate.`, url: users },
      cli: { commands: ['aws iam update-access-key --user-name NAME --access-key-id KEY --status Inactive'] },
    },
    differs: 'For Prowler an active key that was never used passes, however old it is. Here its age counts from the day it was made.',
    sources: [`${guide}/id_credentials_finding-unused.html`],
  },
  'access-keys.two-active': {
    means: ['A user has two active keys. Two are meant for the time of a rotation, in which the new one takes over from the old one.'],
    matters: 'A rotation that was never finished leaves the old key working, and no room for the next rotation.',
    fix: {
      tool: { text: 'Keep the one in use:', commands: ['bootstrap keys list', 'bootstrap keys disable --user NAME --key KEY'] },
      console: { clicks: `${keyTab}: deactivate the one that is not used, and delete it later.`, url: users },
      cli: {
        commands: [
          'aws iam list-access-keys --user-name NAME',
          'aws iam get-access-key-last-used --access-key-id KEY',
          'aws iam update-access-key --user-name NAME --access-key-id KEY --status Inactive',
        ],
      },
    },
    differs: 'Prowler reads it from the credential report, which may be four hours old, and includes root.',
    sources: [keys],
  },
};
