import { planWords } from '../core/account-plan.js';
import type { AccountReport } from '../core/report.js';
import { type TextStyle, plain } from '../core/text.js';
import { hang, labelColumn, layoutOf, widthOf } from './layout.js';
import { accountName, who } from './words.js';

export interface HeaderLine {
  readonly label: string;
  readonly value: string;
}

export interface HeaderExtra {
  /** How the caller is signed in, as text: "aws login, profile root". */
  readonly signedInBy?: string;
  /** More labels and values, such as the config file. */
  readonly more?: readonly HeaderLine[];
}

/** The account and the caller, shown before anything else. Pure; for stderr; ends in a newline. */
export const renderHeader = (account: AccountReport, target: string, look: TextStyle, extra: HeaderExtra = {}): string => {
  const sheet = layoutOf(look);
  const sandbox = target === 'sandbox';
  const rows = [
    { label: 'Account', value: sandbox ? `${accountName(account)}, a practice account (sandbox)` : accountName(account) },
    {
      label: 'Signed in',
      value: `as ${who(account.identity)}${extra.signedInBy === undefined ? '' : `, by ${extra.signedInBy}`}`,
    },
    ...(account.plan ? [{ label: 'Plan', value: planWords(account.plan) }] : []),
    ...(account.partition === 'aws' ? [] : [{ label: 'Partition', value: account.partition }]),
    ...(sandbox || target === 'aws' ? [] : [{ label: 'Endpoint', value: `${target} (not an AWS endpoint)` }]),
    ...(extra.more ?? []),
  ];
  const longest = Math.max(...rows.map(({ label }) => widthOf(plain(label))));
  return `${rows
    .flatMap(({ label, value }) =>
      sheet.accessible
        ? hang(sheet, `${plain(label)}: `, widthOf(plain(label)) + 2, [{ text: value }])
        : hang(sheet, labelColumn(label, longest + 2, sheet.dim), longest + 2, [
            { text: value, paint: label === 'Account' ? sheet.strong : sheet.none },
          ]),
    )
    .join('\n')}\n`;
};
