import type { ErrorInfo } from '../core/errors.js';
import { type AccountReport, remainingSteps, type Result, type RunReport, type StepReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { changedWords, errorFacts, errorMessage, nextLine, sentence } from './error-text.js';
import { command, hang, labelColumn, labelled, type Layout, padTo, pageOf, paragraph, type SymbolName, widthOf } from './layout.js';
import { accountHeading, organizationPlan, planLines } from './plan.js';
import { initNext, initVerdict, isUnchanged } from './verdict.js';
import { accountLine, type RenderContext, stepLabels, stepWords, titleOf } from './words.js';

/**
 * The table of `init`: the verdict; one line per step in run order, with the error of one that failed (the plan has listed the changes); the
 * remaining manual steps; account details; and last what to do next. A run that changed nothing reports that in one line.
 */
export const initTable = (report: RunReport, sheet: Layout, words: RenderContext): string => {
  const left = remainingSteps(report.results);
  const quiet = isUnchanged(report);
  const next = words.next ?? initNext(report, words, left.length);
  return pageOf(
    head(report, sheet, words),
    report.error ? errorLines(report, sheet) : [],
    ...(words.dryRun
      ? report.accounts === undefined
        ? [planLines(report.plan ?? [], sheet)]
        : organizationPlan(report.plan ?? [], report.accounts, sheet)
      : []),
    ...(words.dryRun || quiet
      ? []
      : report.accounts === undefined
        ? [stepLines(report, sheet, words, next)]
        : accountBlocks(report, sheet, words, next)),
    unreadLines(report, sheet),
    remainingLines(report.accounts === undefined ? left : left.map(withAccount), sheet, report.target === 'sandbox'),
    words.dryRun || quiet ? [] : recapLines(report, sheet),
    nextLine(sheet, next),
  );
};

const head = (report: RunReport, sheet: Layout, words: RenderContext): readonly string[] => {
  const { symbol, paint, word, text } = initVerdict(report, words);
  const lead = `${sheet.symbol(symbol)}${word}`;
  const columns = widthOf(lead) + 2;
  return [
    ...hang(sheet, `${sheet[paint](lead)}  `, columns, [{ text, paint: sheet.strong }]),
    ...(report.account === null || isUnchanged(report)
      ? []
      : paragraph(sheet, columns, { text: accountLine(report.account, report.target), paint: sheet.dim })),
  ];
};

export const errorLines = (report: RunReport, sheet: Layout): readonly string[] => {
  const { error } = report;
  if (!error) return [];
  return [
    ...errorMessage(sheet, 2, error),
    ...(error.changed === false ? [] : paragraph(sheet, 2, { text: sentence(changedWords(error, 'the planned changes')) })),
    ...errorFacts(sheet, 2, error),
  ];
};

/** One block per account in which something changed or failed. */
const accountBlocks = (report: RunReport, sheet: Layout, words: RenderContext, next: string): readonly (readonly string[])[] =>
  (report.accounts ?? []).flatMap((account) => {
    const steps = (report.steps ?? []).filter(({ accountId, status }) => accountId === account.id && status !== 'unchanged');
    return steps.length === 0 ? [] : [[accountHeading(account, sheet), ...stepLines({ ...report, steps }, sheet, words, next)]];
  });

/** Puts the account before the reason, for runs over several accounts. */
const withAccount = <T extends Pick<Result, 'accountId' | 'reason'>>(result: T): T => ({
  ...result,
  reason: `${result.accountId}: ${result.reason}`,
});

export const stepLines = (report: RunReport, sheet: Layout, words: RenderContext, next: string): readonly string[] => {
  const steps = report.steps ?? [];
  const longest = Math.max(0, ...steps.map(({ id }) => widthOf(plain(titleOf(words, id)))));
  return steps.flatMap((step) => {
    const { symbol, paint } = stepLabels[step.status];
    const lead = sheet.symbol(symbol);
    const title = plain(titleOf(words, step.id));
    const strong = step.status === 'skipped' ? sheet.dim : sheet.strong;
    const status = [{ text: stepWords(step, report), paint: sheet[paint] }];
    const column = 2 + widthOf(lead) + longest + 2;
    return [
      ...(sheet.accessible || sheet.width - column < 24
        ? hang(sheet, `  ${sheet[paint](lead)}`, 2 + widthOf(lead), [{ text: `${title}:`, paint: strong }, ...status])
        : hang(sheet, `  ${sheet[paint](lead)}${strong(title)}${padTo('', longest + 2 - widthOf(title))}`, column, status)),
      ...stepError(report, step, sheet, 2 + widthOf(sheet.symbol(symbol)), next),
    ];
  });
};

/** Why a step did not finish, or what it postponed. */
const stepError = (report: RunReport, step: StepReport, sheet: Layout, column: number, next: string): readonly string[] => {
  const line = (text: string): readonly string[] => paragraph(sheet, column, { text });
  const { error } = step;
  if (step.status === 'blocked' && error === null) return line('It depends on a step that failed.');
  if (error === null) return step.status === 'failed' ? line('It did not finish.') : [];
  // The error that stopped the run is already shown at the top.
  if (report.error?.code === error.code && report.error.step === step.id) return [];
  return [
    ...errorMessage(sheet, column, error),
    // The error of a manual step names what was postponed; the other changes of the step are applied.
    ...(step.status === 'failed' ? line(`${changedWords(error, 'these changes')}.`) : []),
    // The last line of the report and the remaining manual steps repeat nothing.
    ...(error.next === next || step.status === 'manual'
      ? []
      : hang(sheet, `${' '.repeat(column)}${sheet.strong('Next:')} `, column + 6, [{ text: sentence(error.next) }])),
    ...errorFacts(sheet, column, error),
  ];
};

/** Desired items that could not be read are neither done nor remaining, so they get their own list. */
const unreadLines = (report: RunReport, sheet: Layout): readonly string[] => {
  const unread = report.results
    .filter(({ kind, status }) => kind === 'wanted' && status === 'unknown')
    .map((result) => (report.accounts === undefined ? result : withAccount(result)));
  if (unread.length === 0) return [];
  return [
    sheet.strong('Could not be read'),
    ...unread.flatMap((result: Result) => [
      ...hang(sheet, `  ${sheet.warn(`${sheet.symbol('unknown')}unknown`)}  `, 11 + widthOf(sheet.symbol('unknown')), [
        { text: result.id, paint: sheet.strong },
      ]),
      ...paragraph(sheet, 11 + widthOf(sheet.symbol('unknown')), {
        text: result.missingPermission === null ? result.reason : `${result.reason} Allow ${result.missingPermission}.`,
      }),
    ]),
  ];
};

const isCommand = (value: string): boolean => /^`[^`]+`$/.test(value);

/** Labels and values, in two columns if they fit. */
const recapLines = (report: RunReport, sheet: Layout): readonly string[] => {
  const recap = report.recap ?? [];
  if (recap.length === 0) return [];
  const longest = Math.max(0, ...recap.flatMap(({ label, value }) => (isCommand(value) ? [] : [widthOf(plain(label))])));
  const beside = !sheet.accessible && longest <= 32 && sheet.width - longest >= 34;
  return [
    sheet.strong('Account details'),
    ...recap.flatMap(({ label, value }) =>
      isCommand(value)
        ? // Never wrapped: a shell would run the first half of a broken command.
          [...paragraph(sheet, 2, { text: `${label}:`, paint: sheet.dim }), `    ${sheet.strong(plain(value.slice(1, -1)))}`]
        : beside
          ? hang(sheet, `  ${labelColumn(label, longest + 2, sheet.dim)}`, longest + 4, [{ text: value }])
          : [...paragraph(sheet, 2, { text: `${label}:`, paint: sheet.dim }), ...paragraph(sheet, 4, { text: value })],
    ),
  ];
};

/** How a command ended: a word, its colour, and a short text. */
export interface Ending {
  readonly symbol: SymbolName;
  readonly paint: 'good' | 'bad' | 'warn';
  readonly word: string;
  readonly text: string;
}

interface Outcome {
  readonly account: AccountReport | null;
  readonly target: string;
  readonly error?: ErrorInfo;
}

/** The first lines of the `keys` and `accounts` tables: the outcome, the account, the error, and what was done. */
export const outcomeLines = (
  sheet: Layout,
  { account, target, error }: Outcome,
  { symbol, paint, word, text }: Ending,
  done: readonly string[],
): readonly (readonly string[])[] => {
  const lead = `${sheet.symbol(symbol)}${word}`;
  const tick = sheet.symbol('good');
  return [
    [
      ...hang(sheet, `${sheet[paint](lead)}  `, widthOf(lead) + 2, [{ text, paint: sheet.strong }]),
      ...(account === null ? [] : paragraph(sheet, 2, { text: accountLine(account, target), paint: sheet.dim })),
    ],
    error === undefined ? [] : [...errorMessage(sheet, 2, error), ...errorFacts(sheet, 2, error)],
    done.flatMap((what) => hang(sheet, `  ${sheet.good(tick)}`, 2 + widthOf(tick), [{ text: what }])),
  ];
};

/** The ending of a command that failed or was stopped. */
export const unfinished = (name: string, code: number): Ending => ({
  symbol: 'bad',
  paint: 'bad',
  word: code === 130 || code === 143 ? 'STOPPED' : 'FAILED',
  text: name,
});

type RemainingItem = Pick<Result, 'id' | 'reason' | 'remediation'>;

/** A practice account has no console, and a link would open a real one; a command of the AWS CLI would act on a real account. */
const needsConsole = (remediation: Result['remediation']): boolean =>
  (remediation?.url ?? null) !== null || (remediation?.instructions ?? '').includes('`aws ');
const practiceHeading = 'Remaining manual steps (a practice account has no console)';

/** The manual steps, numbered, each with reason, instructions and link. */
const remainingLines = (left: readonly RemainingItem[], sheet: Layout, practice = false): readonly string[] => {
  if (left.length === 0) return [];
  const column = 4 + String(left.length).length;
  return [
    sheet.strong(practice ? practiceHeading : 'Remaining manual steps'),
    ...left.flatMap(({ id, reason, remediation }, at) => {
      const number = `${String(at + 1).padStart(column - 3)}. `;
      const { instructions = null, command: run = null, url = null } = (practice && needsConsole(remediation) ? null : remediation) ?? {};
      return [
        ...hang(sheet, ` ${number}`, column, [{ text: reason }, { text: `(${id})`, paint: sheet.dim }]),
        ...(instructions === null ? [] : labelled(sheet, column, 'do', instructions)),
        ...(run === null ? [] : command(sheet, column, instructions === null ? 'do' : 'run', run)),
        ...(url === null ? [] : labelled(sheet, column, 'see', url, sheet.dim, sheet.link(url))),
      ];
    }),
  ];
};
