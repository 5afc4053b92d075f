import { closest } from '../../config/suggest.js';
import { errorCodes } from '../../core/errors.js';
import type { Page, StepPages } from '../../core/explanation.js';
import type { AnyStep } from '../../core/step.js';
import { exitPages } from './exits.js';

/** Every page: steps in run order, then findings, errors by code, and exit codes. */
export const allPages = async (steps: readonly AnyStep[]): Promise<readonly Page[]> => {
  const explained = await Promise.all(steps.map(async (step) => ({ step, pages: await step.explain() })));
  return [...explained.map(stepPage), ...explained.flatMap(findingPages), ...errorAndExitPages()];
};

/** The ids of all pages, in the same order, without their texts. */
export const pageIds = (steps: readonly AnyStep[]): readonly string[] => [
  ...steps.map(({ id }) => id),
  ...steps.flatMap(({ findings }) => findings.map(({ id }) => id)),
  ...errorAndExitPages().map(({ id }) => id),
];

interface ExplainedStep {
  readonly step: AnyStep;
  readonly pages: StepPages;
}

const stepPage = ({ step, pages }: ExplainedStep): Page => ({
  ...pages.step,
  id: step.id,
  kind: 'step',
  title: step.title,
  facts: [whenAbsentLabels[step.whenAbsent]],
  references: step.findings.map(({ id, title }) => `${id}: ${title}`),
});

const findingPages = ({ step, pages }: ExplainedStep): readonly Page[] =>
  step.findings.map((finding) => ({
    ...(pages.findings[finding.id] ?? missingPage),
    id: finding.id,
    kind: 'finding',
    title: finding.title,
    facts: [finding.severity, kindLabels[finding.kind], `step ${step.id}`],
    references: finding.references,
  }));

const errorAndExitPages = (): readonly Page[] => [
  ...Object.entries(errorCodes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { exit, ...page }]): Page => ({ ...page, id: code, kind: 'error', facts: [`exit code ${exit}`], references: [] })),
  ...Object.entries(exitPages).map(([code, page]): Page => ({ ...page, id: code, kind: 'exit', facts: ['an exit code'], references: [] })),
];

/** Never shown: a test checks that every page exists. */
const missingPage = { means: [] } as const;

const whenAbsentLabels: Readonly<Record<AnyStep['whenAbsent'], string>> = {
  wanted: 'on unless the config sets it to `false`',
  audit: 'on if the config has the section; always checked',
  skip: 'on only if the config has the section',
};
const kindLabels = { wanted: 'part of init', audit: 'only reported by check' } as const;

/** The pages for what the user typed: an id in upper or lower case, `exit 3`, or a reference of another catalogue (`iam_root_mfa_enabled`). */
export const pagesFor = (typed: string, pages: readonly Page[]): readonly Page[] => {
  const wanted = typed.trim().toLowerCase();
  const named = pages.find(({ id, kind }) => id.toLowerCase() === wanted || (kind === 'exit' && wanted.replace(/^exit[ -]?/, '') === id));
  if (named !== undefined) return [named];
  const word = wanted.replace(/^prowler:/, '');
  const refers = (reference: string): boolean =>
    [`prowler:${word}`, word].some((one) => reference === one || reference.endsWith(` ${one}`));
  return pages.filter(({ kind, references }) => kind === 'finding' && references.some(refers));
};

export const nearestPage = (typed: string, pages: readonly Page[]): string | undefined => {
  const ids = pages.filter(({ kind }) => kind !== 'exit').map(({ id }) => id);
  return closest(typed, ids) ?? closest(typed.toUpperCase(), ids) ?? closest(`E-${typed.toUpperCase()}`, ids);
};
