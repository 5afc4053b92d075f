import type { Explanation, StepPages } from '../../core/explanation.js';

const accountPage = 'https://console.aws.amazon.com/billing/home#/account';
const contactsPage = 'https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html';

const findings: Readonly<Record<string, Explanation>> = {
  'billing-access.switch': {
    means: [
      'The console has a switch for root, "IAM user and role access to Billing information". While it is off, IAM users and roles see no billing data in the console, whatever their policies allow.',
      'No public API reads the switch. The check passes if you recorded the day on which you saw it on (`billing-access.confirmed-on`) and the event history has no later event `SetIAMAccessPreference`. It fails if the account is not a member account, is younger than 90 days and has no such event: then the switch was never turned on. The event history shows a change after about 15 minutes. If neither is certain, the result is "manual": check the switch yourself.',
      'If `check` is not allowed to read what it needs, the result is "unknown" and names the missing permission. It needs the event history and, without `confirmed-on`, also the age of the account and its organization.',
    ],
    matters:
      'While it is off, only root can read a bill, so someone signs in as root every month. According to AWS, the switch does not affect the APIs of Budgets, Cost Explorer and the Cost and Usage Reports. So a call to them cannot show whether it is on.',
    fix: {
      tool: {
        text: 'No API can set the switch. At a terminal, `init` shows the steps in the console and asks whether it is on. Or record the day on which you saw it on in bootstrap.yaml (`billing-access.confirmed-on`), and check:',
        commands: ['bootstrap check --only billing-access'],
      },
      console: {
        clicks:
          'Sign in as root, open the account page, find "IAM user and role access to Billing information", choose Edit, tick "Activate IAM Access", choose Update.',
        url: accountPage,
      },
      cli: {
        text: 'Shows when the switch was last changed in the past 90 days, but not whether it was turned on or off:',
        commands: [
          'aws cloudtrail lookup-events --region us-east-1 \\\n  --lookup-attributes AttributeKey=EventName,AttributeValue=SetIAMAccessPreference',
        ],
      },
    },
    differs: 'Prowler has no check for this.',
    sources: [
      'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/control-access-billing.html',
      'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/logging-using-cloudtrail.html',
    ],
  },
  'billing-access.contact': {
    means: [
      'An account can have a billing contact in addition to the address of its root user. The check fails if there is none, or if it is not the one in the config.',
    ],
    matters: 'Without it, mail about bills and payments goes only to the address of root, which often no one is responsible for.',
    fix: {
      tool: {
        text: 'Sets the contact only if there is none, from `billing-access.contact` in bootstrap.yaml:',
        commands: ['bootstrap init --only billing-access'],
      },
      console: { clicks: 'Account page, "Alternate contacts", Edit, fill in Billing, Update.', url: accountPage },
      cli: {
        commands: [
          'aws account put-alternate-contact --alternate-contact-type BILLING \\\n  --name NAME --title TITLE --email-address ADDRESS --phone-number "+1 555 0100"',
        ],
      },
    },
    differs:
      'Prowler has no separate check for this contact. Its related check compares the contacts with each other and counts a missing contact as one more distinct value. So an account without exactly one of them passes there. In this tool, a missing contact fails.',
    sources: [contactsPage],
  },
  'billing-access.security-contact': {
    means: ['An account can have a security contact. AWS writes to it about abuse and security. The check fails if there is none.'],
    matters: 'A report about a leaked key or an attack from your account is useless in a mailbox that no one reads.',
    fix: {
      tool: {
        text: 'Sets the contact only if there is none, from `billing-access.security-contact` in bootstrap.yaml:',
        commands: ['bootstrap init --only billing-access'],
      },
      console: { clicks: 'Account page, "Alternate contacts", Edit, fill in Security, Update.', url: accountPage },
      cli: {
        commands: [
          'aws account put-alternate-contact --alternate-contact-type SECURITY \\\n  --name NAME --title TITLE --email-address ADDRESS --phone-number "+1 555 0100"',
        ],
      },
    },
    differs:
      'Prowler always reports MANUAL for this check. AWS has an API that reads the contact (GetAlternateContact), so this tool reads it.',
    sources: [contactsPage],
  },
};

/** Findings about the other contacts. */
const moreContacts: Readonly<Record<string, Explanation>> = {
  'billing-access.operations-contact': {
    means: [
      'An account can have an operations contact. AWS writes to it about the availability of its services. The check is only made if the config has `billing-access.operations-contact`, and fails if the account has none, or another one.',
    ],
    matters: 'Without it, news about an outage or a retired service goes only to the address of root.',
    fix: {
      tool: {
        text: 'Sets the contact only if there is none, from `billing-access.operations-contact` in bootstrap.yaml:',
        commands: ['bootstrap init --only billing-access'],
      },
      console: { clicks: 'Account page, "Alternate contacts", Edit, fill in Operations, Update.', url: accountPage },
      cli: {
        commands: [
          'aws account put-alternate-contact --alternate-contact-type OPERATIONS \\\n  --name NAME --title TITLE --email-address ADDRESS --phone-number "+1 555 0100"',
        ],
      },
    },
    differs: 'Prowler has no separate check for this contact.',
    sources: [contactsPage],
  },
  'billing-access.primary-contact': {
    means: [
      'The primary contact is the person or company that AWS knows as the owner of the account. The check fails if it has no phone number or no postal address. It cannot know whether they are current.',
      'The report shows at most the last two digits of the number, and nothing of the address.',
    ],
    matters: 'AWS calls or writes to the primary contact when you lose access to root, or when it suspects fraud.',
    fix: {
      console: { clicks: 'Account page, "Contact information", Edit, complete it, Update.', url: accountPage },
      cli: { text: 'Shows what AWS has:', commands: ['aws account get-contact-information'] },
    },
    differs: 'Prowler always reports MANUAL for this check. This tool reads whether there is a number and an address.',
    sources: ['https://docs.aws.amazon.com/accounts/latest/reference/API_GetContactInformation.html'],
  },
};

const step: Explanation = {
  means: [
    'In a new account, IAM users and roles see nothing in the Billing console, whatever their policies allow, until root turns access on. No public API reads or sets this switch on an existing account. So the step checks the evidence (the event `SetIAMAccessPreference`, the age of the account) and asks you for the rest.',
    'The step also sets the contacts for billing, security and operations if the config has one and the account has none. It never overwrites an existing contact.',
  ],
  matters:
    'Without access, someone has to sign in as root to read a bill. The switch does not affect the APIs of Budgets or Cost Explorer, so no other step waits for it.',
  fix: { tool: { commands: ['bootstrap init --only billing-access'] } },
  sources: ['https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/control-access-billing.html'],
};

export const pages: StepPages = { step, findings: { ...findings, ...moreContacts } };
