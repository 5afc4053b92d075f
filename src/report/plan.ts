import type { Risk } from '../core/finding.js';
import type { PlannedChange } from '../core/report.js';
import type { TextStyle } from '../core/text.js';
import { fill, hang, type Layout, layoutOf, pageOf, paragraph } from './layout.js';
import { counted } from './words.js';

interface PlanContext {
  /** Whether the first line sums up the plan. Default: true; false if the approval prompt does. */
  readonly summary?: boolean;
  /** The user's home folder, which is shortened to `~`. */
  readonly home?: string;
}

/**
 * The plan, shown before approval: numbered changes with a note on each risk. The manual steps that remain are only counted; the report
 * lists them after the run. Pure; for stderr.
 */
export const renderPlan = (
  plan: readonly PlannedChange[],
  left: readonly unknown[],
  style: TextStyle,
  { summary = true, home }: PlanContext = {},
): string => {
  const layout = layoutOf(style);
  const steps = new Set(plan.map(({ step }) => step)).size;
  const head = plan.length === 0 ? 'Plan: nothing to change' : `Plan: ${counted(plan.length, 'change')} in ${counted(steps, 'step')}`;
  return pageOf([...headLines(head, summary ? notesAndRest(plan, left) : [], layout), ...planLines(plan, layout, home)]);
};

const headLines = (head: string, more: readonly string[], layout: Layout): readonly string[] =>
  paragraph(layout, 0, { text: [head, ...more].join('; '), paint: layout.strong });

/**
 * One line for directly above the approval prompt: "6 changes: 1 creates a secret, 1 is billable; 2 manual steps remain". `left` are the
 * manual steps that remain.
 */
export const planSummary = (plan: readonly PlannedChange[], left: readonly unknown[]): string => {
  const changes = plan.length === 0 ? 'Nothing to change' : counted(plan.length, 'change');
  const risks = riskCounts(plan);
  return [risks === '' ? changes : `${changes}: ${risks}`, ...remaining(left)].join('; ');
};

const notesAndRest = (plan: readonly PlannedChange[], left: readonly unknown[]): readonly string[] =>
  [riskCounts(plan), ...remaining(left)].filter((part) => part !== '');

const riskCounts = (plan: readonly PlannedChange[]): string => {
  const risks = [
    [plan.filter(({ risk, secretPlace }) => risk === 'secret' || secretPlace !== undefined).length, 'creates a secret', 'create a secret'],
    [plan.filter(({ risk }) => risk === 'billing').length, 'is billable', 'are billable'],
    [plan.filter(({ risk }) => risk === 'hard-to-undo').length, 'is hard to undo', 'are hard to undo'],
    [plan.filter(({ risk }) => risk === 'weaker').length, 'protects less than it could', 'protect less than they could'],
  ] as const;
  return risks.flatMap(([n, one, many]) => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`])).join(', ');
};

const remaining = (left: readonly unknown[]): readonly string[] =>
  left.length === 0 ? [] : [`${counted(left.length, 'manual step')} ${left.length === 1 ? 'remains' : 'remain'}`];

/** Each change; the first one of a step names the step as `--skip` does, and the first secret of a place names the place. */
export const planLines = (plan: readonly PlannedChange[], layout: Layout, home?: string): readonly string[] => {
  const column = 4 + String(plan.length).length;
  const places = new Set<string>();
  return plan.flatMap((change, at) => {
    const notes = notesOf(change, places, home);
    const step = plan[at - 1]?.step === change.step ? [] : [{ text: `(${change.step})`, paint: layout.dim }];
    return [
      ...hang(layout, ` ${String(at + 1).padStart(column - 3)}. `, column, [{ text: change.summary }, ...step]),
      ...notes.flatMap(({ word, text }) =>
        hang(layout, `${' '.repeat(column)}${layout.warn(`${layout.symbol('hand')}${word}:`)} `, noteColumn(layout, column, word), [
          { text },
        ]),
      ),
    ];
  });
};

const noteColumn = (layout: Layout, column: number, word: string): number => column + layout.symbol('hand').length + word.length + 2;

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

const promotes: Note = {
  word: 'weaker',
  text: 'anyone who has a password or an access key of this existing user becomes an administrator.',
};

/** More specific notes for some operations. */
const special: Readonly<Record<string, Note>> = {
  'organizations:CreateOrganization': {
    word: 'billing',
    text: 'it ends a Free plan, and no more credits can be earned.',
  },
  'organizations:CreateAccount': { word: 'hard to undo', text: 'an account can be closed later, but not simply deleted.' },
  'iam:CreateAccountAlias': { word: 'hard to undo', text: 'the sign-in link of the old alias stops working.' },
  'iam:DeleteAccountAlias': { word: 'hard to undo', text: 'the sign-in link with the alias stops working.' },
  'iam:DeleteUser': { word: 'hard to undo', text: 'no one can sign in as this user any more.' },
  'organizations:DeleteOrganization': { word: 'hard to undo', text: 'a Free plan that it ended does not come back.' },
  'iam:AddUserToGroup': promotes,
  'iam:AttachGroupPolicy': promotes,
  'iam:EnableMFADevice': { word: 'weaker', text: 'one place holds both factors, which protects less.' },
};

const notesOf = (change: PlannedChange, places: Set<string>, home: string | undefined): readonly Note[] => {
  const { secretPlace } = change;
  const note = riskNote(change);
  if (secretPlace === undefined) return note === null ? [] : [note];
  // The text is a value: it may come from a file of someone else.
  const secret: Note = { word: 'secret', text: `goes only to ${home === undefined ? secretPlace : secretPlace.replace(`${home}/`, '~/')}` };
  if (places.has(secretPlace)) return [note ?? { ...secret, text: 'goes to the same place' }];
  places.add(secretPlace);
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
  style: TextStyle,
  { summary = true }: PlanContext = {},
): string => {
  const layout = layoutOf(style);
  const changing = new Set(plan.map(({ accountId }) => accountId)).size;
  const head = `Plan: ${counted(plan.length, 'change')} in ${counted(changing, 'member account')}`;
  return pageOf(headLines(head, summary ? notesAndRest(plan, []) : [], layout), ...organizationPlan(plan, accounts, layout));
};

/** One block per account with changes. */
export const organizationPlan = (
  plan: readonly PlannedChange[],
  accounts: readonly Named[],
  layout: Layout,
): readonly (readonly string[])[] =>
  accounts.flatMap((account) => {
    const own = plan.filter(({ accountId }) => accountId === account.id);
    return own.length === 0 ? [] : [[accountHeading(account, layout), ...planLines(own, layout)]];
  });

export const accountHeading = ({ id, name }: Named, layout: Layout): string =>
  layout.strong(fill([{ text: `${id} (${name})` }], layout.width).join('\n'));
