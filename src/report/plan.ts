import type { Risk } from '../core/finding.js';
import type { PlannedChange } from '../core/report.js';
import type { TextStyle } from '../core/text.js';
import { fill, hang, type Layout, layoutOf, pageOf, paragraph } from './layout.js';
import { counted, type RenderContext, titleOf } from './words.js';

interface PlanContext extends Pick<RenderContext, 'titles'> {
  /** Whether the plan ends with its summary. Default: true; false if the approval prompt prints it. */
  readonly summary?: boolean;
}

/**
 * The plan, shown before approval: numbered changes grouped by step, with a note on each risk, and the summary. The manual steps that
 * remain are only counted; the report lists them after the run. Pure; for stderr.
 */
export const renderPlan = (
  plan: readonly PlannedChange[],
  left: readonly unknown[],
  look: TextStyle,
  { summary = true, ...words }: PlanContext,
): string => {
  const sheet = layoutOf(look);
  const steps = new Set(plan.map(({ step }) => step)).size;
  const head = plan.length === 0 ? 'Plan: nothing to change.' : `Plan: ${counted(plan.length, 'change')} in ${counted(steps, 'step')}`;
  return pageOf([sheet.strong(head)], planLines(plan, sheet, words), summary ? summaryLines(plan, left, sheet) : []);
};

const summaryLines = (plan: readonly PlannedChange[], left: readonly unknown[], sheet: Layout): readonly string[] =>
  plan.length === 0 && left.length === 0 ? [] : paragraph(sheet, 0, { text: planSummary(plan, left), paint: sheet.strong });

/**
 * One line for directly above the approval prompt: "6 changes: 1 creates a secret, 1 is billable; 2 manual steps remain". `left` are the
 * manual steps that remain.
 */
export const planSummary = (plan: readonly PlannedChange[], left: readonly unknown[]): string => {
  const risks = [
    [plan.filter(({ risk, secretPlace }) => risk === 'secret' || secretPlace !== undefined).length, 'creates a secret', 'create a secret'],
    [plan.filter(({ risk }) => risk === 'billing').length, 'is billable', 'are billable'],
    [plan.filter(({ risk }) => risk === 'hard-to-undo').length, 'is hard to undo', 'are hard to undo'],
    [plan.filter(({ risk }) => risk === 'weaker').length, 'protects less than it could', 'protect less than they could'],
  ] as const;
  const notes = risks.flatMap(([n, one, many]) => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`])).join(', ');
  const changes = plan.length === 0 ? 'Nothing to change' : counted(plan.length, 'change');
  const remain = left.length === 0 ? '' : `; ${counted(left.length, 'manual step')} ${left.length === 1 ? 'remains' : 'remain'}`;
  return `${changes}${notes === '' ? '' : `: ${notes}`}${remain}`;
};

export const planLines = (plan: readonly PlannedChange[], sheet: Layout, words: Pick<RenderContext, 'titles'>): readonly string[] => {
  const column = 4 + String(plan.length).length;
  return plan.flatMap((change, at) => {
    const notes = notesOf(change);
    return [
      ...(plan[at - 1]?.step === change.step ? [] : paragraph(sheet, 0, { text: titleOf(words, change.step), paint: sheet.strong })),
      ...hang(sheet, ` ${String(at + 1).padStart(column - 3)}. `, column, [{ text: change.summary }]),
      ...notes.flatMap(({ word, text }) =>
        hang(sheet, `${' '.repeat(column)}${sheet.warn(`${sheet.symbol('hand')}${word}:`)} `, noteColumn(sheet, column, word), [{ text }]),
      ),
    ];
  });
};

const noteColumn = (sheet: Layout, column: number, word: string): number => column + sheet.symbol('hand').length + word.length + 2;

interface Note {
  readonly word: string;
  readonly text: string;
}

const generic: Readonly<Record<Exclude<Risk, 'none'>, Note>> = {
  billing: { word: 'billing', text: 'it may change what this account costs.' },
  'hard-to-undo': { word: 'hard to undo', text: 'review it before you approve.' },
  secret: { word: 'secret', text: 'it is stored only in the place you chose.' },
  weaker: { word: 'weaker', text: 'it protects the account less than it could.' },
};

/** More specific notes for some operations. */
const special: Readonly<Record<string, Note>> = {
  'organizations:CreateOrganization': {
    word: 'billing',
    text: 'it ends a Free plan: Free Tier credits expire immediately, and no more can be earned.',
  },
  'organizations:CreateAccount': { word: 'hard to undo', text: 'an account can be closed later, but not simply deleted.' },
  'iam:CreateAccountAlias': { word: 'hard to undo', text: 'the sign-in link of the old alias stops working.' },
  'iam:DeleteAccountAlias': { word: 'hard to undo', text: 'the sign-in link with the alias stops working.' },
  'iam:DeleteUser': { word: 'hard to undo', text: 'no one can sign in as this user any more.' },
  'organizations:DeleteOrganization': { word: 'hard to undo', text: 'a Free plan that it ended does not come back.' },
  'iam:EnableMFADevice': { word: 'weaker', text: 'the second factor is stored with the password, so it protects less.' },
};

const notesOf = (change: PlannedChange): readonly Note[] => {
  const { secretPlace } = change;
  const note = riskNote(change);
  if (secretPlace === undefined) return note === null ? [] : [note];
  // The text is a value: it may come from a file of someone else.
  const secret: Note = { word: 'secret', text: `it goes only to ${secretPlace}.` };
  return note === null || change.risk === 'secret' ? [secret] : [note, secret];
};

const riskNote = ({ risk, calls }: PlannedChange): Note | null => {
  if (risk === 'none') return null;
  return calls.map((call) => special[call]).find((note) => note?.word === generic[risk].word) ?? generic[risk];
};

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The planned changes in member accounts, shown before approval. Pure; for stderr. */
export const renderOrganizationPlan = (
  plan: readonly PlannedChange[],
  accounts: readonly Named[],
  look: TextStyle,
  { summary = true, ...words }: PlanContext,
): string => {
  const sheet = layoutOf(look);
  const changing = new Set(plan.map(({ accountId }) => accountId)).size;
  return pageOf(
    [sheet.strong(`Plan: ${counted(plan.length, 'change')} in ${counted(changing, 'member account')}`)],
    ...organizationPlan(plan, accounts, sheet, words),
    summary ? summaryLines(plan, [], sheet) : [],
  );
};

/** One block per account with changes. */
export const organizationPlan = (
  plan: readonly PlannedChange[],
  accounts: readonly Named[],
  sheet: Layout,
  words: Pick<RenderContext, 'titles'>,
): readonly (readonly string[])[] =>
  accounts.flatMap((account) => {
    const own = plan.filter(({ accountId }) => accountId === account.id);
    return own.length === 0 ? [] : [[accountHeading(account, sheet), ...planLines(own, sheet, words)]];
  });

export const accountHeading = ({ id, name }: Named, sheet: Layout): string =>
  sheet.strong(fill([{ text: `${id} (${name})` }], sheet.width).join('\n'));
