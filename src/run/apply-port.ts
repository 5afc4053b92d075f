import type { ApplyContext } from '../core/step.js';
import type { ApplyPort } from '../engine/apply.js';
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
    enrol: await app.enrol(connection),
    random: app.host.random,
    signal: app.host.signal,
    notify: app.progress.notify,
    progress: ({ step: { title } }: AssessedStep): ReturnType<ApplyPort['progress']> => {
      const { notify, changeStarted, ended } = app.progress.step(title);
      applied.during = [...applied.during, title];
      return {
        notify,
        changeStarted,
        ended: (status, error, assessed) => {
          applied.during = applied.during.filter((other) => other !== title);
          if (status === 'done' || status === 'manual') applied.done = [...applied.done, title];
          ended(status, error?.message, status === 'manual' && error === null ? manualOf(assessed).length : 0);
        },
      };
    },
  };
};
