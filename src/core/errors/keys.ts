import type { ErrorRows } from './row.js';

const listKeys = { tool: { commands: ['bootstrap keys list'] } } as const;

/** Errors of `bootstrap keys`. Whatever stops a rotation, one of the two keys still works. */
export const keyErrors = {
  'E-KEY-USER': {
    exit: 2,
    title: 'The user does not exist',
    means: ['The account has no user with this name. Root is not a user: for its keys, pass `--root`.'],
    fix: { first: 'List the users that have keys, and use the name exactly as AWS shows it.', ...listKeys },
  },
  'E-KEY-NONE': {
    exit: 2,
    title: 'The user has no access key',
    means: ['The user has no access key, or no user has an active one, so there is nothing to rotate.'],
    fix: {
      first: 'You do not need to do anything. If the config asks for a key, `init` creates one:',
      tool: { commands: ['bootstrap init --only access-keys'] },
    },
  },
  'E-KEY-UNKNOWN': {
    exit: 2,
    title: 'The user does not have this access key',
    means: ['The user has no access key with this id. It may have been deleted in the meantime.'],
    fix: { first: 'List the existing keys.', ...listKeys },
  },
  'E-KEY-INACTIVE': {
    exit: 2,
    title: 'The key to rotate is inactive',
    means: ['The key is inactive. Nothing uses it, so there is nothing to rotate.'],
    fix: {
      first: 'Delete it. Or activate it first, if something needs it:',
      tool: { commands: ['bootstrap keys delete --user NAME --key KEY', 'bootstrap keys enable --user NAME --key KEY'] },
    },
  },
  'E-KEY-ACTIVE': {
    exit: 2,
    title: 'The key to delete is active',
    means: ['The key to delete is active.'],
    matters: 'You cannot undo a deletion. But if something still needs an inactive key, you can activate it again.',
    fix: {
      first: 'Deactivate it, wait to see if anything still needs it, then delete it:',
      tool: { commands: ['bootstrap keys disable --user NAME --key KEY', 'bootstrap keys delete --user NAME --key KEY'] },
    },
  },
  'E-KEY-IN-USE': {
    exit: 2,
    title: 'This run is signed in with the key',
    means: ['This run signs its requests with this key. Without the key, the run could neither continue nor undo anything.'],
    fix: {
      first: 'Sign in another way: use `aws login`, or another administrator with --profile. Then run the same command again.',
    },
  },
  'E-KEY-NOWHERE': {
    exit: 2,
    title: 'No destination for the new key',
    means: [
      'The tool does not know where to store the new key. The old one is in no profile of the AWS files, or the chosen destination holds something else.',
    ],
    matters: 'AWS shows a secret only once. So the destination must be known before the key is created.',
    fix: {
      first: 'Choose a destination:',
      tool: {
        commands: ['bootstrap keys rotate --user NAME --profile-to-write PROFILE', 'bootstrap keys rotate --user NAME --secrets-file FILE'],
      },
    },
  },
  'E-KEY-DENIED': {
    exit: 4,
    title: 'You are not allowed to manage these keys',
    means: ['You are not allowed to read or change the keys of this user.'],
    fix: { first: "Run the command as an administrator and name the user with --user. For root's own keys, run it as root." },
  },
  'E-KEY-ROOT': {
    exit: 4,
    title: "Only root can manage root's keys",
    means: ["Only root can list and delete root's access keys. No policy can allow this to anyone else."],
    fix: {
      first: 'Sign in as root with `aws login` and run the command again, or use the console.',
      tool: { commands: ['bootstrap keys delete --root --all'] },
      console: {
        clicks: 'Sign in as root, open "Security credentials", Access keys.',
        url: 'https://console.aws.amazon.com/iam/home#/security_credentials',
      },
    },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html'],
  },
  'E-KEY-SESSION': {
    exit: 4,
    title: 'The session ended while a key was changed',
    means: ['AWS no longer accepts the credentials of this run. The session ended during the run.'],
    fix: { first: 'Sign in again and run the same command. It continues where it stopped.', cli: { commands: ['aws login'] } },
  },
  'E-KEY-UNPROVEN': {
    exit: 6,
    title: 'The new key is not verified yet',
    means: [
      'The new key is stored, but not verified. Either AWS does not accept it yet (a new key takes a while to work everywhere), or this command cannot read the destination. The old key is still active.',
    ],
    matters: 'The old key is deactivated only after the new one has signed a request.',
    fix: {
      first: 'Run the same command again in a few minutes. It continues with the existing new key and does not create a third one.',
    },
  },
  'E-KEY-UNCERTAIN': {
    exit: 6,
    title: 'AWS does not show the key change yet',
    means: ['The response to a change was lost, or AWS does not show the change yet.'],
    fix: { first: 'Run the same command again in a few minutes. It reads the keys first and continues where this run stopped.' },
  },
  'E-KEY-UNREAD': {
    exit: 6,
    title: 'The keys could not be read',
    means: ['The keys of the user could not be read. AWS could not be reached, or returned an error.'],
    fix: { first: 'Run the same command again.' },
  },
  'E-KEY-LIMIT': {
    exit: 7,
    title: 'The user already has two access keys',
    means: ['AWS allows two access keys per user, and the user has two. A rotation needs room for a new one.'],
    fix: {
      first: 'Delete the key that is not used. If one of the keys is inactive, `keys rotate` can delete it:',
      tool: { commands: ['bootstrap keys list --user NAME', 'bootstrap keys rotate --user NAME --delete-inactive'] },
    },
  },
  'E-KEY-OTHER': {
    exit: 7,
    title: 'The stored key is not the new key',
    means: [
      'The new key was stored, but the credentials at that destination belong to another identity. Or AWS does not accept the stored secret for the new key. The old key was not changed.',
    ],
    fix: {
      first: 'Check the destination and the keys. Then delete the new key and rotate again.',
      tool: { commands: ['bootstrap keys list --user NAME', 'bootstrap keys delete --user NAME --key KEY --even-if-active'] },
    },
  },
  'E-KEY-NOT-STORED': {
    exit: 7,
    title: 'The new key could not be stored and was deleted',
    means: ['The new key could not be stored at its destination, so it was deleted. The old key still works.'],
    fix: { first: 'Fix the problem that the message names, or choose another destination. Then run the same command again.' },
  },
  'E-KEY-REFUSED': {
    exit: 7,
    title: 'AWS refused a key change',
    means: [
      'AWS refused a change to a key for a reason that has no error code of its own in this tool. The message contains the AWS error.',
    ],
    fix: { first: 'Fix the cause and run the same command again.' },
  },
} as const satisfies ErrorRows;
