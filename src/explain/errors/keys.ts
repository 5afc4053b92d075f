import type { Explanation } from '../../core/explanation.js';

const look = { tool: { commands: ['bootstrap keys list'] } } as const;

/** Errors of `bootstrap keys`. Whatever stops a rotation, one key of the two goes on working. */
export const keyPages: Readonly<Record<string, Explanation>> = {
  'E-KEY-USER': {
    means: ['The account has no user of that name. Root is no user: its keys are meant with `--root`.'],
    fix: { first: 'Look which users have keys, and write the name as AWS has it.', ...look },
  },
  'E-KEY-NONE': {
    means: ['The user has no access key, so there is nothing to rotate.'],
    fix: {
      first: 'Nothing needs doing. Where the config asks for a key, `init` makes one:',
      tool: { commands: ['bootstrap init --only access-keys'] },
    },
  },
  'E-KEY-UNKNOWN': {
    means: ['The user has no access key of that id; it may have been deleted meanwhile.'],
    fix: { first: 'Look which there are.', ...look },
  },
  'E-KEY-INACTIVE': {
    means: ['The key is switched off, so nothing uses it, and there is nothing that a new one could take over from.'],
    fix: {
      first: 'Delete it, or switch it on first if something needs it:',
      tool: { commands: ['bootstrap keys delete --user NAME --key KEY', 'bootstrap keys enable --user NAME --key KEY'] },
    },
  },
  'E-KEY-ACTIVE': {
    means: ['The key to be deleted is active.'],
    matters: 'Deleting cannot be undone, and a key that is switched off can be switched on again when something misses it.',
    fix: {
      first: 'Switch it off, see whether anything misses it, then delete it:',
      tool: { commands: ['bootstrap keys disable --user NAME --key KEY', 'bootstrap keys delete --user NAME --key KEY'] },
    },
  },
  'E-KEY-IN-USE': {
    means: ['The key signs this very run. Without it the run could neither go on nor undo anything.'],
    fix: { first: 'Sign in another way, with `aws login` or as another administrator by --profile, and run the same command again.' },
  },
  'E-KEY-NOWHERE': {
    means: ['No place is known for the new key: the old one is in no profile of the AWS files, or the place chosen holds something else.'],
    matters: 'AWS shows a secret once. The place is settled before the key is made.',
    fix: {
      first: 'Choose a place:',
      tool: {
        commands: ['bootstrap keys rotate --user NAME --profile-to-write PROFILE', 'bootstrap keys rotate --user NAME --secrets-file FILE'],
      },
    },
  },
  'E-KEY-DENIED': {
    means: ['You may not read or change the keys of this user.'],
    fix: { first: "Run it as the administrator, naming the user with --user; root's own keys as root." },
  },
  'E-KEY-ROOT': {
    means: ["Only root can list and delete root's access keys. No policy can allow it to anybody else."],
    fix: {
      first: 'Sign in as root with `aws login` and run it again, or do it in the console.',
      tool: { commands: ['bootstrap keys delete --root --all'] },
      console: {
        clicks: 'Sign in as root, open "Security credentials", Access keys.',
        url: 'https://console.aws.amazon.com/iam/home#/security_credentials',
      },
    },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html'],
  },
  'E-KEY-SESSION': {
    means: ['AWS does not accept the credentials of this run any more; the session ended while it went on.'],
    fix: { first: 'Sign in again and run the same command; it continues where it stopped.', cli: { commands: ['aws login'] } },
  },
  'E-KEY-UNPROVEN': {
    means: [
      'The new key is stored, but has not been seen to work: AWS does not accept it yet (a new key takes a while to be known everywhere), or it is stored where this command cannot read it. The old key was left active.',
    ],
    matters: 'The old key is switched off only after the new one has signed a request.',
    fix: { first: 'Run the same command again in a few minutes; it goes on with the key that is there and makes no third one.' },
  },
  'E-KEY-UNCERTAIN': {
    means: ['The answer to a change was lost, or AWS does not show the change yet.'],
    fix: { first: 'Run the same command again in a few minutes: it reads the keys first and continues where this run stopped.' },
  },
  'E-KEY-UNREAD': {
    means: ['The keys of the user could not be read: AWS was not reached, or failed.'],
    fix: { first: 'Run the same command again.' },
  },
  'E-KEY-LIMIT': {
    means: ['AWS allows two access keys per user, and the user has two. A rotation needs room for the new one.'],
    fix: {
      first: 'Delete the one that is not used; one that is switched off can be deleted on the way:',
      tool: { commands: ['bootstrap keys list --user NAME', 'bootstrap keys rotate --user NAME --delete-inactive'] },
    },
  },
  'E-KEY-OTHER': {
    means: [
      'The key at the place where the new one was stored signs as somebody else, or AWS does not take the stored secret for that of the new key. The old key was left as it is.',
    ],
    fix: {
      first: 'Look at the place and at the keys; then delete the new key and rotate again.',
      tool: { commands: ['bootstrap keys list --user NAME', 'bootstrap keys delete --user NAME --key KEY --even-if-active'] },
    },
  },
  'E-KEY-NOT-STORED': {
    means: ['The new key could not be kept at its place, so it was deleted again. The old one works as before.'],
    fix: { first: 'Mend what the message names, or choose another place, and run the same command again.' },
  },
  'E-KEY-REFUSED': {
    means: ['AWS refused a change to a key for a reason that this tool has no better words for. The error of AWS stands in the message.'],
    fix: { first: 'Mend the cause and run the same command again.' },
  },
};
