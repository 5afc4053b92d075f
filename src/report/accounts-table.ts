import type { AccountAction, AccountRow, AccountsReport, InvitationRow } from '../core/accounts.js';
import { plain, type TextStyle } from '../core/text.js';
import { errorMessage, nextLine } from './error-text.js';
import { columnLines, outcomeLines, unfinished } from './actions-table.js';
import { command, hang, labelled, labelledRows, type Layout, layoutOf, pageOf, paragraph } from './layout.js';
import { closingLines, memberRootLines } from './member-tables.js';
import type { Verdict } from './verdict.js';
import { counted } from './words.js';

/** The table of `bootstrap accounts`: what was done, accounts and open invitations, details to save, and what to do next. Pure. */
export const renderAccountsTable = (report: AccountsReport, style: TextStyle): string => {
  const layout = layoutOf(style);
  const { error, account, actions, notes, recap } = report;
  const next = error?.next ?? report.next;
  return pageOf(
    ...outcomeLines(layout, report, verdictOf(report), actions.map(actionWords)),
    accountLines(report.accounts, layout),
    report.dryRun === true && report.closing !== undefined ? closingLines(report.closing, layout) : [],
    ...(report.roots ?? []).map((root) => [
      ...memberRootLines(root, layout),
      ...(root.error === null ? [] : errorMessage(layout, 2, root.error)),
    ]),
    report.invitations.flatMap((invitation) => invitationLines(invitation, account?.id, layout)),
    recap.flatMap(({ label, value }) =>
      /^https:\/\/\S+$/.test(value) ? command(layout, 0, label, value) : labelled(layout, 0, label, value),
    ),
    notes.flatMap((text) => paragraph(layout, 0, { text })),
    next === null ? [] : nextBlock(layout, next),
  );
};

/** Puts a command at the end of the text on its own line, so that you can copy it. */
const nextBlock = (layout: Layout, text: string): readonly string[] => {
  const [, before, typed, line = typed] = /^(.*:) (?:`((?:bootstrap|npx) [^`]*)`|((?:bootstrap|npx) .*))$/.exec(text) ?? [];
  if (before === undefined || line === undefined) return nextLine(layout, text);
  return [...labelled(layout, 0, 'Next', before, layout.strong), ...command(layout, 2, 'run', line)];
};

const verdictOf = ({ error, command: name, actions, accounts, dryRun, exit }: AccountsReport): Verdict => {
  if (error !== undefined) return unfinished(name, exit.code, error);
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
const accountLines = (accounts: readonly AccountRow[], layout: Layout): readonly string[] => {
  if (accounts.length === 0) return [];
  const lines = columnLines(columns, accounts.map(cellsOf), layout);
  return lines === undefined ? accounts.flatMap((row) => blockOf(row, layout)) : [...lines, ...reasonLines(accounts, layout)];
};

/** The reason why a role cannot be assumed does not fit a column. */
const reasonLines = (accounts: readonly AccountRow[], layout: Layout): readonly string[] =>
  accounts.flatMap(({ accountId, role }) =>
    role?.reachable === 'no' && role.reason !== null
      ? paragraph(layout, 0, { text: `${accountId}: ${role.reason}`, paint: layout.warn })
      : [],
  );

const blockOf = (row: AccountRow, layout: Layout): readonly string[] => {
  const [id = '', name = '', ...rest] = cellsOf(row);
  return [
    ...paragraph(layout, 0, { text: `${id} ${name}`, paint: layout.strong }),
    ...rest.flatMap((cell, at) => (cell === '' ? [] : labelled(layout, 2, columns[at + 2] as string, cell))),
    ...(row.role?.reachable === 'no' && row.role.reason !== null ? labelled(layout, 2, 'Why', row.role.reason, layout.warn) : []),
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
const invitationLines = (invitation: InvitationRow, self: string | undefined, layout: Layout): readonly string[] => {
  const { id, state, to, managementAccountId, managementName, managementEmail, organizationId, expiresAt, notes } = invitation;
  const open = state === 'OPEN' || state === 'REQUESTED';
  const named = [managementName, managementEmail].filter((text) => text !== null).join(', ');
  return [
    ...paragraph(layout, 0, { text: `Invitation ${id}`, paint: layout.strong }),
    ...labelled(layout, 2, 'To', to),
    ...(managementAccountId === self
      ? []
      : labelled(
          layout,
          2,
          'From',
          `account ${managementAccountId}, which manages ${organizationId}${named === '' ? '' : ` (sender, not verified: ${named})`}`,
        )),
    ...labelled(layout, 2, 'State', open && expiresAt !== null ? `open until ${expiresAt.slice(0, 10)}` : state.toLowerCase()),
    ...(notes === null ? [] : labelled(layout, 2, 'Notes', notes)),
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
  style: TextStyle,
): string => {
  const layout = layoutOf(style);
  const rows = [
    ...(invitation === null ? [] : rowsOf(invitation)),
    ...(leaving === null
      ? []
      : [{ label: 'Leaves', value: `organization ${leaving.organizationId}, which account ${leaving.managementAccountId} manages` }]),
  ];
  const lines = [
    ...labelledRows(layout, 0, rows),
    ...(rows.length > 0 ? [''] : []),
    ...paragraph(layout, 0, { text: `In account ${accountId}:`, paint: layout.strong }),
    ...work.flatMap((text, at) => hang(layout, `  ${at + 1}. `, 5, [{ text }])),
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
