import { makeBoundary } from '../../../src/aws/boundary.js';
import { openSession } from '../../../src/aws/session.js';
import type { Caller } from '../../../src/core/account.js';
import type { Clock } from '../../../src/core/clock.js';
import type { Journal, JournalEntry } from '../../../src/core/journal.js';
import type { SecretSink } from '../../../src/core/secret.js';
import type { AnyStep, DesireContext, Intents } from '../../../src/core/step.js';
import { type AppliedStep, applyAll, type ApplyPort } from '../../../src/engine/apply.js';
import { type AssessedStep, assessStep, changesOf, type PreparedStep } from '../../../src/engine/assess.js';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.js';
import { makeUnattendedEnrol } from '../../../src/secrets/totp.js';
import { seededRandom } from '../../sandbox/practice.js';
import { accountId } from './account.js';
import { memoryJournal } from './memory-journal.js';

/** One step against the practice account, through the real engine and real HTTP requests. */
export interface StepRun {
  readonly sandbox: Sandbox;
  readonly account: Sandbox['world']['accounts'][string];
  readonly clock: Clock & { readonly slept: () => number };
  readonly journal: Journal & { readonly list: JournalEntry[] };
  /** The ports that changes are applied with, for tests that wrap one of them. */
  readonly port: ApplyPort;
  readonly look: (step: AnyStep, section: unknown, context?: Partial<DesireContext>) => Promise<AssessedStep>;
  readonly apply: (assessed: AssessedStep, port?: Partial<ApplyPort>) => Promise<AppliedStep>;
  /** Operations that reached the account, in order. */
  readonly calls: () => readonly string[];
  readonly writes: () => readonly string[];
}

export { accountId };

export const stepRun = async (secrets: SecretSink): Promise<StepRun> => {
  const clock = movingClock();
  const journal = memoryJournal(clock);
  const random = seededRandom();
  const sandbox = await openSandbox({ now: clock.now, random });
  const account = sandbox.world.accounts[accountId];
  if (account === undefined) throw new Error('the practice account does not exist');
  const session = openSession({
    credentials: { from: 'environment' } as never,
    region: 'us-east-1',
    now: clock.now,
    endpoints: {},
    timeoutMs: undefined,
    caBundle: undefined,
    handler: sandbox.requestHandler,
    staticCredentials: sandbox.credentials,
  });
  const controller = new AbortController();
  const boundary = makeBoundary({ send: session.send, clock, mode: 'write', signal: controller.signal });
  const caller: Caller = { accountId, partition: 'aws', identity: { kind: 'root', arn: `arn:aws:iam::${accountId}:root`, name: 'root' } };
  const port: ApplyPort = {
    cloud: boundary.cloud,
    caller: async () => caller,
    accountId: async () => accountId,
    clock,
    secrets,
    journal,
    enrol: makeUnattendedEnrol({ clock }),
    random,
    signal: controller.signal,
    notify: () => {},
    forget: boundary.forget,
    sideBySide: false,
    progress: () => ({ notify: () => {}, changeStarted: () => {}, ended: () => {} }),
  };
  return {
    sandbox,
    account,
    clock,
    journal,
    port,
    look: async (step, section, context) => {
      boundary.forget();
      return assessStep(preparedOf(step, section, context), port);
    },
    apply: async (assessed, more = {}) => {
      const [applied] = await applyAll([assessed], {
        ...port,
        ...more,
        progress: () => ({ notify: more.notify ?? port.notify, changeStarted: () => {}, ended: () => {} }),
      });
      if (applied === undefined) throw new Error('the step was not run');
      return applied;
    },
    calls: () => sandbox.calls.map((call) => `${call.service}:${call.operation}`),
    writes: () => sandbox.calls.filter((call) => call.write).map((call) => `${call.service}:${call.operation}`),
  };
};

const preparedOf = (step: AnyStep, section: unknown, context: Partial<DesireContext> = {}): PreparedStep => {
  const slice = step.schema.parse(section);
  const desired = step.desire(slice, { ...desireContext, ...context });
  return { step, slice, desired, wanted: true, judged: true, intended: true };
};

const admin: NonNullable<Intents['admin']> = { name: 'alex', group: 'Administrators', console: true };

export const desireContext: DesireContext = {
  intents: { admin },
  running: () => true,
  command: 'init',
  unattended: true,
  secrets: 'chosen',
  switches: [],
};

/** The writes in the plan. */
export const planned = (assessed: AssessedStep): readonly string[] => changesOf(assessed).flatMap((change) => change.calls);

/** `id status resource` of each finding. */
export const statusesOf = (assessed: Pick<AssessedStep, 'findings'>): readonly string[] =>
  assessed.findings.map(({ id, status, resource }) => `${id} ${status}${resource === undefined ? '' : ` ${resource}`}`);

/** A clock that only moves while something sleeps. */
const movingClock = (): StepRun['clock'] => {
  const start = Date.parse('2026-11-24T10:00:12.000Z');
  let now = start;
  return {
    now: () => new Date(now),
    slept: () => now - start,
    sleep: async (ms) => {
      now += ms;
    },
  };
};
