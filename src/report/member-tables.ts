import type { Closing, MemberRoot } from '../core/accounts.js';
import { plain, type TextStyle } from '../core/text.js';
import { hang, labelledRows, type Layout, layoutOf, paragraph } from './layout.js';
import { counted } from './words.js';

/** What is shown of a member account before it is closed, or before root credentials in it are deleted. Pure. */

/** Ends in an empty line, for a prompt below it. */
export const renderClosing = (closing: Closing, style: TextStyle): string => `${closingLines(closing, layoutOf(style)).join('\n')}\n\n`;

export const closingLines = (closing: Closing, layout: Layout): readonly string[] => {
  const { accountId, name, email, state, spend, quota } = closing;
  return [
    ...paragraph(layout, 0, { text: `Close account ${accountId} (${plain(name)})`, paint: layout.strong }),
    ...labelledRows(layout, 2, [
      { label: 'State', value: state.toLowerCase().replaceAll('_', ' ') },
      { label: 'This month', value: spendWords(spend) },
      { label: 'Quota', value: quotaWords(quota) },
      {
        label: 'At once',
        value: 'No one can use the account any more, its resources stop being reachable, and only AWS Support can reopen it.',
      },
      { label: '90 days later', value: 'AWS deletes the account with everything in it, for good.' },
      {
        label: 'Bill',
        value:
          'You pay for usage until the closure, and for reservations, Savings Plans and AWS Marketplace subscriptions until they end: cancel those first.',
      },
      { label: 'Email', value: `${plain(email)} stays in use: no other AWS account can have it.` },
    ]),
  ];
};

const spendWords = (spend: Closing['spend']): string =>
  spend === null
    ? 'Not known: no budget shows it. See Cost Explorer, grouped by linked account: https://console.aws.amazon.com/costmanagement/home#/cost-explorer'
    : `${spend.amount} ${spend.unit}, by the budget ${plain(spend.budget)}${spend.asOf === null ? '' : `, as of ${spend.asOf.slice(0, 10)}`}`;

const quotaWords = ({ limit, used }: Closing['quota']): string => {
  if (used === null) return `At most ${counted(limit, 'account')} in 30 days. How many were closed could not be read.`;
  const words = `${used} of at most ${counted(limit, 'account')} closed within 30 days`;
  return used < limit ? words : `${words}: AWS will probably refuse`;
};

/** Ends in an empty line, for a prompt below it. */
export const renderMemberRoot = (root: MemberRoot, style: TextStyle): string => `${memberRootLines(root, layoutOf(style)).join('\n')}\n\n`;

export const memberRootLines = (root: MemberRoot, layout: Layout): readonly string[] => {
  const { accountId, name, state } = root;
  return [
    ...paragraph(layout, 0, { text: `Root of account ${accountId} (${plain(name)}): ${stateWords[state]}`, paint: layout.strong }),
    ...(state === 'planned' || state === 'declined' || state === 'failed' ? credentialLines(root, layout) : []),
  ];
};

const stateWords: Readonly<Record<MemberRoot['state'], string>> = {
  none: 'has no credentials',
  planned: 'has credentials',
  declined: 'not changed',
  deleted: 'all credentials deleted',
  unknown: 'unknown',
  failed: 'not all credentials deleted',
};

const credentialLines = ({ password, accessKeys, certificates, mfaDevices }: MemberRoot, layout: Layout): readonly string[] =>
  [
    ...accessKeys.map(
      ({ id, active, lastUsed }) =>
        `access key ${id}, ${active ? 'active' : 'inactive'}, ${lastUsed === null ? 'no known use' : `last used ${lastUsed.slice(0, 16).replace('T', ' ')}: what uses it will stop working`}`,
    ),
    ...certificates.map((id) => `signing certificate ${id}`),
    ...(password ? ['password'] : []),
    ...mfaDevices.map((serial) => `MFA device ${serial}`),
  ].flatMap((text) => hang(layout, '  - ', 4, [{ text: plain(text) }]));
