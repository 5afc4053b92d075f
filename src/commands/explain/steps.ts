import type { Explanation } from '../../core/explanation.js';
import { accessKeysPages } from '../../steps/access-keys/explain.js';
import { adminUserPages } from '../../steps/admin-user/explain.js';
import { aliasPages } from '../../steps/alias/explain.js';
import { billingAccessPages } from '../../steps/billing-access/explain.js';
import { budgetPages } from '../../steps/budget/explain.js';
import { mfaPages } from '../../steps/mfa/explain.js';
import { organizationPages } from '../../steps/organization/explain.js';

/** The purpose of each step. The step itself declares its checks, settings and one-line summary. */
export const stepPages: Readonly<Record<string, Explanation>> = {
  'billing-access': {
    means: [
      'In a new account, IAM users and roles see nothing in the Billing console, whatever their policies allow, until root turns access on. No public API reads or sets this switch on an existing account. So the step checks the evidence (the event `SetIAMAccessPreference`, the age of the account) and asks you for the rest.',
      'The step also sets the billing contact and the security contact if the config has one and the account has none. It never overwrites an existing contact.',
    ],
    matters:
      'Without access, someone has to sign in as root to read a bill. The switch does not affect the APIs of Budgets or Cost Explorer, so no other step waits for it.',
    fix: { tool: { commands: ['bootstrap init --only billing-access'] } },
    sources: ['https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/control-access-billing.html'],
  },
  budget: {
    means: [
      'Creates one monthly cost budget with e-mail alerts, or updates the existing budget of the same name to match the config. Credits and refunds are not counted. Otherwise a budget of 10 USD would read 0 until the free credits are used up.',
      'If a budget with another name already watches the same costs, no second one is created. You are asked which one to use. A budget that counts credits, has a filter or is not updated by AWS does not watch the same costs.',
    ],
    matters:
      'Without a budget, an account does not notify anyone that money is being spent. A budget is a warning, not a limit: AWS continues to serve and to bill, and updates budgets up to about 24 hours late.',
    fix: { tool: { commands: ['bootstrap init --only budget --budget "10 USD" --email ops@example.com'] } },
    sources: ['https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html'],
  },
  'admin-user': {
    means: [
      'Sets the password policy. Then creates a group with AdministratorAccess, a user in it, and a console password that must be changed at the first sign-in. If the user already exists, only what is missing is added. The password policy is merged with the current one and never loosened.',
      'With `kind: identity-center`, or at a terminal where the account has an administrator role of IAM Identity Center and no name is given, only the password policy is set: AWS creates those roles, so no IAM user and no password are created.',
      'The tool generates the password, stores it at the destination you chose, and only then sends it to AWS. So a crash cannot lose it. Without a destination, no password is created.',
    ],
    matters: 'No policy of its own account can limit root. Use an identity for daily work that a policy can limit.',
    fix: { tool: { commands: ['bootstrap init --only admin-user --admin-user NAME --secrets-file FILE'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html'],
  },
  mfa: {
    means: [
      "Checks whether root, the administrator and every other user with a console password has an MFA device. Root's device and all passkeys can only be assigned in the console. The tool can enrol virtual devices for the administrator and for users that you name.",
      'At a terminal, the tool shows a QR code and you type two codes. The seed is not stored unless you set `mfa.keep-seed`. To enrol other users one after the other, list them in `mfa.users`.',
      'With `mfa.assign: unattended`, the seed of the device is stored with the password. This makes unattended runs possible, but weakens the second factor: anyone who finds one finds both.',
    ],
    matters: 'A password alone can be guessed, reused or phished.',
    fix: { tool: { commands: ['bootstrap init --only admin-user,mfa --secrets-file FILE'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html'],
  },
  alias: {
    means: [
      'Gives the account a name for its sign-in URL. An account has one alias. It is public, and unique in the whole AWS partition. The URL with the account number continues to work.',
      'AWS replaces an alias silently, and the old sign-in URL stops working at once. So an existing alias that differs is only replaced if you pass `--replace-alias`.',
    ],
    matters: 'A sign-in page with a name is easier to remember than twelve digits, and easier to distinguish from a fake one.',
    fix: { tool: { commands: ['bootstrap init --only alias --alias NAME'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html'],
  },
  'access-keys': {
    means: [
      'Creates no access key unless the config asks for one (`access-keys.mode: create`), and never one for root. `check` assesses every existing key: keys of root, old keys, unused keys, and users with two keys.',
      'A new key is stored in one destination only: a profile of `~/.aws` or the secrets file. The destination is checked and reserved first, because AWS shows a secret key only once.',
    ],
    matters:
      'Access keys do not expire by themselves, and they leak in repositories, logs and images. `aws login` (AWS CLI 2.32 or newer) gives people temporary credentials without a key.',
    fix: { tool: { commands: ['bootstrap check --only access-keys', 'bootstrap init --only access-keys'] } },
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'],
  },
  organization: {
    means: [
      'Creates an organization with all features, managed by this account, and the member accounts of the config. Moves each account to its organizational unit. Adopts an existing organization. Accounts are recognised by their e-mail address. Accounts that are not in the config are not changed.',
      'This is the only step that is never on by default: when an account creates or joins an organization, its Free plan becomes a Paid plan, its Free Tier credits expire immediately, and no more can be earned. At a terminal, you confirm this separately. An unattended run needs `free-tier-loss: accepted`.',
    ],
    matters:
      'Separate accounts are the strongest isolation that AWS offers. A member account can be closed later, but not simply deleted. Until it is gone, its address cannot be used for another account.',
    fix: { tool: { commands: ['bootstrap init --only organization'] } },
    sources: [
      'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_introduction.html',
      'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html',
    ],
  },
};

/** One page per finding. Its step declares severity, kind, title and references. */
export const findingPages: Readonly<Record<string, Explanation>> = {
  ...billingAccessPages,
  ...budgetPages,
  ...adminUserPages,
  ...mfaPages,
  ...aliasPages,
  ...accessKeysPages,
  ...organizationPages,
};
