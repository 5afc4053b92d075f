import type { ErrorInfo } from '../core/errors.js';
import { type AccountReport, type PlannedChange, remainingSteps, type Result, type RunReport, type StepReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { changedWords, errorFacts, errorMessage, nextLine, sentence } from './error-text.js';
import { hang, labelColumn, type Layout, padTo, pageOf, paragraph, type SymbolName, widthOf } from './layout.js';
import { remainingLines } from './left.js';
import { accountHeading, organizationPlan, planLines } from './plan.js';
import { initNext, initVerdict, isUnchanged } from './verdict.js';
import { accountLine, type RenderContext, stepLabels, titleOf } from './words.js';

/**
 * The table of `init`: the verdict; each step in run order with its changes or its error; the remaining manual steps; account details;
 * and last what to do next. A run that changed nothing reports that in one line.
 */
export const initTable = (report: RunReport, sheet: Layout, words: RenderContext): string => {
  const left = remainingSteps(report.results);
  const quiet = isUnchanged(report);
  return pageOf(
    head(report, sheet, words),
    report.error ? errorLines(report, sheet) : [],
    ...(words.dryRun
      ? report.accounts === undefined
        ? [planLines(report.plan ?? [], sheet, words)]
        : organizationPlan(report.plan ?? [], report.accounts, sheet, words)
      : []),
    ...(words.dryRun || quiet
      ? []
      : report.accounts === undefined
        ? [stepLines(report, sheet, words)]
        : accountBlocks(report, sheet, words)),
    unreadLines(report, sheet),
    remainingLines(report.accounts === undefined ? left : left.map(withAccount), sheet),
    words.dryRun || quiet ? [] : recapLines(report, sheet),
    nextLine(sheet, words.next ?? initNext(report, words, left.length)),
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
const accountBlocks = (report: RunReport, sheet: Layout, words: RenderContext): readonly (readonly string[])[] =>
  (report.accounts ?? []).flatMap((account) => {
    const steps = (report.steps ?? []).filter(({ accountId, status }) => accountId === account.id && status !== 'unchanged');
    const plan = (report.plan ?? []).filter(({ accountId }) => accountId === account.id);
    return steps.length === 0 ? [] : [[accountHeading(account, sheet), ...stepLines({ ...report, steps, plan }, sheet, words)]];
  });

/** Puts the account before the reason, for runs over several accounts. */
const withAccount = <T extends Pick<Result, 'accountId' | 'reason'>>(result: T): T => ({
  ...result,
  reason: `${result.accountId}: ${result.reason}`,
});

const wordColumn = 'unchanged'.length;

export const stepLines = (report: RunReport, sheet: Layout, words: RenderContext): readonly string[] =>
  (report.steps ?? []).flatMap((step) => {
    const { word, symbol, paint } = stepLabels[step.status];
    const lead = `${sheet.symbol(symbol)}${word}`;
    const column = widthOf(sheet.symbol(symbol)) + wordColumn + 4;
    const title = [{ text: titleOf(words, step.id), paint: step.status === 'skipped' ? sheet.dim : sheet.strong }];
    return [
      ...hang(sheet, `  ${sheet[paint](lead)}${padTo('', column - 2 - widthOf(lead))}`, column, title),
      ...stepDetails(report, step, sheet, column),
    ];
  });

const stepDetails = (report: RunReport, step: StepReport, sheet: Layout, column: number): readonly string[] => {
  const changes = (report.plan ?? []).filter((change) => change.step === step.id);
  const bullets = changes.flatMap((change) => bullet(sheet, column, change));
  const line = (text: string): readonly string[] => paragraph(sheet, column, { text });
  if (step.status === 'unchanged' || step.status === 'skipped') return [];
  if ((step.status === 'done' || step.status === 'manual') && step.error === null)
    return [
      ...bullets,
      ...(step.verified || changes.length === 0 ? [] : paragraph(sheet, column, { text: notVerified, paint: sheet.warn })),
    ];
  const { error } = step;
  if (error === null)
    return [
      ...line(step.status === 'blocked' ? 'It depends on a step that failed.' : 'It did not finish.'),
      ...(changes.length === 0 ? [] : line(step.status === 'blocked' ? 'Not applied:' : 'Planned:')),
      ...bullets,
    ];
  // The error that stopped the run is already shown at the top.
  const shown = report.error?.code === error.code && report.error.step === step.id;
  const these = changes.length === 1 ? 'this change' : 'these changes';
  return [
    ...(shown ? [] : errorMessage(sheet, column, error)),
    // The error of a manual step names what was postponed; the other changes of the step are applied.
    ...(changes.length === 0 || step.status === 'manual'
      ? []
      : [...line(`${step.status === 'failed' ? changedWords(error, these) : 'Not applied'}:`), ...bullets]),
    ...(shown
      ? []
      : [
          ...hang(sheet, `${' '.repeat(column)}${sheet.strong('Next:')} `, column + 6, [{ text: sentence(error.next) }]),
          ...errorFacts(sheet, column, error),
        ]),
  ];
};

const notVerified = 'Sent, but AWS does not show it yet.';

const bullet = (sheet: Layout, column: number, { summary }: PlannedChange): readonly string[] =>
  hang(sheet, `${' '.repeat(column)}- `, column + 2, [{ text: summary }]);

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
export const unfinished = (command: string, code: number): Ending => ({
  symbol: 'bad',
  paint: 'bad',
  word: code === 130 || code === 143 ? 'STOPPED' : 'FAILED',
  text: command,
});
