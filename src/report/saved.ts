import * as z from 'zod';
import type { RunReport } from '../core/report.js';

const count = z.number().int().min(0);
const text = z.string();
const maybe = text.nullable();
const severity = z.enum(['low', 'medium', 'high', 'critical']);

const identity = z.looseObject({ kind: z.enum(['root', 'user', 'role', 'federated']), arn: text });
const summary = z.looseObject({ pass: count, fail: count, manual: count, waived: count, unknown: count, notApplicable: count });

const errorInfo = z.looseObject({
  code: text,
  step: maybe,
  message: text,
  next: text,
  retryable: z.boolean(),
  changed: z.boolean().nullable(),
  aws: z.looseObject({ operation: text, error: text, requestId: text.exactOptional() }).nullable(),
});

const result = z.looseObject({
  id: text,
  accountId: text,
  step: text,
  kind: z.enum(['wanted', 'audit']),
  status: z.enum(['pass', 'fail', 'manual', 'waived', 'unknown', 'not-applicable']),
  reason: text,
  missingPermission: maybe,
  severity,
  title: text,
  resource: text,
  expected: maybe,
  observed: maybe,
  remediation: z.looseObject({ by: z.enum(['init', 'hand']), instructions: maybe, command: maybe, url: maybe }).nullable(),
  references: z.array(text),
  evidence: z.array(z.looseObject({ operation: text, requestId: text.exactOptional() })),
  waiver: z.looseObject({ reason: text, owner: text, expires: text, state: z.enum(['active', 'ending', 'expired']) }).nullable(),
  fingerprint: text,
  cause: z.enum(['denied', 'unreachable', 'unsupported', 'failed']).exactOptional(),
});

/** A result as `--output json` writes it. Keys that a later version of the same schema adds are preserved. */
export const savedReport: z.ZodType<RunReport> = z.looseObject({
  schemaVersion: z.literal('1.0', {
    error: ({ input }) => (input === undefined ? 'is missing' : 'is not "1.0", the only version that this tool reads'),
  }),
  tool: z.looseObject({ name: z.literal('aws-account-bootstrap'), version: text }),
  command: z.enum(['init', 'check']),
  startedAt: z.iso.datetime(),
  durationMs: z.number().min(0),
  target: text,
  account: z
    .looseObject({
      id: text,
      alias: maybe,
      partition: text,
      role: z.enum(['standalone', 'management', 'member']).nullable(),
      identity,
    })
    .nullable(),
  accounts: z
    .array(
      z.looseObject({
        id: text,
        name: text,
        alias: maybe,
        partition: text,
        role: z.enum(['standalone', 'management', 'member']).nullable(),
        state: text,
        identity: identity.nullable(),
        unseen: maybe,
        summary,
      }),
    )
    .exactOptional(),
  summary,
  plan: z
    .array(
      z.looseObject({
        accountId: text.exactOptional(),
        step: text,
        kind: text,
        summary: text,
        risk: z.enum(['none', 'secret', 'billing', 'hard-to-undo', 'weaker']),
        calls: z.array(text),
        secretPlace: text.exactOptional(),
      }),
    )
    .exactOptional(),
  results: z.array(result),
  steps: z
    .array(
      z.looseObject({
        accountId: text.exactOptional(),
        id: text,
        status: z.enum(['unchanged', 'done', 'manual', 'failed', 'skipped', 'blocked']),
        verified: z.boolean(),
        error: errorInfo.nullable(),
      }),
    )
    .exactOptional(),
  apiCalls: z.looseObject({ total: count, writes: count }),
  recap: z.array(z.looseObject({ label: text, value: text })).exactOptional(),
  warnings: z.array(text).exactOptional(),
  error: errorInfo.exactOptional(),
  exit: z.looseObject({
    code: z.literal([0, 1, 2, 3, 4, 5, 6, 7, 130, 143]),
    name: text,
    retryAfterSeconds: z.number().min(0).exactOptional(),
  }),
});
