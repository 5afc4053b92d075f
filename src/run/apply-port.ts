import type { ApplyContext } from '../core/step.js';
import type { AssessedStep } from '../engine/assess.js';
import { isWanted } from '../engine/results.js';
import type { App, Connection } from './app.js';
import type { AppliedSoFar } from './end.js';

/** The findings of a step that need the user. */
const manualOf = (step: AssessedStep): AssessedStep['findings'] =>
  step.findings.filter(
    (finding) => isWanted(step, finding) && (finding.status === 'manual' || (finding.status === 'fail' && finding.remedy?.by === 'hand')),
  );

/** What the engine needs to apply changes in this run. */
export const applyPort = async (
  app: App,
  connection: Pick<Connection, 'boundary' | 'clockAheadMs'>,
  context: Pick<ApplyContext, 'caller' | 'accountId' | 'clock' | 'journal'>,
  secrets: ApplyContext['secrets'],
  applied: AppliedSoFar,
) => {
  const { boundary } = connection;
  return {
    ...context,
    cloud: boundary.cloud,
    secrets,
    forget: boundary.forget,
    effects: boundary.effects,
    enrol: await app.enrol(connection),
    random: app.host.random,
    signal: app.host.signal,
    notify: app.progress.notify,
    progress: {
      stepStarted: (step: AssessedStep) => {
        applied.during = step.step.title;
        app.progress.stepStarted(step.step.title);
      },
      changeStarted: app.progress.changeStarted,
      stepEnded: (step: AssessedStep, status: Parameters<App['progress']['stepEnded']>[1], error: { readonly message: string } | null) => {
        applied.during = undefined;
        if (status === 'done' || status === 'manual') applied.done = [...applied.done, step.step.title];
        app.progress.stepEnded(step.step.title, status, error?.message, status === 'manual' && error === null ? manualOf(step).length : 0);
      },
    },
  };
};
