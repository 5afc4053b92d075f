import type { Closing, MemberRoot } from '../core/accounts.js';
import { plain, type TextStyle } from '../core/text.js';
import { hang, labelColumn, type Layout, layoutOf, paragraph, widthOf } from './layout.js';
import { counted } from './words.js';

/** What is shown of a member account before it is closed, or before root credentials in it are deleted. Pure. */

interface Row {
  readonly label: string;
  readonly value: string;
}

const rowLines = (rows: readonly Row[], sheet: Layout): readonly string[] => {
  const column = Math.max(...rows.map(({ label }) => widthOf(label))) + 4;
  return rows.flatMap(({ label, value }) =>
    sheet.accessible
      ? hang(sheet, `${label}: `, widthOf(label) + 2, [{ text: value }])
      : hang(sheet, labelColumn(`  ${label}`, column, sheet.dim), column, [{ text: value }]),
  );
};

/** Ends in an empty line, for a prompt below it. */
export const renderClosing = (closing: Closing, look: TextStyle): string => `${closingLines(closing, layoutOf(look)).join('\n')}\n\n`;

export const closingLines = (closing: Closing, sheet: Layout): readonly string[] => {
  const { accountId, name, email, state, spend, quota } = closing;
  return [
    ...paragraph(sheet, 0, { text: `Close account ${accountId} (${plain(name)})`, paint: sheet.strong }),
    ...rowLines(
      [
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
      ],
      sheet,
    ),
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
export const renderMemberRoot = (root: MemberRoot, look: TextStyle): string => `${memberRootLines(root, layoutOf(look)).join('\n')}\n\n`;

export const memberRootLines = (root: MemberRoot, sheet: Layout): readonly string[] => {
  const { accountId, name, state } = root;
  return [
    ...paragraph(sheet, 0, { text: `Root of account ${accountId} (${plain(name)}): ${stateWords[state]}`, paint: sheet.strong }),
    ...(state === 'planned' || state === 'declined' || state === 'failed' ? credentialLines(root, sheet) : []),
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

const credentialLines = ({ password, accessKeys, certificates, mfaDevices }: MemberRoot, sheet: Layout): readonly string[] =>
  [
    ...accessKeys.map(
      ({ id, active, lastUsed }) =>
        `access key ${id}, ${active ? 'active' : 'inactive'}, ${lastUsed === null ? 'no known use' : `last used ${lastUsed.slice(0, 16).replace('T', ' ')}: what uses it will stop working`}`,
    ),
    ...certificates.map((id) => `signing certificate ${id}`),
    ...(password ? ['password'] : []),
    ...mfaDevices.map((serial) => `MFA device ${serial}`),
  ].flatMap((text) => hang(sheet, '  - ', 4, [{ text: plain(text) }]));
