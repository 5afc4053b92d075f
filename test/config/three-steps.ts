import * as z from 'zod';
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
    name: awsText(100).default('Monthly $10 Budget').describe('Name of the budget.'),
    limit: money.prefault('10 USD').describe('Limit for a month.'),
    'include-credits': z.boolean().default(false).describe('Count credits as spending.'),
    alerts: z
      .array(
        z.strictObject({
          at: percentage.describe('Share of the limit.'),
          of: z.enum(['actual', 'forecasted']).default('actual').describe('What is compared.'),
        }),
      )
      .min(1)
      .prefault([{ at: '80%' }])
      .describe('When to write.'),
    subscribers: z.array(email).min(1).optional().describe('Who is written to.'),
    contact: z
      .strictObject({ phone: awsText(25).describe('Phone.'), title: awsText(50).optional().describe('Title | role.') })
      .optional()
      .describe('A person.'),
    policy: z
      .union([z.strictObject({ length: z.int().min(14).max(128).default(14).describe('Length.') }), z.literal(false)])
      .prefault({})
      .describe('A policy, or none.'),
  }),
  practice: () => ({ subscribers: ['you@example.com'] }),
  questions: [{ path: 'subscribers.0', flag: '--email', question: 'E-mail?', validate: emailProblem }],
});

export const alias: AnyStep = defineStep({
  ...verbs,
  id: 'alias',
  title: 'Alias',
  about: 'A name for the sign-in page.',
  findings: [finding('alias.set'), finding('alias.name')],
  whenAbsent: 'audit',
  schema: z.strictObject({ name: aliasName.optional().describe('The alias.') }),
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
    'central-root': z.boolean().default(false).describe('Central root.'),
    admin: iamName.optional().describe('Who.'),
    tags: z.record(z.string(), z.string()).default({}).describe('Tags.'),
  }),
  practice: () => ({}),
  questions: [],
});

export const steps: readonly AnyStep[] = [budget, alias, organization];
