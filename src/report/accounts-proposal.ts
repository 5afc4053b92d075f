import type { InvitationRow } from '../core/accounts.js';
import { type Look, plain } from '../core/text.js';
import { hang, labelColumn, paragraph, sheetOf, widthOf } from './layout.js';

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
  look: Look,
): string => {
  const sheet = sheetOf(look);
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
