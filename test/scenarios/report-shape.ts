import * as z from 'zod';

/** The documented shape of a result: exactly these keys. */
const text = z.string().min(1);
const id = z.string().regex(/^\d{12}$/);
const count = z.number().int().min(0);
const step = z.enum(['billing-access', 'budget', 'admin-user', 'mfa', 'alias', 'access-keys', 'organization']);

const error = z.strictObject({
  code: z.string().regex(/^E(-[A-Z]+)+$/),
  step: step.nullable(),
  message: text,
  next: text,
  retryable: z.boolean(),
  changed: z.boolean().nullable(),
  aws: z.strictObject({ operation: z.string().regex(/^[a-z]+:[A-Z]\w+$/), error: text, requestId: text.optional() }).nullable(),
});

const result = z.strictObject({
  id: z.string().regex(/^[a-z-]+\.[a-z-]+$/),
  accountId: id,
  step,
  kind: z.enum(['wanted', 'audit']),
  status: z.enum(['pass', 'fail', 'manual', 'waived', 'unknown', 'not-applicable']),
  reason: text,
  missingPermission: text.nullable(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  title: text,
  resource: text,
  expected: z.string().nullable(),
  observed: z.string().nullable(),
  remediation: z
    .strictObject({
      by: z.enum(['init', 'hand']),
      instructions: text.nullable(),
      command: text.nullable(),
      url: z.url({ protocol: /^https$/ }).nullable(),
    })
    .nullable(),
  references: z.array(text),
  evidence: z.array(z.strictObject({ operation: text, requestId: text.optional() })),
  spend: z.strictObject({ actual: z.number(), forecast: z.number().nullable(), limit: z.number(), unit: text }).optional(),
  waiver: z.strictObject({ reason: text, owner: text, expires: text, state: z.enum(['active', 'ending', 'expired']) }).nullable(),
  fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
  cause: z.enum(['denied', 'unreachable', 'unsupported', 'failed']).optional(),
});

const common = {
  schemaVersion: z.literal('1.0'),
  tool: z.strictObject({ name: z.literal('aws-account-bootstrap'), version: z.string().regex(/^\d+\.\d+\.\d+/) }),
  startedAt: z.iso.datetime(),
  durationMs: count,
  target: text,
  account: z
    .strictObject({
      id,
      alias: text.nullable(),
      partition: text,
      role: z.enum(['standalone', 'management', 'member']).nullable(),
      plan: z
        .strictObject({
          type: z.enum(['free', 'paid']),
          status: z.enum(['not-started', 'active', 'expired']),
          remainingCredits: z.strictObject({ amount: z.number(), unit: z.string() }).nullable(),
          expiresOn: z.iso.datetime().nullable(),
        })
        .nullable(),
      identity: z.strictObject({ kind: z.enum(['root', 'user', 'role', 'federated']), arn: z.string().startsWith('arn:') }),
    })
    .nullable(),
  summary: z.strictObject({ pass: count, fail: count, manual: count, waived: count, unknown: count, notApplicable: count }),
  results: z.array(result),
  apiCalls: z.strictObject({ total: count, writes: count }),
  warnings: z.array(text).min(1).optional(),
  exit: z.strictObject({ code: z.number().int(), name: text, retryAfterSeconds: count.optional() }),
  error: error.optional(),
};

const change = z.strictObject({
  step,
  kind: text,
  summary: text,
  risk: z.enum(['none', 'secret', 'billing', 'hard-to-undo', 'weaker']),
  calls: z.array(z.string().regex(/^[a-z]+:[A-Z]\w+$/)).min(1),
  secretPlace: z.string().min(1).optional(),
});

const stepReport = z.strictObject({
  id: step,
  status: z.enum(['unchanged', 'done', 'manual', 'failed', 'skipped', 'blocked']),
  verified: z.boolean(),
  error: error.nullable(),
});

export const checkShape = z.strictObject({ ...common, command: z.literal('check') });

export const initShape = z.strictObject({
  ...common,
  command: z.literal('init'),
  plan: z.array(change),
  steps: z.array(stepReport).length(7),
  recap: z.array(z.strictObject({ label: text, value: text })),
});

/** A run that failed before it could read anything. */
export const failureShape = z.strictObject({ ...common, command: z.enum(['init', 'check']), results: z.array(result).length(0), error });
