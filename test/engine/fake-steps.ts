import * as z from 'zod/mini';
import type { Caller } from '../../src/core/account.js';
import { AmbiguousWriteError, AwsError } from '../../src/core/aws-error.js';
import type { ErrorInfo } from '../../src/core/errors.js';
import type { Change, Finding, FindingSpec, Risk } from '../../src/core/finding.js';
import type { Reading } from '../../src/core/reading.js';
import type { Refusal } from '../../src/core/refusal.js';
import { type AnyStep, type ApplyContext, defineStep, type DesireContext, type Intents, type ObserveContext } from '../../src/core/step.js';
import type { ApplyPort } from '../../src/engine/apply.js';
import type { AssessedStep, StepSelection } from '../../src/engine/assess.js';
import { testClock } from '../support/host.js';

/** A world of lamps: a step wants its lamps lit, and lights them one by one. */
export class Lamps {
  readonly lit = new Set<string>();
  /** Lamps that are lit and do not show it yet, with the time from which on they do. */
  readonly hiddenUntil = new Map<string, number>();
  /** What looking brings instead of what is there; gone through one by one. */
  readonly blind: (Extract<Reading<unknown>, { ok: false }> | 'clear')[] = [];
  readonly log: string[] = [];
  effects = 0;
}

export interface LightLamp extends Change {
  readonly kind: 'light-lamp';
  readonly lamp: string;
}
interface Desired {
  readonly lamps: readonly string[];
  readonly context: DesireContext;
}
type Observed = Reading<readonly string[]>;

/** What happens when a lamp is lit: by default it is lit. */
export type Lighting = (lamp: string, context: ApplyContext, nth: number) => void | Promise<void>;

export const lampStep = (
  world: Lamps,
  id: string,
  options: {
    readonly lamps?: readonly string[];
    readonly needs?: readonly string[];
    readonly independent?: boolean;
    readonly risk?: Risk;
    readonly lighting?: Lighting;
    readonly intent?: (desired: Desired) => Intents;
    readonly observe?: (context: ObserveContext) => Promise<unknown>;
    readonly more?: (lit: readonly string[]) => readonly Finding<LightLamp>[];
  } = {},
): AnyStep => {
  let applied = 0;
  const findings: readonly FindingSpec[] = [
    { id: `${id}.lit`, severity: 'high', kind: 'wanted', title: 'The lamp is lit', references: [] },
    { id: `${id}.person`, severity: 'high', kind: 'wanted', title: 'A user was there', references: [] },
    { id: `${id}.audit`, severity: 'critical', kind: 'audit', title: 'Only looked at', references: [] },
  ];
  return defineStep<{ readonly lamps: readonly string[] }, Desired, Observed, LightLamp>({
    id,
    title: `Lamps of ${id}`,
    about: 'Lights lamps.',
    needs: options.needs ?? [],
    ...(options.independent === true ? { independent: () => true } : {}),
    findings,
    permissions: () => [],
    explain: async () => ({ step: { means: [] }, findings: {} }),
    schema: z.object({ lamps: z.array(z.string()) }),
    whenAbsent: 'wanted',
    practice: () => ({ lamps: [] }),
    questions: [],
    desire: (slice, context) => ({ lamps: slice.lamps, context }),
    intent: options.intent ?? (() => ({})),
    observe: async (context) => {
      world.log.push(`look ${id}`);
      await options.observe?.(context);
      const blind = world.blind.shift();
      if (blind !== undefined && blind !== 'clear') return blind;
      const now = context.clock.now().getTime();
      return { ok: true, value: [...world.lit].filter((lamp) => (world.hiddenUntil.get(lamp) ?? 0) <= now), evidence: [] };
    },
    assess: ({ lamps }, seen) => {
      if (!seen.ok)
        return [
          {
            id: `${id}.lit`,
            status: 'unknown',
            reason: seen.message,
            evidence: [],
            cause: seen.cause,
            ...(seen.missingPermission === undefined ? {} : { missingPermission: seen.missingPermission }),
            ...(seen.refusal === undefined ? {} : { refusal: seen.refusal }),
          },
        ];
      return [
        ...lamps.map(
          (lamp): Finding<LightLamp> =>
            seen.value.includes(lamp)
              ? { id: `${id}.lit`, resource: lamp, status: 'pass', reason: 'lit', evidence: [] }
              : {
                  id: `${id}.lit`,
                  resource: lamp,
                  status: 'fail',
                  reason: 'dark',
                  evidence: [],
                  remedy: { by: 'init', change: lightLamp(lamp, options.risk) },
                },
        ),
        ...(options.more?.(seen.value) ?? []),
      ];
    },
    apply: async (context, { lamp }) => {
      world.log.push(`light ${lamp}`);
      applied += 1;
      const before = world.effects;
      try {
        await (options.lighting ?? light(world))(lamp, context, applied);
      } finally {
        for (let made = before; made < world.effects; made += 1) await context.cloud.write('iam:CreateGroup', { GroupName: lamp });
      }
    },
  });
};

export const lightLamp = (lamp: string, risk: Risk = 'none'): LightLamp => ({
  kind: 'light-lamp',
  summary: `Light ${lamp}`,
  risk,
  calls: ['iam:CreateUser'],
  lamp,
});

/** As AWS does it: the lamp is lit, and one write was made. */
const light =
  (world: Lamps): Lighting =>
  (lamp) => {
    world.effects += 1;
    world.lit.add(lamp);
  };
export const lostAnswer = (operation = 'iam:CreateUser') =>
  new AmbiguousWriteError({ operation, code: 'ECONNRESET', message: 'socket hang up' });
export const refusal = (code: string, why?: Refusal) =>
  new AwsError({ operation: 'iam:CreateUser', code, message: `said ${code}`, status: 400, requestId: 'r-1', refusal: why });
export const unread = (cause: 'denied' | 'unreachable' | 'failed', why?: Refusal): Extract<Reading<unknown>, { ok: false }> => ({
  ok: false,
  cause,
  message: `could not look (${cause})`,
  evidence: [],
  ...(why !== undefined ? { refusal: why } : cause === 'denied' ? { missingPermission: 'iam:GetUser' } : {}),
});

export const partOf = (step: AnyStep, lamps: readonly string[], more: Partial<StepSelection> = {}): StepSelection => ({
  step,
  slice: { lamps },
  wanted: true,
  judged: true,
  intended: true,
  ...more,
});

const caller: Caller = {
  accountId: '111122223333',
  partition: 'aws',
  identity: { kind: 'root', arn: 'arn:aws:iam::111122223333:root', name: 'root' },
};

/** The engine's context, with an account of lamps and a clock that does not wait. */
export const portOf = (world: Lamps) => {
  const clock = testClock();
  const start = clock.now().getTime();
  const controller = new AbortController();
  const said: string[] = [];
  const ended: { readonly step: string; readonly status: string; readonly error: ErrorInfo | null }[] = [];
  const refuse = (): never => {
    throw new Error('no one asked for this');
  };
  const port: ApplyPort = {
    cloud: {
      read: refuse,
      find: refuse,
      readAll: refuse,
      findAll: refuse,
      assume: refuse,
      // The lamps do the writing; this is the sign that AWS did.
      write: async (_operation, _input, effect) => {
        effect?.();
        return {} as never;
      },
    },
    caller: async () => caller,
    accountId: async () => caller.accountId,
    clock,
    secrets: { holds: async () => [], reserve: refuse, store: refuse, newPassword: refuse, place: refuse, close: refuse },
    journal: { entries: async () => [], open: refuse, note: refuse },
    enrol: { codes: refuse, accepted: refuse },
    random: refuse,
    signal: controller.signal,
    forget: () => world.log.push('forget'),
    notify: (text) => said.push(text),
    sideBySide: false,
    progress: ({ step }: AssessedStep) => {
      world.log.push(`start ${step.id}`);
      return {
        notify: (text) => said.push(text),
        changeStarted: (at, of) => world.log.push(`change ${at} of ${of}`),
        ended: (status, error) => ended.push({ step: step.id, status, error }),
      };
    },
  };
  return { port, clock, controller, said, ended, waitedMs: () => clock.now().getTime() - start };
};
