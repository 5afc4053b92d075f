import { usage } from '../core/errors.js';
import type { AnyStep } from '../core/step.js';
import { didYouMean } from './suggest.js';

export interface Selection {
  readonly includes: (stepId: string) => boolean;
  /** The findings to show, when single ones were named; undefined: all of the steps included. */
  readonly findings: readonly string[] | undefined;
  /** The steps that `--only` names as a whole. */
  readonly named: readonly string[];
}

export interface SelectionFlags {
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
}

/**
 * `--only` and `--skip`: lists of step ids, repeated or with commas; for `check` ids of findings as well. What both name is skipped.
 */
export const select = ({ only, skip }: SelectionFlags, steps: readonly AnyStep[], command: 'init' | 'check'): Selection => {
  const wanted = only && idsOf('--only', only, steps, command);
  const unwanted = idsOf('--skip', skip ?? [], steps, command);
  const shows = (step: string, finding: string): boolean =>
    (wanted === undefined || wanted.includes(step) || wanted.includes(finding)) && !unwanted.includes(step) && !unwanted.includes(finding);
  const shown = steps.flatMap((step) =>
    step.findings.filter(({ id }) => shows(step.id, id)).map(({ id }) => ({ step: step.id, finding: id })),
  );
  const includes = (step: string): boolean =>
    !unwanted.includes(step) && (wanted === undefined || wanted.includes(step) || shown.some((one) => one.step === step));
  if (!steps.some((step) => includes(step.id)))
    throw usage('--only and --skip together leave no step to run.', 'Name at least one step that is not skipped.');
  const single = [...(wanted ?? []), ...unwanted].some((id) => !steps.some((step) => step.id === id));
  return {
    includes,
    findings: single ? shown.map(({ finding }) => finding) : undefined,
    named: (wanted ?? []).filter((id) => steps.some((step) => step.id === id)),
  };
};

const idsOf = (flag: string, values: readonly string[], steps: readonly AnyStep[], command: 'init' | 'check'): readonly string[] => {
  const stepIds = steps.map((step) => step.id);
  const ids = values
    .flatMap((value) => value.split(','))
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (values.length > 0 && ids.length === 0) throw usage(`${flag} names no step.`, `The steps are ${stepIds.join(', ')}.`);
  for (const id of ids) {
    if (stepIds.includes(id)) continue;
    const owner = steps.find((step) => step.findings.some((finding) => finding.id === id));
    if (owner && command === 'check') continue;
    if (owner) throw usage(`${flag}: "${id}" is a check, and init runs whole steps.`, `Write ${flag} ${owner.id}.`);
    const known = command === 'check' && id.includes('.') ? steps.flatMap((step) => step.findings.map((finding) => finding.id)) : stepIds;
    throw usage(
      `${flag}: there is no ${id.includes('.') ? 'check' : 'step'} ${JSON.stringify(id)}${didYouMean(id, known)}`,
      `The steps are ${stepIds.join(', ')}.`,
    );
  }
  return ids;
};
