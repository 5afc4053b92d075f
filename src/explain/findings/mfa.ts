import type { Explanation } from '../../core/explanation.js';

const rootPage = 'https://console.aws.amazon.com/iam/home#/security_credentials';
const users = 'https://console.aws.amazon.com/iam/home#/users';
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';

export const mfaPages: Readonly<Record<string, Explanation>> = {
  'mfa.root': {
    means: [
      'Root has no MFA device. It is not applicable where nobody can sign in as root (a member account whose root has neither password nor key) and in GovCloud, where root cannot sign in to the console.',
      'It is read from the account summary, live.',
    ],
    matters:
      'Root can do everything, close the account included, and no policy of the account limits it. AWS itself asks for MFA of root within 35 days of its first sign-in.',
    fix: {
      first: 'AWS has no API for it: the device is assigned in the console. A passkey or a hardware key is best.',
      tool: { text: 'Afterwards:', commands: ['bootstrap check --only mfa'] },
      console: {
        clicks: 'Sign in as root, open "Security credentials" from the menu of the account, choose "Assign MFA device" and follow it.',
        url: rootPage,
      },
      cli: {
        text: 'Only looks: 1 is with MFA, 0 is without.',
        commands: ['aws iam get-account-summary --query SummaryMap.AccountMFAEnabled'],
      },
    },
    differs:
      'Prowler reads it from the credential report, which may be four hours old, so a device assigned just now is still missing there. It is silent when root has neither password nor key.',
    sources: [`${guide}/enable-mfa-for-root.html`, `${guide}/id_credentials_mfa_enable_cliapi.html`],
  },
  'mfa.root-hardware': {
    means: [
      'The MFA device of root is a virtual one: a seed in an authenticator app. A device that is not in the list of virtual devices is a passkey or a hardware key, and passes.',
    ],
    matters:
      'A seed can be copied without a trace, and a code can be typed into a false sign-in page. A passkey or a security key answers to the true page only.',
    fix: {
      tool: { text: 'AWS has no API for devices of root. Afterwards:', commands: ['bootstrap check --only mfa.root-hardware'] },
      console: {
        clicks:
          'Sign in as root, "Security credentials", assign a passkey or a security key, sign in with it once, then remove the virtual device.',
        url: rootPage,
      },
      cli: { text: 'Only looks:', commands: ['aws iam list-virtual-mfa-devices --assignment-status Assigned'] },
    },
    differs:
      'Prowler calls it critical; the CIS benchmark puts it at its second level, and here it is low. Prowler fails, too, when a virtual device belongs to a user with "root" in the name, and when root has no MFA at all (which is `mfa.root` here).',
    sources: [`${guide}/enable-mfa-for-root.html`],
  },
  'mfa.admin': {
    means: [
      'An administrator who has, or is about to get, a password for the console has no MFA device. Who counts as an administrator is explained under `admin-user.exists`; here someone who is one under a condition only counts too, and the condition is named.',
      'It is not applicable for administrators who sign in through IAM Identity Center: their MFA devices are there, not in this account. IAM users who are administrators besides are judged all the same.',
    ],
    matters: 'Whoever has this password has the account.',
    fix: {
      first:
        'At a terminal a QR code is shown and two codes are typed. Where nobody is there, `mfa.assign: unattended` makes the device and stores its seed with the password, which is weaker than a device in a hand.',
      tool: { text: 'With an authenticator at hand:', commands: ['bootstrap init --only admin-user,mfa'] },
      console: {
        clicks: 'Sign in as the administrator, open "Security credentials" from the menu of the account, choose "Assign MFA device".',
        url: rootPage,
      },
      cli: {
        text: 'A virtual device; show the picture to an authenticator app, delete it, and type two codes in a row:',
        commands: [
          'aws iam create-virtual-mfa-device --virtual-mfa-device-name NAME \\\n  --bootstrap-method QRCodePNG --outfile qr.png',
          'aws iam enable-mfa-device --user-name NAME --serial-number ARN \\\n  --authentication-code1 CODE --authentication-code2 CODE',
        ],
      },
    },
    differs:
      'Prowler looks at members of groups that have AdministratorAccess, with or without a console password, and not at users who have the policy attached directly. Here every administrator with a password counts, whether by AdministratorAccess, by a policy of the customer or by an inline one.',
    sources: [`${guide}/id_credentials_mfa.html`, `${guide}/id_credentials_mfa_enable_virtual.html`],
  },
  'mfa.console-users': {
    means: [
      'A user other than the administrator has a console password and no MFA device. Each is named.',
      'A user named in `mfa.users` (or by --mfa-users), whom `init` enrols, does not exist.',
    ],
    matters: 'One password, guessed or fished for, is enough to come in.',
    fix: {
      tool: { text: 'With the person and an authenticator at a terminal:', commands: ['bootstrap init --only mfa --mfa-users NAME'] },
      console: {
        clicks:
          'Have the person sign in, open "Security credentials" and choose "Assign MFA device"; or do it for them: IAM, Users, the user, Security credentials.',
        url: users,
      },
      cli: {
        text: 'Only looks; take the password of a user away who does not need one:',
        commands: ['aws iam list-mfa-devices --user-name NAME', 'aws iam delete-login-profile --user-name NAME'],
      },
    },
    differs:
      'Prowler reads it from the credential report, which may be four hours old, and counts the administrator in; here it is read live.',
    sources: [`${guide}/id_credentials_mfa.html`],
  },
  'mfa.leftover': {
    means: [
      'A virtual MFA device that this tool made belongs to nobody: an enrolment did not come to its end. A device that somebody else made is named and left alone, since its enrolment may be going on this minute.',
    ],
    matters: 'It protects nobody, and its name is taken for the next attempt.',
    fix: {
      tool: { commands: ['bootstrap init --only mfa'] },
      console: {
        clicks: 'The console has no list of such devices; it removes all unassigned ones when somebody assigns a new virtual device.',
        url: users,
      },
      cli: {
        commands: [
          'aws iam list-virtual-mfa-devices --assignment-status Unassigned',
          'aws iam delete-virtual-mfa-device --serial-number ARN',
        ],
      },
    },
    differs: 'Prowler does not look at unassigned devices.',
    sources: [`${guide}/id_credentials_mfa_enable_virtual.html`],
  },
};
