import { BootstrapError } from '../core/error.js';
import type { Change, Finding } from '../core/finding.js';
import { changesOf, type LookedStep, sameChange } from './look.js';

/** A change that a person put off while it was made, by the gaps it was to close. The run goes on without it and ends with 5. */
export interface PutOff {
  readonly gaps: readonly Pick<Finding, 'id' | 'resource'>[];
  readonly error: BootstrapError;
}

export const isPutOff = (error: unknown): error is BootstrapError => error instanceof BootstrapError && error.exit === 5;

export const putOffBy = (error: BootstrapError, looked: LookedStep, change: Change): PutOff => ({
  error,
  gaps: looked.findings.filter(({ remedy }) => remedy?.by === 'init' && sameChange(remedy.change, change)),
});

/** The changes of a step but for those put off. Told by their gaps: the change itself may be a different one by now. */
export const stillOpen = (looked: LookedStep, putOff: readonly PutOff[]): readonly Change[] => {
  const isOff = (finding: Finding): boolean =>
    putOff.some(({ gaps }) => gaps.some(({ id, resource }) => id === finding.id && resource === finding.resource));
  const off = changesOf({ ...looked, findings: looked.findings.filter(isOff) });
  return changesOf(looked).filter((change) => !off.some((one) => sameChange(one, change)));
};

/** What a step says of all that was put off; null when nothing was. */
export const putOffError = (putOff: readonly PutOff[]): BootstrapError | null => {
  const [first] = putOff;
  if (first === undefined) return null;
  const message = putOff.map(({ error }) => error.message).join(' ');
  const next = putOff.map(({ error }) => error.next).join(' And ');
  return new BootstrapError({ ...first.error.info(), exit: 5, message, next, cause: first.error });
};
