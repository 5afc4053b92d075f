import type { Explanation, StepPages } from '../../core/explanation.js';

const rootPage = 'https://console.aws.amazon.com/iam/home#/security_credentials';
const users = 'https://console.aws.amazon.com/iam/home#/users';
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';

const findings: Readonly<Record<string, Explanation>> = {
  'mfa.root': {
    means: [
      'The check fails if root has no MFA device. It does not apply if no one can sign in as root (a member account whose root has neither password nor key), or in GovCloud, where root cannot sign in to the console.',
      'This is read live from the account summary.',
    ],
    matters:
      'Root can do everything, including closing the account, and no policy of the account limits it. AWS itself requires MFA for root within 35 days of its first sign-in.',
    fix: {
      first: 'AWS has no API for this: assign the device in the console. A passkey or a hardware key is best.',
      tool: {
        text: 'At a terminal, `init` shows these steps and waits for the device. To only check:',
        commands: ['bootstrap check --only mfa.root'],
      },
      console: {
        clicks: 'Sign in as root, open "Security credentials" from the account menu, choose "Assign MFA device" and follow the steps.',
        url: rootPage,
      },
      cli: {
        text: 'Read-only. 1: root has MFA. 0: root has none.',
        commands: ['aws iam get-account-summary --query SummaryMap.AccountMFAEnabled'],
      },
    },
    differs:
      'Prowler reads this from the credential report, which may be four hours old, so it may miss a device that was just assigned. It reports nothing if root has neither password nor key.',
    sources: [`${guide}/enable-mfa-for-root.html`, `${guide}/id_credentials_mfa_enable_cliapi.html`],
  },
  'mfa.root-hardware': {
    means: [
      'The MFA device of root is virtual: a seed in an authenticator app. A device that is not in the list of virtual devices is a passkey or a hardware key, and passes.',
    ],
    matters:
      'A seed can be copied without a trace, and a code can be typed into a fake sign-in page. A passkey or a security key only works on the real page.',
    fix: {
      tool: {
        text: 'AWS has no API for MFA devices of root. Use the console, then check:',
        commands: ['bootstrap check --only mfa.root-hardware'],
      },
      console: {
        clicks:
          'Sign in as root, open "Security credentials", assign a passkey or a security key, sign in with it once, then remove the virtual device.',
        url: rootPage,
      },
      cli: { text: 'Read-only:', commands: ['aws iam list-virtual-mfa-devices --assignment-status Assigned'] },
    },
    differs:
      'The severity is critical in Prowler, level 2 in the CIS benchmark, and low in this tool. Prowler also fails if a virtual device belongs to a user with "root" in the name, and if root has no MFA at all (in this tool, that is `mfa.root`).',
    sources: [`${guide}/enable-mfa-for-root.html`],
  },
  'mfa.admin': {
    means: [
      'An administrator who has a console password, or is about to get one, has no MFA device. `admin-user.exists` explains who counts as an administrator. Here, a user who is an administrator only under a condition also counts, and the reason names the condition.',
      'This does not apply to administrators who sign in through IAM Identity Center: their MFA devices are there, not in this account. IAM users who are also administrators are still assessed.',
    ],
    matters: 'Anyone who has this password controls the account.',
    fix: {
      first:
        'At a terminal, the tool shows a QR code and you type two codes. In an unattended run, `mfa.assign: unattended` creates the device and stores its seed with the password. This is weaker than a separate device.',
      tool: { text: 'With your authenticator ready:', commands: ['bootstrap init --only admin-user,mfa'] },
      console: {
        clicks: 'Sign in as the administrator, open "Security credentials" from the account menu, choose "Assign MFA device".',
        url: rootPage,
      },
      cli: {
        text: 'For a virtual device. Scan the picture with an authenticator app, delete the picture, and enter two consecutive codes:',
        commands: [
          'aws iam create-virtual-mfa-device --virtual-mfa-device-name NAME \\\n  --bootstrap-method QRCodePNG --outfile qr.png',
          'aws iam enable-mfa-device --user-name NAME --serial-number ARN \\\n  --authentication-code1 CODE --authentication-code2 CODE',
        ],
      },
    },
    differs:
      'Prowler checks members of groups that have AdministratorAccess, with or without a console password, and not users who have the policy attached directly. This tool checks every administrator with a password, whether the rights come from AdministratorAccess, a customer-managed policy or an inline policy.',
    sources: [`${guide}/id_credentials_mfa.html`, `${guide}/id_credentials_mfa_enable_virtual.html`],
  },
  'mfa.console-users': {
    means: [
      'A user other than the administrator has a console password and no MFA device. The finding names each of them.',
      'Or a user that `init` should enrol (`mfa.users` or --mfa-users) does not exist.',
    ],
    matters: 'A single password, guessed or phished, is enough to sign in.',
    fix: {
      tool: {
        text: 'At a terminal, together with the user and their authenticator:',
        commands: ['bootstrap init --only mfa --mfa-users NAME'],
      },
      console: {
        clicks:
          'Have the user sign in, open "Security credentials" and choose "Assign MFA device". Or do it for them: IAM, Users, choose the user, Security credentials.',
        url: users,
      },
      cli: {
        text: 'The first command only reads. If the user does not need a password, the second deletes it:',
        commands: ['aws iam list-mfa-devices --user-name NAME', 'aws iam delete-login-profile --user-name NAME'],
      },
    },
    differs:
      'Prowler reads this from the credential report, which may be four hours old, and includes the administrator. This tool reads virtual devices live. With more than eight users, it takes the rest from the report, but by a report of an earlier run no user fails.',
    sources: [`${guide}/id_credentials_mfa.html`],
  },
  'mfa.leftover': {
    means: [
      'A virtual MFA device that this tool created is not assigned to anyone: an enrolment was not finished. The finding also names devices that someone else created, but the tool does not delete those, because their enrolment may be in progress.',
    ],
    matters: 'It protects no one, and the next enrolment cannot use its name.',
    fix: {
      tool: { commands: ['bootstrap init --only mfa'] },
      console: {
        clicks: 'The console has no list of unassigned devices. It deletes all of them when someone assigns a new virtual device.',
        url: users,
      },
      cli: {
        commands: [
          'aws iam list-virtual-mfa-devices --assignment-status Unassigned',
          'aws iam delete-virtual-mfa-device --serial-number ARN',
        ],
      },
    },
    differs: 'Prowler does not check unassigned devices.',
    sources: [`${guide}/id_credentials_mfa_enable_virtual.html`],
  },
};

const step: Explanation = {
  means: [
    "Checks whether root, the administrator and every other user with a console password has an MFA device. Root's device and all passkeys can only be assigned in the console. The tool can enrol virtual devices for the administrator and for users that you name.",
    'At a terminal, the tool shows a QR code and you type two codes. The seed is not stored unless you set `mfa.keep-seed`. To enrol other users one after the other, list them in `mfa.users`.',
    'With `mfa.assign: unattended`, the seed of the device is stored with the password. This makes unattended runs possible, but weakens the second factor: anyone who finds one finds both.',
  ],
  matters: 'A password alone can be guessed, reused or phished.',
  fix: { tool: { commands: ['bootstrap init --only admin-user,mfa --secrets-file FILE'] } },
  sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html'],
};

export const pages: StepPages = { step, findings };
