import type { Explanation } from '../../core/explanation.js';

const accountPage = 'https://console.aws.amazon.com/billing/home#/account';
const contactsPage = 'https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html';

export const billingAccessPages: Readonly<Record<string, Explanation>> = {
  'billing-access.switch': {
    means: [
      'Root has a switch in the console, "IAM user and role access to Billing information". While it is off, IAM users and roles see nothing of the bill in the console, whatever their policies allow.',
      'No public API reads it. It passes when a person has written down what they saw (`billing-access.confirmed-on`) and no later event `SetIAMAccessPreference` is in the event history. It fails when the account stands alone, is younger than 90 days and has no such event: then it was never turned on. In every other case only a person can tell, and the result is "by hand".',
      'When `check` may not read what would decide (the event history; without `confirmed-on` also the age of the account and its place among organizations), the result is "unknown", and names the permission.',
    ],
    matters:
      'While it is off, only root can read a bill, so somebody signs in as root every month. AWS says that the switch does not gate the APIs of Budgets, Cost Explorer and the Cost and Usage Reports, so no call to them can tell whether it is on.',
    fix: {
      tool: {
        text: 'Nothing to set by API. Once you have seen it on, write the day into bootstrap.yaml (`billing-access.confirmed-on`) and check:',
        commands: ['bootstrap check --only billing-access'],
      },
      console: {
        clicks:
          'Sign in as root, open the account page, find "IAM user and role access to Billing information", choose Edit, tick "Activate IAM Access", choose Update.',
        url: accountPage,
      },
      cli: {
        text: 'Shows when it was last changed, within 90 days; not whether it was turned on or off:',
        commands: [
          'aws cloudtrail lookup-events --region us-east-1 \\\n  --lookup-attributes AttributeKey=EventName,AttributeValue=SetIAMAccessPreference',
        ],
      },
    },
    differs: 'Prowler has no check for it.',
    sources: [
      'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/control-access-billing.html',
      'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/logging-using-cloudtrail.html',
    ],
  },
  'billing-access.contact': {
    means: [
      'An account can name a billing contact besides the address of its root user. It fails when there is none, or when the one there is not the one of the config.',
    ],
    matters: "Without it, mail about bills and payments goes to root's address alone, which often belongs to nobody in particular.",
    fix: {
      tool: {
        text: 'Set only where there is none, from `billing-access.contact` in bootstrap.yaml:',
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
      'Prowler has no check of its own for this contact. Its related check compares the contacts with each other, and a contact that is missing counts as one more distinct value there, so an account without exactly one of them passes; here a missing contact is a missing contact.',
    sources: [contactsPage],
  },
  'billing-access.security-contact': {
    means: ['An account can name a security contact, whom AWS writes to about abuse and security matters. It fails when there is none.'],
    matters: 'A report that a key has leaked or a machine attacks others is useless in a mailbox that nobody reads.',
    fix: {
      tool: {
        text: 'Set only where there is none, from `billing-access.security-contact` in bootstrap.yaml:',
        commands: ['bootstrap init --only billing-access'],
      },
      console: { clicks: 'Account page, "Alternate contacts", Edit, fill in Security, Update.', url: accountPage },
      cli: {
        commands: [
          'aws account put-alternate-contact --alternate-contact-type SECURITY \\\n  --name NAME --title TITLE --email-address ADDRESS --phone-number "+1 555 0100"',
        ],
      },
    },
    differs: 'Prowler always answers MANUAL here. AWS has an API that reads the contact (GetAlternateContact), so this tool reads it.',
    sources: [contactsPage],
  },
};
