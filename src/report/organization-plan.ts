import type { PlannedChange } from '../core/report.js';
import type { Look } from '../core/text.js';
import { fill, pageOf, type Sheet, sheetOf } from './layout.js';
import { planLines } from './plan.js';
import { counted, type Words } from './words.js';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The planned changes in member accounts, shown before approval. Pure; for stderr. */
export const renderOrganizationPlan = (
  plan: readonly PlannedChange[],
  accounts: readonly Named[],
  look: Look,
  words: Pick<Words, 'titles'>,
): string => {
  const sheet = sheetOf(look);
  const changing = new Set(plan.map(({ accountId }) => accountId)).size;
  return pageOf(
    [sheet.strong(`Plan: ${counted(plan.length, 'change')} in ${counted(changing, 'member account')}`)],
    ...organizationPlan(plan, accounts, sheet, words),
  );
};

/** One block per account with changes. */
export const organizationPlan = (
  plan: readonly PlannedChange[],
  accounts: readonly Named[],
  sheet: Sheet,
  words: Pick<Words, 'titles'>,
): readonly (readonly string[])[] =>
  accounts.flatMap((account) => {
    const own = plan.filter(({ accountId }) => accountId === account.id);
    return own.length === 0 ? [] : [[accountHeading(account, sheet), ...planLines(own, sheet, words)]];
  });

export const accountHeading = ({ id, name }: Named, sheet: Sheet): string =>
  sheet.strong(fill([{ text: `${id} (${name})` }], sheet.width).join('\n'));
