import { AmbiguousWriteError, AwsError } from '../../../src/core/aws-error.js';
import type { Enrol } from '../../../src/core/enrol.js';
import { BootstrapError } from '../../../src/core/errors.js';
import type { Journal, JournalEntry } from '../../../src/core/journal.js';
import { Secret, type SecretSink } from '../../../src/core/secret.js';
import type { Change } from '../../../src/core/finding.js';
import type { ApplyContext } from '../../../src/core/step.js';
import { accountOf, type Answers } from './account.js';
import { memoryJournal } from './memory-journal.js';

/** A request whose answer is lost: it throws in place of an answer. */
export const lostAnswer = (): never => {
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
};

type OneAnswer = object | string | (() => never);
/** One answer after the other; the last one again and again. */
interface InTurn {
  readonly inTurn: readonly OneAnswer[];
}
export const inTurn = (...answers: readonly OneAnswer[]): InTurn => ({ inTurn: answers });
export type AnswersInTurn = Readonly<Record<string, Answers[string] | InTurn>>;

const answerOf = (answer: Answers[string] | InTurn): Answers[string] => {
  if (typeof answer === 'function') return answer;
  let count = 0;
  return () => {
    const one = answer.inTurn[Math.min(count, answer.inTurn.length - 1)] ?? {};
    count += 1;
    return typeof one === 'function' ? one() : one;
  };
};

export interface Ports {
  /** Throw to fail. */
  readonly reserve?: () => void;
  readonly store?: () => void;
  readonly note?: () => void;
  readonly codes?: readonly ('later' | 'codes')[];
  readonly holds?: SecretSink['holds'];
  readonly entries?: readonly JournalEntry[];
  readonly partition?: string;
  readonly signingKey?: string;
}

/** Applies a change and records in order what reaches AWS, the destination, the journal and the user, and how it ends. */
export const recorded = async (
  step: { readonly apply: (context: ApplyContext, change: any) => Promise<void> } | undefined,
  change: Change,
  answers: AnswersInTurn,
  ports: Ports = {},
): Promise<{
  readonly log: readonly string[];
  readonly journal: readonly JournalEntry[];
  readonly error: unknown;
  readonly sleptMs: number;
}> => {
  const log: string[] = [];
  const start = Date.parse('2026-11-23T10:00:00Z');
  let time = start;
  const clock = {
    now: () => new Date(time),
    sleep: async (ms: number) => {
      time += ms;
    },
  };
  const { context } = accountOf(
    Object.fromEntries(
      Object.entries(answers).map(([operation, given]) => {
        const answer = answerOf(given);
        return [
          operation,
          (input: object) => {
            const values = Object.values(input).filter((one): one is string => typeof one === 'string');
            const request = [operation, ...values].join(' ');
            // How often a request is sent again is not the matter of a step.
            if (log.at(-1) !== request) log.push(request);
            return answer(input);
          },
        ];
      }),
    ),
    ports.partition === undefined ? {} : { partition: ports.partition },
  );
  const memory = memoryJournal(clock, ports.entries ?? []);
  const journal: Journal = {
    entries: memory.entries,
    open: async (entry) => {
      log.push(`journal: open for ${entry.user}${entry.before.length > 0 ? `, before ${entry.before.join(', ')}` : ''}`);
      return memory.open(entry);
    },
    note: async (id, change_) => {
      log.push(`journal: ${Object.entries(change_).flat().join(' ')}`);
      ports.note?.();
      return memory.note(id, change_);
    },
  };
  const secrets: SecretSink = {
    holds: ports.holds ?? (async () => []),
    reserve: async () => {
      log.push('reserve the destination');
      ports.reserve?.();
    },
    store: async ({ kind, user }) => {
      log.push(`store the ${kind} of ${user}`);
      ports.store?.();
    },
    newPassword: (length) => {
      log.push(`a password of at least ${length}`);
      return new Secret('Practice-Password-1');
    },
    place: () => 'memory',
    close: async () => {},
  };
  const left = [...(ports.codes ?? ['codes', 'codes', 'codes', 'codes'])];
  const enrol: Enrol = {
    codes: async ({ attempt, device, account }) => {
      log.push(`codes of ${device} @ ${account}, attempt ${attempt}`);
      return left.shift() === 'later' ? 'later' : [new Secret('111111'), new Secret('222222')];
    },
    accepted: async ({ user }) => void log.push(`accepted for ${user}`),
  };
  const caller = await context.caller();
  const whole: ApplyContext = {
    ...context,
    clock,
    journal,
    secrets,
    enrol,
    caller: async () => ({ ...caller, ...(ports.signingKey === undefined ? {} : { signingKey: ports.signingKey }) }),
    notify: (text) => void log.push(`notify: ${text}`),
  };
  const error: unknown = await (step?.apply(whole, change) ?? Promise.reject(new Error('there is nothing to apply'))).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { log, journal: memory.list, error, sleptMs: time - start };
};

/** `CODE | message | next` of an error of this tool; of others, whether AWS may have done what was asked. */
export const errorWords = (error: unknown): string | undefined => {
  if (error === undefined) return undefined;
  if (error instanceof AmbiguousWriteError) return `${error.code}, ambiguous`;
  if (error instanceof AwsError) return error.code;
  if (error instanceof BootstrapError) return [error.code, error.message, error.next].join(' | ');
  return String(error);
};
