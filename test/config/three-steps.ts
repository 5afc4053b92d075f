import * as z from 'zod/mini';
import { type AnyStep, defineStep } from '../../src/core/step.js';
import { aliasName, aliasProblem, awsText, email, emailProblem, iamName, money, percentage } from '../../src/steps/shared/values.js';

/** Three small steps in the shape of the real ones, one for each meaning of an absent section. The config's tests need no more. */
const verbs = {
  needs: [],
  permissions: () => [],
  explain: async () => ({ step: { means: [] }, findings: {} }),
  desire: (slice: unknown) => slice,
  intent: () => ({}),
  observe: async () => undefined,
  assess: () => [],
  apply: async () => undefined,
};

const finding = (id: string) => ({ id, severity: 'low', kind: 'wanted', title: id, references: [] }) as const;

export const budget: AnyStep = defineStep({
  ...verbs,
  id: 'budget',
  title: 'Budget',
  about: 'A monthly cost budget.',
  findings: [finding('budget.exists'), finding('budget.alerts')],
  whenAbsent: 'wanted',
  schema: z.strictObject({
    name: z._default(awsText(100), 'Monthly $10 Budget').check(z.describe('Name of the budget.')),
    limit: z.prefault(money, '10 USD').check(z.describe('Limit for a month.')),
    'include-credits': z._default(z.boolean(), false).check(z.describe('Count credits as spending.')),
    alerts: z
      .prefault(
        z
          .array(
            z.strictObject({
              at: percentage.check(z.describe('Share of the limit.')),
              of: z._default(z.enum(['actual', 'forecasted']), 'actual').check(z.describe('What is compared.')),
            }),
          )
          .check(z.minLength(1)),
        [{ at: '80%' }],
      )
      .check(z.describe('When to write.')),
    subscribers: z.optional(z.array(email).check(z.minLength(1))).check(z.describe('Who is written to.')),
    contact: z
      .optional(
        z.strictObject({
          phone: awsText(25).check(z.describe('Phone.')),
          title: z.optional(awsText(50)).check(z.describe('Title | role.')),
        }),
      )
      .check(z.describe('A user.')),
    policy: z
      .prefault(
        z.union([
          z.strictObject({ length: z._default(z.int().check(z.minimum(14), z.maximum(128)), 14).check(z.describe('Length.')) }),
          z.literal(false),
        ]),
        {},
      )
      .check(z.describe('A policy, or none.')),
  }),
  practice: () => ({ subscribers: ['you@example.com'] }),
  questions: [{ path: 'subscribers.0', flag: '--email', question: 'Email?', validate: emailProblem }],
});

export const alias: AnyStep = defineStep({
  ...verbs,
  id: 'alias',
  title: 'Alias',
  about: 'A name for the sign-in page.',
  findings: [finding('alias.set'), finding('alias.name')],
  whenAbsent: 'audit',
  schema: z.strictObject({ name: z.optional(aliasName).check(z.describe('The alias.')) }),
  practice: (random) => ({ name: `practice-${random(4, 'abcd')}` }),
  questions: [{ path: 'name', flag: '--alias', question: 'Alias?', validate: aliasProblem }],
});

const organization: AnyStep = defineStep({
  ...verbs,
  id: 'organization',
  title: 'Organization',
  about: 'Member accounts.',
  findings: [finding('organization.exists')],
  whenAbsent: 'skip',
  schema: z.strictObject({
    'central-root': z._default(z.boolean(), false).check(z.describe('Central root.')),
    admin: z.optional(iamName).check(z.describe('Who.')),
    tags: z._default(z.record(z.string(), z.string()), {}).check(z.describe('Tags.')),
  }),
  practice: () => ({}),
  questions: [],
});

export const steps: readonly AnyStep[] = [budget, alias, organization];
