import type { Explanation } from '../../core/explanation.js';

const users = 'https://console.aws.amazon.com/iam/home#/users';
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';

export const adminUserPages: Readonly<Record<string, Explanation>> = {
  'admin-user.password-policy': {
    means: [
      'The password policy of the account lets passwords be shorter than 14 characters, or lets one of the last 24 come back; or less than the config wants. Without a policy of its own, an account takes 8 characters and forbids no reuse.',
      'A policy holds for passwords made from then on, and for IAM users only; root is exempt.',
    ],
    matters: 'Short passwords are guessed; reused ones have leaked elsewhere already.',
    fix: {
      tool: { text: 'Merged with the policy in force, never loosened:', commands: ['bootstrap init --only admin-user --admin-user NAME'] },
      console: {
        clicks: 'IAM, Account settings, Password policy, Edit, Custom: 14 characters, prevent reuse of 24.',
        url: 'https://console.aws.amazon.com/iam/home#/account_settings',
      },
      cli: {
        text: 'What is left out falls back to its default, so write the whole policy:',
        commands: [
          'aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24 \\\n  --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters \\\n  --allow-users-to-change-password',
        ],
      },
    },
    differs:
      'Prowler splits this into checks for the length and for reuse, and is silent about both when the policy may not be read; here that is "unknown".',
    sources: [`${guide}/id_credentials_passwords_account-policy.html`],
  },
  'admin-user.exists': {
    means: [
      'The administrator of the config does not exist or has no administrator rights. Without a config: no user has them, and there is no role with them that people assume (one of IAM Identity Center, or, where the account is a member, the access role of its organization).',
      'Administrator rights come from the policy AdministratorAccess that AWS manages, or from a customer-managed or inline policy, of the user or of a group, that allows Action `*` (or `*:*`) on Resource `*`. A policy that denies everything, or a permissions boundary that does not allow everything itself, takes them away; the reason names it. `NotAction`, `NotResource` and combinations such as PowerUserAccess with IAMFullAccess do not count, and a deny of single actions changes nothing.',
      'A policy under a condition: one on aws:MultiFactorAuthPresent or aws:MultiFactorAuthAge counts, since the user meets it by signing in with MFA. Under any other condition (an address, a date) the user is no administrator here, who may not be able to act when needed, but has to have MFA like one (`mfa.admin`).',
      'With `admin-user.kind: identity-center`: no role of IAM Identity Center (AWSReservedSSO_…, below /aws-reserved/sso.amazonaws.com/) has these rights without a condition. No IAM user, password or MFA device is then created or asked for.',
    ],
    matters: 'Then the daily work falls to root, whom no policy of its own account can limit and whom everybody would share.',
    fix: {
      tool: {
        text: 'An IAM user; or, where people sign in through IAM Identity Center, none:',
        commands: [
          'bootstrap init --only admin-user --admin-user NAME --secrets-file FILE',
          'bootstrap init --only admin-user,mfa --admin-kind identity-center',
        ],
      },
      console: {
        clicks:
          'IAM, User groups, Create group "Administrators" with AdministratorAccess. Then Users, Create user, give console access, and add the user to the group.',
        url: users,
      },
      cli: {
        commands: [
          'aws iam create-group --group-name Administrators',
          'aws iam attach-group-policy --group-name Administrators \\\n  --policy-arn arn:aws:iam::aws:policy/AdministratorAccess',
          'aws iam create-user --user-name NAME',
          'aws iam add-user-to-group --group-name Administrators --user-name NAME',
        ],
      },
    },
    differs:
      'Prowler has no check for an administrator; on the contrary, it reports AdministratorAccess wherever it is attached (to a group as high, to a user as critical). Both are right: somebody has to have these rights, and it should be few.',
    sources: [
      `${guide}/best-practices.html`,
      `${guide}/root-user-tasks.html`,
      `${guide}/access_policies_boundaries.html`,
      `${guide}/reference_policies_evaluation-logic.html`,
      'https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html',
    ],
  },
  'admin-user.via-group': {
    means: ['A user has policies of its own, attached or inline, instead of getting its permissions through a group.'],
    matters:
      'Rights that hang on single users are overlooked when somebody changes jobs. A group says in one place what its members may do.',
    fix: {
      tool: {
        text: 'Only for the administrator of the config: makes the membership. Nothing is detached, since that could lock a person out:',
        commands: ['bootstrap init --only admin-user --admin-user NAME'],
      },
      console: {
        clicks:
          'IAM, Users, choose the user, add it to a group that has what it needs, then remove the policies "Attached directly" and inline.',
        url: users,
      },
      cli: {
        text: 'After the user got what it needs through a group:',
        commands: [
          'aws iam list-attached-user-policies --user-name NAME',
          'aws iam detach-user-policy --user-name NAME --policy-arn ARN',
          'aws iam list-user-policies --user-name NAME',
          'aws iam delete-user-policy --user-name NAME --policy-name POLICY',
        ],
      },
    },
    differs: 'Prowler gives one finding for each policy; here it is one a user, with all of its policies named.',
    sources: [`${guide}/access_policies_managed-vs-inline.html`, `${guide}/id_groups.html`],
  },
  'admin-user.console': {
    means: ['The administrator has no password for the console though the config wants one (`admin-user.console-password: generate`).'],
    matters:
      'An administrator who cannot sign in leaves the work to root. With the password, the administrator can use `aws login` and needs no access key.',
    fix: {
      tool: {
        text: 'The password is stored at the place you name before AWS gets it, and has to be changed at the first sign-in:',
        commands: ['bootstrap init --only admin-user,mfa --secrets-file FILE'],
      },
      console: { clicks: 'IAM, Users, choose the user, Security credentials, "Enable console access".', url: users },
      cli: {
        text: 'Keep the password out of the history of the shell: put it into a JSON file that only you can read, and delete the file afterwards:',
        commands: [
          'aws iam create-login-profile --generate-cli-skeleton > profile.json',
          'aws iam create-login-profile --cli-input-json file://profile.json',
        ],
      },
    },
    differs:
      'Prowler has no check for it: a user without a password for the console is one thing less to protect, until that user is the only administrator.',
    sources: [`${guide}/id_credentials_passwords_admin-change-user.html`],
  },
  'admin-user.unused-password': {
    means: [
      'A user has a console password that was last used more than 45 days ago, or was set more than 45 days ago and not used since. The later of the two dates counts: AWS reports the last use of an earlier password for the new one too. The limit is that of the CIS benchmark. Every user is judged, live and one by one; when a password was changed is known from the credential report only, which may be four hours old.',
    ],
    matters: 'A password that nobody uses is a door that nobody watches.',
    fix: {
      tool: { text: 'Only looks; it takes no password away:', commands: ['bootstrap check --only admin-user.unused-password'] },
      console: { clicks: 'IAM, Users, choose the user, Security credentials, "Manage console access", disable it.', url: users },
      cli: { text: 'Takes the password away; the user and its keys stay:', commands: ['aws iam delete-login-profile --user-name NAME'] },
    },
    differs: 'For Prowler a password that was never used passes, however old it is. Here its age counts from the day it was made.',
    sources: [`${guide}/id_credentials_finding-unused.html`],
  },
  'admin-user.root-at-rest': {
    means: [
      'Root was used during the last day, by password or by key, in an account older than a week (before that root is still needed, which is read live). AWS tells the last use in the credential report only, which may be four hours old; the result says how old it is.',
    ],
    matters: 'Few tasks need root. Everything else done as root is done without any limit, and by nobody in particular.',
    fix: {
      first: 'Work as the administrator. The list of tasks that only root can do is among the sources.',
      tool: {
        text: 'When there is no administrator yet:',
        commands: ['bootstrap init --only admin-user --admin-user NAME --secrets-file FILE'],
      },
      console: {
        clicks: 'Sign out as root, and sign in by the URL of the account as the administrator. The credential report stands under IAM.',
        url: 'https://console.aws.amazon.com/iam/home#/credential_report',
      },
      cli: { text: 'End a session of root that `aws login` began:', commands: ['aws logout'] },
    },
    differs:
      'Prowler looks at the last use of the password first, and at the keys only when the password was never used; a key of root used today is missed when the password was used long ago. It has no grace for a new account.',
    sources: [`${guide}/root-user-tasks.html`, `${guide}/id_credentials_getting-report.html`],
  },
};
