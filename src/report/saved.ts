import * as z from 'zod/mini';
import type { RunReport } from '../core/report.js';

const count = z.int().check(z.minimum(0));
const stringRule = z.string();
const maybe = z.nullable(stringRule);
const severity = z.enum(['low', 'medium', 'high', 'critical']);

const identity = z.looseObject({ kind: z.enum(['root', 'user', 'role', 'federated']), arn: stringRule });
const summary = z.looseObject({ pass: count, fail: count, manual: count, waived: count, unknown: count, notApplicable: count });

const errorInfo = z.looseObject({
  code: stringRule,
  step: maybe,
  message: stringRule,
  next: stringRule,
  retryable: z.boolean(),
  changed: z.nullable(z.boolean()),
  aws: z.nullable(z.looseObject({ operation: stringRule, error: stringRule, requestId: z.exactOptional(stringRule) })),
});

const result = z.looseObject({
  id: stringRule,
  accountId: stringRule,
  step: stringRule,
  kind: z.enum(['wanted', 'audit']),
  status: z.enum(['pass', 'fail', 'manual', 'waived', 'unknown', 'not-applicable']),
  reason: stringRule,
  missingPermission: maybe,
  severity,
  title: stringRule,
  resource: stringRule,
  expected: maybe,
  observed: maybe,
  remediation: z.nullable(z.looseObject({ by: z.enum(['init', 'hand']), instructions: maybe, command: maybe, url: maybe })),
  references: z.array(stringRule),
  evidence: z.array(z.looseObject({ operation: stringRule, requestId: z.exactOptional(stringRule) })),
  waiver: z.nullable(
    z.looseObject({ reason: stringRule, owner: stringRule, expires: stringRule, state: z.enum(['active', 'ending', 'expired']) }),
  ),
  fingerprint: stringRule,
  cause: z.exactOptional(z.enum(['denied', 'unreachable', 'unsupported', 'failed'])),
  spend: z.exactOptional(z.looseObject({ actual: z.number(), forecast: z.nullable(z.number()), limit: z.number(), unit: stringRule })),
});

const accountPlan = z.exactOptional(
  z.nullable(
    z.looseObject({
      type: z.enum(['free', 'paid']),
      status: z.enum(['not-started', 'active', 'expired']),
      remainingCredits: z.nullable(z.looseObject({ amount: z.number(), unit: stringRule })),
      expiresOn: z.nullable(z.iso.datetime()),
    }),
  ),
);

/** A result as `--output json` writes it. Keys that a later version of the same schema adds are preserved. */
export const savedReport: z.ZodMiniType<RunReport> = z.looseObject({
  schemaVersion: z.literal('1.0', {
    error: ({ input }) => (input === undefined ? 'is missing' : 'is not "1.0", the only version that this tool reads'),
  }),
  tool: z.looseObject({ name: z.literal('aws-account-bootstrap'), version: stringRule }),
  command: z.enum(['init', 'check', 'undo']),
  startedAt: z.iso.datetime(),
  durationMs: z.number().check(z.minimum(0)),
  target: stringRule,
  account: z.nullable(
    z.looseObject({
      id: stringRule,
      alias: maybe,
      partition: stringRule,
      role: z.nullable(z.enum(['standalone', 'management', 'member'])),
      plan: accountPlan,
      identity,
    }),
  ),
  accounts: z.exactOptional(
    z.array(
      z.looseObject({
        id: stringRule,
        name: stringRule,
        alias: maybe,
        partition: stringRule,
        role: z.nullable(z.enum(['standalone', 'management', 'member'])),
        plan: accountPlan,
        state: stringRule,
        identity: z.nullable(identity),
        unseen: maybe,
        summary,
      }),
    ),
  ),
  summary,
  kept: z.exactOptional(z.array(z.looseObject({ step: stringRule, what: stringRule, why: stringRule, manual: maybe }))),
  plan: z.exactOptional(
    z.array(
      z.looseObject({
        accountId: z.exactOptional(stringRule),
        step: stringRule,
        kind: stringRule,
        summary: stringRule,
        risk: z.enum(['none', 'secret', 'billing', 'hard-to-undo', 'weaker']),
        calls: z.array(stringRule),
        secretPlace: z.exactOptional(stringRule),
      }),
    ),
  ),
  results: z.array(result),
  steps: z.exactOptional(
    z.array(
      z.looseObject({
        accountId: z.exactOptional(stringRule),
        id: stringRule,
        status: z.enum(['unchanged', 'done', 'manual', 'failed', 'skipped', 'blocked']),
        verified: z.boolean(),
        error: z.nullable(errorInfo),
      }),
    ),
  ),
  apiCalls: z.looseObject({ total: count, writes: count }),
  recap: z.exactOptional(z.array(z.looseObject({ label: stringRule, value: stringRule }))),
  warnings: z.exactOptional(z.array(stringRule)),
  error: z.exactOptional(errorInfo),
  exit: z.looseObject({
    code: z.literal([0, 1, 2, 3, 4, 5, 6, 7, 130, 143]),
    name: stringRule,
    retryAfterSeconds: z.exactOptional(z.number().check(z.minimum(0))),
  }),
});

export interface JsonProblem {
  /** Both count from 1; columns count UTF-16 units, as in editors. */
  readonly line: number;
  readonly column: number;
  /** Follows the position in a sentence: "a value is missing here". */
  readonly message: string;
}

/**
 * Where a text stops being one JSON document; undefined if it is one. `JSON.parse` decides what is valid, but only some of its messages
 * give a position, and they differ between Node versions.
 */
export const jsonProblem = (text: string): JsonProblem | undefined => {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const { offset, message } = firstProblem(text);
    const before = text.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
  }
};

const token =
  /[\t\n\r ]*(?:([[\]{},:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|true\b|false\b|null\b))/y;

/** What is expected next: a value; a value or the end of a list; a key or the end of an object; … */
type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or ]' | ', or }' | 'the end';

const missing: Readonly<Record<Wanted, string>> = {
  value: 'a value is missing here',
  'value or ]': 'a value or "]" is missing here',
  key: 'a key in double quotes is missing here',
  'key or }': 'a key in double quotes or "}" is missing here',
  ':': '":" is missing here',
  ', or ]': '"," or "]" is missing here',
  ', or }': '"," or "}" is missing here',
  'the end': 'unexpected text after the end of the document',
};

/** Nothing, or a string without its closing quote. */
const cutOff = /^(?:"(?:[^"\\\u0000-\u001f]|\\.)*\\?)?$/;
const endsEarly = 'the text ends in the middle of the document';

const firstProblem = (text: string): { readonly offset: number; readonly message: string } => {
  const open: ('[' | '{')[] = [];
  let wanted: Wanted = 'value';
  const afterValue = (): Wanted => (open.length === 0 ? 'the end' : open.at(-1) === '[' ? ', or ]' : ', or }');
  token.lastIndex = 0;
  for (;;) {
    const start = token.lastIndex;
    const found = token.exec(text);
    const blank = start + (/^[\t\n\r ]*/.exec(text.slice(start, start + 10_000))?.[0].length ?? 0);
    if (found === null) {
      return { offset: blank, message: wanted !== 'the end' && cutOff.test(text.slice(blank)) ? endsEarly : missing[wanted] };
    }
    const [, sign, string, scalar] = found;
    const next = ((): Wanted | undefined => {
      if (wanted === 'the end') return undefined;
      if (wanted.startsWith('key') && string !== undefined) return ':';
      if (wanted === ':') return sign === ':' ? 'value' : undefined;
      if (sign === ',' && wanted === ', or ]') return 'value';
      if (sign === ',' && wanted === ', or }') return 'key';
      if ((sign === ']' && wanted.endsWith(']')) || (sign === '}' && wanted.endsWith('}'))) {
        open.pop();
        return afterValue();
      }
      if (!wanted.startsWith('value')) return undefined;
      if (sign === '[' || sign === '{') {
        open.push(sign);
        return sign === '[' ? 'value or ]' : 'key or }';
      }
      return string !== undefined || scalar !== undefined ? afterValue() : undefined;
    })();
    if (next === undefined) return { offset: blank, message: missing[wanted] };
    wanted = next;
  }
};
