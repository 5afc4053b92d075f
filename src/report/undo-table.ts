import type { KeptThing, RunReport } from '../core/report.js';
import { plain, type TextStyle } from '../core/text.js';
import { nextLine, sentence } from './error-text.js';
import { errorLines, stepLines } from './init-table.js';
import { hang, type Layout, layoutOf, pageOf, paragraph } from './layout.js';
import { planLines } from './plan.js';
import { type Verdict, verdictLead } from './verdict.js';
import { accountLine, counted, exitMeaning, type RenderContext, titleOf } from './words.js';

/** The table of `undo`: the verdict, each step with what was removed, what stays and why, and what to do next. */
export const undoTable = (report: RunReport, layout: Layout, words: RenderContext): string => {
  const plan = report.plan ?? [];
  const verdict = undoVerdict(report, words);
  const { lead, columns } = verdictLead(verdict, layout);
  return pageOf(
    [
      ...hang(layout, lead, columns, [{ text: verdict.text, paint: layout.strong }]),
      ...(report.account === null
        ? []
        : paragraph(layout, columns, { text: accountLine(report.account, report.target), paint: layout.dim })),
    ],
    report.error ? errorLines(report, layout) : [],
    unreadLines(report, layout, words),
    words.dryRun ? planLines(plan, layout) : plan.length === 0 ? [] : stepLines(report, layout, words, undoNext(report, words)),
    words.keptShown === true ? [] : keptLines(report.kept ?? [], layout),
    nextLine(layout, undoNext(report, words)),
  );
};

export const undoVerdict = (report: RunReport, words: RenderContext): Verdict => {
  const { exit, plan = [], kept = [] } = report;
  const stay =
    kept.length === 0
      ? ''
      : ` ${counted(kept.length, 'thing')} ${kept.length === 1 ? 'stays' : 'stay'}${words.keptShown === true ? ' (see the list above)' : ''}.`;
  if (report.error)
    return {
      symbol: 'bad',
      paint: 'bad',
      word: 'STOPPED',
      text: report.apiCalls.writes === 0 ? 'Nothing was changed.' : 'The undo did not finish.',
    };
  if (exit.code !== 0 && exit.code !== 5)
    return { symbol: 'bad', paint: 'bad', word: 'NOT DONE', text: `The undo did not finish: ${exitMeaning(report)}.` };
  if (words.dryRun && plan.length > 0)
    return { symbol: 'good', paint: 'good', word: 'PLAN', text: `${counted(plan.length, 'change')} would be made.${stay}` };
  const text = plan.length === 0 ? 'There is nothing to remove.' : `${counted(plan.length, 'change')} made and verified.`;
  return exit.code === 5
    ? { symbol: 'hand', paint: 'warn', word: 'MANUAL', text: `${text}${stay}` }
    : { symbol: 'good', paint: 'good', word: 'DONE', text: `${text}${stay}` };
};

/** Steps that were not planned because what they would remove could not be read. */
const unreadLines = ({ steps = [], plan = [], exit }: RunReport, layout: Layout, words: RenderContext): readonly string[] =>
  exit.code === 0 || exit.code === 5
    ? []
    : steps
        // The list of steps, if there is one, has the errors.
        .filter(({ status, error }) => (error === null ? status === 'unchanged' : words.dryRun === true || plan.length === 0))
        .filter(({ verified }) => !verified)
        .flatMap(({ id, error }) =>
          hang(layout, `  ${layout.symbol('unknown')}`, 4, [
            { text: `${titleOf(words, id)}: ${error === null ? 'could not be read' : sentence(plain(error.message))}` },
          ]),
        );

const keptLines = (kept: readonly KeptThing[], layout: Layout): readonly string[] =>
  kept.length === 0
    ? []
    : [
        layout.strong('Left in the account'),
        ...kept.flatMap(({ what, why, manual }) => [
          ...hang(layout, `  ${layout.symbol(manual === null ? 'off' : 'hand')}`, 4, [{ text: `${what}: ${sentence(why)}` }]),
          ...(manual === null ? [] : paragraph(layout, 4, { text: sentence(manual) })),
        ]),
      ];

/** What stays, shown with the plan before the approval. For stderr. */
export const keptText = (kept: readonly KeptThing[], style: TextStyle): string => pageOf(keptLines(kept, layoutOf(style)));

export const undoNext = (report: RunReport, { dryRun = false }: RenderContext): string => {
  const { error, exit, plan = [], kept = [] } = report;
  if (error !== undefined) return error.next;
  if (dryRun && plan.length > 0 && exit.code === 0) return 'run the same command without --dry-run.';
  // The list has the instructions.
  if (exit.code === 5 || (dryRun && exit.code === 0 && kept.some(({ manual }) => manual !== null)))
    return 'do the steps under "Left in the account", then run the same command again.';
  if (dryRun && exit.code === 0) return 'nothing.';
  if (exit.code !== 0) return report.steps?.find((step) => step.error !== null)?.error?.next ?? 'run the same command again.';
  return 'nothing. Profiles, the secrets file and authenticator entries on your devices are unchanged; delete them if you no longer need them.';
};
