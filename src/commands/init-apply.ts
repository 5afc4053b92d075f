import type { App, Connection } from '../app.js';
import { operations } from '../aws/operations.js';
import type { Change } from '../core/finding.js';
import type { ApplyContext } from '../core/step.js';
import { type ApplyPort, applyAll } from '../engine/apply.js';
import { changesOf, type LookedStep } from '../engine/look.js';

/** The place is made sure of before the first change of all: one that turns out bad half-way would leave the account half made. */
export const applyReserved = async (approved: readonly LookedStep[], port: ApplyPort, accountId: string): ReturnType<typeof applyAll> => {
  try {
    if (approved.some((step) => changesOf(step).some(makesSecret))) await port.secrets.reserve(accountId);
    return await applyAll(approved, port);
  } finally {
    await port.secrets.close();
  }
};

export const makesSecret = ({ calls, stored }: Pick<Change, 'calls' | 'stored'>): boolean =>
  stored !== false && calls.some((call) => operations[call as keyof typeof operations]?.kind === 'secret');

export const applyPort = async (
  app: App,
  connection: Pick<Connection, 'boundary' | 'clockAheadMs'>,
  context: Pick<ApplyContext, 'caller' | 'accountId' | 'clock' | 'journal'>,
  secrets: ApplyContext['secrets'],
  came: { done: readonly string[]; during: string | undefined },
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
    say: app.progress.say,
    progress: {
      stepStarted: (step: LookedStep) => {
        came.during = step.step.title;
        app.progress.stepStarted(step.step.title);
      },
      stepEnded: (step: LookedStep, status: Parameters<App['progress']['stepEnded']>[1], error: { readonly message: string } | null) => {
        came.during = undefined;
        if (status === 'done' || status === 'manual') came.done = [...came.done, step.step.title];
        app.progress.stepEnded(step.step.title, status, error?.message);
      },
    },
  };
};
