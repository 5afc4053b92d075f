import { answeredLabel, remainingSteps, type Result, type RunReport, skippedLabel, type StepReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { changedWords, errorFacts, errorMessage, nextLine, sentence } from './error-text.js';
import { command, hang, labelColumn, labelled, type Layout, padTo, pageOf, paragraph, widthOf } from './layout.js';
import { accountHeading, organizationPlan, planLines } from './plan.js';
import { initNext, initVerdict, isUnchanged, verdictLead } from './verdict.js';
import { accountLine, type RenderContext, stepLabels, stepWords, titleOf } from './words.js';

/**
 * The table of `init`: the verdict; one line per step in run order, with the error of one that failed (the plan has listed the changes); the
 * remaining manual steps; account details; and last what to do next. A run that changed nothing reports that in one line.
 */
export const initTable = (report: RunReport, layout: Layout, words: RenderContext): string => {
  const left = remainingSteps(report.results);
  const quiet = isUnchanged(report);
  const next = words.next ?? initNext(report, words, left.length);
  return pageOf(
    head(report, layout, words),
    report.error ? errorLines(report, layout) : [],
    ...(words.dryRun
      ? report.accounts === undefined
        ? [planLines(report.plan ?? [], layout)]
        : organizationPlan(report.plan ?? [], report.accounts, layout)
      : []),
    ...(words.dryRun || quiet
      ? []
      : report.accounts === undefined
        ? [stepLines(report, layout, words, next)]
        : accountBlocks(report, layout, words, next)),
    unreadLines(report, layout),
    remainingLines(report.accounts === undefined ? left : left.map(withAccount), layout, next, report.target === 'sandbox'),
    words.dryRun ? [] : recapLines(report, layout, quiet),
    nextLine(layout, next),
  );
};

const head = (report: RunReport, layout: Layout, words: RenderContext): readonly string[] => {
  const verdict = initVerdict(report, words);
  const { lead, columns } = verdictLead(verdict, layout);
  return [
    ...hang(layout, lead, columns, [{ text: verdict.text, paint: layout.strong }]),
    ...(report.account === null || isUnchanged(report)
      ? []
      : paragraph(layout, columns, { text: accountLine(report.account, report.target), paint: layout.dim })),
  ];
};

export const errorLines = (report: RunReport, layout: Layout): readonly string[] => {
  const { error } = report;
  if (!error) return [];
  return [
    ...errorMessage(layout, 2, error),
    ...(error.changed === false ? [] : paragraph(layout, 2, { text: sentence(changedWords(error, 'the planned changes')) })),
    ...errorFacts(layout, 2, error),
  ];
};

/** One block per account in which something changed or failed. */
const accountBlocks = (report: RunReport, layout: Layout, words: RenderContext, next: string): readonly (readonly string[])[] =>
  (report.accounts ?? []).flatMap((account) => {
    const steps = (report.steps ?? []).filter(({ accountId, status }) => accountId === account.id && status !== 'unchanged');
    return steps.length === 0 ? [] : [[accountHeading(account, layout), ...stepLines({ ...report, steps }, layout, words, next)]];
  });

/** Puts the account before the reason, for runs over several accounts. */
const withAccount = <T extends Pick<Result, 'accountId' | 'reason'>>(result: T): T => ({
  ...result,
  reason: `${result.accountId}: ${result.reason}`,
});

export const stepLines = (report: RunReport, layout: Layout, words: RenderContext, next: string): readonly string[] => {
  const steps = report.steps ?? [];
  const longest = Math.max(0, ...steps.map(({ id }) => widthOf(plain(titleOf(words, id)))));
  return steps.flatMap((step) => {
    const { symbol, paint } = stepLabels[step.status];
    const lead = layout.symbol(symbol);
    const title = plain(titleOf(words, step.id));
    const strong = step.status === 'skipped' ? layout.dim : layout.strong;
    const status = [{ text: stepWords(step, report), paint: layout[paint] }];
    const column = 2 + widthOf(lead) + longest + 2;
    return [
      ...(layout.accessible || layout.width - column < 24
        ? hang(layout, `  ${layout[paint](lead)}`, 2 + widthOf(lead), [{ text: `${title}:`, paint: strong }, ...status])
        : hang(layout, `  ${layout[paint](lead)}${strong(title)}${padTo('', longest + 2 - widthOf(title))}`, column, status)),
      ...stepError(report, step, layout, 2 + widthOf(layout.symbol(symbol)), next),
    ];
  });
};

/** Why a step did not finish. What it postponed is among the remaining manual steps. */
const stepError = (report: RunReport, step: StepReport, layout: Layout, column: number, next: string): readonly string[] => {
  const line = (text: string): readonly string[] => paragraph(layout, column, { text });
  const { error } = step;
  if (step.status === 'blocked' && error === null) return line('It depends on a step that failed.');
  if (step.status === 'manual') return [];
  if (error === null) return step.status === 'failed' ? line('It did not finish.') : [];
  // The error that stopped the run is already shown at the top.
  if (report.error?.code === error.code && report.error.step === step.id) return [];
  return [
    ...errorMessage(layout, column, error),
    ...(step.status === 'failed' ? line(`${changedWords(error, 'these changes')}.`) : []),
    // The last line of the report repeats nothing.
    ...(error.next === next
      ? []
      : hang(layout, `${' '.repeat(column)}${layout.strong('Next:')} `, column + 6, [{ text: sentence(error.next) }])),
    ...errorFacts(layout, column, error),
  ];
};

/** Desired items that could not be read are neither done nor remaining, so they get their own list. */
const unreadLines = (report: RunReport, layout: Layout): readonly string[] => {
  const unread = report.results
    .filter(({ kind, status }) => kind === 'wanted' && status === 'unknown')
    .map((result) => (report.accounts === undefined ? result : withAccount(result)));
  if (unread.length === 0) return [];
  return [
    layout.strong('Could not be read'),
    ...unread.flatMap((result: Result) => [
      ...hang(layout, `  ${layout.warn(`${layout.symbol('unknown')}unknown`)}  `, 11 + widthOf(layout.symbol('unknown')), [
        { text: result.id, paint: layout.strong },
      ]),
      ...paragraph(layout, 11 + widthOf(layout.symbol('unknown')), {
        text: result.missingPermission === null ? result.reason : `${result.reason} Allow ${result.missingPermission}.`,
      }),
    ]),
  ];
};

const isCommand = (value: string): boolean => /^`[^`]+`$/.test(value);

/** Labels and values, in two columns if they fit. A run that changed nothing lists only what was answered or skipped. */
const recapLines = (report: RunReport, layout: Layout, quiet: boolean): readonly string[] => {
  const recap = (report.recap ?? []).filter(({ label }) => !quiet || label === skippedLabel || label === answeredLabel);
  if (recap.length === 0) return [];
  const longest = Math.max(0, ...recap.flatMap(({ label, value }) => (isCommand(value) ? [] : [widthOf(plain(label))])));
  const beside = !layout.accessible && longest <= 32 && layout.width - longest >= 34;
  return [
    layout.strong('Account details'),
    ...recap.flatMap(({ label, value }) =>
      isCommand(value)
        ? // Never wrapped: a shell would run the first half of a broken command.
          [...paragraph(layout, 2, { text: `${label}:`, paint: layout.dim }), `    ${layout.strong(plain(value.slice(1, -1)))}`]
        : beside
          ? hang(layout, `  ${labelColumn(label, longest + 2, layout.dim)}`, longest + 4, [{ text: value }])
          : [...paragraph(layout, 2, { text: `${label}:`, paint: layout.dim }), ...paragraph(layout, 4, { text: value })],
    ),
  ];
};

type RemainingItem = Pick<Result, 'id' | 'reason' | 'remediation'>;

/** A practice account has no console, and a link would open a real one; a command of the AWS CLI would act on a real account. */
const needsConsole = (remediation: Result['remediation']): boolean =>
  (remediation?.url ?? null) !== null || (remediation?.instructions ?? '').includes('`aws ');
const practiceHeading = 'Remaining manual steps (a practice account has no console)';

/** The manual steps, numbered, each with reason, instructions and link. */
const remainingLines = (left: readonly RemainingItem[], layout: Layout, next: string, practice: boolean): readonly string[] => {
  if (left.length === 0) return [];
  const column = 4 + String(left.length).length;
  return [
    layout.strong(practice ? practiceHeading : 'Remaining manual steps'),
    ...left.flatMap(({ id, reason, remediation }, at) => {
      const number = `${String(at + 1).padStart(column - 3)}. `;
      const {
        instructions: all = null,
        command: run = null,
        url = null,
      } = (practice && needsConsole(remediation) ? null : remediation) ?? {};
      // The last line of the report repeats nothing.
      const instructions = all !== null && next.toLowerCase().startsWith(all.toLowerCase()) ? null : all;
      return [
        ...hang(layout, ` ${number}`, column, [{ text: reason }, { text: `(${id})`, paint: layout.dim }]),
        ...(instructions === null ? [] : labelled(layout, column, 'do', instructions)),
        ...(run === null ? [] : command(layout, column, instructions === null ? 'do' : 'run', run)),
        ...(url === null ? [] : labelled(layout, column, 'see', url, layout.dim, layout.link(url))),
      ];
    }),
  ];
};
