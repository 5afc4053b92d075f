import type { AccountAction, AccountRow, AccountsReport, InvitationRow } from '../core/accounts.js';
import { plain, type TextStyle } from '../core/text.js';
import { errorMessage, nextLine } from './error-text.js';
import { type Ending, outcomeLines, unfinished } from './init-table.js';
import { command, hang, labelColumn, labelled, type Layout, layoutOf, padTo, pageOf, paragraph, widthOf } from './layout.js';
import { closingLines, memberRootLines } from './member-tables.js';
import { counted } from './words.js';

/** The table of `bootstrap accounts`: what was done, accounts and open invitations, details to save, and what to do next. Pure. */
export const renderAccountsTable = (report: AccountsReport, look: TextStyle): string => {
  const sheet = layoutOf(look);
  const { error, account, actions, notes, recap } = report;
  const next = error?.next ?? report.next;
  return pageOf(
    ...outcomeLines(sheet, report, endingOf(report), actions.map(actionWords)),
    accountLines(report.accounts, sheet),
    report.dryRun === true && report.closing !== undefined ? closingLines(report.closing, sheet) : [],
    ...(report.roots ?? []).map((root) => [
      ...memberRootLines(root, sheet),
      ...(root.error === null ? [] : errorMessage(sheet, 2, root.error)),
    ]),
    report.invitations.flatMap((invitation) => invitationLines(invitation, account?.id, sheet)),
    recap.flatMap(({ label, value }) =>
      /^https:\/\/\S+$/.test(value) ? command(sheet, 0, label, value) : labelled(sheet, 0, label, value),
    ),
    notes.flatMap((text) => paragraph(sheet, 0, { text })),
    next === null ? [] : nextBlock(sheet, next),
  );
};

/** Puts a command at the end of the text on its own line, so that you can copy it. */
const nextBlock = (sheet: Layout, text: string): readonly string[] => {
  const [, before, typed, line = typed] = /^(.*:) (?:`((?:bootstrap|npx) [^`]*)`|((?:bootstrap|npx) .*))$/.exec(text) ?? [];
  if (before === undefined || line === undefined) return nextLine(sheet, text);
  return [...labelled(sheet, 0, 'Next', before, sheet.strong), ...command(sheet, 2, 'run', line)];
};

const endingOf = ({ error, command: name, actions, accounts, dryRun, exit }: AccountsReport): Ending => {
  if (error !== undefined) return unfinished(name, exit.code);
  const text =
    name === 'accounts list'
      ? counted(accounts.length, 'account')
      : dryRun === true
        ? `${name}: dry run, nothing was changed`
        : actions.length === 0 && exit.code === 0
          ? 'no changes needed'
          : name;
  if (exit.code === 0) return { symbol: 'good', paint: 'good', word: 'DONE', text };
  return exit.code === 5
    ? { symbol: 'hand', paint: 'warn', word: 'INCOMPLETE', text }
    : { symbol: 'unknown', paint: 'warn', word: 'PARTIAL', text };
};

const actionWords = ({ action, on }: AccountAction): string =>
  ({
    created: `created the account ${on}`,
    placed: `moved the account ${on} into its organizational unit`,
    invited: `sent the invitation ${on}`,
    cancelled: `cancelled the invitation ${on}`,
    'role-made': `created the role ${on}`,
    'policy-attached': `attached ${on}`,
    accepted: `accepted the invitation ${on}`,
    proven: `verified that ${on} can be assumed`,
    'profile-written': `wrote the profile ${on}`,
    'closure-requested': `requested the closure of account ${on}`,
    closed: `verified that account ${on} is closed`,
    'root-key-deleted': `deleted root's access key ${on}`,
    'root-certificate-deleted': `deleted root's signing certificate ${on}`,
    'root-password-deleted': `deleted root's password in ${on}`,
    'root-mfa-deactivated': `deactivated root's MFA device ${on}`,
  })[action];

const columns = ['Account', 'Name', 'Email', 'State', 'Joined', 'Role', 'Last check'] as const;

/** Columns if they fit, else one block per account. */
const accountLines = (accounts: readonly AccountRow[], sheet: Layout): readonly string[] => {
  if (accounts.length === 0) return [];
  const rows = accounts.map((row) => cellsOf(row).map(plain));
  const widths = columns.map((title, at) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] as string))));
  const total = widths.reduce((sum, width) => sum + width + 2, -2);
  if (sheet.accessible || total > sheet.width) return accounts.flatMap((row) => blockOf(row, sheet));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === cells.length - 1 ? cell : padTo(cell, (widths[at] as number) + 2))).join('');
  return [sheet.dim(line(columns).trimEnd()), ...rows.map((row) => line(row).trimEnd()), ...reasonLines(accounts, sheet)];
};

/** The reason why a role cannot be assumed does not fit a column. */
const reasonLines = (accounts: readonly AccountRow[], sheet: Layout): readonly string[] =>
  accounts.flatMap(({ accountId, role }) =>
    role?.reachable === 'no' && role.reason !== null
      ? paragraph(sheet, 0, { text: `${accountId}: ${role.reason}`, paint: sheet.warn })
      : [],
  );

const blockOf = (row: AccountRow, sheet: Layout): readonly string[] => {
  const [id = '', name = '', ...rest] = cellsOf(row);
  return [
    ...paragraph(sheet, 0, { text: `${id} ${name}`, paint: sheet.strong }),
    ...rest.flatMap((cell, at) => (cell === '' ? [] : labelled(sheet, 2, columns[at + 2] as string, cell))),
    ...(row.role?.reachable === 'no' && row.role.reason !== null ? labelled(sheet, 2, 'Why', row.role.reason, sheet.warn) : []),
  ];
};

const cellsOf = ({ accountId, name, email, state, joined, management, role }: AccountRow): readonly string[] => [
  accountId,
  name,
  email,
  state.toLowerCase().replaceAll('_', ' '),
  management ? 'management' : joined,
  role === null ? '' : { yes: 'usable', no: 'not usable', 'not-tried': 'not tried' }[role.reachable],
  role === null ? '' : role.checkedAt === null ? 'never' : role.checkedAt.slice(0, 16).replace('T', ' '),
];

/** The sender is left out if it is this account. */
const invitationLines = (invitation: InvitationRow, self: string | undefined, sheet: Layout): readonly string[] => {
  const { id, state, to, managementAccountId, managementName, managementEmail, organizationId, expiresAt, notes } = invitation;
  const open = state === 'OPEN' || state === 'REQUESTED';
  const named = [managementName, managementEmail].filter((text) => text !== null).join(', ');
  return [
    ...paragraph(sheet, 0, { text: `Invitation ${id}`, paint: sheet.strong }),
    ...labelled(sheet, 2, 'To', to),
    ...(managementAccountId === self
      ? []
      : labelled(
          sheet,
          2,
          'From',
          `account ${managementAccountId}, which manages ${organizationId}${named === '' ? '' : ` (sender, not verified: ${named})`}`,
        )),
    ...labelled(sheet, 2, 'State', open && expiresAt !== null ? `open until ${expiresAt.slice(0, 10)}` : state.toLowerCase()),
    ...(notes === null ? [] : labelled(sheet, 2, 'Notes', notes)),
  ];
};

/** Who sent the invitation, and what accepting it does; shown before the approval prompt. Pure; ends in an empty line. */
export const renderProposal = (
  {
    invitation,
    leaving = null,
    accountId,
    work,
  }: {
    readonly invitation: InvitationRow | null;
    /** The organization that the account is a member of, and leaves by accepting. */
    readonly leaving?: { readonly organizationId: string; readonly managementAccountId: string } | null;
    readonly accountId: string;
    readonly work: readonly string[];
  },
  look: TextStyle,
): string => {
  const sheet = layoutOf(look);
  const rows = [
    ...(invitation === null ? [] : rowsOf(invitation)),
    ...(leaving === null
      ? []
      : [{ label: 'Leaves', value: `organization ${leaving.organizationId}, which account ${leaving.managementAccountId} manages` }]),
  ];
  const column = Math.max(0, ...rows.map(({ label }) => widthOf(label))) + 2;
  const lines = [
    ...rows.flatMap(({ label, value }) =>
      sheet.accessible
        ? hang(sheet, `${label}: `, widthOf(label) + 2, [{ text: value }])
        : hang(sheet, labelColumn(label, column, sheet.dim), column, [{ text: value }]),
    ),
    ...(rows.length > 0 ? [''] : []),
    ...paragraph(sheet, 0, { text: `In account ${accountId}:`, paint: sheet.strong }),
    ...work.flatMap((text, at) => hang(sheet, `  ${at + 1}. `, 5, [{ text }])),
  ];
  return `${lines.join('\n')}\n\n`;
};

/** The account id comes from AWS. Name, email and notes come from the inviter, and no one verified them. */
const rowsOf = ({ id, managementAccountId, managementName, managementEmail, organizationId, expiresAt, notes }: InvitationRow) => {
  const self = [managementName, managementEmail].filter((text) => text !== null).join(', ');
  return [
    { label: 'Invitation', value: `${id}${expiresAt === null ? '' : `, open until ${expiresAt.slice(0, 10)}`}` },
    { label: 'From account', value: `${managementAccountId}, which manages organization ${organizationId}` },
    ...(self === '' ? [] : [{ label: 'Sender', value: `${self} (not verified)` }]),
    ...(notes === null ? [] : [{ label: 'Notes', value: plain(notes) }]),
  ];
};
