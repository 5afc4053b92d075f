import type { Explanation } from '../core/explanation.js';

/** What each step is for. Its checks, settings and one-line summary come from the step itself. */
export const stepPages: Readonly<Record<string, Explanation>> = {
  'billing-access': {
    means: [
      'IAM users and roles see nothing in the Billing console of a new account, whatever their policies say, until root turns that on. No public API reads or sets this switch on an account that exists, so the step looks for evidence (the event `SetIAMAccessPreference`, the age of the account) and asks a person for the rest.',
      'The step also sets the billing and the security contact where the account has none and the config gives one. A contact that is there is never overwritten.',
    ],
    matters:
      'Without it somebody has to sign in as root to read a bill. The switch does not gate the APIs of Budgets or Cost Explorer, so nothing else here waits for it.',
    fix: { tool: { commands: ['bootstrap init --only billing-access'] } },
    sources: ['https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/control-access-billing.html'],
  },
  budget: {
    means: [
      'Makes one monthly cost budget with alerts by mail, or brings the one of the same name to what the config says. Credits and refunds are left out of it, or a budget of 10 USD would read 0 until the free credits are gone.',
      'A budget of another name that watches the same costs already is not doubled: you are asked which one is meant.',
    ],
    matters:
      'An account without a budget has no way to tell anybody that money is being spent. A budget is a warning, not a limit: AWS goes on serving and billing.',
    fix: { tool: { commands: ['bootstrap init --only budget --budget "10 USD" --email ops@example.com'] } },
    sources: ['https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html'],
  },
  'admin-user': {
    means: [
      'Sets the password policy, then makes a group with AdministratorAccess, a user in it, and a console password that has to be changed at the first sign-in. A user who is half there is completed; the policy is merged with the one in force and never loosened.',
      'With `kind: identity-center`, or at a terminal where the account has an administrator role of IAM Identity Center and no name is given, only the password policy is set: AWS creates those roles, so no IAM user and no password are created.',
      'The password is made here, stored at the place you chose, and only then given to AWS, so no crash can lose it. Without a place for it, none is made.',
    ],
    matters: 'Root cannot be limited by any policy of its own account. Daily work belongs to an identity that can.',
    fix: { tool: { commands: ['bootstrap init --only admin-user --admin-user NAME --secrets-file FILE'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html'],
  },
  mfa: {
    means: [
      "Looks whether root, the administrator and everybody else with a console password has an MFA device. Root's device can only be assigned in the console, and so can anybody's passkey. Virtual devices of the administrator, and of users who are named, can be enrolled here.",
      'At a terminal a QR code is shown and two codes are typed; the seed is kept nowhere unless `mfa.keep-seed` asks for it. `mfa.users` names other people to enrol, one after the other.',
      'With `mfa.assign: unattended` the seed of that device is stored where the password is. That makes runs without a person possible, and the second factor weaker: who finds one finds both.',
    ],
    matters: 'A password alone can be guessed, reused or fished for.',
    fix: { tool: { commands: ['bootstrap init --only admin-user,mfa --secrets-file FILE'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html'],
  },
  alias: {
    means: [
      'Gives the account a name for its sign-in URL. The name is unique in the whole partition of AWS and public; an account has one. The URL with the account number keeps working beside it.',
      'AWS replaces an alias silently, and the old sign-in URL stops working at once. So another alias that is there is left alone unless `--replace-alias` is given.',
    ],
    matters: 'A sign-in page with a name in it is easier to remember and to tell from a false one than twelve digits.',
    fix: { tool: { commands: ['bootstrap init --only alias --alias NAME'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html'],
  },
  'access-keys': {
    means: [
      'Makes no access key unless the config asks for one (`access-keys.mode: create`), and never one for root. `check` judges every key that is there: keys of root, old ones, unused ones, and users with two.',
      'A key that is made goes to one place only, a profile of `~/.aws` or the file for secrets, which is checked and reserved first: AWS shows a secret key once.',
    ],
    matters:
      'Access keys do not expire by themselves and leak in repositories, logs and images. `aws login` (AWS CLI 2.32 or newer) gives temporary credentials to people without any key.',
    fix: { tool: { commands: ['bootstrap check --only access-keys', 'bootstrap init --only access-keys'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'],
  },
  organization: {
    means: [
      'Creates an organization with all features, managed by this account, and the member accounts of the config; moves each to its organizational unit. An organization that is there is adopted. Accounts are recognised by their e-mail address; those that the config does not name are left alone.',
      'It is the one step that is never wanted by default: creating or joining an organization ends a Free plan at once, and the credits that are left may be lost. At a terminal that is asked for by itself; unattended it needs `free-tier-loss: accepted`.',
    ],
    matters:
      'Accounts are the strongest wall AWS has between things that should not touch each other. A member account can be closed later, but not simply deleted, and its address cannot be used for another account meanwhile.',
    fix: { tool: { commands: ['bootstrap init --only organization'] } },
    sources: [
      'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_introduction.html',
      'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html',
    ],
  },
};
