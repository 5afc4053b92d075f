import type { Explanation, StepPages } from '../../core/explanation.js';

const users = 'https://console.aws.amazon.com/iam/home#/users';
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';

const findings: Readonly<Record<string, Explanation>> = {
  'admin-user.password-policy': {
    means: [
      'The password policy of the account allows passwords shorter than 14 characters or the reuse of one of the last 24, or is weaker than the config asks for. An account without its own policy accepts 8 characters and any reuse.',
      'A policy applies to IAM users only, not to root, and only to passwords that are set after it.',
    ],
    matters: 'Short passwords are easy to guess. Reused ones may have leaked elsewhere.',
    fix: {
      tool: {
        text: 'Merges with the current policy and never loosens it:',
        commands: ['bootstrap init --only admin-user --admin-user NAME'],
      },
      console: {
        clicks: 'IAM, Account settings, Password policy, Edit, Custom: 14 characters, prevent reuse of 24.',
        url: 'https://console.aws.amazon.com/iam/home#/account_settings',
      },
      cli: {
        text: 'A setting that you leave out is reset to its default, so pass the whole policy:',
        commands: [
          'aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24 \\\n  --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters \\\n  --allow-users-to-change-password',
        ],
      },
    },
    differs:
      'Prowler has separate checks for length and reuse, and reports neither if the policy cannot be read. In this tool, the result is then "unknown".',
    sources: [`${guide}/id_credentials_passwords_account-policy.html`],
  },
  'admin-user.exists': {
    means: [
      'The administrator of the config does not exist or has no administrator rights. Without a config: no user has administrator rights, and there is no role with them that people assume (one of IAM Identity Center, or, in a member account, the access role of its organization).',
      'Administrator rights come from the AWS managed policy AdministratorAccess, or from a customer-managed or inline policy, of the user or of a group, that allows Action `*` (or `*:*`) on Resource `*`. A policy that denies everything, or a permissions boundary that does not allow everything itself, removes them; the reason names it. `NotAction`, `NotResource` and combinations such as PowerUserAccess with IAMFullAccess do not count, and a deny of single actions changes nothing.',
      'Policies with a condition: a condition on aws:MultiFactorAuthPresent or aws:MultiFactorAuthAge counts, because the user meets it by signing in with MFA. With any other condition (an address, a date), the user does not count as an administrator here, because they may not be able to act when needed, but still needs MFA (`mfa.admin`).',
      'With `admin-user.kind: identity-center`: no role of IAM Identity Center (AWSReservedSSO_…, below /aws-reserved/sso.amazonaws.com/) has these rights without a condition. No IAM user, password or MFA device is then created or asked for.',
    ],
    matters:
      'Without an administrator, daily work is done as root, which no policy of its own account can limit and which everyone would share.',
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
      'Prowler has no check for an administrator. On the contrary, it reports AdministratorAccess wherever it is attached (to a group as high, to a user as critical). Both are right: someone needs these rights, but as few people as possible.',
    sources: [
      `${guide}/best-practices.html`,
      `${guide}/root-user-tasks.html`,
      `${guide}/access_policies_boundaries.html`,
      `${guide}/reference_policies_evaluation-logic.html`,
      'https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html',
    ],
  },
  'admin-user.via-group': {
    means: ['A user has its own policies, attached or inline, instead of permissions from a group.'],
    matters:
      'Permissions of single users are easily overlooked when someone changes jobs. A group defines in one place what its members are allowed to do.',
    fix: {
      tool: {
        text: 'Only for the administrator of the config: adds the user to the group. Detaches nothing, because that could lock someone out:',
        commands: ['bootstrap init --only admin-user --admin-user NAME'],
      },
      console: {
        clicks:
          'IAM, Users, choose the user, add it to a group that has what it needs, then remove the policies "Attached directly" and inline.',
        url: users,
      },
      cli: {
        text: 'After the user has its permissions through a group:',
        commands: [
          'aws iam list-attached-user-policies --user-name NAME',
          'aws iam detach-user-policy --user-name NAME --policy-arn ARN',
          'aws iam list-user-policies --user-name NAME',
          'aws iam delete-user-policy --user-name NAME --policy-name POLICY',
        ],
      },
    },
    differs: 'Prowler reports one finding for each policy. This tool reports one for each user and names all of its policies.',
    sources: [`${guide}/access_policies_managed-vs-inline.html`, `${guide}/id_groups.html`],
  },
  'admin-user.console': {
    means: ['The administrator has no console password, but the config asks for one (`admin-user.console-password: generate`).'],
    matters:
      'If the administrator cannot sign in, the work is done as root. With a password, the administrator can use `aws login` and needs no access key.',
    fix: {
      tool: {
        text: 'The password is stored at the destination you name before it is sent to AWS, and must be changed at the first sign-in:',
        commands: ['bootstrap init --only admin-user,mfa --secrets-file FILE'],
      },
      console: { clicks: 'IAM, Users, choose the user, Security credentials, "Enable console access".', url: users },
      cli: {
        text: 'To keep the password out of the shell history, put it into a JSON file that only you can read, and delete the file afterwards:',
        commands: [
          'aws iam create-login-profile --generate-cli-skeleton > profile.json',
          'aws iam create-login-profile --cli-input-json file://profile.json',
        ],
      },
    },
    differs:
      'Prowler has no check for this: a user without a console password is one thing less to protect, unless that user is the only administrator.',
    sources: [`${guide}/id_credentials_passwords_admin-change-user.html`],
  },
  'admin-user.unused-password': {
    means: [
      'A user has a console password that was last used more than 45 days ago, or was set more than 45 days ago and not used since. The later of the two dates counts, because AWS reports the last use of an earlier password for the new one too. The limit is from the CIS benchmark. Every user is assessed separately. Only the credential report, which may be four hours old, shows when a password was changed. With more than eight users, the report also shows who has a password, but by a report of an earlier run no password fails.',
    ],
    matters: 'If no one uses a password, no one notices when someone else does.',
    fix: {
      tool: { text: 'Read-only, does not delete the password:', commands: ['bootstrap check --only admin-user.unused-password'] },
      console: { clicks: 'IAM, Users, choose the user, Security credentials, "Manage console access", disable it.', url: users },
      cli: { text: 'Deletes the password, but not the user or its keys:', commands: ['aws iam delete-login-profile --user-name NAME'] },
    },
    differs:
      'In Prowler, a password that was never used passes, however old it is. In this tool, its age counts from the day it was created.',
    sources: [`${guide}/id_credentials_finding-unused.html`],
  },
  'admin-user.root-at-rest': {
    means: [
      'Root was used during the last day, with a password or a key, in an account older than a week (before that, root is still needed; the age is read live). AWS shows the last use only in the credential report, which may be four hours old. The result shows how old it is. If no report exists, `check` requests one from AWS and waits for it, for up to 30 seconds.',
    ],
    matters: 'Few tasks need root. Everything else that is done as root is done without any limit, and no one can see who did it.',
    fix: {
      first: 'Work as the administrator. For the list of tasks that only root can do, see the sources.',
      tool: {
        text: 'If there is no administrator yet:',
        commands: ['bootstrap init --only admin-user --admin-user NAME --secrets-file FILE'],
      },
      console: {
        clicks:
          'Sign out as root, and sign in as the administrator with the sign-in URL of the account. The credential report is under IAM.',
        url: 'https://console.aws.amazon.com/iam/home#/credential_report',
      },
      cli: { text: 'End a root session that was started with `aws login`:', commands: ['aws logout'] },
    },
    differs:
      'Prowler counts whole days and fails up to one day: root that was used less than 48 hours ago fails there. Here the limit is 24 hours, so a use between 24 and 48 hours ago fails in Prowler and passes here. Prowler checks the last use of the password first, and the keys only if the password was never used. So it misses a root key used today if the password was used long ago. It has no grace period for a new account.',
    sources: [`${guide}/root-user-tasks.html`, `${guide}/id_credentials_getting-report.html`],
  },
};

const step: Explanation = {
  means: [
    'Sets the password policy. Then creates a group with AdministratorAccess, a user in it, and a console password that must be changed at the first sign-in. If the user already exists, only what is missing is added. The password policy is merged with the current one and never loosened.',
    'With `kind: identity-center`, or at a terminal where the account has an administrator role of IAM Identity Center and no name is given, only the password policy is set: AWS creates those roles, so no IAM user and no password are created.',
    'The tool generates the password, stores it at the destination you chose, and only then sends it to AWS. So a crash cannot lose it. Without a destination, no password is created.',
  ],
  matters: 'No policy of its own account can limit root. Use an identity for daily work that a policy can limit.',
  fix: { tool: { commands: ['bootstrap init --only admin-user --admin-user NAME --secrets-file FILE'] } },
  sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html'],
};

export const pages: StepPages = { step, findings };
